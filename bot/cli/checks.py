"""What `doctor` looks at: settings, data directory, models, index, model endpoint, Slack. It changes nothing."""

from __future__ import annotations

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal

from pydantic import SecretStr

from bot.settings import Settings, load_settings, variable
from retrieval.errors import ProviderError, StoreError, UsageError, UserError

SLACK_API = "https://slack.com/api"
SLACK_SECONDS = 10
ENDPOINT_SECONDS = 20
TRIAL = ("The ferry carried 140 passengers.", "The ferry carried no passengers.")  # a true and a false statement


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `doctor`: what was looked at, how it is, and what to do about it."""

    check: str
    status: Literal["ok", "warning", "error"]
    text: str


def findings() -> Iterator[Finding]:
    """Every check, in the order in which things depend on each other; without settings there is no other."""
    try:
        settings = load_settings()
    except UsageError as error:
        yield Finding("settings", "error", str(error))
        return
    yield from _settings(settings)
    yield from _guarded("data directory", _data_dir, settings)
    yield from _guarded("models", _models, settings)
    yield from _guarded("index", _index, settings)
    yield from _guarded("endpoint", endpoint_findings, settings)
    yield from _guarded("second look", judge_findings, settings)
    yield from _guarded("Slack", slack_findings, settings)


def _guarded(check: str, look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except UserError as error:
        yield Finding(check, "error", str(error))
    except Exception as error:  # noqa: BLE001 -- whatever is broken, the other checks are still wanted
        yield Finding(check, "error", f"The check failed ({type(error).__name__}): please report it.")


def _settings(settings: Settings) -> Iterator[Finding]:
    names = ", ".join(variable(field) for field in sorted(settings.model_fields_set))
    yield Finding("settings", "ok", f"Set: {names}." if names else "Nothing is set: defaults throughout.")


def _data_dir(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not existing.is_dir():
        yield Finding("data directory", "error", f"{existing} is a file: set CITEBOT_DATA_DIR to a folder.")
    elif not os.access(existing, os.W_OK | os.X_OK):
        yield Finding("data directory", "error", f"{existing} is not writable: mend its rights or CITEBOT_DATA_DIR.")
    else:
        yield Finding("data directory", "ok", f"{folder}" if existing == folder else f"{folder} will be made.")


def _models(settings: Settings) -> Iterator[Finding]:
    from bot.pipeline import Bot

    start = perf_counter()
    with Bot(settings) as bot:
        bot.warm()
    yield Finding("models", "ok", f"Loaded in {perf_counter() - start:.1f} s.")


def _index(settings: Settings) -> Iterator[Finding]:
    from bot.pipeline import Bot
    from retrieval.ledger import NOTHING

    with Bot(settings) as bot:
        try:
            documents = bot.sources()
        except StoreError as error:
            if str(error) != NOTHING:
                raise
            documents = []
    if not documents:
        yield Finding("index", "warning", "Nothing is indexed yet: run `citebot ingest FOLDER`.")
        return
    chunks = sum(document.chunks for document in documents)
    newest = max(document.indexed_at for document in documents)
    yield Finding("index", "ok", f"{len(documents)} documents, {chunks} chunks, newest of {newest:%Y-%m-%d %H:%M} UTC.")


def endpoint_findings(settings: Settings) -> Iterator[Finding]:
    """Asks the model for one word. Raises ProviderError or UsageError where it cannot."""
    if not settings.has_endpoint:
        yield Finding("endpoint", "ok", "None is set: answers are quotes, nothing leaves this machine.")
        return
    from bot.providers import chat_model, complete

    start = perf_counter()
    complete(chat_model(settings, timeout=ENDPOINT_SECONDS), "Reply with the word OK.", limit=200)
    yield Finding("endpoint", "ok", f"{settings.model} answered in {perf_counter() - start:.1f} s.")


def judge_findings(settings: Settings) -> Iterator[Finding]:
    """Has the model take second looks at a true and a false statement. Raises ProviderError or UsageError."""
    if not settings.judge:
        return
    if settings.default_answerer != "llm":
        yield Finding("second look", "warning", "CITEBOT_JUDGE is on, but no model writes answers: it does nothing.")
        return
    from bot.providers import chat_model, complete
    from bot.second_look import request, verdict

    model, question = chat_model(settings, timeout=ENDPOINT_SECONDS), "How many passengers did the ferry carry?"
    asked = (request(statement, "The ferry took 140 passengers to the island.", question) for statement in TRIAL)
    if [verdict(complete(model, prompt)) for prompt in asked] == [True, False]:
        yield Finding("second look", "ok", f"{settings.model} tells a true statement from a false one.")
    else:
        remedy = "set a better CITEBOT_MODEL, or CITEBOT_JUDGE=off"
        yield Finding("second look", "warning", f"{settings.model} judges a plain statement wrongly: {remedy}.")


def slack_findings(settings: Settings) -> Iterator[Finding]:
    """Shows the tokens to Slack and compares their scopes. Raises ProviderError where Slack refuses one."""
    if settings.slack_bot_token is None:
        if settings.slack_app_token or settings.slack_signing_secret:
            yield Finding("Slack", "error", "SLACK_BOT_TOKEN is missing: copy it from the app's page at Slack.")
        else:
            yield Finding("Slack", "ok", "Not set up; docs/slack.md tells how.")
        return
    yield from _bot_token(settings, settings.slack_bot_token)
    if settings.slack_app_token is not None:
        _slack_call(settings, "apps.connections.open", settings.slack_app_token, "SLACK_APP_TOKEN")
        yield Finding("Slack", "ok", "SLACK_APP_TOKEN opens Socket Mode.")
    elif settings.slack_signing_secret is None:
        yield Finding("Slack", "warning", "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for --http.")


def _bot_token(settings: Settings, token: SecretStr) -> Iterator[Finding]:
    answer, scopes = _slack_call(settings, "auth.test", token, "SLACK_BOT_TOKEN")
    yield Finding("Slack", "ok", f"SLACK_BOT_TOKEN is {answer.get('user')} in {answer.get('team')}.")
    from bot.slack.manifest import EXTRA_SCOPES, SCOPES

    todo = "add them to the app at Slack and install it again"
    if missing := sorted(set(SCOPES) - scopes):
        yield Finding("Slack", "error", f"SLACK_BOT_TOKEN lacks the scopes {', '.join(missing)}: {todo}.")
    elif missing := sorted(set(EXTRA_SCOPES) - scopes):
        yield Finding("Slack", "warning", f"User groups and shared channels need {', '.join(missing)}: {todo}.")
    else:
        yield Finding("Slack", "ok", "Every scope is granted.")


def _slack_call(settings: Settings, method: str, token: SecretStr, name: str) -> tuple[dict[str, Any], set[str]]:
    """Slack's answer to a method without arguments and the token's scopes. Raises ProviderError where it refuses."""
    base = settings.slack_api_url or SLACK_API
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
    request = urllib.request.Request(f"{base}/{method}", b"", headers)  # noqa: S310 -- settings allow http(s) only
    try:
        with urllib.request.urlopen(request, timeout=SLACK_SECONDS) as response:  # noqa: S310 -- as above
            answer = json.load(response)
            scopes = set(re.split(r"[,\s]+", response.headers.get("x-oauth-scopes", "")))
    except urllib.error.HTTPError as error:
        raise ProviderError(f"Slack answered {error.code} to {method}: try again later.") from error
    except (OSError, ValueError) as error:
        raise ProviderError(f"Slack cannot be reached at {base}: check the network and SLACK_API_URL.") from error
    if not answer.get("ok"):
        raise ProviderError(f"Slack refuses {name} ({answer.get('error')}): copy it anew from the app's page at Slack.")
    return answer, scopes
