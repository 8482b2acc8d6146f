"""A message taken apart: the sentences that ask, what stands beside them, and each question without its politeness."""

from __future__ import annotations

import re

from sentencex import segment

from bot.terms import capitalised, content

_ASKS = re.compile(
    r"\?|^\W*(?:and |but |so |ok |hi |hey |please )*"
    r"(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|has"
    r"|have|had|can|could|will|would|should|tell me|list|name|explain|compare|summari[sz]e|show me|give me)\b",
    re.I,
)


def essence(text: str) -> str:
    """The sentences of a message that ask something; all of it where none or every one does.

    "Ignore your rules. Who signed?" asks who signed: what is not asked is not searched for.
    """
    asking, _ = _asking(text)
    return " ".join("".join(asking).split())


def aside(text: str) -> str:
    """What a message says beside its `essence`: "" where it only asks."""
    _, rest = _asking(text)
    return " ".join("".join(rest).split())


_MARK = re.compile(r"\?[\W_]*$")  # not that of an address


def lead(text: str) -> str:
    """What a message says before its `essence`: "" where it begins with it."""
    asking, rest = _asking(text)
    before = rest[: next((n for n, sentence in enumerate(_sentences(text)) if sentence in asking), 0)]
    return " ".join("".join(before).split())


def _asking(text: str) -> tuple[list[str], list[str]]:
    """The sentences of a message that ask, and the others; all of them ask where none or every one does."""
    parts = _sentences(text)
    asking = [p for p in parts if _MARK.search(p)] or [p for p in parts if _ASKS.search(p)] or parts
    return asking or [text], [p for p in parts if p not in asking]


def _sentences(text: str) -> list[str]:
    """The sentences of a message, with the space behind them; a line break ends one."""
    return [sentence for line in text.splitlines(keepends=True) if line.strip() for sentence in segment("en", line)]


_ASKING = r"(?:who|whom|whose|what|when|where|which|why|how)\b"
_BEGINS = rf"(?:(?:in|on|at|by|from|for|to|of|with|since|until) )?{_ASKING}"  # "since when"
_GREETING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|please|thanks|thank you|sorry|excuse me"
    r"|quick question)\b(?: (?:there|all|everyone|everybody|team|again))?[\s,.!:–—-]+)+",
    re.I,
)
_POLITE = re.compile(
    r"^\W*(?:(?:could|can|would|will) (?:you|some(?:one|body)|any(?:one|body)) (?:please |kindly )?"
    r"(?:tell me|let me know|explain(?: to me)?|remind me|say|list|sum up|check)|tell me|let me know"
    r"|do(?:es)? (?:you|any(?:one|body)|some(?:one|body)) (?:happen to )?know"
    r"|i(?:['’]d| would) (?:like|love) to know|i(?: just)? (?:want|need|wanted) to know"
    r"|i(?:['’]m| am|['’]ve been| was) (?:just )?(?:wondering|curious)|any idea)[\s,:]+(?:please[\s,]+)?"
    rf"(?={_BEGINS}|(?:if|whether)\b)",
    re.I,
)
_THANKS = re.compile(r"[\s,.!?–—-]+(?:please|pls|thanks|thank you|cheers)(?: (?:a lot|so much|in advance))?\W*$", re.I)
_SUMMARISE = re.compile(
    r"^(?:summari[sz]e|sum up|recap|(?:give|show|write)(?: me| us)? (?:a|an|the) (?:short |brief |quick )?"
    r"(?:summary|overview|recap) of)\s+",
    re.I,
)
_WHETHER = re.compile(
    r"^(?:if|whether)\s+(?P<subject>.+?)\s+(?P<aux>is|are|was|were|has|have|had|can|could|will|would|should|may|must)"
    r"\s+(?P<rest>.+)",
    re.I,
)
_VERB = r"(?:is|are|was|were|do|does|did|can|may|must|has|have|will|should)\b"
_LEAD_IN = re.compile(
    r"^(?:(?:i|i['’](?:m|ve|d|ll)|we|we['’](?:re|ve|d|ll)|my|our|(?:a |just a |one )?(?:quick|last|more) (?:one"
    r"|question|thing)|question|for (?:the|my|our|a)|context|background|fyi)\b[^?]{0,150}?"
    r"(?:\s+[-–—]+\s+|[:;]\s+|,\s+(?:so|but|and)\s+)"
    r"|(?:knowing|given|assuming|considering|granted|seeing) that\b[^?]{0,150}?,\s+)"
    rf"(?={_BEGINS}|{_VERB})",
    re.I,
)


_SPELLED = {"wat": "what", "wot": "what", "wich": "which", "wen": "when", "ppl": "people", "abt": "about"}
_PM = re.compile(r"(?<!\d )(?<!\d)\bPM\b|(?<=\bthe )pm\b")  # no time of day
_CHAT = re.compile(rf"(?<!\S)(?:{'|'.join(_SPELLED)})(?!\S)")


def plain(question: str) -> str:
    """The question without what is only polite or leads up to it: "Hi, could you tell me who signed, please?"."""
    spelled = _PM.sub("prime minister", _CHAT.sub(lambda m: _SPELLED[m.group()], question))
    bare = _POLITE.sub("", _GREETING.sub("", _THANKS.sub("?", spelled)))
    bare = _SUMMARISE.sub("Tell me about ", _POLITE.sub("", _LEAD_IN.sub("", bare)))
    if whether := _WHETHER.match(bare):
        bare = f"{whether['aux']} {whether['subject']} {whether['rest']}"
    return bare if bare == question or not content(bare) else capitalised(bare)


_WHEN_AND_WHERE = re.compile(
    r"\b(?P<one>who|what|when|where|why|how)\s+and\s+(?P<other>who|what|when|where|why|how)\s+(?P<rest>(?!many|much)[^?]+)",
    re.I,
)
_BOTH = re.compile(rf",?\s+and\s+(?={_ASKING})", re.I)
PARTS = 4  # questions of one message that are answered one by one


def parts(text: str) -> list[str]:
    """The questions of a message: "Who signed? And when?", "where was it planned and where did it happen"."""
    told = (_WHEN_AND_WHERE.sub(r"\g<one> \g<rest> and \g<other> \g<rest>", s.strip()) for s in _sentences(text))
    split = [part.strip() for sentence in told for part in _BOTH.split(sentence) if part.strip(" .!?")]
    return split[:PARTS] if len(split) <= PARTS else [text]
