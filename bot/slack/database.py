"""The Slack bot's own tables, in `DATABASE_URL` or a SQLite file of their own: so an ingest never holds up an event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from retrieval.errors import StoreError

FILE = "slack.sqlite3"


class Json(sa.types.TypeDecorator[Any]):
    """JSON as ASCII text: PostgreSQL's own type refuses NUL and file names that are no text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 -- SQLAlchemy's
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:  # noqa: ARG002 -- as above
        return None if value is None else json.loads(value)


metadata = sa.MetaData()

questions = sa.Table(
    "slack_questions",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("event_id", sa.String(64), unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("place", sa.String(80), nullable=False, index=True),
    sa.Column("team", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("thread_ts", sa.String(32)),
    sa.Column("ts", sa.String(128), nullable=False),
    sa.Column("user", sa.String(32)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("outsider", sa.Boolean, nullable=False),
    sa.Column("addressed", sa.Boolean, nullable=False),
    sa.Column("response_url", sa.Text),
    sa.Column("about", sa.String(16)),  # the question whose answer a share repeats
    sa.Column("asked_at", sa.Float, nullable=False),
    sa.Column("revision", sa.String(32), nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),  # times it was taken up and not put back in good order
    sa.Column("touched", sa.Boolean, nullable=False),  # taken up before: Slack may show something of it already
    sa.Index("slack_questions_user", "user", "asked_at"),
    sa.Index("slack_questions_channel", "channel", "asked_at"),
    sa.Index("slack_questions_open", "open", "asked_at"),
)

outcomes = sa.Table(
    "slack_outcomes",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("revision", sa.String(32), nullable=False),
    sa.Column("messages", Json, nullable=False),
    sa.Column("answer", Json),
    sa.Column("history", Json, nullable=False),
    sa.Column("versions", Json, nullable=False),
    sa.Column("delivered", sa.Boolean, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)

threads = sa.Table(
    "slack_threads",
    metadata,
    sa.Column("place", sa.String(80), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)

feedback = sa.Table(
    "slack_feedback",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("user", sa.String(32), primary_key=True),
    sa.Column("verdict", sa.String(8), nullable=False),
    sa.Column("reasons", Json, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", Json, nullable=False),
    sa.Column("history", Json, nullable=False),
    sa.Column("versions", Json, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)

seen = sa.Table(
    "slack_seen",
    metadata,
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
)


def connect(data_dir: Path, database_url: str | None) -> sa.Engine:
    """An engine whose tables are there. Raises StoreError where the database cannot be reached or written."""
    try:
        if database_url is None:
            data_dir.mkdir(parents=True, exist_ok=True)
        engine = _engine(database_url or f"sqlite:///{data_dir / FILE}")
        with engine.begin() as connection:
            metadata.create_all(connection)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        place = "DATABASE_URL" if database_url else f"{data_dir}"
        raise StoreError(f"The database for Slack cannot be opened: check {place}.") from error
    return engine


def _engine(url: str) -> sa.Engine:
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        return sa.create_engine(f"postgresql+psycopg://{rest}", pool_size=8, pool_pre_ping=True)
    if not scheme.startswith("sqlite"):
        return sa.create_engine(url, pool_size=8, pool_pre_ping=True)
    engine = sa.create_engine(url, connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin as `begin` above says, not as the driver guesses
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # a crash of the process loses nothing; one of the host may
