"""What a question that compares looks up one by one: by the grammar, or by the model where that knows none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.decompose import MAX_QUESTION, Compound, Piece, compound
from bot.followup import begins_as_question
from bot.message import PARTS
from bot.terms import content, stem, words
from prompts import render
from retrieval.errors import ProviderError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_COMPARES = re.compile(
    r"\b(?:or|than|versus|vs|compar\w+|differ\w*|each|both|respectively|which (?:one|of)"
    r"|and (?:in|on|at|for|by|with|from))\b",
    re.I,
)
_FEWEST, _MOST = 6, 60  # words; a shorter question compares nothing, a longer one explains itself
_MARK = re.compile(r"^\W*(?:\d+[.)]\s*)?")
# Words that a comparison is made of: the questions it divides into need not hold them, and may hold those below.
_COMPARING = frozenset(map(stem, "compare comparison differ difference different more less two three four".split()))
_MEASURING = frozenset(map(stem, "many big large old tall high size price cost number amount date".split()))


def divided(text: str, model: BaseChatModel | None) -> Compound | None:
    """The questions that `text` divides into; None if it is one question.

    The model is asked where the grammar knows no division and the words look like a comparison. Its questions are
    taken only if they are questions in the words of `text`, and together hold its content words. Never raises for a
    model that fails: then the question stays whole.
    """
    by_rule = compound(text)
    if by_rule or model is None or not _FEWEST <= len(text.split()) <= _MOST or not _COMPARES.search(text):
        return by_rule
    pieces = _by_model(text, model)
    return Compound(pieces) if pieces else None


def _by_model(text: str, model: BaseChatModel) -> tuple[Piece, ...]:
    from bot.providers import complete

    try:
        reply = complete(model, render("decompose", most=str(PARTS), question=text), limit=3 * MAX_QUESTION)
    except ProviderError:
        return ()
    lines = [_MARK.sub("", line).strip(" \"“”'`*") for line in reply.splitlines()]
    return _checked([line for line in dict.fromkeys(lines) if line], text)


def _checked(lines: Sequence[str], text: str) -> tuple[Piece, ...]:
    """The lines as pieces, each named after the words that it alone holds; none if they cannot be trusted."""
    if not 2 <= len(lines) <= PARTS or not all(begins_as_question(line) for line in lines):
        return ()
    asked, found = set(content(text)), [set(content(line)) for line in lines]
    known = asked | _MEASURING
    if not all(own <= known for own in found) or not asked - _COMPARING - _comparatives(text) <= set().union(*found):
        return ()
    labels = [_label(line, [other for other in lines if other is not line]) for line in lines]
    return tuple(Piece(label, line) for label, line in zip(labels, lines, strict=True)) if all(labels) else ()


def _label(line: str, others: Sequence[str]) -> str:
    shared = {s for other in others for s in content(other)}
    own = [w for w in re.findall(r"[^\W_][\w'’.-]*", line) if content(w) and not shared & set(content(w))]
    return " ".join(own).rstrip(".")


def _comparatives(text: str) -> set[str]:
    """Stems of "taller" and "cheapest", for which the questions may say "tall" or "cost"."""
    return {stem(w) for w in words(text) if w.endswith(("er", "est")) or w in ("more", "less", "most", "least")}
