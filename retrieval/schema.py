"""The tables of the ledger. What a row means is said here; what is done with them stands in `retrieval/ledger.py`."""

from __future__ import annotations

import sqlalchemy as sa

from retrieval.database import AnyText

# Raised with every change of the tables or of what chunks are; an index of another format has to be rebuilt.
FORMAT = 1

metadata = sa.MetaData()

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite counts up only in INTEGER columns

# One row. `uid` tells it from other indexes on one Chroma server. `version` counts what was published, from 0 for
# nothing yet. `epoch` counts the rebuilds: vectors of an earlier epoch are not taken again.
index = sa.Table(
    "citebot_index",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("format", sa.Integer, nullable=False),
    sa.Column("uid", sa.String(8), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("embedder", sa.Text, nullable=False),
    sa.Column("dimensions", sa.Integer, nullable=False),
)

# What is synced when `ingest` names no path: absolute paths of folders and files. Outlives a change of format.
roots = sa.Table("citebot_roots", metadata, sa.Column("path", AnyText, primary_key=True))

# A version of a document. `live` ones are published, the others are being staged by a running or a killed ingest; a
# row is never changed into another version. `path` is relative to the root, "." for a root that is a file. `stamp` is
# what the file's unchanged status looks like, "" where that proves nothing.
documents = sa.Table(
    "citebot_documents",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("root", AnyText, nullable=False),
    sa.Column("path", AnyText, nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("title", AnyText, nullable=False),
    sa.Column("date", sa.Date),
    sa.Column("pages", sa.JSON, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("stamp", sa.Text, nullable=False),
    sa.Column("characters", sa.Integer, nullable=False),
    sa.Column("chunks", sa.Integer, nullable=False),
    sa.Column("indexed_at", sa.DateTime, nullable=False),  # UTC
    sqlite_autoincrement=True,
)

texts = sa.Table(
    "citebot_texts",
    metadata,
    sa.Column("document", sa.ForeignKey(documents.c.id, ondelete="CASCADE"), primary_key=True),
    sa.Column("text", AnyText, nullable=False),
)

# A Chroma folder or collection: `size` vectors, those of the chunks that name it. Ids of chunks are never used again.
generations = sa.Table(
    "citebot_generations",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("name", sa.String(32), nullable=False, unique=True),
    sa.Column("size", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)

# An embedded text, by a digest of embedder, epoch and text; `vector` is float16, NULL until it is embedded.
vectors = sa.Table(
    "citebot_vectors",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("key", sa.LargeBinary(16), nullable=False, unique=True),
    sa.Column("vector", sa.LargeBinary),
)

# `sentences` is a list of [start, end, kind]. Chunks of one `fingerprint` say the same.
chunks = sa.Table(
    "citebot_chunks",
    metadata,
    sa.Column("id", _Id, primary_key=True),
    sa.Column("document", sa.ForeignKey(documents.c.id, ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("text", AnyText, nullable=False),
    sa.Column("heading", AnyText, nullable=False),
    sa.Column("sentences", sa.JSON, nullable=False),
    sa.Column("first_line", sa.Integer, nullable=False),
    sa.Column("last_line", sa.Integer, nullable=False),
    sa.Column("page", sa.Integer),
    sa.Column("fingerprint", sa.LargeBinary(16), nullable=False, index=True),
    sa.Column("vector", sa.ForeignKey(vectors.c.id), nullable=False, index=True),
    sa.Column("generation", sa.ForeignKey(generations.c.id), index=True),
    sqlite_autoincrement=True,
)
