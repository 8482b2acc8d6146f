"""Every sentence of a document with its kind. Offsets never move: what may not answer is marked, not removed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from retrieval import layout, markdown
from retrieval.boilerplate import is_boilerplate
from retrieval.layout import Block
from retrieval.model import Kind, Sentence, Source
from retrieval.split import bounded, split

_MARKDOWN = (".md", ".markdown")
_WORD = re.compile(r"\w+")
_ENDS = re.compile(r"[.!?…][\"”’'»)\]]*$")

# Short instructions and formulas mean something else under another heading; long sentences do not recur by chance.
_MIN_REPEATED_WORDS = 6
_MIN_REPEATED_ELSEWHERE = 12
# Page headers and footers are among the outermost lines of a page.
_OUTER_LINES = 2
_MAX_RUNNING_WORDS = 12
_MIN_PAGES = 2
_PAGE_NUMBER = re.compile(r"\W*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE)


def sentences(source: Source) -> tuple[Sentence, ...]:
    """The sentences, headings, table rows and notices of `source` in order; between them is only white space."""
    if source.name.lower().endswith(_MARKDOWN):
        blocks = markdown.blocks(source.text)
    else:
        blocks = layout.blocks(source.text, _running_lines(source))
    told = (sentence for block in blocks for sentence in _of(source.text, block))
    return tuple(_repeats_marked(source.text, told))


def _of(text: str, block: Block) -> Iterator[Sentence]:
    if block.kind is not Kind.PROSE:
        for start, end in bounded(text, block.start, block.end):
            yield Sentence(start, end, block.kind)
        return
    for start, end in split(text, block.start, block.end):
        yield Sentence(start, end, Kind.BOILERPLATE if is_boilerplate(text[start:end]) else Kind.PROSE)


def _repeats_marked(text: str, told: Iterable[Sentence]) -> Iterator[Sentence]:
    """What says again what an earlier sentence said, or a title again as a bare line, becomes a repeat."""
    said, titles, section = dict[int, int](), set[int](), 0
    for sentence in told:
        if sentence.kind is Kind.BOILERPLATE:
            yield sentence
            continue
        wording = text[sentence.start : sentence.end]
        words = _WORD.findall(wording.casefold())
        key = hash(tuple(words))
        if sentence.kind is Kind.HEADING:
            section = sentence.start
            titles.add(key)
            yield sentence
            continue
        enough = _MIN_REPEATED_WORDS if said.get(key) in (None, section) else _MIN_REPEATED_ELSEWHERE
        told_before = key in said or (key in titles and not _ENDS.search(wording))
        yield replace(sentence, kind=Kind.REPEAT) if told_before and len(words) >= enough else sentence
        said[key] = section


def _running_lines(source: Source) -> frozenset[int]:
    """Where the headers, footers and numbers of pages start: outer lines that recur, whatever their digits, on most
    pages, and bare page numbers."""
    outer = [line for page in _pages(source) for line in _outer_lines(page)]
    seen = Counter(key for _, key in outer)
    often = max(_MIN_PAGES, len(source.pages) * 0.4)
    return frozenset(start for start, key in outer if seen[key] >= often or _PAGE_NUMBER.fullmatch(key))


def _pages(source: Source) -> Iterator[tuple[int, str]]:
    for start, end in zip(source.pages, (*source.pages[1:], len(source.text)), strict=False):
        yield start, source.text[start:end]


def _outer_lines(page: tuple[int, str]) -> Iterator[tuple[int, str]]:
    """The first and last lines of a page: where each starts, and its wording without its digits."""
    offset, text = page
    every = layout.lines(text)
    chosen = every[:_OUTER_LINES] + every[max(_OUTER_LINES, len(every) - _OUTER_LINES) :]
    for line in chosen:
        wording = text[line.start : line.end]
        if len(wording.split()) <= _MAX_RUNNING_WORDS:
            yield offset + line.start, re.sub(r"\d+", "0", wording)
