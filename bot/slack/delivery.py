"""Posting an answer in a thread or channel so that it stands there exactly once, whatever gets lost on the way.

Every message carries the question's id and its part number as metadata: before anything is posted again, Slack is
asked what stands there already.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack.events import Me
from bot.slack.render import Part
from bot.slack.store import Asked, Store
from bot.slack.stream import Stream
from bot.slack.web import Refused, Unavailable, Unclear, Web

log = logging.getLogger(__name__)

Json = dict[str, Any]

EVENT = "citebot_answer"
PAGE, PAGES = 200, 5
MISSHAPEN = frozenset("invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long invalid_arguments".split())
NO_LONGER_THERE = frozenset({"message_not_found", "thread_not_found", "channel_not_found"})


@dataclass(frozen=True)
class Shown:
    """A message of an answer that stands in Slack; `open` is whether it may still be streaming."""

    ts: str
    open: bool = False


class Delivery:
    """Posts, updates and removes the messages of answers."""

    def __init__(self, web: Web, store: Store, me: Me) -> None:
        self._web = web
        self._store = store
        self._me = me

    async def place(
        self, asked: Asked, parts: Sequence[Part], known: Mapping[int, Shown], stream: Stream | None = None
    ) -> tuple[str, ...]:
        """Make the thread show `parts`; the ts of each. `known` are the messages that may be there, by part number.

        Raises Refused where Slack will not have them, Unavailable where it must be tried again later.
        """
        there = dict(known)
        placed = []
        for number, part in enumerate(parts):
            if number == 0 and stream is not None:
                if await stream.finish(part, _metadata(asked, 0)):
                    placed.append(str(stream.ts))
                    continue
                there |= await self._begun(asked, stream)
            placed.append(await self._put(asked, part, number, there.pop(number, None)))
        await self.remove(asked.channel, [shown for shown in there.values() if shown.ts not in placed])
        return tuple(placed)

    async def standing(self, asked: Asked, adopt: bool) -> dict[int, Shown]:
        """What of this question's answer stands in Slack, by part number.

        With `adopt`, messages in the thread that nothing is known of count too: streams that a crash cut short.
        """
        found: dict[int, Shown] = {}
        unknown = []
        accounted = await asyncio.to_thread(self._store.said_in, asked.place)
        try:
            messages = await self.messages(asked)
        except Refused as refused:
            if refused.code in NO_LONGER_THERE:
                return {}
            raise
        for message in messages:
            if message.get("user") != self._me.user or float(message["ts"]) <= asked.asked_at:
                continue
            payload = _payload(message)
            if payload.get("question") == asked.id:
                found[int(payload["part"])] = Shown(str(message["ts"]))
            elif not payload and message["ts"] not in accounted:
                unknown.append(Shown(str(message["ts"]), open=True))
        if adopt and asked.thread_ts:
            free = (number for number in range(len(found) + len(unknown)) if number not in found)
            found |= dict(zip(free, unknown, strict=False))
        return found

    async def messages(self, asked: Asked) -> list[Json]:
        """The thread of the question, oldest first, or for a share the channel since it was asked."""
        method, arguments = "conversations_replies", {"channel": asked.channel, "ts": asked.thread_ts}
        if asked.thread_ts is None:
            method, arguments = "conversations_history", {"channel": asked.channel, "oldest": f"{asked.asked_at:.6f}"}
        found: list[Json] = []
        cursor = None
        for _ in range(PAGES):
            page = await self._web.call(method, **arguments, limit=PAGE, cursor=cursor, include_all_metadata=True)
            found += page.get("messages", [])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return sorted(found, key=lambda message: str(message["ts"]))

    async def remove(self, channel: str, messages: Iterable[Shown]) -> None:
        """Delete messages; those that are gone already are no matter."""
        for shown in messages:
            try:
                await self._close(channel, shown)
                await self._web.call("chat_delete", channel=channel, ts=shown.ts)
            except Refused as refused:
                log.info("a message was not deleted: %s", refused.code)

    async def _begun(self, asked: Asked, stream: Stream) -> dict[int, Shown]:
        """The message of a stream that could not be finished, where there is one."""
        if stream.ts:
            return {0: Shown(stream.ts, open=True)}
        return await self.standing(asked, adopt=True) if stream.lost else {}

    async def _put(self, asked: Asked, part: Part, number: int, shown: Shown | None) -> str:
        if shown is not None:
            return await self._update(asked, part, number, shown)
        for wait in (self._web.pace.first_retry, self._web.pace.first_retry * 4, 0.0):
            try:
                return await self._post(asked, part, number)
            except Unclear:
                await asyncio.sleep(wait)  # what was posted may take a moment to show
                found = await self.standing(asked, adopt=False)
                if number in found:
                    return found[number].ts
        raise Unavailable(self._web.pace.patience)

    async def _post(self, asked: Asked, part: Part, number: int) -> str:
        quiet = {"unfurl_links": False, "unfurl_media": False}
        place = {"channel": asked.channel, "thread_ts": asked.thread_ts}
        posted = await self._send("chat_postMessage", part, metadata=_metadata(asked, number), **place, **quiet)
        return str(posted["ts"])

    async def _update(self, asked: Asked, part: Part, number: int, shown: Shown) -> str:
        await self._close(asked.channel, shown)
        place = {"channel": asked.channel, "ts": shown.ts}
        try:
            await self._send("chat_update", part, metadata=_metadata(asked, number), **place)
        except Refused as refused:
            if refused.code != "message_not_found":
                raise
            log.info("an answer was deleted by somebody else")  # and so it stays
        return shown.ts

    async def _send(self, method: str, part: Part, **arguments: Any) -> Json:
        """With blocks, or where Slack does not take them, as plain text."""
        try:
            return await self._web.call(method, text=part.text, blocks=part.blocks, **arguments)
        except Refused as refused:
            if refused.code not in MISSHAPEN:
                raise
            log.error("Slack does not take the blocks of an answer: %s", refused.code)
            return await self._web.call(method, text=part.text, **arguments)

    async def _close(self, channel: str, shown: Shown) -> None:
        """A message that still streams can be neither updated nor deleted."""
        if not shown.open:
            return
        try:
            await self._web.call("chat_stopStream", channel=channel, ts=shown.ts)
        except Refused as refused:
            log.debug("no stream to stop: %s", refused.code)


def _metadata(asked: Asked, number: int) -> Json:
    return {"event_type": EVENT, "event_payload": {"question": asked.id, "part": number}}


def _payload(message: Json) -> Json:
    metadata = message.get("metadata") or {}
    return metadata.get("event_payload") or {} if metadata.get("event_type") == EVENT else {}
