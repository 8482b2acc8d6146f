"""What a workspace holds: channels, messages, modals, homes and statuses, and what a person sees of a message."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt

Json = dict[str, Any]

TEAM, BOT_USER, BOT_ID, APP = "T0HOME", "U0BOT", "B0BOT", "A0APP"
STREAM_SECONDS = 300.0
SPECIAL = re.compile(r"<!(?:channel|here|everyone|subteam\^)[^>]*>|<@[UW][A-Z0-9]*[^>]*>|@(?:channel|here|everyone)\b")
MRKDWN_LINK = re.compile(r"<((?:https?|mailto)[^|>]*)(?:\|[^>]*)?>")
BARE_LINK = re.compile(r"(?:https?://|www\.)[^\s<>|*_~`)\]]+")


@dataclass
class Channel:
    id: str
    kind: str = "channel"  # channel | group | im
    bot_is_member: bool = True
    archived: bool = False
    external: bool = False


@dataclass
class User:
    id: str
    profile: Json = field(default_factory=lambda: {"real_name": "Ada Example", "display_name": "ada"})
    admin: bool = False
    bot: bool = False
    team: str = TEAM
    stranger: bool = False


@dataclass
class Message:
    """One message; `streamed` is the markdown received by a stream, above the blocks."""

    channel: str
    ts: str
    user: str
    text: str = ""
    thread_ts: str | None = None
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    streamed: str = ""
    streaming_since: float | None = None
    ephemeral_to: str | None = None
    edited: bool = False
    recipient: str | None = None
    files: list[Json] = field(default_factory=list)
    times: dict[str, float] = field(default_factory=dict)  # first, done: time.monotonic()

    @property
    def by_bot(self) -> bool:
        return self.user == BOT_USER

    @property
    def streaming(self) -> bool:
        return self.streaming_since is not None

    def expired(self) -> bool:
        return self.streaming_since is not None and time.monotonic() - self.streaming_since > STREAM_SECONDS

    def to_json(self) -> Json:
        """The message as `conversations.replies` gives it."""
        values: Json = {"type": "message", "ts": self.ts, "text": self.text or self.streamed, "blocks": self.blocks}
        if self.streamed:
            values["blocks"] = [{"type": "markdown", "text": self.streamed}, *self.blocks]
        if self.thread_ts:
            values["thread_ts"] = self.thread_ts
        values["user"] = self.user
        if self.by_bot:
            values |= {"bot_id": BOT_ID, "app_id": APP}
        if self.metadata:
            values["metadata"] = self.metadata
        if self.files:
            values["files"] = self.files
        return values


@dataclass
class World:
    """The state; `status` maps (channel, thread) to what is shown there now."""

    channels: dict[str, Channel] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    messages: dict[tuple[str, str], Message] = field(default_factory=dict)
    status: dict[tuple[str, str], str] = field(default_factory=dict)
    status_times: dict[tuple[str, str], float] = field(default_factory=dict)
    homes: dict[str, Json] = field(default_factory=dict)
    modals: dict[str, Json] = field(default_factory=dict)
    prompts: dict[str, list[Json]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    deleted: list[Message] = field(default_factory=list)
    last_ts: float = 0.0

    def next_ts(self) -> str:
        self.last_ts = max(time.time(), self.last_ts + 0.00001)
        return f"{self.last_ts:.6f}"

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The root (unless it was deleted) and its replies, oldest first; no ephemeral ones."""
        found = [m for m in self.messages.values() if m.channel == channel and ts in (m.ts, m.thread_ts)]
        return sorted((m for m in found if m.ephemeral_to is None), key=lambda m: m.ts)

    def answers(self, channel: str, ts: str) -> list[Message]:
        """What the bot said in a thread."""
        return [m for m in self.thread(channel, ts) if m.by_bot]

    def ephemerals(self, user: str) -> list[Message]:
        """What the bot said to `user` alone."""
        return sorted((m for m in self.messages.values() if m.ephemeral_to == user), key=lambda m: m.ts)

    def by_bot(self) -> list[Message]:
        return [m for m in self.messages.values() if m.by_bot]

    def stuck(self) -> dict[tuple[str, str], str]:
        """Statuses that are still shown."""
        return {place: text for place, text in self.status.items() if text}

    def open_streams(self) -> list[Message]:
        return [m for m in self.messages.values() if m.streaming]


