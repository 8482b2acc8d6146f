"""Where an evaluation keeps what is worth keeping: an index for each set, brought up to date before every run, and the
finished cases of a run, so that an interrupted one can go on."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import bot
import prompts
import retrieval
from bot.pipeline import Bot
from bot.settings import Settings
from evals.invariants import Show
from evals.results import Result
from evals.sets import EvalSet
from retrieval.errors import UsageError

AFTER_INDEXING = frozenset({"retrieve.py", "reader.py"})  # no chunk and no vector depends on them
KEPT = 3  # indexes of one set, for going back and forth between two embedders or chunkings

Progress = Callable[[str, int, int], None]


def indexed(settings: Settings, tasks: EvalSet, folder: Path, progress: Progress | None) -> Settings:
    """The settings of a bot that has read exactly the documents of the set.

    Each combination of set, embedder and ingest code has an index of its own under `folder`; a set without documents
    is asked of what the settings already point to.
    """
    if tasks.documents is None:
        return settings
    home = folder / f"{tasks.name}-{_index_key(settings, tasks.documents, folder)}"
    own = settings.model_copy(update={"data_dir": home / "data", "database_url": None, "chroma_url": None})
    root = _root(tasks, home / "documents", folder)
    with Bot(own) as reader:
        report = reader.ingest([root], progress=progress)
    if report.failures:
        failure = report.failures[0]
        raise UsageError(f"{failure.source} of the set {tasks.name} cannot be read: {failure.error}")
    _prune(folder, tasks.name, home)
    return own


def validate(tasks: EvalSet, names: Set[str], show: Show) -> None:
    """Raises UsageError where a case names a document, or a passage of one, that is not there."""
    for task in tasks.tasks:
        for name in task.relevant:
            if name not in names:
                raise UsageError(
                    f"The case '{task.case.id}' names {name}, which is not among the documents of the set."
                )
        for passage in task.case.passages:
            if passage.span(show(passage.source)) is None:
                raise UsageError(f"A passage of the case '{task.case.id}' does not stand in {passage.source}.")


class Journal:
    """The finished cases of one run, each kept as soon as it is there. `key` says what the run depends on."""

    def __init__(self, file: Path, key: str, resume: bool) -> None:
        self._file = file
        self.finished = dict(_kept(file, key)) if resume else {}
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [{"key": key}, *(result.to_json() for result in self.finished.values())]
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")

    def keep(self, result: Result) -> None:
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(f"{json.dumps(result.to_json())}\n")


def _kept(file: Path, key: str) -> Iterator[tuple[str, Result]]:
    try:
        first, *lines = file.read_text(encoding="utf-8").splitlines()
        if json.loads(first) != {"key": key}:
            return
        for line in lines:
            result = Result.from_json(json.loads(line))
            yield result.id, result
    except (OSError, ValueError, KeyError, TypeError):  # no journal, or one that ends in half a line
        return


def code_key(packages: Iterable[Any] = (retrieval, bot, prompts), without: Set[str] = frozenset()) -> str:
    """Changes with any line of code or prompt that an answer may depend on, but for the files `without`."""
    digest = hashlib.sha256()
    for package in packages:
        root = Path(package.__file__).parent
        for file in sorted([*root.rglob("*.py"), *root.rglob("*.md")]):
            if file.name not in without:
                digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _index_key(settings: Settings, documents: Path | Mapping[str, str], folder: Path) -> str:
    """Depends on the documents' place or texts, the embedder, the code between a file and its vectors, and `folder`.

    A moved or copied index would know its documents by their old place as well, and hold them twice.
    """
    code = code_key((retrieval,), AFTER_INDEXING)
    parts = (_identity(documents), str(settings.embeddings), code, str(folder.resolve()))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _identity(documents: Path | Mapping[str, str]) -> str:
    if isinstance(documents, Path):
        return str(documents.resolve())
    return json.dumps(dict(documents), sort_keys=True)


def _root(tasks: EvalSet, copy: Path, folder: Path) -> Path:
    """The folder to read: the set's own where everything in it is a document, else a copy of what is."""
    if isinstance(tasks.documents, Path):
        if tasks.besides is None:
            return tasks.documents
        _copy(tasks.documents, copy, {tasks.documents / tasks.besides, folder.parent})
    elif tasks.documents is not None and not copy.is_dir():
        _write(tasks.documents, copy)
    return copy


def _copy(root: Path, copy: Path, left_out: set[Path]) -> None:
    absent = {path.resolve() for path in left_out}
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(
        root,
        copy,
        ignore=lambda place, names: [name for name in names if (Path(place) / name).resolve() in absent],
        ignore_dangling_symlinks=True,
    )


def _write(texts: Mapping[str, str], root: Path) -> None:
    """Under another name until all are there, so that a folder of that name is whole."""
    partial = root.with_name("partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, text in texts.items():
        (partial / name).write_text(text, encoding="utf-8", newline="")
    partial.rename(root)


def _prune(folder: Path, name: str, current: Path) -> None:
    current.touch()
    homes = sorted(folder.glob(f"{name}-" + "[0-9a-f]" * 12), key=lambda home: home.stat().st_mtime, reverse=True)
    for old in homes[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
