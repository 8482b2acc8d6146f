"""From supported statements to a numbered answer: the one place where citations get their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.answer import Citation, Claim, Nearest
from retrieval.model import Passage


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim span of a passage's document."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.passage.chunk.between(self.start, self.end)

    @property
    def lines(self) -> tuple[int, int]:
        """Lines of the document (from 1), counted from where the chunk begins."""
        first = self.passage.lines[0]
        before = self.passage.chunk.text[: self.start - self.passage.chunk.start].count("\n")
        return first + before, first + before + self.text.count("\n")


@dataclass(frozen=True, slots=True)
class Supported:
    """A statement and the quotes that carry it. `verbatim` if it is a quote itself (or its
    table, with the cells named), not a statement about quotes."""

    text: str
    quotes: tuple[Quote, ...]
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """One side of a disagreement before it is numbered. `repeated_in` names documents that only repeat a quote."""

    value: str
    quotes: tuple[Quote, ...]
    repeated_in: tuple[str, ...] = ()

    @property
    def written(self) -> date | None:
        """The date of the newest document quoted, None if none has one."""
        return max((q.passage.date for q in self.quotes if q.passage.date), default=None)


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disagreement: at least two positions."""

    about: str
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What an answerer found: statements in order, and where the sources disagree."""

    statements: tuple[Supported, ...]
    disputes: tuple[Dispute, ...] = ()


class Numbering:
    """Gives each quote of an answer its number, 1..n in order of first use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self.citations: list[Citation] = []

    def cite(self, quotes: Sequence[Quote]) -> tuple[int, ...]:
        """The numbers of `quotes`, ascending, each once."""
        return tuple(sorted({self._number(q) for q in quotes}))

    def knows(self, q: Quote) -> bool:
        """Whether `q` has been cited."""
        return (q.passage.source, q.start, q.end) in self._numbers

    def _number(self, q: Quote) -> int:
        key = (q.passage.source, q.start, q.end)
        if key not in self._numbers:
            number = len(self._numbers) + 1
            self._numbers[key] = number
            p = q.passage
            self.citations.append(Citation(number, p.source, p.title, q.text, q.start, q.end, q.lines, p.page, p.date))
        return self._numbers[key]


def marked(claim: Claim) -> str:
    """The claim's text with its markers: "It lasted six hours [1][2]." """
    markers = "".join(f"[{n}]" for n in claim.citations)
    return f"{claim.text} {markers}"


def flat(text: str) -> str:
    """Text on one line, for a statement; quotes stay as they are. Brackets that look like a marker lose their shape."""
    return re.sub(r"\[(\d+)\]", r"(\1)", " ".join(text.split()))


def nearest(quotes: Iterable[Quote]) -> tuple[Nearest, ...]:
    """Quotes as the nearest passages of a refusal."""
    return tuple(
        Nearest(q.passage.source, q.passage.title, q.text, q.start, q.end, q.lines, q.passage.page) for q in quotes
    )
