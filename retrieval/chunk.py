"""Sentences → chunks: greedy runs of whole sentences under one heading, with exact offsets and without overlap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from retrieval import clean
from retrieval.model import Chunk, Kind, Sentence, Source

MAX_WORDS = 110
MAX_TABLE = 400  # words of a table that is not cut: rows behind the cut would take the first of them for the head
# A shorter rest of a section goes with the chunk before it.
_MIN_WORDS = 20
# Scripts without spaces: this many characters weigh as much as a word.
_CHARACTERS_PER_WORD = 8

_HEADING_MARKS = re.compile(r"^#+\s*|\s+#+$|\s+[=-]+$|^(?:\*\*|__)|(?:\*\*|__)(?=:?$)")

_Run = list[Sentence]


def chunk(source: Source, sentences: Sequence[Sentence] | None = None) -> list[Chunk]:
    """The chunks of `source` in order; none for a document of boilerplate only.

    A chunk's sentences span at most `MAX_WORDS` words and a short rest, more only where one alone or a table is longer;
    the first of a section begins with the heading. `sentences` are those of `clean.sentences(source)`.
    """
    found = []
    for heading, section in _sections(clean.sentences(source) if sentences is None else sentences):
        text = _bare(source.text[heading.start : heading.end]) if heading else ""
        for n, run in enumerate(_runs(source.text, section)):
            start, end = heading.start if heading and n == 0 else run[0].start, run[-1].end
            found.append(Chunk(source.name, start, end, source.text[start:end], text, tuple(run)))
    return found


def _sections(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence | None, _Run]]:
    """Each heading and the sentences below it that may answer."""
    heading: Sentence | None = None
    section = _Run()
    for sentence in sentences:
        if sentence.kind is Kind.HEADING:
            yield heading, section
            heading, section = sentence, []
        elif sentence.kind in (Kind.PROSE, Kind.TABLE):
            section.append(sentence)
    yield heading, section


def _bare(heading: str) -> str:
    return " ".join(_HEADING_MARKS.sub("", heading).split())


def _runs(text: str, section: Sequence[Sentence]) -> list[_Run]:
    """The section cut into runs whose spans hold at most `MAX_WORDS`; skipped boilerplate between counts too."""
    runs: list[_Run] = []
    words = 0
    for block in _blocks(text, section):
        added = _words(text[runs[-1][-1].end if runs else block[0].start : block[-1].end])
        if runs and words + added <= MAX_WORDS:
            runs[-1] += block
            words += added
        else:
            runs.append(block)
            words = _words(text[block[0].start : block[-1].end])
    if len(runs) > 1 and _words(text[runs[-2][-1].end : runs[-1][-1].end]) < _MIN_WORDS:
        runs[-2:] = [runs[-2] + runs[-1]]
    return runs


def _blocks(text: str, section: Sequence[Sentence]) -> Iterator[_Run]:
    """What stays together: a table with the sentence that introduces it, unless it is too long; else each sentence."""
    blocks: list[_Run] = []
    for sentence in section:
        if blocks and sentence.kind is Kind.TABLE:
            blocks[-1].append(sentence)
        else:
            blocks.append([sentence])
    for block in blocks:
        if _words(text[block[0].start : block[-1].end]) <= MAX_TABLE:
            yield block
        else:
            yield from ([sentence] for sentence in block)


def _words(text: str) -> int:
    return max(len(text.split()), -(-len(text) // _CHARACTERS_PER_WORD))
