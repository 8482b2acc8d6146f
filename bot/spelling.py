"""Misspelt words of a question, told by the words of the passages that it finds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from retrieval.model import Passage

_WORD = re.compile(r"[^\W\d_]{4,}")
_NOT = re.compile(r"(?:ca|do|wo|did|does|is|are|was|were|have|has|had|could|should|would|must|need)nt", re.I)
_ELIDED = re.compile(
    r"(?:what|who|where|when|how|that|there|here|it|she|let)s|(?:you|they|we)re|(?:you|they|we)ve", re.I
)


def corrected(question: str, passages: Sequence[Passage], known: Collection[str]) -> str:
    """`question` with each word that is neither English (`known`, lower case) nor in the passages as they spell it.

    A word is replaced by the most frequent one of the passages that it may be; a name only by a name. "cant" is "can't"
    and no misspelt "cent"; "whats" is left as it is.
    """
    seen = Counter(m.group() for p in passages for m in _WORD.finditer(f"{p.title} {p.chunk.text}"))
    spelled = {word.lower() for word in seen}

    def mend(m: re.Match[str]) -> str:
        word = m.group()
        if _NOT.fullmatch(word):
            return f"{word[:-1]}'{word[-1]}"
        if word.lower() in known or word.lower() in spelled or _ELIDED.fullmatch(word):
            return word
        near = [
            (count, other)
            for other, count in seen.items()
            if _slip(word.lower(), other.lower()) and (other[0].isupper() or word[0].islower())
        ]
        return max(near)[1] if near else word

    return _WORD.sub(mend, question)


def _slip(word: str, other: str) -> bool:
    """Whether `word` may be `other` misspelt: same beginning, one slip, or two in a longer word."""
    from rapidfuzz.distance import OSA

    allowed = 1 if len(word) < 7 else 2
    return word[0] == other[0] and len(other) >= 4 and OSA.distance(word, other, score_cutoff=allowed) <= allowed
