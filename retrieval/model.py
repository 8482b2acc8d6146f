"""The values that travel through retrieval: documents, their sentences and chunks, scored passages.

Everything here is frozen. Offsets count Unicode code points of `Source.text`, half-open: `text[start:end]`.
"""

from __future__ import annotations

import fnmatch
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Protocol


class Kind(StrEnum):
    """What a sentence is in its document; only `PROSE` and `TABLE` may answer a question.

    `BOILERPLATE` is an advertisement line, share bar, disclaimer and the like; `REPEAT` says again what an earlier
    sentence of the same document says.
    """

    PROSE = "prose"
    HEADING = "heading"
    TABLE = "table"
    BOILERPLATE = "boilerplate"
    REPEAT = "repeat"


@dataclass(frozen=True)
class Source:
    """One loaded document: its exact extracted text and what is known about it.

    `name` is the path relative to the ingested root, with `/`. `pages` holds the offset at which each page begins,
    empty for formats without pages. `sha256` is the hex digest of the file's bytes.
    """

    name: str
    text: str
    title: str
    date: date | None
    pages: tuple[int, ...]
    sha256: str

    @cached_property
    def _line_starts(self) -> tuple[int, ...]:
        return (0, *(i + 1 for i, c in enumerate(self.text) if c == "\n"))

    def lines(self, start: int, end: int) -> tuple[int, int]:
        """First and last line (from 1) that `text[start:end]` touches."""
        last = max(start, end - 1)
        return bisect_right(self._line_starts, start), bisect_right(self._line_starts, last)

    def page(self, start: int) -> int | None:
        """The page (from 1) on which offset `start` lies, or None where the format has no pages."""
        return bisect_right(self.pages, start) or None if self.pages else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading, table row or boilerplate line of a document, without surrounding white space.

    The sentences of a document are in order and do not overlap; between them is only white space.
    """

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole sentences of one document, the unit that is embedded and retrieved.

    `text == source.text[start:end]`. `heading` is the nearest heading above, "" if none; the first chunk below it
    begins with it. `sentences` are those that may answer: the heading, and boilerplate and repeats that lie between
    them, are left out, also of `indexed`, the text that is embedded and searched.
    """

    source: str
    start: int
    end: int
    text: str
    heading: str
    sentences: tuple[Sentence, ...]

    @property
    def indexed(self) -> str:
        return " ".join(self.between(s.start, s.end) for s in self.sentences)

    def between(self, start: int, end: int) -> str:
        """The text at these offsets of the document, which lie in the chunk."""
        return self.text[start - self.start : end - self.start]


@dataclass(frozen=True, slots=True)
class Scores:
    """How a passage was found; None where that retriever did not return it or there is no reranker.

    `dense` is a cosine similarity in [-1, 1], `lexical` a BM25 score (higher is better), `rerank` the cross-encoder's
    logit of the passage's best sentence (about -12 to 12).
    """

    dense: float | None = None
    lexical: float | None = None
    rerank: float | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk with everything an answer needs to cite it.

    `copies` names the other documents whose chunk says the same: they are represented by this one. `score` orders
    the passages of one search, higher first; it means nothing across searches. `sentence_scores` holds the reranker's
    logit of each of the chunk's sentences, None where it was not scored.
    """

    id: int
    source: str
    title: str
    date: date | None
    chunk: Chunk
    lines: tuple[int, int]
    page: int | None
    score: float
    scores: Scores = Scores()
    copies: tuple[str, ...] = ()
    sentence_scores: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which documents a question may see: a document must match at least one glob of every group.

    No group means every document; an empty group means none. `*` also matches `/`.
    """

    groups: tuple[tuple[str, ...], ...] = ()

    def narrowed(self, globs: Sequence[str]) -> Scope:
        """This scope and, beyond it, one of `globs`."""
        return Scope((*self.groups, tuple(globs)))

    def allows(self, name: str) -> bool:
        return all(any(fnmatch.fnmatchcase(name, glob) for glob in group) for group in self.groups)


class Embedder(Protocol):
    """LangChain's `Embeddings` fits as it is. Vectors are of one length and L2-normalised."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]: ...

    def embed_query(self, text: str) -> list[float]: ...


class Reranker(Protocol):
    """A cross-encoder: for each text a logit of how well it answers, and the words of it that do so if any do.

    These words are offsets in the text; None from a model that marks none.
    """

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]: ...

    def mark(self, query: str, texts: Sequence[str]) -> list[tuple[int, int] | None]: ...
