"""From what was read to a verified answer: refuse, quote, or let the model write and check each of its sentences.

Every function here yields the events that an edge shows; the last one is `Done`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from time import perf_counter
from typing import TYPE_CHECKING

from bot import extractive
from bot.answer import (
    Answer,
    Claim,
    Conflict,
    Done,
    Event,
    Judgement,
    Question,
    Seconds,
    Side,
    Statement,
    Trace,
    Usage,
    Withheld,
)
from bot.compose import Findings, Numbering, Supported, flat, marked, nearest
from bot.evidence import distinct, statement
from bot.message import aside, essence
from bot.orders import gives_orders
from bot.provenance import provenance
from bot.reading import Reading
from bot.second_look import SecondLook
from bot.telling import Section, findings, sections
from bot.terms import capitalised
from bot.verify import verify
from retrieval.errors import ProviderError
from retrieval.model import Passage, Reranker

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.translation import Tongue

NEAREST = 3  # passages shown with a refusal
READ = 8  # passages given to the model
DECISIVE = 0.9  # from this probability on quotes are shown even if the model finds no answer
REFUSAL = "The documents do not answer this."
MISSING = "The documents do not answer:"


class Writer:
    """Collects the statements of one answer while they are shown."""

    def __init__(self, reading: Reading, tongue: Tongue | None = None) -> None:
        self._reading = reading
        self._tongue = tongue
        self._began = perf_counter()
        self._numbering = Numbering()
        self._claims: list[Claim] = []
        self._conflicts: list[Conflict] = []
        self._shown = 0
        self._text = ""

    @property
    def claims(self) -> Sequence[Claim]:
        return self._claims

    @property
    def sources(self) -> frozenset[str]:
        """The documents cited so far."""
        return frozenset(citation.source for citation in self._numbering.citations)

    @property
    def line(self) -> str:
        """What begins a new line: nothing where nothing has been written."""
        return "\n" if self._text else ""

    def state(self, supported: Supported, prefix: str = "") -> Statement:
        """Adds a statement behind `prefix` (a space, a line break, a bullet), in the asker's language unless quoted."""
        claim = Claim(supported.text, self._numbering.cite(supported.quotes))
        self._claims.append(claim)
        shown = claim if supported.verbatim else replace(claim, text=self.say(claim.text))
        return self.remark(prefix + marked(shown))

    def say(self, text: str) -> str:
        """English text in the asker's language."""
        return self._tongue(text) if self._tongue else text

    def remark(self, text: str) -> Statement:
        """Adds text that is no claim."""
        self._text += text
        fresh = tuple(self._numbering.citations[self._shown :])
        self._shown = len(self._numbering.citations)
        return Statement(text, fresh)

    def dispute(self, findings: Findings, prefix: str) -> Iterator[Statement]:
        """Adds the conflicts of `findings`, citing quotes that statements have shown, and what helps to weigh them."""
        for dispute in findings.disputes:
            conflict = Conflict(
                dispute.about,
                tuple(
                    Side(p.value, self._numbering.cite(p.quotes), p.written, p.repeated_in) for p in dispute.positions
                ),
            )
            self._conflicts.append(conflict)
            if told := provenance(conflict):
                yield self.remark(prefix + self.say(told))

    def shows(self, findings: Findings) -> bool:
        """Whether statements so far cite every side of `findings`, and say its value."""
        said = " ".join(claim.text for claim in self._claims).lower()
        return all(
            position.value.lower() in said and all(map(self._numbering.knows, position.quotes))
            for dispute in findings.disputes
            for position in dispute.positions
        )

    def done(self, **values: object) -> Done:
        """The finished answer; `values` are further fields of `Answer`."""
        if self._tongue and (translated := self._tongue.notice):
            values["notice"] = f"{values.get('notice', '')} {translated}".strip()
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


def refuse(reading: Reading, tongue: Tongue | None = None, **values: object) -> Iterator[Event]:
    """Says plainly that the documents do not answer, and shows what came closest."""
    writer = Writer(reading, tongue)
    reason = reading.parts[0].judgement.reason if len(reading.parts) == 1 else ""
    yield writer.remark(writer.say(f"{REFUSAL[:-1]}: {reason}." if reason else REFUSAL))
    closest = [e for evidence in zip_longest(*(part.evidence for part in reading.parts)) for e in evidence if e]
    yield writer.done(nearest=nearest(extractive.quote(e) for e in distinct(closest)[:NEAREST]), **values)


def quote(reading: Reading, tongue: Tongue | None = None, **values: object) -> Iterator[Event]:
    """The embedded answer: a line a statement, quotes as a list where there are several, question by question."""
    writer = Writer(reading, tongue)
    for part in reading.answered:
        for section in sections(part):
            yield from _lines(writer, section)
    yield from _end(reading, writer, values)


