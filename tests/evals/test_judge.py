"""How far the judge agrees with labels that follow from the cases."""

from __future__ import annotations

import pytest
from made import case, group, show

from evals.cases import Evidence
from evals.judge import Judge, Label, labels
from evals.sets import Task

NORTH = Task(case(accepted=(group("1874"),), passages=(Evidence(source="north.txt", quote="lit in 1874"),)))
SOUTH = Task(case(id="two", accepted=(group("oil"),), passages=(Evidence(source="south.txt", quote="whale oil"),)))


def test_labels_follow_from_the_passages() -> None:
    """A passage in its place is supported; beside another document, or miscounted, it is not."""
    made = labels((NORTH, SOUTH), show)
    assert [(label.statement, label.supported) for label in made] == [
        ("lit in 1874", True),
        ("whale oil", True),
        ("lit in 1874", False),
        ("whale oil", False),
        ("lit in 1877", False),
    ]
    assert "1874" in made[4].quote
    assert "1874" not in made[2].quote


@pytest.mark.parametrize(
    ("verdicts", "share", "kappa"),
    [
        ("YYNN", 1.0, 1.0),
        ("NNYY", 0.0, -1.0),
        ("YYYY", 0.5, 0.0),  # says yes to everything: half right, and nothing beyond chance
        ("YNNN", 0.75, 0.5),
    ],
)
def test_agreement(verdicts: str, share: float, kappa: float) -> None:
    """The share of labels met, and Cohen's kappa worked out by hand."""
    replies = iter(verdicts)
    judge = Judge(lambda _: "SUPPORTED" if next(replies) == "Y" else "UNSUPPORTED")
    found = judge.agreement([Label("s", "q", label) for label in (True, True, False, False)])
    assert found is not None
    assert (found.pairs, found.share, found.kappa) == (4, share, pytest.approx(kappa))


def test_no_labels_no_agreement() -> None:
    """A set without passages says nothing about the judge."""
    assert Judge(lambda _: "").agreement([]) is None
