"""What the reranker was trained on, and the way from its ONNX file into torch and back."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from random import Random

import pytest

from evals.cases import load_cases
from evals.training.examples import (
    Asked,
    Document,
    Group,
    claim_pairs,
    groups,
    question_pairs,
    statement_pairs,
)

ROOT = Path(__file__).parents[2]
TORCH = importlib.util.find_spec("torch") is not None and importlib.util.find_spec("onnx") is not None

DOCUMENT = Document("Bridge report", (("", "It was shut for a week."), ("", "Repairs began."), ("Costs", "- 3 crowns")))
QUESTION = Asked("How long was it shut?", frozenset({(0, 0)}), (((0, 0), "a week"),))
CLAIM = Asked("It cost nothing.", frozenset())


class TestExamples:
    def test_every_place_is_a_sentence(self) -> None:
        """The file that comes with citebot is whole: every label names a sentence, some groups are held out."""
        every = list(groups())
        assert sum(len(g.questions) for g in every) > 40_000
        assert sum(len(g.claims) for g in every) > 14_000
        assert 0.08 < sum(g.held_out for g in every) / len(every) < 0.15

    def test_no_question_is_a_case(self) -> None:
        """What measures the bot has not taught it."""
        asked = {q.text.casefold() for g in groups() for q in g.questions}
        files = [*(ROOT / "evals/cases").glob("*.jsonl"), *(ROOT / "evals/other").glob("*/*.jsonl")]
        cases = [case for file in files for case in load_cases(file)]
        assert len(cases) > 900
        assert not [case.id for case in cases if case.question.casefold() in asked and len(case.question.split()) > 4]

    def test_a_wrong_place(self, tmp_path: Path) -> None:
        """A label that names no sentence is told with its line."""
        file = tmp_path / "groups.jsonl"
        documents = [{"title": "", "sentences": [["", "One."]]}]
        line = {"held_out": False, "documents": documents, "questions": [["Two?", ["0:1"], {}]], "claims": []}
        file.write_text(json.dumps(line))
        with pytest.raises(ValueError, match=r"groups\.jsonl:1: a place of 'Two\?' is no sentence"):
            list(groups(file))

    @pytest.mark.parametrize(
        ("n", "readings"),
        [
            (0, ["It was shut for a week.", "Bridge report: It was shut for a week."]),
            (2, ["Costs: - 3 crowns", "Bridge report: Costs: - 3 crowns"]),
        ],
    )
    def test_readings(self, n: int, readings: list[str]) -> None:
        """A sentence is read as the retriever shows it to the reranker: a fragment never without its heading."""
        assert DOCUMENT.readings(n) == readings

    def test_pairs(self) -> None:
        """A question comes with the sentences that answer, others of its documents, and one from anywhere."""
        group = Group(False, (DOCUMENT,), (QUESTION,), (CLAIM,))
        made = question_pairs([group], Random(3))
        assert len(made) == 4
        marked = {pair.text[slice(*pair.marked)] for pair in made if pair.marked}
        assert marked == {"a week"}
        assert {pair.text for pair in made if pair.answers} <= set(DOCUMENT.readings(0))
        claimed = claim_pairs([group], Random(3))
        assert [pair.answers for pair in claimed] == [False, False]

    def test_what_a_network_confuses_comes_first(self) -> None:
        """A sentence that was taken for an answer is among those that do not answer, for the group it is of alone."""
        group = Group(False, (DOCUMENT,), (QUESTION,), ())
        short = Group(False, (Document("Bridge", (("", "It was shut for a week."),)),), (QUESTION,), ())
        made = question_pairs([group, short], Random(3), {(group, QUESTION): [(0, 2)]})
        assert any("crowns" in pair.text and not pair.answers for pair in made)

    @pytest.mark.parametrize(("said", "answers"), [("yes", {True, False}), ("no", {False, True}), ("open", {False})])
    def test_yes_and_no(self, said: str, answers: set[bool]) -> None:
        """A yes-no question is learnt as a statement and as its denial; neither is said by what leaves it open."""
        asked = Asked("Was it open?", frozenset({(0, 0)}), (((0, 0), said),))
        made = statement_pairs([Group(False, (DOCUMENT,), (asked,), ())], Random(3))
        assert {pair.query for pair in made} == {"it open.", "not it open."}
        assert {pair.answers for pair in made} == answers
        assert all(pair.answers == (said == "yes") for pair in made if pair.query == "it open.")


@pytest.mark.skipif(not TORCH, reason="training needs torch and onnx, which nothing else does")
def test_a_network_comes_back_as_it_went(tmp_path: Path) -> None:
    """Read into torch and written again, the file gives the same logits to what int8 can tell."""
    from evals.training.network import Scorer, load, save
    from retrieval.models import ms_marco

    start = ms_marco()
    network = load(start.folder / start.file)
    save(network, start.folder / start.file, tmp_path / "model.onnx")
    scorer = Scorer(start.folder / "tokenizer.json")
    pairs = [("How long was it shut?", "It was shut for a week."), ("Who came?", "Repairs began.")]
    again = scorer.score(load(tmp_path / "model.onnx"), pairs)
    assert abs(again - scorer.score(network, pairs)).max() < 0.3


@pytest.mark.skipif(not TORCH, reason="training needs torch and onnx, which nothing else does")
def test_words_are_tokens() -> None:
    """The words that answer, as the tokens between which they lie, behind those of the question."""
    from evals.training.network import NONE, Scorer
    from retrieval.models import ms_marco

    scorer = Scorer(ms_marco().folder / "tokenizer.json")
    assert scorer.tokens("How long?", "It was shut for a week.", (16, 22)) == (9, 10)
    assert scorer.tokens("How long?", "It was shut for a week.", None) == (NONE, NONE)
