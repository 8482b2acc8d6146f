"""Slack's documented limits and shapes of messages and views: each function returns what is wrong, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MARKDOWN_CHARACTERS = 12_000  # all markdown blocks of a message together, and a streamed message
BLOCK_CHARACTERS = 13_200  # all blocks of a message together

BLOCK_KEYS = {
    "section": {"text", "fields", "accessory", "expand"},
    "divider": set(),
    "header": {"text"},
    "context": {"elements"},
    "actions": {"elements"},
    "context_actions": {"elements"},
    "markdown": {"text"},
    "rich_text": {"elements"},
    "input": {"label", "element", "optional", "hint", "dispatch_action"},
}
ONLY_MESSAGES = {"markdown", "context_actions"}
ELEMENT_KEYS = {
    "button": {"text", "action_id", "value", "url", "style", "confirm", "accessibility_label"},
    "feedback_buttons": {"action_id", "positive_button", "negative_button"},
    "icon_button": {"icon", "text", "action_id", "value", "confirm", "accessibility_label", "visible_to_user_ids"},
    "checkboxes": {"action_id", "options", "initial_options"},
    "plain_text_input": {"action_id", "multiline", "max_length", "min_length", "initial_value", "placeholder"},
}


def message_problems(message: Json) -> list[str]:
    """Problems of `chat.postMessage`-like arguments: text and blocks."""
    problems = list(_length(message, "text", 0, 40_000))
    if "blocks" not in message:
        return problems + ([] if message.get("text") or message.get("markdown_text") else ["no_text"])
    if not message.get("text"):
        problems.append("blocks without a text fallback")
    return problems + block_problems(message["blocks"], MESSAGE_BLOCKS, "message")


def view_problems(view: Json, kind: str) -> list[str]:
    """Problems of a modal or home view."""
    allowed = {"type", "blocks", "callback_id", "private_metadata", "external_id", "title", "submit", "close"}
    problems = [f"view has the unknown key {key}" for key in view.keys() - allowed]
    if view.get("type") != kind:
        problems.append(f"view type {view.get('type')} where {kind} is expected")
    if kind == "modal":
        for key in ("title", "submit", "close"):
            if key in view or key == "title":
                problems += _plain(view.get(key), f"view {key}", 24)
    problems += _length(view, "private_metadata", 0, 3000)
    problems += _length(view, "callback_id", 1, 255)
    problems += _length(view, "external_id", 1, 255)
    blocks = view.get("blocks")
    if kind == "modal" and any(b.get("type") == "input" for b in blocks or ()) and "submit" not in view:
        problems.append("a modal with inputs needs submit")
    return problems + block_problems(blocks, VIEW_BLOCKS, kind)


def block_problems(blocks: Any, most: int, surface: str) -> list[str]:
    """Problems of the blocks of a message, modal or home view."""
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return ["blocks is not a list of objects"]
    problems = [f"{len(blocks)} blocks, {most} allowed"] if len(blocks) > most else []
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        problems.append("block_id twice")
    for number, block in enumerate(blocks):
        problems += [f"block {number}: {problem}" for problem in _block(block, surface)]
    if surface == "message":
        markdown = sum(len(b.get("text", "")) for b in blocks if b.get("type") == "markdown")
        if markdown > MARKDOWN_CHARACTERS:
            problems.append(f"msg_too_long: {markdown} characters of markdown")
        if (total := sum(_characters(block) for block in blocks)) > BLOCK_CHARACTERS:
            problems.append(f"msg_blocks_too_long: {total} characters of blocks")
    return problems


def chunk_problems(chunks: Any) -> list[str]:
    """Problems of the chunks of a stream."""
    problems = []
    for chunk in chunks:
        kind = chunk.get("type")
        if kind == "markdown_text":
            problems += _length(chunk, "text", 1, MARKDOWN_CHARACTERS)
        elif kind not in ("task_update", "plan_update", "blocks"):
            problems.append(f"unknown chunk {kind}")
    return problems


def _characters(value: Any) -> int:
    """The characters a person would see of a block: every `text` in it."""
    if isinstance(value, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else _characters(v) for k, v in value.items())
    if isinstance(value, list):
        return sum(map(_characters, value))
    return 0


def _block(block: Json, surface: str) -> Iterator[str]:
    kind = block.get("type", "")
    if kind not in BLOCK_KEYS:
        yield f"unknown block type {kind!r}"
        return
    if kind in ONLY_MESSAGES and surface != "message":
        yield f"{kind} is for messages only"
    yield from (f"unknown key {key}" for key in block.keys() - BLOCK_KEYS[kind] - {"type", "block_id"})
    yield from _length(block, "block_id", 1, 255)
    check = CHECKS.get(kind)
    if check:
        yield from check(block)


def _section(block: Json) -> Iterator[str]:
    if "text" not in block and "fields" not in block:
        yield "section without text and fields"
    if "text" in block:
        yield from _text_object(block["text"], "section", 3000)
    if len(block.get("fields", ())) > 10:
        yield "more than 10 fields"
    for value in block.get("fields", ()):
        yield from _text_object(value, "field", 2000)
    if "accessory" in block:
        yield from _element(block["accessory"])


def _header(block: Json) -> Iterator[str]:
    yield from _plain(block.get("text"), "header", 150)


def _context(block: Json) -> Iterator[str]:
    elements = block.get("elements", [])
    if not 1 <= len(elements) <= 10:
        yield f"context with {len(elements)} elements"
    for element in elements:
        yield from _text_object(element, "context", 3000)


def _elements(most: int, kinds: set[str]) -> Callable[[Json], Iterator[str]]:
    def check(block: Json) -> Iterator[str]:
        elements = block.get("elements", [])
        if not 1 <= len(elements) <= most:
            yield f"{block['type']} with {len(elements)} elements"
        ids = [element.get("action_id") for element in elements]
        if len(ids) != len(set(ids)):
            yield "action_id twice"
        for element in elements:
            if element.get("type") not in kinds:
                yield f"{element.get('type')} in {block['type']}"
            yield from _element(element)

    return check


def _markdown(block: Json) -> Iterator[str]:
    yield from _length(block, "text", 1, MARKDOWN_CHARACTERS, required=True)


def _rich_text(block: Json) -> Iterator[str]:
    for part in block.get("elements", [None]):
        kind = (part or {}).get("type")
        if kind == "rich_text_list":
            yield from (problem for item in part["elements"] for problem in _rich_section(item))
        elif kind in ("rich_text_section", "rich_text_quote", "rich_text_preformatted"):
            yield from _rich_section(part)
        else:
            yield f"{kind} in rich_text"


def _rich_section(section: Json) -> Iterator[str]:
    if not section.get("elements"):
        yield "an empty rich text section"
    for element in section.get("elements", ()):
        kind = element.get("type")
        if kind == "text":
            yield from _length(element, "text", 1, 3000, required=True)
            yield from (f"rich text key {key}" for key in element.keys() - {"type", "text", "style"})
        elif kind == "link":
            yield from _url(element.get("url"))
            yield from (f"rich link key {key}" for key in element.keys() - {"type", "url", "text", "style", "unsafe"})
        elif kind not in ("emoji", "user", "channel", "usergroup", "broadcast", "date", "color"):
            yield f"{kind} in a rich text section"


def _input(block: Json) -> Iterator[str]:
    yield from _plain(block.get("label"), "label", 2000)
    yield from _element(block.get("element") or {})


def _element(element: Json) -> Iterator[str]:
    kind = element.get("type", "")
    if kind not in ELEMENT_KEYS:
        yield f"unknown element {kind!r}"
        return
    yield from (f"{kind} has the unknown key {key}" for key in element.keys() - ELEMENT_KEYS[kind] - {"type"})
    yield from _length(element, "action_id", 1, 255)
    yield from _length(element, "value", 1, 2000)
    if kind in ("button", "icon_button"):
        yield from _plain(element.get("text"), kind, 75)
        if "url" in element:
            yield from _url(element["url"])
        if element.get("style", "primary") not in ("primary", "danger"):
            yield f"style {element['style']}"
    if kind == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            button = element.get(side, {})
            yield from (f"{side} key {key}" for key in button.keys() - {"text", "value", "accessibility_label"})
            yield from _plain(button.get("text"), side, 75)
            yield from _length(button, "value", 1, 2000, required=True)
            yield from _length(button, "accessibility_label", 1, 75)
    if kind == "checkboxes":
        yield from _options(element)


def _options(element: Json) -> Iterator[str]:
    options = element.get("options", [])
    if not 1 <= len(options) <= 10:
        yield f"{len(options)} options"
    for option in options:
        yield from _text_object(option.get("text"), "option", 75)
        yield from _length(option, "value", 1, 150, required=True)


def _text_object(value: Any, where: str, most: int) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in ("mrkdwn", "plain_text"):
        yield f"{where}: not a text object"
        return
    yield from (f"{where}: text key {key}" for key in value.keys() - {"type", "text", "emoji", "verbatim"})
    yield from (f"{where}: {problem}" for problem in _length(value, "text", 1, most, required=True))


def _plain(value: Any, where: str, most: int) -> list[str]:
    if not isinstance(value, dict) or value.get("type") != "plain_text":
        return [f"{where}: not a plain_text object"]
    return list(_text_object(value, where, most))


def _url(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not re.match(r"https?://\S+$", value) or len(value) > 3000:
        yield f"invalid url {value!r}"


def _length(values: Json, key: str, least: int, most: int, required: bool = False) -> Iterator[str]:
    if key not in values:
        if required:
            yield f"{key} is missing"
        return
    value = values[key]
    if not isinstance(value, str):
        yield f"{key} is not a string"
    elif not least <= len(value) <= most:
        yield f"{key} has {len(value)} characters, {least} to {most} allowed"


CHECKS: dict[str, Callable[[Json], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "context": _context,
    "actions": _elements(25, {"button"}),
    "context_actions": _elements(5, {"feedback_buttons", "icon_button"}),
    "markdown": _markdown,
    "rich_text": _rich_text,
    "input": _input,
}
