"""What people do in the fake workspace: write, edit, delete, press, submit; each becomes the payloads Slack sends."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.slack.fake_slack import FakeSlack
from tests.slack.world import APP, BOT_USER, TEAM, Channel, Message, User

Json = dict[str, Any]

MENTION = f"<@{BOT_USER}>"


def channel(slack: FakeSlack, key: str, **values: Any) -> str:
    """A channel with the bot in it."""
    slack.world.channels[key] = Channel(key, **values)
    return key


def person(slack: FakeSlack, key: str, **values: Any) -> str:
    """A member and their direct message channel with the bot."""
    slack.world.users[key] = User(key, **values)
    slack.world.channels[f"D{key[1:]}"] = Channel(f"D{key[1:]}", "im")
    return key


def direct(user: str) -> str:
    return f"D{user[1:]}"


async def say(
    slack: FakeSlack, place: str, user: str | None, text: str, thread: str | None = None, **extra: Any
) -> Message:
    """Write a message; a mention of the bot makes two events of it, as at Slack. `extra` goes into the events."""
    message = Message(place, slack.world.next_ts(), user or "", text, thread)
    slack.world.messages[place, message.ts] = message
    for event in _events(slack, message, extra):
        slack.spawn(send(slack, "events_api", event))
    return message


def _events(slack: FakeSlack, message: Message, extra: Json) -> list[Json]:
    where = slack.world.channels[message.channel]
    event: Json = {"channel": message.channel, "text": message.text, "ts": message.ts, "event_ts": message.ts}
    event |= {"team": TEAM} | extra
    if message.user:
        event["user"] = message.user
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    events = [envelope(slack, event | {"type": "message", "channel_type": where.kind})]
    if MENTION in message.text and where.kind != "im":
        events.append(envelope(slack, event | {"type": "app_mention"}))
    return events


def envelope(slack: FakeSlack, event: Json, **outer: Any) -> Json:
    """The body in which an event travels."""
    where = slack.world.channels.get(str(event.get("channel")))
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": APP,
        "event_id": slack.id("Ev"),
        "event_time": int(time.time()),
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": bool(where and where.external),
        "event": event,
    } | outer


async def send(slack: FakeSlack, kind: str, payload: Json) -> Json | None:
    """Deliver over Socket Mode, or over HTTP where the workspace has a request URL."""
    url = getattr(slack, "request_url", None)
    if url is None:
        return await slack.deliver(kind, payload)
    return await post_signed(url, kind, payload)


async def post_signed(url: str, kind: str, payload: Json, secret: str = "shhh") -> Json | None:
    """One signed request of Slack's to an HTTP mode bot; the JSON it answers, if it does."""
    body, content_type = http_body(kind, payload)
    headers = signature(body, secret) | {"Content-Type": content_type}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        text = await response.text()
        return json.loads(text) if text.startswith("{") else None


def http_body(kind: str, payload: Json) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def signature(body: bytes, secret: str = "shhh", at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def edit(slack: FakeSlack, message: Message, text: str) -> None:
    before = message.to_json()
    message.text = text
    stamp = slack.world.next_ts()
    after = message.to_json() | {"edited": {"user": message.user, "ts": stamp}}
    event = {"type": "message", "subtype": "message_changed", "channel": message.channel, "hidden": True}
    event |= {"message": after, "previous_message": before, "ts": stamp, "event_ts": stamp}
    event["channel_type"] = slack.world.channels[message.channel].kind
    await send(slack, "events_api", envelope(slack, event))


async def delete(slack: FakeSlack, message: Message) -> None:
    """Delete a message; a thread's root that has replies leaves a tombstone, as at Slack."""
    slack.world.status.pop((message.channel, message.ts), None)
    slack.world.deleted.append(slack.world.messages.pop((message.channel, message.ts)))
    stamp = slack.world.next_ts()
    event: Json = {"type": "message", "channel": message.channel, "hidden": True, "ts": stamp, "event_ts": stamp}
    event["channel_type"] = slack.world.channels[message.channel].kind
    if slack.world.thread(message.channel, message.ts):
        tombstone = {"type": "message", "subtype": "tombstone", "ts": message.ts, "user": "USLACKBOT", "text": ""}
        event |= {"subtype": "message_changed", "message": tombstone, "previous_message": message.to_json()}
    else:
        event |= {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": message.to_json()}
    await send(slack, "events_api", envelope(slack, event))


async def command(slack: FakeSlack, user: str, place: str, text: str, name: str = "/ask") -> Json | None:
    """A slash command; the bot's acknowledgement is shown to the user."""
    payload = {
        "command": name, "text": text, "user_id": user, "channel_id": place, "team_id": TEAM, "api_app_id": APP,
        "trigger_id": slack.trigger(), "response_url": slack.response_url(place, user), "user_name": user.lower(),
    }  # fmt: skip
    return await send(slack, "slash_commands", payload)


async def press(slack: FakeSlack, user: str, message: Message, action: str, value: str | None = None) -> None:
    """Press the button with this action id (for feedback: the one with this value)."""
    element, block = next((e, b) for b in message.blocks for e in b.get("elements", ()) if e.get("action_id") == action)
    sides = [element, element.get("positive_button", {}), element.get("negative_button", {})]
    pressed = next(s for s in sides if value is None or s.get("value", "").startswith(value))
    act = {"action_id": action, "type": element["type"], "value": pressed.get("value"), "action_ts": "1.0"}
    act |= {"block_id": block.get("block_id", "b")}
    payload = interaction(slack, user, message.channel, "block_actions") | {"actions": [act]}
    payload |= {"message": message.to_json(), "response_url": slack.response_url(message.channel, user)}
    payload["container"] = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
    payload["container"]["is_ephemeral"] = message.ephemeral_to is not None
    await send(slack, "interactive", payload)


async def shortcut(slack: FakeSlack, user: str, message: Message, callback: str) -> None:
    payload = interaction(slack, user, message.channel, "message_action") | {"callback_id": callback}
    payload |= {"message": message.to_json(), "message_ts": message.ts}
    payload["response_url"] = slack.response_url(message.channel, user)
    await send(slack, "interactive", payload)


async def submit(slack: FakeSlack, user: str, key: str, state: Json) -> Json | None:
    """Submit a modal; `state` maps block id to action id to the element's state."""
    view = slack.world.modals[key] | {"id": key, "state": {"values": state}, "hash": "h", "team_id": TEAM}
    payload = {"type": "view_submission", "team": {"id": TEAM, "domain": "home"}, "user": {"id": user, "name": user}}
    return await send(slack, "interactive", payload | {"api_app_id": APP, "view": view})


async def open_home(slack: FakeSlack, user: str, tab: str) -> None:
    event = {"type": "app_home_opened", "user": user, "channel": direct(user), "tab": tab}
    await send(slack, "events_api", envelope(slack, event | {"event_ts": slack.world.next_ts()}))


def interaction(slack: FakeSlack, user: str, place: str, kind: str) -> Json:
    return {
        "type": kind,
        "team": {"id": TEAM, "domain": "home"},
        "user": {"id": user, "name": user.lower(), "team_id": slack.world.users[user].team},
        "channel": {"id": place, "name": "general"},
        "api_app_id": APP,
        "trigger_id": slack.trigger(),
    }
