"""HTTP mode: only what Slack signed counts, and operators see how the bot is."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.slack.http import genuine
from tests.slack.fake_slack import FakeSlack
from tests.slack.people import MENTION, channel, command, envelope, http_body, press, say, signature
from tests.slack.running import answered, bot, workspace
from tests.slack.scripted import Scripted
from tests.slack.world import seen

HOW_LONG = f"{MENTION} how long was the outage?"
OUTAGE = "The outage began at noon [1] It lasted seven hours. [2]"


@asynccontextmanager
async def http_bot(tmp_path: Path, answerer: Scripted | None = None) -> AsyncIterator[tuple[FakeSlack, str]]:
    async with workspace() as slack, bot(slack, tmp_path, answerer, http="127.0.0.1:0") as running:
        yield slack, f"http://127.0.0.1:{running.port}"


async def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        return response.status


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.text()


async def test_events_commands_and_buttons(tmp_path: Path) -> None:
    """Everything works over HTTP as over Socket Mode."""
    async with http_bot(tmp_path) as (slack, _):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert seen(answer).startswith(OUTAGE)
        await press(slack, "U1", answer, "show_evidence")
        acknowledged = await command(slack, "U1", "C1", "how long was it?")
        assert acknowledged is not None
        assert acknowledged["text"].startswith("Looking")
        await slack.until(lambda: slack.world.modals and slack.world.ephemerals("U1"))


async def test_url_verification(tmp_path: Path) -> None:
    """Slack's check of the request URL is answered, when it is signed."""
    async with http_bot(tmp_path) as (_, url):
        body, kind = http_body("events_api", {"type": "url_verification", "challenge": "c" * 20, "token": "x"})
        headers = signature(body) | {"Content-Type": kind}
        send = aiohttp.ClientSession()
        async with send as session, session.post(url + "/slack/events", data=body, headers=headers) as response:
            assert "c" * 20 in await response.text()


def forged(case: str, body: bytes) -> dict[str, str]:
    """Headers as somebody who is not Slack would send them."""
    good = signature(body)
    return {
        "missing signature": {"X-Slack-Request-Timestamp": good["X-Slack-Request-Timestamp"]},
        "missing timestamp": {"X-Slack-Signature": good["X-Slack-Signature"]},
        "wrong secret": signature(body, "guess"),
        "stale": signature(body, at=time.time() - 301),
        "from the future": signature(body, at=time.time() + 301),
        "other body": signature(body + b" "),
        "other encoding": signature(body.decode().encode("utf-16")),
        "timestamp that is no number": good | {"X-Slack-Request-Timestamp": "now"},
        "timestamp in other digits": good | {"X-Slack-Request-Timestamp": "١٢٣"},
        "signature in other letters": good | {"X-Slack-Signature": "v0=ä"},
        "no version": good | {"X-Slack-Signature": good["X-Slack-Signature"].removeprefix("v0=")},
    }[case]


CASES = """missing signature, missing timestamp, wrong secret, stale, from the future, other body, other encoding,
timestamp that is no number, timestamp in other digits, signature in other letters, no version"""


async def test_forged_requests(tmp_path: Path) -> None:
    """A signature that is missing, wrong, stale or for other bytes is refused and nothing is done."""
    answerer = Scripted()
    async with http_bot(tmp_path, answerer) as (slack, url):
        message = {"type": "app_mention", "channel": "C1", "user": "U1", "text": HOW_LONG, "ts": slack.world.next_ts()}
        body, kind = http_body("events_api", envelope(slack, message))
        for case in (case.strip() for case in CASES.split(",")):
            headers = {k: v.encode("utf-8").decode("latin-1") for k, v in forged(case, body).items()}
            assert await post(url + "/slack/events", body, headers | {"Content-Type": kind}) == 401, case
        await answered(slack, await say(slack, "C1", "U2", HOW_LONG))
        assert len(answerer.asked) == 1


async def test_replayed_request(tmp_path: Path) -> None:
    """The very same request a second time is refused."""
    async with http_bot(tmp_path) as (slack, url):
        payload: dict[str, Any] = {"command": "/ask", "text": "how long was it?", "user_id": "U1", "channel_id": "C1"}
        payload |= {"team_id": "T0HOME", "trigger_id": "1.2.3", "response_url": slack.response_url("C1", "U1")}
        body, kind = http_body("slash_commands", payload)
        headers = signature(body) | {"Content-Type": kind}
        assert await post(url + "/slack/events", body, headers) == 200
        assert await post(url + "/slack/events", body, headers) == 401
        await slack.until(lambda: slack.world.ephemerals("U1"))
        await answered(slack, await say(slack, "C1", "U2", HOW_LONG))
        assert len(slack.world.ephemerals("U1")) == 1


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-16", "application/json; charset=nonsense", "text/plain"]
)
async def test_signed_body_with_another_declared_encoding(tmp_path: Path, kind: str) -> None:
    """What is signed is the bytes; a declared character set changes nothing in what they say."""
    async with http_bot(tmp_path) as (slack, url):
        channel(slack, "C2")
        body, _ = http_body("events_api", envelope(slack, {"type": "emoji_changed"}))
        assert await post(url + "/slack/events", body, signature(body) | {"Content-Type": kind}) < 500


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b"{"])
async def test_signed_bytes_that_are_no_payload(tmp_path: Path, body: bytes) -> None:
    """Bytes that are not UTF-8 or not JSON are refused, not stumbled over."""
    async with http_bot(tmp_path) as (_, url):
        assert await post(url + "/slack/events", body, signature(body) | {"Content-Type": "application/json"}) == 400


async def test_health_readiness_and_metrics(tmp_path: Path) -> None:
    """Operators see that the process lives, that it can answer, and how it does, in Prometheus's format."""
    async with http_bot(tmp_path) as (slack, url):
        assert await get(url + "/healthz") == (200, "ok\n")
        await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert await get(url + "/readyz") == (200, "ok\n")
        await slack.delivered()
        (answer,) = await answered(slack, await say(slack, "C1", "U2", HOW_LONG))
        await press(slack, "U1", answer, "feedback", "up")
        status, numbers = await get(url + "/metrics")
        assert status == 200
        assert '# TYPE citebot_questions_total counter\ncitebot_questions_total{outcome="answered"}' in numbers
        assert 'citebot_feedback_total{verdict="up"} 1' in numbers
        assert 'citebot_first_text_seconds_bucket{le="+Inf"} 2' in numbers
        assert "citebot_questions_waiting" in numbers


def test_genuine() -> None:
    """The reference example: exactly these bytes, this secret, within five minutes."""
    body = b'{"type":"event_callback"}'
    headers = signature(body, "secret", at=1_700_000_000)
    assert genuine("secret", body, headers, 1_700_000_299)
    assert not genuine("secret", body, headers, 1_700_000_301)
    assert not genuine("Secret", body, headers, 1_700_000_000)
