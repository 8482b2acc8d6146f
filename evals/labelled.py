"""Claims that a small model wrote, each labelled by a reader: supported by the passages that it was given, or not.

They measure the verifier on what models really say. Of the documents `labelled.jsonl` names only files and offsets, and
where the model copied from documents that do not come with citebot, the copied words are a place, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.chunk import chunk
from retrieval.load import load
from retrieval.model import Passage, Source

FILE = Path(__file__).with_name("labelled.jsonl")
FOLDERS = {
    "bundled": Path(__file__).parent / "documents",
    "articles": Path(__file__).parents[2] / "shared" / "corpus",
}


@dataclass(frozen=True, slots=True)
class Place:
    """`text[start:end]` of a document."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """What the model wrote to `question` about documents of the set `set`; `cited` are indexes into `passages`.

    `asked` says how: "case" for a question of the evaluation cases, "wider" for one that was made to provoke mistakes.
    """

    set: str
    asked: str
    question: str
    claim: tuple[str | Place, ...]
    cited: tuple[int, ...]
    passages: tuple[Place, ...]
    supported: bool


def labelled(file: Path = FILE) -> Iterator[LabelledClaim]:
    """Every labelled claim in the order of the file."""
    for line in file.read_text("utf-8").splitlines():
        values = json.loads(line)
        values["claim"] = tuple(part if isinstance(part, str) else Place(*part) for part in values["claim"])
        values["passages"] = tuple(Place(*place) for place in values["passages"])
        yield LabelledClaim(**{**values, "cited": tuple(values["cited"])})


def statement(claim: LabelledClaim) -> str:
    """The claim's text, on one line. Raises OSError where the documents are not there."""
    folder = FOLDERS[claim.set]
    parts = (p if isinstance(p, str) else _source(folder / p.file).text[p.start : p.end] for p in claim.claim)
    return " ".join("".join(parts).split())


def passages(claim: LabelledClaim) -> Sequence[Passage]:
    """What the model read, as today's chunks: each whose first sentence is in one of the places. Raises likewise."""
    return [
        passage
        for place in claim.passages
        for passage in _passages(FOLDERS[claim.set] / place.file)
        if place.start <= passage.chunk.sentences[0].start < place.end
    ]


@cache
def _source(file: Path) -> Source:
    return load(file, file.name)


@cache
def _passages(file: Path) -> tuple[Passage, ...]:
    source = _source(file)
    return tuple(
        Passage(0, file.name, source.title, source.date, c, source.lines(c.start, c.end), None, 0.0)
        for c in chunk(source)
    )
