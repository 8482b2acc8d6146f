"""Starting and stopping: what is wrong with tokens, scopes and addresses is said in one sentence."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from bot.slack.app import run
from bot.slack.manifest import EVENTS, EXTRA_SCOPES, SCOPES, manifest
from retrieval.errors import StoreError, UsageError, UserError
from tests.slack.fake_slack import SCOPES as GRANTED
from tests.slack.fake_slack import FakeSlack
from tests.slack.people import MENTION, say
from tests.slack.running import answered, bot, workspace

ROOT = Path(__file__).parents[2]


async def refusal(slack: FakeSlack, data_dir: Path, **values: Any) -> str:
    """The sentence with which the bot does not start."""
    with pytest.raises(UserError) as error:
        async with bot(slack, data_dir, **values):
            pass
    return str(error.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slack_bot_token": None}, "Set SLACK_BOT_TOKEN"),
        ({"slack_app_token": None}, "Set SLACK_APP_TOKEN"),
    ],
)
def test_missing_token(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    """What is not set is named, with where to find it."""
    given = Settings(data_dir=tmp_path, slack_bot_token="xoxb-good", slack_app_token="xapp-good")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=sentence):
        run(given.model_copy(update=change), None)


def test_missing_signing_secret(tmp_path: Path) -> None:
    """HTTP mode cannot start without the secret that tells Slack from others."""
    given = Settings(data_dir=tmp_path, slack_bot_token="xoxb-good")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="Set SLACK_SIGNING_SECRET"):
        run(given, "127.0.0.1:0")


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive"])
async def test_wrong_bot_token(tmp_path: Path, code: str) -> None:
    """A token that is wrong or revoked is named, not shown."""
    async with workspace() as slack:
        slack.tokens["xoxb-bad"] = code
        said = await refusal(slack, tmp_path, slack_bot_token="xoxb-bad")
        assert said.startswith(f"Slack refuses SLACK_BOT_TOKEN ({code})")
        assert "xoxb-bad" not in said


async def test_wrong_app_token(tmp_path: Path) -> None:
    """So is a wrong app-level token."""
    async with workspace() as slack:
        said = await refusal(slack, tmp_path, slack_app_token="xapp-bad")
        assert said.startswith("Slack refuses SLACK_APP_TOKEN (invalid_auth)")


async def test_socket_mode_is_off(tmp_path: Path) -> None:
    """Socket Mode that is not switched on is told apart from a wrong token."""
    async with workspace() as slack:
        slack.socket_refused = True
        assert "Socket Mode is not enabled" in await refusal(slack, tmp_path)


async def test_socket_that_is_refused(tmp_path: Path) -> None:
    """A connection that is not let through is an error in time, not an endless wait."""
    async with workspace() as slack:
        slack.handshake_refused = True
        assert "Slack refuses the Socket Mode connection" in await refusal(slack, tmp_path)


async def test_missing_scopes_are_named(tmp_path: Path) -> None:
    """The scopes the app lacks are listed."""
    async with workspace() as slack:
        slack.scopes = "chat:write im:history"
        said = await refusal(slack, tmp_path)
        assert "lacks the scopes app_mentions:read, assistant:write, channels:history, commands" in said


async def test_slack_is_not_there(tmp_path: Path) -> None:
    """Without a network the bot says so instead of trying for ever."""
    async with workspace() as slack:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert "Slack cannot be reached" in await refusal(slack, tmp_path, slack_api_url=address)


async def test_address_in_use(tmp_path: Path) -> None:
    """An address that cannot be listened at is named."""
    async with workspace() as slack:
        address = f"127.0.0.1:{slack.port}"
        assert f"{address} cannot be listened at" in await refusal(slack, tmp_path, http=address)


async def test_database_that_cannot_be_opened(tmp_path: Path) -> None:
    """A state directory that is a file is named."""
    (tmp_path / "file").write_text("")
    async with workspace() as slack:
        with pytest.raises(StoreError, match="The database for Slack cannot be opened"):
            async with bot(slack, tmp_path / "file"):
                pass


async def test_workspace_takes_the_app_away(tmp_path: Path) -> None:
    """When the token is revoked while the bot runs, it stops asking and says why."""
    async with workspace(strict=False) as slack, bot(slack, tmp_path) as running:
        slack.tokens["xoxb-good"] = "token_revoked"
        await say(slack, "C1", "U1", f"{MENTION} how long was it?")
        assert str(await running.dismissed) == "token_revoked"


async def test_ready_when_warm(tmp_path: Path) -> None:
    """A bot that has answered is ready."""
    async with workspace() as slack, bot(slack, tmp_path) as running:
        await answered(slack, await say(slack, "C1", "U1", f"{MENTION} how long was it?"))
        assert await running.ready() == ""


def test_manifest_needs_no_editing() -> None:
    """The manifest has every scope and event the bot uses, and Slack's limits are kept."""
    values = json.loads(manifest())
    assert values["oauth_config"]["scopes"]["bot"] == sorted([*SCOPES, *EXTRA_SCOPES])
    assert set(values["oauth_config"]["scopes"]["bot"]) == set(GRANTED.split())
    assert values["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert values["settings"]["socket_mode_enabled"] is True
    assert len(values["features"]["agent_view"]["agent_description"]) <= 300
    assert values["features"]["app_home"]["messages_tab_read_only_enabled"] is False
    assert len(values["display_information"]["description"]) <= 140
    assert "<" not in manifest()


async def program(slack: FakeSlack, tmp_path: Path, **more: str) -> asyncio.subprocess.Process:
    """The installed program in a process of its own."""
    given = {"SLACK_BOT_TOKEN": "xoxb-good", "SLACK_APP_TOKEN": "xapp-good", "SLACK_API_URL": slack.api_url} | more
    pipe = asyncio.subprocess.PIPE
    arguments = (sys.executable, "-m", "bot", "slack")
    environment = os.environ | given | {"CITEBOT_DATA_DIR": str(tmp_path / "data")}
    return await asyncio.create_subprocess_exec(*arguments, cwd=ROOT, env=environment, stderr=pipe, stdout=pipe)


async def test_program_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """`citebot slack` listens until SIGTERM, finishes what it has in hand and leaves with 0."""
    async with workspace() as slack:
        running = await program(slack, tmp_path)
        await slack.until(lambda: slack.sockets, 60)
        asked = await say(slack, "C1", "U1", f"{MENTION} how long was it?")
        await slack.until(lambda: slack.world.status_times, 60)
        running.terminate()
        _, errors = await running.communicate()
        assert running.returncode == 0, errors.decode()
        assert len(slack.world.answers("C1", asked.ts)) == 1
        assert b"Traceback" not in errors


async def test_program_with_a_wrong_token(tmp_path: Path) -> None:
    """A wrong token is one sentence on stderr and exit code 2; no token is shown."""
    async with workspace() as slack:
        running = await program(slack, tmp_path, SLACK_BOT_TOKEN="xoxb-wrong")
        _, errors = await running.communicate()
        assert running.returncode == 2
        assert b"Slack refuses SLACK_BOT_TOKEN (invalid_auth)" in errors
        assert b"Traceback" not in errors
        assert b"xoxb-wrong" not in errors
