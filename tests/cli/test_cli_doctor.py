"""`doctor` against real servers: what is right, what is wrong, and what to do about it."""

from __future__ import annotations

import asyncio

import pytest
from installed import Citebot, Result
from llm_server import LLMServer, failure

from tests.slack.fake_slack import SCOPES, FakeSlack


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


def test_endpoint(citebot: Citebot, llm_server: LLMServer) -> None:
    """A model that answers is ok; a key that is refused is an error that names its setting and not its value."""
    program = citebot.setting(OPENAI_BASE_URL=llm_server.url, OPENAI_API_KEY="sk-sesame", CITEBOT_MODEL="scripted")
    llm_server.default = "OK"
    assert lines(program("doctor", "--json"), "endpoint")[0][0] == "ok"
    llm_server.default = failure(401, "no", "invalid_api_key")
    refused = program("doctor", "--json")
    assert refused.code == 1
    assert lines(refused, "endpoint")[0][0] == "error"
    assert "OPENAI_API_KEY" in lines(refused, "endpoint")[0][1]
    assert "sesame" not in refused.out + refused.err


def test_endpoint_without_a_model(citebot: Citebot) -> None:
    """A key without a model says which setting is missing."""
    result = citebot.setting(OPENAI_API_KEY="sk-sesame")("doctor", "--json")
    assert (result.code, lines(result, "endpoint")[0][0]) == (1, "error")
    assert "CITEBOT_MODEL" in lines(result, "endpoint")[0][1]


async def _checked(program: Citebot, scopes: str | None = None, **tokens: str) -> Result:
    async with FakeSlack() as slack:
        slack.scopes = scopes or slack.scopes
        return await asyncio.to_thread(program.setting(SLACK_API_URL=slack.api_url, **tokens), "doctor", "--json")


def test_slack_is_ready(citebot: Citebot) -> None:
    """Tokens that Slack takes, with every scope, are ok."""
    result = asyncio.run(_checked(citebot, SLACK_BOT_TOKEN="xoxb-good", SLACK_APP_TOKEN="xapp-good"))
    assert {status for status, _ in lines(result, "Slack")} == {"ok"}


def test_slack_scopes_are_missing(citebot: Citebot) -> None:
    """A token without a scope is an error that names it, with Slack's own separators."""
    tokens = {"SLACK_BOT_TOKEN": "xoxb-good", "SLACK_APP_TOKEN": "xapp-good"}
    result = asyncio.run(_checked(citebot, SCOPES.replace("chat:write ", "").replace(" ", ","), **tokens))
    errors = [text for status, text in lines(result, "Slack") if status == "error"]
    assert (result.code, len(errors)) == (1, 1)
    assert "chat:write:" in errors[0]


@pytest.mark.parametrize(
    ("tokens", "part"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-sesame"}, "Slack refuses SLACK_BOT_TOKEN (invalid_auth)"),
        ({"SLACK_BOT_TOKEN": "xoxb-good", "SLACK_APP_TOKEN": "xapp-sesame"}, "Slack refuses SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": "xapp-good"}, "SLACK_BOT_TOKEN is missing"),
    ],
)
def test_slack_refuses(citebot: Citebot, tokens: dict[str, str], part: str) -> None:
    """A token that is wrong or missing is an error that names it and never shows it."""
    result = asyncio.run(_checked(citebot, **tokens))
    assert result.code == 1
    assert any(part in text for status, text in lines(result, "Slack") if status == "error")
    assert "sesame" not in result.out + result.err


def test_slack_is_unreachable(citebot: Citebot) -> None:
    """Where nobody answers at the address, that is said."""
    program = citebot.setting(SLACK_API_URL="http://127.0.0.1:9", SLACK_BOT_TOKEN="xoxb-good")
    (error,) = lines(program("doctor", "--json"), "Slack")
    assert error == ("error", "Slack cannot be reached at http://127.0.0.1:9: check the network and SLACK_API_URL.")
