"""The database behind the ledger, SQLite or PostgreSQL: opening it, its transactions, its errors in plain words.

What the two do differently lives here and, for full text, in `retrieval/lexical.py`.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles

from retrieval.errors import StoreError, UsageError

FILE = "ledger.sqlite3"

_BUSY_SECONDS = 30
_FULL = ("database or disk is full", "no space left", "disk full", "file too large")
_READ_ONLY = ("readonly database", "unable to open database file", "permission denied", "read-only")
_DAMAGED = ("not a database", "malformed", "disk image")


class AnyText(sa.types.TypeDecorator[str]):
    """Any Python string: the databases' own text types refuse NUL characters and file names that are no text."""

    impl = sa.LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> bytes | None:  # noqa: ARG002 - SQLAlchemy's
        return None if value is None else value.encode("utf-8", "surrogatepass")

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - as above
        return None if value is None else value.decode("utf-8", "surrogatepass")


def open_database(data_dir: Path, url: str | None) -> sa.Engine:
    """An engine; `url` is `DATABASE_URL`, None for the SQLite file in `data_dir`. Nothing is connected yet.

    Raises UsageError where the URL names another kind of database.
    """
    if url is None:
        return _sqlite(data_dir / FILE)
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in ("postgres", "postgresql") or not rest:
        raise UsageError(
            "DATABASE_URL must begin with postgresql://; unset it for a SQLite file in the data directory."
        )
    return sa.create_engine(
        f"postgresql+psycopg://{rest}", pool_pre_ping=True, max_overflow=-1, connect_args={"connect_timeout": 10}
    )


def _sqlite(file: Path) -> sa.Engine:
    url = sa.URL.create("sqlite", database=str(file))
    engine = sa.create_engine(url, max_overflow=-1, connect_args={"timeout": _BUSY_SECONDS})

    @sa.event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not where the driver guesses
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")  # in WAL mode: a power cut may lose the last ingest, no more

    @sa.event.listens_for(engine, "begin")
    def _(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that sees one state of the database, whatever is committed meanwhile."""
    options: dict[str, Any] = {}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that is committed whole, or not at all if the block raises."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def among(column: sa.ColumnElement[Any], ids: Collection[int]) -> sa.ColumnElement[bool]:
    """`column` is one of `ids`, however many they are: they travel as one parameter."""
    return _Among(column, sa.literal(json.dumps(sorted(ids))))


class _Among(sa.sql.functions.FunctionElement[bool]):
    type = sa.Boolean()
    inherit_cache = True


@compiles(_Among, "sqlite")
def _(element: _Among, compiler: sa.Compiled, **kw: Any) -> str:
    column, ids = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - compiled clauses, no values


@compiles(_Among, "postgresql")
def _(element: _Among, compiler: sa.Compiled, **kw: Any) -> str:
    column, ids = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST({ids} AS JSON)))"  # noqa: S608


@contextmanager
def database_errors(place: str) -> Iterator[None]:
    """Turns what the database raises into a StoreError that says what to do; `place` is named in it."""
    try:
        yield
    except sa.exc.ProgrammingError as error:  # a defect of ours, or missing rights
        if "permission denied" not in str(error.orig):
            raise
        raise StoreError(sentence(str(error.orig), place)) from error
    except sa.exc.DBAPIError as error:
        raise StoreError(sentence(str(error.orig), place)) from error


@contextmanager
def plain_errors(place: str) -> Iterator[None]:
    """As `database_errors`, and the same for files that cannot be used."""
    try:
        with database_errors(place):
            yield
    except BrokenPipeError:  # whoever read our progress went away
        raise
    except OSError as error:
        raise StoreError(sentence(_reason(error), place)) from error


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _FULL[0]
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return _READ_ONLY[0]
    return error.strerror or type(error).__name__


def sentence(reason: str, place: str) -> str:
    """What to tell a user for whom `place` failed; `reason` is what the library said, which is not shown."""
    said = reason.lower()
    if place == "DATABASE_URL" and "permission denied" in said:
        return "The user of DATABASE_URL may not make or change tables: grant that, or use another one."
    if any(words in said for words in _FULL):
        return f"There is no space left for {place}: free some and run the same command again; the index is as it was."
    if any(words in said for words in _READ_ONLY):
        return f"{place} cannot be written: make it writable or set CITEBOT_DATA_DIR to another folder."
    if "locked" in said:
        return f"{place} has been locked by another program for {_BUSY_SECONDS} seconds: try again when it is done."
    if any(words in said for words in _DAMAGED):
        return f"The index in {place} is damaged: move that folder away and ingest again."
    if place.startswith("http"):
        return f"The Chroma server at {place} does not answer or refuses: start it, or mend CITEBOT_CHROMA_URL."
    if place == "DATABASE_URL":
        return "The database of DATABASE_URL does not answer or refuses: check that it runs, the address and password."
    return f"{place} cannot be used: check that its disk works."
