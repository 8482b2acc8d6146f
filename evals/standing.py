"""Which numbers, dates and proper names of a statement do not stand in the texts that should support it.

Written from the contract alone and apart from `bot.verify`, which it checks. A number stands where its value does,
however it is written ("5.5 hours", "five and a half hours", "330 minutes"); a date also where a dated document says
"on Monday" or "yesterday"; a name where its words do, in any case, as an adjective or as initials. A capitalised first
word counts as a name only where the passages read show it to be one.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import day_name, month_name
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

TEENS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {
    **{word: float(value) for value, word in enumerate(f"{TEENS} eighteen nineteen".split())},
    **{word: 10.0 * value for value, word in enumerate(TENS.split(), 2)},
    "half": 0.5,
    "quarter": 0.25,
}
SCALES = {"dozen": 12.0, "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9, "tn": 1e12}
MINUTES = {"second": 1 / 60, "minute": 1.0, "min": 1.0, "hour": 60.0, "hr": 60.0, "day": 1440.0, "week": 10080.0}
MONTHS_LONG = {"month": 1.0, "year": 12.0, "decade": 120.0}
METRES = {"metre": 1.0, "meter": 1.0, "kilometre": 1e3, "kilometer": 1e3, "km": 1e3}
KILOGRAMS = {"gram": 1e-3, "kilogram": 1.0, "kg": 1.0, "tonne": 1e3, "ton": 1e3}
AREAS = {"square metre": 1.0, "square meter": 1.0, "hectare": 1e4}
UNITS = {
    unit: (kind, factor)
    for kind, units in (
        ("minutes", MINUTES),
        ("months", MONTHS_LONG),
        ("metres", METRES),
        ("kilograms", KILOGRAMS),
        ("square metres", AREAS),
    )
    for unit, factor in units.items()
}
FRACTIONS = {"½": ".5", "¼": ".25", "¾": ".75"}

ORDINALS = "first second third fourth fifth sixth seventh eighth ninth".split()
ORDINAL = re.compile(rf"\b(?:{'|'.join(TENS.split())})-(?:{'|'.join(ORDINALS)})\b")

_small, _scale = "|".join(SMALL), "|".join(SCALES)
_atom = rf"(?:(?:{_small})|(?:{_scale})(?:\s+and(?=\s+(?:{_small})\b))?)\b"
NUMBER = re.compile(
    rf"(?:(?P<digits>\d+(?:,\d{{3}})*(?:\.\d+)?)(?:[\s-]?(?P<scale>{_scale}|{'|'.join(SHORT_SCALES)})\b)?"
    rf"|\b(?P<spelled>{_atom}(?:[\s-]+(?:a\s+)?{_atom})*))"
    r"(?:\s+and\s+an?\s+(?P<and>half|quarter)\b)?"
    rf"(?:(?:\s+(?:of\s+)?an?)?[\s-]*(?P<unit>{'|'.join(UNITS)})s?\b)?"
)

MONTHS = [name.casefold() for name in month_name]
WEEKDAYS = [name.casefold() for name in day_name]
NEAR_DAYS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")

CLOCK = re.compile(r"\b(\d{1,2})[:.](\d\d)(?=\s*[ap]\.?\s?m\b)", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SENTENCE_START = re.compile(r"(?:^|[.!?:;\n•*|])[\s\"“”'‘’(\[]*$")
# What turns a name into an adjective, its plural or possessive, and back: China, Chinese; Ruritania, Ruritanian.
ADJECTIVES, PLURALS = "an ian n ese ish i y ean", "a ans ians ns s is e eans"
ENDINGS = frozenset(("", *ADJECTIVES.split(), *PLURALS.split()))


@dataclass(frozen=True)
class Support:
    """Where a statement's details may stand: passages, titles and the question; the documents' dates.

    `vocabulary` is other text of the same documents, used only to tell names from words that begin a sentence.
    """

    texts: tuple[str, ...]
    dates: tuple[date, ...] = ()
    vocabulary: tuple[str, ...] = field(default=(), repr=False)


def missing(statement: str, support: Support) -> list[str]:
    """The numbers, dates and names of `statement` that stand nowhere in `support`, as they are written there."""
    text = "\n".join(support.texts)
    days = _days(text, support.dates)
    statement = ISO_DATE.sub(lambda found: "" if _written_out(found, text) else found.group(), statement)
    statement = CLOCK.sub(
        lambda found: "" if re.search(rf"\b{found[1]}[:.]{found[2]}\b", text) else found.group(), statement
    )
    return [*_missing_numbers(statement, text, days), *_missing_names(statement, text, days, support.vocabulary)]


def _written_out(day: re.Match[str], text: str) -> bool:
    """Whether the text names the month of a date in figures beside its day: 2025-10-15, 15 October, Oct. 15th."""
    month = MONTHS[int(day[2])][:3] if int(day[2]) < len(MONTHS) else ""
    beside = rf"\b(?:0?{int(day[3])}(?:st|nd|rd|th)?\W+{month}[a-z]*|{month}[a-z]*\W+0?{int(day[3])}(?:st|nd|rd|th)?)\b"
    return bool(month) and re.search(beside, text.casefold()) is not None and day[1] in text


Value = tuple[str, float]  # the kind of quantity ("", "minutes", "metres" ...) and how much


@dataclass(frozen=True, slots=True)
class Number:
    written: str
    values: frozenset[Value]


def numbers(text: str) -> list[Number]:
    """Every number of the text, in order, with all it may mean: "5m" is five or five million."""
    for sign, decimal in FRACTIONS.items():
        text = re.sub(rf"(?<!\d)\s*{sign}", f" 0{decimal}", text).replace(sign, decimal)
    plain = ORDINAL.sub(_in_digits, unicodedata.normalize("NFKC", text).casefold())
    return [_number(found) for found in NUMBER.finditer(plain)]


def _in_digits(ordinal: re.Match[str]) -> str:
    """Thirty-sixth → 36."""
    tens, ones = ordinal.group().split("-")
    return f"{SMALL[tens] + ORDINALS.index(ones) + 1:.0f}"


def _number(found: re.Match[str]) -> Number:
    plain = _spelled(found["spelled"].split()) if found["spelled"] else float(found["digits"].replace(",", ""))
    plain += SMALL[found["and"]] if found["and"] else 0.0
    scale = found["scale"]
    amounts = {plain * SCALES[scale]} if scale in SCALES else {plain, plain * SHORT_SCALES.get(scale, 1.0)}
    values = {("", amount) for amount in amounts}
    if found["unit"]:
        kind, factor = UNITS[found["unit"]]
        values.update((kind, round(amount * factor, 6)) for amount in amounts)
    return Number(found.group().strip(), frozenset(values))


def _spelled(words: list[str]) -> float:
    """Three hundred and five thousand → 305,000."""
    total = current = 0.0
    for word in "-".join(words).split("-"):
        scale = SCALES.get(word, 0.0)
        if scale >= SCALES["thousand"]:
            total, current = total + (current or 1.0) * scale, 0.0
        elif scale:
            current = (current or 1.0) * scale
        else:
            current += SMALL.get(word, 0.0)
    return total + current


def _missing_numbers(statement: str, text: str, days: Set[date]) -> Iterator[str]:
    standing = numbers(text)
    values = {value for number in standing for value in number.values} | _sums(standing)
    values |= {("", float(part)) for day in days for part in (day.year, day.month, day.day)}
    said = numbers(statement)
    summed = {id(n) for one, two in pairwise(said) if _sums([one, two]) & values for n in (one, two)}
    for number in said:
        if number.written != "one" and id(number) not in summed and not number.values & values:
            yield number.written


def _sums(found: list[Number]) -> set[Value]:
    """Neighbouring times, added: two hours and 30 minutes."""
    times = [next((amount for kind, amount in number.values if kind == "minutes"), None) for number in found]
    return {("minutes", one + two) for one, two in pairwise(times) if one and two and one > two}


def _days(text: str, dates: tuple[date, ...]) -> set[date]:
    """The dates that the texts name in figures, and those that their weekdays mean beside the documents' dates."""
    days = {*dates, *_iso_dates(text)}
    words = set(re.findall(r"[a-z]+", text.casefold()))
    for dated in dates:
        days |= {dated + timedelta(step) for name, step in NEAR_DAYS.items() if name in words}
        week = (dated + timedelta(step) for step in range(-7, 8))
        days |= {day for day in week if WEEKDAYS[day.weekday()] in words}
    return days


