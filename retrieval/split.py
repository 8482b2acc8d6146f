"""Where sentences end inside a stretch of prose; `sentencex` finds them, this module mends what scraped text needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import segment

# A longer "sentence" is cut at a space: no embedder reads beyond it, and nobody would read it as a quote.
MAX_SENTENCE = 2_000

# sentencex takes more than linear time, so it sees a long stretch piece by piece.
_WINDOW = 20_000
# Quoted speech stays in one piece with its speaker, unless it is longer than a reader would quote.
_MAX_QUOTED = 700
_QUOTES = dict.fromkeys(map(ord, '"“”„«»'), " ")
_CLOSING = "\"”»’')]"

_ENUMERATOR = re.compile(r"[(\[]?(?:\d{1,3}|[A-Za-z])[.)\]]+")
_ABBREVIATED = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|cf|approx|incl|resp|vs)\.$", re.IGNORECASE)
_SPEAKER = re.compile(
    r"(?:[\w.’'-]+,?\s+){0,5}(?:said|says|asked|asks|added|told|wrote|writes|replied|insisted|warned)\b", re.IGNORECASE
)
# "… China.Wang Yi's statement", not "Node.js", "java.util.List", "example.Com" or "U.S.The".
_NOT_A_START = r"(?!(?:Com|Org|Net|Gov|Edu|Io|Js|Py)\b)"
_RUN_ON = re.compile(r"[^\s./@_\\]*[^\W\d_A-Z]{2}[\"”’)\]]*[.!?…]+[\"”’)\]]*")
_RUN_ON_NEXT = re.compile(rf"[\"“‘(\[]*{_NOT_A_START}[^\W\d_a-z][^\s./@_\\]*(?:[.!?]?[\"”’)\]]*)(?:\s|$)")
# sentencex reads "no.” It" as "No. 5".
_CLOSED_QUOTE = re.compile(r"[a-z]{2}[.!?][”\"]\s+(?=[A-Z“])")
# "Members: 18 crowns", followed by another line of that kind: each says something of its own.
_LABELLED = r"(?=[^\W_a-z])[^\n.!?:|]{1,40}:[ \t]+\S"
_PAIR_LINE = re.compile(rf"^{_LABELLED}[^\n]{{0,120}}\n(?={_LABELLED})", re.MULTILINE)


def split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of `text[start:end]`: spans in order, without surrounding space, that leave out only space."""
    while start < end:
        stop = min(end, start + _WINDOW)
        spans = list(_sentences(text[start:stop]))
        if stop < end:
            # The last sentence may go on beyond the window.
            stop = start + (spans.pop()[0] if len(spans) > 1 else _last_space(text[start:stop]))
        for first, last in spans:
            yield from bounded(text, start + first, start + last)
        start = stop


def _last_space(window: str) -> int:
    return (window.rfind(" ", len(window) // 2) + 1) or len(window)


def bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without surrounding space, in pieces of at most `MAX_SENTENCE`."""
    while start < end:
        stop = end
        if end - start > MAX_SENTENCE:
            stop = start + _last_space(text[start : start + MAX_SENTENCE])
        piece = text[start:stop]
        first, last = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if first < last:
            yield first, last
        start = stop


def _sentences(window: str) -> Iterator[tuple[int, int]]:
    start = 0
    for cut in _cuts(window):
        if not _goes_on(window[start:cut], window[cut : cut + 100]):
            yield from _unquoted(window, start, cut)
            start = cut
    yield from _unquoted(window, start, len(window))


def _cuts(window: str) -> list[int]:
    """Offsets where a sentence may begin."""
    cuts, offset = set(), 0
    for piece in segment("en", window):
        offset += len(piece)
        cuts.add(offset)
    for ends in (_CLOSED_QUOTE, _PAIR_LINE):
        cuts.update(found.end() for found in ends.finditer(window))
    return sorted(cuts - {0, len(window)})


def _goes_on(sentence: str, rest: str) -> bool:
    """Whether what looks like the end of `sentence` is none."""
    tail = sentence[-100:]
    stripped = tail.rstrip()
    if stripped == tail and not rest[:1].isspace():
        return _is_inside_word(tail, rest)
    if len(sentence) < 20 and _ENUMERATOR.fullmatch(sentence.strip()):
        return True
    return bool(_ABBREVIATED.search(stripped) or (stripped.endswith(("?”", "!”", '?"', '!"')) and _SPEAKER.match(rest)))


def _is_inside_word(tail: str, rest: str) -> bool:
    """Without a space after the mark, only ordinary words on both sides make two sentences."""
    if not tail[-1:].isascii() and not tail.endswith(tuple(_CLOSING + "…")):
        return False  # scripts without spaces: "。"
    word = tail[max(tail.rfind(" "), tail.rfind("\n")) + 1 :]
    return not (_RUN_ON.fullmatch(word) and _RUN_ON_NEXT.match(rest))


def _unquoted(window: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span as it is, or the sentences inside it where quotation marks hold too many of them together."""
    sentence = window[start:end]
    if len(sentence) <= _MAX_QUOTED or not any(mark in sentence for mark in '"“„«'):
        yield start, end
        return
    offset = start
    for piece in segment("en", sentence.translate(_QUOTES)):
        stop = offset + len(piece.rstrip())
        while stop < end and window[stop] in _CLOSING:
            stop += 1
        offset += len(piece)
        if stop > start:
            yield start, stop
            start = stop
    if start < end:
        yield start, end
