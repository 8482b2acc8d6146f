"""Claims that a small model wrote, each labelled by a reader: supported by the passages that it was given, or not.

They measure the verifier on what models really say. `labelled.jsonl` holds the claims in the model's words; of the
documents it names only files and offsets, so that documents which do not come with citebot are not copied.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from retrieval.chunk import chunk
from retrieval.load import load
from retrieval.model import Passage

FILE = Path(__file__).with_name("labelled.jsonl")
FOLDERS = {
    "bundled": Path(__file__).parent / "documents",
    "articles": Path(__file__).parents[2] / "shared" / "corpus",
}


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim about documents of the set `set`; `cited` are indexes into `passages`, which are (file, start, end)."""

    set: str
    question: str
    claim: str
    cited: tuple[int, ...]
    passages: tuple[tuple[str, int, int], ...]
    supported: bool


def labelled(file: Path = FILE) -> Iterator[LabelledClaim]:
    """Every labelled claim in the order of the file."""
    for line in file.read_text("utf-8").splitlines():
        values = json.loads(line)
        places = tuple((name, start, end) for name, start, end in values.pop("passages"))
        yield LabelledClaim(**{**values, "cited": tuple(values["cited"]), "passages": places})


def passages(claim: LabelledClaim) -> Sequence[Passage]:
    """What the model read, as today's chunks: each that begins within one of the places.

    Raises OSError where the documents are not there.
    """
    found = []
    for name, start, end in claim.passages:
        found += [p for p in _passages(FOLDERS[claim.set] / name) if start <= p.chunk.start < end]
    return found


@cache
def _passages(file: Path) -> tuple[Passage, ...]:
    source = load(file, file.name)
    return tuple(
        Passage(0, file.name, source.title, source.date, c, source.lines(c.start, c.end), None, 0.0)
        for c in chunk(source)
    )
