"""The values that travel between a question and every edge (terminal, JSON, Slack): nothing here computes an answer."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from retrieval.model import Passage, Scope

Status = Literal["answered", "partial", "refused"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in which conversation, over which documents. `k` is the number of passages to read."""

    text: str
    history: tuple[Turn, ...] = ()
    scope: Scope = Scope()
    k: int | None = None
    answerer: Literal["extractive", "llm"] | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `show(source)[start:end] == quote`."""

    number: int
    source: str
    title: str
    quote: str
    start: int
    end: int
    lines: tuple[int, int]
    page: int | None
    date: date | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of the answer and the numbers of the citations that support it."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of several values that sources give for the same thing.

    `written` is the date of the newest document cited for it, `repeated_in` names the documents that only repeat one
    of these in nearly the same words: they count as one source with it.
    """

    value: str
    citations: tuple[int, ...]
    written: date | None = None
    repeated_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that disagree: at least two sides."""

    about: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """What came closest to a question that was refused: a verbatim quote that does not answer it."""

    source: str
    title: str
    quote: str
    start: int
    end: int
    lines: tuple[int, int]
    page: int | None


@dataclass(frozen=True, slots=True)
class Withheld:
    """A statement that was not shown, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


@dataclass(frozen=True, slots=True)
class Seconds:
    retrieve: float = 0.0
    rerank: float = 0.0
    answer: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the evidence `answers` a question, and with which probability; `reason`, if any, is why it does not.

    `logit` is the cross-encoder's for the best span, lowered where a value is asked for and none stands; `found` is the
    share of the question's content words that the passages hold. The probability is computed from them; both are None
    where another rule decided.
    """

    answers: bool
    probability: float
    reason: str = ""
    logit: float | None = None
    found: float | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """What `/why` shows: the passages read with their scores, the prompt, and each decision in words.

    `judgements` are those of the questions of the message, in order.
    """

    passages: tuple[Passage, ...] = ()
    prompt: str = ""
    decisions: tuple[str, ...] = ()
    judgements: tuple[Judgement, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a question.

    `notice` is a sentence about the answer (that it is a fallback, say), not a statement of it. `error` is what went
    wrong with the model's endpoint, in one sentence: the answer is then the embedded one, or ends where the model did.
    """

    question: str
    standalone_question: str
    status: Status
    answer: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    answerer: str = "extractive"
    notice: str = ""
    error: str = ""
    usage: Usage = Usage()
    seconds: Seconds = Seconds()
    trace: Trace = field(default=Trace(), repr=False)

    def to_json(self) -> dict[str, Any]:
        """The answer object of `ask --json`: everything but the trace; dates as ISO 8601."""
        values = {name: getattr(self, name) for name in self.__slots__ if name != "trace"}
        return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of the work, for a status line: "Reading 5 documents"."""

    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A verified piece of the answer, ready to be shown: `text` carries its [n] markers.

    `citations` holds those citations whose numbers appear here for the first time. The `text`s of an answer's
    statements, joined, are its `answer`.
    """

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """The last event of every stream."""

    answer: Answer


Event = Progress | Statement | Done
