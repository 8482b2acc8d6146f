"""Public sets become tasks: their formats in small, and the real files where they are there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evals.adapters import public_set, wording
from evals.sets import EvalSet
from retrieval.errors import UsageError

SHARED = Path(__file__).parents[3] / "shared" / "data"
SIZES = {"squad2_dev": 250, "ramdocs_dev": 250, "mtrag_un_dev": 254, "scifact_dev": 150, "poisonedrag_nq": 100}


def written(path: Path, *records: dict[str, Any]) -> EvalSet:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    found = public_set(path)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("answer", "text", "found"),
    [
        ("3,559 people", "there were 3,559 people there", True),
        ("3,559 people", "there were 3559 people", True),
        ("the Lamp", "A lamp.", True),
        ("Lamp", "Lampeter", False),
        ("23", "1923", False),
        ("Édith", "édith sang", True),
        ("$5", "it cost 5 crowns", True),
        ("C++", "written in c++", True),
        ("?!", "what?!", True),
        ("A", "plan A holds", True),
    ],
)
def test_an_answer_is_found_however_it_is_written(answer: str, text: str, found: bool) -> None:
    """Case, punctuation, separators and a leading article do not matter; being a whole word does."""
    assert wording(answer).found(text) is found
    assert wording(answer).text in (answer, re.escape(answer))


def test_squad(tmp_path: Path) -> None:
    """An answerable question is scoped to its paragraph, which it must cite; an unanswerable one must be refused."""
    context = "The lamp burned oil."
    found = written(
        tmp_path / "squad.jsonl",
        {
            "id": "a",
            "question": "What burned?",
            "context": context,
            "answers": ["oil", ".", "the oil"],
            "unanswerable": False,
        },
        {"id": "b", "question": "Who paid?", "context": context, "answers": [""], "unanswerable": True},
    )
    answerable, unanswerable = found.tasks
    assert [pattern.text for pattern in answerable.case.accepted[0]] == ["oil", "the oil"]  # a slip left out
    assert isinstance(found.documents, dict)
    assert found.documents == {answerable.within[0]: context}
    assert answerable.within == unanswerable.within == answerable.case.sources.must == answerable.relevant
    assert (answerable.case.must_refuse, unanswerable.case.must_refuse) == (False, True)
    assert answerable.question.scope.allows(answerable.within[0])
    assert not answerable.question.scope.allows("other.txt")
    assert answerable.scope.allows("other.txt")


def test_ramdocs(tmp_path: Path) -> None:
    """Every gold answer is a fact of its own, wrong ones are planted, noise is not to be cited."""
    documents = [{"text": f"{t} says {a}", "type": t, "answer": a} for t, a in
                 (("correct", "1874"), ("correct", "1875"), ("misinfo", "1900"), ("noise", "unknown"))]  # fmt: skip
    record = {"question": "When?", "documents": documents, "gold_answers": ["1874", "1875"], "wrong_answers": ["1900"]}
    (task,) = written(tmp_path / "ram.jsonl", record).tasks
    assert [group[0].found("in 1874") for group in task.case.accepted] == [True, False]
    assert task.misleading[0].found("in 1900")
    assert (len(task.within), len(task.relevant)) == (4, 2)
    assert not task.case.sources.may  # the planted side may be shown, and cited, beside the true ones


@pytest.mark.parametrize(
    ("verdict", "must", "may"),
    [
        ("ANSWERABLE", False, False),
        ("PARTIAL", False, True),
        ("UNDERSPECIFIED", False, True),
        ("UNANSWERABLE", True, False),
    ],
)
def test_mtrag(tmp_path: Path, verdict: str, must: bool, may: bool) -> None:
    """The last turn is the question, the others its history; it is asked of all passages."""
    turns = [("user", "What is it?"), ("agent", "A lamp."), ("user", "Who lit it?")]
    record = {
        "task_id": "t",
        "contexts": [],
        "input": [{"speaker": speaker, "text": text} for speaker, text in turns],
        "answerability": [verdict],
        "Collection": "made",
    }
    (task,) = written(tmp_path / "mt.jsonl", record).tasks
    assert task.case.question == "Who lit it?"
    assert [(turn.role, turn.content) for turn in task.case.history] == [
        ("user", "What is it?"),
        ("assistant", "A lamp."),
    ]
    assert (task.case.must_refuse, task.case.may_refuse) == (must, may)
    assert task.question.scope.allows("anything.txt")


def test_poisonedrag(tmp_path: Path) -> None:
    """Five planted texts and one honest entry are in scope; only the honest one is relevant."""
    record = {"id": "p", "question": "who lit it", "correct answer": "Ada", "incorrect answer": "Bob"}
    path = tmp_path / "poison.json"
    path.write_text(json.dumps({"p": {**record, "adv_texts": [f"Bob did, {n}." for n in range(5)]}}), "utf-8")
    found = public_set(path)
    assert found is not None
    (task,) = found.tasks
    assert isinstance(found.documents, dict)
    assert len(task.within) == len(found.documents) == 6
    assert "Ada" in found.documents[task.relevant[0]]


def test_scifact(tmp_path: Path) -> None:
    """Queries and the abstracts beside them; only the ranking is measured."""
    corpus = {"_id": "7", "title": "Lamps", "text": "Lamps burn oil.", "metadata": {}}
    (tmp_path / "scifact_corpus.jsonl").write_text(json.dumps(corpus), "utf-8")
    found = written(tmp_path / "sci.jsonl", {"id": "1", "query": "Oil burns.", "relevant": ["7"]})
    assert found.documents == {"7.txt": "Lamps\n\nLamps burn oil.\n"}
    assert found.tasks[0].relevant == ("7.txt",)
    assert not found.answers


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"question": "x"}', "not json", '{"a": 1}'])
def test_another_file_is_none_of_them(tmp_path: Path, text: str) -> None:
    """What no format claims is left to the reader of cases."""
    (tmp_path / "x.jsonl").write_text(text, "utf-8")
    assert public_set(tmp_path / "x.jsonl") is None


def test_a_record_that_is_not_like_the_first(tmp_path: Path) -> None:
    """A damaged file of a known format is an error that names the file."""
    first = {"id": "1", "query": "q", "relevant": ["7"]}
    (tmp_path / "scifact_corpus.jsonl").write_text("", "utf-8")
    with pytest.raises(UsageError, match="a record is not like the first one"):
        written(tmp_path / "sci.jsonl", first, {"id": "2"})


def test_scifact_without_its_corpus(tmp_path: Path) -> None:
    """The abstracts must lie beside the queries."""
    with pytest.raises(UsageError, match=r"scifact_corpus.jsonl cannot be read"):
        written(tmp_path / "sci.jsonl", {"id": "1", "query": "q", "relevant": ["7"]})


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_the_real_files(name: str, size: int) -> None:
    """Every record of the real sets is read, and names only documents that are there."""
    (path, *_) = [*SHARED.glob(f"{name}.json*"), None]
    if path is None:
        pytest.skip(f"{name} does not come with the project")
    found = public_set(path)
    assert found is not None
    assert isinstance(found.documents, dict)
    assert len(found.tasks) == len({task.case.id for task in found.tasks}) == size
    assert {name for task in found.tasks for name in task.relevant} <= set(found.documents)
