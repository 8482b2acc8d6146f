"""Questions in another language: translated to be searched for, and answered in the asker's language, by the model.

What is searched for and verified is English. A statement is shown in the asker's language only where its translation
has the same numbers, dates and names; else as it was verified. Quotes are never translated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.compose import flat
from bot.followup import begins_as_question
from bot.language import same_content, same_figures
from bot.question import understand
from bot.terms import names, words
from prompts import render
from retrieval.errors import ProviderError
from retrieval.model import Passage

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

TRANSLATED = "Translated by the model; the quotes are as in the documents."
MAX_QUESTION = 500  # characters of a question, and of its translation

_PREFIX = re.compile(r"^\W*(?:english|translation)\s*:\s*", re.I)


def in_english(question: str, model: BaseChatModel) -> str:
    """`question` in English, or as it is where it is English, the model fails, or what it says is no such question."""
    if understand(question).english or len(question) > MAX_QUESTION:
        return question
    line = _asked(model, render("translate_question", question=flat(question)))
    sound = begins_as_question(line) and understand(line).english and len(line) <= 2 * len(question) + 60
    return line if sound and same_figures(question, line) else question


def _asked(model: BaseChatModel, prompt: str) -> str:
    """The first line that the model says, "" if it fails."""
    from bot.providers import complete

    try:
        reply = complete(model, prompt, limit=2 * MAX_QUESTION)
    except ProviderError:
        return ""
    line = next((line for line in reply.splitlines() if line.strip()), "")
    return flat(_PREFIX.sub("", line).strip(" \"“”„«»'`*"))


class Tongue:
    """Says English statements in the language of a question, as far as their translation can be checked."""

    def __init__(self, model: BaseChatModel, question: str, passages: Sequence[Passage]) -> None:
        self._model = model
        self._question = flat(question)
        self._known = {w for p in passages for n in names(p.chunk.text) if not n.initial for w in words(n.text)}
        self._said: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        """The translation, or `text` where there is none that can be trusted."""
        if text not in self._said:
            prompt = render("translate_statement", question=self._question, statement=flat(text))
            said = _asked(self._model, prompt)
            self._said[text] = said if said and same_content(text, said, self._known) else text
        return self._said[text]

    @property
    def notice(self) -> str:
        """A sentence that marks the answer as translated, in its language; "" where nothing of it is."""
        translated = any(said != text for text, said in self._said.items())
        return self(TRANSLATED) if translated else ""
