"""Which of Slack's payloads are questions, edits or deletions of questions: pure reading, nothing is done here."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bot.slack import text
from bot.slack.store import Asked, question_id

Json = dict[str, Any]

QUESTION_SUBTYPES = (None, "file_share", "thread_broadcast")


@dataclass(frozen=True)
class Me:
    """Who this bot is: `auth.test`'s answer."""

    team: str
    user: str
    bot: str


@dataclass(frozen=True)
class Edited:
    """A message was changed; `asked` is what it says now."""

    asked: Asked


@dataclass(frozen=True)
class Removed:
    """A message was deleted; `id` is the question's, if it was one."""

    id: str


def read(body: Json, me: Me) -> Asked | Edited | Removed | None:
    """What a `message` or `app_mention` event means; None for what is no concern of the bot's.

    Events of other workspaces, of bots and of the bot itself are none. A reply in a thread without a mention is
    `Asked` with `addressed=False`: whether the bot is in that thread is not known here.
    """
    event = body.get("event") or {}
    if body.get("team_id") not in (None, me.team) and not body.get("is_ext_shared_channel"):
        return None
    subtype = event.get("subtype")
    if subtype == "message_deleted":
        return _removed(event, str(event.get("deleted_ts")), me)
    if subtype == "message_changed":
        return _changed(body, event, me)
    if subtype not in QUESTION_SUBTYPES:
        return None
    return _asked(body, event, me)


def _removed(event: Json, ts: str, me: Me) -> Removed:
    return Removed(question_id(me.team, str(event.get("channel")), ts))


def _changed(body: Json, event: Json, me: Me) -> Edited | Removed | None:
    message, before = event.get("message") or {}, event.get("previous_message") or {}
    if message.get("subtype") == "tombstone":
        return _removed(event, str(message.get("ts")), me)
    if message.get("text") == before.get("text"):
        return None  # an unfurled link, a new reply: the words are the same
    inner = {"channel": event.get("channel"), "channel_type": event.get("channel_type"), "type": "message"}
    asked = _asked(body, message | inner, me, revision=str((message.get("edited") or event).get("ts")))
    return Edited(asked) if asked else None


def _asked(body: Json, event: Json, me: Me, revision: str = "") -> Asked | None:
    channel, ts, user = event.get("channel"), event.get("ts"), event.get("user")
    if not channel or not ts or event.get("bot_id") or user in (me.user, "USLACKBOT"):
        return None
    words = text.clean(str(event.get("text") or ""))
    direct = event.get("channel_type") == "im"
    mentioned = event.get("type") == "app_mention" or f"<@{me.user}>" in words
    if not direct and not mentioned and not event.get("thread_ts"):
        return None
    if not direct and not mentioned and text.mentions_others(words, me.user):
        return None
    return Asked(
        kind="message",
        team=me.team,
        channel=str(channel),
        thread_ts=str(event.get("thread_ts") or ts),
        ts=str(ts),
        user=str(user) if user else None,
        text=words,
        asked_at=_seconds(str(ts)),
        event_id=body.get("event_id"),
        outsider=_from_outside(body, event, me),
        addressed=direct or mentioned,
        revision=revision,
    )


def _from_outside(body: Json, event: Json, me: Me) -> bool:
    """Whether the channel is shared with another organisation or the author belongs to another workspace."""
    teams = [event.get(key) for key in ("team", "user_team", "source_team")]
    return bool(body.get("is_ext_shared_channel")) or any(team not in (None, me.team) for team in teams)


def command(body: Json, me: Me) -> Asked:
    """A slash command's question: private, known again by its trigger."""
    return _private(body, me, "ask", str(body.get("text") or ""), str(body["channel_id"]), str(body["user_id"]))


def message_shortcut(body: Json, me: Me) -> Asked:
    """The message whose sources are looked for: private, known again by its trigger."""
    words = str((body.get("message") or {}).get("text") or "")
    return _private(body, me, "sources", words, str(body["channel"]["id"]), str(body["user"]["id"]))


def share(about: Asked, body: Json, me: Me) -> Asked:
    """Repeat a private answer in its channel; known again by the question, so that it is shared once."""
    return Asked(
        kind="share",
        team=me.team,
        channel=about.channel,
        thread_ts=None,
        ts=f"share-{about.id}",
        user=about.user,
        text=about.text,
        asked_at=time.time(),
        response_url=body.get("response_url"),
        about=about.id,
    )


def _private(body: Json, me: Me, kind: Any, words: str, channel: str, user: str) -> Asked:
    return Asked(
        kind=kind,
        team=me.team,
        channel=channel,
        thread_ts=None,
        ts=str(body["trigger_id"]),
        user=user,
        text=text.clean(words),
        asked_at=time.time(),
        outsider=outsider(body, me),
        response_url=body.get("response_url"),
    )


def outsider(body: Json, me: Me) -> bool:
    """Whether whoever pressed, ran or submitted something belongs to another workspace."""
    user = body.get("user") or {}
    team = user.get("team_id") or (body.get("team") or {}).get("id") or body.get("team_id")
    return team not in (None, me.team)


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return time.time()
