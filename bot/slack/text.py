"""Text into and out of Slack: what people wrote made plain, and data made harmless in each of Slack's markups.

Text from documents, models and questions is data: nothing in it may call anybody, open an address or format.
"""

from __future__ import annotations

import html
import re

JOINER = "\u2060"
"""WORD JOINER: invisible, takes no room, and breaks what Slack would otherwise turn into a mention or a link."""

_SCHEME = re.compile(r"(?i)(?<=[a-z0-9]:)(?=//)|(?<=www)(?=\.)|(?<=mailto:)|(?<=tel:)")
_DOMAIN_WITH_PATH = re.compile(r"(?i)(?<=[a-z0-9]\.)(?=[a-z]{2,}[/?#:]\S)")
_CALL = re.compile(r"(?i)(?<=<)(?=[@!#])|(?<=@)(?=channel|here|everyone)|(?<=\w@)(?=[\w-]+\.)")

_MARKER = re.compile(r"(\[\d+\])(?![(:])")
_MARKUP = re.compile(r"[\\`*_~|\[\]]")
_PIECE_START = re.compile(r"^(?=[(:])")  # after the marker of the piece before, it would make a link of it
_LINE_START = re.compile(r"^( ?)(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=#]))")
_BULLET = re.compile(r"^ ?- (?=\S)")
_EDGES = re.compile(r"^[ \t]+|[ \t]+$")

_MENTION = re.compile(r"<([@#!])([^|>]*)(?:\|([^>]*))?>")
_LINK = re.compile(r"<([a-z]+:[^|>]*)(?:\|([^>]*))?>")


def clean(text: str) -> str:
    """`text` without what no database and no JSON reader takes: NUL and halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def defuse(text: str) -> str:
    """`text` with addresses, mentions and e-mail addresses broken by an invisible character; reads the same."""
    text = clean(text)
    for pattern in (_SCHEME, _DOMAIN_WITH_PATH, _CALL):
        text = pattern.sub(JOINER, text)
    return text


def entities(text: str) -> str:
    """`text` for a field that Slack reads as mrkdwn: defused, then `&`, `<` and `>` as entities."""
    return html.escape(defuse(text), quote=False)


def markdown(text: str) -> str:
    """`text` for a field that Slack reads as Markdown: it shows `text`, with its lines and its `- ` bullets.

    `[1]` markers stay as they are: they are no markup as long as nothing follows that makes them a link. Texts
    escaped one by one may be joined.
    """
    lines = [_markdown_line(line) for line in re.split(r"\r\n|[\r\n]", entities(text))]
    joined = lines[0] + "".join(("\n" if _BULLET.match(line) else "\n\n") + line for line in lines[1:])
    return _PIECE_START.sub(r"\\", joined)


def _markdown_line(line: str) -> str:
    line = _EDGES.sub(" ", line)
    bullet = _BULLET.match(line)
    start, rest = ("- ", line[bullet.end() :]) if bullet else ("", line)
    pieces = _MARKER.split(rest)
    escaped = "".join(piece if i % 2 else _MARKUP.sub(r"\\\g<0>", piece) for i, piece in enumerate(pieces))
    return start + _LINE_START.sub(r"\1\2\\", escaped)


def clip(text: str, most: int) -> str:
    """`text`, or as much of it as fits into `most` characters with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def said(text: str, bot_user: str) -> str:
    """What a person wrote, in plain words: the bot's mention gone, links and mentions as they read."""
    text = text.replace(f"<@{bot_user}>", " ")
    text = _LINK.sub(lambda link: link[2] or link[1], text)
    text = _MENTION.sub(_readable, text)
    text = html.unescape(text).replace(JOINER, "")
    return re.sub(r"[ \t]+", " ", text).strip()


def _readable(mention: re.Match[str]) -> str:
    kind, name, label = mention[1], mention[2], mention[3]
    if kind == "!":
        return f"@{(label or name).lstrip('@')}"
    return f"{kind}{(label or ('someone' if kind == '@' else name)).lstrip('@#')}"


def mentions_others(text: str, bot_user: str) -> bool:
    """Whether a message calls somebody else than the bot."""
    return any(found[1] == "@" and found[2] != bot_user for found in _MENTION.finditer(text))
