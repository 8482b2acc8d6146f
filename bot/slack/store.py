"""Questions and their outcomes: stored before they are acknowledged, claimed by one process at a time, finished once.

Times are seconds since the epoch. A *place* is what is answered one at a time: a thread, or one private question.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from bot.slack.database import outcomes, questions, seen, threads

QuestionKind = Literal["message", "ask", "sources", "share"]
OutcomeKind = Literal["answered", "partial", "refused", "sources", "notice", "error", "ignored", "removed", "gone"]


@dataclass(frozen=True)
class Asked:
    """A question as it came in. `thread_ts` is None where the answer goes to the asker alone or to a channel's root.

    `addressed` is whether it was put to the bot (a mention, a direct message), not just said in a thread the bot is in.
    """

    kind: QuestionKind
    team: str
    channel: str
    thread_ts: str | None
    ts: str
    user: str | None
    text: str
    asked_at: float
    event_id: str | None = None
    outsider: bool = False
    addressed: bool = True
    response_url: str | None = None
    about: str | None = None
    revision: str = ""

    @property
    def id(self) -> str:
        """The reference id: the same for every delivery of the same message."""
        return question_id(self.team, self.channel, self.ts)

    @property
    def place(self) -> str:
        return f"{self.channel}:{self.thread_ts}" if self.thread_ts else self.id

    @property
    def private(self) -> bool:
        """Whether only the asker sees the answer."""
        return self.kind in ("ask", "sources")


@dataclass(frozen=True)
class Claimed:
    """A question taken up by this process. `touched`: Slack may already show something of an earlier attempt."""

    asked: Asked
    removed: bool
    tries: int
    touched: bool

    @property
    def id(self) -> str:
        return self.asked.id


@dataclass(frozen=True)
class Outcome:
    """What became of a question; `answer` is the answer object, `versions` the sha256 of each cited document.

    `messages` are the ts of what was posted, `delivered` is False from before the first attempt to post it.
    """

    kind: OutcomeKind
    messages: tuple[str, ...] = ()
    answer: dict[str, Any] | None = None
    history: tuple[dict[str, str], ...] = ()
    versions: dict[str, str] | None = None
    delivered: bool = False
    revision: str = ""
    at: float = 0.0


def question_id(team: str, channel: str, ts: str) -> str:
    return hashlib.sha256(f"{team}|{channel}|{ts}".encode()).hexdigest()[:12]


class Store:
    """The database side; every method is one short transaction and may be called from any thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        self._engine.dispose()

    def check(self) -> None:
        """Raise SQLAlchemyError where the database cannot be reached."""
        with self._engine.begin() as connection:
            connection.execute(sa.select(sa.literal(1)))

    def add(self, asked: Asked) -> bool:
        """Store a question; False where it is there already, by its message or by its event id."""
        values = {name: getattr(asked, name) for name in asked.__dataclass_fields__}
        row = values | {"id": asked.id, "place": asked.place, "removed": False, "open": True}
        row |= {"tries": 0, "touched": False}
        with self._engine.begin() as connection:
            _insert_new(connection, threads, {"place": asked.place, "owner": "", "until": 0.0})
            return _insert_new(connection, questions, row)

    def first_time(self, key: str, keep: float) -> bool:
        """Whether `key` was not seen in the last `keep` seconds; it is from now on."""
        now = time.time()
        with self._engine.begin() as connection:
            connection.execute(sa.delete(seen).where(seen.c.at < now - keep))
            return _insert_new(connection, seen, {"key": key[:80], "at": now})

    def forget(self, key: str) -> None:
        """`key` was not seen after all."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(seen).where(seen.c.key == key))

    def edit(self, asked: Asked) -> bool:
        """The question now reads as `asked`; False where there is no such question or the edit is known."""
        newer = sa.and_(questions.c.id == asked.id, questions.c.revision < asked.revision, ~questions.c.removed)
        values = {"text": asked.text, "revision": asked.revision, "addressed": asked.addressed}
        return self._update(questions, newer, values | {"open": True, "tries": 0})

    def remove(self, key: str) -> bool:
        """The question was deleted: what was answered has to go."""
        known = sa.and_(questions.c.id == key, ~questions.c.removed)
        return self._update(questions, known, {"removed": True, "open": True, "tries": 0})

    def follows(self, channel: str, thread_ts: str) -> bool:
        """Whether the bot is in this thread already."""
        with self._engine.begin() as connection:
            found = connection.execute(sa.select(threads.c.place).where(threads.c.place == f"{channel}:{thread_ts}"))
            return found.first() is not None

    def root(self, key: str, channel: str, ts: str) -> None:
        """The answer to a question without a thread became a message that can have one."""
        place = f"{channel}:{ts}"
        with self._engine.begin() as connection:
            _insert_new(connection, threads, {"place": place, "owner": "", "until": 0.0})
            connection.execute(sa.update(questions).where(questions.c.id == key).values(place=place))

    def claim(self, owner: str, lease: float, most: int) -> list[Claimed]:
        """Take up at most `most` open questions, the oldest of each free place, for `lease` seconds."""
        now = time.time()
        with self._engine.begin() as connection:
            oldest = sa.func.min(questions.c.asked_at)
            free = sa.select(questions.c.place).join(threads, threads.c.place == questions.c.place)
            free = free.where(questions.c.open, threads.c.until < now).group_by(questions.c.place)
            places = connection.execute(free.order_by(oldest).limit(most)).scalars().all()
            return [taken for place in places for taken in _take(connection, place, owner, now, now + lease)]

    def renew(self, places: Iterable[str], owner: str, lease: float) -> set[str]:
        """Hold the places for another `lease` seconds; those that are still this owner's."""
        held = sa.and_(threads.c.place.in_(list(places)), threads.c.owner == owner)
        with self._engine.begin() as connection:
            connection.execute(sa.update(threads).where(held).values(until=time.time() + lease))
            return set(connection.execute(sa.select(threads.c.place).where(held)).scalars())

    def put_back(self, claimed: Claimed, owner: str, wait: float) -> None:
        """Leave the question to whoever claims it after `wait` seconds: nothing is wrong with the question itself."""
        with self._engine.begin() as connection:
            unharmed = sa.update(questions).where(questions.c.id == claimed.id).values(tries=questions.c.tries - 1)
            connection.execute(unharmed)
            _release(connection, claimed.asked.place, owner, time.time() + wait)

    def release(self, owner: str) -> None:
        """Free everything this owner holds."""
        self._update(threads, threads.c.owner == owner, {"owner": "", "until": 0.0})

    def save(self, key: str, outcome: Outcome) -> None:
        """Keep what is about to be posted, so that a crash does not lose it."""
        with self._engine.begin() as connection:
            _put_outcome(connection, key, outcome)

    def finish(self, claimed: Claimed, outcome: Outcome, owner: str) -> None:
        """The outcome stands; the question is closed unless it was edited or deleted meanwhile."""
        same = sa.and_(questions.c.id == claimed.id, questions.c.revision == claimed.asked.revision)
        same = sa.and_(same, questions.c.removed == claimed.removed)
        with self._engine.begin() as connection:
            _put_outcome(connection, claimed.id, replace(outcome, delivered=True))
            forget = {"text": ""} if outcome.kind in ("ignored", "removed") else {}
            connection.execute(sa.update(questions).where(same).values(open=False, **forget))
            _release(connection, claimed.asked.place, owner, 0.0)

    def outcome(self, key: str) -> Outcome | None:
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(outcomes).where(outcomes.c.id == key)).mappings().first()
        return _outcome(row) if row else None

    def question(self, key: str) -> Asked | None:
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(questions).where(questions.c.id == key)).mappings().first()
        return _asked(row) if row else None

    def said_in(self, place: str, before: str | None = None) -> dict[str, Outcome]:
        """What the bot posted in a thread, to questions asked before that ts: the outcome of each message by its ts."""
        query = sa.select(outcomes).join(questions, questions.c.id == outcomes.c.id).where(questions.c.place == place)
        if before is not None:
            query = query.where(sa.or_(questions.c.ts < before, questions.c.kind == "share"))
        with self._engine.begin() as connection:
            found = [_outcome(row) for row in connection.execute(query).mappings()]
        return {ts: outcome for outcome in found for ts in outcome.messages}

    def asked_before(self, asked: Asked, seconds: float) -> tuple[int, int]:
        """How many questions its user and its channel asked in the `seconds` before it."""
        window = sa.and_(questions.c.asked_at < asked.asked_at, questions.c.asked_at > asked.asked_at - seconds)
        count = sa.select(sa.func.count()).select_from(questions).where(window)
        with self._engine.begin() as connection:
            by_user = connection.execute(count.where(questions.c.user == asked.user)).scalar_one()
            in_channel = connection.execute(count.where(questions.c.channel == asked.channel)).scalar_one()
        return (by_user if asked.user else 0), in_channel

    def waiting(self) -> int:
        with self._engine.begin() as connection:
            return connection.execute(
                sa.select(sa.func.count()).select_from(questions).where(questions.c.open)
            ).scalar_one()

    def unanswered(self, most: int) -> list[tuple[Asked, Outcome]]:
        """The latest questions that were refused or failed, newest first."""
        bad = outcomes.c.kind.in_(("refused", "error"))
        query = sa.select(outcomes.c.id).where(bad).order_by(outcomes.c.at.desc()).limit(most)
        with self._engine.begin() as connection:
            keys = connection.execute(query).scalars().all()
        found = [(self.question(key), self.outcome(key)) for key in keys]
        return [(asked, outcome) for asked, outcome in found if asked and outcome]

    def _update(self, table: sa.Table, where: sa.ColumnElement[bool], values: dict[str, Any]) -> bool:
        with self._engine.begin() as connection:
            return connection.execute(sa.update(table).where(where).values(values)).rowcount > 0


