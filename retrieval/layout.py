"""The structure of a text without markup: which lines make one paragraph, which are headings, table rows, bylines.

Blocks are runs of whole lines. Texts of HTML and DOCX files carry Markdown's marks for headings and list items.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from retrieval.boilerplate import is_boilerplate
from retrieval.dates import is_dateline
from retrieval.model import Kind


@dataclass(frozen=True, slots=True)
class Line:
    """A line without surrounding space; `apart` when an empty line or nothing stands before it."""

    start: int
    end: int
    apart: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, table row or notice; `lines` counts its lines, `apart` is that of the first."""

    start: int
    end: int
    kind: Kind
    lines: int = 1
    apart: bool = True


_HEADING_MARK = re.compile(r"#{1,6}\s+\S")
_ITEM = re.compile(r"(?:[-*•‣◦▪–+]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])\s")
_NUMBER = re.compile(r"\d{1,3}[.)]\s+")
_CELL_GAP = re.compile(r"\s*\|\s*|\t+| {3,}")
_SENTENCE_END = re.compile(r"[.!?…。！？:;][\"”’'»)\]]*$")
# A mark at the end, a sentence inside, or "Duration: six hours": none of these is a heading.
_STATEMENT = re.compile(r"[.!?…。！？:;,][\"”’'»)\]]*$|[a-z]{2}[.!?][\"”’)]*\s|^\S+(?: \S+)?: (?:\S+\s*){1,3}$")
_QUANTITY = re.compile(r"(?<![\w.])(?!(?:1[5-9]|20)\d\d\b)\d[\d.,]*(?!\w)")
_SECTION_NUMBER = re.compile(
    r"^(?:(?:chapter|section|part|annex|appendix|step)\s+)?[\dIVX]{1,4}(?:\.\d{1,3})*[.:)]?(?:\s+(?=\D)|$)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){1,2}")
_AUTHOR = re.compile(r"(?:By|BY) [^\W\d_a-z][\w.'’-]+ [^\W\d_a-z].*|From our (?:own )?correspondents?\b.*")
_SECTION_NAME = re.compile(
    r"summary|introduction|abstract|overview|background|contents|finding|result|method|discussion|conclusion|reference|"
    r"appendix|annex|report|notes|key|table|chapter|section|part",
    re.IGNORECASE,
)

# Title, subtitle, byline and date are among the first blocks.
_TOP_BLOCKS = 6
_MAX_HEADING = 120
_MAX_HEADING_WORDS = 14
_MAX_HEADING_RUN = 3
_MIN_PROSE_WORDS = 8


def lines(text: str) -> list[Line]:
    """The lines of `text` that hold more than space."""
    found, offset, apart = [], 0, True
    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped:
            start = offset + len(raw) - len(raw.lstrip())
            found.append(Line(start, start + len(stripped), apart))
        apart = not stripped
        offset += len(raw) + 1
    return found


def blocks(text: str, running: frozenset[int]) -> list[Block]:
    """The blocks of `text` in order; lines that start at an offset in `running` are page headers and footers."""
    return _without_afterword(text, _headed(text, _without_bylines(text, _paragraphs(text, running))))


def _paragraphs(text: str, running: frozenset[int]) -> list[Block]:
    every = lines(text)
    width = _wrap_width(text, every)
    rows = _table_rows(text, every)
    found: list[Block] = []
    for line in every:
        kind = Kind.BOILERPLATE if line.start in running else Kind.TABLE if line.start in rows else Kind.PROSE
        if kind is Kind.PROSE and _HEADING_MARK.match(text, line.start, min(line.end, line.start + 300)):
            kind = Kind.HEADING
        if found and kind is Kind.PROSE and _continues(text, found[-1], line, width):
            found[-1] = replace(found[-1], end=line.end, lines=found[-1].lines + 1)
        else:
            found.append(Block(line.start, line.end, kind, 1, line.apart))
    return [judged(text, block) for block in found]


def judged(text: str, block: Block) -> Block:
    """`block`, as boilerplate where its wording says so."""
    if block.kind is Kind.HEADING or not is_boilerplate(text[block.start : min(block.end, block.start + 1_000)]):
        return block
    return replace(block, kind=Kind.BOILERPLATE)


def _continues(text: str, block: Block, line: Line, width: int) -> bool:
    """Whether `line` goes on with the sentence in which `block` ends."""
    if line.apart or block.kind is not Kind.PROSE or _ITEM.match(text, line.start, line.end):
        return False
    first = text[line.start]
    if first.islower() or first in ",.;:!?)]}”»%":
        return True
    return bool(width) and _is_full(text, block.end, line, width)


def _is_full(text: str, previous_end: int, line: Line, width: int) -> bool:
    """Whether the line before ended because the next word had no room."""
    before = previous_end - (text.rfind("\n", 0, previous_end) + 1)
    next_word = len(text[line.start : line.start + 40].split(maxsplit=1)[0])
    return before + 1 + next_word >= 0.85 * width


