"""How well the probability behind a refusal can be trusted: `python -m evals.calibration SET...`.

A logistic regression on the signals of `bot.refusal` is fitted on one half of the cases and reported on the other, with
a reliability curve (DeGroot and Fienberg 1983): of the questions judged answerable with about 80%, how many are?
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.pipeline import Bot
from bot.refusal import THRESHOLD
from bot.settings import load_settings
from evals.evaluation import folder
from evals.sets import EvalSet
from evals.workspace import indexed

BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
RIDGE = 1e-3  # keeps the fit finite where the classes can be told apart
STEPS = 50

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Observed:
    """One question: whether the documents answer it, what `bot.refusal` saw, and the probability that it gave.

    `signals` are None where a rule decided without them.
    """

    id: str
    answerable: bool
    signals: tuple[float, float] | None
    probability: float

    @property
    def half(self) -> int:
        """0 for the cases to fit on, 1 for those to report on: by the id, so that new cases move none."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2


def observe(tasks: EvalSet, bot: Bot) -> Iterator[Observed]:
    """The cases of a set that either must or must not be refused, and ask one question."""
    for task in tasks.tasks:
        judged = () if task.case.may_refuse else bot.ask(task.question).trace.judgements
        if len(judged) == 1:
            (only,) = judged
            signals = None if only.logit is None or only.found is None else (only.logit, only.found)
            yield Observed(task.case.id, not task.case.must_refuse, signals, only.probability)


def fit(observed: Sequence[Observed]) -> Floats:
    """Weights of logit and share found, and the bias."""
    known = [o for o in observed if o.signals is not None]
    return regression([o.signals or () for o in known], [o.answerable for o in known])


def regression(signals: Sequence[Sequence[float]], holds: Sequence[bool]) -> Floats:
    """The weights of a logistic regression, one for each signal, and behind them the bias.

    By Newton's method (iteratively reweighted least squares).
    """
    x, y = np.array([(*row, 1.0) for row in signals]), np.array(holds, float)
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ weights))
        hessian = (x.T * (p * (1 - p))) @ x + RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(hessian, x.T @ (p - y) + RIDGE * weights)
    return weights


def probabilities(observed: Sequence[Observed], weights: Floats) -> Floats:
    """What the fitted weights give; where a rule decided, its own probability stays."""
    return np.array(
        [
            o.probability if o.signals is None else 1 / (1 + np.exp(-np.array((*o.signals, 1.0)) @ weights))
            for o in observed
        ]
    )


def auc(y: NDArray[np.bool_], p: Floats) -> float:
    """The chance that an answerable question gets the higher probability of the two, ties counted half."""
    higher = (p[y][:, None] > p[~y][None, :]).mean()
    return float(higher + (p[y][:, None] == p[~y][None, :]).mean() / 2)


def f1(y: NDArray[np.bool_], p: Floats, threshold: float) -> tuple[float, float, float]:
    """Precision, recall and F1 of the refusals below `threshold`."""
    refused = p < threshold
    right = float((refused & ~y).sum())
    precision, recall = right / max(1.0, float(refused.sum())), right / float((~y).sum())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def reliability(y: NDArray[np.bool_], p: Floats) -> list[tuple[float, float, int]]:
    """For each bin with cases: mean probability, share answerable, number of cases."""
    place = np.clip(np.digitize(p, BINS) - 1, 0, len(BINS) - 2)
    return [
        (float(p[place == n].mean()), float(y[place == n].mean()), int((place == n).sum()))
        for n in range(len(BINS) - 1)
        if (place == n).any()
    ]


def main(names: Sequence[str]) -> None:
    from evals.command import find

    settings = load_settings()
    observed: list[Observed] = []
    for name in names:
        tasks = find(name)
        with Bot(indexed(settings, tasks, folder(settings), None)) as bot:
            observed += observe(tasks, bot)
    fitted = fit([o for o in observed if o.half == 0])
    reported = [o for o in observed if o.half == 1]
    y = np.array([o.answerable for o in reported])
    print(f"{len(observed) - len(reported)} cases fitted on, {len(reported)} reported, {y.mean():.0%} answerable")
    print("fitted: logit {:.2f}, words found {:.2f}, bias {:.2f}".format(*fitted))
    for title, p in (
        ("as shipped", np.array([o.probability for o in reported])),
        ("as fitted", probabilities(reported, fitted)),
    ):
        print(f"{title}: AUC {auc(y, p):.3f}; refusals below {THRESHOLD}: ", end="")
        print("precision {:.2f}, recall {:.2f}, F1 {:.2f}".format(*f1(y, p, THRESHOLD)))
        for mean, share, n in reliability(y, p):
            print(f"  said {mean:.2f}  were {share:.2f}  {'#' * round(40 * share):40}  {n} cases")


if __name__ == "__main__":
    main(sys.argv[1:] or ["bundled"])
