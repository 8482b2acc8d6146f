"""Who speaks: in a claim, and in the sentences that are to carry it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.span import Span
from bot.terms import content, same_word, words

SAY = (
    r"(?:said|says?|told|tells?|stated|states|added|adds|noted|notes|stressed|stresses|warned|claimed|claims|insisted|argued"
    r"|argues|explained|declared|announced|reported|reports|emphasi[sz]ed|reiterated|called|urged|accused|predict(?:s|ed)"
    r"|wrote|writes|believes|confirmed|denied|demanded|critici[sz]ed)"
)
_PART = r"[^\W\d_a-z][\w.’'-]*"  # of a name
_BODY = (
    r"(?:state|media|officials?|government|ministry|diplomats?|sources|reports|authorities|police)"  # speaks for a name
)
_SPEAKER_FIRST = re.compile(
    rf"((?:{_PART}\s+){{0,4}}{_PART})(?:\s+{_BODY}){{0,2}}(?:,[^,]{{0,60}},)?\s+"
    rf"(?:has |had |have |also |then |later |reportedly )*{SAY}\b"
)
_NO_TITLE = "that|in|on|at|to|of|by|for|as|it|he|she|they|we|there|after|before|during|this|his|her"
_TITLE = rf"(?:(?!(?:{_NO_TITLE})\b)[a-z][\w’'-]*,?\s+){{0,4}}"  # "said envoy Pella Corrigane"
_ADDRESSING = r"(?:told|tells?|warned|called|urged|accused|critici[sz]ed|denied|demanded)"  # whom, not who
_SPEAKER_LAST = re.compile(
    rf"(?:(?<=[,”\"’'] )(?!{_ADDRESSING}\b){SAY}|[Aa]ccording to|[Aa]s per)\s+{_TITLE}((?:{_PART}\s?)+)"
)
ATTRIBUTION = re.compile(rf"^[^,;]{{0,80}}?\b{SAY}\b(?: reporters| journalists)?(?: that)?|,? [Aa]ccording to [^,]+")
OFFICES = frozenset(
    """president vice prime minister premier foreign secretary state chancellor king queen prince princess governor
    mayor senator general director chairman chairwoman chair chief spokesman spokeswoman spokesperson envoy
    ambassador professor dr mr mrs ms sir lord lady us u.s of""".split()
)
_SPOKEN = re.compile(r"^[\"“]|\b(?:he|she|they)\b", re.I)


def wrong_speakers(claim: str, spans: Sequence[Span]) -> list[str]:
    """Speakers of the claim whom no quote has speak; where none has anybody speak, whom none names, nor its file.

    That the question names somebody says nothing about what they said. An office in common is no name.
    """
    speaking = [w for s in spans for name in speakers(s.text) for w in words(name)]
    if not speaking:
        speaking = [w for s in spans for text in (s.text, s.passage.source) for w in words(text)]
        speaking += [w for s in spans if _SPOKEN.search(s.text) for w in words(s.around)]
    own = {s: [w for w in words(s) if content(w)] for s in speakers(claim)}
    own = {s: [w for w in parts if w not in OFFICES] or parts for s, parts in own.items() if parts}
    return [s for s, parts in own.items() if not any(same_word(a, b) for a in parts for b in speaking)]


def speakers(text: str) -> list[str]:
    """Who says something in `text`, as it names them."""
    return [m.group(1).strip() for m in (*_SPEAKER_FIRST.finditer(text), *_SPEAKER_LAST.finditer(text))]
