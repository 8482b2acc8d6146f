"""The date that a document gives itself: a labelled date, a dateline, a caption's. Dates told in prose are not it."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from dateutil import parser

from retrieval.boilerplate import is_credit

_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_MONTH = (
    r"(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_ISO = r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)"
_DATE = (
    rf"(?:\b{_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+\d{{4}}\b|\b{_MONTH}\s+{_DAY},?\s+\d{{4}}\b|{_ISO}|"
    r"\b\d{4}/\d{1,2}/\d{1,2}\b|\b\d{1,2}(?P<mark>[./])\d{1,2}(?P=mark)\d{4}\b)"
)
_FOUND = re.compile(_DATE)
_NAMED = re.compile(_ISO)

_WEEKDAY = r"(?:(?i:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?i:day)?\.?,?\s+)?"
_DATED = rf"{_WEEKDAY}(?P<date>{_DATE})"
_TIME = r"(?:,?\s*(?:(?i:posted|published|updated)\s+)?(?i:at|T)?\s*\d{1,2}[:.]\d{2}.*)"
_REST = rf"[\s)\]*_]*(?:{_TIME}|[|·•–—-].*|(?i:by)\s.{{1,60}}|GMT|UTC)?$"
_SEPARATOR = r"\s*[|·•,–—-]\s*"
_NAME = r"[A-Z][\w.'’]*(?:[\s/-]+[A-Z][\w.'’]*){0,5}"
_BYLINE = r"(?i:by|from|posted by|written by|reported by|issued by|published by)\s[^.!?]{1,80}?"


def _labelled(words: str) -> re.Pattern[str]:
    """ "Published: 14 March 2024", "By Jane Doe | Posted on June 19, 2023 10:00 AM"."""
    return re.compile(rf"(?:^|[|·•–—-]\s*)\W{{0,3}}(?i:{words})(?:\s+(?i:on|at|date))?\W{{0,5}}\s*{_DATED}{_REST}")


# In the order of trust.
_PUBLISHED = _labelled(
    "date|dated|(?:first )?published|publication date|posted(?: by .{1,40})? on|posted|"
    "(?:released|issued|created|written):"
)
_DATELINE = re.compile(
    rf"^(?:(?:[A-Z][\w.'’-]*[\s,/]+){{0,5}}(?:[A-Z][\w.'’-]*,|[A-Z]{{3,}})\s+)?{_DATED}\s*(?:\([^)]{{1,40}}\)\s*)?"
    rf"(?:[—–]|--?\s)(?!\s*{_WEEKDAY}\d|\s*{_MONTH}\s\d)"
)
_EDITION = r"[A-Z]\S*(?:\s\S+){0,2}\s(?:edition|issue)"
_ALONE = re.compile(rf"^\W{{0,3}}(?:(?:{_BYLINE}|{_NAME}|{_EDITION}){_SEPARATOR}){{0,3}}{_DATED}{_REST}")
_UPDATED = _labelled("(?:last )?(?:updated|modified|revised)|as of")
# In the first lines also behind other words: "Board minutes, 14 March 2024", "2024-03-14 Weekly report",
# "The Evening Post, 14 March 2024. Ten pence."
_ON_TOP = (
    re.compile(rf"(?:.*{_SEPARATOR}|.*\(){_DATED}[)*_]*$"),
    re.compile(rf"(?:{_NAME}{_SEPARATOR}){_DATED}\.(?:\s.*)?$"),
    re.compile(rf"(?P<date>{_ISO})\b.*"),
)

# "June 19, 2023 | Reuters" and "June 19, 2023, posted at 10:00" say nothing more; "June 19, 2023: talks begin" does.
_STATEMENT = re.compile(r"\b(?!posted|published|updated)[a-z]{3,}")

_HEAD_LINES = 30
_TOP_LINES = 3
_MAX_LINE = 160


def dateline(text: str) -> date | None:
    """The date that the first lines of `text` state as the document's own, None when they state none.

    A label counts more than a dateline, a dateline more than a line that is only a date, and the caption of a picture
    (a line followed by its credit) least.
    """
    head = [line.strip(" \t#*_>") for line in text[:20_000].split("\n") if line.strip()][:_HEAD_LINES]
    short = [line for line in head if len(line) <= _MAX_LINE]
    for pattern, lines in ((_PUBLISHED, short), (_DATELINE, head), (_ALONE, short), (_UPDATED, short)):
        for line in lines:
            found = pattern.search(line)
            if found and (day := parsed(found["date"])):
                return day
    return _on_top(head[:_TOP_LINES]) or _captioned(head)


def is_dateline(line: str) -> bool:
    """Whether a line says when, where or by whom something was written, and nothing else."""
    for pattern in (_PUBLISHED, _ALONE, _UPDATED):
        found = pattern.search(line)
        if found and parsed(found["date"]):
            return not _STATEMENT.search(line, found.end("date"))
    return False


def parsed(text: str) -> date | None:
    """The first whole date in `text`: day, month and year, in an order that leaves no doubt."""
    found = _FOUND.search(text)
    if not found:
        return None
    numbers = re.findall(r"\d+", found[0])
    day_first = bool(found["mark"])
    if found["mark"] == "/":  # 3/4/2024 is two dates; 19/6/2023 and 6/19/2023 are one each
        if max(int(numbers[0]), int(numbers[1])) <= 12:
            return None
        day_first = int(numbers[0]) > 12
    try:
        return parser.parse(found[0].replace(" of ", " "), dayfirst=day_first).date()
    except (ValueError, OverflowError):
        return None


def in_name(name: str) -> date | None:
    """The ISO date in a file's name: "minutes-2024-03-14.md"."""
    found = _NAMED.search(name.rpartition("/")[2])
    return parsed(found[0]) if found else None


def _on_top(lines: list[str]) -> date | None:
    for line in lines:
        for pattern in _ON_TOP if len(line) <= _MAX_LINE else ():
            found = pattern.match(line)
            if found and (day := parsed(found["date"])):
                return day
    return None


def _captioned(head: list[str]) -> date | None:
    for caption, credit in pairwise(head):
        if is_credit(credit) and (day := parsed(caption)):
            return day
    return None
