"""Plain text."""

from __future__ import annotations

import re

from retrieval.load.content import Content, one_line
from retrieval.load.dates import dateline, parsed
from retrieval.load.encoding import decode

_MAX_WORDS = 25


def extract(data: bytes) -> Content:
    """The whole file is the text. Raises DocumentError for binary data."""
    text = decode(data)
    return Content(text, headline(text), dateline(text))


def headline(text: str) -> str:
    """The first line of `text` if it reads like a title, else "": short, no full stop, more than a date."""
    first = next((line.strip() for line in text[:5_000].split("\n") if line.strip()), "")
    if len(first.split()) > _MAX_WORDS or first.endswith((".", ",", ";", ":")) or not re.search(r"[^\W\d]{2}", first):
        return ""
    return "" if parsed(first) and len(first) < 40 else one_line(first.lstrip("# "))
