"""An answerer without documents' retrieval: its answers are scripted, its documents are a few texts."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.answer import Answer, Citation, Claim, Done, Event, Nearest, Progress, Question, Statement
from retrieval.errors import StoreError
from retrieval.model import Chunk, Kind, Passage, Scope, Sentence, Source
from retrieval.reader import DocumentInfo

TEXT = "The outage began at noon. It lasted seven hours.\nNobody was hurt."


def document(name: str, text: str = TEXT, title: str = "") -> Source:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Source(name, text, title or name.rsplit(".")[0].title(), date(2024, 5, 3), (), digest)


@dataclass
class Scripted:
    """Answers "how long" questions from the first document it may read; `script` replaces the whole answer.

    `asked` keeps every question; while `gate` is not set, answers wait after their first statement. `pause` is how
    many seconds the work takes before and between statements.
    """

    documents: dict[str, Source] = field(default_factory=lambda: {"outage.txt": document("outage.txt")})
    script: Callable[[Question], Iterator[Event]] | None = None
    asked: list[Question] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    pause: float = 0.0

    def __post_init__(self) -> None:
        self.gate.set()

    def warm(self) -> None: ...

    def stream(self, question: Question) -> Iterator[Event]:
        self.asked.append(question)
        time.sleep(self.pause)
        readable = self._readable(question.scope)
        yield Progress(f"Reading {len(readable)} documents")
        if self.script is not None:
            yield from self.script(question)
        elif not readable or "how long" not in question.text.lower():
            yield from refusal(question, readable)
        else:
            yield from self._quote(question, readable[0])

    def _quote(self, question: Question, source: Source) -> Iterator[Event]:
        first, second = (citation(n, source, q) for n, q in enumerate(source.text.split("\n")[0].split(". "), 1))
        yield Statement(f"{first.quote} [1]", (first,))
        self.gate.wait(30)
        time.sleep(self.pause)
        yield Statement(f" {second.quote} [2]", (second,))
        claims = (Claim(first.quote, (1,)), Claim(second.quote, (2,)))
        text = f"{first.quote} [1] {second.quote} [2]"
        yield Done(Answer(question.text, question.text, "answered", text, claims, (first, second)))

    def search(self, query: str, k: int = 10, scope: Scope = Scope()) -> list[Passage]:
        return [passage(n, s) for n, s in enumerate(self._readable(scope)[:k]) if query.split()[0] in s.text]

    def sources(self, scope: Scope = Scope()) -> list[DocumentInfo]:
        now = datetime(2024, 5, 4, 12, 0, tzinfo=UTC)
        return [
            DocumentInfo(s.name, "/", s.title, s.date, s.sha256, len(s.text), 1, now) for s in self._readable(scope)
        ]

    def show(self, name: str) -> Source:
        if name not in self.documents:
            raise StoreError(f"{name} is not indexed.")
        return self.documents[name]

    def _readable(self, scope: Scope) -> list[Source]:
        return [source for name, source in self.documents.items() if scope.allows(name)]


def citation(number: int, source: Source, quote: str) -> Citation:
    start = source.text.index(quote)
    end = start + len(quote)
    lines = source.lines(start, end)
    return Citation(number, source.name, source.title, quote, start, end, lines, None, source.date)


def passage(number: int, source: Source) -> Passage:
    end = source.text.find("\n") + 1 or len(source.text)
    text = source.text[:end].rstrip()
    chunk = Chunk(source.name, 0, len(text), text, "", (Sentence(0, len(text), Kind.PROSE),))
    return Passage(number, source.name, source.title, source.date, chunk, (1, 1), None, 1.0)


def refusal(question: Question, readable: list[Source]) -> Iterator[Event]:
    near = tuple(
        Nearest(s.name, s.title, s.text.split("\n")[0], 0, len(s.text.split("\n")[0]), (1, 1), None) for s in readable
    )
    text = "The documents do not answer this."
    yield Statement(text)
    yield Done(Answer(question.text, question.text, "refused", text, nearest=near))


def statements(*texts: str, sources: tuple[Citation, ...] = ()) -> Callable[[Question], Iterator[Event]]:
    """A script that says `texts` one after the other, citing `sources` with the last."""

    def script(question: Question) -> Iterator[Event]:
        for text in texts[:-1]:
            yield Statement(text)
        yield Statement(texts[-1], sources)
        claims = tuple(Claim(c.quote, (c.number,)) for c in sources)
        yield Done(Answer(question.text, question.text, "answered", "".join(texts), claims, sources))

    return script
