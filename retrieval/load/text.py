"""Plain text."""

from __future__ import annotations

import re

from retrieval.boilerplate import is_boilerplate
from retrieval.dates import dateline, is_dateline
from retrieval.load.content import Content, one_line
from retrieval.load.encoding import decode

# A first line of no more words may be the name of the paper, with the headline in a paragraph of its own below.
_MASTHEAD_WORDS = 4
_MAX_WORDS = 25
_PARAGRAPHS = 4


def extract(data: bytes) -> Content:
    """The whole file is the text. Raises DocumentError for binary data."""
    text = decode(data)
    return Content(text, headline(text), dateline(text))


def headline(text: str) -> str:
    """The title at the head of `text`, "" when it begins with prose: "The Evening Post – Talks end without accord"."""
    paragraphs = re.split(r"\n\s*\n", text[:5_000].strip())[:_PARAGRAPHS]
    first = paragraphs[0].split("\n")[0].lstrip("# ")
    if not _is_title(first):
        return ""
    if len(first.split()) <= _MASTHEAD_WORDS:
        for line in paragraphs[1:]:
            if "\n" not in line and len(line.split()) > _MASTHEAD_WORDS and _is_title(line):
                return one_line(f"{first} – {line}")
    return one_line(first)


def _is_title(line: str) -> bool:
    """Whether `line` reads like a title: short, no full stop, more than a date."""
    if len(line.split()) > _MAX_WORDS or line.rstrip().endswith((".", ",", ";", ":")):
        return False
    return bool(re.search(r"[^\W\d]{2}", line)) and not is_dateline(line) and not is_boilerplate(line)
