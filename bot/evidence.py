"""Which spans of the retrieved passages may answer a question: scored, with what speaks for and against each.

A span is one sentence, or two in a row where only both together answer ("... the Rhine was straightened. The rate of
flow was increased ..."). Nothing here decides what is said; see `bot.extractive` and `bot.refusal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.dates import dates
from bot.forms import asks_for_version, lacks
from bot.orders import gives_orders
from bot.polarity import denies, unreal
from bot.quantities import Quantity, quantities
from bot.question import Asked, Kind
from bot.speakers import SAY
from bot.terms import content, missing, names, words
from retrieval.context import ITEM, continues_table, heading, introduction, opening, question, table_end
from retrieval.model import Chunk, Passage, Reranker, Sentence
from retrieval.model import Kind as SentenceKind

ANSWERS = 1.0  # the logit from which a span answers as likely as not: the reranker was trained so
CLOSELY = 8  # spans of which the reranker is asked more than how well they answer
PAIRS = 10  # sentence pairs scored again, those beside the best sentences
# A pair must beat both of its sentences by this much. Of 731 cases over eleven sets of documents 586 pass with 1, 581
# with 2.
_PAIR_GAIN = 1.0
_FIGURE_BEHIND = 3.0  # added to the logit of a pair whose second sentence holds the figure: "Nine of them are held."
_UNSCORED = -12.0  # the logit of a sentence that the reranker has not read
_NO_VALUE = 2.0  # off the score if the question wants a figure, a date or another form that the span does not hold
_IN_HEADING = 1.0  # the same if it stands in the heading above
_NOTHING_SHARED = 1.0  # the same if it holds none of the question's content words
_UNREAL = 3.0  # the same if the question wants a yes or no and the span tells what would have been
_SUPPORT = 0.75  # the weight of how well a span supports what was said, if the question asks who said it
_OTHER_DAY = 3.0  # off the score if the question asks about Monday and the span only speaks of Sunday
_SAME = 0.7  # Jaccard similarity of content words above which two spans say the same


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim span `passage.chunk`'s document `[start:end]`.

    `logit` is the cross-encoder's, `score` the same less what speaks against the span; both about -12 to 12.
    `missing` are the question's content words (as asked) that the span does not hold. `repeated_in` names the other
    documents that state it in nearly the same words. `opening` is what the list begins with of which the span is an
    item, where the item ends that sentence. Where the reranker was asked for it, and can tell: `marked` are the words
    that answer, as offsets in `text`; `affirms` are the logits with which it says yes and no to a yes-no question.
    """

    passage: Passage
    start: int
    end: int
    text: str
    logit: float
    score: float
    missing: tuple[str, ...] = ()
    repeated_in: tuple[str, ...] = ()
    opening: Sentence | None = None
    marked: tuple[int, int] | None = None
    affirms: tuple[float, float] | None = None

    @property
    def told(self) -> str:
        """What the span states, as one sentence with its opening: "You may not bring" and "- knives"."""
        if self.opening is None:
            return self.text
        opening = self.passage.chunk.between(self.opening.start, self.opening.end)
        return f"{opening.rstrip(': ')} {ITEM.sub('', self.text, count=1)}"

    @property
    def source(self) -> str:
        return self.passage.source

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the table in it, none where it is prose."""
        sentences = self.passage.chunk.sentences
        return tuple(self.passage.chunk.between(sentences[m].start, sentences[m].end) for m in self._row_places)

    @property
    def row_logits(self) -> tuple[float | None, ...]:
        """The logit of each of its `rows` read by itself, None for one that was not; the head has the table's."""
        logits = self.passage.sentence_scores or (None,) * len(self.passage.chunk.sentences)
        return tuple(logits[m] for m in self._row_places)

    @property
    def _row_places(self) -> list[int]:
        sentences = self.passage.chunk.sentences
        held = [m for m, s in enumerate(sentences) if self.start <= s.start and s.end <= self.end]
        return [m for m in held if sentences[m].kind is SentenceKind.TABLE]


def gather(asked: Asked, passages: Sequence[Passage], reranker: Reranker | None) -> list[Evidence]:
    """Every scored span of `passages`, best first, each statement once."""
    singles = [e for passage in passages for e in _sentences(passage) if not gives_orders(e.text)]
    spans = singles if reranker is None else _with_pairs(asked, singles, reranker)
    judged = sorted((_judged(asked, e) for e in spans), key=lambda e: -e.score)
    found = distinct(_whole(asked, judged))
    if reranker is None:
        return found
    return _read_closely(asked, _as_told(asked, found, reranker), reranker)


def _whole(asked: Asked, judged: Sequence[Evidence]) -> list[Evidence]:
    """The spans, each with the neighbour that it needs unless a better span already has that."""
    made: list[Evidence] = []
    for e in judged:
        wider = _completed(asked, e)
        made.append(e if any(_overlap(wider, better) for better in made) else wider)
    return made


