"""The verifier against claims made from the bundled corpus: true ones pass, corrupted ones are withheld."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

import evals
from bot.verify import verify
from evals.claims import TRUE, Change, MadeClaim, made_claims
from retrieval.chunk import chunk
from retrieval.load import load
from retrieval.model import Passage

DOCUMENTS = Path(evals.__file__).parent / "documents"
NEIGHBOURS = 3  # chunks on each side that are read with a claim's own


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    found: list[Passage] = []
    for file in sorted(DOCUMENTS.iterdir()):
        source = load(file, file.name)
        found += [
            Passage(0, file.name, source.title, source.date, c, source.lines(c.start, c.end), None, 0.0)
            for c in chunk(source)
        ]
    return found


@pytest.fixture(scope="module")
def verdicts(passages: list[Passage]) -> dict[Change, list[bool]]:
    """For each kind of change, whether each claim was supported."""
    supported: dict[Change, list[bool]] = defaultdict(list)
    for claim in made_claims([p.chunk for p in passages]):
        near = passages[max(0, claim.chunk - NEIGHBOURS) : claim.chunk + NEIGHBOURS + 1]
        supported[claim.change].append(verify(claim.text, [], near, "", None).supported)
    return supported


def test_true_claims_pass(verdicts: dict[Change, list[bool]]) -> None:
    """At least 98% of true claims are supported, also with a figure or a date written otherwise."""
    true = [v for change in TRUE for v in verdicts[change]]
    assert len(true) > 200
    assert sum(true) / len(true) >= 0.98


@pytest.mark.parametrize("change", [c for c in Change if c not in TRUE])
def test_corrupted_claims_are_withheld(verdicts: dict[Change, list[bool]], change: Change) -> None:
    """At least 95% of the claims with one thing changed are withheld, for each kind of change."""
    assert len(verdicts[change]) >= 20
    assert sum(not v for v in verdicts[change]) / len(verdicts[change]) >= 0.95


def test_claims_are_reproducible(passages: list[Passage]) -> None:
    """The same documents and seed give the same claims."""
    chunks = [p.chunk for p in passages[:20]]
    first: list[MadeClaim] = list(made_claims(chunks))
    assert first == list(made_claims(chunks))
    assert first != list(made_claims(chunks, seed=1))
