"""Which documents tell something: "Which papers reported the fire?" wants every document that does, also those that
tell it in the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer import Judgement
from bot.compose import Findings, Quote, Supported, flat
from bot.evidence import Evidence, Statement, statement
from bot.extractive import quote
from bot.question import Asked
from bot.terms import missing, words
from retrieval.model import Passage

DOCUMENTS = 12
_LEAST = 0.4  # the probability from which a span that holds every content word speaks of a subject
_MARGIN, _NAMED = 6.0, 9.0  # how far below the best span another's may score; the same if it lacks no word asked for
_ASKS = re.compile(
    r"\W*(?:which|what|how many)\s+(?:of the\s+)?(?:news\s+|other\s+)?"
    r"(?:outlets?|papers?|newspapers?|sources?|documents?|articles?|files?|media|agencies|publications?"
    r"|bulletins?|reports?|notices?|pages?|handbooks?|minutes|letters?)\s+"
    r"(?:have\s+|has\s+|also\s+)*"
    r"(?:report\w*|mention\w*|say|says|said|tell|tells|told|wr[io]tes?|written|cover\w*|carr\w+|speaks?|spoke|talk\w*|claim\w*)\s+"
    r"(?:on\s+|about\s+|of\s+|that\s+)?(?P<what>.+?)[\s?!.]*$",
    re.I,
)


_SEARCHED = "What is said about "  # what such a question searches for begins so


def asks_for_documents(text: str) -> bool:
    """Whether every document that tells it is wanted."""
    return text.startswith(_SEARCHED) or bool(_ASKS.match(text))


def as_question(text: str) -> str:
    """What such a question searches for: what is told, not who tells it; other questions as they are."""
    m = _ASKS.match(text)
    return f"{_SEARCHED}{m['what']}?" if m else text


def judged(asked: Asked, evidence: Sequence[Evidence], judgement: Judgement) -> Judgement:
    """`judgement`, more lenient for a question that only names a subject, which no sentence answers as such.

    The best span must hold every content word of it.
    """
    lenient = asked.text.startswith(_SEARCHED) and not judgement.reason and judgement.probability >= _LEAST
    if lenient and not missing(asked.wanted, words(evidence[0].text)):
        return replace(judgement, answers=True)
    return judgement


def findings(evidence: Sequence[Evidence], passages: Sequence[Passage]) -> Findings:
    """The best span of every document that tells what is asked about, near-copies included."""
    best, chosen = evidence[0].score, dict[str, Quote]()
    for e in evidence:
        if e.score >= best - (_MARGIN if e.missing else _NAMED):
            chosen.setdefault(e.source, quote(e))
    told = [statement(q.text) for q in chosen.values()]
    for passage in passages:
        if passage.source not in chosen and (repeated := _repeating(passage, told)):
            chosen[passage.source] = repeated
    shown = list(chosen.values())[:DOCUMENTS]
    return Findings(tuple(Supported(flat(q.text), (q,), verbatim=True) for q in shown))


def _repeating(passage: Passage, told: Sequence[Statement]) -> Quote | None:
    """The first sentence of a passage that states what was told."""
    quotes = (Quote(passage, sentence.start, sentence.end) for sentence in passage.chunk.sentences)
    return next((q for q in quotes if any(statement(q.text).repeats(other) for other in told)), None)
