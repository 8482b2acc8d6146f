"""From one value per case to a figure with its interval, and from two runs of the same cases to a paired difference.

Every figure is a ratio of sums over cases, so that a mean, a precision and a recall are estimated alike: resampling
cases resamples both sums. Seeds are fixed: the same values always give the same intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEED = 20250
RESAMPLES = 2_000
SWAPS = 10_000
BATCH = 500  # rows drawn at once, to bound memory: 500 × 5,000 cases is 20 MB


@dataclass(frozen=True, slots=True)
class Share:
    """What one case adds to a figure: `part` of `whole`; a whole of 0 says the case has no say in it."""

    part: float
    whole: float = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its 95% interval (percentile bootstrap over cases, Efron 1979) and the number of cases behind it."""

    value: float
    low: float
    high: float
    cases: int


@dataclass(frozen=True, slots=True)
class Difference:
    """`after` minus `before` over the same cases, its 95% interval (paired bootstrap) and the two-sided p of a paired
    randomisation test (Noreen 1989): how often a difference as large arises when the two runs are swapped at random.
    """

    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float
    cases: int


def estimate(shares: Sequence[Share]) -> Estimate | None:
    """None where no case has a say."""
    table = _table([share for share in shares if share.whole])
    if not len(table):
        return None
    low, high = _interval(_ratios(_resampled(table)))
    return Estimate(_ratio(table.sum(axis=0)), low, high, len(table))


def difference(before: Sequence[Share], after: Sequence[Share]) -> Difference | None:
    """Of the same cases in the same order; None where one of the runs has no say at all."""
    kept = [(one, two) for one, two in zip(before, after, strict=True) if one.whole or two.whole]
    first, second = _table([one for one, _ in kept]), _table([two for _, two in kept])
    if not kept or not first[:, 1].any() or not second[:, 1].any():
        return None
    sums = _resampled(np.hstack([first, second]))
    low, high = _interval(_ratios(sums[:, 2:]) - _ratios(sums[:, :2]))
    one, two = _ratio(first.sum(axis=0)), _ratio(second.sum(axis=0))
    return Difference(one, two, two - one, low, high, _randomised(first, second), len(kept))


def quantile(values: Sequence[float], share: float) -> float:
    """With linear interpolation; 0 for no values."""
    return float(np.quantile(values, share)) if values else 0.0


Table = NDArray[np.float64]


def _table(shares: Sequence[Share]) -> Table:
    return np.array([(share.part, share.whole) for share in shares], dtype=np.float64).reshape(-1, 2)


def _ratio(sums: Table) -> float:
    return float(sums[0] / sums[1]) if sums[1] else 0.0


def _ratios(sums: Table) -> Table:
    """Of each row; NaN where its whole is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(sums[:, 0] / sums[:, 1])


def _resampled(table: Table) -> Table:
    """The column sums of `RESAMPLES` draws of the rows with replacement."""
    random = np.random.default_rng(SEED)
    draws = (random.integers(0, len(table), (BATCH, len(table))) for _ in range(RESAMPLES // BATCH))
    return np.concatenate([table[rows].sum(axis=1) for rows in draws])


def _interval(values: Table) -> tuple[float, float]:
    low, high = np.nanquantile(values, (0.025, 0.975))
    return float(low), float(high)


def _randomised(first: Table, second: Table) -> float:
    random = np.random.default_rng(SEED)
    observed = abs(_ratio(second.sum(axis=0)) - _ratio(first.sum(axis=0)))
    extreme = 0
    for _ in range(SWAPS // BATCH):
        swap = random.random((BATCH, len(first), 1)) < 0.5
        one = np.where(swap, second, first).sum(axis=1)
        two = np.where(swap, first, second).sum(axis=1)
        gaps = np.abs(_ratios(two) - _ratios(one))
        extreme += int(np.count_nonzero(~(gaps < observed - 1e-12)))  # a gap that is no number counts against us
    return (extreme + 1) / (SWAPS + 1)
