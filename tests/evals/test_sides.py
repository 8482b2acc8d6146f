"""Pairs of figures of a group, with a reranker that is told what answers."""

from __future__ import annotations

from collections.abc import Sequence

from evals.sides import pairs
from evals.training.examples import Asked, Document, Group


class _Reranker:
    """Finds relevant what holds "talked" or "hours", the former more, and marks the figure."""

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        return [9.0 if "talked" in text else 4.0 if "hours" in text else -9.0 for text in texts]

    def mark(self, query: str, texts: Sequence[str]) -> list[tuple[int, int] | None]:
        places = [(text.find("six"), text.find("nine")) for text in texts]
        return [(at, at + 9 + (at == nine)) if (at := max(six, nine)) >= 0 else None for six, nine in places]


def test_a_pair_is_meant_where_its_sentence_answers() -> None:
    """Another source's length of the same talks is a pair that is meant and told; a figure with a low logit is none."""
    documents = (
        Document("The Wire", (("", "Vask and Thale talked for six hours."), ("", "The harvest took nine days."))),
        Document("The Herald", (("", "The two were locked up for nine hours."),)),
    )
    question = Asked("How long did Vask and Thale talk?", frozenset({(0, 0), (1, 0)}))
    (pair,) = pairs(Group(True, documents, (question,), ()), _Reranker())
    assert (pair.logit, pair.own, pair.meant, pair.told) == (4.0, False, True, True)
    assert 0.4 < pair.apart < 0.41
