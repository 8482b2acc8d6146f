"""What the Slack bot needs of an answerer, asked from the event loop: the work runs in a bounded pool of threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
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


class Workers:
    """The threads in which an answerer works; what does not fit waits in line."""

    def __init__(self, answerer: Answerer, threads: int) -> None:
        self.answerer = answerer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def run(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def stream(self, question: Question) -> AsyncIterator[Event]:
        """The answerer's events as they come; its exception, if it ends with one."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        stopped = Flag()

        def work() -> None:
            try:
                for event in self.answerer.stream(question):
                    if stopped.is_set():
                        return
                    loop.call_soon_threadsafe(queue.put_nowait, event)
            finally:
                loop.call_soon_threadsafe(queue.put_nowait, None)

        working = loop.run_in_executor(self._pool, work)
        try:
            while (event := await queue.get()) is not None:
                yield event
            await working
        finally:
            stopped.set()
            working.cancel()  # where it has not begun


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
