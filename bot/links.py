"""Where a reader can open what is cited: the address made of `CITEBOT_SOURCE_URL`."""

from __future__ import annotations

from urllib.parse import quote

from bot.answer import Citation, Nearest

PLACEHOLDERS = ("source", "title", "line", "last_line", "page", "start", "end")
"""What the template may name in braces."""


def link(template: str, cited: Citation | Nearest) -> str:
    """`template` with its placeholders filled in, percent-encoded; `{page}` is empty where there are no pages."""
    first, last = cited.lines
    return template.format(
        source=quote(cited.source, errors="surrogateescape"),
        title=quote(cited.title, safe="", errors="replace"),
        line=first,
        last_line=last,
        page=cited.page or "",
        start=cited.start,
        end=cited.end,
    )
