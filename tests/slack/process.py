"""The bot as a process of its own that can be killed; forked from a server that has everything imported already."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from dataclasses import replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from bot.settings import Settings
from bot.slack.app import listening
from bot.slack.dispatch import Timing
from tests.slack.running import QUICK
from tests.slack.scripted import Scripted

TEMPO = replace(QUICK, timing=Timing(lease=1.5, look=0.2, retry=0.2, farewell=1.0))


def start(data_dir: Path, api_url: str) -> ForkServerProcess:
    """A bot process on `data_dir`, starting."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.slack.process"])
    process = context.Process(target=_main, args=(data_dir, api_url), daemon=True)
    process.start()
    return process


def _main(data_dir: Path, api_url: str) -> None:
    logging.basicConfig(filename=data_dir / "bot.log", level=logging.INFO, format="%(asctime)s %(process)d %(message)s")
    given = {"slack_bot_token": "xoxb-good", "slack_app_token": "xapp-good", "slack_api_url": api_url}
    asyncio.run(_listen(Settings(data_dir=data_dir, **given)))  # type: ignore[arg-type]


async def _listen(settings: Settings) -> None:
    async with listening(settings, Scripted(pause=0.02), None, TEMPO):
        await asyncio.Event().wait()
