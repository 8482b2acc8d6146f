"""Questions for several things: whether one asks so, and a document's own list as the answer, item by item.

A list is a run of bulleted or numbered lines, or of short lines of one shape, in one document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.compose import Findings, Quote, Supported, flat
from bot.evidence import Evidence
from bot.extractive import quoted
from bot.orders import gives_orders
from bot.terms import content
from retrieval.model import Passage

_FEWEST = 2  # bulleted lines that make a list, with the line that announces it; of other lines one more
ITEMS = 20  # lines of a list that are shown
_GAP = 3  # characters between two passages of which the second goes on where the first ends
STATEMENTS = 8  # sentences, where the things asked for are told in prose
_MARGIN = 4.5  # how far below the best span one of another source may score
_OWN_MARGIN = 3.5  # the same for a further span of a source already quoted

_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d{1,2}|several|various|different|main)"
_WORD = (  # no auxiliary: in "what did Mills say" nothing is listed
    r"(?!(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|his|its|this|news"
    r"|who|whom|whose|what|when|where|why|how|which|whether|if|about)\b)[\w'’-]+"
)
_PLURAL = rf"(?:(?={_WORD})[a-z]\w*[^\Wsui]s|[a-z]\w+(?:sses|ches|shes|xes)|people|men|women|children|criteria)"
_ALL = rf"(?:all\s+)?(?:(?:of\s+)?the\s+)?(?:{_NUMBER}\s+)?"
_REQUEST = re.compile(
    rf"\W*(?:please\s+|can you\s+|could you\s+)?(?:name|list|enumerate|give me(?: a list of)?|tell me|show me)\s+"
    rf"(?:me\s+)?{_ALL}(?P<things>.+?)[\s.?!]*$",
    re.I,
)
_ASKS = re.compile(
    rf"^\W*(?:which|what)\s+(?:(?:are|were)\s+)?{_ALL}(?:{_WORD}\s+){{0,2}}?{_PLURAL}\b"
    rf"|\b(?:a|the|complete|full) list of\b|^\W*who\s+(?:are|were)\s+{_ALL}\w*\s*{_PLURAL}\b",
    re.I,
)
_BULLET = re.compile(r"\A\s*(?:[-*•–◦▪]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")
_PAIR = re.compile(r"\s*[^:.!?]{2,40}:\s+\S.{0,100}$")  # "Monday: closed"


def asks_for_list(text: str) -> bool:
    """Whether the question wants several things: "Which outlets ...", "What are the rules ...", "Name the ..."."""
    return bool(_ASKS.search(text) or _requested(text))


def announces(e: Evidence) -> bool:
    """Whether a span only says that a list follows."""
    return e.text.rstrip().endswith(":")


def as_question(text: str) -> str:
    """A request as the question it stands for: "Name the five rules." asks what the rules are."""
    things = _requested(text)
    return f"What are the {things}?" if things else text


def _requested(text: str) -> str:
    """The things of which a list is requested, "" if that is not so."""
    m = _REQUEST.match(text)
    return m["things"] if m and re.match(rf"(?:{_WORD}\s+){{0,3}}?{_PLURAL}\b", m["things"], re.I) else ""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def bulleted(self) -> bool:
        return bool(_BULLET.match(self.text))

    @property
    def paired(self) -> bool:
        return bool(_PAIR.match(self.text))


def findings(evidence: Sequence[Evidence]) -> Findings:
    """The whole list that the best span stands in or leads to; in prose, what comes close in several passages."""
    best = evidence[0]
    listed = _listed(best, *_around(best, evidence))
    if not listed:
        return Findings(tuple(quoted(e) for e in _spread(evidence)))
    cited = [q for _, q in listed]
    others = [e for e in _spread(evidence) if not any(_within(e, q) for q in cited) and e.source != best.source]
    items = [Supported(text, (q,), verbatim=True) for text, q in listed[:ITEMS]]
    return Findings((*items, *(quoted(e) for e in others)))


def _bare(line: str) -> str:
    return flat(_BULLET.sub("", line, count=1))


def _within(e: Evidence, q: Quote) -> bool:
    return e.source == q.passage.source and e.start < q.end and q.start < e.end


def _spread(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The spans that may hold an item: further below the best than for one fact, from any source.

    By their logits: an item need not share a word with the question.
    """
    best, chosen = evidence[0], list[Evidence]()
    for e in evidence:
        margin = _OWN_MARGIN if any(e.source == c.source for c in chosen) else _MARGIN
        if e.logit >= best.logit - margin:
            chosen.append(e)
    return chosen[:STATEMENTS]


