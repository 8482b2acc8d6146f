"""Full-text search over the live chunks: SQLite's FTS5 ranked by BM25, PostgreSQL's tsvector ranked much like it.

Titles and headings are searched beside the text. Terms are stemmed (Porter), without diacritics, and OR-ed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from retrieval.database import among
from retrieval.schema import chunks

TITLE_WEIGHT = 1.0  # of a match in the title or heading, against 1 in the text: measured best on SciFact
MAX_TERMS = 64
MAX_CHARACTERS = 200_000  # of a chunk: PostgreSQL refuses tsvectors of 1 MB

_STOP_WORDS = frozenset(
    "a about after all also an and any are as at be been before but by can could did do does for from had has have he"
    " her his how i if in into is it its me my no not of on or our she should so than that the their them then there"
    " these they this those to was we were what when where which who whom whose why will with would you your".split()
)
_WORD = re.compile(r"\w+")
_MARKS = re.compile("[\u0300-\u036f]")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is searched of one chunk."""

    chunk: int
    title: str
    text: str


def create(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            "CREATE VIRTUAL TABLE IF NOT EXISTS citebot_lexical USING fts5(title, text, tokenize = 'porter unicode61')"
        )
    else:
        connection.exec_driver_sql(
            "CREATE TABLE IF NOT EXISTS citebot_lexical (chunk BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        connection.exec_driver_sql(
            "CREATE INDEX IF NOT EXISTS citebot_lexical_words ON citebot_lexical USING gin(words)"
        )


def drop(connection: sa.Connection) -> None:
    connection.exec_driver_sql("DROP TABLE IF EXISTS citebot_lexical")


def add(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    if connection.dialect.name == "sqlite":
        statement = "INSERT INTO citebot_lexical (rowid, title, text) VALUES (:chunk, :title, :text)"
    else:
        statement = (
            "INSERT INTO citebot_lexical (chunk, words) VALUES (:chunk, setweight(to_tsvector('english', :title), 'B')"
            " || setweight(to_tsvector('english', :text), 'A'))"
        )
    rows = [{"chunk": e.chunk, "title": _plain(e.title), "text": _plain(e.text)} for e in entries]
    connection.execute(sa.text(statement), rows)


def remove(connection: sa.Connection, ids: Collection[int]) -> None:
    table = sa.table("citebot_lexical")
    column: sa.ColumnClause[int] = sa.column("rowid" if connection.dialect.name == "sqlite" else "chunk")
    connection.execute(sa.delete(table).where(among(column, ids)))


def search(
    connection: sa.Connection, query: str, k: int, documents: Collection[int] | None = None
) -> list[tuple[int, float]]:
    """The `k` best (chunk id, score), best first; `documents` are the ids of those allowed, None for all."""
    words = terms(query)
    if not words:
        return []
    matches = _fts5(words) if connection.dialect.name == "sqlite" else _tsvector(words)
    statement = sa.select(matches.c.chunk, matches.c.score)
    if documents is not None:
        allowed = sa.select(chunks.c.id).where(among(chunks.c.document, documents))
        statement = statement.where(matches.c.chunk.in_(allowed))
    statement = statement.order_by(matches.c.score.desc(), matches.c.chunk).limit(k)
    return [(row.chunk, row.score) for row in connection.execute(statement)]


def terms(query: str) -> list[str]:
    """The words of a query that are searched: no function words unless there is nothing else."""
    words = dict.fromkeys(word[:100] for word in _WORD.findall(_plain(query).lower()))
    return ([word for word in words if word not in _STOP_WORDS] or list(words))[:MAX_TERMS]


def _fts5(words: Sequence[str]) -> sa.Subquery[Any]:
    match = " OR ".join(f'"{word}"' for word in words)
    return (
        sa.text(
            "SELECT rowid AS chunk, -bm25(citebot_lexical, :title_weight, 1.0) AS score FROM citebot_lexical"
            " WHERE citebot_lexical MATCH :match"
        )
        .bindparams(title_weight=TITLE_WEIGHT, match=match)
        .columns(sa.column("chunk", sa.Integer), sa.column("score", sa.Float))
        .subquery()
    )


def _tsvector(words: Sequence[str]) -> sa.Subquery[Any]:
    """The sum over the terms of inverse document frequency times the term's rank in the chunk, by its length."""
    return (
        sa.text(
            "WITH term AS (SELECT DISTINCT plainto_tsquery('english', word) AS query FROM unnest(:words) AS word),"
            " weighed AS (SELECT query, ln(1 + (SELECT count(*) FROM citebot_lexical)"
            " / (0.5 + (SELECT count(*) FROM citebot_lexical WHERE words @@ query))) AS weight FROM term"
            " WHERE numnode(query) > 0)"
            " SELECT chunk, CAST(sum(weight * ts_rank_cd(ARRAY[0, 0, :title_weight, 1]::real[], words, query, 1))"
            " AS FLOAT) AS score FROM weighed JOIN citebot_lexical ON words @@ query GROUP BY chunk"
        )
        .bindparams(sa.bindparam("words", list(words), sa.ARRAY(sa.Text)), title_weight=TITLE_WEIGHT)
        .columns(sa.column("chunk", sa.BigInteger), sa.column("score", sa.Float))
        .subquery()
    )


def _plain(text: str) -> str:
    """Text that both databases take, without diacritics."""
    decomposed = _MARKS.sub("", unicodedata.normalize("NFKD", text[:MAX_CHARACTERS]))
    return decomposed.replace("\0", " ").encode("utf-8", "replace").decode()
