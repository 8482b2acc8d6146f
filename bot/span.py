"""A sentence that a claim is laid beside."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.model import Passage, Sentence


@dataclass(frozen=True, slots=True)
class Span:
    """A sentence of a passage, with its content stems."""

    passage: Passage
    sentence: Sentence
    text: str
    stems: frozenset[str]
    around: str  # the passage without the sentences that give orders
