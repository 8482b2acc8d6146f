"""A folder of a user's own: documents, and beside them a CSV or JSONL file of questions."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from evals.adapters import wording
from evals.cases import Case, CaseKind, Sources, load_cases
from evals.sets import EvalSet, tasks_of
from retrieval.errors import UsageError

COLUMNS = ("question", "answer", "source", "refuse", "kind", "id")
QUESTIONS = (".csv", ".jsonl")


def folder_set(path: Path) -> EvalSet:
    """The documents are those in `documents/`, or else all but the file of questions.

    A CSV has the columns `question` and, where known, `answer` and `source` (alternatives and files separated by |),
    `refuse` (yes or no), `kind` and `id`; a JSONL file is as `docs/cases.md` says. Raises UsageError.
    """
    questions = _questions(path)
    cases = load_cases(questions) if questions.suffix.lower() == ".jsonl" else _csv_cases(questions)
    documents = path / "documents"
    name = path.resolve().name
    if documents.is_dir():
        return EvalSet(name, tasks_of(cases), documents)
    return EvalSet(name, tasks_of(cases), path, besides=questions.name)


def _questions(path: Path) -> Path:
    found = [file for file in sorted(path.iterdir()) if file.suffix.lower() in QUESTIONS and file.is_file()]
    named = [file for file in found if file.stem.lower() in ("questions", "cases")]
    match named or found:
        case [only]:
            return only
        case []:
            raise UsageError(f"{path} holds no file of questions: put a questions.csv or a questions.jsonl there.")
        case several:
            names = ", ".join(file.name for file in several)
            raise UsageError(
                f"{path} holds several files that may hold the questions ({names}): name one questions.csv."
            )


def _csv_cases(file: Path) -> tuple[Case, ...]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8: save it as UTF-8.") from error
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    unknown = [name for name in reader.fieldnames or () if name not in COLUMNS]
    if unknown or "question" not in (reader.fieldnames or ()):
        raise UsageError(
            f"{file} must begin with a line of column names: question, and any of {', '.join(COLUMNS[1:])}."
        )
    cases = tuple(_case(file, reader.line_num, row) for row in reader if any(row.values()))
    if not cases:
        raise UsageError(f"{file} holds no question: write one in each line below the column names.")
    _refuse_repeated_ids(file, cases)
    return cases


def _case(file: Path, line: int, row: Mapping[str | None, str | None]) -> Case:
    if None in row:
        raise UsageError(f"{file}, line {line}: there are more cells than columns; put quotation marks around commas.")
    question, answers = _cell(row, "question"), _parts(row, "answer")
    if not question:
        raise UsageError(f"{file}, line {line}: the question is empty.")
    refuse = _refuse(file, line, _cell(row, "refuse"))
    if refuse and answers:
        raise UsageError(f"{file}, line {line}: a question to refuse cannot have an answer.")
    return Case(
        id=_cell(row, "id") or f"line {line}",
        question=question,
        kind=_kind(file, line, _cell(row, "kind")),
        must_refuse=refuse,
        accepted=(tuple(map(wording, answers)),) if answers else (),
        sources=Sources() if refuse else Sources(may=_parts(row, "source")),
    )


def _cell(row: Mapping[str | None, str | None], name: str) -> str:
    return (row.get(name) or "").strip()


def _parts(row: Mapping[str | None, str | None], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _cell(row, name).split("|") if part.strip())


def _refuse(file: Path, line: int, cell: str) -> bool:
    if cell.lower() in ("yes", "true", "1"):
        return True
    if cell.lower() in ("", "no", "false", "0"):
        return False
    raise UsageError(f"{file}, line {line}: refuse must be yes or no, not '{cell}'.")


def _kind(file: Path, line: int, cell: str) -> CaseKind:
    try:
        return CaseKind(cell or "other")
    except ValueError:
        kinds = ", ".join(CaseKind)
        raise UsageError(f"{file}, line {line}: '{cell}' is no kind of case; the kinds are {kinds}.") from None


def _refuse_repeated_ids(file: Path, cases: tuple[Case, ...]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise UsageError(f"{file}: the id '{case.id}' stands there twice.")
        seen.add(case.id)
