"""Full-text search over the live chunks, ranked by BM25: SQLite's own in FTS5, computed from tsvectors in PostgreSQL.

Titles and headings are searched beside the text; weighing them otherwise than the text was no better on SciFact. Terms
are stemmed (Porter), without diacritics, and OR-ed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from retrieval.database import among

MAX_TERMS = 64
MAX_CHARACTERS = 200_000  # of a chunk: PostgreSQL refuses tsvectors of 1 MB

_STOP_WORDS = frozenset(
    "a about after all also an and any are as at be been before but by can could did do does for from had has have he"
    " her his how i if in into is it its me my no not of on or our she should so than that the their them then there"
    " these they this those to was we were what when where which who whom whose why will with would you your".split()
)
_WORD = re.compile(r"\w+")
_MARKS = re.compile("[\u0300-\u036f]")

_FTS5 = """
SELECT rowid AS chunk, -bm25(citebot_lexical) AS score FROM citebot_lexical
WHERE citebot_lexical MATCH :words AND (:documents IS NULL OR rowid IN
    (SELECT id FROM citebot_chunks WHERE document IN (SELECT value FROM json_each(:documents))))
ORDER BY score DESC, rowid LIMIT :k"""

# BM25 with SQLite's constants. To take tsvectors apart is slow, so it is done for the best by weight of their terms.
_TSVECTOR = """
WITH term AS (SELECT lexeme, plainto_tsquery('simple', lexeme) AS query FROM unnest(to_tsvector('english', :words))),
total AS (SELECT (SELECT count(*) FROM citebot_lexical) AS chunks,
    (SELECT avg(length(words)) FROM (SELECT words FROM citebot_lexical LIMIT 1000) AS sample) AS length),
weighed AS MATERIALIZED (SELECT lexeme, query, ln(1 + (chunks - found + 0.5) / (found + 0.5)) AS weight
    FROM term, total, LATERAL (SELECT count(*) AS found FROM citebot_lexical WHERE words @@ query) AS matching),
best AS MATERIALIZED (SELECT chunk, words FROM citebot_lexical
    WHERE words @@ (SELECT CAST(string_agg(CAST(query AS TEXT), ' | ') AS TSQUERY) FROM weighed)
    AND (CAST(:documents AS JSON) IS NULL OR chunk IN (SELECT id FROM citebot_chunks WHERE document IN
        (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST(:documents AS JSON)))))
    ORDER BY (SELECT sum(weight) FROM weighed WHERE words @@ query) DESC, chunk LIMIT :k + 300)
SELECT chunk, CAST(sum(weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length(words) / total.length))) AS FLOAT)
    AS score
FROM best, total, LATERAL (SELECT lexeme, cardinality(positions) AS count FROM unnest(words)) AS parts
JOIN weighed USING (lexeme) GROUP BY chunk ORDER BY score DESC, chunk LIMIT :k"""


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
        return
    connection.exec_driver_sql(
        "CREATE TABLE IF NOT EXISTS citebot_lexical (chunk BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
    )
    connection.exec_driver_sql("CREATE INDEX IF NOT EXISTS citebot_lexical_words ON citebot_lexical USING gin(words)")


def drop(connection: sa.Connection) -> None:
    connection.exec_driver_sql("DROP TABLE IF EXISTS citebot_lexical")


def add(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    if connection.dialect.name == "sqlite":
        statement = "INSERT INTO citebot_lexical (rowid, title, text) VALUES (:chunk, :title, :text)"
    else:
        statement = (
            "INSERT INTO citebot_lexical (chunk, words)"
            " VALUES (:chunk, to_tsvector('english', CAST(:title AS TEXT) || ' ' || CAST(:text AS TEXT)))"
        )
    rows = [{"chunk": e.chunk, "title": _plain(e.title), "text": _plain(e.text)} for e in entries]
    connection.execute(sa.text(statement), rows)


def remove(connection: sa.Connection, ids: Collection[int]) -> None:
    column: sa.ColumnClause[int] = sa.column("rowid" if connection.dialect.name == "sqlite" else "chunk")
    connection.execute(sa.delete(sa.table("citebot_lexical")).where(among(column, ids)))


def search(
    connection: sa.Connection, query: str, k: int, documents: Collection[int] | None = None
) -> list[tuple[int, float]]:
    """The `k` best (chunk id, score), best first; `documents` are the ids of those allowed, None for all."""
    words = terms(query)
    if not words:
        return []
    allowed = None if documents is None else json.dumps(sorted(documents))
    if connection.dialect.name == "sqlite":
        match = " OR ".join(f'"{word}"' for word in words)
        found = connection.execute(sa.text(_FTS5), {"words": match, "documents": allowed, "k": k})
    else:
        found = connection.execute(sa.text(_TSVECTOR), {"words": " ".join(words), "documents": allowed, "k": k})
    return [(row.chunk, row.score) for row in found]


def terms(query: str) -> list[str]:
    """The words of a query that are searched: no function words unless there is nothing else."""
    words = dict.fromkeys(word[:100] for word in _WORD.findall(_plain(query).lower()))
    return ([word for word in words if word not in _STOP_WORDS] or list(words))[:MAX_TERMS]


def _plain(text: str) -> str:
    """Text that both databases take, without diacritics."""
    decomposed = _MARKS.sub("", unicodedata.normalize("NFKD", text[:MAX_CHARACTERS]))
    return decomposed.replace("\0", " ").encode("utf-8", "replace").decode()
