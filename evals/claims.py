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
from bot.orders import gives_orders
from bot.quantities import Quantity, quantities
from bot.terms import names, same_word, words
from evals import rewriting
from evals.rewriting import MONTHS, WEEKDAYS
from retrieval.model import Kind, Passage

_NUMBER_WORD = (
    r"(?i)\b(?:[a-z]+-)?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|half)\b"
)
_SCALES = {"thousand": "million", "million": "billion", "billion": "million", "trillion": "billion"}
_UNITS = {
    "seconds": "hours", "minutes": "hours", "hours": "days", "days": "weeks", "weeks": "months", "months": "years",
    "years": "months", "decades": "years", "centuries": "decades", "metres": "kilometres", "meters": "kilometers",
    "kilometres": "miles", "kilometers": "miles", "km": "miles", "miles": "feet", "feet": "miles",
    "tonnes": "kilograms", "tons": "kilograms", "dollars": "euros", "yuan": "dollars", "euros": "dollars",
    "percent": "tonnes",
}  # fmt: skip
_SCALE_OR_UNIT = re.compile(rf"\b({'|'.join((*_SCALES, *_UNITS))})\b")
_AUXILIARY = re.compile(r"\b(is|are|was|were|will|has|have|had|would|could|can|did|does|do)\b(?! not\b|n['’]t)")
_SAID = re.compile(r"\b(?:said|told|noted|stressed|added|according to|stated|warned|insisted)\b", re.I)


class Change(StrEnum):
    """What was done to a sentence. Those in `TRUE` leave it true."""

    NONE = "as it stands"
    FIGURE_REWRITTEN = "number in words or digits"
    UNIT_REWRITTEN = "figure in another unit"
    MAGNITUDE_REWRITTEN = "figure in another magnitude"
    DATE_REWRITTEN = "date in another form"
    DATE_RESOLVED = "relative date resolved"
    NAME_SHORTENED = "name without first name or title"
    NAME_IN_FULL = "name with its first name"
    NUMBER = "another number"
    MEASURE = "another unit or magnitude"
    DATE = "another date"
    NAME = "another name"
    NEGATION = "negated"
    SPEAKER = "another speaker"


TRUE = tuple(Change)[: tuple(Change).index(Change.NUMBER)]


@dataclass(frozen=True, slots=True)
class MadeClaim:
    """A claim made from a sentence of the passage at index `passage`."""

    text: str
    change: Change
    passage: int


def made_claims(passages: Sequence[Passage], seed: int = 0) -> Iterator[MadeClaim]:
    """Every claim that can be made from each sentence of `passages`, in their order."""
    dice = random.Random(seed)  # noqa: S311  # reproducible on purpose
    by_source: dict[str, set[str]] = {}
    for passage in passages:
        told = {n.text for n in names(passage.chunk.text) if not n.initial}
        by_source.setdefault(passage.source, set()).update(told)
    for number, passage in enumerate(passages):
        for text in _statements(passage):
            for change, claim in _variants(text, passage, sorted(by_source[passage.source]), dice):
                if change is Change.NONE or (claim is not None and claim != text):
                    yield MadeClaim(str(claim), change, number)


def _statements(passage: Passage) -> Iterator[str]:
    chunk = passage.chunk
    for sentence in chunk.sentences:
        text = " ".join(chunk.between(sentence.start, sentence.end).split())
        if sentence.kind is Kind.PROSE and not gives_orders(text) and 8 <= len(text.split()) <= 40:
            yield text


def _variants(
    text: str, passage: Passage, known: Sequence[str], dice: random.Random
) -> Iterator[tuple[Change, str | None]]:
    yield Change.NONE, text
    yield Change.FIGURE_REWRITTEN, rewriting.figure(text, dice)
    yield Change.UNIT_REWRITTEN, rewriting.unit(text, dice)
    yield Change.MAGNITUDE_REWRITTEN, rewriting.magnitude(text, dice)
    yield Change.DATE_REWRITTEN, rewriting.date_form(text, dice)
    yield Change.DATE_RESOLVED, rewriting.relative_date(text, passage.date, dice)
    yield Change.NAME_SHORTENED, rewriting.shorter_name(text, known, dice)
    yield Change.NAME_IN_FULL, rewriting.fuller_name(text, passage.chunk.text, dice)
    yield Change.NUMBER, _another_number(text, dice)
    yield Change.MEASURE, _another_measure(text, dice)
    yield Change.DATE, _another_date(text, dice)
    yield Change.SPEAKER if _SAID.search(text) else Change.NAME, _another_name(text, known, dice)
    yield Change.NEGATION, _negated(text)


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _another_number(text: str, dice: random.Random) -> str | None:
    figures = quantities(text)
    if not figures:
        return None
    q = dice.choice(figures)
    return _put(text, q.start, q.end, _otherwise(text[q.start : q.end], q, dice))


def _otherwise(written: str, q: Quantity, dice: random.Random) -> str:
    other = q.number + dice.choice((1, 2, 3)) if q.number < 20 else round(q.number * dice.choice((0.6, 1.4, 2)))
    digits = re.search(r"\d[\d,.]*\d|\d", written)
    if digits:
        return written.replace(digits.group(), f"{other:g}", 1)
    return re.sub(rf"{_NUMBER_WORD}.*?(?=$|[ -])", f"{other:g}", written, count=1)


def _another_measure(text: str, dice: random.Random) -> str | None:
    """Million for billion, days for hours."""
    options = [(q, m) for q in quantities(text) if (m := _SCALE_OR_UNIT.search(text, q.start, q.end))]
    if not options:
        return None
    _, found = dice.choice(options)
    return _put(text, *found.span(), {**_SCALES, **_UNITS}[found.group()])


def _another_date(text: str, dice: random.Random) -> str | None:
    found = dates(text)
    if not found:
        return None
    d = dice.choice(found)
    written = text[d.start : d.end]
    if d.weekday is not None:
        other = dice.choice([w for n, w in enumerate(WEEKDAYS) if n != d.weekday])
        return _put(text, d.start, d.end, re.sub("|".join(WEEKDAYS), other, written, flags=re.I))
    if d.month is not None and (month := re.search("|".join(MONTHS), written)):
        other = dice.choice([m for m in MONTHS if m != month.group()])
        return _put(text, d.start, d.end, written.replace(month.group(), other))
    if d.year is not None:
        return _put(text, d.start, d.end, written.replace(str(d.year), str(d.year - 3)))
    return None


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