def _as_told(asked: Asked, evidence: Sequence[Evidence], reranker: Reranker) -> list[Evidence]:
    """The spans; for a question who said something, by how well they support what was said more than by the rest.

    Over eighteen such questions those that answer support it at 2.9 and more, but for one; spans of files that do not
    answer at 0.9 and less, nearly all below -2.
    """
    if not asked.attributed or not evidence:
        return list(evidence)
    read, rest = evidence[:CLOSELY], evidence[CLOSELY:]
    support = reranker.rerank(asked.attributed, [e.told for e in read])
    gains = [_SUPPORT * (logit - e.logit) for e, logit in zip(read, support, strict=True)]
    weighed = [replace(e, logit=e.logit + gain, score=e.score + gain) for e, gain in zip(read, gains, strict=True)]
    weighed.sort(key=lambda e: -e.score)
    least = weighed[-1].score
    return [*weighed, *(replace(e, logit=min(e.logit, least), score=min(e.score, least)) for e in rest)]


def _read_closely(asked: Asked, evidence: Sequence[Evidence], reranker: Reranker) -> list[Evidence]:
    """The spans, the best of them with the words that answer, or with what they say to a yes-no question.

    Tables have cells instead, and assert nothing.
    """
    best = [e for e in evidence if not e.rows and e.logit >= ANSWERS][:CLOSELY]
    if not best:
        return list(evidence)
    if asked.statement:
        logits = zip(*(reranker.rerank(text, [e.told for e in best]) for text in asked.statement), strict=True)
        read = {e: replace(e, affirms=affirms) for e, affirms in zip(best, logits, strict=True)}
    else:
        marks = reranker.mark(asked.sought, [e.text for e in best])
        read = {e: replace(e, marked=marked) for e, marked in zip(best, marks, strict=True)}
    return [read.get(e, e) for e in evidence]


def _completed(asked: Asked, e: Evidence) -> Evidence:
    """The span with the sentence beside it that says who speaks or who "he" is, where it lacks that."""
    sentences = e.passage.chunk.sentences
    if e.start < sentences[0].start:
        return e  # it begins with its heading
    first = next(m for m, s in enumerate(sentences) if s.start == e.start)
    if (entry := _entry(e.passage.chunk)) is not None:
        return _widened(e, *entry)
    if (asking := _question(e.passage.chunk, first)) is not None:
        return _widened(e, asking.start, e.end)
    last = max(m for m, s in enumerate(sentences) if s.end <= e.end)
    short = len(e.text.split()) <= _SHORT and e.text.rstrip()[-1:] in _STOPS  # a line of a list is whole
    if first > 0 and (_REFERS_BACK.match(e.text) or short) and _reads_on(e.passage.chunk, first - 1):
        return _widened(e, sentences[first - 1].start, e.end)
    if not asked.wants_value and (turn := _turn(e.passage.chunk, first)) < first:
        return _widened(e, sentences[turn].start, e.end)
    if asked.kind is Kind.REASON and _reads_on(e.passage.chunk, last) and not _CAUSE.search(e.text):
        return _widened(e, e.start, sentences[last + 1].end)
    if asked.kind is Kind.PERSON and first > 0 and _SPOKEN.search(e.text):
        before = e.passage.chunk.between(sentences[first - 1].start, sentences[first - 1].end)
        if names(before) and _reads_on(e.passage.chunk, first - 1):
            return _widened(e, sentences[first - 1].start, e.end)
    if asked.kind is Kind.PERSON and not asked.strangers(e.text):
        for a, b in ((first, last + 1), (first - 1, last)):
            if a >= 0 and b < len(sentences) and _reads_on(e.passage.chunk, a if a < first else last):
                wider = _widened(e, sentences[a].start, sentences[b].end)
                if asked.strangers(wider.text):
                    return wider
    return e


def _entry(chunk: Chunk) -> tuple[int, int] | None:
    """Where a short section of an FAQ begins and ends, whose sentences are one answer; None of any other chunk."""
    asks = chunk.heading.endswith("?") and chunk.start < chunk.sentences[0].start
    return (chunk.start, chunk.sentences[-1].end) if asks and len(chunk.text) <= _ENTRY else None


def _question(chunk: Chunk, m: int) -> Sentence | None:
    """The question that sentence `m` answers, at once or behind a short reply: "Can I pay in cash? Sorry, no."."""
    asking = question(chunk, m)
    if asking is None and m > 0:
        reply = chunk.between(chunk.sentences[m - 1].start, chunk.sentences[m - 1].end)
        asking = question(chunk, m - 1) if len(reply.split()) <= _REPLY else None
    return asking


