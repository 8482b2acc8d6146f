"""Passages as an answer of quotes: what "Find sources for this" shows."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from bot.answer import Answer, Citation, Claim
from bot.compose import Quote
from retrieval.model import Passage

OFF_TOPIC = -5.0  # the reranker's logit below which a passage has nothing to do with the text


def passages_answer(words: str, passages: Sequence[Passage]) -> Answer:
    """An answer whose claims are the sentences of `passages` closest to `words`, best passage first."""
    on_topic = [p for p in passages if p.scores.rerank is None or p.scores.rerank > OFF_TOPIC]
    cited = [_citation(number, words, passage) for number, passage in enumerate(on_topic, 1)]
    if not cited:
        return Answer(words, words, "refused", "I found no passage in the documents that goes with this message.")
    claims = tuple(Claim(citation.quote, (citation.number,)) for citation in cited)
    lines = "\n\n".join(f"“{' '.join(citation.quote.split())}” [{citation.number}]" for citation in cited)
    return Answer(words, words, "answered", f"These passages come closest:\n\n{lines}", claims, tuple(cited))


def _citation(number: int, words: str, passage: Passage) -> Citation:
    chunk = passage.chunk
    best = max(chunk.sentences, key=lambda s: _closeness(words, chunk.between(s.start, s.end)))
    quote = Quote(passage, best.start, best.end)
    return Citation(
        number, passage.source, passage.title, quote.text, best.start, best.end, quote.lines, passage.page, passage.date
    )


def _closeness(words: str, sentence: str) -> float:
    return fuzz.token_set_ratio(words.casefold(), sentence.casefold())
