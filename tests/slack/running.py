"""A real bot on the fake Slack: real bolt, real database, quick waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.slack.answers import Answerer
from bot.slack.app import Running, Tempo, listening
from bot.slack.dispatch import Timing
from bot.slack.web import Pace
from tests.slack.fake_slack import FakeSlack
from tests.slack.people import channel, person
from tests.slack.scripted import Scripted
from tests.slack.world import Message

QUICK = Tempo(
    pace=Pace(post_every=0.2, first_retry=0.05, patience=3.0),
    timing=Timing(lease=2.0, look=0.2, retry=0.2, farewell=2.0),
    ping=1.0,
    connect=1.0,
    look=0.5,
)


def settings(slack: FakeSlack, data_dir: Path, **values: Any) -> Settings:
    given = {
        "data_dir": data_dir, "slack_bot_token": "xoxb-good", "slack_app_token": "xapp-good",
        "slack_signing_secret": "shhh", "slack_api_url": slack.api_url,
    }  # fmt: skip
    return Settings(**{**given, **values})


@asynccontextmanager
async def workspace(strict: bool = True) -> AsyncIterator[FakeSlack]:
    """A workspace with the channel C1 and the members U1 and U2; at the end nothing may have been violated."""
    async with FakeSlack() as slack:
        channel(slack, "C1")
        person(slack, "U1")
        person(slack, "U2", profile={"real_name": "Bob Example"})
        yield slack
        if strict:
            assert slack.violations == []
            assert slack.world.stuck() == {}
            assert slack.world.open_streams() == []


@asynccontextmanager
async def bot(
    slack: FakeSlack, data_dir: Path, answerer: Answerer | None = None, http: str | None = None, **values: Any
) -> AsyncIterator[Running]:
    """The bot, listening."""
    async with listening(settings(slack, data_dir, **values), answerer or Scripted(), http, QUICK) as running:
        if http is None:
            await slack.until(lambda: slack.sockets)
        else:
            slack.request_url = f"http://127.0.0.1:{running.port}/slack/events"
        yield running


async def answered(slack: FakeSlack, asked: Message, messages: int = 1) -> list[Message]:
    """The bot's messages in the thread of `asked`, once there are so many and all are complete."""
    thread = asked.thread_ts or asked.ts

    def complete() -> bool:
        found = slack.world.answers(asked.channel, thread)
        return len(found) >= messages and not any(message.streaming or not message.blocks for message in found)

    await slack.until(complete)
    return slack.world.answers(asked.channel, thread)
