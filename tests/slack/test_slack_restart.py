"""Crashes and restarts: every question comes to one outcome, whatever dies in between."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.slack import notices
from bot.slack.database import connect
from bot.slack.private import UNSURE
from bot.slack.store import Asked, Store
from tests.slack import process
from tests.slack.fake_slack import FakeSlack
from tests.slack.methods import expire_streams
from tests.slack.people import MENTION, channel, command, delete, direct, edit, person, say
from tests.slack.running import answered, bot, workspace
from tests.slack.world import Message, seen

HOW_LONG = f"{MENTION} how long was the outage?"
HOW_BIG = f"{MENTION} how big was it?"
OUTAGE = "The outage began at noon [1] It lasted seven hours. [2]"
REFUSED = "The documents do not answer this."

RUNS = int(os.environ.get("CITEBOT_TEST_FAULTS", "25"))
AT_ONCE = 5


async def test_question_of_a_bot_that_died_is_answered(tmp_path: Path) -> None:
    """What was stored and not answered is answered after a restart."""
    async with workspace() as slack:
        asked = await say(slack, "C1", "U1", HOW_LONG)
        _stored(tmp_path, asked, time.time())
        async with bot(slack, tmp_path):
            (answer,) = await answered(slack, asked)
            assert seen(answer).startswith(OUTAGE)


async def test_question_that_is_no_longer_fresh(tmp_path: Path) -> None:
    """After a long absence the bot says that it was away instead of answering out of the blue."""
    async with workspace() as slack:
        asked = await say(slack, "C1", "U1", HOW_LONG)
        _stored(tmp_path, asked, time.time() - 7200)
        async with bot(slack, tmp_path):
            (answer,) = await answered(slack, asked)
            assert seen(answer) == notices.STALE


async def test_question_that_takes_the_process_down(tmp_path: Path) -> None:
    """A question at which the bot died again and again gets an error with its reference, and no further try."""
    async with workspace() as slack:
        asked = await say(slack, "C1", "U1", HOW_LONG)
        store = _stored(tmp_path, asked, time.time())
        for _ in range(3):
            (claimed,) = store.claim("dead", -1, 1)
        async with bot(slack, tmp_path):
            (answer,) = await answered(slack, asked)
            assert claimed.id in seen(answer)


def _stored(data_dir: Path, asked: Message, at: float) -> Store:
    store = Store(connect(data_dir, None))
    store.add(Asked("message", "T0HOME", "C1", asked.ts, asked.ts, "U1", asked.text, at, event_id="Ev0"))
    return store


@dataclass
class Scenario:
    """One random run: what people do, what fails, and when processes are killed."""

    seed: int
    slack: FakeSlack
    data_dir: Path
    dice: random.Random = field(init=False)
    bots: list[process.ForkServerProcess] = field(default_factory=list)
    expected: dict[str, tuple[Message, str]] = field(default_factory=dict)  # by ts: the question and its answer
    private: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    kill_at: set[int] = field(default_factory=set)
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.store = Store(connect(self.data_dir, None))
        self.kill_at = set(self.dice.sample(range(1, 40), self.dice.randint(0, 3)))
        self.slack.faults.dice = random.Random(self.seed + 1)
        self.slack.faults.rate = self.dice.choice([0.0, 0.05, 0.15])
        self.slack.watch = self.step
        self.slack.ack_seconds, self.slack.redeliver_after = 1.5, (0.2,) * 40

    def start(self) -> None:
        self.bots.append(process.start(self.data_dir, self.slack.api_url))

    def step(self, _: str) -> None:
        """Something happened between Slack and a bot: this may be its last moment."""
        self.steps += 1
        if self.steps in self.kill_at:
            self.dice.choice(self.bots).kill()
            self.start()
        elif self.dice.random() < 0.03:
            expire_streams(self.slack.world)

    async def ask_something(self) -> None:
        """A person does something at random."""
        kind = self.dice.choice(["mention", "mention", "direct", "follow", "workflow", "ask", "edit", "delete", "net"])
        if kind == "mention":
            self.expect(await say(self.slack, "C1", "U1", HOW_LONG), OUTAGE)
        elif kind == "direct":
            self.expect(await say(self.slack, direct("U2"), "U2", "how big was it?"), REFUSED)
        elif kind == "follow" and self.expected:
            earlier = self.dice.choice(list(self.expected.values()))[0]
            thread = earlier.thread_ts or earlier.ts
            if (earlier.channel, thread) in self.slack.world.messages:
                self.expect(await say(self.slack, earlier.channel, "U1", HOW_LONG, thread=thread), OUTAGE)
        elif kind == "workflow":
            self.expect(await say(self.slack, "C2", None, HOW_LONG), OUTAGE)
        elif kind == "ask":
            user = person(self.slack, self.slack.id("U"))
            self.private[user] = 1
            self.slack.spawn(command(self.slack, user, "C1", "how long was it?"))
        else:
            await self.change_something(kind)

    def expect(self, asked: Message, text: str) -> None:
        self.expected[asked.ts] = (asked, text)

    async def change_something(self, kind: str) -> None:
        if kind == "net":
            self.slack.cut()
            return
        mine = [ts for ts, (message, _) in self.expected.items() if message.user and not message.edited]
        if not mine:
            return
        message, _ = self.expected[self.dice.choice(mine)]
        message.edited = True
        if kind == "edit":
            self.slack.spawn(edit(self.slack, message, HOW_BIG))
            self.expect(message, REFUSED)
        elif not message.thread_ts and len(self.slack.world.thread(message.channel, message.ts)) == 1:
            del self.expected[message.ts]
            self.slack.spawn(delete(self.slack, message))

    def settled(self) -> bool:
        """Whether every question has come to its outcome."""
        if self.slack.tasks or self.slack.world.open_streams() or self.slack.world.stuck():
            return False
        told = all(self.slack.world.ephemerals(user) for user in self.private)
        return told and not self.wrong() and self.store.waiting() == 0

    def wrong(self) -> list[str]:
        """What is not as it has to be, in words."""
        problems = []
        threads = {(m.channel, m.thread_ts or m.ts) for m, _ in self.expected.values()}
        for place, thread in threads:
            asked = [(m, t) for m, t in self.expected.values() if (m.channel, m.thread_ts or m.ts) == (place, thread)]
            said = sorted(_kind(message) for message in self.slack.world.answers(place, thread))
            wanted = sorted(text for _, text in asked)
            if len(said) != len(wanted) or any(s not in (w, "error") for s, w in zip(said, wanted, strict=True)):
                problems.append(f"{place} {thread}: {said} where {wanted} was to be")
        known = {thread for _, thread in threads}
        stray = [m for m in self.slack.world.by_bot() if not m.ephemeral_to and m.thread_ts not in known]
        return problems + [f"stray: {seen(m)[:60]}" for m in stray]


def _kind(message: Message) -> str:
    text = seen(message)
    return next((kind for kind in (OUTAGE, REFUSED) if text.startswith(kind)), "error" if "reference" in text else text)


@contextlib.asynccontextmanager
async def scenario(seed: int, data_dir: Path) -> AsyncIterator[Scenario]:
    data_dir.mkdir()
    async with FakeSlack() as slack:
        for key in ("C1", "C2"):
            channel(slack, key)
        for key in ("U1", "U2"):
            person(slack, key)
        run = Scenario(seed, slack, data_dir)
        try:
            yield run
        finally:
            for one in run.bots:
                one.kill()
                one.join()


async def play(seed: int, data_dir: Path) -> None:
    """One run; an assertion names its seed."""
    async with scenario(seed, data_dir) as run:
        for _ in range(run.dice.randint(1, 2)):
            run.start()
        for _ in range(run.dice.randint(3, 7)):
            await run.ask_something()
            await asyncio.sleep(run.dice.choice([0.0, 0.05, 0.3]))
        run.kill_at.clear()
        run.slack.faults.rate = 0.0
        deadline = time.monotonic() + 45
        quiet = 0
        while quiet < 3 and time.monotonic() < deadline:  # a second answer might come late
            await asyncio.sleep(0.2)
            quiet = quiet + 1 if run.settled() else 0
        check(run)


def check(run: Scenario) -> None:
    slack = run.slack
    where = f"seed {run.seed}: "
    assert run.wrong() == [], where + str(run.wrong())
    assert slack.world.stuck() == {}, where + str(slack.world.stuck())
    assert slack.world.open_streams() == [], where + "a stream is open"
    for user in run.private:
        said = [seen(message) for message in slack.world.ephemerals(user)]
        answers = [text for text in said if text.startswith(OUTAGE) or "reference" in text]
        assert len(answers) <= 1, f"{where}{user} was answered twice"
        assert said, f"{where}{user} heard nothing"
        assert all(text.startswith(UNSURE) for text in said if text not in answers), where + str(said)
    # A new process cannot know how long Slack told the dead one to wait.
    wrong = [violation for violation in slack.violations if "Retry-After" not in violation]
    assert wrong == [], where + str(wrong)


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # what a killed process was connecting to
@pytest.mark.parametrize("first", range(0, RUNS, AT_ONCE))
async def test_random_faults_kills_and_restarts(tmp_path: Path, first: int) -> None:
    """Random faults, `kill -9` at any step, one or two processes: one outcome each, none twice, no stuck status.

    CITEBOT_TEST_FAULTS sets the number of runs. A failure names its seed.
    """
    seeds = range(first, min(first + AT_ONCE, RUNS))
    results = await asyncio.gather(*(play(seed, tmp_path / str(seed)) for seed in seeds), return_exceptions=True)
    failures = [str(result) for result in results if result is not None]
    assert failures == []
