"""The verifier on what a small model really wrote, against a reader's labels."""

from __future__ import annotations

import pytest

from bot.verify import verify
from evals.labelled import FOLDERS, LabelledClaim, labelled, passages
from retrieval import models

CLAIMS = tuple(labelled())


def shown(claim: LabelledClaim) -> bool:
    return verify(claim.claim, claim.cited, passages(claim), claim.question, models.reranker()).supported


def test_labels() -> None:
    """At least 200 claims, each once, of both labels, over both sets."""
    assert len({(c.set, c.question, c.claim) for c in CLAIMS}) == len(CLAIMS) >= 200
    assert {(c.set, c.supported) for c in CLAIMS} == {(s, label) for s in FOLDERS for label in (True, False)}


@pytest.mark.parametrize("name", FOLDERS)
def test_verifier_agrees_with_the_reader(name: str) -> None:
    """Of what is shown at most 2% is unsupported, of what is supported at most 10% is withheld."""
    if not FOLDERS[name].is_dir():
        pytest.skip(f"the documents of the set {name} are not in {FOLDERS[name]}")
    claims = [c for c in CLAIMS if c.set == name]
    verdicts = {c: shown(c) for c in claims}
    wrongly_shown = [c.claim for c in claims if verdicts[c] and not c.supported]
    wrongly_withheld = [c.claim for c in claims if not verdicts[c] and c.supported]
    assert len(wrongly_shown) <= 0.02 * sum(verdicts.values()), wrongly_shown
    assert len(wrongly_withheld) <= 0.10 * sum(c.supported for c in claims), wrongly_withheld
