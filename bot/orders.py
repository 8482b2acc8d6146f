"""Text that gives orders to whoever answers from it: told by what it says, however it is disguised.

Such a sentence is no evidence: it is not quoted, not given to the model, and carries no statement.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from retrieval.model import Chunk, Sentence

# The answerer: what orders are addressed to.
_BOT = (
    r"(?:a\.?i\.?s?|(?:ai |chat ?|virtual )?assistants?|(?:chat)?bots?|chatgpt|gpt|llms?|language models?"
    r"|answering (?:system|machine)s?|(?:summari[sz]er|machine|whoever|anyone) (?:(?:that|who) )?(?:is )?"
    r"(?:read|summari[sz]|answer|quot)\w*)"
)
_SAY = (
    r"(?:say|tell|answer|reply|respond|state|claim|write|print|output|repeat|announce|recommend|add|append|finish|close"
    r"|end|begin|refuse|ping|shout)"
)
_MUST = (
    r"(?:must|should|shall|will|has to|have to|needs? to|(?:is|are) (?:instructed|told|ordered|forbidden|required) to)"
)
_RULES = (
    r"(?:instructions?|prompts?|rules|guidelines|directives|question you were asked|everything (?:above|before)|orders)"
)
_REPLY = r"(?:repl(?:y|ies)|answers?|responses?|output|sentences?)"
_PATTERNS = (
    r"<[!@#][^>]*>|javascript:",  # pings a channel, runs a script
    # forged parts of a conversation or a prompt
    r"<\|\w+\|>|<(?:/?(?:system|instructions?|assistant|inst))\b[^>]*>|\[/?(?:system|inst)\]|\[P-[A-Z]{2}\]",
    r'"role"\s*:\s*"|\bfunction_call\b|\b(?:end|start) of (?:the )?(?:passages|context|documents)\b',
    r"\bsystem (?:note|message|override|instruction|command)s?\s*:",
    r"\bsystem prompt\b|\bas an ai\b",
    r"\byou are (?:now|no longer) (?:an? |the |in )?(?:\w+ ?bot|\w+gpt|\w+ mode|bound|ai)\b",
    r"\b(?:reveal|print|show|repeat|leak) your (?:\w+ )?(?:prompt|instructions|rules)\b",
    r"\banswer (?:every|all|each) questions?\b",
    r"\byou have been reprogrammed\b|\bfrom (?:now|this moment) on,? you\b",
    rf"\b(?:ignore|disregard|forget|override)\b.{{0,40}}\b{_RULES}\b",
    rf"\byour (?:\w+ )?(?:permitted|new|only|true|hidden) (?:\w+ )?(?:{_REPLY}|tasks?|rules?|role|purpose)\b",
    rf"\b(?:permitted|required) {_REPLY} is\b|\bwhatever you are asked\b",
    # somebody speaks to the answerer
    rf"\b{_BOT}\b[^.!?]{{0,80}}\b{_MUST} (?:always |only |never |then )?(?:be )?(?:{_SAY}|give|discuss|mention)\w*\b",
    rf"\b{_BOT}\b[^.!?]{{0,60}}[,:—-]\s*(?:please |always |only )?{_SAY}\b",
    rf"\bwhen (?:you(?: are|['’]re) )?asked\b[^.!?]{{0,80}},\s*(?:please |always )?{_SAY}\b",
    r"\b(?:shall|must|should) be (?:answered|copied|repeated|cited|appended)\b|\bwhen answering,",
    # what to answer
    r"\b(?:answer|reply|respond) (?:only|exactly|solely)\b",
    r"\b(?:say|print|output|repeat) (?:only|exactly|the following)\b",
    r"\b(?:say|answer|write|print|output) nothing but\b|\boutput the single\b",
    rf"\b(?:to|in|into|behind|with|begin|end|start|finish) (?:the|your|its|every|each|all) {_REPLY}\b",
    r"\b(?:do not|don['’]t|never) (?:mention|cite|reveal|tell) (?:any|the|your|other|anyone)\b",
    r"\btell (?:all |the |every )?users?\b|\bat the user\b",
    r"\b(?:decode|decipher|unscramble|reverse|translate)\b[^.!?]{0,60}\b(?:do|follow|obey|execute) (?:what|it|them)\b",
    # "ignore your instructions" in other languages
    r"\b(?:ignorier\w*|vergiss|vergesst|missachte\w*)\b.{0,60}\b(?:anweisung\w*|regeln|vorgaben|instruktionen)",
    r"\b(?:negeer|vergeet)\b.{0,60}\b(?:instructies|regels|opdrachten)",
    r"\b(?:ignor(?:e[rz]?|a|ad|en|are|ate|i)|oublie[rz]?|olvid(?:a|e|en)|esque(?:ça|ce)|dimentica\w*)\b"
    r".{0,60}\b(?:instruc\w*|istruzion\w*|consignes|reglas|règles|regras|regole)",
    r"(?:игнориру\w*|забудь\w*).{0,60}(?:инструкц|указан|правил)|(?:zignoruj|zapomnij).{0,60}(?:instrukcj|polece)",
    r"(?:talimatlar|kurallar)\w*.{0,60}(?:yok say|unut|görmezden)|(?:निर्देश|नियम).{0,60}(?:अनदेखा|भूल)",
    r"(?:忽略|无视|忘记|無視).{0,20}(?:指令|指示|规则|規則)|(?:指示|命令|ルール).{0,20}無視|(?:지시|명령).{0,20}무시",
    r"(?:تجاهل|انس).{0,40}(?:تعليمات|قواعد|أوامر)",
)


@cache
def _orders() -> Any:
    """All of them as one expression of RE2, which takes the thirtieth part of the time that `re` needs."""
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.dot_nl = True
    return re2.compile("|".join(_PATTERNS), options)


# Letters of other scripts that look like Latin ones: Cyrillic, then Greek.
_LOOKALIKES = str.maketrans("авекмнорстухіјѕԁһԛԝαεικνορτυχ", "abekmhopctyxijsdhqwaeiknoptux")
_LEET = str.maketrans("0134578@$", "oieastbas")
_MIXED = re.compile(r"\b(?=\w*[^\W\d_])\d*[^\W\d_]+(?:\d+[^\W\d_]+)+\d*\b|\b\d[^\W\d_]+\b")
_SPACED = re.compile(r"\b(?:\w ){3,}\w\b")
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def gives_orders(text: str) -> bool:
    """Whether `text` speaks to the reader's assistant ("ignore your instructions"), or pings a channel."""
    plain = undisguised(text)
    return any(_orders().search(form) for form in {text, plain, _MIXED.sub(_unleet, plain)})


