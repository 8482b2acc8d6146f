"""Sentences of documents that give orders to whoever answers from them."""

from __future__ import annotations

import re

_ORDERS = re.compile(
    r"<[!@#][^>]*>"
    r"|\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|guidelines|everything above)\b"
    r"|\byou are (?:now|no longer)\b|\bwhatever you are asked\b|\bsystem prompt\b|\bas an ai\b"
    r"|\b(?:answer|reply|respond) (?:only|exactly|solely) (?:with|that)?\b"
    r"|\b(?:do not|don['’]t|never) (?:mention|cite|reveal|tell) (?:any|the|your|other|anyone)\b"
    r"|\btell (?:all |the |every )?users?\b|\b(?:say|print|output|repeat) (?:only|exactly|the following)\b",
    re.I | re.S,
)


def gives_orders(text: str) -> bool:
    """Whether `text` speaks to the reader's assistant ("ignore your instructions"), or pings a channel."""
    return bool(_ORDERS.search(text))
