"""Two runs of the same cases side by side: the difference of each figure, and which cases flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.definitions import METRICS
from evals.estimates import Difference, Share, difference
from evals.results import Result
from evals.sets import EvalSet
from retrieval.errors import UsageError

_NO_SAY = Share(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that passed in one run and failed in the other; `why` names the checks that changed."""

    id: str
    better: bool
    why: str


@dataclass(frozen=True)
class Comparison:
    """Over the `cases` that both runs asked in the same words; `left_out` are new, changed or gone."""

    cases: int
    left_out: int
    differences: Mapping[str, Difference]
    flips: tuple[Flip, ...]


def compare(before: Sequence[Result], after: Sequence[Result]) -> Comparison:
    """Paired by id and fingerprint."""
    old = {(result.id, result.fingerprint): result for result in before}
    pairs = [(old[key], new) for new in after if (key := (new.id, new.fingerprint)) in old]
    differences = {
        metric.name: found
        for metric in METRICS
        if (
            found := difference(
                [one.shares.get(metric.name, _NO_SAY) for one, _ in pairs],
                [two.shares.get(metric.name, _NO_SAY) for _, two in pairs],
            )
        )
    }
    flips = tuple(_flip(one, two) for one, two in pairs if one.passed != two.passed)
    left_out = len(before) + len(after) - 2 * len(pairs)
    return Comparison(len(pairs), left_out, differences, flips)


def _flip(before: Result, after: Result) -> Flip:
    held = {check.name: check.passed for check in before.checks}
    changed = [check for check in after.checks if check.passed != held.get(check.name, True)]
    return Flip(after.id, after.passed, "; ".join(f"{check.name}: {check.why}" for check in changed))


def baseline(report: Any, tasks: EvalSet, file: str) -> list[Result]:
    """The results of the same set in a saved report. Raises UsageError where it holds none."""
    try:
        sets = {each["name"]: [Result.from_json(result) for result in each["results"]] for each in report["sets"]}
    except (KeyError, TypeError) as error:
        raise UsageError(f"{file} is no saved evaluation: make one with --save-baseline.") from error
    results = sets.get(tasks.name)
    if results is None:
        of = " and ".join(sets) or "nothing"
        raise UsageError(f"{file} is a baseline of {of}, not of {tasks.name}: save one with --save-baseline.")
    if not {(result.id, result.fingerprint) for result in results} & {(t.case.id, t.fingerprint) for t in tasks.tasks}:
        raise UsageError(f"{file} has no case in common with {tasks.name}: save a new one with --save-baseline.")
    return results
