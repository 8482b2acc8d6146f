"""A sentence as the reranker reads it: with the heading, the list or the table that says what it is about."""

from __future__ import annotations

import re

from retrieval.model import Chunk, Kind, Passage, Sentence
from retrieval.tables import spoken

_SHORT = 8  # words up to which a sentence may need its heading to say what it is about
_STOPS = re.compile(r"[.!?…][\W_]*$")
ITEM = re.compile(r"(?:[-*•‣◦▪–+]|\(?\d{1,3}[.)])\s")  # what begins an item of a list


def shown(chunk: Chunk, m: int) -> str:
    """Sentence `m` as the reranker reads it.

    One that is short or no sentence under its heading ("Fees: Members: 18 crowns"), one that replies behind the
    question, an item of a list behind what leads up to it ("You may swap if - you tell us two days before"), a table
    whole, told in sentences, under its heading and introduction.
    """
    if chunk.sentences[m].kind is not Kind.TABLE:
        text = _text(chunk, m, m)
        if (before := lead(chunk, m)) is not None:
            return f"{_text(chunk, before, before)} {text}"
        if m > 0 and (asking := question(chunk, m)):
            return f"{chunk.between(asking.start, asking.end)} {text}"
        return headed(text, chunk.heading)
    first = introduction(chunk, m)
    parts = (
        chunk.heading and f"{chunk.heading}.",
        _text(chunk, first, first) if first < m else "",
        spoken(rows(chunk, m)),
    )
    return " ".join(part for part in parts if part)


def in_context(passage: Passage, m: int) -> list[str]:
    """Sentence `m` as it reads under its document's title and its heading, where `shown` does not tell these."""
    return under(shown(passage.chunk, m), passage.title, passage.chunk.heading)


def headed(text: str, heading: str) -> str:
    """A sentence behind its heading where that asks, or it is short or no sentence; else as it is."""
    fragment = len(text.split()) <= _SHORT or not _STOPS.search(text)
    if heading.endswith("?"):
        return f"{heading} {text}"
    return f"{heading}: {text}" if heading and fragment else text


def under(text: str, title: str, heading: str) -> list[str]:
    """`text` under each of the lines above it with which it does not begin."""
    above = dict.fromkeys((title, heading))
    return [f"{line}: {text}" for line in above if line and not text.startswith(line)]


def by_row(passage: Passage, m: int) -> list[tuple[int, str]]:
    """Each row of the table that begins at `m` by itself, with its place, under its heading or its document's title."""
    head, *body = rows(passage.chunk, m)
    above = f"{passage.chunk.heading or passage.title}: ".removeprefix(": ")
    return [(n, above + spoken([head, row])) for n, row in enumerate(body, m + 1)] if len(body) > 1 else []


def question(chunk: Chunk, m: int) -> Sentence | None:
    """The question behind which sentence `m` stands at once: the sentence before it, or the heading of its section."""
    before = heading(chunk) if m == 0 else chunk.sentences[m - 1]
    return before if before and before.kind is not Kind.TABLE and _asks(chunk, before) else None


def _asks(chunk: Chunk, sentence: Sentence) -> bool:
    return bool(_QUESTION_MARK.search(chunk.between(sentence.start, sentence.end)))


_QUESTION_MARK = re.compile(r"\?[\W_]*$")


def heading(chunk: Chunk) -> Sentence | None:
    """The heading with which the chunk begins; None if it stands above an earlier one, or there is none."""
    line = chunk.between(chunk.start, chunk.sentences[0].start).split("\n")[0].rstrip()
    return Sentence(chunk.start, chunk.start + len(line), Kind.HEADING) if line else None


def rows(chunk: Chunk, m: int) -> list[str]:
    """The rows of the table that begins at `m`."""
    return [_text(chunk, n, n) for n in range(m, table_end(chunk, m) + 1)]


def lead(chunk: Chunk, m: int) -> int | None:
    """The sentence before the list of which `m` is an item; None outside lists."""
    before = m
    while before >= 0 and _is_item(chunk, before):
        before -= 1
    if before < 0 or before == m or chunk.sentences[before].kind is not Kind.PROSE:
        return None
    between = chunk.between(chunk.sentences[before].end, chunk.sentences[before + 1].start)
    return None if between.strip() else before


def opening(chunk: Chunk, m: int) -> Sentence | None:
    """The beginning of what item `m` of a list ends, without which it may mean the contrary: "You may not bring:".

    Of the opening itself it is the opening.
    """
    before = m if m + 1 < len(chunk.sentences) and lead(chunk, m + 1) == m else lead(chunk, m)
    return None if before is None or _STOPS.search(_text(chunk, before, before)) else chunk.sentences[before]


def list_end(chunk: Chunk, start: int) -> int:
    """Where the list ends whose opening begins at offset `start` of the document."""
    m = next(n for n, sentence in enumerate(chunk.sentences) if sentence.start == start)
    while m + 1 < len(chunk.sentences) and _is_item(chunk, m + 1):
        m += 1
    return chunk.sentences[m].end


def _is_item(chunk: Chunk, m: int) -> bool:
    return chunk.sentences[m].kind is Kind.PROSE and bool(ITEM.match(_text(chunk, m, m)))


def introduction(chunk: Chunk, m: int) -> int:
    """The sentence that introduces the table whose first row is `m`: the one before it, or `m` where there is none."""
    return m - 1 if m > 0 and chunk.sentences[m].kind is Kind.TABLE and not continues_table(chunk, m) else m


def table_end(chunk: Chunk, m: int) -> int:
    """The last row of the table to which sentence `m` belongs, within the chunk; `m` itself outside tables."""
    last = m
    while last + 1 < len(chunk.sentences) and continues_table(chunk, last + 1):
        last += 1
    return last


def continues_table(chunk: Chunk, m: int) -> bool:
    """Whether sentence `m` is a further row of a table."""
    return m > 0 and chunk.sentences[m].kind is Kind.TABLE and chunk.sentences[m - 1].kind is Kind.TABLE


def own(chunk: Chunk, m: int) -> str:
    """The text of sentence `m`, without its heading; a table and an item of a list as the reranker reads them."""
    if chunk.sentences[m].kind is Kind.TABLE or lead(chunk, m) is not None:
        return shown(chunk, m)
    return _text(chunk, m, m)


def _text(chunk: Chunk, first: int, last: int) -> str:
    return chunk.between(chunk.sentences[first].start, chunk.sentences[last].end)
