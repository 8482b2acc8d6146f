"""The line under a question that says what the bot is doing. It must never stay when the work is over."""

from __future__ import annotations

import asyncio
import logging

from bot.slack.store import Asked
from bot.slack.web import SlackFailure, Web

log = logging.getLogger(__name__)


class Status:
    """The status of one question's thread; setting it never holds up the work and never fails it."""

    def __init__(self, web: Web, asked: Asked) -> None:
        self._web = web
        self._asked = asked
        self._sending: asyncio.Task[None] | None = None
        self._text = ""
        self._over = asked.thread_ts is None

    def say(self, text: str) -> None:
        """Show `text` as soon as the one before it is shown."""
        if self._over or text == self._text:
            return
        self._text = text
        self._sending = asyncio.create_task(self._show(text, self._sending))

    async def end(self) -> None:
        """Show nothing new from now on. A message posted after this takes the status away."""
        self._over = True
        if self._sending is not None:
            await self._sending

    async def clear(self) -> None:
        """Take the status away where no message does."""
        await self.end()
        if self._asked.thread_ts is None:
            return
        arguments = {"channel_id": self._asked.channel, "thread_ts": self._asked.thread_ts, "status": ""}
        try:
            await self._web.call("assistant_threads_setStatus", **arguments)
        except SlackFailure as failure:
            log.info("the status of %s was not cleared: %s", self._asked.id, failure)

    async def _show(self, text: str, earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await earlier
        client, asked = self._web.client, self._asked
        try:
            await self._web.once(
                "assistant_threads_setStatus",
                lambda: client.assistant_threads_setStatus(
                    channel_id=asked.channel, thread_ts=str(asked.thread_ts), status=text
                ),
            )
        except SlackFailure as failure:
            log.info("no status for %s: %s", asked.id, failure)
