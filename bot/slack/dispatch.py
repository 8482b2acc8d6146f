"""Takes stored questions up and sees each to its outcome; what a dead process had taken up is taken up again."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from bot.slack.metrics import Metrics
from bot.slack.store import Claimed, Outcome, Store
from bot.slack.web import Dismissed, SlackFailure, Unavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Timing:
    """Seconds: how long a claim holds unless renewed, between looks for questions of others, and to finish at the end.

    `at_once` is how many questions are in hand at the same time; they wait in line for the answerer's threads.
    """

    lease: float = 8.0
    look: float = 1.0
    retry: float = 5.0
    farewell: float = 8.0
    at_once: int = 64


class Dispatcher:
    """Runs in the event loop; `settle` brings one question to its outcome."""

    def __init__(
        self, store: Store, settle: Callable[[Claimed], Awaitable[Outcome]], timing: Timing, metrics: Metrics
    ) -> None:
        self._store = store
        self._settle = settle
        self._timing = timing
        self._metrics = metrics
        self._owner = uuid.uuid4().hex
        self._new = asyncio.Event()
        self._working: dict[str, asyncio.Task[None]] = {}
        self.dismissed: asyncio.Future[Dismissed] = asyncio.get_running_loop().create_future()

    def wake(self) -> None:
        """Something was stored."""
        self._new.set()

    async def run(self) -> None:
        """Take questions up until cancelled."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                self._new.clear()
                await self._take_up()
                with suppress(TimeoutError):  # not wait_for: before 3.12 it may swallow a cancellation
                    async with asyncio.timeout(self._timing.look):
                        await self._new.wait()
        finally:
            renewing.cancel()

    async def finish(self) -> None:
        """Let what is in hand come to its outcome for a while, then leave it to the next process at once."""
        if self._working:
            await asyncio.wait(self._working.values(), timeout=self._timing.farewell)
        for task in self._working.values():
            task.cancel()
        await asyncio.gather(*self._working.values(), return_exceptions=True)
        await asyncio.to_thread(self._store.release, self._owner)

    async def _take_up(self) -> None:
        room = self._timing.at_once - len(self._working)
        if room <= 0 or self.dismissed.done():
            return
        try:
            claimed = await asyncio.to_thread(self._store.claim, self._owner, self._timing.lease, room)
        except SQLAlchemyError:
            log.exception("the database does not answer; trying again")
            return
        for question in claimed:
            self._working[question.asked.place] = asyncio.create_task(self._work(question))

    async def _work(self, claimed: Claimed) -> None:
        try:
            await self._see_to(claimed)
        finally:
            self._working.pop(claimed.asked.place, None)
            self.wake()

    async def _see_to(self, claimed: Claimed) -> None:
        try:
            outcome = await self._settle(claimed)
            await asyncio.to_thread(self._store.finish, claimed, outcome, self._owner)
        except Dismissed as dismissed:
            await self._later(claimed, dismissed)
            if not self.dismissed.done():
                self.dismissed.set_result(dismissed)
        except SlackFailure as failure:
            await self._later(claimed, failure)
        except Exception:  # the loop must go on; the claim runs out and the question is taken up again
            log.exception("%s was not brought to an outcome", claimed.id)
        else:
            self._metrics.count("questions_total", "outcome", outcome.kind)
            self._metrics.observe("answer_seconds", max(0.0, time.time() - claimed.asked.asked_at))

    async def _later(self, claimed: Claimed, failure: SlackFailure) -> None:
        wait = max(failure.wait if isinstance(failure, Unavailable) else 0.0, self._timing.retry)
        log.warning("%s waits %.0f s: %s", claimed.id, wait, failure)
        await asyncio.to_thread(self._store.put_back, claimed, self._owner, wait)

    async def _renew(self) -> None:
        """Hold what is in hand; stop working on what another process has taken over."""
        while True:
            await asyncio.sleep(self._timing.lease / 4)
            places = list(self._working)
            if not places:
                continue
            try:
                held = await asyncio.to_thread(self._store.renew, places, self._owner, self._timing.lease)
            except SQLAlchemyError:
                log.exception("claims were not renewed")
                continue
            for place in set(places) - held:
                if place in self._working:
                    self._working[place].cancel()
