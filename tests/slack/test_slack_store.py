"""Questions are stored once, claimed by one, finished once; on SQLite and, where there is one, PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.slack.database import connect, metadata
from bot.slack.store import Asked, Outcome, Store
from tests.retrieval import servers

NOW = time.time()
ASKED = Asked("message", "T", "C1", "100.0", "100.0", "U1", "how long?", NOW, event_id="Ev1")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of the test's own; skipped where there is none to run."""
    if not servers.POSTGRES:
        pytest.skip("PostgreSQL (initdb, pg_ctl) is not installed")
    with servers.postgres() as url:
        yield f"{url}postgres"


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    engine = connect(tmp_path, None if request.param == "sqlite" else request.getfixturevalue("postgres"))
    yield engine
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def store(engine: sa.Engine) -> Store:
    return Store(engine)


def test_a_message_is_one_question(store: Store) -> None:
    """The same message by another event, or the same event again, adds nothing."""
    assert store.add(ASKED)
    assert not store.add(replace(ASKED, event_id="Ev2"))
    assert not store.add(replace(ASKED, ts="101.0"))
    assert store.add(replace(ASKED, ts="101.0", event_id="Ev3"))
    assert store.question(ASKED.id) == ASKED


def test_many_add_the_same_at_once(store: Store) -> None:
    """Of many processes that receive the same question one stores it."""
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: store.add(replace(ASKED, event_id=f"Ev{n}")), range(24)))
    assert added.count(True) == 1


def test_many_claim_at_once(store: Store) -> None:
    """Of many processes that look for work each question goes to one."""
    for n in range(12):
        assert store.add(replace(ASKED, ts=f"{n}.5", thread_ts=f"{n}.5", event_id=None))
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda n: store.claim(f"owner-{n}", 30, 5), range(16)))
    # A question that another looks at in this moment is passed over, and taken the next time.
    claims += [store.claim("late", 30, 5) for _ in range(3)]
    taken = [claimed.id for claim in claims for claimed in claim]
    assert len(taken) == len(set(taken)) == 12


def test_a_thread_is_answered_one_question_at_a_time(store: Store) -> None:
    """The second question of a thread waits for the first, whoever asks."""
    later = replace(ASKED, ts="101.0", event_id="Ev2", asked_at=NOW + 1)
    store.add(later)
    store.add(ASKED)
    (first,) = store.claim("a", 30, 5)
    assert first.asked == ASKED
    assert store.claim("b", 30, 5) == []
    store.finish(first, Outcome("answered", ("102.0",)), "a")
    (second,) = store.claim("b", 30, 5)
    assert second.asked == later
    assert list(store.said_in(ASKED.place)) == ["102.0"]


def test_claim_of_a_dead_process(store: Store) -> None:
    """A claim that is not renewed runs out, and the next to claim knows that there was one before."""
    store.add(ASKED)
    (first,) = store.claim("dead", -1, 5)
    (second,) = store.claim("alive", 30, 5)
    assert (first.touched, first.tries) == (False, 1)
    assert (second.touched, second.tries) == (True, 2)
    assert store.renew([ASKED.place], "dead", 30) == set()
    assert store.renew([ASKED.place], "alive", 30) == {ASKED.place}


def test_put_back_in_good_order(store: Store) -> None:
    """A question put back because Slack is away does not count as one that took the process down."""
    store.add(ASKED)
    (claimed,) = store.claim("a", 30, 5)
    store.put_back(claimed, "a", -1)
    (again,) = store.claim("a", 30, 5)
    assert (again.touched, again.tries) == (True, 1)


def test_edit_and_removal_open_a_question_again(store: Store) -> None:
    """A finished question is taken up again after an edit and after its deletion, each once."""
    store.add(ASKED)
    store.finish(store.claim("a", 30, 5)[0], Outcome("answered"), "a")
    changed = replace(ASKED, text="how big?", revision="200.0")
    assert store.edit(changed)
    assert not store.edit(changed)
    (edited,) = store.claim("a", 30, 5)
    assert edited.asked.text == "how big?"
    assert store.remove(ASKED.id)
    store.finish(edited, Outcome("answered"), "a")
    (removed,) = store.claim("a", 30, 5)
    assert removed.removed
    store.finish(removed, Outcome("removed"), "a")
    assert store.claim("a", 30, 5) == []
    assert not store.edit(replace(ASKED, revision="300.0"))


def test_words_that_were_not_for_the_bot_are_not_kept(store: Store) -> None:
    """What people said to each other is forgotten as soon as that is clear."""
    store.add(ASKED)
    store.finish(store.claim("a", 30, 5)[0], Outcome("ignored"), "a")
    kept = store.question(ASKED.id)
    assert kept is not None
    assert kept.text == ""


def test_outcome_comes_back_as_it_was(store: Store) -> None:
    """What is saved before posting is what a later process posts, whatever characters are in it."""
    answer = {"answer": "a \x00 b \ud800 ‘c’", "n": [1, None]}
    outcome = Outcome("answered", ("1.0",), answer, ({"role": "user", "content": "x"},), {"a.txt": "f0"}, False, "5.0")
    store.save(ASKED.id, outcome)
    found = store.outcome(ASKED.id)
    assert found is not None
    assert replace(found, at=0.0) == outcome


def test_limits_count_by_time(store: Store) -> None:
    """Only what was asked shortly before counts."""
    for n in range(3):
        at = NOW - 50 * n
        store.add(replace(ASKED, ts=f"{n}.0", event_id=None, asked_at=at, user="U1" if n else "U2"))
    assert store.asked_before(replace(ASKED, asked_at=NOW + 1), 60) == (1, 2)


def test_seen_keys_run_out(store: Store) -> None:
    """A key is new once, and again when it is old."""
    assert store.first_time("k", 60)
    assert not store.first_time("k", 60)
    assert store.first_time("k", -1)
    store.forget("k")
    assert store.first_time("k", 60)