def _unleet(word: re.Match[str]) -> str:
    return word.group().translate(_LEET)


def undisguised(text: str) -> str:
    """`text` as it looks to a reader: without invisible characters, l e t t e r s joined, lookalikes made Latin.

    Letters that hide in Unicode's invisible tags come to light.
    """
    if not text.isascii():
        text = "".join(map(_visible, unicodedata.normalize("NFKC", text)))
        text = re.sub(r"\w+", lambda m: _latin(m.group()), text)
    return _SPACED.sub(lambda m: m.group().replace(" ", ""), text)


def _visible(character: str) -> str:
    code = ord(character)
    if 0xE0020 <= code < 0xE007F:
        return chr(code - 0xE0000)
    return "" if unicodedata.category(character) == "Cf" else character


def _latin(word: str) -> str:
    """A word that mixes Latin letters with lookalikes, all Latin; a word of another script as it is."""
    return word.lower().translate(_LOOKALIKES) if _LATIN.search(word) and not word.isascii() else word


def without_orders(chunk: Chunk) -> list[tuple[Sentence, str]]:
    """The sentences of a chunk that give no orders, with their text."""
    return [(sentence, text) for sentence, text in _sentences(chunk) if not gives_orders(text)]


def orders(chunk: Chunk) -> list[str]:
    """The sentences of a chunk that give orders."""
    return [text for _, text in _sentences(chunk) if gives_orders(text)]


def _sentences(chunk: Chunk) -> list[tuple[Sentence, str]]:
    return [(s, chunk.between(s.start, s.end)) for s in chunk.sentences]
