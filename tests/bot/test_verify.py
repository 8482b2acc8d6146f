"""Statements against the sentences that should carry them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passages import passage

from bot.verify import verify

TALKS = passage(
    "The ministers talked for nearly seven hours on Tuesday, said envoy Pella Corrigane.",
    "Thale gave Vask a jar of cherry jam.",
    "Whether Vask will come to the lake is not confirmed.",
    "The bank lends 420 million ilvers over 15 years.",
    "Kessady did not accept the loan.",
    "They signed the accord yesterday.",
    written=date(2025, 10, 17),
)


@pytest.mark.parametrize(
    "claim",
    [
        "The ministers talked for nearly seven hours on Tuesday.",
        "The ministers talked for almost 7 hours on Tuesday.",
        "Thale gave Vask a jar of cherry jam.",
        "It is not confirmed whether Vask will come to the lake.",
        "The bank lends 420 million ilvers.",
        "Kessady did not accept the loan.",
        "They signed the accord on 16 October 2025.",
        "Envoy Pella Corrigane said the ministers talked for nearly seven hours.",
    ],
)
def test_true_claims_pass(claim: str) -> None:
    """A statement that a sentence carries is supported, also with its figure or date written otherwise."""
    verdict = verify(claim, [0], [TALKS], "", None)
    assert verdict.reason == ""
    assert all(TALKS.chunk.text[q.start : q.end] == q.text for q in verdict.quotes)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The ministers talked for nearly eight hours on Tuesday.", "figure"),
        ("The ministers talked for nearly seven days on Tuesday.", "figure"),
        ("The ministers talked for nearly seven hours on Monday.", "date"),
        ("Corrigane gave Vask a jar of cherry jam.", "opposite|name|words"),
        ("Denning gave Vask a jar of cherry jam.", "name"),
        ("Vask will not come to the lake.", "opposite|open"),
        ("Vask came to the lake.", "open|opposite"),
        ("Kessady did accept the loan.", "opposite"),
        ("The bank lends 430 million ilvers.", "figure"),
        ("Thale said the ministers talked for nearly seven hours.", "speaker|name"),
        ("The harvest failed after a long drought.", "no passage"),
        ("!!!", "nothing"),
    ],
)
def test_false_claims_are_withheld(claim: str, reason: str) -> None:
    """One changed figure, date, name, negation or speaker is enough to withhold a statement, with the reason."""
    verdict = verify(claim, [0], [TALKS], "", None)
    assert not verdict.supported
    assert re.search(reason, verdict.reason)


def test_wrong_citation_is_mended() -> None:
    """A statement that another passage carries than the one it cites is cited there."""
    other = passage("The weather was fine.", source="b.txt", number=1)
    verdict = verify("Thale gave Vask a jar of cherry jam.", [0], [other, TALKS], "", None)
    assert [q.passage.source for q in verdict.quotes] == ["a.txt"]


@given(st.text(max_size=300))
def test_any_claim_is_safe(claim: str) -> None:
    """No claim raises, and what is supported has quotes."""
    verdict = verify(claim, [0, 7], [TALKS], claim[:20], None)
    assert bool(verdict.quotes) is verdict.supported
