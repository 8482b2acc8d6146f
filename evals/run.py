"""Asks an answerer every question of a set and measures what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from time import perf_counter
from types import MappingProxyType
from typing import Any, Protocol

from bot.answer import Answer, Question
from evals.checks import checks
from evals.estimates import Share
from evals.judge import Judge
from evals.metrics import Shares, answer_shares, ranking_shares
from evals.results import Result, contexts, expected, passages_json
from evals.sets import EvalSet, Task
from retrieval.errors import ProviderError
from retrieval.model import Passage, Scope, Source

DEPTH = 30  # passages searched for the ranking metrics, which look at ten documents
ENOUGH = 20  # passages read for an answer that spare the search
SHOWN = 10  # passages kept with a result
PATIENCE = 3  # cases in a row that a model may fail before the run stops


class Answerer(Protocol):
    """What is evaluated: `bot.pipeline.Bot`, the naive pipeline, or a broken one that the tests make."""

    def ask(self, question: Question) -> Answer: ...

    def search(self, query: str, k: int = 10, scope: Scope = Scope()) -> Sequence[Passage]: ...

    def show(self, name: str) -> Source: ...


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A case without a result, and why."""

    id: str
    why: str


@dataclass(frozen=True)
class Model:
    """What a run with a language model needs beside it: `failures` says what its endpoint failed at since it was last
    asked, which the answerer may have hidden behind an answer of its own; `judge` is None where none is wanted."""

    failures: Callable[[], Sequence[str]] = tuple
    judge: Judge | None = None


def run(
    answerer: Answerer, tasks: EvalSet, finished: Mapping[str, Result] = MappingProxyType({}), model: Model = Model()
) -> Iterator[Result | Unanswered]:
    """Every task in order; those `finished` before are not asked again. Once a model has failed at `PATIENCE` cases in
    a row, the rest are not asked either."""
    failed_in_a_row = 0
    for task in tasks.tasks:
        if failed_in_a_row == PATIENCE:
            yield Unanswered(task.case.id, "not asked: the model had failed too often")
            continue
        outcome = _kept(task, finished) or _tried(answerer, task, tasks.answers, model)
        failed_in_a_row = failed_in_a_row + 1 if isinstance(outcome, Unanswered) else 0
        yield outcome


def _kept(task: Task, finished: Mapping[str, Result]) -> Result | None:
    result = finished.get(task.case.id)
    return result if result and result.fingerprint == task.fingerprint else None


def _tried(answerer: Answerer, task: Task, answers: bool, model: Model) -> Result | Unanswered:
    try:
        result = _answered(answerer, task, model.judge) if answers else _ranked(answerer, task)
    except ProviderError as error:
        model.failures()
        return Unanswered(task.case.id, str(error))
    failures = model.failures()
    return Unanswered(task.case.id, f"The model's endpoint failed ({failures[0]}).") if failures else result


def _answered(answerer: Answerer, task: Task, judge: Judge | None) -> Result:
    began = perf_counter()
    answer = answerer.ask(task.question)
    seconds = perf_counter() - began

    @cache
    def show(name: str) -> str:
        return answerer.show(name).text

    shares = answer_shares(task, answer, show) | _ranking(answerer, task, answer)
    if judge is not None and answer.claims:
        shares["faithfulness"] = judge.share(answer)
    outcome = checks(task, answer, show)
    passed = all(check.passed for check in outcome)
    shares["passed"] = Share(passed)
    if task.case.history:
        shares["follow_up"] = Share(passed)
    return Result(
        **_asked(task),
        answer=answer.to_json(),
        contexts=contexts(answer, show),
        passages=passages_json(answer.trace.passages[:SHOWN]),
        checks=outcome,
        shares=shares,
        seconds=seconds,
    )


def _ranked(answerer: Answerer, task: Task) -> Result:
    began = perf_counter()
    passages = answerer.search(task.case.question, DEPTH, task.scope)
    seconds = perf_counter() - began
    shares = ranking_shares(task.relevant, passages)
    return Result(
        **_asked(task),
        answer=None,
        contexts=(),
        passages=passages_json(passages[:SHOWN]),
        checks=(),
        shares=shares,
        seconds=seconds,
    )


def _ranking(answerer: Answerer, task: Task, answer: Answer) -> Shares:
    """Of the passages read where they are enough and from everywhere, else of a search for the same question."""
    if not task.relevant:
        return {}
    read: Sequence[Passage] = answer.trace.passages
    if task.within or len(read) < ENOUGH:
        read = answerer.search(answer.standalone_question, DEPTH, task.scope)
    return ranking_shares(task.relevant, read)


def _asked(task: Task) -> dict[str, Any]:
    case = task.case
    return {
        "id": case.id,
        "fingerprint": task.fingerprint,
        "kind": str(case.kind),
        "tags": case.tags,
        "question": case.question,
        "history": tuple(asdict(turn) for turn in case.history),
        "expected": expected(task),
    }