def seen(message: Message) -> str:
    """The text a person reads, without markup."""
    if message.blocks or message.streamed:
        return "\n".join([plain_markdown(message.streamed), *seen_blocks(message.blocks)]).strip()
    return _plain_mrkdwn(message.text)


def seen_blocks(blocks: list[Json]) -> Iterator[str]:
    """The text a person reads of each block."""
    for block in blocks:
        if block["type"] == "markdown":
            yield plain_markdown(block["text"])
        else:
            yield "".join(_texts(block))


def pings(message: Message) -> list[str]:
    """Everyone whom the message would call: special mentions, users and groups."""
    found = [*SPECIAL.findall(message.text), *SPECIAL.findall(html.unescape(_no_entities(message.streamed)))]
    for kind, text in _marked_up(message.blocks):
        found += SPECIAL.findall(text) if kind != "rich" else []
        found += [text] if kind == "ping" else []
    return found


def links(message: Message) -> list[str]:
    """Every address the message would open."""
    found = _mrkdwn_links(message.text) + _markdown_links(message.streamed)
    return found + [link for kind, text in _marked_up(message.blocks) for link in LINKS.get(kind, _no_links)(text)]


def _marked_up(value: Any, rich: bool = False) -> Iterator[tuple[str, str]]:
    """Each text below `value` with how Slack reads it: mrkdwn, verbatim, plain, markdown, rich, url or ping."""
    if isinstance(value, list):
        for item in value:
            yield from _marked_up(item, rich)
        return
    if not isinstance(value, dict):
        return
    kind = value.get("type")
    if isinstance(value.get("url"), str):
        yield "url", value["url"]
    if kind in ("user", "usergroup", "broadcast"):
        yield "ping", str(value)
    if isinstance(value.get("text"), str):
        yield _reading(kind, rich, value), value["text"]
    for item in value.values():
        yield from _marked_up(item, rich or kind == "rich_text")


def _reading(kind: Any, rich: bool, value: Json) -> str:
    if rich:
        return "rich"
    if kind == "mrkdwn":
        return "verbatim" if value.get("verbatim") else "mrkdwn"
    return {"markdown": "markdown"}.get(kind, "plain")


def _texts(value: Any) -> Iterator[str]:
    for kind, text in _marked_up(value):
        if kind in ("mrkdwn", "verbatim"):
            yield _plain_mrkdwn(text)
        elif kind in ("rich", "plain"):
            yield text


def _plain_mrkdwn(text: str) -> str:
    return html.unescape(re.sub(r"<([^|>]*)\|([^>]*)>", r"\2", text)).replace("\u2060", "")


def plain_markdown(text: str) -> str:
    """Text of the markdown as CommonMark reads it; anything Slack would render as markup is gone."""
    tokens = MarkdownIt("commonmark").parse(text)
    parts = [_inline_text(token.children or []) if token.type == "inline" else "" for token in tokens]
    return "\n".join(part for part in parts if part).replace("\u2060", "")


def _inline_text(tokens: list[Any]) -> str:
    return "".join("\n" if token.type in ("softbreak", "hardbreak") else token.content for token in tokens)


def _no_entities(text: str) -> str:
    """Markdown with its entities made harmless: `&lt;` is a character there, not the start of a mention."""
    return re.sub(r"&(?:lt|gt|amp);", " ", text)


def _mrkdwn_links(text: str) -> list[str]:
    return MRKDWN_LINK.findall(text) + BARE_LINK.findall(MRKDWN_LINK.sub(" ", text))


def _markdown_links(text: str) -> list[str]:
    found = BARE_LINK.findall(text)
    for token in MarkdownIt("commonmark").parse(text):
        found += [str(c.attrs.get("href") or c.attrs.get("src")) for c in token.children or () if c.attrs]
    return found


def _no_links(_: str) -> list[str]:
    return []


LINKS = {
    "mrkdwn": _mrkdwn_links,
    "verbatim": MRKDWN_LINK.findall,
    "markdown": _markdown_links,
    "url": lambda text: [text],
}
