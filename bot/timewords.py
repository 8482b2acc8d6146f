"""Words that ask for a time by the documents' dates: "latest", "originally", "as of 3 May", "before the visit".

A document without a date is of an unknown time: never the newest, never the oldest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from bot.answer import Judgement
from bot.compose import Dispute, Findings, Quote, Supported
from bot.dates import Date, dates, in_words
from bot.evidence import Evidence, values
from bot.extractive import close, quote, quoted
from bot.extractive import findings as undated
from bot.question import Asked, Kind, understand
from bot.terms import capitalised, missing, words


class When(StrEnum):
    """Which documents a question wants: the newest, the oldest, or those before or after a day."""

    LATEST = "latest"
    FIRST = "first"
    UNTIL = "until"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Wish:
    """The time that a question asks for.

    `day` bounds it where the question gives one. `event` is what must be dated first ("the visit"), "" for none,
    `bare` the question without it, and `proof` the quote that then dates it.
    """

    when: When
    day: date | None = None
    event: str = ""
    bare: str = ""
    proof: Quote | None = None


_LATEST = re.compile(
    r"\s*\b(?:(?:latest|most recent|newest)(?=\s+\w)|most recently|right now|as of now|now|currently|nowadays"
    r"|at the moment|at present|these days|as things stand|in the end)\b",
    re.I,
)
_CURRENT = re.compile(r"\bcurrent\b", re.I)  # it stays: "the current captain" is searched for
_FIRST = re.compile(
    r"\s*\b(?:originally|initially|at first|at the outset|in the beginning|(?:earliest|oldest)(?=\s+\w)"
    r"|first(?=\s+(?:reports?|reported|said|announced|published|versions?|releases?|editions?|drafts?|estimates?)\b))\b",
    re.I,
)
_AS_OF = re.compile(r",?\s*\bas (?:of|at|on)\s+(?=[\w ,]*\d)(?P<day>[\w ,-]+?)(?=[?.,]|$)", re.I)
_AROUND = re.compile(
    r"\s*\b(?P<side>before|after|since|prior to|following)\s+"
    r"(?P<event>(?:the|his|her|their|its)\s+(?:[\w'’-]+\s+){0,6}?[\w'’-]+|[\w ,]*\d{4})(?=[?.,]|$)",
    re.I,
)
_WHEN = re.compile(r"^\W*when\b", re.I)


def wished(text: str) -> tuple[str, Wish | None]:
    """The question without the words that only ask for a time, and the time it asks for."""
    if (m := _AS_OF.search(text)) and (day := _whole(dates(m["day"]))):
        return _without(text, m), Wish(When.UNTIL, day)
    if (m := _AROUND.search(text)) and not _WHEN.match(text):
        when = When.BEFORE if m["side"].lower() in ("before", "prior to") else When.AFTER
        if day := _whole(dates(m["event"])):
            return _without(text, m), Wish(when, day)
        if not dates(m["event"]):
            return text, Wish(when, None, m["event"], _without(text, m))
    if m := _LATEST.search(text):
        return _without(text, m), Wish(When.LATEST)
    if _CURRENT.search(text):
        return text, Wish(When.LATEST)
    if m := _FIRST.search(text):
        return _without(text, m), Wish(When.FIRST)
    return text, None


def _without(text: str, m: re.Match[str]) -> str:
    left = f"{text[: m.start()]}{text[m.end() :]}".strip()
    return capitalised(left) if len(words(left)) > 2 else text


def _whole(found: Sequence[Date], written: date | None = None) -> date | None:
    """The first day among dates that is known in full, a weekday or a day of a month by the document's date."""
    return next((day for d in found if (day := _day(d, written))), None)


def _day(d: Date, written: date | None) -> date | None:
    if d.month and d.day and (d.year or written):
        try:
            return date(d.year or written.year, d.month, d.day)  # type: ignore[union-attr]
        except ValueError:  # 31 June
            return None
    if d.weekday is not None and written and not d.month:
        return written - timedelta((written.weekday() - d.weekday) % 7)
    return None


def event_question(wish: Wish) -> str:
    """What dates the event that a wish names."""
    return f"When was {wish.event}?"


def dated(wish: Wish, evidence: Sequence[Evidence]) -> Wish:
    """`wish` with the day of its event, if the best span about it gives one; without a day where none does."""
    event = words(wish.event)
    for e in close(understand(event_question(wish)), evidence):
        day = _whole(dates(e.text, e.passage.date), e.passage.date)
        if day and not missing([w for w in event if w not in _LITTLE], words(e.text)):
            return replace(wish, day=day, proof=quote(e))
    return wish


_LITTLE = frozenset("the his her their its of in at on for by with and to a an".split())


