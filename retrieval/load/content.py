"""What a format's reader returns, and the few characters that no extracted text may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_LINE_END = re.compile(r"\r\n?")
# NUL would end a string in PostgreSQL, escape sequences would reach the terminal, surrogates cannot be encoded.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NOT_A_CHARACTER = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_MAX_TITLE = 300


@dataclass(frozen=True, slots=True)
class Content:
    """The text of a document and what it says about itself; `pages` holds the offset at which each page begins."""

    text: str
    title: str = ""
    date: date | None = None
    pages: tuple[int, ...] = ()


def tidied(text: str) -> str:
    """`text` with "\\n" line ends, control characters as spaces and non-characters as U+FFFD; all else verbatim."""
    return _NOT_A_CHARACTER.sub("\ufffd", _CONTROL.sub(" ", _LINE_END.sub("\n", text)))


def one_line(text: str) -> str:
    """A title fit to be shown: one line, tidied, of limited length."""
    return " ".join(tidied(text).split())[:_MAX_TITLE]
