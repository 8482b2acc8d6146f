"""Answers of a fixed form: a telephone number, an address, a version, a name; whether they are wanted and are there."""

from __future__ import annotations

import re

from bot.terms import names, same_word, words

_TELEPHONE = re.compile(r"\b(?:(?:tele)?phone|mobile|cell|fax) (?:number|no)\b|\bnumber to (?:call|ring|dial)\b", re.I)
_EMAIL = re.compile(r"\be-?mail address\b|['’]s e-?mail\W*$", re.I)
_WEBSITE = re.compile(
    r"\b(?:url|web address) (?:of|for)\b|\bwhat(?:['’]?s| is) (?:the|their|your) (?:web ?site|url)\b", re.I
)
_VERSION = re.compile(r"^\W*(?:(?:in|since|from|with|as of) )?(?:which|what) (?:version|release)\b", re.I)
_NAME_OF = re.compile(
    r"\bnames? of (?P<of>[^?.,!]+?)(?=\s+(?:in|on|at|who|whom|whose|which|that|was|is|were|are|during|when)\b|\W*$)"
    r"|\bname of (?P<owner>[^?.,!]+?['’]s? [^?.,!]+)",
    re.I,
)
_MEANING = re.compile(r"\b(?:mean|stands? for|comes? from|derived?|origin)\b", re.I)  # asks about the name itself
_HAS = (
    (_TELEPHONE, re.compile(r"\+?\(?\d[\d\s()/.–-]{3,}\d|\bext(?:ension|\.)?\s*\d+", re.I)),
    (_EMAIL, re.compile(r"\S@\S")),
    (_VERSION, re.compile(r"\d\.\d")),
    (_WEBSITE, re.compile(r"\bhttps?://|\bwww\.|\b[\w-]+\.(?:com|org|net|edu|gov|info|example|[a-z]{2})\b", re.I)),
)
_ASKS_OTHERWISE = re.compile(  # "Why did he change his phone number?"
    r"\W*(?:why|who|when|where|how|is|are|was|were|do|does|did|has|have|had|can|could|should|may|will|would)\b", re.I
)
_BESIDE = 40  # characters within which a name stands beside what bears it: "the captain, Anton Rusk"


def asks_for_version(question: str) -> bool:
    """Whether `question` wants the version or release since which something is so."""
    return bool(_VERSION.match(question))


def lacks(question: str, text: str) -> bool:
    """Whether `question` wants an answer of a fixed form that `text` does not hold."""
    if _ASKS_OTHERWISE.match(question):
        return False
    if any(asks.search(question) and not has.search(text) for asks, has in _HAS):
        return True
    asked = None if _MEANING.search(question) else _NAME_OF.search(question)
    bearer = (asked["of"] or asked["owner"]).split(" of ")[0].split()[-1] if asked else ""
    return bearer[:1].islower() and not _named(bearer.lower(), question, text)


def _named(bearer: str, question: str, text: str) -> bool:
    """Whether `text` holds a name new to the question, beside the `bearer` ("captain") where it speaks of one."""
    known = words(question)
    fresh = [n for n in names(text) if not any(same_word(w, k) for w in words(n.text) for k in known)]
    places = [m.span() for m in re.finditer(r"[^\W_]+", text) if same_word(m.group().lower(), bearer)]
    if not places:
        return bool(fresh)
    return any(
        max(n.start - end, start - n.end) <= _BESIDE
        and not _SENTENCE_END.search(text[min(n.end, end) : max(n.start, start)])
        for n in fresh
        for start, end in places
    )


_SENTENCE_END = re.compile(r"[.!?]\s")