def _reads_on(chunk: Chunk, m: int) -> bool:
    """Whether the sentence behind `m` goes on with it: another item of a list does not, nor a text with its title."""
    if m + 1 >= len(chunk.sentences):
        return False
    first, second = chunk.sentences[m : m + 2]
    if SentenceKind.TABLE in (first.kind, second.kind) or second.start - first.end > 2:
        return False
    if "\n" not in chunk.between(first.end, second.start):
        return True
    here, behind = chunk.between(first.start, first.end), chunk.between(second.start, second.end)
    return here.rstrip().endswith((*_STOPS, ":")) and not ITEM.match(here) and not ITEM.match(behind)


def _turn(chunk: Chunk, m: int) -> int:
    """The sentence that begins the line of sentence `m` if it names who speaks ("Priya: I did."), else `m`."""
    first = m
    while first > 0 and "\n" not in chunk.between(chunk.sentences[first - 1].end, chunk.sentences[first].start):
        first -= 1
    return first if _SPEAKER.match(chunk.between(chunk.sentences[first].start, chunk.sentences[first].end)) else m


_SPEAKER = re.compile(r"[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,3}(?: \([^)]{1,30}\))?:\s")
_REFERS_BACK = re.compile(r"[\W_]*(?:he|she|they|his|her|their|it|this|these|that|those|both)\b", re.I)
_CAUSE = re.compile(
    r"\b(?:because|since|due to|owing to|after|caused?|causes|reason|therefore|so that|in order|led to|thanks to"
    r"|as a result|following|over (?:the|a|an)|blam\w+|amid)\b",
    re.I,
)
_SPOKEN = re.compile(rf"[”\"’'],? (?:(?:he|she|they) {SAY}|{SAY} (?:he|she|they))\b")  # "I saw it," she told reporters
_STOPS = (".", "!", "?", "…", '"', "”", "’", ")")
_SHORT = 8  # words up to which a sentence is shown with the one before it: "Beijing later called this the five noes."
_ENTRY = 500  # characters of a section that is quoted whole with the question above it
_REPLY = 3  # words of "Sorry, no.", which a reply is not understood without
_WIDEST = 700  # characters of a span with its neighbour


def _widened(e: Evidence, start: int, end: int) -> Evidence:
    text = e.passage.chunk.between(start, end)
    if end - start > _WIDEST or gives_orders(text):
        return e
    return replace(e, start=start, end=end, text=text)