def _iso_dates(text: str) -> Iterator[date]:
    for year, month, day in ISO_DATE.findall(text):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:  # no such day: then it is no date
            continue


def _missing_names(statement: str, text: str, days: Set[date], vocabulary: tuple[str, ...]) -> Iterator[str]:
    standing = _words(text) | {name for day in days for name in (MONTHS[day.month], WEEKDAYS[day.weekday()])}
    standing |= {month[:3] for month in MONTHS if month in standing} | {m for m in MONTHS if m and m[:3] in standing}
    initials = _initials(text)
    for name in _names(statement, vocabulary):
        parts = _words(name)
        if name not in initials and not all(part in standing or _inflected(part, standing) for part in parts):
            yield name


def _words(text: str) -> set[str]:
    """The folded words, without accents and possessive endings."""
    return {_folded(word) for found in WORD.findall(text) for word in re.split("['’]", found) if word}


def _folded(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _names(statement: str, vocabulary: tuple[str, ...]) -> Iterator[str]:
    """The capitalised words, "I" aside; at a sentence's start only those that the vocabulary always capitalises."""
    known = "\n".join(vocabulary)
    for found in WORD.finditer(statement):
        word = re.sub("['’]s$", "", found.group())
        first = SENTENCE_START.search(statement[: found.start()])
        if word[0].isupper() and word != "I" and (not first or _always_capitalised(word, known)):
            yield word


def _always_capitalised(word: str, text: str) -> bool:
    within = re.search(rf"(?<=[a-z,] ){re.escape(word)}\b", text)
    return within is not None and re.search(rf"\b{re.escape(word.lower())}\b", text) is None


def _initials(text: str) -> set[str]:
    """UN for "United Nations": the initials of each run of two to six capitalised words."""
    runs = re.findall(r"[A-Z][\w’'-]*(?:(?: of| and| the)? [A-Z][\w’'-]*){1,5}", text)
    capitals = ["".join(word[0] for word in run.split() if word[0].isupper()) for run in runs]
    return {letters[i:j] for letters in capitals for i in range(len(letters)) for j in range(i + 2, len(letters) + 1)}


def _inflected(word: str, standing: Set[str]) -> bool:
    """Whether the word and one that stands share four letters or more and differ only in their endings."""
    stems = [(word[:cut], word[cut:]) for cut in range(4, len(word) + 1) if word[cut:] in ENDINGS]
    return any(other.startswith(stem) and other[len(stem) :] in ENDINGS for stem, _ in stems for other in standing)
