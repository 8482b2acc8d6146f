"""The ledger: which version of which document is live, its chunks and their vectors. The single truth.

Functions here read one state of it through a connection; `retrieval/staging.py` changes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from retrieval import lexical
from retrieval.database import FILE, among, database_errors, open_database, plain_errors, reading, writing
from retrieval.errors import StoreError
from retrieval.locks import only_writer
from retrieval.model import Chunk, Kind, Passage, Sentence, Source
from retrieval.schema import FORMAT, chunks, documents, generations, index, metadata, roots, texts, vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NOTHING = "Nothing is indexed yet: run `citebot ingest FOLDER` first."

_NEW_INDEX = {"id": 1, "format": FORMAT, "version": 0, "epoch": 0, "embedder": "", "dimensions": 0}
_BATCH = 4_000  # vectors read at once: 6 MB as float32


@dataclass(frozen=True, slots=True)
class State:
    """What was published last: how often, and with what. `version` is 0 before the first time."""

    format: int
    uid: str
    version: int
    epoch: int
    embedder: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Generation:
    """A Chroma folder or collection of `size` vectors; those whose chunk is no longer live are passed over."""

    id: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """An indexed document. `characters` and `chunks` are counts, `indexed_at` is UTC."""

    source: str
    root: str
    title: str
    date: date | None
    sha256: str
    characters: int
    chunks: int
    indexed_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """A live document, as far as it takes to see whether its file changed."""

    id: int
    root: str
    path: str
    name: str
    sha256: str
    stamp: str


class Ledger:
    """The database of the index. Opening it connects nothing; safe to use from threads."""

    def __init__(self, data_dir: Path, database_url: str | None) -> None:
        self.place = "DATABASE_URL" if database_url else str(data_dir)
        self._data_dir = data_dir
        self._file = None if database_url else data_dir / FILE
        self._inode = 0
        self._engine = open_database(data_dir, database_url)

    def exists(self) -> bool:
        """Whether anything was ever indexed here."""
        if self._file is not None and not self._file.exists():
            return False
        with self.reading() as connection:
            return bool(sa.inspect(connection).has_table(index.name))

    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that sees one state. Raises StoreError where there is no ledger."""
        if self._file is not None:
            if not self._file.exists():
                raise StoreError(NOTHING)
            inode = self._file.stat().st_ino
            if inode != self._inode:  # another file: connections to the former would never tell
                self._engine.dispose()
                self._inode = inode
        return reading(self._engine)

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """A transaction that takes effect whole or not at all."""
        return writing(self._engine)

    def errors(self) -> AbstractContextManager[None]:
        """What the database raises inside becomes a StoreError."""
        return database_errors(self.place)

    def plain_errors(self) -> AbstractContextManager[None]:
        """What the database or the disk raises inside becomes a StoreError."""
        return plain_errors(self.place)

    def create(self) -> None:
        """Makes the tables that are missing."""
        with self.writing() as connection:
            metadata.create_all(connection)
            lexical.create(connection)
            if connection.execute(sa.select(index)).first() is None:
                connection.execute(index.insert().values(_NEW_INDEX | {"uid": secrets.token_hex(4)}))

    def reset(self) -> None:
        """Empties the ledger, whatever its format: only the roots stay."""
        with self.writing() as connection:
            lexical.drop(connection)
            metadata.drop_all(connection, [table for table in metadata.sorted_tables if table is not roots])
        self.create()

    def only_writer(self) -> AbstractContextManager[None]:
        """Held by whoever changes the ledger. Raises StoreError that names the holder where there is one."""
        self._data_dir.mkdir(parents=True, exist_ok=True)
        return only_writer(self._data_dir, self._engine)

    def close(self) -> None:
        self._engine.dispose()


def read_state(connection: sa.Connection) -> State:
    """What was published last."""
    found = connection.execute(sa.select(index.c.format)).scalar_one()
    if found != FORMAT:  # the other columns may be others
        return State(found, "", 0, 0, "", 0)
    row = connection.execute(sa.select(index)).one()
    return State(row.format, row.uid, row.version, row.epoch, row.embedder, row.dimensions)


