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

_DATED = r"(?:(?i:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?i:day)?\.?,?\s+)?" + rf"(?P<date>{_DATE})"
_REST = r"[\s)\]*_]*(?:(?:,|at|T)?\s*\d{1,2}[:.]\d{2}.*|[|·•–—-].*|(?i:by|in)\b.*|GMT|UTC)?$"
_SEPARATOR = r"\s*[|·•,–—-]\s*"
_NAME = r"(?:(?i:by)\s+)?[A-Z][\w.'’]*(?:[\s/-]+[A-Z][\w.'’]*){0,5}"
_PLACE = r"(?!(?:On|In|By|Since|From|Until|After|Before|As|At)\s)[A-Z][\w.'’-]*(?:[\s,/]+[A-Z][\w.'’-]*){0,5}"


def _labelled(words: str) -> re.Pattern[str]:
    """ "Published: 14 March 2024", "By Jane Doe | Posted on June 19, 2023 10:00 AM"."""
    return re.compile(rf"(?:^|[|·•–—-]\s*)\W{{0,3}}(?i:{words})(?:\s+(?i:on|at|date))?\W{{0,5}}\s*{_DATED}{_REST}")


# In the order of trust.
_PUBLISHED = _labelled("date|dated|(?:first )?published|publication date|posted|released|issued|created|written")
_DATELINE = re.compile(rf"^\(?(?:{_PLACE}[\s,/(]+)?{_DATED}\)?\s*(?:\([^)]{{1,40}}\)\s*)?(?:[—–]|--?\s)")
_ALONE = re.compile(rf"^\W{{0,3}}(?:{_NAME}{_SEPARATOR}){{0,3}}{_DATED}{_REST}")
_UPDATED = _labelled("(?:last )?(?:updated|modified|revised)|as of")
_IN_TITLE = re.compile(rf"(?:(?:^|.*{_SEPARATOR}|.*\()(?P<date>{_DATE})\)?$|^(?P<first>{_ISO})\b.*)")

_HEAD_LINES = 30
_MAX_LINE = 160


def dateline(text: str) -> date | None:
    """The date that the first lines of `text` state as the document's own, None when they state none.

    A label counts more than a dateline, a dateline more than a line that is only a date, and the caption of a picture
    (a line followed by its credit) least.
    """
    head = [line.strip() for line in text[:20_000].split("\n") if line.strip()][:_HEAD_LINES]
    short = [line for line in head if len(line) <= _MAX_LINE]
    for pattern, lines in ((_PUBLISHED, short), (_DATELINE, head), (_ALONE, short), (_UPDATED, short)):
        for line in lines:
            found = pattern.search(line)
            if found and (day := parsed(found["date"])):
                return day
    return _titled(head) or _captioned(head)


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


def _titled(head: list[str]) -> date | None:
    """ "Board minutes, 14 March 2024", "2024-03-14 Weekly report": only the first line, and not a sentence."""
    title = head[0].lstrip("# ") if head else ""
    found = _IN_TITLE.match(title) if len(title) <= _MAX_LINE else None
    return parsed(found[0] if found["first"] else found["date"]) if found else None


def _captioned(head: list[str]) -> date | None:
    for caption, credit in pairwise(head):
        if is_credit(credit) and (day := parsed(caption)):
            return day
    return None