def _insert_new(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> bool:
    """Insert, or leave the row that is there: atomic in every database, without its own dialect of SQL."""
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(table).values(row))
    except sa.exc.IntegrityError:
        return False
    return True


def _take(connection: sa.Connection, place: str, owner: str, now: float, until: float) -> list[Claimed]:
    free = sa.and_(threads.c.place == place, threads.c.until < now)
    if not connection.execute(sa.update(threads).where(free).values(owner=owner, until=until)).rowcount:
        return []
    mine = sa.select(questions).where(questions.c.place == place, questions.c.open).order_by(questions.c.asked_at)
    row = connection.execute(mine.limit(1)).mappings().first()
    if row is None:
        _release(connection, place, owner, 0.0)
        return []
    taken = sa.update(questions).where(questions.c.id == row["id"])
    connection.execute(taken.values(tries=questions.c.tries + 1, touched=True))
    return [Claimed(_asked(row), row["removed"], row["tries"] + 1, row["touched"])]


def _release(connection: sa.Connection, place: str, owner: str, until: float) -> None:
    held = sa.and_(threads.c.place == place, threads.c.owner == owner)
    connection.execute(sa.update(threads).where(held).values(owner="", until=until))


def _put_outcome(connection: sa.Connection, key: str, outcome: Outcome) -> None:
    row = {name: getattr(outcome, name) for name in outcome.__dataclass_fields__}
    row |= {"id": key, "messages": list(outcome.messages), "history": list(outcome.history), "at": time.time()}
    row["versions"] = outcome.versions or {}
    if not _insert_new(connection, outcomes, row):
        connection.execute(sa.update(outcomes).where(outcomes.c.id == key).values(row))


def _asked(row: sa.RowMapping) -> Asked:
    return Asked(**{name: row[name] for name in Asked.__dataclass_fields__})


def _outcome(row: sa.RowMapping) -> Outcome:
    values = {name: row[name] for name in Outcome.__dataclass_fields__}
    return Outcome(**values | {"messages": tuple(row["messages"]), "history": tuple(row["history"])})
