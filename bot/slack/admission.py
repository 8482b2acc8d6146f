"""Whether a question is answered at all; if not, the sentence that says why."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

from bot.slack import notices
from bot.slack.access import Access
from bot.slack.store import Asked, Store
from bot.slack.text import said

HELP = ("help", notices.HELP_PROMPT.casefold().rstrip("?"))
WINDOW = 60.0  # seconds for which the rate limits count


@dataclass(frozen=True)
class Manner:
    """How the bot behaves, from the settings. Limits are questions a minute; times are seconds."""

    link_template: str | None = None
    follow: Literal["addressed", "all", "mentions"] = "addressed"
    user_limit: int = 60
    channel_limit: int = 120
    fresh: float = 1800.0


class Admission:
    """Looks at a question before anything is searched for it."""

    def __init__(self, store: Store, access: Access, manner: Manner, bot_user: str) -> None:
        self._store = store
        self._access = access
        self._manner = manner
        self._bot_user = bot_user

    async def notice(self, asked: Asked) -> str | None:
        """Why there will be no answer, in a sentence for the asker; None where there will be one."""
        words = said(asked.text, self._bot_user)
        if await self._access.turned_away(asked):
            return notices.OUTSIDER
        if not words:
            return notices.EMPTY
        if words.casefold().rstrip("?! ") in HELP:
            return notices.HELP
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
