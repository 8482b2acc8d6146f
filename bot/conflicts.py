"""Where sources give different values for what a question asks: found, grouped into sides, never averaged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isclose, log

from bot import clock
from bot.dates import Date, dates
from bot.evidence import Evidence
from bot.grammar import CLAUSE_END
from bot.quantities import Quantity, base_unit, quantities, seconds
from bot.question import Asked, Kind
from bot.terms import content, names, same_word, stem, words
from retrieval.tables import cells, column

_LEAST = 1e-9
_PEOPLE = frozenset(  # nouns by which the same crowd may be counted
    """people person man men woman women child children inhabitant resident member citizen staff colleague visitor guest
    participant attendee passenger demonstrator protester worker employee""".split()
)


@dataclass(frozen=True, slots=True)
class Value:
    """The value that one span gives for the question: `text` verbatim, compared by `what`."""

    text: str
    what: Quantity | Date
    evidence: Evidence

    def measures_as(self, other: Value) -> bool:
        """Whether both are of one unit, or count one thing."""
        a, b = self.what, other.what
        if not (isinstance(a, Quantity) and isinstance(b, Quantity)) or a.unit != b.unit:
            return False
        return a.noun == b.noun or not (a.noun and b.noun) or {a.noun, b.noun} <= _PEOPLE

    def apart(self, other: Value) -> float:
        """The logarithm of the factor between both figures, 0 for dates."""
        a, b = self.what, other.what
        if not (isinstance(a, Quantity) and isinstance(b, Quantity)):
            return 0.0
        return abs(log(max(a.value, _LEAST) / max(b.value, _LEAST)))


@dataclass(frozen=True, slots=True)
class ValueSide:
    """One value and every span that gives it, the best span first."""

    text: str
    values: tuple[Value, ...]


def values_of(asked: Asked, e: Evidence, like: Value | None = None) -> list[Value]:
    """The values in `e` that answer `asked`: the one marked, or of those that fit the nearest to the question's words.

    Of the latter those that measure what `like` does come first. Where the span itself sets figures of several speakers
    side by side ("police counted 800; the organisers spoke of 3,000"), one of each.
    """
    if e.marked:
        return [Value(_shown(e.text, v), v, e) for v in _marked(asked, e)]
    found: Sequence[Quantity | Date] = fitting(asked, e)
    if e.rows and like and not asked.wants_value:  # a question that announces no figure, answered by one elsewhere
        found = quantities(e.text)
    if like:
        found = [v for v in found if Value("", v, e).measures_as(like)] or found
    if e.rows:
        found = _cell(asked, e, found)
        return [Value(_shown(e.text, found[0]), found[0], e)] if len(found) == 1 else []
    if not found:
        return []
    if len(told := _told_apart(e.text, fitting(asked, e, nounless=True))) > 1:
        return [Value(_shown(e.text, v), v, e) for v in told]
    anchors = _anchors(asked, e.text)
    chosen = max(found, key=lambda v: (_closeness(v, anchors, e.text), -v.start))
    return [Value(_shown(e.text, chosen), chosen, e)]


def _marked(asked: Asked, e: Evidence) -> list[Quantity | Date]:
    """The value in the words marked; that of each speaker where the span sets several side by side."""
    start, end = e.marked or (0, 0)
    every = _tellable(asked, e)
    found = [v for v in every if v.start < end and start < v.end]
    if not asked.wants_value and 2 * sum(len(_shown(e.text, v)) for v in found) < end - start:
        return []  # what is marked is a sentence that happens to hold a figure
    if asked.kind is Kind.DATE and _is_timetable(found):
        return []
    found = found[:1]
    told = _told_apart(e.text, [v for v in dict.fromkeys(every) if found and _alike(v, found[0])])
    return told if len(told) > 1 else found


def _is_timetable(found: Sequence[Quantity | Date]) -> bool:
    """ "Tuesday to Friday 10:00-18:30, Saturday 10:00-14:00", of which no one day answers."""
    days = [v for v in found if isinstance(v, Date)]
    return len(days) > 1 and any(isinstance(v, Quantity) and v.unit == clock.UNIT for v in found)


def _tellable(asked: Asked, e: Evidence) -> list[Quantity | Date]:
    """The values in the span that may answer, those of the kind asked for first."""
    days, hours, figures = dates(e.text, e.passage.date), clock.times(e.text), quantities(e.text)
    if asked.kind is Kind.DATE:
        return [*days, *hours, *(q for q in figures if q.unit == base_unit("hour"))]  # "by when": "in six weeks"
    if asked.measured == "old":
        return [*asked.quantities(e.text), *(_in_years(q) for q in figures if not q.unit and not q.noun)]
    if asked.wants_value:
        return [*asked.quantities(e.text), *filter(asked.measures, figures)]
    return [*days, *hours, *figures]


def _in_years(age: Quantity) -> Quantity:
    """ "Marta Illing, 81": the figure as years."""
    years = age.number * seconds("year")
    return replace(age, value=years, low=years, high=years, unit=base_unit("year"))


def _alike(a: Quantity | Date, b: Quantity | Date) -> bool:
    return isinstance(a, Quantity) and isinstance(b, Quantity) and a.unit == b.unit and (not a.noun or a.noun == b.noun)


def _cell(asked: Asked, e: Evidence, found: Sequence[Quantity | Date]) -> list[Quantity | Date]:
    """Of the values in a table those in the cells whose row and column share most with the question.

    Of several such the one that is all its cell holds: "20p" of a price, and not the "£6" of a remark.

    Where no row shares a word, those of the sentence that introduces the table.
    """
    head, *body = e.rows
    columns = [set(content(name)) for name in cells(head)]
    first = at = e.text.find(head)
    ranked: dict[tuple[int, bool], list[Quantity | Date]] = {}
    for row in body:
        at = e.text.find(row, at)
        beside = set(content(row))
        for value in (v for v in found if at <= v.start < at + len(row)):
            n = column(row, value.start - at)
            above = columns[n] if n < len(columns) else set()
            if beside & set(asked.terms):
                whole = cells(row)[n] == e.text[value.start : value.end]
                ranked.setdefault((len((beside | above) & set(asked.terms)), whole), []).append(value)
    return ranked[max(ranked)] if ranked else [v for v in found if v.start < first]


_TELLS = re.compile(
    r"\b(?:said|says?|told|count(?:s|ed)|estimat\w+|puts?|claim(?:s|ed)|report(?:s|ed)|sp(?:oke|eaks?) of|maintain\w*"
    r"|according to|announced|insist\w*|calculat\w+|measured|records?)\b",
    re.I,
)


def replies_to(first: Evidence, second: Evidence) -> bool:
    """Whether the second span follows right behind the first, and somebody tells something in both."""
    follows = first.passage.id == second.passage.id and 0 <= second.start - first.end <= 2
    return follows and bool(_TELLS.search(first.text) and _TELLS.search(second.text))


def _told_apart(text: str, found: Sequence[Quantity | Date]) -> list[Quantity | Date]:
    """The first value of each clause in which somebody tells it; none where another clause gives one unattributed."""
    holding = [
        (text[start:end], inside)
        for start, end in _clauses(text)
        if (inside := [v for v in found if start <= v.start < end])
    ]
    return [inside[0] for _, inside in holding] if all(_TELLS.search(clause) for clause, _ in holding) else []


def _shown(text: str, value: Quantity | Date) -> str:
    """The value as written, a count with the noun that it counts."""
    end = value.end
    if isinstance(value, Quantity) and value.noun and not value.unit:
        counted = re.compile(rf"(?:\s+[^\W\d_]+){{0,2}}?\s+{re.escape(value.noun)}\w*", re.I).match(text, end)
        end = counted.end() if counted else end
    elif old := _OLD.match(text, end):
        end = old.end()
    shown = " ".join(text[value.start : end].split())
    return shown.rstrip(".") if isinstance(value, Date) else shown


_OLD = re.compile(r"-old\b")


def fitting(asked: Asked, e: Evidence, nounless: bool = False) -> list[Quantity | Date]:
    """The values in `e` of the kind asked for that belong to what is asked about.

    Beside counts of what is asked for those without a noun ("spoke of 3,000") only if `nounless`.
    """
    return [v for v in _of_kind(asked, e, nounless) if bound(asked, e.text, v)]


def sides(values: Sequence[Value]) -> tuple[ValueSide, ...]:
    """Values grouped by what they state, best first; "5.5 hours" joins "five and a half hours"."""
    groups: list[list[Value]] = []
    for value in values:
        group = next((g for g in groups if same(g[0].what, value.what)), None)
        if group is None:
            groups.append([value])
        else:
            group.append(value)
    return tuple(ValueSide(g[0].text, tuple(g)) for g in groups)


def disagree(found: Sequence[ValueSide]) -> bool:
    """Whether at least two sides cannot both be true ("more than five hours" and "5.5 hours" can)."""
    whats = [side.values[0].what for side in found]
    return any(not _compatible(a, b) for i, a in enumerate(whats) for b in whats[i + 1 :])


def same(a: Quantity | Date, b: Quantity | Date) -> bool:
    """Whether both tell one figure or time, were one of them rounded when it was told in another unit."""
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        pairs = ((a.value, b.value), (a.low, b.low), (a.high, b.high))
        return a.unit == b.unit and all(abs(x - y) <= _slack(a, b) for x, y in pairs)
    return isinstance(a, Date) and isinstance(b, Date) and a.compatible(b) and a.comparable(b)


def _slack(a: Quantity, b: Quantity) -> float:
    """By how much figures of one thing may lie apart: what is told in another unit is rounded ("2,100 feet")."""
    one_unit = isclose(a.value * b.number, b.value * a.number)
    return (_EXACT if one_unit else _ROUNDED) * max(a.value, b.value)


_EXACT, _ROUNDED = 1e-6, 0.02


def _compatible(a: Quantity | Date, b: Quantity | Date) -> bool:
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        if a.low == b.low == 0:  # "at most 25" and "no more than 30" are two limits
            return same(a, b)
        return a.compatible(b) or same(a, b)
    return isinstance(a, Date) and isinstance(b, Date) and (a.compatible(b) or not a.comparable(b))


def _of_kind(asked: Asked, e: Evidence, nounless: bool) -> list[Quantity] | list[Date]:
    if asked.kind is Kind.DATE:
        own = dates(e.text, e.passage.date)
        return [d for d in own if not any(d.comparable(q) and d.compatible(q) for q in asked.dates)]
    found = asked.quantities(e.text)
    if asked.counted and not base_unit(asked.counted):
        counted = [q for q in found if q.noun and same_word(q.noun, asked.counted)]
        bare = [q for q in found if not q.noun]
        found = sorted((*counted, *bare), key=lambda q: q.start) if nounless else counted or bare
    return found


def bound(asked: Asked, text: str, value: Quantity | Date) -> bool:
    """Whether the value belongs to what is asked about, not to somebody or something else in the same sentence.

    "... met Xi after a five-hour meeting with Qin and another with Wang": five hours are Qin's. Names of places
    ("in Beijing") do not claim a value. A date belongs to the clause it stands in.
    """
    clause = next(((a, b) for a, b in _clauses(text) if a <= value.start < b), (0, len(text)))
    if isinstance(value, Date) and not _acts(asked, text[slice(*clause)]) and _acts(asked, text):
        return False
    others = [n for n in names(text) if not _PLACED.search(text[max(0, n.start - 14) : n.start])]
    owners = [n for n in others if any(same_word(w, a) for w in words(n.text) for a in asked.names)]
    if not owners:
        return True
    behind = [n for n in others if 0 <= n.start - value.end <= _REACH and _WITH.search(text[value.end : n.start])]
    nearest = min(behind or others, key=lambda n: max(value.start - n.end, n.start - value.end))
    return nearest in owners


_REACH = 32  # characters within which "a five-hour meeting with Qin" ties the name to the value
_WITH = re.compile(r"\b(?:with|between|by|of)\s+(?:\w+\s+){0,3}$", re.I)
_PLACED = re.compile(r"\b(?:in|at|from|near|outside|to|across)\s+(?:the\s+)?$", re.I)


def _clauses(text: str) -> list[tuple[int, int]]:
    ends = [m.end() for m in CLAUSE_END.finditer(text)]
    return list(zip([0, *ends], [*ends, len(text)], strict=True))


def _acts(asked: Asked, text: str) -> bool:
    """Whether `text` holds one of the words for what is done or spoken of."""
    return not {stem(w) for w in words(text)}.isdisjoint(asked.acts)


def _anchors(asked: Asked, text: str) -> list[list[int]]:
    """Where each content word of the question stands in `text`, the words of its names as one."""
    named = {stem(w) for w in asked.names}
    places: dict[str, list[int]] = {}
    for m in re.finditer(r"[^\W_]+", text):
        word = m.group().lower()
        for term in asked.terms:
            if stem(word) == term or same_word(word, term):
                places.setdefault("" if term in named else term, []).append(m.start())
    return list(places.values())


def _closeness(value: Quantity | Date, anchors: Sequence[Sequence[int]], text: str) -> float:
    """How close the question's words stand to the value: the near ones count most."""
    return sum(1 / (_NEAR + min(_gap(value, at, text) for at in places)) for places in anchors)


def _gap(value: Quantity | Date, at: int, text: str) -> int:
    """Characters from the word at `at` to the value; more where the clause or the item ends between them."""
    between = text[at : value.start] if at < value.start else text[value.end : at]
    return len(between) + (_APART if _ENDS.search(between) else 0)


_NEAR, _APART = 5, 40  # characters
_ENDS = re.compile(r"[,;:.]\s|\s(?:and|but|while)\s")
