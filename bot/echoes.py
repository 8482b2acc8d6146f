"""Whether a statement only repeats what somebody wants said: an order in a document, a remark beside the question.

What a turned model says often stands in the documents, word for word: in the sentence that turned it. `bot.verify`
takes no such sentence as evidence; here a statement is looked through for the words that only such text holds, and for
signs that no plain statement needs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.orders import orders, undisguised
from bot.terms import content
from retrieval.model import Passage

# Addresses, tags, targets of links and pictures in Markdown: shown only as the quotes hold them.
_SIGN = re.compile(
    r"\b(?:https?|ftp|file|data|javascript|mailto):[^\s)>]+|\bwww\.[^\s)>]+|<[^<>]*>|!\[|\]\([^)]*\)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[\w-]{3,}(?:\.[\w-]+)*\.[a-z]{2,}\b",
    re.IGNORECASE,
)
_INVISIBLE = ("Cc", "Cf", "Cn", "Co", "Cs", "So")  # control characters, unassigned ones, pictographs


@dataclass(frozen=True, slots=True)
class Told:
    """What may be repeated: the quotes, the passages around them (without orders), and what is asked."""

    quotes: Sequence[str]
    around: Sequence[str]
    question: str


@dataclass(frozen=True, slots=True)
class Demands:
    """Stems of what nothing may be taken from: `aside` of remarks beside the question, `ordered` of every order."""

    aside: frozenset[str]
    ordered: frozenset[str]


def demands(aside: str, passages: Sequence[Passage]) -> Demands:
    """What `aside`, and the sentences of `passages` that give orders, want said."""
    remarks = frozenset(content(undisguised(aside)))
    wanted = (content(undisguised(text)) for passage in passages for text in orders(passage.chunk))
    return Demands(remarks, remarks.union(*wanted))


def echoes(claim: str, told: Told, wanted: Demands) -> str:
    """Why `claim`, else supported by `told`, is not to be shown, in words; "" if nothing speaks against it."""
    if strange := _strange(claim, " ".join(told.quotes)):
        return f"the sources hold no such sign: {', '.join(strange)}"
    stems = frozenset(content(undisguised(claim)))
    known = frozenset(content(" ".join((*told.quotes, *told.around, told.question))))
    if repeated := sorted(stems & wanted.ordered - known):
        return f"only an order or a remark speaks of this: {', '.join(repeated)}"
    if stems and stems <= wanted.aside and not any(stems <= frozenset(content(quote)) for quote in told.quotes):
        return "it repeats what was said beside the question, and no sentence says it whole"
    return ""


def _strange(claim: str, quotes: str) -> list[str]:
    """Addresses, markup and characters that are not text, of which the quotes hold none."""
    signs = [m.group().rstrip(".,;:!?") for m in _SIGN.finditer(claim)]
    signs += [c for c in claim if unicodedata.category(c) in _INVISIBLE and not c.isspace() and c != "°"]
    return [f"{sign!a}" if not sign.isprintable() else sign for sign in signs if sign not in quotes]
