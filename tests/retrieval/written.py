"""Files of every format and texts for the tests: written, changed, loaded, taken apart."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from docx.document import Document
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from retrieval.clean import sentences
from retrieval.load import load
from retrieval.model import Source

_SHARED = Path(__file__).resolve().parents[3] / "shared" / "corpus"
ARTICLES = sorted(_SHARED.glob("*.txt")) if _SHARED.is_dir() else []
PROSE = "The ministers met in Geneva on Sunday and agreed to go on talking."


def read(folder: Path, name: str, content: bytes | str) -> Source:
    """Write a file of this name and content into `folder` and load it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(path, name)


def pdf(*pages: list[str], encrypted: bool = False, title: str = "") -> bytes:
    """A PDF with these lines on its pages."""
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret") if encrypted else None, invariant=True)
    canvas.setTitle(title)
    for page in pages:
        for i, line in enumerate(page):
            canvas.drawString(72, 760 - 15 * i, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def docx(document: Document) -> bytes:
    """The file that Word would open."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def rewritten(archive: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part changed."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    return zipped(parts | {part: change(parts[part])})


def source(text: str, name: str = "a.txt", pages: tuple[int, ...] = ()) -> Source:
    """A document of this text, as if loaded from a file of this name."""
    return Source(name, text, "", None, pages, "")


def kinds(text: str, name: str = "a.txt", pages: tuple[int, ...] = ()) -> list[tuple[str, str]]:
    """Each sentence as (first letter of its kind, wording)."""
    return [(s.kind.value[0], text[s.start : s.end]) for s in sentences(source(text, name, pages))]


def wordings(text: str, name: str = "a.txt") -> list[str]:
    """The wording of each sentence, of whatever kind."""
    return [wording for _, wording in kinds(text, name)]


def of_kind(letter: str, text: str, name: str = "a.txt") -> list[str]:
    """The wordings of the sentences whose kind begins with `letter`."""
    return [wording for kind, wording in kinds(text, name) if kind == letter]