def _end(reading: Reading, writer: Writer, values: dict[str, object]) -> Iterator[Event]:
    """Says which of several questions found no answer, and closes."""
    missing = [text for part in reading.parts for text in part.missing]
    if missing and writer.claims:
        yield writer.remark("\n" + "\n".join(f"{writer.say(MISSING)} “{flat(text)}”" for text in missing))
        values = {"status": "partial", **values}
    yield writer.done(**values)


def _lines(writer: Writer, section: Section) -> Iterator[Event]:
    """The statements of a section that were not told before, each once, under its heading."""
    stated = dict.fromkeys(section.findings.statements)
    fresh = [s for s in stated if not s.verbatim or not _said(s.text, writer.claims)]
    if section.heading and fresh:
        yield writer.remark(f"{writer.line}{flat(capitalised(section.heading))}:")
    several = len(fresh) > 1 or bool(section.heading)
    for supported in fresh:
        yield writer.state(supported, writer.line + ("- " if several and supported.verbatim else ""))
    yield from writer.dispute(section.findings, "\n")


NOT_ENGLISH = "Without a language model only names and numbers of a question that is not English are found."
FALLBACK = "Quoted from the documents, because the model gave no statement that they support."
FALLBACK_ERROR = "Quoted from the documents, because the model could not be asked."
ALSO = "Also in the documents:"
BROKEN_OFF = "The rest is missing: the model's answer broke off here."


def write(
    reading: Reading,
    model: BaseChatModel,
    model_name: str,
    reranker: Reranker | None,
    tongue: Tongue | None = None,
    look: SecondLook | None = None,
) -> Iterator[Event]:
    """The model's answer, sentence by sentence: each is verified before it is shown, or withheld with the reason.

    Where there is a second look, it has the last word on what the verifier supports, and none on what it does not.
    Where nothing of it can be shown, or the endpoint fails, the embedded answer takes its place, marked as such.
    """
    from bot.llm import drafts, prompt

    writer = Writer(reading, tongue)
    asked = reading.english
    read, said = _passages_to_read(reading), _said_beside(reading.question)
    withheld: list[Withheld] = []
    usages: list[Usage] = []
    declined, error = False, ""
    try:
        for draft in drafts(model, asked, read, usages.append):
            if draft.declines:
                declined = True
                continue
            verdict = verify(draft.text, draft.passages, read, essence(asked), reranker, said)
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
        "trace": _trace(reading, prompt(asked, read).text, look.decisions if look else ()),
        "error": error,
    }
    if writer.claims:
        yield from _finish(reading, writer, {**values, "answerer": model_name})
    elif declined and not error and max(p.judgement.probability for p in reading.parts) < DECISIVE:
        yield from refuse(reading, tongue, **{**values, "answerer": model_name})
    else:
        yield from quote(reading, tongue, **values, notice=FALLBACK_ERROR if error else FALLBACK)


def _passages_to_read(reading: Reading) -> list[Passage]:
    """The passages of the best evidence first, question by question in turn, then the retriever's own order."""
    ranked = [sorted(part.evidence, key=lambda e: -e.score) for whole in reading.answered for part in whole.answered]
    best = [e for row in zip_longest(*ranked) for e in row if e]
    by_id = {p.id: p for p in reading.passages}
    return [by_id[i] for i in dict.fromkeys((*(e.passage.id for e in best), *by_id))][:READ]


def _said_beside(question: Question) -> str:
    """What was said to the bot beside the question, now and before: nothing that an answer may repeat."""
    return "\n".join((aside(question.text), *(t.content for t in question.history if gives_orders(t.content))))


def _said(text: str, claims: Sequence[Claim]) -> bool:
    told = statement(text)
    return any(told.repeats(statement(c.text)) for c in claims)


def _finish(reading: Reading, writer: Writer, values: dict[str, object]) -> Iterator[Event]:
    """Adds the sides of a disagreement and the sources that the model passed over, and says so where it broke off."""
    told = [claim.text for claim in writer.claims]
    for part in (leaf for whole in reading.answered for leaf in whole.answered):
        found = findings(part)
        if found.disputes and not writer.shows(found):
            yield writer.state(found.statements[0], " ")
        for quoted in extractive.unheard(part.asked, part.evidence, writer.sources, told):
            yield writer.state(quoted, f" {writer.say(ALSO)} ")
        yield from writer.dispute(found, " ")
    if values["error"]:
        yield writer.remark(f" {writer.say(BROKEN_OFF)}")
        values = {**values, "status": "partial"}
    yield from _end(reading, writer, values)


def _trace(reading: Reading, prompt: str, looks: Sequence[str] = ()) -> Trace:
    decisions = (f"“{part.asked.text}” is answerable: {_judged(part.judgement)}" for part in reading.leaves)
    return Trace(reading.passages, prompt, (*decisions, *looks), tuple(part.judgement for part in reading.parts))


def _judged(judgement: Judgement) -> str:
    if judgement.logit is None or judgement.found is None:
        return f"no, {judgement.reason}"
    signals = f"best span {judgement.logit:.1f}, {judgement.found:.0%} of its words found"
    return f"{judgement.probability:.0%} ({signals})"