def check(found: State, embedder: str | None) -> None:
    """Raises StoreError where the index does not fit this program or `embedder`; None fits any."""
    built, wanted = None, None
    if found.format != FORMAT:
        built, wanted = f"index format {found.format}", f"this version of citebot uses format {FORMAT}"
    elif found.version and embedder is not None and found.embedder != embedder:
        built, wanted = f"the embedder {found.embedder}", f"settings say {embedder}"
    if built:
        raise StoreError(f"The index was built with {built}; {wanted}: run `citebot ingest --rebuild`.")


def read_roots(connection: sa.Connection) -> list[str]:
    """The remembered roots."""
    return sorted(connection.execute(sa.select(roots.c.path)).scalars())


def read_known(connection: sa.Connection) -> list[Known]:
    """The live documents, for comparison with their files."""
    d = documents.c
    found = sa.select(d.id, d.root, d.path, d.name, d.sha256, d.stamp).where(d.live)
    return [Known(*row) for row in connection.execute(found)]


def read_generations(connection: sa.Connection) -> list[Generation]:
    """The published generations, oldest first."""
    rows = connection.execute(sa.select(generations).order_by(generations.c.id))
    return [Generation(row.id, row.name, row.size) for row in rows]


def read_sizes(connection: sa.Connection) -> dict[int, tuple[str, int]]:
    """The live documents: id -> (name, number of chunks)."""
    rows = connection.execute(sa.select(documents.c.id, documents.c.name, documents.c.chunks).where(documents.c.live))
    return {row.id: (row.name, row.chunks) for row in rows}


def count_chunks(connection: sa.Connection) -> int:
    """The live chunks."""
    live = sa.select(sa.func.coalesce(sa.func.sum(documents.c.chunks), 0)).where(documents.c.live)
    return int(connection.execute(live).scalar_one())


def count_duplicates(connection: sa.Connection) -> int:
    """Live chunks that say what a chunk of an earlier live document says."""
    first = (
        sa.select(chunks.c.fingerprint, sa.func.min(chunks.c.document).label("document"))
        .where(chunks.c.generation.is_not(None))
        .group_by(chunks.c.fingerprint)
        .subquery()
    )
    later = sa.and_(first.c.fingerprint == chunks.c.fingerprint, first.c.document < chunks.c.document)
    counted = sa.select(sa.func.count()).select_from(sa.join(chunks, first, later))
    return int(connection.execute(counted.where(chunks.c.generation.is_not(None))).scalar_one())


def read_documents(connection: sa.Connection, allowed: Collection[int] | None) -> list[DocumentInfo]:
    """The live documents by name; only the `allowed` ids if given."""
    found = sa.select(documents).where(documents.c.live).order_by(documents.c.name)
    if allowed is not None:
        found = found.where(among(documents.c.id, allowed))
    return [
        DocumentInfo(
            row.name,
            row.root,
            row.title,
            row.date,
            row.sha256,
            row.characters,
            row.chunks,
            row.indexed_at.replace(tzinfo=UTC),
        )
        for row in connection.execute(found)
    ]


def read_source(connection: sa.Connection, name: str) -> Source | None:
    """A live document's text; None where there is no such document."""
    found = sa.select(documents, texts.c.text).join(texts).where(documents.c.live, documents.c.name == name)
    row = connection.execute(found).first()
    return None if row is None else to_source(row)


def to_source(row: Any) -> Source:
    """A row of `documents` with its `text`."""
    return Source(row.name, row.text, row.title, row.date, tuple(row.pages), row.sha256)


