"""The second look (CITEBOT_JUDGE): the model is asked once more whether the quotes of a statement support it.

It comes after `bot.verify` and only takes away. A model that fails, is too slow or says neither yes nor no leaves the
verifier's verdict as it is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.answer import Usage
from bot.compose import Quote
from prompts import render
from retrieval.errors import ProviderError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

SECONDS = 30.0  # for one look; a server with one slot first writes the answer to its end
OBJECTION = "asked again, the model finds that the quotes do not say this"

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_VERDICT = re.compile(r"\W*(?:answer\W+)?(yes|no)\b", re.IGNORECASE)


class SecondLook:
    """Looks at the statements of one answer, one request each, so that each can be shown as soon as it is judged.

    `decisions` tells every look in words, `usage` counts what all of them read and wrote. After one failure no more
    is asked: an endpoint that hangs costs an answer `SECONDS` once.
    """

    def __init__(self, model: BaseChatModel, question: str) -> None:
        self.decisions: list[str] = []
        self.usage = Usage()
        self._model = model
        self._question = question
        self._failed = False

    def objection(self, statement: str, quotes: Sequence[Quote]) -> str:
        """Why `statement` is to be withheld; "" where it is not, also where nothing can be found out."""
        if self._failed:
            return ""
        if verbatim(statement, quotes):
            self._note(statement, "none needed, it is a quote")
            return ""
        supported = self._asked(statement, quotes)
        if supported is not None:
            self._note(statement, "supported" if supported else "not supported")
        return OBJECTION if supported is False else ""

    def _asked(self, statement: str, quotes: Sequence[Quote]) -> bool | None:
        """What the model says; None where it fails or says something else."""
        from bot.providers import complete

        try:
            asked = request(statement, "\n\n".join(map(_shown, quotes)), self._question)
            reply = complete(self._model, asked, seconds=SECONDS, spent=self._spend)
        except ProviderError as error:
            self._failed = True
            self._note(statement, f"given up, also for what follows. {error}")
            return None
        supported = verdict(reply)
        if supported is None:
            self._note(statement, "neither yes nor no, so it stands")
        return supported

    def _note(self, statement: str, outcome: str) -> None:
        self.decisions.append(f"Second look at “{statement}”: {outcome}")

    def _spend(self, usage: Usage) -> None:
        self.usage += usage


def verbatim(statement: str, quotes: Sequence[Quote]) -> bool:
    """Whether `statement` stands word for word in one of `quotes`; case, punctuation and white space aside."""
    told = _plain(statement)
    return any(f" {told} " in f" {_plain(quote.text)} " for quote in quotes)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def request(statement: str, quotes: str, question: str) -> str:
    """The prompt. The fence around the quotes is made from all of it, so that no document can close it."""
    asked, stated = " ".join(question.split()), " ".join(statement.split())
    fence = f"<<<{hashlib.sha256(f'{asked}|{stated}|{quotes}'.encode('utf-8', 'replace')).hexdigest()[:12]}>>>"
    return render("second_look", fence=fence, quotes=quotes, question=asked, statement=stated)


def _shown(quote: Quote) -> str:
    """A quote under its title and date, with the sentence before it in brackets."""
    passage, chunk = quote.passage, quote.passage.chunk
    heading = f"{passage.title} · {passage.date}" if passage.date else passage.title
    before = [Quote(passage, s.start, s.end).text for s in chunk.sentences if s.end <= quote.start][-1:]
    told = " ".join((*(f"({text})" for text in before), quote.text))
    return f"{' '.join(heading.split())}\n{' '.join(told.split())}"


def verdict(reply: str) -> bool | None:
    """Yes or no at the beginning of a reply, behind a reasoning model's thoughts; None for anything else."""
    found = _VERDICT.match(_THOUGHT.sub("", reply))
    return found.group(1).lower() == "yes" if found else None
