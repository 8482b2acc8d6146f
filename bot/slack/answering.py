"""One question to its one outcome: admitted, answered, and the answer into its thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.slack import notices, render, thread
from bot.slack.access import Access
from bot.slack.admission import Admission, Manner
from bot.slack.delivery import NO_LONGER_THERE, Delivery, Shown
from bot.slack.events import Me
from bot.slack.making import Made, Maker, Shower
from bot.slack.private import Private
from bot.slack.render import Look, Part
from bot.slack.status import Status
from bot.slack.store import Asked, Claimed, Outcome, OutcomeKind, Store
from bot.slack.stream import Stream
from bot.slack.text import clip, said
from bot.slack.web import Refused, SlackFailure, Web
from retrieval.errors import UserError

log = logging.getLogger(__name__)

Json = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """A question in hand. `earlier` is its outcome so far, `known` what stands of it in Slack, by part number.

    There is no stream where something stands already: that is updated.
    """

    claimed: Claimed
    earlier: Outcome | None
    known: Mapping[int, Shown]
    status: Status
    stream: Stream | None

    @property
    def asked(self) -> Asked:
        return self.claimed.asked


class Answering:
    """Brings claimed questions to their outcomes."""

    def __init__(
        self, web: Web, store: Store, me: Me, access: Access, admission: Admission, maker: Maker, manner: Manner
    ) -> None:
        self._web = web
        self._store = store
        self._me = me
        self._access = access
        self._admission = admission
        self._maker = maker
        self._manner = manner
        self._delivery = Delivery(web, store, me)
        self._private = Private(web)

    async def settle(self, claimed: Claimed) -> Outcome:
        """What became of the question, once it stands in Slack. Raises a SlackFailure to be tried again later."""
        status = Status(self._web, claimed.asked)
        try:
            outcome = await self._settle(await self._taken_up(claimed, status))
        except Refused as refused:
            log.warning("%s cannot be answered where it was asked: %s", claimed.id, refused.code)
            await status.clear()
            outcome = Outcome("gone")
        finally:
            await status.end()
        return replace(outcome, revision=claimed.asked.revision)

    async def _taken_up(self, claimed: Claimed, status: Status) -> Work:
        earlier = await asyncio.to_thread(self._store.outcome, claimed.id)
        known = await self._known(claimed, earlier)
        stream = None if known else Stream(self._web, claimed.asked, status.end)
        return Work(claimed, earlier, known, status, stream)

    async def _known(self, claimed: Claimed, earlier: Outcome | None) -> dict[int, Shown]:
        """The messages of earlier attempts and of the answer before an edit."""
        if claimed.asked.private or not claimed.touched:
            return {}
        if earlier is not None and earlier.delivered:
            return {number: Shown(ts) for number, ts in enumerate(earlier.messages)}
        return await self._delivery.standing(claimed.asked, adopt=True)

    async def _settle(self, work: Work) -> Outcome:
        asked, earlier = work.asked, work.earlier
        if work.claimed.removed:
            await self._delivery.remove(asked.channel, work.known.values())
            return await self._without_a_word(work, "removed")
        if asked.private and earlier is not None and not earlier.delivered:
            await self._private.point_to(asked)
            return earlier
        if asked.addressed:
            work.status.say("Looking through the documents…")
        said_before = await self._before(asked)
        if not asked.addressed and not self._follows(said_before, asked):
            return await self._without_a_word(work, "ignored")
        notice = await self._admission.notice(asked)
        if notice is not None:
            return await self._say(work, "notice", notice)
        return await self._answer(work, said_before)

    async def _without_a_word(self, work: Work, kind: OutcomeKind) -> Outcome:
        """An outcome that posts nothing; a status that an earlier attempt may have left goes."""
        if work.claimed.touched:
            await work.status.clear()
        return Outcome(kind)

    async def _before(self, asked: Asked) -> list[Json]:
        """What was said in the thread before a reply in it."""
        if asked.thread_ts in (None, asked.ts):
            return []
        try:
            messages = await self._delivery.messages(asked)
        except Refused as refused:
            if refused.code in NO_LONGER_THERE:
                raise
            log.warning("the conversation before %s cannot be read: %s", asked.id, refused.code)
            return []
        return thread.before(messages, asked, await self._maker.outcomes_before(asked))

    def _follows(self, said_before: Sequence[Json], asked: Asked) -> bool:
        return self._manner.follow == "all" or thread.meant_for_bot(said_before, asked, self._me)

    async def _say(self, work: Work, kind: OutcomeKind, message: str) -> Outcome:
        """A message of our own words as the outcome; of a share only its asker needs to know."""
        asked, parts = work.asked, render.plain(message)
        await work.status.end()
        if asked.thread_ts is None:
            await asyncio.to_thread(self._store.save, asked.id, Outcome(kind))
            await self._private.send(asked, parts)
            return Outcome(kind)
        return Outcome(kind, await self._post(work, parts))

    async def _answer(self, work: Work, said_before: Sequence[Json]) -> Outcome:
        asked = work.asked
        try:
            made = await self._maker.kept(asked, work.earlier) or await self._made(work, said_before)
        except SlackFailure:
            raise
        except UserError as error:
            log.warning("no answer to %s: %s", asked.id, error)
            return await self._fail(work, error)
        except Exception as error:  # whatever it was, the asker must hear something
            log.exception("no answer to %s", asked.id)
            return await self._fail(work, error)
        outcome = await self._maker.outcome(asked, made)
        await asyncio.to_thread(self._store.save, asked.id, outcome)
        await work.status.end()
        parts = render.answer_parts(made.answer, made.statements, await self._look(asked))
        return replace(outcome, messages=await self._deliver(work, parts))

    async def _fail(self, work: Work, error: Exception) -> Outcome:
        if work.stream is not None:
            work.stream.abandon()
        return await self._say(work, "error", notices.failure(error, work.asked.id))

    async def _made(self, work: Work, said_before: Sequence[Json]) -> Made:
        stream = work.stream
        shower = Shower(work.status.say, lambda text: stream.add(render.piece(text)) if stream else None)
        return await self._maker.make(work.claimed, said_before, shower)

    async def _deliver(self, work: Work, parts: Sequence[Part]) -> tuple[str, ...]:
        asked = work.asked
        if asked.private:
            await self._private.send(asked, parts)
            return ()
        if asked.kind != "share":
            return await self._post(work, parts)
        try:
            placed = await self._post(work, parts)
        except Refused as refused:
            reason = notices.NOT_IN_CHANNEL if refused.code == "not_in_channel" else notices.NOT_SHAREABLE
            await self._private.send(asked, render.plain(reason))
            raise
        await asyncio.to_thread(self._store.root, asked.id, asked.channel, placed[0])
        return placed

    async def _post(self, work: Work, parts: Sequence[Part]) -> tuple[str, ...]:
        """Post or update; a new message takes the status away by itself, an update does not."""
        placed = await self._delivery.place(work.asked, parts, work.known, work.stream)
        if work.known and set(placed) <= {shown.ts for shown in work.known.values()}:
            await work.status.clear()
        return placed

    async def _look(self, asked: Asked) -> Look:
        template = self._manner.link_template
        if asked.kind == "share":
            who = (await self._access.person(asked.user or "")).name
            return Look(asked.id, template, lead=f"{who} asked: {clip(said(asked.text, self._me.user), 300)}\n\n")
        return Look(asked.id, template, shareable=asked.kind == "ask" and not asked.channel.startswith("D"))
