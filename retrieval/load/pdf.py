"""PDF by PDFium: the text of each page in reading order, lines as they stand on the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from threading import Lock

import pypdfium2 as pdfium

from retrieval.dates import dateline, parsed
from retrieval.errors import DocumentError
from retrieval.load.content import Content, one_line, tidied
from retrieval.load.text import headline

# PDFium is not thread-safe.
_PDFIUM = Lock()

# PDFium joins a word that is hyphenated at a line end and leaves this character where the hyphen was.
_HYPHENATED = re.compile("(\\w+)\ufffe(\\w+)")
_NO_TITLE = re.compile(r"\W*(?:untitled.*|anonymous|unspecified|unknown|title|.*\.\w{2,4})\W*$", re.IGNORECASE)


def extract(data: bytes) -> Content:
    """Raises DocumentError for a file that is encrypted, cut short or damaged, or that has no text (a scan)."""
    # A file that was cut short can still open, with pages missing.
    if b"%%EOF" not in data.rstrip(b"\0\r\n\t ")[-1024:]:
        raise DocumentError("it is cut short or damaged: get a whole copy and ingest again")
    with _PDFIUM, _opened(data) as document:
        metadata = document.get_metadata_dict()
        raw = [_page_text(document, number) for number in range(len(document))]
    pages = [tidied(page) for page in _joined_words(raw)]
    if not any(page.strip() for page in pages):
        raise DocumentError("it has no text, only scanned pages: run text recognition (OCR) over it and ingest again")
    text = "\n".join(pages)
    starts = tuple(accumulate((len(page) + 1 for page in pages[:-1]), initial=0))
    return Content(text, _title(metadata["Title"]) or headline(text), dateline(text) or _created(metadata), starts)


def _opened(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code == pdfium.raw.FPDF_ERR_PASSWORD:
            raise DocumentError("it is encrypted: remove its password and ingest again") from error
        raise DocumentError("it is cut short or damaged: get a whole copy and ingest again") from error


def _page_text(document: pdfium.PdfDocument, number: int) -> str:
    try:
        page = document[number]
        try:
            return str(page.get_textpage().get_text_range())
        finally:
            page.close()
    except pdfium.PdfiumError as error:
        raise DocumentError(f"its page {number + 1} is damaged: get a whole copy and ingest again") from error


def _joined_words(pages: Sequence[str]) -> list[str]:
    """Words that were broken at line ends made whole; the hyphen stays where the document writes the word with it."""
    whole = "\n".join(pages).casefold()
    if "\ufffe" not in whole:
        return list(pages)
    words = set(re.findall(r"[\w-]+", _HYPHENATED.sub(" ", whole)))

    def join(found: re.Match[str]) -> str:
        left, right = found.groups()
        parts = {left.casefold(), right.casefold()}
        together = (left + right).casefold()
        compound = f"{left}-{right}".casefold() in words or (together not in words and parts <= words)
        return left + "-" * compound + right

    return [_HYPHENATED.sub(join, page) for page in pages]


def _title(metadata: str) -> str:
    """The title property, unless it is a program's placeholder or a file name."""
    title = one_line(re.sub(r"^Microsoft (?:Word|PowerPoint) - ", "", metadata))
    return "" if _NO_TITLE.match(title) else title


def _created(metadata: dict[str, str]) -> date | None:
    found = re.match(r"D:(\d{4})(\d\d)(\d\d)", metadata["CreationDate"])
    return parsed("-".join(found.groups())) if found else None
