"""What lies under a root: its documents, how each looks without being read, and what a document is called."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from retrieval.errors import UsageError
from retrieval.load import supported

# A file that changed this short a time ago may change again without showing it: clocks of file systems tick coarsely.
_UNSETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class File:
    """A document's file. `path` is relative to the root, with `/`; "." where the root is the file itself.

    `stamp` changes whenever the file does (size, times, inode); "" where that cannot be told.
    """

    path: str
    absolute: Path
    stamp: str


@dataclass(frozen=True, slots=True)
class Scan:
    """A root's documents by path. `skipped` counts the files of other kinds, `unreadable` names folders."""

    files: dict[str, File] = field(default_factory=dict)
    skipped: int = 0
    unreadable: tuple[str, ...] = ()

    def knows(self, path: str) -> bool:
        """Whether it is certain that `path` is there or not: it does not lie in a folder that cannot be read."""
        return not any(folder in ("", path) or path.startswith(f"{folder}/") for folder in self.unreadable)


def scan(root: Path, without: Path) -> Scan:
    """Everything under `root` but hidden files and folders and the folder `without`.

    Links to files and folders are followed, but no folder is entered twice, so loops end.
    """
    if root.is_file():
        return Scan({".": _file(".", root)}) if supported(root) else Scan(skipped=1)
    if not root.exists():
        return Scan()
    files: dict[str, File] = {}
    skipped, unreadable = 0, []
    for path, entry in _walk(root, without):
        if entry is None:
            unreadable.append(path)
        elif supported(Path(entry.name)):
            files[path] = _file(path, Path(entry.path))
        else:
            skipped += 1
    return Scan(files, skipped, tuple(unreadable))


def _walk(root: Path, without: Path) -> Iterator[tuple[str, os.DirEntry[str] | None]]:
    """(relative path, entry) of every file; (folder, None) for a folder that cannot be read."""
    entered = {_identity(without)}
    folders = [("", str(root))]
    linked: list[tuple[str, str]] = []  # entered last, so that a document is found under its own path first
    while folders or linked:
        prefix, folder = folders.pop() if folders else linked.pop(0)
        try:
            identity, entries = _identity(Path(folder)), sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield prefix, None
            continue
        if identity in entered:
            continue
        entered.add(identity)
        for entry in entries:
            path = f"{prefix}/{entry.name}" if prefix else entry.name
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                (linked if entry.is_symlink() else folders).append((path, entry.path))
            else:
                yield path, entry


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _file(path: str, absolute: Path) -> File:
    now = time.time_ns()
    try:
        found = absolute.stat()
    except OSError:  # a dead link, or just gone: reading it tells
        return File(path, absolute, "")
    if not stat.S_ISREG(found.st_mode) or max(found.st_mtime_ns, found.st_ctime_ns) > now - _UNSETTLED_NS:
        return File(path, absolute, "")
    return File(path, absolute, f"{found.st_size}:{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_ino}")


def resolve(paths: Sequence[Path], known: Collection[str]) -> list[str]:
    """The roots that `paths` mean, as absolute paths; a known root is called as it was.

    Raises UsageError for a path that is not there and no known root, and for one inside another root.
    """
    names = {os.path.realpath(root): root for root in known}
    chosen = []
    for path in paths:
        absolute = os.path.abspath(path.expanduser())  # noqa: PTH100 - no resolving: a link may point elsewhere later
        root = names.setdefault(os.path.realpath(absolute), absolute)
        if root not in known and not Path(root).exists():
            raise UsageError(f"There is no file or folder {shown(str(path))}: check the path.")
        if root not in chosen:
            chosen.append(root)
    _refuse_overlaps(names)
    return chosen


def _refuse_overlaps(names: dict[str, str]) -> None:
    for inner, name in names.items():
        for folder in Path(inner).parents:
            outer = names.get(str(folder))
            if outer is not None:
                raise UsageError(
                    f"{shown(name)} lies inside {shown(outer)}, and a document belongs to one root:"
                    " give only one of them; `citebot forget` drops a root that is indexed already."
                )


def document_name(root: str, path: str, taken: Collection[str]) -> str:
    """What a document is called: its path below the root, or, where another has that name, with the root's folder.

    Bytes that are no text are shown with backslashes.
    """
    folders = shown(Path(root).as_posix()).split("/")
    name = folders.pop() if path == "." else shown(path)
    while name in taken and any(folders):
        name = f"{folders.pop()}/{name}"
    while name in taken:
        name += "'"
    return name


def shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
