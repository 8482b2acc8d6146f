"""What the Slack bot needs of an answerer, asked from the event loop: the work runs in a bounded pool of threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from bot.answer import Answer, Citation, Claim, Conflict, Event, Nearest, Question, Seconds, Side, Usage, Withheld
from retrieval.model import Passage, Scope, Source

if TYPE_CHECKING:
    from retrieval.reader import DocumentInfo

_T = TypeVar("_T")


class Answerer(Protocol):
    """`bot.pipeline.Bot`, as far as Slack uses it. May be called from several threads at once."""

    def stream(self, question: Question) -> Iterator[Event]: ...

    def search(self, query: str, k: int = 10, scope: Scope = Scope()) -> list[Passage]: ...

    def sources(self, scope: Scope = Scope()) -> list[DocumentInfo]: ...

    def show(self, name: str) -> Source: ...

    def warm(self) -> None: ...


LONGEST = 180.0  # seconds for one answer, from when a thread is free for it


class Workers:
    """The threads in which an answerer works; what does not fit waits in line."""

    def __init__(self, answerer: Answerer, threads: int) -> None:
        self.answerer = answerer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._free = asyncio.Semaphore(threads)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def run(self, work: Callable[[], _T]) -> _T:
        async with self._free:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def stream(self, question: Question) -> AsyncGenerator[Event, None]:
        """The answerer's events as they come; its exception, if it ends with one, or TimeoutError."""
        async with self._free:
            loop = asyncio.get_running_loop()
            queue: asyncio.Queue[Event | None] = asyncio.Queue()
            stopped = Flag()
            working = loop.run_in_executor(self._pool, self._feed, question, loop, queue, stopped)
            deadline = loop.time() + LONGEST
            try:
                while (event := await _before(deadline, queue)) is not None:
                    yield event
                await working
            finally:
                stopped.set()

    def _feed(
        self, question: Question, loop: asyncio.AbstractEventLoop, queue: asyncio.Queue[Event | None], stopped: Flag
    ) -> None:
        """Runs in a thread: puts the events into the queue, and None at the end."""
        try:
            for event in self.answerer.stream(question):
                if stopped.is_set():
                    return
                loop.call_soon_threadsafe(queue.put_nowait, event)
        finally:
            loop.call_soon_threadsafe(queue.put_nowait, None)


async def _before(deadline: float, queue: asyncio.Queue[Event | None]) -> Event | None:
    async with asyncio.timeout_at(deadline):
        return await queue.get()


def load_answer(values: dict[str, Any]) -> Answer:
    """The answer whose `to_json` is `values`."""
    lists: dict[str, Callable[[dict[str, Any]], Any]] = {
        "claims": lambda v: Claim(v["text"], tuple(v["citations"])),
        "citations": lambda v: Citation(**v | {"lines": tuple(v["lines"]), "date": _date(v["date"])}),
        "conflicts": lambda v: Conflict(v["about"], tuple(Side(s["value"], tuple(s["citations"])) for s in v["sides"])),
        "nearest": lambda v: Nearest(**v | {"lines": tuple(v["lines"])}),
        "withheld": lambda v: Withheld(**v),
    }
    made: dict[str, Any] = {name: tuple(map(make, values[name])) for name, make in lists.items()}
    made |= {"usage": Usage(**values["usage"]), "seconds": Seconds(**values["seconds"])}
    return Answer(**values | made)


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
