"""The order of passages and the logits of their sentences, with a reranker that is told what to find relevant."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.model import Chunk, Embedder, Kind, Passage, Scores, Sentence
from retrieval.retrieve import Retriever, in_context


def _passage(text: str, title: str, heading: str) -> Passage:
    chunk = Chunk("a.md", 0, len(text), text, heading, (Sentence(0, len(text), Kind.PROSE),))
    return Passage(1, "a.md", title, None, chunk, (1, 1), None, 0.5, Scores(0.5, 3.0))


class _Reader:
    """Finds relevant what holds a word, and remembers what it has read."""

    def __init__(self, word: str) -> None:
        self.word, self.read = word, list[str]()

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        self.read += texts
        return [6.0 if self.word in text else -8.0 for text in texts]


LED = "The works were led by the architect Bettina Kraal and cost 3.2 million crowns."


def test_a_sentence_is_read_again_under_its_title_and_heading() -> None:
    """What the sentence does not say itself, since its heading does, counts: a little less than if it said it."""
    held = _passage(LED, "The Long Bridge", "The restoration of 2011")
    assert in_context(held, 0) == [f"The Long Bridge: {LED}", f"The restoration of 2011: {LED}"]
    reader = _Reader("restoration")
    embedder: Embedder = None  # type: ignore[assignment]
    (ranked,) = Retriever(embedder, reader).rank("Who led the restoration?", [held])
    assert ranked.sentence_scores == (4.0,)
    assert reader.read == [LED, *in_context(held, 0)]


def test_what_is_told_with_the_sentence_is_not_read_twice() -> None:
    """A short sentence is read under its heading from the start; a heading that is the title is read once."""
    assert in_context(_passage("Members: 18 crowns", "Fees", "Fees"), 0) == []
    assert in_context(_passage(LED, "The bridge", "The bridge"), 0) == [f"The bridge: {LED}"]
    assert in_context(_passage(LED, "", ""), 0) == []