def _around(e: Evidence, evidence: Sequence[Evidence]) -> tuple[list[Passage], list[Passage]]:
    """Of the passages found those that lead up to that of `e`, and those that go on where it ends; nearest first."""
    own = sorted({o.passage.id: o.passage for o in evidence if o.source == e.source}.values(), key=_begins)
    before, behind = [e.passage], [e.passage]
    for passage in own:
        if 0 <= passage.chunk.start - behind[-1].chunk.end <= _GAP:
            behind.append(passage)
    for passage in reversed(own):
        if 0 <= before[-1].chunk.start - passage.chunk.end <= _GAP:
            before.append(passage)
    return before[1:], behind[1:]


def _begins(passage: Passage) -> int:
    return passage.chunk.start


def _listed(e: Evidence, before: Sequence[Passage], behind: Sequence[Passage]) -> list[tuple[str, Quote]]:
    """The items of the list at `e`, each with the quote that holds it: the whole list, a quote for each passage."""
    lines = first = _lines(e.passage)
    held = [n for n, line in enumerate(first) if line.start < e.end and e.start < line.end]
    run = own = _run(first, held)
    if not run:
        return []
    items = _quoted(e.passage, run, _lead(first, run, e))
    for passage in behind:
        following = _lines(passage)
        if run[-1] is not lines[-1] or not following or not _alike(following[0], run[-1]):
            break
        lines, run = following, _grown(following, 0)
        items += _quoted(passage, run, None)
    lines, run = first, own
    for passage in before:
        leading = _lines(passage)
        if run[0] is not lines[0] or not leading or not _alike(leading[-1], run[0]):
            break
        lines, run = leading, _grown(leading, len(leading) - 1)
        items = [*_quoted(passage, run, _lead(lines, run, e)), *items]
    return items if len(items) >= (_FEWEST if own[-1].bulleted else _FEWEST + 1) else []


def _run(lines: Sequence[_Line], held: Sequence[int]) -> list[_Line]:
    """The lines of the list which a span on the lines `held` is part of, or which follows it."""
    for n in (*held, *(n + 1 for n in held[-1:] if lines[n].text.rstrip().endswith(":"))):
        if n < len(lines) and (lines[n].bulleted or lines[n].paired):
            return _grown(lines, n)
    return []


def _grown(lines: Sequence[_Line], n: int) -> list[_Line]:
    """The lines around line `n` that are alike."""
    first = last = n
    while first > 0 and _alike(lines[first - 1], lines[n]):
        first -= 1
    while last + 1 < len(lines) and _alike(lines[last + 1], lines[n]):
        last += 1
    return list(lines[first : last + 1])


def _alike(a: _Line, b: _Line) -> bool:
    return (a.bulleted and b.bulleted) or (a.paired and b.paired and not a.bulleted and not b.bulleted)


def _lead(lines: Sequence[_Line], run: Sequence[_Line], e: Evidence) -> _Line | None:
    """The line that announces the list, if the span holds it or it ends with a colon."""
    before = next((n for n, line in enumerate(lines) if line is run[0]), 0) - 1
    if before < 0:
        return None
    line = lines[before]
    return line if line.text.rstrip().endswith(":") or e.start < line.end else None


def _quoted(passage: Passage, run: Sequence[_Line], lead: _Line | None) -> list[tuple[str, Quote]]:
    whole = Quote(passage, (lead or run[0]).start, run[-1].end)
    lines = [lead, *run] if lead else list(run)
    return [(_bare(line.text), whole) for line in lines if content(line.text)]


def _lines(passage: Passage) -> list[_Line]:
    """The lines of a passage that hold sentences; a line that gives orders ends what can be told of it."""
    chunk, found = passage.chunk, list[_Line]()
    for m in re.finditer(r"[^\n]*\S[^\n]*", chunk.text):
        text = m.group()
        start = chunk.start + m.start() + len(text) - len(text.lstrip())
        line = _Line(start, chunk.start + m.start() + len(text.rstrip()), text.strip())
        if any(s.start < line.end and line.start < s.end for s in chunk.sentences):
            if gives_orders(text):
                break
            found.append(line)
    return found
