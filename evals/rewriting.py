"""The same fact in other words: figures, units, magnitudes, dates and names written otherwise. Nothing here is false.

Each function takes a sentence and gives it rewritten, or None where there is nothing of its kind in it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection
from datetime import date, timedelta

from bot.dates import Date, dates
from bot.quantities import Quantity, quantities
from bot.terms import Name, content, names

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_LARGER = {"thousand": "million", "million": "billion", "billion": "trillion"}
_IN_DIGITS = {"thousand": 1e3, "million": 1e6}
_SHORT = {"million": "m", "billion": "bn", "trillion": "tn"}
# unit -> (smaller unit, how many of them)
_SMALLER = {
    "minute": ("second", 60), "hour": ("minute", 60), "day": ("hour", 24), "week": ("day", 7), "year": ("month", 12),
    "decade": ("year", 10), "kilometre": ("metre", 1000), "kilometer": ("meter", 1000), "km": ("metre", 1000),
    "tonne": ("kilogram", 1000), "kilogram": ("gram", 1000), "kg": ("gram", 1000), "hectare": ("square metre", 10_000),
}  # fmt: skip
_DIGITS = r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_SPELLED = re.compile(rf"\b(?:(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_ONES[1:10])}))?|{'|'.join(_ONES[2:])})\b", re.I)
_SCALED = re.compile(rf"{_DIGITS} (?P<scale>thousand|million|billion|trillion)\b")
_MEASURED = re.compile(rf"(?:{_DIGITS}|(?P<word>[a-z]+(?:-[a-z]+)?))(?P<gap>[ -])(?P<unit>{'|'.join(_SMALLER)})s?\b")
_RELATIVE = {"yesterday": -1, "today": 0, "tomorrow": 1}
_THE = re.compile(r"\bthe\s+$", re.I)
_AHEAD = re.compile(r"\b(?:will|next|would|to be|due|coming|upcoming|last|every|each|until|plans?)\b", re.I)


def spelled(number: int) -> str:
    """A whole number below a hundred in words: twenty-five."""
    if number < 20:
        return _ONES[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def figure(text: str, dice: random.Random) -> str | None:
    """ "six" for 6 and 6 for "six", up to 99."""
    return _of_quantity(text, dice, _figure)


def _figure(written: str, q: Quantity) -> str | None:
    if word := _SPELLED.search(written):
        same = spelled_value(word.group()) == q.number
        return _put(written, *word.span(), f"{q.number:g}") if same else None
    digits = re.search(r"(?<![\d.,$€£])\d{1,2}(?![\w.,%])", written)
    if digits and int(digits.group()) == q.number >= 2:
        return _put(written, *digits.span(), spelled(int(q.number)))
    return None


def spelled_value(word: str) -> int | None:
    return next((n for n in range(2, 100) if spelled(n) == word.lower()), None)


def unit(text: str, dice: random.Random) -> str | None:
    """Minutes for hours, metres for kilometres."""
    return _of_quantity(text, dice, _unit)


def _unit(written: str, q: Quantity) -> str | None:
    found = _MEASURED.search(written)
    if found is None or (found["word"] and spelled_value(found["word"]) != q.number):
        return None
    smaller, times = _SMALLER[found["unit"]]
    ending = "" if found["gap"] == "-" else "s"
    return _put(written, *found.span(), f"{_grouped(q.number * times)}{found['gap']}{smaller}{ending}")


def magnitude(text: str, dice: random.Random) -> str | None:
    """0.42 billion, 420m or 420,000,000 for 420 million; 5000 for 5,000."""
    return _of_quantity(text, dice, lambda written, _: _magnitude(written, dice))


def _magnitude(written: str, dice: random.Random) -> str | None:
    if found := _SCALED.search(written):
        value, scale = float(found["digits"].replace(",", "")), found["scale"]
        forms = [_grouped(value * _IN_DIGITS[scale])] if scale in _IN_DIGITS else []
        if scale in _LARGER:
            forms.append(f"{value / 1000:.10g} {_LARGER[scale]}")
        if scale in _SHORT:
            forms.append(f"{value:.10g}{_SHORT[scale]}")
        return _put(written, *found.span(), dice.choice(forms))
    whole = re.search(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![.,]?\d)", written)
    plain = whole.group().replace(",", "") if whole else ""
    return _put(written, *whole.span(), plain) if whole and not 1500 <= int(plain) < 2100 else None  # 1,900 is no year


def date_form(text: str, dice: random.Random) -> str | None:
    """15 October 2025, October 15, 2025, 15 Oct 2025, the 15th of October 2025 or 2025-10-15 for one another."""
    full = [d for d in dates(text) if d.year and d.month and d.day]
    if not full:
        return None
    chosen = dice.choice(full)
    written = text[chosen.start : chosen.end]
    forms = [form for form in _forms(chosen) if form.lower() != written.lower()]
    return _put(text, chosen.start, chosen.end, dice.choice(forms))


def _forms(d: Date) -> list[str]:
    year, month, day = d.year or 0, d.month or 1, d.day or 1
    name = MONTHS[month - 1]
    return [
        f"{year}-{month:02d}-{day:02d}",
        f"{day} {name} {year}",
        f"{name} {day}, {year}",
        f"{day} {name[:3]} {year}",
        f"{name} {day}{_ordinal(day)}, {year}",
    ]


def _ordinal(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def relative_date(text: str, written: date | None, dice: random.Random) -> str | None:
    """The day in figures for "yesterday", or for "on Tuesday" where it can only be the Tuesday before."""
    if written is None:
        return None
    options = [(m.span(), written + timedelta(_RELATIVE[m.group().lower()])) for m in _near_days(text)]
    if not _AHEAD.search(text):
        options += [(m.span(), _before(written, WEEKDAYS.index(m.group(1)))) for m in _weekdays(text)]
    if not options:
        return None
    (start, end), day = dice.choice(options)
    return _put(text, start, end, f"on {day.day} {MONTHS[day.month - 1]} {day.year}")


def _near_days(text: str) -> list[re.Match[str]]:
    return list(re.finditer(rf"\b(?:{'|'.join(_RELATIVE)})\b(?!['’])", text, re.I))


def _weekdays(text: str) -> list[re.Match[str]]:
    """Weekdays that no date stands beside: "on Tuesday", not "on Tuesday, 14 October"."""
    apart = r"(?!['’]|,? \d|,? (?:" + "|".join(MONTHS) + r")| (?:morning|afternoon|evening|night|and|or)\b)"
    return list(re.finditer(rf"\bon ({'|'.join(WEEKDAYS)})\b{apart}", text))


def _before(written: date, weekday: int) -> date:
    """The last such weekday up to `written`."""
    return written - timedelta((written.weekday() - weekday) % 7)


def shorter_name(text: str, known: Collection[str], dice: random.Random) -> str | None:
    """ "Corrigane" for "Pella Corrigane", where the document calls her so, too."""
    options = [n for n in names(text) if " " in n.text and n.text.split()[-1] in known and " of " not in n.text]
    if not options:
        return None
    name = dice.choice(options)
    return _put(text, name.start, name.end, name.text.split()[-1])


def fuller_name(text: str, passage: str, dice: random.Random) -> str | None:
    """ "Pella Corrigane" for "Corrigane", where the passage knows one of that name only, and a person."""
    if not re.search(r"\b(?:he|she|his|her)\b", passage, re.I):
        return None
    known = {n.text for n in names(passage) if not n.initial and not _THE.search(passage[: n.start])}
    options: list[tuple[Name, str]] = []
    for name in names(text):
        full = {other for other in known if other.split()[-1] == name.text and _first_and_last(other)}
        alone = " " not in name.text and not name.initial and not _THE.search(text[: name.start])
        if alone and len(full) == 1:
            options.append((name, full.pop()))
    if not options:
        return None
    name, full_name = dice.choice(options)
    return _put(text, name.start, name.end, full_name)


def _first_and_last(name: str) -> bool:
    """Whether a name is two words that both belong to it, unlike "While China" and "One China"."""
    return name.count(" ") == 1 and len(content(name)) == 2 and not quantities(name)


def _of_quantity(text: str, dice: random.Random, rewrite: Callable[[str, Quantity], str | None]) -> str | None:
    """`text` with one of its quantities rewritten, of those that can be."""
    plain = (q for q in quantities(text) if q.low == q.high and _stands_apart(text, q))
    options = [(q, new) for q in plain if (new := rewrite(text[q.start : q.end], q))]
    if not options:
        return None
    q, new = dice.choice(options)
    return _put(text, q.start, q.end, new)


def _stands_apart(text: str, q: Quantity) -> bool:
    """Whether it is a figure of the text, not a part of "F-4", "58th" or "0.95 km2"."""
    before, after = text[: q.start][-1:], text[q.end :]
    return (not before or before in ' ("“') and not re.match(r"[\w²-]|[.,]\d| ?[2²]\b", after)


def _grouped(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.10g}"


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]
