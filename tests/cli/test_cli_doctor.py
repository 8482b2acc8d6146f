"""`doctor` against real servers: what is right, what is wrong, and what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from installed import Citebot, Result
from llm_server import LLMServer, failure
from pydantic import SecretStr

from bot.cli.checks import Finding, endpoint_findings, judge_findings, slack_findings
from bot.settings import Settings
from bot.slack.manifest import EXTRA_SCOPES, SCOPES
from retrieval.errors import UserError
from tests.slack.fake_slack import FakeSlack


def lines(result: Result, check: str) -> list[tuple[str, str]]:
    return [(item["status"], item["text"]) for item in result.json["checks"] if item["check"] == check]


def test_healthy(citebot: Citebot) -> None:
    """With an index and nothing else set every line is ok."""
    result = citebot("doctor", "--json")
    assert (result.code, result.json["ok"]) == (0, True)
    assert {item["check"] for item in result.json["checks"]} == {
        "settings", "data directory", "models", "index", "endpoint", "Slack",
    }  # fmt: skip
    assert {item["status"] for item in result.json["checks"]} == {"ok"}


def test_fresh(bare: Citebot) -> None:
    """Before the first ingest that is a warning, not an error; plain lines begin with their status."""
    result = bare("doctor")
    assert result.code == 0
    assert "warning index: " in result.out
    assert "citebot ingest" in result.out
    assert list(bare.folder.iterdir()) == []


def test_wrong_settings(bare: Citebot) -> None:
    """Wrong settings are the one line there is, and an error."""
    result = bare.setting(CITEBOT_ANSWERER="oracle")("doctor", "--json")
    assert result.code == 1
    assert lines(result, "settings") == [("error", "CITEBOT_ANSWERER must be auto, extractive or llm.")]


def test_data_directory_is_a_file(bare: Citebot) -> None:
    """A data directory that cannot be is named with its setting."""
    (bare.folder / "data").write_text("")
    result = bare("doctor", "--json")
    assert result.code == 1
    assert lines(result, "data directory")[0][0] == "error"
    assert "CITEBOT_DATA_DIR" in lines(result, "data directory")[0][1]


def test_endpoint_refuses_the_key(citebot: Citebot, llm_server: LLMServer) -> None:
    """A key that is refused is an error that names its setting and not its value; the other checks go on."""
    program = citebot.setting(OPENAI_BASE_URL=llm_server.url, OPENAI_API_KEY="sk-sesame", CITEBOT_MODEL="scripted")
    llm_server.default = failure(401, "no", "invalid_api_key")
    refused = program("doctor", "--json")
    assert refused.code == 1
    assert lines(refused, "endpoint")[0][0] == "error"
    assert "OPENAI_API_KEY" in lines(refused, "endpoint")[0][1]
    assert lines(refused, "Slack") == [("ok", "Not set up; docs/slack.md tells how.")]
    assert "sesame" not in refused.out + refused.err


def found(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> list[tuple[str, str]]:
    """The findings of one check, a refusal being an error as in `doctor`."""
    try:
        return [(finding.status, finding.text) for finding in look(settings)]
    except UserError as error:
        return [("error", str(error))]


def test_endpoint_answers(llm_server: LLMServer) -> None:
    """A model that answers is ok; one that says nothing, or has no name, is an error."""
    settings = Settings(openai_base_url=llm_server.url, openai_api_key=SecretStr("sk-sesame"), model="scripted")
    llm_server.enqueue("OK", "")
    assert [found(endpoint_findings, settings)[0][0] for _ in range(2)] == ["ok", "error"]
    ((status, text),) = found(endpoint_findings, settings.model_copy(update={"model": None}))
    assert status == "error"
    assert "CITEBOT_MODEL" in text


@pytest.mark.parametrize(
    ("replies", "status"), [(("YES", "NO"), "ok"), (("YES", "YES"), "warning"), (("?", "NO"), "warning")]
)
def test_second_looks_are_tried(llm_server: LLMServer, replies: tuple[str, str], status: str) -> None:
    """A model that takes second looks has to tell a true statement from a false one."""
    settings = Settings(openai_base_url=llm_server.url, model="scripted", judge=True)
    llm_server.enqueue(*replies)
    ((found_status, text),) = found(judge_findings, settings)
    assert found_status == status
    assert "scripted" in text


def test_second_looks_without_a_model() -> None:
    """Second looks that nobody takes are a warning; where none are wanted there is nothing to say."""
    assert found(judge_findings, Settings()) == []
    ((status, text),) = found(judge_findings, Settings(judge=True))
    assert status == "warning"
    assert "CITEBOT_JUDGE" in text


GOOD = {"slack_bot_token": "xoxb-good", "slack_app_token": "xapp-good"}


def checked(scopes: str = "", **tokens: str) -> list[tuple[str, str]]:
    """What the check of Slack finds at a workspace that grants `scopes`, every scope by default."""

    async def check() -> list[tuple[str, str]]:
        async with FakeSlack() as slack:
            slack.scopes = scopes or ",".join((*SCOPES, *EXTRA_SCOPES))
            values: dict[str, Any] = {name: SecretStr(token) for name, token in tokens.items()}
            return await asyncio.to_thread(found, slack_findings, Settings(slack_api_url=slack.api_url, **values))

    return asyncio.run(check())


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_slack_is_ready() -> None:
    """Tokens that Slack takes, with every scope, are ok."""
    assert {status for status, _ in checked(**GOOD)} == {"ok"}


def test_slack_without_a_way_in() -> None:
    """A bot token alone is a warning that names what else is needed."""
    assert checked(slack_bot_token="xoxb-good")[-1] == (
        "warning",
        "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for --http.",
    )


@pytest.mark.parametrize("separator", [",", ", ", " "])
def test_slack_scopes_are_missing(separator: str) -> None:
    """A token without a needed scope is an error that names it, one without an extra scope a warning."""
    errors = checked(separator.join(scope for scope in SCOPES if scope != "chat:write"), **GOOD)
    assert [text for status, text in errors if status == "error"] == [
        "SLACK_BOT_TOKEN lacks the scopes chat:write: add them to the app at Slack and install it again."
    ]
    warnings = [text for status, text in checked(separator.join(SCOPES), **GOOD) if status == "warning"]
    assert len(warnings) == 1
    assert all(scope in warnings[0] for scope in EXTRA_SCOPES)


@pytest.mark.parametrize(
    ("tokens", "part"),
    [
        ({"slack_bot_token": "xoxb-sesame"}, "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        ({**GOOD, "slack_app_token": "xapp-sesame"}, "Slack refuses SLACK_APP_TOKEN"),
        ({"slack_app_token": "xapp-good"}, "SLACK_BOT_TOKEN is missing"),
    ],
)
def test_slack_refuses(tokens: dict[str, str], part: str) -> None:
    """A token that is wrong or missing is an error that names it and never shows it."""
    ((status, text),) = checked(**tokens)
    assert status == "error"
    assert part in text
    assert "sesame" not in text


def test_slack_is_unreachable() -> None:
    """Where nobody answers at the address, that is said."""
    settings = Settings(slack_api_url="http://127.0.0.1:9", slack_bot_token=SecretStr("xoxb-good"))
    assert found(slack_findings, settings) == [
        ("error", "Slack cannot be reached at http://127.0.0.1:9: check the network and SLACK_API_URL.")
    ]
