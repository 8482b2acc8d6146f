"""A message that grows while an answer is made, through slack_sdk's `chat_stream`; it may break at any time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_chat_stream import AsyncChatStream

from bot.slack.render import BODY, Part
from bot.slack.store import Asked
from bot.slack.web import Refused, SlackFailure, Unavailable, Unclear, Web

log = logging.getLogger(__name__)

Json = dict[str, Any]

START, APPEND, STOP = "stream_start", "stream_append", "stream_stop"


class Stream:
    """One streamed message; text is sent in the background, as much at once as has come together.

    `lost` means that it may have begun without our learning its `ts`.
    """

    def __init__(self, web: Web, asked: Asked, ready: Callable[[], Awaitable[None]]) -> None:
        """`ready` is awaited before anything is posted."""
        self._web = web
        self._asked = asked
        self._ready = ready
        self._chat: AsyncChatStream | None = None
        self._sender: asyncio.Task[None] | None = None
        self._held = ""  # not yet handed to the SDK
        self._given = ""  # handed to the SDK: sent, or in its buffer
        self._closed = asked.user is None or asked.thread_ts is None  # Slack streams to somebody, in a thread
        self._broken = False
        self.lost = False

    @property
    def ts(self) -> str | None:
        return self._chat.ts if self._chat else None

    def add(self, text: str) -> None:
        """Append `text` as soon as possible. What cannot be appended comes with `finish`."""
        if self._closed or len(self._given) + len(self._held) + len(text) > BODY:
            self._closed = True
            return
        self._held += text
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())

    async def finish(self, part: Part, metadata: Json) -> bool:
        """Complete the message to `part`; False where it has to be posted or updated whole. Raises a SlackFailure."""
        await self.settle()
        chat = self._chat
        if chat is None or chat.ts is None or self._broken or not part.body.startswith(self._given):
            return False
        rest = [part.body[len(self._given) :]]

        async def stop() -> Any:
            return await chat.stop(markdown_text=rest.pop() if rest else None, blocks=part.tail, metadata=metadata)

        try:
            await self._web.attempt(STOP, stop)
        except Refused as refused:
            log.info("the stream could not be stopped: %s", refused.code)
            return False
        return True

    def abandon(self) -> None:
        """What was streamed is not the answer: nothing more is appended, and `finish` will not complete it."""
        self._broken = True

    async def settle(self) -> None:
        """Wait for what is being sent. Raises a SlackFailure that no other call could mend."""
        if self._sender is not None:
            await self._sender

    async def _send(self) -> None:
        await self._ready()
        while self._held and not self._closed and not self._broken:
            name = APPEND if self.ts else START
            if not self._web.free(name):
                self._closed = self._closed or name == START
                return
            await self._send_held(name)

    async def _send_held(self, name: str) -> None:
        text, self._held = self._held, ""
        self._given += text
        try:
            chat = self._chat = self._chat or await self._begin()
            await self._web.once(name, lambda: chat.append(markdown_text=text))
        except (Unavailable, Unclear, Refused) as failure:
            log.info("streaming of %s ended: %s", self._asked.id, failure)
            self._fail(failure)

    async def _begin(self) -> AsyncChatStream:
        asked = self._asked
        return await self._web.client.chat_stream(
            buffer_size=1,
            channel=asked.channel,
            thread_ts=str(asked.thread_ts),
            recipient_team_id=asked.team,
            recipient_user_id=asked.user,
        )

    def _fail(self, failure: SlackFailure) -> None:
        """After an unclear or refused append the text is uncertain; after a limited one it is in the SDK's buffer."""
        if self.ts is None:
            self._closed, self.lost = True, isinstance(failure, Unclear)
        elif not isinstance(failure, Unavailable):
            self._broken = True