def distinct(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Drops spans that overlap an earlier one or state the same; the earlier one then names their documents."""
    kept: list[Evidence] = []
    told: list[Statement] = []
    for e in evidence:
        stated = statement(e.text)
        first = next((n for n, k in enumerate(kept) if _overlap(e, k) or stated.repeats(told[n])), None)
        if first is None:
            kept.append(replace(e, repeated_in=e.passage.copies))
            told.append(stated)
        elif e.source != kept[first].source:
            others = dict.fromkeys((*kept[first].repeated_in, e.source, *e.passage.copies))
            kept[first] = replace(kept[first], repeated_in=tuple(others))
    return kept


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence states, for telling repetitions: its content words, its figures, and whether it denies."""

    stems: frozenset[str]
    figures: frozenset[tuple[float, str]]
    denial: bool

    def repeats(self, other: Statement) -> bool:
        """Whether both state nearly the same, with the same figures and in the same sense."""
        both = self.stems | other.stems
        same = bool(both) and len(self.stems & other.stems) / len(both) >= _SAME
        return same and self.figures == other.figures and self.denial == other.denial


def statement(text: str) -> Statement:
    figures = frozenset((round(q.value, 6), q.unit) for q in quantities(text))
    return Statement(frozenset(content(text)), figures, denies(text))


def _overlap(a: Evidence, b: Evidence) -> bool:
    return a.source == b.source and a.start < b.end and b.start < a.end


def _sentences(passage: Passage) -> list[Evidence]:
    """The scored sentences of a passage; a table is one span with the sentence that introduces it."""
    chunk = passage.chunk
    scores = passage.sentence_scores or (passage.score,) * len(chunk.sentences)
    return [
        replace(
            _span(passage, chunk.sentences[introduction(chunk, m)], chunk.sentences[table_end(chunk, m)], logit),
            opening=opening(chunk, m),
        )
        for m, logit in enumerate(scores)
        if logit is not None and not continues_table(chunk, m)
    ]


def _span(passage: Passage, first: Sentence, last: Sentence, logit: float) -> Evidence:
    text = passage.chunk.between(first.start, last.end)
    return Evidence(passage, first.start, last.end, text, logit, logit)


def _with_pairs(asked: Asked, singles: Sequence[Evidence], reranker: Reranker) -> list[Evidence]:
    """The sentences, and in place of some the pair with the sentence before that answers better than either."""
    best = sorted(singles, key=lambda e: -e.logit)[:PAIRS]
    pairs = sorted(_adjacent(singles, best), key=lambda pair: -_promise(asked, *pair))[:PAIRS]
    if not pairs:
        return list(singles)
    logits = reranker.rerank(asked.sought, [_joined(before, e).text for before, e in pairs])
    better = [
        replace(_joined(before, e), logit=logit, score=logit)
        for (before, e), logit in zip(pairs, logits, strict=True)
        if logit > max(before.logit, e.logit) + _PAIR_GAIN
    ]
    return [*better, *singles]


def _adjacent(singles: Sequence[Evidence], best: Sequence[Evidence]) -> Iterator[tuple[Evidence, Evidence]]:
    """Each of the best sentences with the one before it and the one after, scored or not; tables stand alone."""
    scored = {(e.passage.id, e.start, e.end): e for e in singles}
    seen = set()
    for e in best:
        for m, (before, after) in enumerate(pairwise(e.passage.chunk.sentences)):
            beside = (e.start, e.end) in ((before.start, before.end), (after.start, after.end))
            key = (e.passage.id, before.start)
            if beside and key not in seen and _reads_on(e.passage.chunk, m):
                seen.add(key)
                first, second = (
                    scored.get((e.passage.id, s.start, s.end)) or _span(e.passage, s, s, _UNSCORED)
                    for s in (before, after)
                )
                if not gives_orders(first.text) and not gives_orders(second.text):
                    yield first, second


def _promise(asked: Asked, before: Evidence, e: Evidence) -> float:
    """How soon a pair is read: by its better sentence; sooner if the second alone holds a figure that is asked for."""
    figure = asked.wants_value and values(asked, e) and not values(asked, before)
    return max(before.logit, e.logit) + (_FIGURE_BEHIND if figure else 0.0)


def _joined(first: Evidence, second: Evidence) -> Evidence:
    return replace(first, end=second.end, text=first.passage.chunk.between(first.start, second.end))


def _judged(asked: Asked, e: Evidence) -> Evidence:
    """The span with what speaks against it."""
    against = 0.0
    if not _of_form(asked, e):
        e, against = (wider, _IN_HEADING) if (wider := _headed(asked, e)) else (e, _NO_VALUE)
    if _another_day(asked, e):
        against += _OTHER_DAY
    if asked.kind is Kind.YES_NO and unreal(e.text):
        against += _UNREAL
    absent = tuple(missing(asked.wanted, words(e.told)))
    if len(absent) == len(asked.wanted) > 1:
        against += _NOTHING_SHARED
    return replace(e, score=e.logit - against, missing=absent)


def _of_form(asked: Asked, e: Evidence) -> bool:
    """Whether the span holds a figure, a date or another form if the question wants one."""
    return (not asked.wants_value or values(asked, e)) and not lacks(asked.text, e.text)


def _headed(asked: Asked, e: Evidence) -> Evidence | None:
    """The span with the heading above it if that holds the day, time or version asked for: "## 2.1 (18 November)"."""
    above = heading(e.passage.chunk)
    if above is None or (asked.kind not in (Kind.DATE, Kind.TIME) and not asks_for_version(asked.text)):
        return None
    text = e.passage.chunk.between(above.start, above.end)
    wider = _widened(e, above.start, e.end)
    return wider if wider is not e and _of_form(asked, replace(e, text=text)) else None


def _another_day(asked: Asked, e: Evidence) -> bool:
    """Whether the question names a day and the span only others."""
    told = dates(e.text, e.passage.date)
    rivals = [[d for d in told if d.comparable(wanted)] for wanted in asked.dates]
    return any(
        found and not any(d.compatible(wanted) for d in found)
        for wanted, found in zip(asked.dates, rivals, strict=True)
    )


def values(asked: Asked, e: Evidence) -> bool:
    """Whether the span holds a value of the kind asked for that the question does not name itself."""
    if asked.kind is Kind.DATE:
        own = dates(e.text, e.passage.date)
        return any(not any(d.comparable(q) and d.compatible(q) for q in asked.dates) for d in own)
    return any(not _anothers_age(asked, e.text, q) for q in asked.quantities(e.text))


def _anothers_age(asked: Asked, text: str, told: Quantity) -> bool:
    """Whether a question for somebody's age is told that of a person it does not name: "58-year-old Emmet Rusk"."""
    if asked.measured != "old" or not asked.names:
        return False
    others = asked.strangers(text)
    return any(_AGED.fullmatch(text[min(told.end, n.end) : max(told.start, n.start)]) for n in others)


_AGED = re.compile(r"(?:[- ]?years?)?(?:[- ]old)?,? ?\(?(?:aged )?")
