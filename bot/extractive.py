"""The embedded answerer: answers with quotes, led by the value, the yes or no, or the sentence that answers best."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from bot.comparatives import degrees
from bot.compose import Dispute, Findings, Position, Quote, Supported, flat
from bot.conflicts import Value, ValueSide, bound, disagree, fitting, replies_to, same, sides, values_of
from bot.dates import Date
from bot.evidence import ANSWERS, Evidence
from bot.orders import gives_orders
from bot.quantities import Quantity, quantities
from bot.question import Asked, Kind
from bot.stance import Stance, stance
from bot.terms import capitalised, content, stem
from retrieval.context import list_end
from retrieval.tables import spoken

_LINE_MARK = re.compile(r"^(?:[-*]|#{1,6}) ")
QUOTES = 5  # statements of an ordinary answer
_LIST = 500  # characters of a list that is quoted whole
SIDES = 8  # values of a disagreement
_MARGIN = 3.5  # how far below the best span another source's may score
_OWN_MARGIN = 2.2  # the same for a further span of a source already quoted
_ROW_MARGIN = 1.5  # the same for another row of a table
_OPEN_MARGIN = 9.0  # the same for one that tells of the matter as still open, which the reranker takes for no answer
# Another source's figure contradicts the best one from a logit of its span on that grows with how far apart both are,
# as the logarithm of their factor: (least logit, more of it for each unit apart). For any span by a logistic regression
# on 3,263 pairs of figures from the groups that the reranker never saw, log odds = logit / 2.2 - 0.7 apart - 0.9, at a
# probability of 0.6: 78% of the pairs above it are meant for one thing. For a span whose figure belongs to what is
# asked about picked on 1,197 cases over 17 sets: of 154 disagreements then told 107 are expected.
_LIKELY, _BOUND = (2.9, 1.55), (-1.0, 4.0)
_FAR = 3.0  # twenty times as much is something else, whatever the span holds: forty hours and "aged 19 years"
# How far below the best a span with a date may score; with a logit below `_SURE` it must also hold all that the best
# one does, but for names.
_DATE_MARGIN, _SURE = 3.5, 7.0
# Another source is quoted if it answers alike, scores within `_LEVEL` of the best, or holds all that is asked but
# names; else only from this logit on, a higher one for a who or when, which have one answer. Over 1,196 cases 33 wrong
# files are no longer cited by it, and 9 right ones; 21 cases gain, three lose a fact or side.
_LEVEL, _LACKING, _ONE_ANSWER = 1.0, 3.0, 2.0
# From this logit on, spans that name another person, place or reason give another answer: of 21 such questions to the
# groups that the reranker never saw 16 are answered otherwise by two sources (at 4 16 of 27, at 6.5 9 of 10), of 25 to
# the documents of 21 sets 18. Content words of a name.
_NAMED, _FEW = 5.0, 5
_CLAUSE = re.compile(r"\b(?:is|are|was|were|has|have|had|will)\b", re.I)
_AT = re.compile(r"\b(?:in|at|on|off|near|outside|inside|to|from|into|by|under|over|behind|opposite)\b", re.I)
_NEAR = 12  # characters before a place in which that stands
# "Who are the founders?", "Who is Mr Thale?": several names or descriptions answer
_SEVERAL = re.compile(
    r"\W*(?:\w+\W+){0,2}?who(?:m|se)? (?:(?:are|were|all|else)\b|(?:is|was) (?:(?:mr|ms|mrs|dr)\.? )?(?-i:[A-Z]))", re.I
)


def findings(asked: Asked, evidence: Sequence[Evidence]) -> Findings:
    """The answer to `asked` from `evidence` (best first, at least one): a lead if there is one, then quotes."""
    if asked.wants_value or (evidence[0].marked and values_of(asked, evidence[0])):
        return _valued(asked, evidence)
    if asked.kind is Kind.YES_NO:
        return _yes_no(asked, evidence)
    if len(named := _named_apart(asked, evidence)) > 1:
        return _differing(asked, named)
    return Findings(tuple(quoted(e, asked) for e in select(asked, evidence)))


def quote(e: Evidence) -> Quote:
    """The span verbatim; an item of a list with what opens it, and with the other items where these are short."""
    if e.opening is None:
        return Quote(e.passage, e.start, e.end)
    start, ends = e.opening.start, (list_end(e.passage.chunk, e.opening.start), e.end)
    for end in ends:
        if end - start <= _LIST and not gives_orders(e.passage.chunk.between(start, end)):
            return Quote(e.passage, start, end)
    return Quote(e.passage, e.start, e.end)


def select(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The spans worth quoting: close to the best, spread over sources, best first.

    No source stands alone where another speaks of all that is asked, too: one that echoes the question scores far above
    one that was not written for it.
    """
    best = evidence[0]
    return [e for e in close(asked, evidence) if e.source == best.source or _on_the_point(asked, e, best)][:QUOTES]


