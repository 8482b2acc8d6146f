"""Block Kit pieces. Data goes into rich text, which Slack shows to the letter; only our own words into other texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.slack.text import clip, defuse

Json = dict[str, Any]

TEXT = 3000  # the longest text of a section or rich text element


def run(text: str, bold: bool = False, italic: bool = False) -> Json:
    """A stretch of rich text; `text` must not be empty."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic)) if on}
    return {"type": "text", "text": clip(defuse(text), TEXT)} | ({"style": style} if style else {})


def anchor(text: str, url: str) -> Json:
    """A link in rich text."""
    return {"type": "link", "url": url, "text": clip(defuse(text), TEXT), "style": {"bold": True}}


def line(*elements: Json) -> Json:
    """One line of rich text."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(*elements: Json) -> Json:
    """Rich text set off by a bar."""
    return {"type": "rich_text_quote", "elements": list(elements)}


def bullets(*lines: Json) -> Json:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def paragraph(text: str) -> Json:
    """Our own words, as they are."""
    return {"type": "section", "text": {"type": "plain_text", "text": clip(text, TEXT)}}


def remark(text: str) -> Json:
    """Our own words, small."""
    return {"type": "context", "elements": [plain(clip(text, TEXT))]}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(clip(text, 150))}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action: str, value: str) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action, "value": value}


def actions(*buttons: Json) -> Json:
    return {"type": "actions", "elements": list(buttons)}


def feedback(action: str, value: str) -> Json:
    """Thumbs up and down; their values are `up:` and `down:` before `value`."""
    sides = {
        f"{side}_button": {"text": plain(face), "value": f"{verdict}:{value}", "accessibility_label": label}
        for side, verdict, face, label in (
            ("positive", "up", "👍", "This answer is good"),
            ("negative", "down", "👎", "Something is wrong with this answer"),
        )
    }
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", "action_id": action, **sides}]}


def modal(title: str, blocks: Sequence[Json], close: str = "Close", **more: Any) -> Json:
    """A modal view; `more` are further keys such as `submit`, `callback_id` and `private_metadata`."""
    return {"type": "modal", "title": plain(clip(title, 24)), "close": plain(close), "blocks": list(blocks)} | more


def size(value: Any) -> int:
    """The characters of every text below `value`: what counts towards a message's limit."""
    if isinstance(value, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else size(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return sum(map(size, value))
    return 0
