"""Changes to the ledger: document versions are staged where no reader looks, and published in one transaction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from retrieval import digest, lexical
from retrieval.database import among
from retrieval.ledger import Generation, read_generations, to_blob, to_chunk
from retrieval.model import Chunk, Source
from retrieval.schema import FORMAT, chunks, documents, generations, index, roots, texts, vectors

_WORD = re.compile(r"\w+")
_BATCH = 500  # rows written at once
_DEAD_SHARE = 1 / 3  # of a generation's vectors; more than that and it is built anew


@dataclass(frozen=True, slots=True)
class Version:
    """A document as it was read, not yet published."""

    root: str
    path: str
    stamp: str
    source: Source
    chunks: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """What the vectors of an index are made with; `epoch` counts its rebuilds."""

    embedder: str
    epoch: int


def embedded_text(title: str, chunk: Chunk) -> str:
    """What is embedded of a chunk of a document of that title."""
    context = " ".join(part for part in (title, chunk.heading) if part and part not in chunk.indexed)
    return f"{context}\n{chunk.indexed}" if context else chunk.indexed


def fingerprint(chunk: Chunk) -> bytes:
    """Equal for chunks that say the same, whatever their case, white space and punctuation."""
    words = _WORD.findall(unicodedata.normalize("NFKC", chunk.indexed).casefold())
    return digest.of_text(" ".join(words))


def discard(connection: sa.Connection) -> None:
    """Forgets what an ingest staged that did not get to publish; the vectors it made stay."""
    connection.execute(sa.delete(documents).where(~documents.c.live))
    connection.execute(sa.delete(vectors).where(vectors.c.vector.is_(None)))


def stage(connection: sa.Connection, versions: Sequence[Version], basis: Basis) -> None:
    """Writes versions that `publish` will make live; vectors of texts embedded before are found again."""
    keys = [[_key(basis, embedded_text(v.source.title, chunk)) for chunk in v.chunks] for v in versions]
    ids = _vector_ids(connection, list(dict.fromkeys(key for of_version in keys for key in of_version)))
    for version, of_version in zip(versions, keys, strict=True):
        document = _insert(connection, documents.insert().values(_document_row(version)))
        connection.execute(texts.insert().values(document=document, text=version.source.text))
        rows = [_chunk_row(version.source, c, ids[k]) for c, k in zip(version.chunks, of_version, strict=True)]
        if rows:
            connection.execute(chunks.insert(), [row | {"document": document} for row in rows])


def unembedded(connection: sa.Connection) -> list[int]:
    """The ids of the vectors that staged chunks wait for, those of long texts first."""
    found = sa.select(vectors.c.id).join(chunks).where(vectors.c.vector.is_(None)).group_by(vectors.c.id)
    longest = sa.func.max(sa.func.length(chunks.c.text)).desc()
    return list(connection.execute(found.order_by(longest, vectors.c.id)).scalars())


def texts_to_embed(connection: sa.Connection, ids: Collection[int]) -> dict[int, str]:
    """Vector id -> the text to embed."""
    found = sa.select(chunks, documents.c.name, documents.c.title).join(documents).where(among(chunks.c.vector, ids))
    return {row.vector: embedded_text(row.title, to_chunk(row)) for row in connection.execute(found)}


def fill(connection: sa.Connection, embedded: Mapping[int, Sequence[float]]) -> None:
    """Stores vectors by their ids."""
    statement = sa.update(vectors).where(vectors.c.id == sa.bindparam("of")).values(vector=sa.bindparam("made"))
    connection.execute(statement, [{"of": i, "made": to_blob(vector)} for i, vector in embedded.items()])


def members(connection: sa.Connection, gone: Collection[int]) -> list[int]:
    """The chunks of the generation to build: the staged ones and those of the generations that it takes up.

    `gone` are the ids of the documents that will be removed. None: no generation is needed.
    """
    staged = list(connection.execute(sa.select(chunks.c.id).where(chunks.c.generation.is_(None))).scalars())
    kept = sa.and_(chunks.c.generation.is_not(None), ~among(chunks.c.document, gone))
    counted = sa.select(chunks.c.generation, sa.func.count()).where(kept).group_by(chunks.c.generation)
    live = {row[0]: row[1] for row in connection.execute(counted)}
    merged = taken_up(read_generations(connection), live, len(staged))
    older = sa.select(chunks.c.id).where(kept, among(chunks.c.generation, merged))
    return sorted([*staged, *connection.execute(older).scalars()])


def taken_up(published: Sequence[Generation], live: Mapping[int, int], added: int) -> set[int]:
    """Which generations a new one of `added` chunks replaces; `live` counts those of their chunks that stay.

    Those with many dead vectors, and each that is at most twice as large as what comes in: so there are never more
    than some log2 of all chunks, and a chunk is built into a new one about as many times.
    """
    taken = {g.id for g in published if 0 < live.get(g.id, 0) < g.size * (1 - _DEAD_SHARE)}
    incoming = added + sum(live[i] for i in taken)
    for generation in reversed(published):
        count = live.get(generation.id, 0)
        if generation.id not in taken and 0 < count <= 2 * incoming:
            taken.add(generation.id)
            incoming += count
    return taken


def publish(
    connection: sa.Connection,
    basis: Basis,
    *,
    gone: Collection[int],
    generation: str | None,
    content: Collection[int],
    remembered: Collection[str],
) -> None:
    """Makes all staged documents live and removes the `gone` ones.

    `generation` was built of the chunks `content`; `remembered` are all roots from now on.
    """
    if generation is not None:
        number = _insert(connection, generations.insert().values(name=generation, size=len(content)))
        connection.execute(sa.update(chunks).where(among(chunks.c.id, content)).values(generation=number))
    _remove(connection, gone)
    for part in _staged_entries(connection):
        lexical.add(connection, part)
    connection.execute(sa.update(documents).where(~documents.c.live).values(live=True))
    empty = ~sa.exists().where(chunks.c.generation == generations.c.id)
    connection.execute(sa.delete(generations).where(empty))
    connection.execute(sa.delete(roots))
    if remembered:
        connection.execute(roots.insert(), [{"path": root} for root in sorted(remembered)])
    _advance(connection, basis)


def restamp(connection: sa.Connection, stamps: Mapping[int, str]) -> None:
    """Notes how unchanged documents look now."""
    if stamps:
        statement = sa.update(documents).where(documents.c.id == sa.bindparam("of")).values(stamp=sa.bindparam("now"))
        connection.execute(statement, [{"of": i, "now": stamp} for i, stamp in stamps.items()])


def purge(connection: sa.Connection) -> None:
    """Drops the vectors of texts that no document holds any more."""
    connection.execute(sa.delete(vectors).where(~sa.exists().where(chunks.c.vector == vectors.c.id)))


def _remove(connection: sa.Connection, gone: Collection[int]) -> None:
    if gone:
        old = connection.execute(sa.select(chunks.c.id).where(among(chunks.c.document, gone))).scalars()
        lexical.remove(connection, list(old))
        connection.execute(sa.delete(documents).where(among(documents.c.id, gone)))


def _staged_entries(connection: sa.Connection) -> Iterator[list[lexical.Entry]]:
    staged = sa.select(chunks.c.id).join(documents).where(~documents.c.live).order_by(chunks.c.id)
    ids = list(connection.execute(staged).scalars())
    for start in range(0, len(ids), _BATCH):
        found = sa.select(chunks, documents.c.name, documents.c.title).join(documents)
        rows = connection.execute(found.where(among(chunks.c.id, ids[start : start + _BATCH])))
        yield [lexical.Entry(row.id, f"{row.title} {row.heading}", to_chunk(row).indexed) for row in rows]


def _advance(connection: sa.Connection, basis: Basis) -> None:
    blob = connection.execute(sa.select(vectors.c.vector).join(chunks).limit(1)).scalar()
    dimensions = len(blob) // 2 if blob else 0
    values = {"format": FORMAT, "embedder": basis.embedder, "epoch": basis.epoch, "dimensions": dimensions}
    connection.execute(sa.update(index).values(values | {"version": index.c.version + 1}))


def _insert(connection: sa.Connection, row: sa.Insert) -> int:
    """The id of the new row."""
    key = connection.execute(row).inserted_primary_key
    assert key is not None
    return int(key[0])


def _vector_ids(connection: sa.Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
    """Key -> id, with a new row, yet without a vector, for each key that is new."""
    ids = _known_vectors(connection, keys)
    new = [{"key": key} for key in keys if key not in ids]
    if new:
        connection.execute(vectors.insert(), new)
    return ids | _known_vectors(connection, [row["key"] for row in new])


def _known_vectors(connection: sa.Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
    ids: dict[bytes, int] = {}
    for start in range(0, len(keys), _BATCH):
        found = sa.select(vectors.c.key, vectors.c.id).where(vectors.c.key.in_(keys[start : start + _BATCH]))
        ids |= {row.key: row.id for row in connection.execute(found)}
    return ids


def _document_row(version: Version) -> dict[str, Any]:
    source = version.source
    return {
        "root": version.root,
        "path": version.path,
        "live": False,
        "name": source.name,
        "title": source.title,
        "date": source.date,
        "pages": list(source.pages),
        "sha256": source.sha256,
        "stamp": version.stamp,
        "characters": len(source.text),
        "chunks": len(version.chunks),
        "indexed_at": datetime.now(UTC).replace(tzinfo=None),
    }


def _chunk_row(source: Source, chunk: Chunk, vector: int) -> dict[str, Any]:
    first, last = source.lines(chunk.start, chunk.end)
    return {
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "heading": chunk.heading,
        "sentences": [(s.start, s.end, s.kind) for s in chunk.sentences],
        "first_line": first,
        "last_line": last,
        "page": source.page(chunk.start),
        "fingerprint": fingerprint(chunk),
        "vector": vector,
    }


def _key(basis: Basis, text: str) -> bytes:
    return digest.of_text(f"{basis.embedder}\0{basis.epoch}\0{text}")
