"""DOCX by python-docx: paragraphs and tables in document order, then notes; deleted text is left out.

Headings are marked as in Markdown ("## "), list items with "- ", and a table row is one line ("cell | cell").
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from retrieval.dates import dateline
from retrieval.errors import DocumentError
from retrieval.load.content import Content, one_line, tidied
from retrieval.load.text import headline

_MAX_PARTS = 10_000
_MAX_UNPACKED = 200 * 1024 * 1024
_MAX_RATIO = 100
_ALWAYS_UNPACKED = 20 * 1024 * 1024

_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# python-docx's own template carries this date.
_TEMPLATE_DATE = date(2013, 12, 23)

_P, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_CHARACTERS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_TEXT = qn("w:t")
# What a paragraph's text may be wrapped in; deleted and moved text, field codes and drawings are not among it.
_RUNS = {qn(f"w:{tag}") for tag in ("r", "hyperlink", "ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple")}
_WRAPPERS = {qn(f"w:{tag}") for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "footnote", "endnote")}


def extract(data: bytes) -> Content:
    """Raises DocumentError for a file that is encrypted, damaged, an old .doc, or that unpacks to far too much."""
    _refuse_old_or_encrypted(data)
    _refuse_bomb(data)
    document = Document(io.BytesIO(data))
    levels = _heading_levels(document)
    blocks = [block for part in _parts(document) for block in _blocks(part, levels)]
    text = tidied("\n\n".join(block for block in blocks if block.strip()))
    properties = document.core_properties
    title = one_line(properties.title)
    title = "" if title == "Word Document" else title
    return Content(text, title or headline(text), dateline(text) or _created(document))


def _refuse_old_or_encrypted(data: bytes) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise DocumentError("it is encrypted: remove its password and ingest again")
        raise DocumentError("it is an old Word file: save it as .docx and ingest again")


def _refuse_bomb(data: bytes) -> None:
    """Judge the archive by what its directory declares: nothing unpacks to more than that."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            unpacked = sum(entry.file_size for entry in entries)
            swollen = unpacked > max(_ALWAYS_UNPACKED, _MAX_RATIO * len(data))
            if len(entries) > _MAX_PARTS or unpacked > _MAX_UNPACKED or swollen:
                raise DocumentError("it unpacks to far more than a document holds: remove it or save it anew")
            if any(_declares_entities(archive, entry) for entry in entries):
                raise DocumentError("it declares XML entities, which no word processor does: save it anew")
    # what zipfile raises for an archive that is damaged, cut short, encrypted, or packed in a way that it does not know
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError) as error:
        raise DocumentError("it is damaged or not a Word document: save it anew and ingest again") from error


def _declares_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(entry)


def _parts(document: WordDocument) -> Iterator[Any]:
    yield document.element.body
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")):
            yield parse_xml(relation.target_part.blob)


def _heading_levels(document: WordDocument) -> dict[str, int]:
    """Style id → heading level for every style that is a heading or is based on one."""
    levels = {}
    for style in document.styles:
        ancestor: Any = style
        for _ in range(10):  # a style may be based on itself
            if ancestor is None or style.style_id in levels:
                break
            name = (ancestor.name or "").lower()
            if name in ("title", "heading") or name.removeprefix("heading ").isdecimal():
                levels[style.style_id] = min(int(name.removeprefix("heading ")), 6) if name[-1].isdecimal() else 1
            ancestor = getattr(ancestor, "base_style", None)
    return levels


def _blocks(parent: Any, levels: dict[str, int]) -> Iterator[str]:
    for child in parent:
        if child.tag == _P:
            yield _marked(child, levels)
            for box in child.iter(qn("w:txbxContent")):
                if not any(above.tag.endswith("}Fallback") for above in box.iterancestors()):
                    yield from _blocks(box, levels)
        elif child.tag == _TABLE:
            yield from _table(child, levels)
        elif child.tag in _WRAPPERS:
            yield from _blocks(child, levels)


def _marked(paragraph: Any, levels: dict[str, int]) -> str:
    text = _text(paragraph).strip()
    properties = paragraph.pPr
    if not text or properties is None:
        return text
    level = levels.get(properties.style or "")
    if level:
        return f"{'#' * level} {' '.join(text.split())}"
    is_item = properties.numPr is not None or (properties.style or "").startswith("List")
    return f"- {text}" if is_item else text


def _text(node: Any) -> str:
    pieces = []
    for child in node:
        if child.tag == _TEXT:
            pieces.append(child.text or "")
        elif child.tag in _RUNS:
            pieces.append(_text(child))
        else:
            pieces.append(_CHARACTERS.get(child.tag, ""))
    return "".join(pieces)


def _table(table: Any, levels: dict[str, int]) -> Iterator[str]:
    """One block of rows; a table of one cell a row is a frame around ordinary blocks."""
    own_rows = [row for row in table.iter(_ROW) if next(row.iterancestors(_TABLE)) is table]
    rows = [[cell for cell in row.iter(_CELL) if next(cell.iterancestors(_ROW)) is row] for row in own_rows]
    if all(len(cells) <= 1 for cells in rows):
        for cells in rows:
            for cell in cells:
                yield from _blocks(cell, levels)
    else:
        yield "\n".join(" | ".join(_cell(cell) for cell in cells).rstrip() for cells in rows)


def _cell(cell: Any) -> str:
    return " ".join(" ".join(_text(paragraph) for paragraph in cell.iter(_P)).split())


def _created(document: WordDocument) -> date | None:
    created = document.core_properties.created
    return created.date() if created and created.date() != _TEMPLATE_DATE else None