def _wrap_width(text: str, every: Sequence[Line]) -> int:
    """The column at which the lines of a hard-wrapped text break; 0 for other texts.

    Wrapped lines are of similar length, and most go on in lower case, as words within sentences do.
    """
    pairs = [(a, b) for a, b in pairwise(every) if not b.apart and a.end - a.start >= 30]
    if len(pairs) < 2:
        return 0
    lengths = sorted(a.end - a.start for a, _ in pairs)
    width = lengths[len(lengths) * 9 // 10]
    full = sum(length >= 0.75 * width for length in lengths)
    upper = sum(text[b.start].isupper() for _, b in pairs)
    return width if width <= 140 and full >= 0.6 * len(pairs) and upper <= 0.7 * len(pairs) else 0


def _table_rows(text: str, every: Sequence[Line]) -> set[int]:
    """Where the rows of tables start: at least two lines below each other in the same number of columns."""
    rows: set[int] = set()
    columns = [_columns(text, line) for line in every]
    for above, line, n_above, n in zip(every, every[1:], columns, columns[1:], strict=False):
        if n > 1 and n == n_above and not line.apart:
            rows |= {above.start, line.start}
    return rows


def _columns(text: str, line: Line) -> int:
    row = text[line.start : min(line.end, line.start + 1_000)]
    if "|" not in row and "\t" not in row and "   " not in row:
        return 0
    return sum(bool(cell) for cell in _CELL_GAP.split(row))


def _headed(text: str, found: Sequence[Block]) -> list[Block]:
    """`found` with the title and the short lines that stand over a paragraph, list or table marked as headings."""
    if sum(block.kind is Kind.HEADING for block in found) > 1:  # the document marks its headings itself
        return list(found)
    short, on_top = list[bool](), True
    for i, block in enumerate(found):
        set_off = block.apart or short[i - 1] or _ends(text, found[i - 1])
        short.append(set_off and _may_head(text, block) and (on_top or ": " not in text[block.start : block.end]))
        on_top = on_top and (short[i] or block.kind is Kind.BOILERPLATE)
    told = [i for i, block in enumerate(found) if block.kind is not Kind.BOILERPLATE]
    headings, waiting = set[int](), list[int]()
    for is_short, members in groupby(told, key=short.__getitem__):
        run = list(members)
        if not is_short and any(_is_body(text, found[i]) for i in run):
            headings.update(told[:1] if short[told[0]] else ())
            headings.update(_headings_of(waiting) if _is_body(text, found[run[0]]) else ())
        waiting = run if is_short else []
    items = [bool(_ITEM.match(text, found[i].start, found[i].end)) for i in told]
    for at, i in enumerate(told[:-1]):
        alone = items[at] and not items[at + 1] and (at == 0 or not items[at - 1])
        if alone and _is_numbered_title(text, found[i], found[told[at + 1]]):
            headings.add(i)
    return [replace(block, kind=Kind.HEADING) if i in headings else block for i, block in enumerate(found)]


def _is_numbered_title(text: str, block: Block, below: Block) -> bool:
    """Whether `block` is the title of an item that is told in `below`, as in minutes: "4. Library hours"."""
    number = _NUMBER.match(text, block.start, block.end)
    if number is None or not block.apart or not _is_body(text, below):
        return False
    return _may_head(text, replace(block, start=number.end()))


def _headings_of(run: Sequence[int]) -> Sequence[int]:
    """Of the short lines over a paragraph: all of a few, the last of many."""
    return run if len(run) <= _MAX_HEADING_RUN else run[-1:]


def _may_head(text: str, block: Block) -> bool:
    line = text[block.start : min(block.end, block.start + 200)]
    if block.kind is not Kind.PROSE or block.lines > 1 or len(line) > _MAX_HEADING:
        return False
    if len(line.split()) > _MAX_HEADING_WORDS or _STATEMENT.search(line) or _ITEM.match(line):
        return False
    letter = next((c for c in line if c.isalpha()), "")
    return bool(letter) and not letter.islower() and not _QUANTITY.search(_SECTION_NUMBER.sub("", line, count=1))


def _ends(text: str, block: Block) -> bool:
    return block.kind is not Kind.PROSE or bool(_SENTENCE_END.search(text, max(block.start, block.end - 20), block.end))


def _is_body(text: str, block: Block) -> bool:
    """Whether a heading may stand over `block`."""
    beginning = text[block.start : min(block.end, block.start + 400)]
    if block.kind is not Kind.PROSE:
        return block.kind is Kind.TABLE
    return bool(_ITEM.match(beginning)) or len(beginning.split()) >= _MIN_PROSE_WORDS


def _without_bylines(text: str, found: Sequence[Block]) -> list[Block]:
    """`found` with what stands between the title and the first paragraph, names and dates, marked as boilerplate."""
    marked = list(found)
    if not found or not (found[0].kind is Kind.HEADING or _may_head(text, found[0])):
        return marked
    for i, block in enumerate(found[1:_TOP_BLOCKS], start=1):
        line = text[block.start : min(block.end, block.start + 200)]
        if len(line) > _MAX_HEADING or block.lines > 1:
            break
        below_title = i == 1 or marked[i - 1].kind is Kind.BOILERPLATE
        is_name = below_title and _NAME.fullmatch(line) and not _SECTION_NAME.search(line)
        is_byline = is_name or _AUTHOR.fullmatch(line) or is_dateline(line)
        if block.kind is Kind.PROSE and is_byline and not _SENTENCE_END.search(line):
            marked[i] = replace(block, kind=Kind.BOILERPLATE)
    return marked


def _without_afterword(text: str, found: list[Block]) -> list[Block]:
    """`found` with the short lines that stand between notices at the very end (tags, titles) marked as boilerplate."""
    marked, pending = list(found), list[int]()
    for i in range(len(found) - 1, 0, -1):
        block = found[i]
        if block.kind is Kind.BOILERPLATE:
            for j in pending:
                marked[j] = replace(found[j], kind=Kind.BOILERPLATE)
            pending = []
        elif i < len(found) - 1 and _is_tag(text, block) and len(pending) < _MAX_HEADING_RUN:
            pending.append(i)
        else:
            break
    return marked


def _is_tag(text: str, block: Block) -> bool:
    line = text[block.start : block.end]
    is_short = block.lines == 1 and len(line) <= _MAX_HEADING and len(line.split()) <= _MAX_HEADING_WORDS
    return block.kind is not Kind.TABLE and is_short and not (_STATEMENT.search(line) or _QUANTITY.search(line))
