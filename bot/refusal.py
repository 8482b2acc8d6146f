"""Whether the evidence answers the question at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evidence import Evidence
from bot.question import Asked
from bot.terms import missing, stem, words
from retrieval.model import Passage


@dataclass(frozen=True, slots=True)
class Judgement:
    """`answers` with the probability that the evidence does, and why not in words that follow "because"."""

    answers: bool
    probability: float
    reason: str = ""


def judge(asked: Asked, evidence: Sequence[Evidence], passages: Sequence[Passage]) -> Judgement:
    """Judges the best evidence against what the question asks for."""
    if not evidence:
        return Judgement(False, 0.0, "no passage matches the question")
    read = [w for p in passages for w in words(f"{p.source} {p.title} {p.chunk.text}")]
    if unknown := missing(asked.names, read):
        return Judgement(False, 0.1, f"no passage mentions {', '.join(unknown)}")
    best = evidence[0]
    absent = [w for w in best.missing if stem(w) in asked.acts]
    score = best.score - 2.5 * len(absent) / max(1, len(asked.acts))
    return Judgement(score >= 0.5, 1.0 if score >= 0.5 else 0.0, "no passage answers it")
