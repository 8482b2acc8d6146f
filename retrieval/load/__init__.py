"""From a file's bytes to a `Source`: the exact extracted text, its title, date and pages. The file is never trusted.

Each module here reads one format: `extract(data: bytes) -> Content`. To add a format, add its module and its suffixes
to `FORMATS`.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable
from importlib import import_module
from pathlib import Path, PurePosixPath

from retrieval.dates import in_name
from retrieval.errors import DocumentError
from retrieval.load.content import Content, one_line
from retrieval.model import Source

MAX_BYTES = 50 * 1024 * 1024

# Suffix → the module of this package that reads it, imported at the first file of its kind.
FORMATS = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}

_MARKUP = re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)


def supported(path: Path) -> bool:
    """Whether a file of this name is a document that `load` reads."""
    return path.suffix.lower() in FORMATS


def load(path: Path, name: str) -> Source:
    """Read the file at `path` once and extract its text; `name` becomes the source's name.

    Raises DocumentError, and nothing else, for a file that cannot be read, is damaged or holds no text.
    """
    data = _read(path)
    if not data:
        raise DocumentError("it is empty: write something into it or remove it")
    content = _extract(_format(path, data), data)
    if not content.text.strip():
        raise DocumentError("it holds no text: write something into it or remove it")
    title, day = content.title or _readable(name), content.date or in_name(name)
    return Source(name, content.text, title, day, content.pages, hashlib.sha256(data).hexdigest())


def _read(path: Path) -> bytes:
    try:
        # O_NONBLOCK: opening a named pipe must not wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            return _read_whole(descriptor)
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise DocumentError("it is no longer there: ingest again") from error
    except PermissionError as error:
        raise DocumentError("it may not be read: give yourself read permission and ingest again") from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a valid path"
        raise DocumentError(f"it cannot be read ({reason}): check the file and ingest again") from error


def _read_whole(descriptor: int) -> bytes:
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        raise DocumentError("it is not a regular file: replace it by one or remove it")
    if before.st_size > MAX_BYTES:
        raise DocumentError(f"it is larger than {MAX_BYTES // 1024**2} MB: split it into smaller files")
    with open(descriptor, "rb", closefd=False) as file:
        data = file.read(MAX_BYTES + 1)
    after = os.fstat(descriptor)
    if len(data) != after.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise DocumentError("it changed while it was read: ingest again")
    return data


def _format(path: Path, data: bytes) -> str:
    """The format by suffix, unless the content is plainly another's: PDF and HTML are often saved as something else."""
    if data.startswith(b"%PDF-"):
        return "pdf"
    chosen = FORMATS.get(path.suffix.lower(), "text")
    return "html" if chosen == "text" and _MARKUP.match(data) else chosen


def _extract(format_name: str, data: bytes) -> Content:
    extract: Callable[[bytes], Content] = import_module(f"retrieval.load.{format_name}").extract
    try:
        return extract(data)
    except DocumentError:
        raise
    except Exception as error:  # on a broken file the parsers raise whatever their code stumbles over
        raise DocumentError("it is damaged: open it, save it again and ingest again") from error


def _readable(name: str) -> str:
    """A title from the file's name: "q3_report-final.pdf" → "Q3 report final"."""
    words = one_line(re.sub(r"[_\-\s]+", " ", PurePosixPath(name).stem)) or name
    return words[0].upper() + words[1:]
