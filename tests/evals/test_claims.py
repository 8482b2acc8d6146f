"""The verifier against claims made from documents: true ones pass, corrupted ones are withheld."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

import evals
from evals.claims import TRUE, Change, MadeClaim, made_claims
from evals.verdicts import Judged, balanced, judged, main, passages, sources
from retrieval.model import Passage, Source

DOCUMENTS = Path(evals.__file__).parent / "documents"
SHARED = Path(__file__).parents[3] / "shared"
SOME = 300  # claims of the public paragraphs, where these are there


@pytest.fixture(scope="module")
def documents() -> list[Source]:
    return list(sources(DOCUMENTS))


@pytest.fixture(scope="module")
def read(documents: list[Source]) -> list[Passage]:
    return passages(documents)


@pytest.fixture(scope="module")
def verdicts(documents: list[Source], read: list[Passage]) -> dict[Change, list[Judged]]:
    """Every claim that the bundled documents give, by what was done to it."""
    by_change: dict[Change, list[Judged]] = defaultdict(list)
    for result in judged(made_claims(read), read, {source.name: source.text for source in documents}):
        by_change[result.claim.change].append(result)
    return by_change


def share(results: list[Judged]) -> float:
    return sum(result.right for result in results) / len(results)


def test_true_claims_pass(verdicts: dict[Change, list[Judged]]) -> None:
    """At least 98% of true claims are shown, however figures, dates and names are written."""
    true = [result for change in TRUE for result in verdicts[change]]
    assert len(true) > 250
    assert share(true) >= 0.98


@pytest.mark.parametrize("change", [c for c in Change if c not in TRUE])
def test_corrupted_claims_are_withheld(verdicts: dict[Change, list[Judged]], change: Change) -> None:
    """At least 95% of the claims with one thing changed are withheld, for each kind of change."""
    assert len(verdicts[change]) >= 20
    assert share(verdicts[change]) >= 0.95


def test_no_claim_is_shown_against_an_invariant(verdicts: dict[Change, list[Judged]]) -> None:
    """What the verifier lets pass also stands before rules that were written apart from it."""
    assert [result for results in verdicts.values() for result in results if result.violations] == []


def test_claims_are_reproducible(read: list[Passage]) -> None:
    """The same documents and seed give the same claims."""
    first: list[MadeClaim] = list(made_claims(read[:20]))
    assert first == list(made_claims(read[:20]))
    assert first != list(made_claims(read[:20], seed=1))


def test_claims_are_balanced(read: list[Passage]) -> None:
    """A sample holds as many claims of each kind as of every other, as far as there are."""
    counts = Counter(claim.change for claim in balanced(made_claims(read), 65))
    assert counts.total() == 65
    assert max(counts.values()) <= 6


def test_the_table_is_printed(tmp_path: Path) -> None:
    """The documented command reads a folder or a public set, and lists what was judged wrongly."""
    (tmp_path / "one.txt").write_text("The Halmet Dam on the river is 118 metres high and holds 40 million tonnes.\n")
    record = {
        "id": "a",
        "question": "?",
        "context": "The mill on the river Orlo was built in 1874 by Jo Reed.",
        "answers": ["1874"],
        "unanswerable": False,
    }
    (tmp_path / "set.jsonl").write_text(json.dumps(record) + "\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "one.txt").rename(folder / "one.txt")
    result = CliRunner().invoke(main, [str(folder), str(tmp_path / "set.jsonl"), "--misses"])
    assert result.exit_code == 0
    assert "| **true ones pass** |" in result.output
    assert "| as it stands | 2 | 100.0% | 0 |" in result.output


def test_a_file_that_is_no_set_is_told(tmp_path: Path) -> None:
    """A text file alone is neither a folder nor a set."""
    file = tmp_path / "notes.txt"
    file.write_text("Nothing here.\n")
    result = CliRunner().invoke(main, [str(file)])
    assert "neither a folder nor a public set" in str(result.exception)


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the public sets do not come with the project")
def test_claims_of_other_documents() -> None:
    """Paragraphs that the bundled documents do not resemble: the same shares, over a sample."""
    found = list(sources(SHARED / "data" / "squad2_dev.jsonl"))
    read = passages(found)
    results = list(judged(balanced(made_claims(read), SOME), read, {source.name: source.text for source in found}))
    assert share([r for r in results if r.claim.change in TRUE]) >= 0.98
    assert share([r for r in results if r.claim.change not in TRUE]) >= 0.95
