"""Things compared, told together: what each piece of a comparison may quote, and which of the things it singles out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.compose import Findings, Supported
from bot.conflicts import Value, values_of
from bot.dates import Date, dates
from bot.decompose import Compound, Piece
from bot.evidence import Evidence, distinct
from bot.extractive import findings, quote
from bot.polarity import leaves_open
from bot.quantities import Quantity
from bot.question import understand
from bot.reading import Part
from bot.terms import capitalised, content, missing, stem, words
from retrieval.model import Kind, Passage

STATEMENTS = 3  # of each thing
_NEAR = 2.5  # how far below the best span of a thing a further one may score


def compared(whole: Part, asked: Compound, pieces: Sequence[Part]) -> Part:
    """`whole` with its pieces, each with the evidence that speaks of its thing; as it is where none has any.

    What was found for the whole question serves every piece: one sentence often speaks of all things compared.
    """
    labels = [piece.label for piece in asked.pieces]
    own = tuple(
        _narrowed(whole, piece, plan, [other for other in labels if other != plan.label])
        for plan, piece in zip(asked.pieces, pieces, strict=True)
    )
    answered = [piece for piece in own if piece.judgement.answers]
    if not answered:
        return whole
    best = max((piece.judgement for piece in answered), key=lambda judgement: judgement.probability)
    passages = {p.id: p for part in (whole, *own) for p in part.passages}
    return replace(
        whole,
        passages=tuple(passages.values()),
        judgement=best,
        pieces=own,
        comparative=asked.comparative,
        sign=asked.sign,
    )


def _narrowed(whole: Part, piece: Part, plan: Piece, others: Sequence[str]) -> Part:
    piece = replace(piece, label=plan.label)
    found = [*_close(piece), *(replace(e, marked=None) for e in _close(whole))]  # what is marked answers the whole
    own = [_sentence(piece, e, others) for e in found if _speaks_of(piece.label, e, others)]
    evidence = tuple(distinct(sorted(own, key=lambda e: -e.score)))
    if evidence:
        best = max(piece.judgement, whole.judgement, key=lambda judgement: judgement.probability)
        return replace(piece, evidence=evidence, judgement=best)
    return replace(piece, asked=understand(plan.question), judgement=replace(piece.judgement, answers=False))


_CLOSE = 6.0  # how far below the best span one may score that speaks of the thing where the best one does not


def _close(part: Part) -> list[Evidence]:
    return [e for e in part.evidence if part.judgement.answers and e.score >= part.evidence[0].score - _CLOSE]


def _speaks_of(label: str, e: Evidence, others: Sequence[str]) -> bool:
    """Whether the span is about the thing: it says so, or its surroundings do and it speaks of none of the others."""
    if days := dates(label):
        return _on(days[0], e)
    own, here = _distinctive(label, others), words(e.text)
    if not missing(own, here):
        return True
    chunk, named = e.passage.chunk, words(f"{e.source} {e.passage.title} {e.passage.chunk.heading}")
    rivals = [rival for other in others if (rival := _distinctive(other, [label]))]
    if any(not missing(rival, here) for rival in rivals):
        return False
    around = words(chunk.text)
    return not missing(own, named) or (not missing(own, around) and all(missing(rival, around) for rival in rivals))


def _on(day: Date, e: Evidence) -> bool:
    """Whether the span speaks of that day, or its document is of that day and the span names no other."""
    told = [d for d in dates(e.text, e.passage.date) if d.comparable(day)]
    if told or e.passage.date is None:
        return any(d.compatible(day) for d in told)
    written = e.passage.date
    return day.compatible(Date(0, 0, written.year, written.month, written.day, written.weekday()))


def _distinctive(label: str, others: Sequence[str]) -> list[str]:
    """The words that tell a thing from the others: of "the Arden loom" and "the Kestrel loom" not "loom"."""
    shared = {s for other in others for s in content(other)}
    return [w for w in words(label) if stem(w) in content(label) and stem(w) not in shared]


def _sentence(piece: Part, e: Evidence, others: Sequence[str]) -> Evidence:
    """Of a span of several sentences the one that speaks of the thing and holds most of what is asked."""
    chunk, own = e.passage.chunk, _distinctive(piece.label, others)
    within = [s for s in chunk.sentences if e.start <= s.start and s.end <= e.end]
    texts = {s: chunk.between(s.start, s.end) for s in within}
    naming = [s for s in within if own and not missing(own, words(texts[s]))]
    if len(within) < 2 or not naming or any(s.kind is Kind.TABLE for s in within):
        return e
    best = max(naming, key=lambda s: (len(set(content(texts[s])) & set(piece.asked.terms)), -s.start))
    return replace(e, start=best.start, end=best.end, text=texts[best], marked=None)


def told(piece: Part) -> Findings:
    """What the documents say of one of the things, in a few statements."""
    found = findings(piece.asked, piece.evidence)
    if found.disputes:
        return found
    best = piece.evidence[0]
    close = {
        quote(e) for e in piece.evidence if e.score >= best.score - _NEAR and _held(piece, e) >= _held(piece, best)
    }
    close |= {quote(e) for e in piece.evidence if e.rows}  # its rows compare by themselves
    return Findings(tuple(s for s in found.statements if close.issuperset(s.quotes))[:STATEMENTS])


def _held(piece: Part, e: Evidence) -> set[str]:
    """What the span holds of the question's content words."""
    return set(piece.asked.terms) & set(content(e.text))


