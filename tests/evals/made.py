"""Small answers over small documents, made by hand, for the tests of the evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.answer import Answer, Citation, Claim, Nearest, Question, Trace
from evals.cases import Case, Group, pattern
from evals.sets import Task
from retrieval.model import Chunk, Kind, Passage, Scope, Sentence, Source

DOCUMENTS = {
    "north.txt": "The lighthouse was lit in 1874.\nIts keeper, Ada Brook, lived there for five and a half years.\n",
    "south.txt": "The lighthouse was lit in 1876, the harbour board says.\nThe lamp burned whale oil.\n",
    "east.txt": "The ferry runs on Mondays.\nSee https://ferry.example/times for more.\n",
}


def show(name: str) -> str:
    """The text of a made document."""
    return DOCUMENTS[name]


def source(name: str, text: str, dated: date | None = None) -> Source:
    return Source(name, text, name, dated, (), name)


def passage(name: str, text: str | None = None, number: int = 0, copies: tuple[str, ...] = ()) -> Passage:
    """One line of a document, or the whole document."""
    whole = DOCUMENTS.get(name, text or "")
    text = whole if text is None else text
    start = whole.index(text)
    chunk = Chunk(name, start, start + len(text), text, "", (Sentence(start, start + len(text), Kind.PROSE),))
    lines = source(name, whole).lines(start, start + len(text))
    return Passage(number, name, name, None, chunk, lines, None, 1.0, copies=copies)


def citation(number: int, name: str, quote: str, dated: date | None = None) -> Citation:
    start = DOCUMENTS[name].index(quote)
    end = start + len(quote)
    lines = source(name, DOCUMENTS[name]).lines(start, end)
    return Citation(number, name, name, quote, start, end, lines, None, dated)


def nearest(name: str, quote: str) -> Nearest:
    cited = citation(1, name, quote)
    return Nearest(name, name, quote, cited.start, cited.end, cited.lines, None)


def quoting(*quotes: tuple[str, str], question: str = "When was it lit?", **changes: Any) -> Answer:
    """An answer whose claims are these quotes, (document, quote), each cited once; every document was read."""
    citations = tuple(citation(number, *quote) for number, quote in enumerate(quotes, 1))
    claims = tuple(Claim(cited.quote, (cited.number,)) for cited in citations)
    text = " ".join(f"{cited.quote} [{cited.number}]" for cited in citations)
    trace = Trace(tuple(passage(name) for name in DOCUMENTS))
    return replace(Answer(question, question, "answered", text, claims, citations, trace=trace), **changes)


def refusing(question: str = "When was it lit?", **changes: Any) -> Answer:
    """A refusal that shows the nearest passage."""
    text = "The documents do not answer this."
    trace = Trace((passage("east.txt"),))
    near = (nearest("east.txt", "The ferry runs on Mondays."),)
    return replace(Answer(question, question, "refused", text, nearest=near, trace=trace), **changes)


def group(*alternatives: str) -> Group:
    return tuple(pattern(text) for text in alternatives)


def case(**values: Any) -> Case:
    return Case(**{"id": "one", "question": "When was it lit?"} | values)


def task(**values: Any) -> Task:
    return Task(case(**values))


class Fixed:
    """An answerer that always gives the same answer and finds the same passages."""

    def __init__(self, answer: Answer, found: Sequence[Passage] = ()) -> None:
        self._answer = answer
        self._found = found

    def ask(self, question: Question) -> Answer:
        return replace(self._answer, question=question.text, standalone_question=question.text)

    def search(self, query: str, k: int = 10, scope: Scope = Scope()) -> Sequence[Passage]:
        return self._found[:k]

    def show(self, name: str) -> Source:
        return source(name, DOCUMENTS[name])