def owners(connection: sa.Connection, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Chunk id -> (document id, generation id), of the live ones among `ids`."""
    found = sa.select(chunks.c.id, chunks.c.document, chunks.c.generation)
    rows = connection.execute(found.where(among(chunks.c.id, ids), chunks.c.generation.is_not(None)))
    return {row.id: (row.document, row.generation) for row in rows}


def read_passages(
    connection: sa.Connection, ids: Collection[int], allowed: Collection[int] | None
) -> dict[int, Passage]:
    """The live chunks among `ids`, and the names of live documents that say the same; of `allowed` documents only."""
    found = sa.select(chunks, documents.c.name, documents.c.title, documents.c.date).join(documents)
    found = found.where(among(chunks.c.id, ids), chunks.c.generation.is_not(None))
    if allowed is not None:
        found = found.where(among(chunks.c.document, allowed))
    rows = list(connection.execute(found))
    copies = _copies(connection, {row.fingerprint for row in rows}, allowed)
    return {row.id: _passage(row, copies[row.fingerprint]) for row in rows}


def _copies(
    connection: sa.Connection, fingerprints: set[bytes], allowed: Collection[int] | None
) -> dict[bytes, tuple[str, ...]]:
    """Fingerprint -> the names of the live documents that have it, in order."""
    found = sa.select(chunks.c.fingerprint, documents.c.name).join(documents).distinct()
    found = found.where(chunks.c.fingerprint.in_(fingerprints), chunks.c.generation.is_not(None))
    if allowed is not None:
        found = found.where(among(chunks.c.document, allowed))
    names: dict[bytes, tuple[str, ...]] = {}
    for row in connection.execute(found.order_by(documents.c.name)):
        names[row.fingerprint] = (*names.get(row.fingerprint, ()), row.name)
    return names


def _passage(row: Any, names: Iterable[str]) -> Passage:
    return Passage(
        id=row.id,
        source=row.name,
        title=row.title,
        date=row.date,
        chunk=to_chunk(row),
        lines=(row.first_line, row.last_line),
        page=row.page,
        score=0.0,
        copies=tuple(name for name in names if name != row.name),
    )


def to_chunk(row: Any) -> Chunk:
    """A row of `chunks` with its document's `name`."""
    sentences = tuple(Sentence(start, end, Kind(kind)) for start, end, kind in row.sentences)
    return Chunk(row.name, row.start, row.end, row.text, row.heading, sentences)


def read_vectors(connection: sa.Connection, ids: Sequence[int]) -> Vectors:
    """The vectors of chunks, in the order of `ids`: float32 (n, dimensions), L2-normalised."""
    found = sa.select(chunks.c.id, vectors.c.vector).join(vectors).where(among(chunks.c.id, set(ids)))
    blobs = {row.id: row.vector for row in connection.execute(found)}
    return to_matrix([blobs[i] for i in ids])


def live_vectors(
    connection: sa.Connection, allowed: Collection[int] | None
) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
    """All live chunks, of `allowed` documents if given, in batches: ids and their L2-normalised vectors."""
    import numpy as np

    found = sa.select(chunks.c.id, vectors.c.vector).join(vectors).where(chunks.c.generation.is_not(None))
    if allowed is not None:
        found = found.where(among(chunks.c.document, allowed))
    for part in connection.execution_options(yield_per=_BATCH).execute(found).partitions():
        ids, blobs = zip(*part, strict=True)
        yield np.array(ids, np.int64), to_matrix(blobs)


def generation_vectors(connection: sa.Connection, generation: int) -> Iterator[tuple[list[int], Vectors]]:
    """The live chunks of a generation, in batches: ids and their vectors."""
    found = sa.select(chunks.c.id).where(chunks.c.generation == generation).order_by(chunks.c.id)
    ids = list(connection.execute(found).scalars())
    return read_batches(connection, ids)


def read_batches(connection: sa.Connection, ids: Sequence[int]) -> Iterator[tuple[list[int], Vectors]]:
    """Chunk ids and their vectors, some thousand at a time."""
    for start in range(0, len(ids), _BATCH):
        part = list(ids[start : start + _BATCH])
        yield part, read_vectors(connection, part)


def to_matrix(blobs: Sequence[bytes]) -> Vectors:
    """Vectors as they are stored (float16) → float32 rows of length 1."""
    import numpy as np

    if not blobs:
        return np.zeros((0, 0), np.float32)
    rows = np.frombuffer(b"".join(blobs), np.float16).reshape(len(blobs), -1).astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return rows


def to_blob(vector: Sequence[float]) -> bytes:
    """A vector as it is stored: normalised, float16."""
    import numpy as np

    values = np.asarray(vector, np.float32)
    return (values / max(float(np.linalg.norm(values)), 1e-12)).astype(np.float16).tobytes()
