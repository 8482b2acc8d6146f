"""What a question takes for granted, and the sentence of a document that says otherwise.

"Why did she refuse to sign?" takes for granted that she refused. Where a document tells that she signed, and none that
she refused, the answer is that sentence. Where documents neither contradict nor confirm, nothing is corrected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.compose import Findings, Quote, Supported, flat
from bot.dates import dates
from bot.evidence import Evidence
from bot.grammar import CLAUSE_END
from bot.polarity import denied, leaves_open, undenied
from bot.quantities import Quantity, quantities
from bot.question import Asked, understand
from bot.stance import Stance, by_words
from bot.terms import content, missing, names, same_word, stem, words

QUOTES = 2
_CLOSE = 10.0  # how far below the best span a sentence that contradicts may score
_SHARED = 0.66  # share of the premise's content words that a sentence must hold to speak of the same thing

_ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|then|also)\W+)*(?P<asks>why|when|where|how|since when|how long|for what reason)\s+"
    r"(?P<aux>did|does|do|has|have|had|was|were|is|are)(?P<not>n['’]t)?\s+(?P<premise>[^?]+?)\W*$",
    re.I,
)
# What a premise may claim, and what tells that the contrary is so.
_UP = r"rose|risen|increased|grew|grown|climbed|went up|doubled"
_DOWN = r"fell|fallen|dropped|decreased|declined|sank|went down|lowered|(?:was|were) cut"
_AS_PLANNED = r"as (?:planned|scheduled)|on (?:time|schedule)"
_CONTRARIES = (
    (
        r"cancel\w*|call(?:ed)? off|scrap(?:ped)?|abandon\w*",
        rf"(?:took|takes) place|(?:was|were) held|went ahead|{_AS_PLANNED}",
    ),
    (r"postpon\w+|delay\w*|put off", _AS_PLANNED),
    (r"refus\w+|reject\w*|declin\w+|turn(?:ed)? down", r"agreed|accept(?:ed|s)|approved|welcomed"),
    (r"los[et]|lost|los(?:es|ing)", r"keeps?|kept|retain(?:s|ed)|won"),
    (r"w[io]n|wins|winning", r"lost|(?:was|were) beaten"),
    (r"fail(?:ed|s)?", r"succeeded|passed|managed to"),
    (rf"rise|increase|grow|go up|raise|{_UP}", _DOWN),
    (rf"fall|drop|decrease|sink|go down|shrink|{_DOWN}", _UP),
    (r"ban(?:ned|s)?|forbid\w*|forbade|prohibit\w*", r"allow(?:s|ed)|permit(?:s|ted)|may"),
    (r"allow\w*|permit\w*", r"banned|forbidden|forbids|prohibit(?:s|ed)"),
    (r"die[ds]?", r"survived|survives"),
    (r"surviv\w+", r"died|(?:was|were) killed"),
)
_COMPILED = tuple((re.compile(rf"\b(?:{a})\b", re.I), re.compile(rf"\b(?:{b})\b", re.I)) for a, b in _CONTRARIES)
_AS_PLANNED_WORDS = re.compile(rf"\b(?:{_AS_PLANNED})\b", re.I)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be said of a premise, and the quotes that say otherwise."""

    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class _Premise:
    """The clause that a question takes for granted; `negated` if its auxiliary is ("why didn't")."""

    text: str
    negated: bool
    asked: Asked

    @cached_property
    def figures(self) -> list[Quantity]:
        return quantities(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The content words, without figures, dates and names."""
        spans = [(q.start, q.end) for q in self.figures] + [(d.start, d.end) for d in dates(self.text)]
        left = self.text
        for start, end in sorted(spans, reverse=True):
            noun = left[start:end].split()[-1:] if any(q.end == end and q.noun for q in self.figures) else []
            left = f"{left[:start]} {' '.join(noun)} {left[end:]}"
        own = {stem(w) for w in self.asked.names}
        return frozenset(s for s in content(left) if s not in own and not s.isdigit())

    @cached_property
    def acts(self) -> frozenset[str]:
        """Its stems without those of denial: of "refuse to sign" that is "sign"."""
        return self.stems & frozenset(content(undenied(self.text)))

    @cached_property
    def denied(self) -> bool:
        """Whether it denies what was done: "refuse to sign", "didn't sign"."""
        return self.negated or bool(denied(self.text))

    @cached_property
    def plain(self) -> Asked:
        """Whether it was done, as a question: "Did she sign?"."""
        return understand(f"Did {' '.join(undenied(self.text).split())}?")


@dataclass(frozen=True)
class _Told:
    """A sentence of a document."""

    quote: Quote
    evidence: Evidence

    @cached_property
    def text(self) -> str:
        return self.quote.text

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(content(self.text))


def turned(text: str) -> str:
    """What is searched for beside a question that denies something: whether it was done. "" for other questions."""
    m = _ASKS.match(text)
    premise = _Premise(m["premise"], bool(m["not"]), understand(text)) if m else None
    return premise.plain.text if premise and premise.denied and premise.acts else ""


def corrected(asked: Asked, evidence: Sequence[Evidence], beside: Sequence[Evidence] = ()) -> Correction | None:
    """What contradicts the premise of a question; None where nothing does, or something confirms it.

    `beside` is the evidence for the question that `turned` gives.
    """
    m = _ASKS.match(asked.text)
    if not m or not evidence:
        return None
    premise = _Premise(m["premise"], bool(m["not"]), asked)
    told = [*_sentences(beside), *_sentences(evidence)]
    if found := _turned(premise, told) or _contrary(premise, told) or _figures(premise, told):
        return Correction("The documents say otherwise.", tuple(t.quote for t in found[:QUOTES]))
    if name := _owner(premise):
        other = _others(premise, name, told, evidence)
        if other:
            return Correction(f"The documents do not say this of {flat(name)}.", tuple(t.quote for t in other[:QUOTES]))
    return None


def findings(correction: Correction) -> Findings:
    """The correction, then its quotes."""
    quoted = (Supported(flat(q.text).removeprefix("- "), (q,), verbatim=True) for q in correction.quotes)
    return Findings((Supported(correction.text, correction.quotes), *quoted))


def _sentences(evidence: Sequence[Evidence]) -> Iterator[_Told]:
    """The sentences of the spans that come close, best span first, each once."""
    seen: set[tuple[str, int]] = set()
    for e in evidence:
        for s in e.passage.chunk.sentences:
            near = e.score >= evidence[0].score - _CLOSE and e.start <= s.start and s.end <= e.end
            if near and (e.source, s.start) not in seen:
                seen.add((e.source, s.start))
                yield _Told(Quote(e.passage, s.start, s.end), e)


def _turned(premise: _Premise, told: Sequence[_Told]) -> list[_Told]:
    """Sentences that deny what the premise asserts, or assert what it denies; none where another confirms it."""
    against = list[_Told]()
    least = 1.0 if premise.denied else _SHARED  # "not in the hall" denies no signing elsewhere
    for t in told:
        if not premise.acts or len(premise.acts & t.stems) < least * len(premise.acts):
            continue
        if by_words(premise.plain, t.text) is (Stance.NO if premise.denied else Stance.YES):
            return []
        if _stance(premise, t) is (Stance.YES if premise.denied else Stance.NO) and _same_people_and_day(premise, t):
            against.append(t)
    return against


def _stance(premise: _Premise, t: _Told) -> Stance | None:
    """Whether a clause or the sentence tells that it was done, and names nobody between those of the premise."""
    asked = premise.plain
    turned = replace(asked, names=asked.names[::-1])  # who met whom is the same either way
    for clause in CLAUSE_END.split(t.text):
        if not missing(asked.names, words(clause)) and not _somebody_between(asked, clause):
            found = by_words(asked, clause) or by_words(turned, clause)
            if found:
                return found
    return None if _somebody_between(asked, t.text) else by_words(asked, t.text)


def _somebody_between(asked: Asked, clause: str) -> bool:
    """Whether somebody else stands between the names: "Ann recalled that Carl Dorn met Ben"."""
    spoken = [(m.start(), m.group().lower()) for m in re.finditer(r"[^\W_]+", clause)]
    own = [at for at, word in spoken if any(same_word(word, name) for name in asked.names)]
    return bool(own) and any(own[0] < n.start < own[-1] and " " in n.text for n in asked.strangers(clause))


def _same_people_and_day(premise: _Premise, t: _Told) -> bool:
    written = t.evidence.passage.date
    days = [(d, own) for d in premise.asked.dates for own in dates(t.text, written) if d.comparable(own)]
    same_day = not days or any(d.compatible(own) for d, own in days)
    return same_day and not missing(premise.asked.names, words(t.text))


def _share(premise: _Premise, t: _Told) -> float:
    return len(premise.stems & t.stems) / len(premise.stems) if premise.stems else 0.0


def _open(premise: _Premise, t: _Told) -> bool:
    """Whether the clause that speaks of the premise leaves it open."""
    clause = max(CLAUSE_END.split(t.text), key=lambda c: len(premise.stems & set(content(c))))
    own = _AS_PLANNED_WORDS.sub("", clause)
    return leaves_open(" ".join(w for w in own.split() if not premise.stems & set(content(w))))


def _contrary(premise: _Premise, told: Sequence[_Told]) -> list[_Told]:
    """Sentences that tell the contrary of what the premise claims of the same things: it ran, was not cancelled."""
    for claimed, contrary in _COMPILED:
        m = claimed.search(premise.text)
        if not m or premise.negated:
            continue
        things = premise.stems - set(content(m.group())) - {stem(w) for w in words(m.group())}
        if any(claimed.search(t.text) and things <= t.stems for t in told):
            continue
        against = [t for t in told if things and _tells(premise, t, things, contrary)]
        if against:
            return against
    return []


def _tells(premise: _Premise, t: _Told, things: frozenset[str], contrary: re.Pattern[str]) -> bool:
    """Whether a clause tells the contrary as a fact, of the same things and people."""
    clauses = (c for c in CLAUSE_END.split(t.text) if contrary.search(c) and things <= set(content(c)))
    return any(
        not missing(premise.asked.names, words(c)) and not denied(c) and not _somebody_between(premise.asked, c)
        for c in clauses
    ) and not _open(premise, t)


def _figures(premise: _Premise, told: Sequence[_Told]) -> list[_Told]:
    """Sentences that give another figure for what the premise counts, where none gives its own."""
    for q in premise.figures:
        rivals = [(t, [k for k in quantities(t.text) if _counts_same(q, k)]) for t in told]
        if any(k.compatible(q) for _, found in rivals for k in found):
            continue
        against = [t for t, found in rivals if found and _share(premise, t) >= _SHARED]
        against = [t for t in against if not missing(premise.asked.names, words(t.text))]
        if against:
            return against
    return []


def _counts_same(a: Quantity, b: Quantity) -> bool:
    if a.unit or b.unit:
        return a.unit == b.unit
    return bool(a.noun and b.noun) and same_word(a.noun, b.noun)


def _owner(premise: _Premise) -> str:
    """The name that the premise begins with: who did it; "" where it begins with no name."""
    found = names(premise.asked.text)
    at = premise.asked.text.find(premise.text)
    return next((n.text for n in found if n.start == at and " " in n.text), "")


def _others(premise: _Premise, name: str, told: Sequence[_Told], evidence: Sequence[Evidence]) -> list[_Told]:
    """Sentences that say the same of somebody else, where the documents know the name and none says it of that."""
    own = words(name)
    around = {e.passage.id: words(e.passage.chunk.text) for e in evidence}
    known = any(not missing(own, text) for text in around.values())
    holding = [t for t in told if premise.stems and premise.stems <= t.stems]
    if not known or any(not missing(own[-1:], around[t.quote.passage.id]) for t in holding):
        return []
    return [t for t in holding if _done_by_another(premise, t)]


def _done_by_another(premise: _Premise, t: _Told) -> bool:
    """Whether a name that the question does not hold stands before what was done."""
    spoken = [m.start() for m in re.finditer(r"[^\W_]+", t.text) if stem(m.group().lower()) in premise.stems]
    others = [n for n in premise.asked.strangers(t.text) if " " in n.text]
    return any(n.end <= min(spoken) for n in others) and not leaves_open(t.text)
