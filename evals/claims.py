"""Claims made from documents: true ones, also with figures and dates written otherwise, and ones with one thing wrong.

They measure the verifier: what is true should pass, what is corrupted should be withheld. The same documents and seed
always give the same claims.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.dates import dates
from bot.quantities import Quantity, quantities
from bot.terms import names, same_word, words
from retrieval.model import Chunk, Kind

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SPELLED = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_AUXILIARY = re.compile(r"\b(is|are|was|were|will|has|have|had|would|could|can|did|does|do)\b(?! not\b|n['’]t)")
_SAID = re.compile(r"\b(?:said|told|noted|stressed|added|according to|stated|warned|insisted)\b", re.I)


class Change(StrEnum):
    """What was done to a sentence. The first three leave it true."""

    NONE = "as it stands"
    FIGURE_REWRITTEN = "figure written otherwise"
    DATE_REWRITTEN = "date written otherwise"
    NUMBER = "another number"
    DATE = "another date"
    NAME = "another name"
    NEGATION = "negated"
    SPEAKER = "another speaker"


TRUE = frozenset({Change.NONE, Change.FIGURE_REWRITTEN, Change.DATE_REWRITTEN})


@dataclass(frozen=True, slots=True)
class MadeClaim:
    """A claim made from sentence `sentence` of chunk number `chunk`."""

    text: str
    change: Change
    chunk: int


def made_claims(chunks: Sequence[Chunk], seed: int = 0) -> Iterator[MadeClaim]:
    """Every claim that can be made from each sentence of `chunks`, in their order."""
    dice = random.Random(seed)  # noqa: S311  # reproducible on purpose
    by_source: dict[str, list[str]] = {}
    for chunk in chunks:
        by_source.setdefault(chunk.source, []).extend(n.text for n in names(chunk.text) if not n.initial)
    for number, chunk in enumerate(chunks):
        for sentence in chunk.sentences:
            text = " ".join(chunk.text[sentence.start - chunk.start : sentence.end - chunk.start].split())
            if sentence.kind is Kind.PROSE and 8 <= len(text.split()) <= 40:
                for change, claim in _variants(text, sorted(set(by_source[chunk.source])), dice):
                    if change is Change.NONE or claim != text:
                        yield MadeClaim(claim, change, number)


def _variants(text: str, others: Sequence[str], dice: random.Random) -> Iterator[tuple[Change, str]]:
    yield Change.NONE, text
    figures = quantities(text)
    if figures:
        q = dice.choice(figures)
        if otherwise := _figure_otherwise(text, q):
            yield Change.FIGURE_REWRITTEN, _put(text, q.start, q.end, otherwise)
        yield Change.NUMBER, _put(text, q.start, q.end, _another_number(text, q, dice))
    yield from _date_variants(text, dice)
    if (changed := _another_name(text, others, dice)) is not None:
        yield Change.SPEAKER if _SAID.search(text) else Change.NAME, changed
    if (negated := _negated(text)) is not None:
        yield Change.NEGATION, negated


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _figure_otherwise(text: str, q: Quantity) -> str | None:
    """The same figure in other words: "six" for 6 and 6 for "six", minutes for hours."""
    written = text[q.start : q.end]
    if q.low != q.high or "-" in written:
        return None
    if q.unit == "second" and "hour" in written and q.value % 60 == 0:
        return f"{q.value / 60:g} minutes"
    for n, word in enumerate(_SPELLED, 2):
        if q.number == n:
            return re.sub(rf"\b(?:{word}|{n})\b", str(n) if word in written.lower() else word, written, flags=re.I)
    return None


def _another_number(text: str, q: Quantity, dice: random.Random) -> str:
    written = text[q.start : q.end]
    other = q.number + dice.choice((1, 2, 3)) if q.number < 20 else round(q.number * dice.choice((0.6, 1.4, 2)))
    digits = re.search(r"\d[\d,.]*\d|\d", written)
    if digits:
        return written.replace(digits.group(), f"{other:g}", 1)
    return re.sub(
        r"(?i)\b(?:[a-z]+-)?(?:one|" + "|".join(_SPELLED) + r"|dozen|hundred|half)\b.*?(?=$|[ -])",
        f"{other:g}",
        written,
        count=1,
    )


def _date_variants(text: str, dice: random.Random) -> Iterator[tuple[Change, str]]:
    found = dates(text)
    if not found:
        return
    d = dice.choice(found)
    if d.year and d.month and d.day:
        yield Change.DATE_REWRITTEN, _put(text, d.start, d.end, f"{d.year}-{d.month:02d}-{d.day:02d}")
    written = text[d.start : d.end]
    if d.weekday is not None:
        other = dice.choice([w for n, w in enumerate(_WEEKDAYS) if n != d.weekday])
        yield Change.DATE, _put(text, d.start, d.end, re.sub("|".join(_WEEKDAYS), other, written, flags=re.I))
    elif d.month is not None and (month := re.search("|".join(_MONTHS), written)):
        other = dice.choice([m for m in _MONTHS if m != month.group()])
        yield Change.DATE, _put(text, d.start, d.end, written.replace(month.group(), other))
    elif d.year is not None:
        yield Change.DATE, _put(text, d.start, d.end, written.replace(str(d.year), str(d.year - 3)))


def _another_name(text: str, others: Sequence[str], dice: random.Random) -> str | None:
    """The sentence with one name replaced by another of the document that the sentence does not hold."""
    here = words(text)
    strangers = [n for n in others if not any(same_word(a, b) for a in words(n) for b in here)]
    own = [n for n in names(text) if not n.initial or len(n.text.split()) > 1]
    if not strangers or not own:
        return None
    name = dice.choice(own)
    return _put(text, name.start, name.end, dice.choice(strangers))


def _negated(text: str) -> str | None:
    found = _AUXILIARY.search(text)
    if found is None or re.search(r"\bnot\b|n['’]t\b|\bno\b|\bnever\b", text):
        return None
    return _put(text, found.end(), found.end(), " not")
