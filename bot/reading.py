"""What is known about a message before it is answered: its questions, and the passages and evidence found for each."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answer import Judgement, Question
from bot.evidence import Evidence
from bot.premise import Correction
from bot.question import Asked
from bot.timewords import Wish
from retrieval.model import Passage


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds spent on searching and on reranking."""

    retrieve: float
    rerank: float


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions of a message, with what was found for it.

    A question that compares has `pieces`, one for each thing compared, which is then the piece's `label`.
    `comparative` ("heavier") says which thing is wanted: that of the greatest value if `sign` is 1, of the least if -1.
    `wish` is the time it asks for, None for any; `correction` what contradicts its premise.
    """

    asked: Asked
    passages: tuple[Passage, ...]
    evidence: tuple[Evidence, ...]
    judgement: Judgement
    label: str = ""
    pieces: tuple[Part, ...] = ()
    comparative: str = ""
    sign: int = 1
    wish: Wish | None = None
    correction: Correction | None = None

    @property
    def leaves(self) -> tuple[Part, ...]:
        """Its pieces, or itself where it has none."""
        return self.pieces or (self,)

    @property
    def answered(self) -> tuple[Part, ...]:
        """The leaves for which the evidence answers."""
        return tuple(leaf for leaf in self.leaves if leaf.judgement.answers)

    @property
    def missing(self) -> tuple[str, ...]:
        """The questions in it that found no answer."""
        if not self.judgement.answers:
            return (self.asked.text,)
        return tuple(leaf.asked.text for leaf in self.leaves if not leaf.judgement.answers)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message with everything known before it is answered.

    `english` is what it asks in English, where that could be told, else as it stands. `began` is a
    `perf_counter` reading.
    """

    question: Question
    standalone: str
    english: str
    parts: tuple[Part, ...]
    timings: Timings
    began: float

    @property
    def answered(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.judgement.answers)

    @property
    def leaves(self) -> tuple[Part, ...]:
        """The questions that were searched for one by one."""
        return tuple(leaf for part in self.parts for leaf in part.leaves)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of all parts, each once, those that came first in their part first."""
        ranked = sorted((rank, n, p.id) for n, part in enumerate(self.leaves) for rank, p in enumerate(part.passages))
        by_id = {p.id: p for part in self.leaves for p in part.passages}
        return tuple(by_id[i] for i in dict.fromkeys(i for _, _, i in ranked))
