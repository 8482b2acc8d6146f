"""Tasks: what they may read, what ought to be found, and when they count as the same."""

from __future__ import annotations

from typing import Any

import pytest
from made import case, group

from evals.cases import CaseKind, Evidence, Sources
from evals.sets import Task

PLAIN = Task(case(accepted=(group("1874"),)))


@pytest.mark.parametrize(
    "other",
    [
        Task(case(accepted=(group("1874"),), question="Lit when?")),
        Task(case(accepted=(group("1875"),))),
        Task(case(accepted=(group("1874"),), may_refuse=True)),
        Task(case(accepted=(group("1874"),), scope="n*")),
        Task(case(accepted=(group("1874"),)), within=("north.txt",)),
        Task(case(accepted=(group("1874"),)), misleading=group("1876")),
    ],
)
def test_another_question_or_answer_is_another_task(other: Task) -> None:
    """A baseline may not be compared with it."""
    assert other.fingerprint != PLAIN.fingerprint


@pytest.mark.parametrize("labels", [{"kind": CaseKind.DATE}, {"tags": ("lamp",)}, {"meta": {"by": "Ada"}}])
def test_sorting_a_case_does_not_change_it(labels: dict[str, Any]) -> None:
    """Kind, tags and remarks may be put right without losing the baseline."""
    assert Task(case(accepted=(group("1874"),), **labels)).fingerprint == PLAIN.fingerprint


def test_scopes() -> None:
    """The case's glob holds for answer and ranking, the set's documents only for the answer."""
    task = Task(case(scope="reports/*"), within=("reports/a.txt", "b.txt"))
    names = ("reports/a.txt", "reports/c.txt", "b.txt")
    assert [task.question.scope.allows(name) for name in names] == [True, False, False]
    assert [task.scope.allows(name) for name in names] == [True, True, False]


def test_relevant_documents() -> None:
    """All that the case or the set names, each once; none for a question that must be refused."""
    named = case(sources=Sources(must=("a",), may=("b",)), passages=(Evidence(source="a", quote="x"),))
    assert Task(named, telling=("c",)).relevant == ("c", "a", "b")
    assert Task(case(must_refuse=True, sources=Sources(may=("b",)))).relevant == ()
