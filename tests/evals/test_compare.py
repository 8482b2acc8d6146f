"""Two runs of the same cases side by side."""

from __future__ import annotations

from typing import Any

import pytest
from made import DOCUMENTS, Fixed, case, group, quoting, refusing

from bot.answer import Answer
from evals.compare import baseline, compare
from evals.results import Result
from evals.run import run
from evals.sets import EvalSet, Task
from retrieval.errors import UsageError

NORTH = quoting(("north.txt", "The lighthouse was lit in 1874."))


def made_set(*ids: str, name: str = "made", question: str = "When was it lit?") -> EvalSet:
    tasks = tuple(Task(case(id=each, question=question, accepted=(group("1874"),))) for each in ids)
    return EvalSet(name, tasks, DOCUMENTS)


def results(answer: Answer, tasks: EvalSet) -> list[Result]:
    return [result for result in run(Fixed(answer), tasks) if isinstance(result, Result)]


def saved(tasks: EvalSet) -> dict[str, Any]:
    return {"sets": [{"name": tasks.name, "results": [result.to_json() for result in results(NORTH, tasks)]}]}


def test_differences_and_flips() -> None:
    """Two cases answered before and refused now: every figure falls by all it had, and both cases flipped."""
    both = made_set("one", "two")
    found = compare(results(NORTH, both), results(refusing(), both))
    assert (found.cases, found.left_out) == (2, 0)
    assert found.differences["correctness"].difference == -1
    assert [(flip.id, flip.better) for flip in found.flips] == [("one", False), ("two", False)]
    assert "outcome: refused; the documents answer it" in found.flips[0].why
    assert "facts: does not show 1874" in found.flips[0].why
    back = compare(results(refusing(), both), results(NORTH, both))
    assert back.flips[0].better
    assert "facts: shows every fact" in back.flips[0].why


def test_only_the_same_cases_are_compared() -> None:
    """A case that is new, gone, or asked otherwise is left out, and counted."""
    before = [*results(NORTH, made_set("one", "two")), *results(NORTH, made_set("three", question="Lit?"))]
    after = results(NORTH, made_set("one", "three", "four"))
    found = compare(before, after)
    assert (found.cases, found.left_out) == (1, 4)


def test_the_baseline_of_the_same_set() -> None:
    """A saved report gives back its results."""
    tasks = made_set("one", "two")
    assert baseline(saved(tasks), tasks, "base.json") == results(NORTH, tasks)


@pytest.mark.parametrize(
    ("report", "complaint"),
    [
        (saved(made_set("one", name="other")), "base.json is a baseline of other, not of made: save one with"),
        (saved(made_set("nine")), "base.json has no case in common with made: save a new one with"),
        ({"sets": []}, "base.json is a baseline of nothing, not of made"),
        ({"figures": 1}, "base.json is no saved evaluation"),
        ({"sets": [{"name": "made", "results": [{"id": "one"}]}]}, "base.json is no saved evaluation"),
        ([], "base.json is no saved evaluation"),
    ],
)
def test_another_baseline_is_an_error(report: Any, complaint: str) -> None:
    """A baseline of another set, of other cases, or no baseline at all says what to do."""
    with pytest.raises(UsageError) as error:
        baseline(report, made_set("one"), "base.json")
    assert str(error.value).startswith(complaint)