def conclusion(part: Part) -> Supported | None:
    """Which of the things has the most or the least of what is asked: "Heavier: the oak, 640 kilograms; ...".

    None where the question does not ask for it, a thing has no value, its sources differ, or units cannot be compared.
    """
    labels = [piece.label for piece in part.pieces]
    values = [v for p in part.pieces if (v := _only_value(p, [other for other in labels if other != p.label]))]
    if not part.comparative or len(values) < len(part.pieces) or not _comparable(values):
        return None
    ranked = sorted(zip(values, part.pieces, strict=True), key=lambda pair: _size(pair[0]), reverse=part.sign > 0)
    if _size(ranked[0][0]) == _size(ranked[1][0]):
        return None
    things = "; ".join(f"{piece.label}, {value.text}" for value, piece in ranked)
    word = part.comparative
    return Supported(f"{capitalised(word)}: {things}.", tuple(quote(value.evidence) for value, _ in ranked))


def _only_value(piece: Part, others: Sequence[str]) -> Value | None:
    """The value that the best span gives for the thing as a fact, naming it in a sentence; None if there is none."""
    if not piece.judgement.answers or findings(piece.asked, piece.evidence).disputes:
        return None
    best = piece.evidence[0]
    own = _distinctive(piece.label, others)
    if best.rows or leaves_open(best.text) or not (dates(piece.label) or (own and not missing(own, words(best.text)))):
        return None
    told = values_of(piece.asked, best)
    return told[0] if len(told) == 1 else None


def _comparable(values: Sequence[Value]) -> bool:
    whats = [value.what for value in values]
    if all(isinstance(what, Quantity) for what in whats):
        return len({(what.unit, what.unit or what.noun) for what in whats if isinstance(what, Quantity)}) == 1
    return all(isinstance(what, Date) and what.year and what.month and what.day for what in whats)


def _size(value: Value) -> tuple[float, ...]:
    if isinstance(value.what, Date):
        return (float(value.what.year or 0), float(value.what.month or 0), float(value.what.day or 0))
    return (value.what.value,)


def titled(label: str, passages: Sequence[Passage]) -> list[str]:
    """The documents among those of `passages` that bear the name of the thing: the Herald's reports, a plan's page."""
    own = _distinctive(label, [])
    names = {p.source: (p.title, p.source.rpartition("/")[2]) for p in passages}
    return [source for source, given in names.items() if own and any(_bears(own, name) for name in given)]


def _bears(own: Sequence[str], title: str) -> bool:
    """Whether a title or file name is the name and little else, beside days, numbers and the file's ending."""
    name = title.rpartition(".")[0] or title
    for day in reversed(dates(name)):
        name = name[: day.start] + name[day.end :]
    told = content(re.sub(r"[\d_]+", " ", name))
    return not missing(own, words(name)) and len(told) <= 2 * len(own)