def close(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The spans close to the best or, of a second source, that speak of all that is asked."""
    chosen: list[Evidence] = []
    best = evidence[0]
    for e in evidence:
        known = any(e.source == c.source for c in chosen)
        alone = not known and len({c.source for c in chosen}) == 1 and e.score >= ANSWERS and _holds_all(asked, e, best)
        if alone or e.score >= best.score - (_OWN_MARGIN if known else _MARGIN):
            chosen.append(e)
    return chosen


def _on_the_point(asked: Asked, e: Evidence, best: Evidence) -> bool:
    """Whether another source's span answers what the best one does. On a topic there is no answer to compare."""
    if asked.topic or e.score >= best.score - _LEVEL or _holds_all(asked, e, best):
        return True
    one_answer = asked.kind in (Kind.PERSON, Kind.DATE, Kind.TIME)
    return bool(_answer(asked, e) & _answer(asked, best)) or e.logit >= _LACKING + _ONE_ANSWER * one_answer


def _answer(asked: Asked, e: Evidence) -> set[str]:
    """Stems of what a span answers beyond the question's own words; none if nothing is marked in it."""
    return set(content(e.text[slice(*e.marked)])) - set(asked.terms) if e.marked else set()


def _holds_all(asked: Asked, e: Evidence, best: Evidence) -> bool:
    """Whether `e` lacks no more than names of what is asked, or what the best span lacks as well."""
    return set(e.missing) <= {*asked.names, *best.missing}


def unheard(
    asked: Asked, evidence: Sequence[Evidence], sources: Collection[str], told: Iterable[str]
) -> list[Supported]:
    """Quotes that answer otherwise than the statements `told` from `sources`: the best of each other source.

    One that holds most of what a statement says beyond the question, or gives its figure, confirms it and is left out.
    """
    told = list(told)
    news, found = [frozenset(content(text)) - set(asked.terms) for text in told], dict[str, Evidence]()
    figures = [q for text in told for q in quantities(text)] if asked.wants_value else []
    for e in select(asked, evidence):
        here = frozenset(content(e.text))
        given = values_of(asked, e)
        alike = any(2 * len(new & here) > len(new) for new in news)
        confirms = alike or any(same(figure, value.what) for figure in figures for value in given)
        if e.source not in sources and not confirms:
            found.setdefault(e.source, e)
    return [quoted(e, asked) for e in found.values()]


def quoted(e: Evidence, asked: Asked | None = None) -> Supported:
    """The span as a statement: prose as it stands, of a table the rows that answer what is `asked`, cells named."""
    if not e.rows:
        whole = quote(e)
        return Supported(_LINE_MARK.sub("", flat(whole.text)), (whole,), verbatim=True)
    head = e.rows[0]
    introduction = e.text[: e.text.find(head)]
    return Supported(flat(f"{introduction} {spoken([head, *_answering(e, asked)])}"), (quote(e),), verbatim=True)


def _answering(e: Evidence, asked: Asked | None) -> list[str]:
    """The rows of a table that the reranker finds to answer as well as the best one, and those sharing most words.

    Where it is sure of none, or a topic is asked for, those that share a word. All where none does, also if rows are
    compared by what they do not share ("Which month had the most?").
    """
    rows, logits = e.rows[1:], e.row_logits[1:]
    shared = [len(set(asked.terms if asked else ()) & set(content(row))) for row in rows]
    best = max((logit for logit in logits if logit is not None), default=ANSWERS)
    if asked and best > ANSWERS and not asked.topic and (any(shared) or not degrees(asked.text)):
        near = [logit is not None and logit >= best - _ROW_MARGIN for logit in logits]
        return [row for row, n, close in zip(rows, shared, near, strict=True) if close or 0 < n == max(shared)]
    return [row for row, n in zip(rows, shared, strict=True) if n] or list(rows)


def _named_apart(asked: Asked, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The best span of each person, place or reason that different sources name as the one answer."""
    if asked.kind not in (Kind.PERSON, Kind.PLACE, Kind.REASON) or asked.attributed or _SEVERAL.match(asked.text):
        return []
    apart: list[Evidence] = []
    for e in evidence:
        sure = e.logit >= _NAMED and e.marked
        if sure and (asked.kind is Kind.REASON or _is_name(asked, e)) and all(_otherwise(asked, e, a) for a in apart):
            apart.append(e)
    return apart if apart and apart[0] is evidence[0] else []


def _is_name(asked: Asked, e: Evidence) -> bool:
    """Whether the words marked may tell a person or, behind "at" and the like, a place: a few that are no clause."""
    start, end = e.marked or (0, 0)
    text = e.text[start:end]
    placed = asked.kind is not Kind.PLACE or _AT.search(e.text[max(0, start - _NEAR) : end])
    return len(content(text)) <= _FEW and not _CLAUSE.search(text) and bool(placed)


def _otherwise(asked: Asked, e: Evidence, other: Evidence) -> bool:
    """Whether another source answers with words that `other` does not hold, nor the other way round."""
    here, there = _answer(asked, e), _answer(asked, other)
    apart = here.isdisjoint(content(other.text)) and there.isdisjoint(content(e.text))
    return e.source != other.source and bool(here and there) and apart


def _differing(asked: Asked, named: Sequence[Evidence]) -> Findings:
    """Each name with its quote; not as a contradiction, since two answers may both be true."""
    told = [flat(e.text[slice(*e.marked)]).strip(" .,;:") for e in named if e.marked]
    lead = Supported(f"The sources give different answers: {'; '.join(told)}.", tuple(quote(e) for e in named))
    positions = tuple(_position(name, [e]) for name, e in zip(told, named, strict=True))
    return Findings((lead, *(quoted(e, asked) for e in named)), (Dispute(asked.text, positions),))


def _valued(asked: Asked, evidence: Sequence[Evidence]) -> Findings:
    grouped = sides(values_told(asked, evidence))
    if not disagree(grouped):
        return Findings((*_agreed(asked, grouped), *(quoted(e, asked) for e in select(asked, evidence))))
    shown = grouped[:SIDES]
    spans = [side.values[0].evidence for side in shown]
    lead = "The sources differ: " + "; ".join(side.text for side in shown).rstrip(".") + "."
    statements = [Supported(lead, tuple(quote(e) for e in spans))]
    statements += [quoted(e, asked) for e in dict.fromkeys(spans)]
    return Findings(tuple(statements), (_dispute(asked, shown),))


def values_told(asked: Asked, evidence: Sequence[Evidence]) -> list[Value]:
    """The values told for what is asked: the best span's, and those of other sources that may contradict it.

    A document that goes on to something else does not contradict itself: of 59 further figures of the best span's
    document three were meant for the same thing (held-out groups of the reranker's training).
    """
    best = evidence[0]
    told = values_of(asked, best)
    dated = asked.kind is Kind.DATE or (bool(told) and isinstance(told[0].what, Date))
    for e in evidence[1:]:
        like = told[0] if told else None
        if like and replies_to(best, e):
            told += [v for v in values_of(asked, e, like) if v.measures_as(like)]
        elif e.source != best.source and (_dated(asked, e, best) if dated else e.logit >= _BOUND[0]):
            told += [
                v for v in values_of(asked, e, like) if (_contests(asked, v, like) if like else e.logit >= ANSWERS)
            ]
    return told


def _contests(asked: Asked, value: Value, best: Value) -> bool:
    """Whether a value may be meant for what the best one tells."""
    e, apart = value.evidence, value.apart(best)
    if not _of_one_measure(asked, value, best):
        return False
    if e.logit >= ANSWERS and set(e.missing) <= set(best.evidence.missing) and apart <= _FAR:
        return True  # it holds all that is asked
    if _reaches(_LIKELY, e, apart):
        return True
    sure = e.logit >= ANSWERS or value.measures_as(best)
    return sure and _reaches(_BOUND, e, apart) and bound(asked, e.text, value.what)


def _reaches(line: tuple[float, float], e: Evidence, apart: float) -> bool:
    least, more = line
    return e.logit >= least + more * apart


def _of_one_measure(asked: Asked, value: Value, best: Value) -> bool:
    """Tonnes do not contradict lorries, nor days metres; what is counted may have other names if it is asked for."""
    a, b = value.what, best.what
    if asked.kind in (Kind.AMOUNT, Kind.MONEY):
        return value.measures_as(best)
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        return a.unit == b.unit
    return type(a) is type(b)


def _dated(asked: Asked, e: Evidence, best: Evidence) -> bool:
    """Whether a span with a date is good enough: sentences of news are full of dates of other things."""
    if e.score < best.score - _DATE_MARGIN:
        return False
    return e.logit >= _SURE or set(e.missing) - set(asked.names) <= set(best.missing)


def _agreed(asked: Asked, grouped: Sequence[ValueSide]) -> list[Supported]:
    """The value itself as the lead: where two sources give it, or a span that holds all that was asked and no other.

    None where no span speaks of what is done: "planned for early February" does not say when she arrived.
    """
    if not grouped or asked.kind is Kind.AMOUNT:
        return []
    values = grouped[0].values
    best = values[0].evidence
    only = best.marked or len(fitting(asked, best)) == 1
    alone = len(grouped) == 1 and only and not any(stem(w) in asked.acts for w in best.missing)
    if not alone and (len({v.evidence.source for v in values}) < 2 or not any(_tells_of(asked, v) for v in values)):
        return []
    text = grouped[0].text
    return [Supported(f"{capitalised(text).rstrip('.')}.", tuple(quote(v.evidence) for v in values[:3]))]


def _tells_of(asked: Asked, value: Value) -> bool:
    """Whether the value's span holds some of what is done or spoken of."""
    return not asked.acts or not set(asked.acts) <= {stem(w) for w in value.evidence.missing}


def _dispute(asked: Asked, shown: Sequence[ValueSide]) -> Dispute:
    return Dispute(asked.text, tuple(_position(side.text, [side.values[0].evidence]) for side in shown))


def _position(value: str, evidence: Sequence[Evidence]) -> Position:
    repeated = dict.fromkeys(source for e in evidence for source in e.repeated_in)
    return Position(value, tuple(quote(e) for e in evidence), tuple(repeated))


def _yes_no(asked: Asked, evidence: Sequence[Evidence]) -> Findings:
    best = evidence[0].score
    by_stance: dict[Stance | None, list[Evidence]] = {}
    for e in (e for e in evidence if e.score >= best - _OPEN_MARGIN):
        said = stance(asked, e)
        if e.score >= best - (_OPEN_MARGIN if said is Stance.OPEN else _MARGIN):
            by_stance.setdefault(said, []).append(e)
    yes, no, unsettled = (by_stance.get(s, []) for s in (Stance.YES, Stance.NO, Stance.OPEN))
    if yes and no:
        return _divided(asked, yes, no)
    settled = yes or no
    if settled and any(e.source != settled[0].source and e.score >= settled[0].score for e in by_stance.get(None, [])):
        settled = unsettled = []  # another source answers better, and it is not clear how
    chosen = (settled + unsettled)[:QUOTES] if settled or unsettled else select(asked, evidence)
    statements = [quoted(e, asked) for e in chosen]
    if settled:
        lead = Supported("Yes." if yes else "No.", (quote(settled[0]),))
        rest = [quote(e) for e in unsettled if e in chosen]
        when = "earlier," if _older(rest, settled) else "elsewhere"
        later = [Supported(f"Reported {when} while this was still open.", tuple(rest))] if rest else []
        n = len(settled[:QUOTES])
        return Findings((lead, *statements[:n], *later, *statements[n:]))
    if unsettled:
        lead = Supported("The documents leave this open.", tuple(quote(e) for e in unsettled[:QUOTES]))
        return Findings((lead, *statements))
    return Findings(tuple(statements))


def _older(quotes: Sequence[Quote], settled: Sequence[Evidence]) -> bool:
    """Whether every quote is from before the day on which the matter was first told as settled."""
    days = [e.passage.date for e in settled]
    first = min((day for day in days if day), default=None)
    return all(first and q.passage.date and q.passage.date < first for q in quotes)


def _divided(asked: Asked, yes: Sequence[Evidence], no: Sequence[Evidence]) -> Findings:
    shown = (*yes[:2], *no[:2])
    lead = Supported("The sources differ on this: some say yes, others no.", tuple(quote(e) for e in shown))
    dispute = Dispute(asked.text, (_position("yes", yes[:2]), _position("no", no[:2])))
    return Findings((lead, *(quoted(e, asked) for e in shown)), (dispute,))
