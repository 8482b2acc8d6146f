"""Figures, intervals and paired differences against values worked out by hand."""

from __future__ import annotations

import pytest

from evals.estimates import Share, difference, estimate, quantile

HALF = [Share(1), Share(0)] * 50


def test_a_figure_is_a_ratio_of_sums() -> None:
    """One case cites 1 right of 1, another 1 right of 3: 2 of 4, not the mean of the two ratios."""
    found = estimate([Share(1, 1), Share(1, 3), Share(0, 0)])
    assert found is not None
    assert (found.value, found.cases) == (0.5, 2)


def test_the_interval_is_that_of_the_binomial() -> None:
    """50 of 100 has a standard error of 5 points: the interval reaches about 9.8 points to each side, every time."""
    found = estimate(HALF)
    assert found is not None
    assert found.low == pytest.approx(0.402, abs=0.012)
    assert found.high == pytest.approx(0.598, abs=0.012)
    assert found == estimate(HALF)


def test_nothing_to_estimate() -> None:
    """Where no case has a say there is no figure."""
    assert estimate([]) is None
    assert estimate([Share(0, 0)]) is None


def test_a_difference_that_chance_explains() -> None:
    """Two cases won and one lost: swapping signs gives |1| or |3| always, so p is 1."""
    before = [Share(0), Share(0), Share(1)]
    after = [Share(1), Share(1), Share(0)]
    found = difference(before, after)
    assert found is not None
    assert found.difference == pytest.approx(1 / 3)
    assert found.p == 1.0


def test_a_difference_that_chance_does_not_explain() -> None:
    """Ten cases won and none lost: all signs alike come up in 2 of 1,024 swaps."""
    found = difference([Share(0)] * 10 + HALF, [Share(1)] * 10 + HALF)
    assert found is not None
    assert found.difference == pytest.approx(10 / 110)
    assert found.p == pytest.approx(2 / 1024, abs=0.001)
    assert found.low > 0


def test_no_difference() -> None:
    """The same run twice differs by nothing, and surely so."""
    found = difference(HALF, HALF)
    assert found is not None
    assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_a_precision_differs_over_cases_in_which_either_run_has_a_say() -> None:
    """Refusal precision: the first run refused one case, the second another one."""
    found = difference([Share(1, 1), Share(0, 0), Share(1, 1)], [Share(0, 0), Share(0, 1), Share(1, 1)])
    assert found is not None
    assert (found.before, found.after, found.cases) == (1.0, 0.5, 3)
    assert difference([Share(0, 0)], [Share(1, 1)]) is None


def test_quantiles() -> None:
    """With linear interpolation; of nothing it is 0."""
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
    assert quantile([], 0.95) == 0.0
