"""The verifier on what a small model really wrote, against a reader's labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from bot.verify import verify
from evals.labelled import FOLDERS, LabelledClaim, labelled, passages, statement
from retrieval import models

CLAIMS = tuple(labelled())


def test_labels() -> None:
    """At least 200 claims, each once, of both labels and both sets."""
    assert len({(c.set, c.question, c.claim) for c in CLAIMS}) == len(CLAIMS) >= 200
    assert {(c.set, c.supported) for c in CLAIMS} == {(s, label) for s in FOLDERS for label in (True, False)}


def counted(claims: Sequence[LabelledClaim]) -> Counter[tuple[bool, bool]]:
    """How often each (supported, shown) occurs. Skips where documents are absent."""
    for name in {c.set for c in claims}:
        if not FOLDERS[name].is_dir():
            pytest.skip(f"the documents of the set {name} are not in {FOLDERS[name]}")
    reranker = models.reranker()
    return Counter(
        (c.supported, verify(statement(c), c.cited, passages(c), c.question, reranker).supported) for c in claims
    )


# The goal is (0.02, 0.10) everywhere; docs/trust.md tells what stands above it.
LIMITS = {
    ("bundled", "case"): (0.02, 0.10),
    ("articles", "case"): (0.02, 0.34),
    ("bundled", "wider"): (0.10, 0.12),
    ("articles", "wider"): (0.05, 0.18),
}


@pytest.mark.parametrize(("name", "asked"), LIMITS)
def test_verifier_agrees_with_the_reader(name: str, asked: str) -> None:
    """Little of what is shown is unsupported, little of what is supported is withheld."""
    found = counted([c for c in CLAIMS if (c.set, c.asked) == (name, asked)])
    shown, supported = found[True, True] + found[False, True], found[True, True] + found[True, False]
    wrongly_shown, wrongly_withheld = LIMITS[name, asked]
    assert found[False, True] <= wrongly_shown * shown, found
    assert found[True, False] <= wrongly_withheld * supported, found