def within(wish: Wish, evidence: Sequence[Evidence], judgement: Judgement) -> tuple[tuple[Evidence, ...], Judgement]:
    """The evidence from documents of the time wished for, spans that speak of the event itself, and undated ones."""
    if wish.day is None:
        return tuple(evidence), judgement
    kept = [e for e in evidence if e.passage.date is None or _fits(wish, e.passage.date) or _speaks_of_event(wish, e)]
    if not any(e.score >= evidence[0].score - _CLOSE for e in kept):
        reason = f"no document of that time does ({in_words(wish.day)})" if judgement.answers else judgement.reason
        return tuple(evidence), replace(judgement, answers=False, reason=reason)
    return tuple(kept), judgement


_CLOSE = 6.0  # how far below the best span the best one of that time may score


def _fits(wish: Wish, written: date) -> bool:
    assert wish.day is not None
    if wish.when is When.AFTER:
        return written >= wish.day
    return written < wish.day or (wish.when is When.UNTIL and written == wish.day)


def _speaks_of_event(wish: Wish, e: Evidence) -> bool:
    """Whether the span itself speaks of the event, and so of the time before or after it."""
    told = words(e.text)
    if wish.when is When.BEFORE and "since" in told:
        return False
    return bool(wish.event) and not missing([w for w in words(wish.event) if w not in _LITTLE], told)


def findings(asked: Asked, wish: Wish, evidence: Sequence[Evidence]) -> Findings:
    """The answer of the document of the time wished for, first; then what others say, as of their time."""
    found = undated(asked, evidence)
    if wish.when in (When.BEFORE, When.AFTER):
        return Findings((*found.statements, *_proof(wish)), found.disputes)
    if found.disputes:
        return _settled(wish, found)
    if asked.kind is Kind.YES_NO:  # a report that settles it leads as it is, those written before follow
        return found
    near = close(asked, evidence)
    chosen = [e for e in near if not asked.wants_value or values(asked, e)] or near
    ranked = _by_date(wish, chosen)
    if ranked[0].passage.date is None:
        return found
    own = [e for e in ranked if e.passage.date == ranked[0].passage.date]
    others = [e for e in ranked if e not in own]
    lead = [s for s in found.statements if not s.verbatim and set(s.quotes) <= {quote(e) for e in own}]
    word = "older" if _newest_first(wish) else "newer"
    behind = [_others(word, others)] if others else []
    return Findings((*lead, *(quoted(e, asked) for e in own), *behind, *(quoted(e, asked) for e in others)))


def _newest_first(wish: Wish) -> bool:
    return wish.when is not When.FIRST


def _by_date(wish: Wish, evidence: Iterable[Evidence]) -> list[Evidence]:
    """Dated spans in the order wished for, those of one day by score; spans of unknown time last."""
    known = [e for e in evidence if e.passage.date]
    unknown = [e for e in evidence if not e.passage.date]
    return sorted(known, key=lambda e: e.passage.date or date.min, reverse=_newest_first(wish)) + unknown


def _others(word: str, others: Sequence[Evidence]) -> Supported:
    known = any(e.passage.date for e in others)
    unknown = any(not e.passage.date for e in others)
    of = " and ".join([word] * known + ["undated"] * unknown)
    return Supported(f"In {of} documents:", tuple(quote(e) for e in others))


def _proof(wish: Wish) -> tuple[Supported, ...]:
    if not wish.proof or not wish.day:
        return ()
    return (Supported(f"Dated {in_words(wish.day)} here: {wish.event}.", (wish.proof,)),)


def _settled(wish: Wish, found: Findings) -> Findings:
    """Differing values in the order of their documents' dates: the one wished for leads, the others follow it.

    What a document of another date says is no disagreement but another time; what one of the same or an unknown date
    says is.
    """
    (dispute, *rest) = found.disputes
    known = [(p, day) for p in dispute.positions if (day := _side_date(wish, p.quotes))]
    if not known:
        return found
    ranked = sorted(known, key=lambda pair: pair[1], reverse=_newest_first(wish))
    unknown = [p for p in dispute.positions if not _side_date(wish, p.quotes)]
    (first, day), later = ranked[0], ranked[1:]
    told = [f"{_small(p.value)} ({in_words(at)})" for p, at in later]
    told += [f"{_small(p.value)} (undated)" for p in unknown]
    word = "newest" if _newest_first(wish) else "oldest"
    lead = f"{capitalised(first.value)}, says the {word} document that answers ({in_words(day)})."
    text = f"{lead} Others differ: {'; '.join(told)}."
    quotes = [p.quotes[0] for p in (first, *(p for p, _ in later), *unknown)]
    told_by = {s.quotes[0]: s for s in found.statements if s.verbatim}
    statements = [told_by[q] for q in dict.fromkeys(quotes) if q in told_by]
    open_sides = (first, *(side for side, at in later if at == day), *unknown)
    disputes = (Dispute(dispute.about, open_sides), *rest) if len(open_sides) > 1 else tuple(rest)
    return Findings((Supported(text, tuple(quotes)), *statements), disputes)


def _side_date(wish: Wish, quotes: Sequence[Quote]) -> date | None:
    days = [q.passage.date for q in quotes if q.passage.date]
    return (max(days) if _newest_first(wish) else min(days)) if days else None


def _small(value: str) -> str:
    return value[:1].lower() + value[1:]
