"""Who the bot is at Slack, asked once at the start: wrong tokens and missing scopes are told here, by name."""

from __future__ import annotations

import logging
from typing import Any

from bot.slack.events import Me
from bot.slack.manifest import EXTRA_SCOPES, SCOPES
from bot.slack.web import Dismissed, Refused, SlackFailure, Web
from retrieval.errors import UsageError, UserError

log = logging.getLogger(__name__)


class SlackError(UserError):
    """Slack cannot be reached, or took the app away."""


UNREACHABLE = "Slack cannot be reached: check the network and SLACK_API_URL, then start again."


async def identify(web: Web) -> Me:
    """The bot's own ids. Raises UsageError for a token or scopes that will not do, SlackError without Slack."""
    answer: Any = None

    async def ask() -> Any:
        nonlocal answer
        answer = await web.client.auth_test()
        return answer

    try:
        await web.attempt("auth_test", ask)
    except (Dismissed, Refused) as failure:
        raise UsageError(
            f"Slack refuses SLACK_BOT_TOKEN ({failure}): copy the bot token from the app's page at Slack."
        ) from failure
    except SlackFailure as failure:
        raise SlackError(UNREACHABLE) from failure
    _check_scopes(str(answer.headers.get("x-oauth-scopes") or ""))
    return Me(str(answer["team_id"]), str(answer["user_id"]), str(answer.get("bot_id") or ""))


def _check_scopes(granted: str) -> None:
    if not granted:
        return
    have = set(granted.replace(",", " ").split())
    if missing := sorted(set(SCOPES) - have):
        todo = "add them under OAuth & Permissions at Slack and install the app again"
        raise UsageError(f"The Slack app lacks the scopes {', '.join(missing)}: {todo}.")
    for scope in sorted(set(EXTRA_SCOPES) - have):
        log.warning("the Slack app lacks the scope %s: what needs it is left out", scope)


async def socket_address(web: Web, app_token: str) -> str:
    """Where Socket Mode listens. Raises UsageError where the app-level token will not do, SlackError without Slack."""
    try:
        opened = await web.call("apps_connections_open", app_token=app_token)
    except (Dismissed, Refused) as failure:
        raise UsageError(_socket_remedy(str(failure))) from failure
    except SlackFailure as failure:
        raise SlackError(UNREACHABLE) from failure
    return str(opened["url"])


def _socket_remedy(code: str) -> str:
    if code == "missing_scope":
        return "SLACK_APP_TOKEN lacks the scope connections:write: make a new app-level token with it."
    if "socket" in code or code == "forbidden":
        return f"Socket Mode is not enabled ({code}): switch it on at the app's page at Slack."
    return f"Slack refuses SLACK_APP_TOKEN ({code}): copy the app-level token from the app's page at Slack."
