"""The app manifest that Slack makes the app of: everything the bot needs, nothing to edit."""

from __future__ import annotations

import json

from bot.slack.notices import HELP_PROMPT

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "groups:history",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "users:read",
)
"""Bot scopes without which the bot cannot work."""

EXTRA_SCOPES = ("channels:read", "groups:read", "usergroups:read")
"""Bot scopes for user groups in the access file, and to see whether a channel is shared with another organisation."""

EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im")
COMMAND = "/ask"
SHORTCUT = "find_sources"
DESCRIPTION = "Answers questions from your documents; every statement carries a quote you can check."


def manifest() -> str:
    """The manifest as JSON, for "Create an app from a manifest" at Slack. It uses Socket Mode."""
    values = {
        "display_information": {"name": "citebot", "description": DESCRIPTION, "background_color": "#1d3557"},
        "features": {
            "agent_view": {
                "agent_description": DESCRIPTION,
                "suggested_prompts": [{"title": HELP_PROMPT, "message": HELP_PROMPT}],
            },
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "citebot", "always_online": True},
            "shortcuts": [
                {
                    "name": "Find sources for this",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Looks for the passages that go with a message",
                }
            ],
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Ask the documents; only you see the answer",
                    "usage_hint": "your question",
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES + EXTRA_SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
        },
    }
    return json.dumps(values, indent=2)
