"""Calls to Slack's Web API: paced, retried where that is safe, and every failure sorted by what can be done about it.

SlackFailure
 +- Refused      Slack will not do this: the code says why
 +- Unavailable  not done, and trying again later may help
 +- Unclear      sent, but no answer came: it may have been done or not
 +- Dismissed    the app's tokens are no longer accepted: nothing will work until somebody installs it again
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

Json = dict[str, Any]

DISMISSED = frozenset(
    "invalid_auth not_authed account_inactive token_revoked token_expired org_login_required team_access_not_granted "
    "app_uninstalled".split()
)
FAILING = frozenset("internal_error fatal_error service_unavailable request_timeout team_added_to_org".split())
MAKES_SOMETHING_NEW = frozenset(
    "chat_postMessage chat_postEphemeral views_open respond stream_start stream_append".split()
)
"""Doing these twice is seen by a person, so they are not repeated unless it is certain that they were not done."""


class SlackFailure(Exception):
    """A call that did not succeed."""


class Refused(SlackFailure):
    """Slack's `{"ok": false}`; `code` is its error."""

    def __init__(self, code: str, needed: str = "") -> None:
        super().__init__(code)
        self.code, self.needed = code, needed


class Unavailable(SlackFailure):
    """Slack is down, unreachable or wants us to wait `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"unavailable for {wait:.0f} s")
        self.wait = wait


class Unclear(SlackFailure):
    """The request went out and no answer came back."""


class Dismissed(SlackFailure):
    """The workspace took the app away, or its token."""


@dataclass(frozen=True)
class Pace:
    """Seconds: between posts in one channel, before the second try (doubled each time), and the longest wait."""

    post_every: float = 1.0
    first_retry: float = 0.5
    patience: float = 35.0
    tries: int = 4


class Budget:
    """At most `most` calls in any minute; `take` says whether one more may be made now."""

    def __init__(self, most: int) -> None:
        self._taken: deque[float] = deque([-math.inf] * most, maxlen=most)

    def take(self) -> bool:
        now = time.monotonic()
        if now - self._taken[0] <= 60:
            return False
        self._taken.append(now)
        return True


class Web:
    """Slack's Web API for one workspace."""

    def __init__(self, client: AsyncWebClient, pace: Pace, failed: Callable[[str], None] = lambda _: None) -> None:
        self.client = client
        self.pace = pace
        self._streams = Budget(18)  # chat.startStream and stopStream: 20 a minute
        self._appends = Budget(90)  # chat.appendStream: 100 a minute
        self._failed = failed
        self._next_post: dict[str, float] = defaultdict(float)  # by channel
        self._posting: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # by channel
        self._closed_until: dict[str, float] = defaultdict(float)  # by method

    async def call(self, method: str, **arguments: Any) -> Json:
        """Call an `AsyncWebClient` method by name, with tries and waits. Raises a SlackFailure."""
        channel = str(arguments.get("channel", ""))
        return await self.attempt(method, lambda: getattr(self.client, method)(**arguments), channel)

    async def attempt(self, name: str, send: Callable[[], Awaitable[Any]], channel: str = "") -> Json:
        """Do `send` until it succeeds or trying again is no longer safe or useful. Raises a SlackFailure."""
        for number in range(self.pace.tries):
            try:
                return await self.once(name, send, channel)
            except Unavailable as failure:
                wait = failure.wait or self.pace.first_retry * 2**number
                if number == self.pace.tries - 1 or wait > self.pace.patience:
                    raise
            await asyncio.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def once(self, name: str, send: Callable[[], Awaitable[Any]], channel: str = "") -> Json:
        """Do `send` when its turn comes. Raises a SlackFailure."""
        await self._wait_turn(name, channel)
        try:
            return _data(await send())
        except Exception as error:  # every kind is sorted or raised again as it is
            failure = _sorted(error, name)
            self._failed(name)
            if isinstance(failure, Unavailable) and failure.wait:
                self._closed_until[name] = time.monotonic() + failure.wait
            raise failure from error

    def free(self, name: str) -> bool:
        """Whether a stream method may be called now without waiting; takes it from the minute's budget."""
        if self._closed_until[name] > time.monotonic():
            return False
        return (self._streams if name == "stream_start" else self._appends).take()

    async def respond(self, url: str, message: Json) -> None:
        """Post to a response URL. Raises a SlackFailure."""
        await self.attempt("respond", lambda: self._post(url, message))

    async def _post(self, url: str, message: Json) -> Json:
        session = self.client.session
        assert session is not None
        async with session.post(url, json=message) as response:
            if response.status == 429 or response.status >= 500:
                raise _HttpError(response.status, response.headers.get("Retry-After"))
            if response.status >= 400:
                raise Refused("expired_url")
        return {}

    async def _wait_turn(self, name: str, channel: str) -> None:
        """Keep to Retry-After, and to about one post a second in a channel. Raises Unavailable for a long wait."""
        now = time.monotonic()
        wait = self._closed_until[name] - now
        if wait > self.pace.patience:
            raise Unavailable(wait)
        if name != "chat_postMessage":
            await asyncio.sleep(max(wait, 0.0))
            return
        async with self._posting[channel]:  # one after the other: after a stall no two turns are due at once
            await asyncio.sleep(max(wait, self._next_post[channel] - time.monotonic(), 0.0))
            self._next_post[channel] = time.monotonic() + self.pace.post_every


class _HttpError(Exception):
    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(status)
        self.status, self.retry_after = status, retry_after


def _data(answer: Any) -> Json:
    data = getattr(answer, "data", answer)
    return data if isinstance(data, dict) else {}


def _sorted(error: Exception, name: str) -> Exception:
    """The SlackFailure that `error` is; anything that is no failure of Slack's comes back as it is."""
    if isinstance(error, SlackApiError):
        return _sorted_answer(error, name)
    if isinstance(error, _HttpError):
        return _sorted_status(error.status, error.retry_after, name)
    if isinstance(error, aiohttp.ClientConnectorError):
        return Unavailable(0.0)  # no connection, so nothing was sent
    if isinstance(error, (aiohttp.ClientError, TimeoutError, ConnectionError)):
        return Unclear(name) if name in MAKES_SOMETHING_NEW else Unavailable(0.0)
    return error


def _sorted_answer(error: SlackApiError, name: str) -> SlackFailure:
    response = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 200)
    answer = _data(response)
    code = str(answer.get("error") or f"HTTP {status}")
    if code in DISMISSED:
        return Dismissed(code)
    if status == 429 or status >= 500 or code in FAILING:
        return _sorted_status(status, getattr(response, "headers", {}).get("Retry-After"), name)
    return Refused(code, str(answer.get("needed") or ""))


def _sorted_status(status: int, retry_after: str | None, name: str) -> SlackFailure:
    if status == 429:
        return Unavailable(float(retry_after) if retry_after and retry_after.isdigit() else 1.0)
    return Unclear(name) if name in MAKES_SOMETHING_NEW else Unavailable(0.0)
