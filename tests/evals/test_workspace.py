"""What an evaluation keeps: its own index for each set, and the finished cases of a run."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from made import DOCUMENTS, Fixed, case, group, quoting, show, task

from bot.pipeline import Bot
from bot.settings import Settings
from evals.cases import Evidence, Sources
from evals.results import Result
from evals.run import run
from evals.sets import EvalSet, Task
from evals.workspace import Journal, code_key, indexed, validate
from retrieval.errors import UsageError

NORTH = quoting(("north.txt", "The lighthouse was lit in 1874."))
TASKS = tuple(Task(case(id=f"c{number}", accepted=(group("1874"),))) for number in range(3))
SET = EvalSet("made", TASKS, DOCUMENTS)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def names(settings: Settings) -> list[str]:
    with Bot(settings) as bot:
        return sorted(info.source for info in bot.sources())


def test_a_set_has_an_index_of_its_own(settings: Settings, tmp_path: Path) -> None:
    """Texts become documents; the user's own index is neither read nor made."""
    own = indexed(settings, SET, tmp_path / "evals", None)
    assert names(own) == sorted(DOCUMENTS)
    assert not settings.data_dir.exists()
    with Bot(own) as bot:
        assert bot.show("north.txt").text == DOCUMENTS["north.txt"]


def test_the_index_is_brought_up_to_date(settings: Settings, tmp_path: Path) -> None:
    """A folder that changed since the last run is synced, in the same place."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The lamp burned oil.\n")
    tasks = EvalSet("own", TASKS, folder)
    first = indexed(settings, tasks, tmp_path / "evals", None)
    (folder / "b.txt").write_text("The keeper slept.\n")
    (folder / "a.txt").unlink()
    assert indexed(settings, tasks, tmp_path / "evals", None).data_dir == first.data_dir
    assert names(first) == ["b.txt"]


def test_a_copied_folder_holds_no_document_twice(settings: Settings, tmp_path: Path) -> None:
    """An index knows where its documents were; in another place it is made anew."""
    indexed(settings, SET, tmp_path / "evals", None)
    shutil.copytree(tmp_path / "evals", tmp_path / "copied")
    assert names(indexed(settings, SET, tmp_path / "copied", None)) == sorted(DOCUMENTS)


def test_the_questions_are_no_document(settings: Settings, tmp_path: Path) -> None:
    """The file of questions, and the evaluation's own folder, are left out of what is read."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The lamp burned oil.\n")
    (folder / "questions.txt").write_text("What burned?\n")
    inside = folder / "data" / "evals"
    own = indexed(settings, EvalSet("own", TASKS, folder, besides="questions.txt"), inside, None)
    own = indexed(settings, EvalSet("own", TASKS, folder, besides="questions.txt"), inside, None)
    assert names(own) == ["a.txt"]


def test_a_document_that_cannot_be_read(settings: Settings, tmp_path: Path) -> None:
    """It is named: figures over half of the documents would mislead."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.txt").write_text("The lamp burned oil.\n")
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(UsageError, match=r"^b\.pdf of the set own cannot be read: "):
        indexed(settings, EvalSet("own", TASKS, folder), tmp_path / "evals", None)


def test_without_documents_the_users_index_is_asked(settings: Settings, tmp_path: Path) -> None:
    """As for exported feedback."""
    assert indexed(settings, replace(SET, documents=None), tmp_path, None) is settings


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"sources": Sources(must=("gone.txt",))}, "The case 'one' names gone.txt, which is not among the documents"),
        ({"sources": Sources(may=("gone.txt",))}, "The case 'one' names gone.txt"),
        ({"passages": (Evidence(source="gone.txt", quote="x"),)}, "The case 'one' names gone.txt"),
        (
            {"passages": (Evidence(source="north.txt", quote="lit in 1999"),)},
            "A passage of the case 'one' does not stand",
        ),
    ],
)
def test_a_document_or_passage_that_is_missing(values: dict[str, object], complaint: str) -> None:
    """A case about what is not there can only fail: it is told before anything is asked."""
    with pytest.raises(UsageError) as error:
        validate(EvalSet("made", (task(**values),), DOCUMENTS), DOCUMENTS.keys(), show)
    assert str(error.value).startswith(complaint)


def finished(answer: object = NORTH) -> list[Result]:
    return [result for result in run(Fixed(NORTH), SET) if isinstance(result, Result)]


def test_a_journal_goes_on(tmp_path: Path) -> None:
    """What was kept before an interruption is there after it, also where the last line was cut."""
    file = tmp_path / "runs" / "made.jsonl"
    first = Journal(file, "key", resume=False)
    for result in finished()[:2]:
        first.keep(result)
    with file.open("a") as stream:
        stream.write('{"id": "c2", "ques')
    assert Journal(file, "key", resume=True).finished == {result.id: result for result in finished()[:2]}
    assert len(file.read_text().splitlines()) == 3


@pytest.mark.parametrize(("key", "resume"), [("other", True), ("key", False)])
def test_a_journal_begins_anew(tmp_path: Path, key: str, resume: bool) -> None:
    """After a change of code, settings or documents, and where nobody asked to resume."""
    file = tmp_path / "made.jsonl"
    Journal(file, "key", resume=False).keep(finished()[0])
    assert Journal(file, key, resume).finished == {}
    assert [json.loads(line) for line in file.read_text().splitlines()] == [{"key": key}]


def test_the_key_of_the_code() -> None:
    """It is the same for the same code, and another for other packages."""
    import evals

    assert code_key() == code_key()
    assert code_key() != code_key((evals,))
