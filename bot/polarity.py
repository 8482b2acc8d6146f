"""Whether a text denies something, leaves it open, or tells what would have been: the ways of not saying it."""

from __future__ import annotations

import re

from bot.terms import content

_NEGATION = re.compile(
    r"\b(?:not(?! (?:only|just|merely|so much))|never|no(?!\.\s?\d)|nor|none|neither|without|cannot|refus\w+"
    r"|den(?:y|ied|ies|ying)|fail(?:ed|s|ing)? to|reject\w*"
    r"|declin(?:ed?|es|ing)\b(?! (?:in|of|by))|cancel\w*|ruled out|stopped short"
    r"|unable|instead of|rather than|by no means|nobody|no one|nothing)\b"
    r"|n['’]t\b(?! (?:only|just|merely|so much))",
    re.I,
)
_UNSETTLED = re.compile(r"\b(?:not|never) (?:yet )?(?:been )?(?:confirmed|clear|known|decided|certain)\b", re.I)
_OPEN = re.compile(
    r"\b(?:whether|if|(?-i:may)|might|could|would|will|shall|unconfirmed|yet to|possibl[ey]|potential(?:ly)?"
    r"|speculat\w+"
    r"|rumou?r\w*|expect(?:ed|s|ing)?|plan(?:s|ned|ning)?|scheduled|hop(?:e|es|ed|ing)|intend\w*|propos(?:ed|es|al)|likely|alleged(?:ly)?"
    r"|reported(?:ly)?|appears?|seems?|unclear|uncertain|wants? to|seek(?:s|ing)? to|about to|going to"
    r"|due to (?:meet|visit|sign|arrive|hold|be))\b",
    re.I,
)
_UNREAL = re.compile(r"\b(?:could|would|should)(?:n['’]t| not| never| hardly)? have\b", re.I)


def denies(text: str) -> bool:
    """Whether `text` is a denial; "not confirmed" is none, it leaves something open."""
    return bool(_NEGATION.search(_UNSETTLED.sub("", text)))


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def denied(text: str) -> set[str]:
    """Stems of what `text` denies: for each negation the content word behind it ("did not accept": accept)."""
    found = set()
    for m in _NEGATION.finditer(_UNSETTLED.sub("", text)):
        clause = re.split(r"[,;:.!?”\"]", _UNSETTLED.sub("", text)[m.end() : m.end() + 60])[0]
        behind = content(" ".join(_WORD.findall(clause)[:6]))
        found.update(behind[:1])
    return found


def undenied(text: str) -> str:
    """`text` without its words of denial: "refused to sign" is "to sign"."""
    return _NEGATION.sub("", _UNSETTLED.sub("", text))


def leaves_open(text: str) -> bool:
    """Whether `text` tells something as possible, planned, expected or unconfirmed."""
    return bool(_OPEN.search(text) or _UNSETTLED.search(text))


def unsettled(text: str) -> bool:
    """Whether `text` says that something is not known, clear, decided or confirmed."""
    return bool(_UNSETTLED.search(text))


def unreal(text: str) -> bool:
    """Whether `text` tells what was not so: "It could not have been signed without her."."""
    return bool(_UNREAL.search(text))
