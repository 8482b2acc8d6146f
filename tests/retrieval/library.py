"""A folder of documents and an index of it, as tests use them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from retrieval import models
from retrieval.ingest import IngestReport, forget, ingest
from retrieval.model import Passage, Scope
from retrieval.models import NamedEmbedder
from retrieval.reader import Reader, Snapshot


@dataclass(frozen=True)
class Library:
    """Documents in `docs`, their index in `data` or in the servers that are given."""

    docs: Path
    data: Path
    database_url: str | None = None
    chroma_url: str | None = None
    embedder: NamedEmbedder = field(default_factory=models.embedder)

    def write(self, name: str, text: str) -> Path:
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def write_many(self) -> None:
        """A document of so many chunks that Chroma is asked; below a thousand all vectors are compared."""
        sections = [f"## Number {n}\n\nThe parcel {n} is in drawer {n * n % 997}." for n in range(1100)]
        self.write("many.md", "# Parcels\n\n" + "\n\n".join(sections) + "\n")

    @property
    def places(self) -> dict[str, Any]:
        return {"data_dir": self.data, "database_url": self.database_url, "chroma_url": self.chroma_url}

    def ingest(self, *paths: Path, **options: Any) -> IngestReport:
        """Of `docs` unless paths are given; all remembered roots with `paths=()`."""
        roots = options.pop("paths", paths or (self.docs,))
        embedder = options.pop("embedder", self.embedder)
        return ingest(roots, embedder=embedder, **self.places, **options)

    def forget(self, root: str) -> int:
        return forget(root, **self.places)

    def reader(self) -> Reader:
        return Reader(self.data, self.database_url, self.chroma_url, self.embedder.name)

    def using(self, embedder: NamedEmbedder) -> Library:
        """The same, with another embedder."""
        return replace(self, embedder=embedder)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        with closing(self.reader()) as reader, reader.snapshot() as snapshot:
            yield snapshot

    def names(self) -> list[str]:
        with self.snapshot() as snapshot:
            return [document.source for document in snapshot.documents()]


@dataclass(frozen=True)
class Place:
    """Where indexes are kept: a PostgreSQL server instead of SQLite, a Chroma server instead of folders."""

    postgres_server: str | None = None
    chroma_url: str | None = None

    def library(self, folder: Path) -> Library:
        """A new library in `folder`, with a new database."""
        (folder / "docs").mkdir(exist_ok=True)
        database = new_database(self.postgres_server) if self.postgres_server else None
        return Library(folder / "docs", folder / "data", database, self.chroma_url)


def new_database(server: str) -> str:
    """The URL of a new, empty PostgreSQL database."""
    import psycopg

    name = f"test_{secrets.token_hex(4)}"
    with psycopg.connect(f"{server}postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return server + name


def found(snapshot: Snapshot, query: str, k: int = 5, scope: Scope = Scope()) -> list[str]:
    """The documents that dense search finds, best first, each once."""
    hits = snapshot.dense(models.embedder().embed_query(query), k, scope)
    passages = snapshot.passages([i for i, _ in hits])
    return list(dict.fromkeys(passages[i].source for i, _ in hits))


def matched(snapshot: Snapshot, query: str, k: int = 5, scope: Scope = Scope()) -> list[str]:
    """The documents that lexical search finds, best first, each once."""
    hits = snapshot.lexical(query, k, scope)
    passages = snapshot.passages([i for i, _ in hits])
    return list(dict.fromkeys(passages[i].source for i, _ in hits))


@dataclass(frozen=True)
class Words:
    """A quick embedder: each word is a random direction, a text their sum."""

    name: str = "words"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        words = [np.random.default_rng(list(word.encode())).normal(size=24) for word in text.split() or [text]]
        return [float(x) for x in np.sum(words, 0) / np.linalg.norm(np.sum(words, 0))]


def contents(snapshot: Snapshot, embedder: NamedEmbedder | None = None) -> dict[str, Any]:
    """Everything that an index says, without ids and times: equal for indexes of the same documents."""
    embedder = embedder or models.embedder()
    said: dict[str, Any] = {}
    for document in snapshot.documents():
        source = snapshot.source(document.source)
        said[document.source] = (document.root, document.title, document.date, document.sha256, document.chunks, source)
    vectors = embedder.embed_documents([source.text[:200] for *_, source in said.values()])
    for name, vector in zip(list(said), vectors, strict=True):
        dense = snapshot.dense(vector, 10_000)
        lexical = snapshot.lexical(said[name][-1].text[:200], 10_000)
        passages = snapshot.passages([i for i, _ in dense])
        said[f"near {name}"] = _ranked(dense, passages)
        said[f"like {name}"] = _ranked(lexical, passages)
        said[f"copies {name}"] = {p.chunk: (p.copies, p.lines, p.page) for p in passages.values()}
    return said


class Scores(dict[tuple[str, int], float]):
    """The score of each hit, by source and offset; equal to others within rounding."""

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Scores)
        return self.keys() == other.keys() and np.allclose([self[key] for key in other], [*other.values()], atol=1e-4)

    __hash__ = None  # type: ignore[assignment]


def _ranked(hits: list[tuple[int, float]], passages: dict[int, Passage]) -> Scores:
    return Scores({(passages[i].source, passages[i].chunk.start): score for i, score in hits})
