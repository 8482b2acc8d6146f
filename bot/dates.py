"""Dates in running text: found, and compared component by component, relative ones against the document's date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

_MONTHS = "january february march april may june july august september october november december".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ABBREVIATED = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_MONTH = "(?P<m{0}>" + "|".join(m.title() for m in _MONTHS) + rf"|{_ABBREVIATED})\b\.?"
_YEAR = r"(?P<y{0}>(?:1[5-9]|20)\d\d)"
_DAY = r"(?P<d{0}>[12]?\d|3[01])(?:st|nd|rd|th)?"
_FORMS = (
    r"\b(?P<y0>(?:1[5-9]|20)\d\d)-(?P<m0>0\d|1[0-2])-(?P<d0>[0-2]\d|3[01])\b",
    rf"\b{_MONTH.format(1)}\s+{_DAY.format(1)}\b(?:\s*,?\s+{_YEAR.format(1)}\b)?(?![\d%]|\s*percent)",
    rf"\b{_DAY.format(2)}\s+(?:of\s+)?{_MONTH.format(2)}(?:,?\s+{_YEAR.format(2)}\b)?",
    rf"\b{_MONTH.format(3)},?\s+(?:of\s+)?{_YEAR.format(3)}\b",
    rf"\b(?:early|mid|late)[-\s]{_MONTH.format(4)}",
    rf"(?<=\b(?:in|by|of)\s){_MONTH.format(5)}",
    rf"(?<=\b(?:last|next|this)\s){_MONTH.format(6)}",
    rf"(?<=\b(?:since|until|after)\s){_MONTH.format(7)}",
    rf"(?<=\bas\s)(?-i:{_MONTH.format(10)})",  # "as early as May", but not "as may be"
    rf"(?<=\b(?:from|than)\s)(?-i:{_MONTH.format(11)})",
    rf"(?<=\b(?:before|during)\s)(?-i:{_MONTH.format(12)})",
    r"\b(?P<m8>January|February|April|June|July|August|September|October|November|December)\b",
    rf"(?<![\d.,$€£])\b{_YEAR.format(9)}\b(?!['’]?s?[.,]?\d|\s*(?:%|percent|people|dollars|euros|tons|tonnes|km|miles))",
    r"\b(?P<weekday>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b",
    r"\b(?P<relative>yesterday|today|tomorrow|tonight)\b",
)
_DATE = re.compile("|".join(_FORMS), re.IGNORECASE)
_OFFSETS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as the text at `start:end` gives it; what is not said is None. `weekday` counts from Monday, 0."""

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    def compatible(self, other: Date) -> bool:
        """Whether no component that both give differs."""
        return all(
            a is None or b is None or a == b
            for a, b in (
                (self.year, other.year),
                (self.month, other.month),
                (self.day, other.day),
                (self.weekday, other.weekday),
            )
        )

    def comparable(self, other: Date) -> bool:
        """Whether both give at least one same component."""
        return any(
            a is not None and b is not None
            for a, b in (
                (self.year, other.year),
                (self.month, other.month),
                (self.day, other.day),
                (self.weekday, other.weekday),
            )
        )

    def days_meant(self, written: date) -> list[Date]:
        """The days that a bare weekday may mean in a text of that day: the last one and the next; else none."""
        if self.weekday is None or self.year or self.month or self.day:
            return []
        gap = (written.weekday() - self.weekday) % 7
        days = {written - timedelta(gap), written + timedelta(-gap % 7)}
        return [replace(self, year=d.year, month=d.month, day=d.day) for d in sorted(days)]


def in_words(day: date) -> str:
    """16 October 2025"""
    return f"{day.day} {day:%B %Y}"


def dates(text: str, written: date | None = None) -> list[Date]:
    """Every date of `text` in order. `written`, the document's date, resolves "yesterday" and weekdays.

    Without it "yesterday" is found with no component, so that it is known to be a date and equals nothing.
    """
    found = [_completed(_parsed(m), m["relative"], written) for m in _DATE.finditer(text)]
    return list(_with_weekdays(text, found))


def _with_weekdays(text: str, found: Sequence[Date]) -> Iterator[Date]:
    """ "Saturday 23 November", "Tuesday, the 4th of May": one date."""
    day: Date | None = None  # a weekday that the next date may complete
    for d in found:
        if day and d.day and d.weekday in (None, day.weekday) and _JOINS.fullmatch(text, day.end, d.start):
            d, day = replace(d, start=day.start, weekday=day.weekday), None
        if day:
            yield day
        day = d if d.weekday is not None and not (d.year or d.month or d.day) else None
        if not day:
            yield d
    if day:
        yield day


_JOINS = re.compile(r",?\s+(?:the\s+)?", re.I)


def _parsed(m: re.Match[str]) -> Date:
    parts = {name: value for name, value in m.groupdict().items() if value}
    month = next((value for name, value in parts.items() if name[0] == "m"), "")
    year = next((int(value) for name, value in parts.items() if name[0] == "y"), None)
    day = next((int(value) for name, value in parts.items() if name[0] == "d"), None)
    weekday = parts.get("weekday", "").lower()
    return Date(
        m.start(),
        m.end(),
        year,
        _month(month) if month else None,
        day,
        next((n for n, name in enumerate(_WEEKDAYS) if name.startswith(weekday)), None) if weekday else None,
    )


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _completed(found: Date, relative: str | None, written: date | None) -> Date:
    if written is None:
        return found
    if relative:
        day = written + timedelta(days=_OFFSETS[relative.lower()])
        return replace(found, year=day.year, month=day.month, day=day.day, weekday=day.weekday())
    if found.day and found.month and found.year:
        try:
            return replace(found, weekday=date(found.year, found.month, found.day).weekday())
        except ValueError:  # 31 June
            return found
    return found
