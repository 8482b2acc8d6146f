"""A folder of a user's own, with a CSV or JSONL file of questions; and case files by themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.cases import CaseKind
from evals.command import find
from evals.folders import folder_set
from retrieval.errors import UsageError


def csv(folder: Path, text: str, name: str = "questions.csv") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


def test_a_csv_of_questions(tmp_path: Path) -> None:
    """Alternatives and files are separated by |; empty lines are left out; only the question is needed."""
    head = "\ufeffquestion,answer,source,refuse,kind\n"
    rows = '"Who, and when?",Ada | Ada Brook,a.txt|b.txt,,fact\n\nWho paid?,,,yes,\nWhy?\n'
    found = folder_set(csv(tmp_path, head + rows))
    first, second, third = (task.case for task in found.tasks)
    assert (first.id, first.question, first.kind) == ("line 2", "Who, and when?", CaseKind.FACT)
    assert [alternative.found("ADA BROOK") for alternative in first.accepted[0]] == [True, True]
    assert first.sources.may == ("a.txt", "b.txt")
    assert second.must_refuse
    assert (third.accepted, third.must_refuse, third.kind) == ((), False, CaseKind.OTHER)
    assert (found.name, found.documents, found.besides) == (tmp_path.name, tmp_path, "questions.csv")


def test_documents_in_a_folder_of_their_own(tmp_path: Path) -> None:
    """A `documents` folder beside the questions holds nothing else."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "cases.jsonl").write_text(json.dumps({"id": "a", "question": "Who?"}), "utf-8")
    (tmp_path / "table.csv").write_text("x,y\n1,2\n", "utf-8")
    found = folder_set(tmp_path)
    assert (found.documents, found.besides) == (tmp_path / "documents", None)
    assert [task.case.id for task in found.tasks] == ["a"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("question,antwort\nWho?,Ada\n", "must begin with a line of column names: question, and any of answer"),
        ("answer\nAda\n", "must begin with a line of column names"),
        ("", "must begin with a line of column names"),
        ("question\n", "holds no question"),
        ("question,answer\n,Ada\n", "line 2: the question is empty"),
        ("question,answer\nWho, then?,Ada,x\n", "line 2: there are more cells than columns"),
        ("question,refuse\nWho?,perhaps\n", "line 2: refuse must be yes or no, not 'perhaps'"),
        ("question,answer,refuse\nWho?,Ada,yes\n", "line 2: a question to refuse cannot have an answer"),
        ("question,kind\nWho?,riddle\n", "line 2: 'riddle' is no kind of case; the kinds are fact, "),
        ("question,id\nWho?,1\nWhen?,1\n", "the id '1' stands there twice"),
    ],
)
def test_a_bad_csv(tmp_path: Path, text: str, complaint: str) -> None:
    """Each mistake is one sentence with the line."""
    with pytest.raises(UsageError) as error:
        folder_set(csv(tmp_path, text))
    assert complaint in str(error.value)


def test_a_csv_in_another_encoding(tmp_path: Path) -> None:
    """Latin-1 is told, not guessed."""
    (tmp_path / "questions.csv").write_bytes("question\nWer hält?\n".encode("latin-1"))
    with pytest.raises(UsageError, match="is not UTF-8: save it as UTF-8"):
        folder_set(tmp_path)


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ([], "holds no file of questions"),
        (["a.csv", "b.jsonl"], "holds several files that may hold the questions (a.csv, b.j"),
    ],
)
def test_which_file_holds_the_questions(tmp_path: Path, names: list[str], complaint: str) -> None:
    """None, or several without a telling name, is an error that says what to do."""
    for name in names:
        csv(tmp_path, "question\nWho?\n", name)
    with pytest.raises(UsageError) as error:
        folder_set(tmp_path)
    assert complaint in str(error.value)
    csv(tmp_path, "question\nWho?\n")
    assert folder_set(tmp_path).besides == "questions.csv"


def test_a_case_file_by_itself_asks_about_what_is_indexed(tmp_path: Path) -> None:
    """As `citebot feedback export` writes it."""
    exported = {
        "id": "feedback-1",
        "question": "Who lit it?",
        "kind": "other",
        "tags": ["wrong"],
        "meta": {"answer": "Bob", "comment": "it was Ada"},
    }
    path = tmp_path / "feedback.jsonl"
    path.write_text(json.dumps(exported) + "\n", "utf-8")
    found = find(str(path))
    assert (found.name, found.documents, len(found.tasks)) == ("feedback", None, 1)


def test_a_case_file_whose_documents_are_gone(tmp_path: Path) -> None:
    """The folder that the file names must be there."""
    (tmp_path / "c.jsonl").write_text('{"documents": "gone"}\n{"id": "a", "question": "Who?"}\n', "utf-8")
    with pytest.raises(UsageError, match="there is no such folder"):
        find(str(tmp_path / "c.jsonl"))


def test_no_such_set() -> None:
    """An unknown name is told with the sets that there are."""
    with pytest.raises(UsageError, match=r"There is no set nonsense: give a file, a folder, or one of .*bundled"):
        find("nonsense")
    with pytest.raises(UsageError, match=r"There is no set \.\./cases/bundled"):
        find("../cases/bundled")


def test_the_bundled_set() -> None:
    """It comes with its documents."""
    found = find("bundled")
    assert found.name == "bundled"
    assert isinstance(found.documents, Path)
    assert found.documents.is_dir()
    assert len(found.first(3).tasks) == 3
