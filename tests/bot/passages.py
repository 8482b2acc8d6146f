"""Passages for tests, made from plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from retrieval.model import Chunk, Kind, Passage, Sentence


def passage(
    *sentences: str,
    source: str = "a.txt",
    number: int = 0,
    scores: Sequence[float] = (),
    written: date | None = None,
    origin: int = 0,
) -> Passage:
    """A passage whose chunk is `sentences` joined by spaces, beginning at offset `origin`; `scores` are logits."""
    spans, at = [], origin
    for sentence in sentences:
        spans.append(Sentence(at, at + len(sentence), Kind.PROSE))
        at += len(sentence) + 1
    text = " ".join(sentences)
    chunk = Chunk(source, origin, origin + len(text), text, "", tuple(spans))
    return Passage(number, source, source, written, chunk, (1, 1), None, 0.0, sentence_scores=tuple(scores))


def lines(
    *texts: str, source: str = "a.txt", number: int = 0, scores: Sequence[float] = (), origin: int = 0
) -> Passage:
    """The same with a line for each sentence."""
    made = passage(*texts, source=source, number=number, scores=scores, origin=origin)
    return replace(made, chunk=replace(made.chunk, text="\n".join(texts)))
