"""The conversation in a thread: what was said before a question, and whether a reply is meant for the bot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.answer import Turn
from bot.slack.events import Me
from bot.slack.store import Asked, Outcome
from bot.slack.text import clip, said

Json = dict[str, Any]

TURNS = 12
TURN = 2000  # characters of one turn
CONVERSATION = 8000  # characters of all

SPOKEN = ("answered", "partial", "refused", "sources")


def before(messages: Sequence[Json], asked: Asked, outcomes: Mapping[str, Outcome]) -> list[Json]:
    """The messages of a thread that a question came after.

    An answer to an earlier question, one of `outcomes`, is among them even if it took until after this question.
    """
    return [message for message in messages if str(message["ts"]) < asked.ts or str(message["ts"]) in outcomes]


def history(messages: Sequence[Json], outcomes: Mapping[str, Outcome], me: Me) -> tuple[Turn, ...]:
    """The turns before a question, oldest first, bounded in number and length.

    `outcomes` holds what is known of the bot's messages by their ts: its answers are taken whole from there, and its
    notices and errors are no part of the conversation.
    """
    turns: list[Turn] = []
    told: set[int] = set()
    for message in messages:
        outcome = outcomes.get(str(message["ts"]))
        if message.get("user") != me.user:
            turns.append(Turn("user", said(str(message.get("text") or ""), me.user)))
        elif outcome is None:
            turns.append(Turn("assistant", _shown(str(message.get("text") or ""), me)))
        elif outcome.kind in SPOKEN and outcome.answer and id(outcome) not in told:
            told.add(id(outcome))
            turns.append(Turn("assistant", str(outcome.answer["answer"])))
    return _bounded([turn for turn in turns if turn.content])


def meant_for_bot(messages: Sequence[Json], asked: Asked, me: Me) -> bool:
    """Whether a reply without a mention answers the bot: the last to speak, other than the asker, was the bot."""
    others = [message for message in messages if message.get("user") != asked.user]
    return bool(others) and others[-1].get("user") == me.user


def _shown(text: str, me: Me) -> str:
    """A message of the bot's that nothing is known of, read back without its escapes."""
    return re.sub(r"\\([\\`*_~|\[\]+=#.()-])", r"\1", said(text, me.user))


def _bounded(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    kept: list[Turn] = []
    left = CONVERSATION
    for turn in reversed(turns[-TURNS:]):
        content = clip(turn.content, min(TURN, left))
        left -= len(content)
        kept.append(Turn(turn.role, content))
        if left <= 1:
            break
    return tuple(reversed(kept))
