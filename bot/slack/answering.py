"""One question to its one outcome: whether it is answered at all, from what, and the answer into its thread."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from bot.answer import Answer, Done, Progress, Question, Statement, Turn
from bot.slack import notices, render, thread
from bot.slack.access import Access
from bot.slack.answers import Workers, load_answer
from bot.slack.delivery import NO_LONGER_THERE, Delivery, Shown
from bot.slack.events import Me
from bot.slack.metrics import Metrics
from bot.slack.private import Private
from bot.slack.quotes import passages_answer
from bot.slack.render import Look, Part
from bot.slack.status import Status
from bot.slack.store import Asked, Claimed, Outcome, OutcomeKind, Store
from bot.slack.stream import Stream
from bot.slack.text import clip, said
from bot.slack.web import Refused, SlackFailure, Web
from retrieval.errors import StoreError
from retrieval.model import Scope

log = logging.getLogger(__name__)

Json = dict[str, Any]

WINDOW = 60.0  # seconds for which the rate limits count
TRIES = 3  # a question that took the process down this often is not tried again
FOUND = 5  # passages shown for the shortcut


@dataclass(frozen=True)
class Manner:
    """How the bot behaves, from the settings. Limits are questions a minute; times are seconds."""

    link_template: str | None = None
    follow: Literal["addressed", "all", "mentions"] = "addressed"
    user_limit: int = 60
    channel_limit: int = 120
    fresh: float = 1800.0
    longest: float = 180.0


@dataclass(frozen=True)
class Made:
    """An answer with what it was made of."""

    answer: Answer
    statements: tuple[str, ...]
    history: tuple[Turn, ...]


class Answering:
    """Brings claimed questions to their outcomes."""

    def __init__(
        self, workers: Workers, web: Web, store: Store, me: Me, access: Access, manner: Manner, metrics: Metrics
    ) -> None:
        self._workers = workers
        self._web = web
        self._store = store
        self._me = me
        self._access = access
        self._manner = manner
        self._metrics = metrics
        self._delivery = Delivery(web, store, me)
        self._private = Private(web)

    async def settle(self, claimed: Claimed) -> Outcome:
        """What became of the question, once it stands in Slack. Raises a SlackFailure to be tried again later."""
        earlier = await asyncio.to_thread(self._store.outcome, claimed.id)
        status = Status(self._web, claimed.asked)
        try:
            outcome = await self._settle(claimed, earlier, status)
        except Refused as refused:
            log.warning("%s cannot be answered where it was asked: %s", claimed.id, refused.code)
            outcome = Outcome("gone")
        finally:
            await status.end()
        return replace(outcome, revision=claimed.asked.revision)

    async def _settle(self, claimed: Claimed, earlier: Outcome | None, status: Status) -> Outcome:
        asked = claimed.asked
        known = await self._known(claimed, earlier)
        if claimed.removed:
            await self._delivery.remove(asked.channel, known.values())
            await self._clear(claimed, status)
            return Outcome("removed")
        if asked.private and earlier is not None and not earlier.delivered:
            await self._private.point_to(asked)
            return earlier
        if asked.addressed:
            status.say("Looking through the documents…")
        said_before = await self._before(asked)
        if not asked.addressed and not self._follows(said_before, asked):
            await self._clear(claimed, status)
            return Outcome("ignored")
        notice = await self._notice(claimed)
        if notice is not None:
            return await self._say(asked, "notice", notice, known, status)
        return await self._answer(claimed, earlier, known, said_before, status)

    async def _known(self, claimed: Claimed, earlier: Outcome | None) -> dict[int, Shown]:
        """The messages of earlier attempts and of the answer before an edit, by part number."""
        if claimed.asked.private or not claimed.touched:
            return {}
        if earlier is not None and earlier.delivered:
            return {number: Shown(ts) for number, ts in enumerate(earlier.messages)}
        return await self._delivery.standing(claimed.asked, adopt=True)

    async def _clear(self, claimed: Claimed, status: Status) -> None:
        """Take away a status an earlier attempt may have left, where there is nothing to post."""
        if claimed.touched and claimed.asked.thread_ts:
            await status.clear()

    async def _before(self, asked: Asked) -> list[Json]:
        """What was said in the thread before a reply in it."""
        if asked.thread_ts in (None, asked.ts):
            return []
        try:
            return thread.before(await self._delivery.messages(asked), asked)
        except Refused as refused:
            if refused.code in NO_LONGER_THERE:
                raise
            log.warning("the conversation before %s cannot be read: %s", asked.id, refused.code)
            return []

    def _follows(self, said_before: Sequence[Json], asked: Asked) -> bool:
        return self._manner.follow == "all" or thread.meant_for_bot(said_before, asked, self._me)

    async def _notice(self, claimed: Claimed) -> str | None:
        """Why there will be no answer, in a sentence for the asker; None where there will be one."""
        asked = claimed.asked
        words = said(asked.text, self._me.user)
        if await self._access.turned_away(asked):
            return notices.OUTSIDER
        if not words:
            return notices.EMPTY
        if len(words) > notices.LONGEST_QUESTION:
            return notices.TOO_LONG
        if time.time() - float(asked.revision or asked.asked_at) > self._manner.fresh:
            return notices.STALE
        if await self._access.scope(asked) is None:
            private = asked.private or asked.channel.startswith("D")
            return notices.NOTHING_FOR_YOU if private else notices.NOTHING_HERE
        return await self._over_limit(asked)

    async def _over_limit(self, asked: Asked) -> str | None:
        by_user, in_channel = await asyncio.to_thread(self._store.asked_before, asked, WINDOW)
        if by_user >= self._manner.user_limit:
            return notices.limited(self._manner.user_limit, "from each person")
        if in_channel >= self._manner.channel_limit:
            return notices.limited(self._manner.channel_limit, "in a channel")
        return None

    async def _say(
        self,
        asked: Asked,
        kind: OutcomeKind,
        message: str,
        known: Mapping[int, Shown],
        status: Status,
        stream: Stream | None = None,
    ) -> Outcome:
        """A message of our own words as the outcome; of a share only its asker needs to know."""
        parts = render.plain(message)
        await status.end()
        if asked.thread_ts is None:
            await self._private.send(asked, parts)
            return Outcome(kind)
        placed = await self._delivery.place(asked, parts, known, stream)
        await self._clear_unless_new(placed, known, status)
        return Outcome(kind, placed)

    async def _answer(
        self,
        claimed: Claimed,
        earlier: Outcome | None,
        known: Mapping[int, Shown],
        said_before: Sequence[Json],
        status: Status,
    ) -> Outcome:
        asked = claimed.asked
        stream = Stream(self._web, asked, status.end) if not known else None
        try:
            made = await self._made_before(asked, earlier) or await self._make(claimed, said_before, status, stream)
        except SlackFailure:
            raise
        except Exception as error:  # whatever it was, the asker must hear something
            log.exception("no answer to %s", claimed.id)
            if stream is not None:
                stream.abandon()
            return await self._say(asked, "error", notices.failure(error, claimed.id), known, status, stream)
        outcome = await self._outcome(asked, made)
        await asyncio.to_thread(self._store.save, claimed.id, outcome)
        await status.end()
        look = await self._look(asked)
        parts = render.answer_parts(made.answer, made.statements, look)
        return replace(outcome, messages=await self._place(asked, parts, known, stream, status))

    async def _place(
        self,
        asked: Asked,
        parts: Sequence[Part],
        known: Mapping[int, Shown],
        stream: Stream | None,
        status: Status,
    ) -> tuple[str, ...]:
        if asked.private:
            await self._private.send(asked, parts)
            return ()
        try:
            placed = await self._delivery.place(asked, parts, known, stream)
        except Refused as refused:
            if asked.kind != "share":
                raise
            reason = notices.NOT_IN_CHANNEL if refused.code == "not_in_channel" else notices.NOT_SHAREABLE
            await self._private.send(asked, render.plain(reason))
            raise
        if asked.kind == "share":
            await asyncio.to_thread(self._store.follow, asked.channel, placed[0])
        await self._clear_unless_new(placed, known, status)
        return placed

    async def _clear_unless_new(self, placed: Sequence[str], known: Mapping[int, Shown], status: Status) -> None:
        """A new message takes the status away by itself; an update does not."""
        if known and all(ts in {shown.ts for shown in known.values()} for ts in placed):
            await status.clear()

    async def _made_before(self, asked: Asked, earlier: Outcome | None) -> Made | None:
        """The answer an earlier attempt came to, and for a share the one that is shared, if the channel may see it."""
        if earlier and not earlier.delivered and earlier.answer and earlier.revision == asked.revision:
            return Made(load_answer(earlier.answer), (), tuple(Turn(**turn) for turn in earlier.history))  # type: ignore[arg-type]
        if asked.about is None:
            return None
        shared = await asyncio.to_thread(self._store.outcome, asked.about)
        if shared is None or shared.answer is None or not await self._readable(asked, shared):
            return None
        return Made(load_answer(shared.answer), (), ())

    async def _readable(self, asked: Asked, shared: Outcome) -> bool:
        """Whether everybody in the channel may read every document of the answer, and it is as it was."""
        scope = await self._access.channel_scope(asked.channel)
        versions = shared.versions or {}
        if scope is None or not all(map(scope.allows, versions)):
            return False
        return await asyncio.to_thread(self._versions, list(versions)) == versions

    async def _make(self, claimed: Claimed, said_before: Sequence[Json], status: Status, stream: Stream | None) -> Made:
        asked = claimed.asked
        if claimed.tries > TRIES:
            raise RuntimeError("the process ended each time this question was taken up")
        scope = await self._access.scope(asked)
        assert scope is not None  # else there was a notice
        words = said(asked.text, self._me.user)
        async with asyncio.timeout(self._manner.longest):
            if asked.kind == "sources":
                return Made(await self._search(words, scope), (), ())
            outcomes = await asyncio.to_thread(self._store.said_in, asked.place) if said_before else {}
            turns = thread.history(said_before, outcomes, self._me)
            return await self._streamed(Question(words, turns, scope), status, stream)

    async def _streamed(self, question: Question, status: Status, stream: Stream | None) -> Made:
        statements: list[str] = []
        started = time.monotonic()
        async for event in self._workers.stream(question):
            if isinstance(event, Progress) and not statements:
                status.say(f"{event.text}…")
            elif isinstance(event, Statement):
                if not statements:
                    self._metrics.observe("first_text_seconds", time.monotonic() - started)
                statements.append(event.text)
                if stream is not None:
                    stream.add(render.piece(event.text))
            elif isinstance(event, Done):
                return Made(event.answer, tuple(statements), question.history)
        raise RuntimeError("the answerer ended without an answer")

    async def _search(self, words: str, scope: Scope) -> Answer:
        answerer = self._workers.answerer
        passages = await self._workers.run(lambda: answerer.search(words, FOUND, scope))
        return passages_answer(words, passages)

    async def _outcome(self, asked: Asked, made: Made) -> Outcome:
        cited = {c.source for c in made.answer.citations} | {n.source for n in made.answer.nearest}
        return Outcome(
            "sources" if asked.kind == "sources" and made.answer.citations else made.answer.status,
            answer=made.answer.to_json(),
            history=tuple(asdict(turn) for turn in made.history),
            versions=await asyncio.to_thread(self._versions, sorted(cited)),
            revision=asked.revision,
        )

    def _versions(self, names: Sequence[str]) -> dict[str, str]:
        """The sha256 of each document that is still there."""
        found = {}
        for name in names:
            try:
                found[name] = self._workers.answerer.show(name).sha256
            except StoreError:
                log.info("%s is no longer indexed", name)
        return found

    async def _look(self, asked: Asked) -> Look:
        template = self._manner.link_template
        if asked.kind == "share":
            who = (await self._access.person(asked.user or "")).name
            lead = f"{who} asked: {clip(said(asked.text, self._me.user), 300)}\n\n"
            return Look(asked.id, template, lead=lead)
        return Look(asked.id, template, shareable=asked.kind == "ask" and not asked.channel.startswith("D"))
