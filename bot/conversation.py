"""A follow-up made whole from what was said before: by the model where there is one, else by rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.answer import Turn
from bot.followup import SELF_CONTAINED, begins_as_question, complete
from bot.reference import Exchange
from bot.terms import content, stem, words
from prompts import render
from retrieval.errors import ProviderError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_EXCHANGES = 6  # earlier questions that a follow-up may refer to, by way of each other
MAX_TURN = 500  # characters of an earlier message that are read
MAX_QUESTION = 500  # characters; a longer question explains itself
MAX_ADDED = 300  # characters that making it whole may add

_MARKER = re.compile(r"\s*\[\d+\](?:\(\S*\))?")
_DECORATION = re.compile(r"[\"“”„«»*`_#>|]+")
_PREFIX = re.compile(r"^\W*(?:(?:rewritten|standalone)?\s*(?:question|rewritten))\s*:\s*", re.IGNORECASE)


def standalone(question: str, history: Sequence[Turn], model: BaseChatModel | None) -> str:
    """`question` so that it can be understood without `history`; unchanged where it already can.

    The model's wording is taken only if it keeps the question's own words and adds none but the conversation's. Never
    raises for a model that fails: then the rules decide alone. At most MAX_ADDED characters longer than `question`.
    """
    earlier = _exchanges(history)
    if not earlier or len(question) > MAX_QUESTION:
        return question
    by_rule = _bounded(complete(question, earlier), question)
    if model is None or (by_rule == question and len(content(question)) > SELF_CONTAINED):
        return by_rule
    return _by_model(question, earlier, model) or by_rule


def _exchanges(history: Sequence[Turn]) -> list[Exchange]:
    """Earlier questions, each made whole by those before it, with their answers as plain text."""
    exchanges: list[Exchange] = []
    for turn in history[-2 * MAX_EXCHANGES :]:
        text = _plain(turn.content)
        if turn.role == "user":
            exchanges.append(Exchange(_bounded(complete(text, exchanges), text), ""))
        elif exchanges:
            exchanges[-1] = Exchange(exchanges[-1].question, text)
    return exchanges


def _plain(text: str) -> str:
    """The beginning of a message without citation markers, quotation marks and Markdown."""
    return " ".join(_DECORATION.sub("", _MARKER.sub("", text[:MAX_TURN])).split())


def _bounded(whole: str, question: str) -> str:
    return whole if len(whole) <= len(question) + MAX_ADDED else question


def _by_model(question: str, earlier: Sequence[Exchange], model: BaseChatModel) -> str:
    """The model's wording, or "" if it fails or its wording cannot be trusted."""
    from bot.providers import complete as ask

    conversation = "\n".join(f"User: {x.question}\nAssistant: {x.answer}" for x in earlier[-3:])
    try:
        reply = ask(model, render("standalone", conversation=conversation, question=question), limit=MAX_QUESTION)
    except ProviderError:
        return ""
    line = next((line for line in reply.splitlines() if line.strip()), "")
    whole = _PREFIX.sub("", line).strip(" \"“”'`*")
    return whole if _faithful(whole, question, f"{conversation} {question}") else ""


def _faithful(whole: str, question: str, said: str) -> bool:
    """Whether `whole` is another question that keeps the content words of `question` and adds none not said before."""
    if whole.casefold() == question.casefold() or not begins_as_question(whole) or _bounded(whole, question) != whole:
        return False
    kept, known = set(content(whole)), {stem(word) for word in words(said)}
    return set(content(question)) <= kept <= known | set(content(said))
