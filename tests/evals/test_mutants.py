"""Deliberately broken answerers over the real bot: each is caught by the metric that is there to catch it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from bot.answer import Answer, Citation, Claim, Nearest, Question
from bot.pipeline import Bot
from bot.settings import Settings
from evals.cases import CaseKind
from evals.results import Result
from evals.run import run
from evals.sets import EvalSet, shipped
from evals.summary import metrics
from evals.workspace import indexed

TOLD_APART = ("conflict-wheat", "conflict-crew")  # conflicts whose sides the bot tells apart
TRIED = {
    CaseKind.FACT: 3,
    CaseKind.NUMBER: 2,
    CaseKind.CONFLICT: 5,
    CaseKind.NEAR_MISS: 2,
    CaseKind.FAR_OFF: 2,
}


class Remembering:
    """A bot that is asked everything only once."""

    def __init__(self, bot: Bot) -> None:
        self.ask = cache(bot.ask)
        self.search = cache(bot.search)
        self.show = cache(bot.show)


Mend = Callable[[Answer, Remembering], Answer]


class Broken:
    """A bot with its answers passed through `mend`."""

    def __init__(self, bot: Remembering, mend: Mend) -> None:
        self._mend = mend
        self._bot = bot
        self.search = bot.search
        self.show = bot.show

    def ask(self, question: Question) -> Answer:
        return self._mend(self._bot.ask(question), self._bot)


def sound(answer: Answer, bot: Remembering) -> Answer:
    return answer


def citing_another_file(answer: Answer, bot: Remembering) -> Answer:
    """The right text, but every quote is taken from a file that says nothing of it."""
    text = bot.show("weathervane-column.pdf").text
    first = text.splitlines()[0]
    return replace(answer, citations=tuple(_moved(citation, first) for citation in answer.citations))


def _moved(citation: Citation, quote: str) -> Citation:
    return replace(citation, source="weathervane-column.pdf", quote=quote, start=0, end=len(quote), lines=(1, 1))


def inventing_a_number(answer: Answer, bot: Remembering) -> Answer:
    """One more claim, with a figure that no passage holds, cited like the first."""
    if not answer.claims:
        return answer
    claim = Claim("The talks cost 48,613 crowns.", answer.claims[0].citations)
    marks = "".join(f"[{number}]" for number in claim.citations)
    return replace(answer, claims=(*answer.claims, claim), answer=f"{answer.answer} {claim.text} {marks}")


def always_refusing(answer: Answer, bot: Remembering) -> Answer:
    nearest = tuple(Nearest(c.source, c.title, c.quote, c.start, c.end, c.lines, c.page) for c in answer.citations[:1])
    return replace(
        answer,
        status="refused",
        answer="The documents do not answer this.",
        claims=(),
        citations=(),
        conflicts=(),
        nearest=answer.nearest or nearest,
    )


def never_refusing(answer: Answer, bot: Remembering) -> Answer:
    return answer if answer.claims else first_passage(answer, bot)


def first_passage(answer: Answer, bot: Remembering) -> Answer:
    """The whole passage that was ranked first, whatever was asked."""
    passage = answer.trace.passages[0]
    chunk = passage.chunk
    cited = Citation(
        1, passage.source, passage.title, chunk.text, chunk.start, chunk.end, passage.lines, passage.page, passage.date
    )
    text = chunk.text
    return replace(
        answer,
        status="answered",
        answer=f"{text} [1]",
        claims=(Claim(text, (1,)),),
        citations=(cited,),
        conflicts=(),
        nearest=(),
    )


def off_by_one(answer: Answer, bot: Remembering) -> Answer:
    return replace(answer, citations=tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in answer.citations))


def picking_a_side(answer: Answer, bot: Remembering) -> Answer:
    return replace(answer, conflicts=())


@pytest.fixture(scope="module")
def tasks() -> EvalSet:
    bundled = shipped("bundled")
    assert bundled is not None
    chosen = [
        task
        for kind, count in TRIED.items()
        for task in [task for task in bundled.tasks if task.case.kind == kind and not task.case.history][:count]
    ]
    chosen += [task for task in bundled.tasks if task.case.id in TOLD_APART]
    return replace(bundled, tasks=tuple(chosen))


@pytest.fixture(scope="module")
def measured(tasks: EvalSet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Mend], dict[str, float]]]:
    """The figures of the bot with its answers changed in a certain way."""
    folder: Path = tmp_path_factory.mktemp("evals")
    own = indexed(Settings(data_dir=folder / "data"), tasks, folder, None)
    with Bot(own) as bot:
        remembering = Remembering(bot)

        @cache
        def figures(mend: Mend) -> dict[str, float]:
            results = [result for result in run(Broken(remembering, mend), tasks) if isinstance(result, Result)]
            return {name: value["value"] for name, value in metrics(results).items()}

        yield figures


MUTANTS: list[tuple[Mend, str, float]] = [
    (citing_another_file, "source_precision", 0.2),
    (citing_another_file, "passage_precision", 0.2),
    (inventing_a_number, "invariants", 0.5),
    (always_refusing, "correctness", 0.0),
    (always_refusing, "refusal_precision", 0.5),
    (never_refusing, "refusal_recall", 0.0),
    (first_passage, "refusal_recall", 0.0),
    (first_passage, "conflict_recall", 0.0),
    (off_by_one, "citation_validity", 0.5),
    (picking_a_side, "conflict_recall", 0.0),
]


@pytest.mark.parametrize(("mend", "metric", "most"), MUTANTS, ids=[f"{m[0].__name__}-{m[1]}" for m in MUTANTS])
def test_a_broken_answerer_is_caught(
    mend: Mend,
    metric: str,
    most: float,
    measured: Callable[[Mend], dict[str, float]],
) -> None:
    """The metric that should see it falls, from where the bot as it is stands."""
    assert measured(sound)[metric] > most
    assert measured(mend)[metric] <= most


def test_the_bot_as_it_is(measured: Callable[[Mend], dict[str, float]]) -> None:
    """It breaks no invariant, and every quote is its document's text."""
    figures = measured(sound)
    assert (figures["invariants"], figures["citation_validity"]) == (1.0, 1.0)
