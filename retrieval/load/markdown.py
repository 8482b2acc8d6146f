"""Markdown: the raw text is the text, so that offsets and quotes are those of the file."""

from __future__ import annotations

import re

from retrieval.dates import dateline, parsed
from retrieval.load.content import Content, one_line
from retrieval.load.encoding import decode
from retrieval.load.text import headline
from retrieval.markdown import blocks, front_matter
from retrieval.model import Kind

_DATE_FIELDS = ("date", "published", "pubdate", "publishdate", "created", "updated", "lastmod")


def extract(data: bytes) -> Content:
    """Title and date come from the front matter, else from the first heading and the first lines.

    Raises DocumentError for binary data.
    """
    text = decode(data)
    fields, start = front_matter(text)
    day = next((day for name in _DATE_FIELDS if (day := parsed(fields.get(name, "")))), None)
    title = one_line(fields.get("title", "")) or _first_heading(text) or headline(text[start:])
    return Content(text, title, day or dateline(text[start:]))


def _first_heading(text: str) -> str:
    beginning = text[:50_000]
    for block in blocks(beginning):
        if block.kind is Kind.HEADING:
            heading = beginning[block.start : block.end]
            return one_line(re.sub(r"^#+\s*|\s+#+$|\s+[=-]+$", "", heading))
    return ""
