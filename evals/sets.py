"""What an evaluation runs over: tasks, and the documents they are about. Public sets and folders of a user's own are
made into this by `evals.adapters` and `evals.folders`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from bot.answer import Question
from evals.cases import Case, Pattern, load_set
from retrieval.errors import UsageError
from retrieval.model import Scope

LABELS = frozenset({"kind", "tags", "meta", "obeyed"})  # of a case: they change neither question nor right answer
CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Task:
    """A case and what only a whole set knows about it.

    `within` are globs that narrow what the answer may read, none for every document; ranking metrics search all the
    same. `misleading` are wrong answers planted among the documents: never right as the only one shown. `telling` are
    the documents that hold the answer, where others may be cited as well and so the case does not name them.
    """

    case: Case
    within: tuple[str, ...] = ()
    misleading: tuple[Pattern, ...] = ()
    telling: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        """The documents among which to rank."""
        return Scope().narrowed([self.case.scope]) if self.case.scope else Scope()

    @property
    def question(self) -> Question:
        scope = self.scope.narrowed(self.within) if self.within else self.scope
        return Question(self.case.question, self.case.history, scope)

    @property
    def relevant(self) -> tuple[str, ...]:
        """The documents that ought to be found, each once."""
        case = self.case
        cited = (*case.sources.must, *case.sources.may, *(passage.source for passage in case.passages))
        return () if case.must_refuse else tuple(dict.fromkeys((*self.telling, *cited)))

    @property
    def fingerprint(self) -> str:
        """Changes with anything that is asked or expected, and with nothing else."""
        asked = {field.name: getattr(self.case, field.name) for field in fields(self.case) if field.name not in LABELS}
        asked |= {field.name: getattr(self, field.name) for field in fields(self) if field.name != "case"}
        told = sorted((name, repr(value)) for name, value in asked.items() if value)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class EvalSet:
    """Tasks over `documents`: a folder, or texts by their names, or None for what the user has already indexed.

    `besides` is a file in the folder that is no document. `answers` is False for a set of queries without answers:
    then only the ranking is measured.
    """

    name: str
    tasks: tuple[Task, ...]
    documents: Path | Mapping[str, str] | None = field(repr=False)
    besides: str | None = None
    answers: bool = True

    def first(self, limit: int | None) -> EvalSet:
        """The same documents with the first `limit` tasks."""
        return replace(self, tasks=self.tasks[:limit])


def shipped(name: str) -> EvalSet | None:
    """The set of that name that comes with the program; None where there is none."""
    path = CASES / f"{name}.jsonl"
    return case_file(path) if path.is_file() and path.parent == CASES else None


def case_file(path: Path) -> EvalSet:
    """A JSONL file of cases, also one that `citebot feedback export` wrote: without documents of its own it asks about
    what is indexed."""
    cases = load_set(path)
    if cases.documents is not None and not cases.documents.is_dir():
        raise UsageError(f"{path} is about the documents in {cases.documents}, and there is no such folder.")
    return EvalSet(cases.name, tasks_of(cases.cases), cases.documents)


def tasks_of(cases: Iterable[Case]) -> tuple[Task, ...]:
    """The tasks of a file of cases, which may read every document."""
    return tuple(Task(case, misleading=case.planted) for case in cases)
