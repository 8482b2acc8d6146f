"""The figures behind the probability of an answer, against values computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from evals.calibration import Observed, auc, f1, fit, probabilities, reliability

Y = np.array([True, True, False, False])
P = np.array([0.9, 0.4, 0.4, 0.1])


def test_auc() -> None:
    """Of the four pairs three are in order and one is a tie: 3.5 of 4."""
    assert auc(Y, P) == pytest.approx(0.875)


def test_refusals_below_a_threshold() -> None:
    """Three are refused, two of them rightly; both that had to be refused are."""
    assert f1(Y, P, 0.5) == pytest.approx((2 / 3, 1.0, 0.8))


def test_reliability() -> None:
    """A bin tells what was said on average and what was so; empty bins are left out."""
    assert reliability(Y, P) == [
        (pytest.approx(0.1), 0.0, 1),
        (pytest.approx(0.4), 0.5, 2),
        (pytest.approx(0.9), 1.0, 1),
    ]


def test_fit_finds_the_weights_that_made_the_cases() -> None:
    """From cases drawn with known weights the fit comes back near them; a rule's own probability stays."""
    rng = np.random.default_rng(1)
    signals = np.column_stack([rng.normal(0, 4, 4000), rng.uniform(0, 1, 4000)])
    truth = np.array([0.5, 2.0, -1.0])
    answerable = rng.uniform(size=4000) < 1 / (1 + np.exp(-(signals @ truth[:2] + truth[2])))
    cases = [
        Observed(str(n), bool(a), (s[0], s[1]), 0.5) for n, (s, a) in enumerate(zip(signals, answerable, strict=True))
    ]
    weights = fit(cases)
    assert weights == pytest.approx(truth, abs=0.3)
    ruled = Observed("ruled", False, None, 0.05)
    assert probabilities([ruled, cases[0]], weights)[0] == 0.05


def test_halves_depend_on_the_id_alone() -> None:
    """A case stays in its half whatever else changes, and both halves have cases."""
    assert Observed("a", True, None, 0.1).half == Observed("a", False, (1.0, 1.0), 0.9).half
    assert {Observed(str(n), True, None, 0.0).half for n in range(20)} == {0, 1}
