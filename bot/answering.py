"""From what was read to a verified answer: refuse, quote, or let the model write and check each of its sentences.

Every function here yields the events that an edge shows; the last one is `Done`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from time import perf_counter
from typing import TYPE_CHECKING

from bot import extractive
from bot.answer import Answer, Claim, Conflict, Done, Event, Question, Seconds, Side, Statement, Trace, Usage, Withheld
from bot.compose import Findings, Numbering, Supported, flat, marked, nearest
from bot.evidence import Evidence, distinct, statement
from bot.question import Asked
from bot.refusal import Judgement
from bot.second_look import SecondLook
from bot.verify import verify
from retrieval.errors import ProviderError
from retrieval.model import Passage, Reranker

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

NEAREST = 3  # passages shown with a refusal
READ = 8  # passages given to the model
DECISIVE = 0.9  # from this probability on quotes are shown even if the model finds no answer
REFUSAL = "The documents do not answer this."
MISSING = "The documents do not answer:"


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds spent on searching and on reranking."""

    retrieve: float
    rerank: float


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions of a message, with what was found for it."""

    asked: Asked
    passages: tuple[Passage, ...]
    evidence: tuple[Evidence, ...]
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Reading:
    """A message with everything known before it is answered. `began` is a `perf_counter` reading."""

    question: Question
    standalone: str
    parts: tuple[Part, ...]
    timings: Timings
    began: float

    @property
    def answered(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.judgement.answers)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The passages of all parts, each once, those that came first in their part first."""
        ranked = sorted((rank, n, p.id) for n, part in enumerate(self.parts) for rank, p in enumerate(part.passages))
        by_id = {p.id: p for part in self.parts for p in part.passages}
        return tuple(by_id[i] for i in dict.fromkeys(i for _, _, i in ranked))


