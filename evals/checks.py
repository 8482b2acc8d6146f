"""What makes one case pass or fail, each check with its reason in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.answer import Answer
from evals.cases import Case, Group, Pattern, shown
from evals.invariants import Show, check
from evals.metrics import misled, refused, said, sides_apart, stated
from evals.sets import Task


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    passed: bool
    why: str


def checks(task: Task, answer: Answer, show: Show) -> tuple[Check, ...]:
    """All that hold or fail for this answer. A refusal that is right need show nothing."""
    case = task.case
    excused = refused(answer) and (case.must_refuse or case.may_refuse)
    content = () if excused else _content(task, answer)
    return (_outcome(case, answer), *_forbidden(case, answer), *content, _invariants(answer, show))


def _outcome(case: Case, answer: Answer) -> Check:
    if case.must_refuse:
        return Check("outcome", refused(answer), f"{answer.status}; no document answers it")
    if refused(answer) and case.may_refuse:
        return Check("outcome", True, "refused, which is right here")
    return Check("outcome", not refused(answer), f"{answer.status}; the documents answer it")


def _forbidden(case: Case, answer: Answer) -> Iterator[Check]:
    if case.forbidden:
        found = [pattern.text for pattern in case.forbidden if pattern.found(stated(answer))]
        yield Check("forbidden", not found, f"says {', '.join(found)}" if found else "says nothing forbidden")


def _content(task: Task, answer: Answer) -> Iterator[Check]:
    case = task.case
    if groups := (*case.accepted, *case.sides):
        yield _facts(groups, answer)
    if not case.must_refuse and (case.sources.must or case.sources.may):
        yield _sources(case, answer)
    if case.sides:
        apart = sides_apart(case, answer)
        yield Check(
            "sides", apart, "the sides stand apart" if apart else "no conflict has a side for each one expected"
        )
    if task.misleading:
        wrong = misled(task, answer)
        yield Check(
            "misled", not wrong, "only a planted answer is shown" if wrong else "no planted answer stands alone"
        )


def _facts(groups: Sequence[Group], answer: Answer) -> Check:
    absent = [written(group) for group in groups if refused(answer) or not shown(group, said(answer))]
    return Check("facts", not absent, f"does not show {'; '.join(absent)}" if absent else "shows every fact")


def written(group: Sequence[Pattern]) -> str:
    """A group as a reader of a report sees it."""
    return " or ".join(pattern.text for pattern in group)


def _sources(case: Case, answer: Answer) -> Check:
    must, may = case.sources.must, case.sources.may
    cited = dict.fromkeys(citation.source for citation in answer.citations)
    absent = [name for name in must if name not in cited] or ([] if must or any(n in cited for n in may) else list(may))
    wrong = [name for name in cited if name not in (*must, *may)]
    faults = [f"does not cite {', '.join(absent)}"] * bool(absent) + [f"cites {', '.join(wrong)}"] * bool(wrong)
    return Check("sources", not faults, "; ".join(faults) or "cites what it should")


def _invariants(answer: Answer, show: Show) -> Check:
    violations = check(answer, show)
    return Check("invariants", not violations, "; ".join(violations) or "all hold")
