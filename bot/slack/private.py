"""Answers only the asker sees: posted through a response URL, which cannot be asked afterwards what it showed.

So where it is not certain that an answer arrived it is not sent again; a line with a button that opens it is.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.slack import blocks as kit
from bot.slack.render import Part
from bot.slack.store import Asked
from bot.slack.text import clip, defuse, entities
from bot.slack.web import Refused, SlackFailure, Unclear, Web

log = logging.getLogger(__name__)

SHOW = "show_answer"
UNSURE = "Slack did not say whether my answer reached you."


class Private:
    """Posts to one person alone."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def send(self, asked: Asked, parts: Sequence[Part]) -> None:
        """Show `parts` to the asker once. Raises a SlackFailure where that cannot be done now."""
        try:
            for part in parts:
                await self._show(asked, part)
        except Unclear:
            await self.point_to(asked)

    async def point_to(self, asked: Asked) -> None:
        """Say that an answer may not have arrived, with a button that opens it."""
        about = clip(" ".join(defuse(asked.text).split()), 150)
        blocks = (kit.paragraph(f"{UNSURE} You asked: {about}"), kit.actions(kit.button("Show answer", SHOW, asked.id)))
        try:
            await self._show(asked, Part("", blocks, entities(f"{UNSURE} You asked: {about}")))
        except Unclear as failure:
            log.warning("%s: neither the answer nor the note about it was confirmed (%s)", asked.id, failure)

    async def _show(self, asked: Asked, part: Part) -> None:
        if asked.response_url:
            try:
                message = {"response_type": "ephemeral", "replace_original": False, "text": part.text}
                await self._web.respond(asked.response_url, message | {"blocks": part.blocks})
            except Refused:
                log.info("the response URL of %s is used up", asked.id)  # half an hour old, or five times used
            else:
                return
        await self._show_otherwise(asked, part)

    async def _show_otherwise(self, asked: Asked, part: Part) -> None:
        """By a message only they see, or where the bot is not in the channel, by a direct message."""
        user = str(asked.user)
        message = {"text": part.text, "blocks": part.blocks}
        try:
            await self._web.call("chat_postEphemeral", channel=asked.channel, user=user, **message)
        except Refused:
            opened = await self._web.call("conversations_open", users=user)
            quiet = {"unfurl_links": False, "unfurl_media": False}
            await self._web.call("chat_postMessage", channel=opened["channel"]["id"], **message, **quiet)


async def whisper(web: Web, channel: str, user: str, text: str, thread_ts: str | None = None) -> None:
    """A remark to one person, of no consequence if it is lost."""
    try:
        await web.call("chat_postEphemeral", channel=channel, user=user, text=entities(text), thread_ts=thread_ts)
    except SlackFailure as failure:
        log.info("a remark was not shown: %s", failure)