class Writer:
    """Collects the statements of one answer while they are shown."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._began = perf_counter()
        self._numbering = Numbering()
        self._claims: list[Claim] = []
        self._conflicts: list[Conflict] = []
        self._shown = 0
        self._text = ""

    @property
    def claims(self) -> Sequence[Claim]:
        return self._claims

    def state(self, supported: Supported, prefix: str = "") -> Statement:
        """Adds a statement behind `prefix` (a space, a line break, a bullet)."""
        claim = Claim(supported.text, self._numbering.cite(supported.quotes))
        self._claims.append(claim)
        return self.remark(prefix + marked(claim))

    def remark(self, text: str) -> Statement:
        """Adds text that is no claim."""
        self._text += text
        fresh = tuple(self._numbering.citations[self._shown :])
        self._shown = len(self._numbering.citations)
        return Statement(text, fresh)

    def dispute(self, findings: Findings) -> None:
        """Adds the conflicts of `findings`, citing quotes that statements have shown."""
        self._conflicts += [
            Conflict(d.about, tuple(Side(value, self._numbering.cite(quotes)) for value, quotes in d.sides))
            for d in findings.disputes
        ]

    def shows(self, findings: Findings) -> bool:
        """Whether statements so far cite every side of `findings`, and say its value."""
        said = self._text.lower()
        return all(
            value.lower() in said and all(map(self._numbering.knows, quotes))
            for dispute in findings.disputes
            for value, quotes in dispute.sides
        )

    def done(self, **values: object) -> Done:
        """The finished answer; `values` are further fields of `Answer`."""
        reading, now = self._reading, perf_counter()
        answer = Answer(
            question=reading.question.text,
            standalone_question=reading.standalone,
            status="answered" if self._claims else "refused",
            answer=self._text,
            claims=tuple(self._claims),
            citations=tuple(self._numbering.citations),
            conflicts=tuple(self._conflicts),
            seconds=Seconds(reading.timings.retrieve, reading.timings.rerank, now - self._began, now - reading.began),
            trace=_trace(reading, ""),
        )
        return Done(replace(answer, **values))  # type: ignore[arg-type]


def refuse(reading: Reading, **values: object) -> Iterator[Event]:
    """Says plainly that the documents do not answer, and shows what came closest."""
    writer = Writer(reading)
    reason = reading.parts[0].judgement.reason if len(reading.parts) == 1 else ""
    yield writer.remark(f"{REFUSAL[:-1]}: {reason}." if reason else REFUSAL)
    closest = [e for evidence in zip_longest(*(part.evidence for part in reading.parts)) for e in evidence if e]
    yield writer.done(nearest=nearest(extractive.quote(e) for e in distinct(closest)[:NEAREST]), **values)


def quote(reading: Reading, **values: object) -> Iterator[Event]:
    """The embedded answer: a line a statement, quotes as a list where there are several, question by question."""
    writer = Writer(reading)
    for part in reading.answered:
        yield from _lines(writer, extractive.findings(part.asked, part.evidence))
    yield from _end(reading, writer, values)


def _end(reading: Reading, writer: Writer, values: dict[str, object]) -> Iterator[Event]:
    """Says which of several questions found no answer, and closes."""
    missing = [part.asked.text for part in reading.parts if not part.judgement.answers]
    if missing and writer.claims:
        yield writer.remark("\n" + "\n".join(f"{MISSING} “{flat(text)}”" for text in missing))
        values = {"status": "partial", **values}
    yield writer.done(**values)


def _lines(writer: Writer, found: Findings) -> Iterator[Event]:
    several = len(found.statements) > 1
    for supported in found.statements:
        bullet = "- " if several and supported.verbatim else ""
        yield writer.state(supported, ("\n" if writer.claims else "") + bullet)
    writer.dispute(found)


NOT_ENGLISH = "Without a language model only names and numbers of a question that is not English are found."
FALLBACK = "Quoted from the documents, because the model gave no statement that they support."
FALLBACK_ERROR = "Quoted from the documents, because the model could not be asked."
BROKEN_OFF = "The rest is missing: the model's answer broke off here."


def write(
    reading: Reading, model: BaseChatModel, model_name: str, reranker: Reranker | None, look: SecondLook | None = None
) -> Iterator[Event]:
    """The model's answer, sentence by sentence: each is verified before it is shown, or withheld with the reason.

    Where there is a second look, it has the last word on what the verifier supports, and none on what it does not.
    Where nothing of it can be shown, or the endpoint fails, the embedded answer takes its place, marked as such.
    """
    from bot.llm import drafts, prompt

    writer = Writer(reading)
    read = _passages_to_read(reading)
    withheld: list[Withheld] = []
    usages: list[Usage] = []
    declined, error = False, ""
    try:
        for draft in drafts(model, reading.standalone, read, usages.append):
            if draft.declines:
                declined = True
                continue
            verdict = verify(draft.text, draft.passages, read, reading.standalone, reranker)
            if verdict.supported and _said(draft.text, writer.claims):
                continue
            reason = verdict.reason or (look.objection(draft.text, verdict.quotes) if look else "")
            if reason:
                withheld.append(Withheld(draft.text, reason))
            else:
                yield writer.state(Supported(flat(draft.text), verdict.quotes), " " if writer.claims else "")
    except ProviderError as failure:
        error = str(failure)
    values = {
        "withheld": tuple(withheld),
        "usage": sum((*usages, look.usage if look else Usage()), Usage()),
        "trace": _trace(reading, prompt(reading.standalone, read).text, look.decisions if look else ()),
        "error": error,
    }
    if writer.claims:
        yield from _finish(reading, writer, {**values, "answerer": model_name})
    elif declined and not error and max(p.judgement.probability for p in reading.parts) < DECISIVE:
        yield from refuse(reading, **{**values, "answerer": model_name})
    else:
        yield from quote(reading, **values, notice=FALLBACK_ERROR if error else FALLBACK)


def _passages_to_read(reading: Reading) -> list[Passage]:
    """The passages of the best evidence first, then the retriever's own order."""
    best = sorted((e for part in reading.answered for e in part.evidence), key=lambda e: -e.score)
    by_id = {p.id: p for p in reading.passages}
    return [by_id[i] for i in dict.fromkeys((*(e.passage.id for e in best), *by_id))][:READ]


def _said(text: str, claims: Sequence[Claim]) -> bool:
    told = statement(text)
    return any(told.repeats(statement(c.text)) for c in claims)


def _finish(reading: Reading, writer: Writer, values: dict[str, object]) -> Iterator[Event]:
    """Adds the sides of a disagreement that the model passed over, and says so where it broke off."""
    for part in reading.answered:
        found = extractive.findings(part.asked, part.evidence)
        if found.disputes and not writer.shows(found):
            yield writer.state(found.statements[0], " ")
        writer.dispute(found)
    if values["error"]:
        yield writer.remark(f" {BROKEN_OFF}")
        values = {**values, "status": "partial"}
    yield from _end(reading, writer, values)


def _trace(reading: Reading, prompt: str, looks: Sequence[str] = ()) -> Trace:
    decisions = (f"“{part.asked.text}” is answerable: {part.judgement.probability:.0%}" for part in reading.parts)
    return Trace(reading.passages, prompt, (*decisions, *looks))
