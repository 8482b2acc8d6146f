"""The answer to a question that is to be answered: made now, or kept from an attempt that a crash cut short."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any

from bot.answer import Answer, Done, Progress, Question, Statement, Turn
from bot.slack import thread
from bot.slack.access import Access
from bot.slack.answers import Workers, load_answer
from bot.slack.events import Me
from bot.slack.metrics import Metrics
from bot.slack.quotes import passages_answer
from bot.slack.store import Asked, Claimed, Outcome, Store
from bot.slack.text import said
from retrieval.errors import StoreError
from retrieval.model import Scope

log = logging.getLogger(__name__)

Json = dict[str, Any]

TRIES = 3  # a question that took the process down this often is not tried again
FOUND = 5  # passages shown for the shortcut


@dataclass(frozen=True)
class Made:
    """An answer with what it was made of. `statements` are () where it was not made just now."""

    answer: Answer
    statements: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Shower:
    """Where the progress of an answer is shown: the status, and the statements as they come."""

    progress: Callable[[str], None]
    statement: Callable[[str], None]


class Maker:
    """Makes answers within what their readers may read."""

    def __init__(self, workers: Workers, store: Store, access: Access, me: Me, metrics: Metrics) -> None:
        self._workers = workers
        self._store = store
        self._access = access
        self._me = me
        self._metrics = metrics

    async def make(self, claimed: Claimed, said_before: Sequence[Json], shower: Shower) -> Made:
        """A new answer. Raises whatever the answerer raises."""
        asked = claimed.asked
        if claimed.tries > TRIES:
            raise RuntimeError("the process ended each time this question was taken up")
        scope = await self._access.scope(asked)
        assert scope is not None  # or it was not admitted
        words = said(asked.text, self._me.user)
        if asked.kind == "sources":
            return Made(await self._search(words, scope))
        outcomes = await self.outcomes_before(asked) if said_before else {}
        turns = thread.history(said_before, outcomes, self._me)
        return await self._streamed(Question(words, turns, scope), shower)

    async def outcomes_before(self, asked: Asked) -> Mapping[str, Outcome]:
        """What the bot posted in the thread for earlier questions, by ts."""
        return await asyncio.to_thread(self._store.said_in, asked.place, asked.ts)

    async def kept(self, asked: Asked, earlier: Outcome | None) -> Made | None:
        """An answer that was made before and may be posted as it is; for a share, the one that is shared."""
        if earlier is not None and (earlier.delivered or earlier.revision != asked.revision):
            earlier = None
        if earlier is None and asked.about is not None:
            earlier = await asyncio.to_thread(self._store.outcome, asked.about)
        if earlier is None or earlier.answer is None or not await self._stands(asked, earlier):
            return None
        return Made(load_answer(earlier.answer), history=tuple(Turn(**turn) for turn in earlier.history))  # type: ignore[arg-type]

    async def outcome(self, asked: Asked, made: Made) -> Outcome:
        """What is kept of an answer."""
        if made.answer.error:
            log.warning("%s: %s", asked.id, made.answer.error)
        cited = {c.source for c in made.answer.citations} | {n.source for n in made.answer.nearest}
        return Outcome(
            "sources" if asked.kind == "sources" and made.answer.citations else made.answer.status,
            answer=made.answer.to_json(),
            history=tuple(asdict(turn) for turn in made.history),
            versions=await asyncio.to_thread(self._versions, sorted(cited)),
            revision=asked.revision,
        )

    async def _stands(self, asked: Asked, earlier: Outcome) -> bool:
        """Whether all who will see it may read every document of an answer, and the documents are as they were."""
        scope = await self._access.scope(asked)
        versions = earlier.versions or {}
        if scope is None or not all(map(scope.allows, versions)):
            return False
        return await asyncio.to_thread(self._versions, list(versions)) == versions

    async def _streamed(self, question: Question, shower: Shower) -> Made:
        statements: list[str] = []
        began = time.monotonic()
        async with aclosing(self._workers.stream(question)) as events:
            async for event in events:
                if isinstance(event, Progress) and not statements:
                    shower.progress(f"{event.text}…")
                elif isinstance(event, Statement):
                    if not statements:
                        self._metrics.observe("first_text_seconds", time.monotonic() - began)
                    statements.append(event.text)
                    shower.statement(event.text)
                elif isinstance(event, Done):
                    return Made(event.answer, tuple(statements), question.history)
        raise RuntimeError("the answerer ended without an answer")

    async def _search(self, words: str, scope: Scope) -> Answer:
        answerer = self._workers.answerer
        return passages_answer(words, await self._workers.run(lambda: answerer.search(words, FOUND, scope)))

    def _versions(self, names: Sequence[str]) -> dict[str, str]:
        """The sha256 of each document that is still there."""
        found = {}
        for name in names:
            try:
                found[name] = self._workers.answerer.show(name).sha256
            except StoreError:
                log.info("%s is no longer indexed", name)
        return found
