"""The figures of a claim: whether its numbers and dates are those of the sentences that are to carry it.

A check returns what it objects to, in the claim's words; an empty list is no objection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.clock import times
from bot.comparatives import degrees
from bot.dates import Date, dates
from bot.quantities import Quantity, quantities
from bot.span import Span


def without_figures(claim: str) -> str:
    """The claim without what is compared by value, not by word: "420 million" may stand as "0.42 billion"."""
    spans = [(q.start, q.end) for q in _figures(claim)] + [(d.start, d.end) for d in dates(claim)]
    for start, end in sorted(spans, reverse=True):
        claim = claim[:start] + claim[end:]
    return claim


def wrong_numbers(claim: str, spans: Sequence[Span], question: str) -> list[str]:
    """Figures that no span gives, or that the first span gives otherwise."""
    first, claimed = _figures(spans[0].text), _figures(claim)
    known = [*first, *(q for s in spans[1:] for q in _figures(s.text)), *_figures(question)]
    passed_over = [k for k in first if not any(_states(k, q) for q in claimed)]
    return [
        claim[q.start : q.end]
        for q in claimed
        if not any(_states(k, q) for k in known)
        or (not any(_states(k, q) for k in first) and any(k.unit == q.unit and k.noun == q.noun for k in passed_over))
    ]


def uncompared(claim: str, spans: Sequence[Span]) -> list[str]:
    """In which ways the claim compares ("more", "most") and no span does: a comparison may be wrong with every word."""
    told = set().union(*(degrees(without_figures(s.text)) for s in spans))
    return sorted(degrees(without_figures(claim)) - told)


def scattered(claim: str, spans: Sequence[Span]) -> list[str]:
    """Figures of one kind ("three hours", "five hours") that no one sentence gives: two statements made one."""
    claimed = quantities(claim)
    alike = [q for q in claimed if len({o.value for o in claimed if (o.unit, o.noun) == (q.unit, q.noun)}) > 1]
    given = [quantities(s.text) for s in spans]
    if not alike or any(all(any(_states(k, q) for k in known) for q in alike) for known in given):
        return []
    return [claim[q.start : q.end] for q in alike]


def wrong_dates(claim: str, spans: Sequence[Span], question: str) -> list[str]:
    """Dates that neither the quotes nor, where these give none of their kind, their passages hold."""
    told = [d for s in spans for d in dates(s.text, s.passage.date)] + dates(question)
    around = [d for s in spans for d in dates(s.around)]
    meant = [day for s in spans if s.passage.date for d in dates(s.text) for day in d.days_meant(s.passage.date)]
    implied = [d for s in spans for d in _in_its_year(s)]
    said = " ".join(s.text.lower() for s in spans)
    wrong = []
    for d in dates(claim):
        rivals = [k for k in told if k.comparable(d)]
        known = [*(rivals or around), *meant, *implied]
        text = claim[d.start : d.end]
        if not any(_gives(k, d) for k in known) and not re.search(rf"\b{re.escape(text.lower())}(?!\w)", said):
            wrong.append(text)
    return wrong


def _figures(text: str) -> list[Quantity]:
    """The quantities and the times of day, each figure once."""
    told = times(text)
    return [*told, *(q for q in quantities(text) if not any(t.start <= q.start < t.end for t in told))]


def _states(known: Quantity, claimed: Quantity) -> bool:
    """Whether a source's quantity carries the claimed one: same figure, and no qualifier turned round."""
    if claimed.unit and known.unit and claimed.unit != known.unit:
        return False
    if claimed.high > 1.5 * claimed.low:  # a range: both ends
        return _near(claimed.low, known.low) and _near(claimed.high, known.high)
    figures = (known.value,) if known.vague else (known.value, known.low, known.high)
    overlap = known.low <= claimed.high * (1 + 1e-9) and claimed.low <= known.high * (1 + 1e-9)
    return overlap and any(_near(figure, claimed.value) for figure in figures)


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b), 1.0)


def _in_its_year(span: Span) -> Iterator[Date]:
    """Days that a report gives without a year, in the year that brings them closest to its own date.

    None where its passage speaks of other years.
    """
    written = span.passage.date
    if written is None or any(d.year not in (None, written.year) for d in dates(span.around)):
        return
    for d in dates(span.text):
        if d.month and d.day and not d.year:
            months = 12 * written.year + written.month - d.month
            yield replace(d, year=(months + 6) // 12)


def _gives(known: Date, claimed: Date) -> bool:
    """Whether every component of the claimed date is given, and given so, by the known one."""
    parts = ("year", "month", "day", "weekday")
    claimed_parts = [(p, getattr(claimed, p)) for p in parts if getattr(claimed, p) is not None]
    return bool(claimed_parts) and all(getattr(known, p) == value for p, value in claimed_parts)
