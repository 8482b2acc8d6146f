"""What distinguishes the files under the roots from the documents in the ledger. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retrieval import digest
from retrieval.ledger import Known
from retrieval.load import FORMATS
from retrieval.scan import File, Scan, document_name, scan, shown

_UNREADABLE = "it may not be read: give yourself read permission and ingest again"


@dataclass(frozen=True, slots=True)
class Failure:
    """A document, folder or root that was not brought up to date, and why."""

    source: str
    error: str


@dataclass(frozen=True, slots=True)
class Job:
    """A file to be read as the document `name`; `known` is the version that the index has, if any."""

    root: str
    file: File
    name: str
    known: Known | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What an ingest has to do. `removed` are document ids, `stamps` those of unchanged documents that look otherwise.

    `synced` are the roots to be remembered.
    """

    jobs: tuple[Job, ...] = ()
    removed: frozenset[int] = frozenset()
    unchanged: int = 0
    skipped: int = 0
    stamps: Mapping[int, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    synced: tuple[str, ...] = ()


def compare(
    roots: Sequence[str],
    known: Sequence[Known],
    remembered: Sequence[str],
    *,
    data_dir: Path,
    everything: bool,
    allow_empty: bool,
) -> Changes:
    """The changes under `roots`. `everything` takes unchanged files as changed. `data_dir` is no part of a root.

    A root that is missing or empty is a failure, unless that is allowed or it never held a document.
    """
    scans = {root: scan(Path(root), data_dir) for root in roots}
    problems = {root: _problem(root, scans[root], known, remembered, allow_empty) for root in roots}
    sound = {root: found for root, found in scans.items() if problems[root] is None}
    absent = [d for d in known if d.root in sound and d.path not in sound[d.root].files]
    removed = frozenset(d.id for d in absent if sound[d.root].knows(d.path))
    pairs = _pairs(sound, known) + [_lost(d) for d in absent if d.id not in removed and everything]
    same: list[_Pair] = []
    changed: list[_Pair] = []
    for pair in pairs:
        (same if not everything and _same(pair) else changed).append(pair)
    failures = [Failure(shown(root), problem) for root, problem in problems.items() if problem]
    failures += [Failure(shown(folder), _UNREADABLE) for found in sound.values() for folder in found.unreadable]
    return Changes(
        jobs=tuple(_jobs(changed, known, removed)),
        removed=removed,
        unchanged=len(same),
        skipped=sum(found.skipped for found in scans.values()),
        stamps={d.id: file.stamp for _, file, d in same if d and d.stamp != file.stamp},
        failures=tuple(failures),
        synced=tuple(sound),
    )


_Pair = tuple[str, File, Known | None]


def _pairs(scans: Mapping[str, Scan], known: Sequence[Known]) -> list[_Pair]:
    """Every file under its root, with its document."""
    documents = {(d.root, d.path): d for d in known}
    return [
        (root, file, documents.get((root, path)))
        for root, found in scans.items()
        for path, file in sorted(found.files.items())
    ]


def _lost(document: Known) -> _Pair:
    """A document in a folder that cannot be read: reading it will fail."""
    return document.root, File(document.path, Path(document.root, document.path), ""), document


def _jobs(pairs: Sequence[_Pair], known: Sequence[Known], removed: Collection[int]) -> Iterator[Job]:
    """The files to read, with names: a document keeps its own, a new one gets one that is free."""
    taken = {d.name for d in known if d.id not in removed}
    for root, file, document in pairs:
        name = document.name if document else document_name(root, file.path, taken)
        taken.add(name)
        yield Job(root, file, name, document)


def _problem(
    root: str, found: Scan, known: Sequence[Known], remembered: Collection[str], allow_empty: bool
) -> str | None:
    """Why a root cannot be synced; None if it can."""
    if found.unreadable == ("",):
        return _UNREADABLE
    if found.files or allow_empty:
        return None
    held = sum(d.root == root for d in known)
    if held:
        return (
            f"it is missing or holds no document any more, so its {held} documents stay as they are:"
            " bring it back, accept it with --allow-empty, or drop it with `citebot forget`"
        )
    if root not in remembered:
        return f"it holds no document: give a folder or file of these kinds: {', '.join(sorted(FORMATS))}"
    return None


def _same(pair: _Pair) -> bool:
    """Whether the file is what its document was read from: by its stamp, or else by its bytes."""
    _, file, document = pair
    if document is None:
        return False
    if file.stamp and file.stamp == document.stamp:
        return True
    try:
        return file.absolute.is_file() and digest.of_file(file.absolute) == document.sha256
    except OSError:  # reading it will tell what is wrong
        return False
