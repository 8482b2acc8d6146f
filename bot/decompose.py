"""Comparisons and joined questions taken apart, without a model: one question for each thing compared.

"Which costs more, the ferry or the train?" asks how much the ferry costs and how much the train does. What the grammar
does not know stays whole; docs/answers.md lists what it knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.grammar import AUXILIARIES, INTERROGATIVES, PREPOSITIONS, TIME
from bot.message import PARTS
from bot.terms import capitalised, stem


@dataclass(frozen=True, slots=True)
class Piece:
    """What is asked about one of the things compared; `label` names that thing as the question does.

    `bare` asks it without the name, for documents that bear the name themselves; "" where that cannot be.
    """

    label: str
    question: str
    bare: str = ""


@dataclass(frozen=True, slots=True)
class Compound:
    """A question that asks the same of several things.

    `comparative` is the word that tells which of them is wanted ("more", "cheapest"), "" where none is; it wants the
    greatest value where `sign` is 1, the least where it is -1.
    """

    pieces: tuple[Piece, ...]
    comparative: str = ""
    sign: int = 1


MAX_QUESTION = 300  # characters; a longer question is no comparison that the grammar knows

_SCALES = {  # how it is asked: (words for the greater, words for the less)
    "tall": ("taller", "shorter"),
    "high": ("higher", "lower"),
    "long": ("longer", "briefer"),
    "heavy": ("heavier", "lighter"),
    "old": ("older", "younger newer"),
    "fast": ("faster quicker", "slower"),
    "wide": ("wider broader", "narrower"),
    "deep": ("deeper", "shallower"),
    "far": ("farther further", "nearer closer"),
    "hot": ("hotter warmer", "colder cooler"),
    "expensive": ("dearer costlier pricier", "cheaper"),
    "the size": ("bigger larger", "smaller"),
    "much": ("more", "less fewer"),
    "soon": ("later", "earlier sooner first"),
}
_SUPERLATIVES = {
    "more": "most", "less": "least", "fewer": "fewest", "farther": "farthest", "further": "furthest",
    "later": "last latest", "first": "",
}  # fmt: skip
_COMPARATIVES = {
    form: (scale, sign)
    for scale, sides in _SCALES.items()
    for sign, words in zip((1, -1), sides, strict=True)
    for word in words.split()
    for form in (word, *_SUPERLATIVES.get(word, f"{word[:-1]}st").split())
}
_BE = "is|are|was|were"
_DO = "do|does|did|will|would|can|could|has|have|had"
_QUALITY = r"(?:more|less|most|least)\s+(?:[a-z]+(?:ive|ous|ful|al|ent|ant|able|ible|ular|ate|ic|cult)|costly|often)"
_COMPARATIVE = rf"(?P<comparative>{_QUALITY}|{'|'.join(_COMPARATIVES)})\b"
_WORD = r"[^\W_][\w'’.&/-]*"
_THING = rf"(?:{_WORD}\s+){{0,6}}?{_WORD}"
_SHORT = rf"(?:{_WORD}\s+){{0,3}}?{_WORD}"
_WHERE = rf"(?:in|on|at|for|by|during)\s+{_SHORT}"
_ON = r"(?:on|in|about|over|as to|regarding|concerning|with regard to|in terms of|when it comes to|for)"
_SAY = r"(?:say|said|think|report|write|claim|tell|argue|demand|want|promise|offer|announce|call|predict|cost|weigh)"
_CHOICE = re.compile(
    rf"(?:which|what|who)\b(?P<head>.*?\b)(?P<verb>{_WORD})\s+(?:the\s+|much\s+|far\s+)?{_COMPARATIVE}(?P<rest>[^,:]*?)"
    rf"\s*[,:–—-]\s*(?P<things>[^?]+?\bor\b[^?]+)",
    re.I,
)
_EITHER = (
    re.compile(
        rf"(?P<verb>{_BE})\s+(?P<things>{_THING}\s+or\s+{_THING})\s+(?:the\s+)?{_COMPARATIVE}(?P<rest>.*)", re.I
    ),
    re.compile(
        rf"(?P<aux>{_DO})\s+(?P<things>{_THING}\s+or\s+{_THING})\s+(?P<verb>{_WORD})\s+(?:the\s+)?{_COMPARATIVE}(?P<rest>.*)",
        re.I,
    ),
)
_THAN_BE = re.compile(
    rf"(?P<verb>{_BE})\s+(?P<one>{_THING})\s+(?:much\s+|far\s+)?{_COMPARATIVE}(?P<rest>.*?)\s+than\s+(?P<other>{_SHORT})",
    re.I,
)
_THAN_DO = re.compile(
    rf"(?P<aux>{_DO})\s+(?P<one>{_THING})\s+(?P<verb>{_WORD})\s+{_COMPARATIVE}(?P<rest>.*?)\s+than\s+(?P<other>{_SHORT})",
    re.I,
)
_AT = rf"(?P<one>{_WHERE})\s+(?:or|than)\s+(?P<other>{_WHERE})"
_EITHER_AT = (
    re.compile(rf"(?P<verb>{_BE})\s+(?P<subject>{_THING})\s+{_COMPARATIVE}(?P<rest>.*?)\s+{_AT}", re.I),
    re.compile(
        rf"(?P<aux>{_DO})\s+(?P<subject>{_THING})\s+(?P<verb>{_WORD})\s+{_COMPARATIVE}(?P<rest>.*?)\s+{_AT}", re.I
    ),
)
_TOPIC = rf"(?:\s+{_ON}\s+(?P<topic>.+))?"
_FROM = r"(?:differ(?:ent)?\s+from|compare\s+(?:to|with))"
_DIFFER = tuple(
    re.compile(pattern + _TOPIC, re.I)
    for pattern in (
        r"how\s+(?:do|does|did|are|is|were|was)\s+(?P<things>.+?)\s+(?:differ|different|compare)",
        rf"how\s+(?:do|does|did|is|was)\s+(?P<one>{_THING})\s+{_FROM}\s+(?P<other>{_SHORT})",
        r"what\s+(?:is|are|was|were)\s+the\s+differences?\s+between\s+(?P<things>.+?\band\b.+?)",
        r"compare\s+(?!what\b)(?P<things>.+?\b(?:and|with|to)\b.+?)",
    )
)
_ALL = rf"(?P<things>{_THING}(?:,\s+{_THING})*,?\s+and\s+{_THING})\s+"
_EACH = (
    re.compile(rf"compare\s+(?P<asked>what)\s+{_ALL}(?P<rest>{_SAY}\b.*)", re.I),
    re.compile(
        rf"(?:compare\s+)?(?P<asked>(?:what|how|when|where|why|which)\b.*?)\s+(?P<aux>{_BE}|{_DO})\s+{_ALL}"
        rf"(?:(?:each|both|respectively)\s+(?P<each>.+)|(?P<rest>{_SAY}\b.*))",
        re.I,
    ),
)
_TALL = re.compile(rf"(?P<asked>how\s+(?!many|much)\w+)\s+(?P<aux>{_BE})\s+(?P<things>{_THING}\s+and\s+{_THING})", re.I)
_REPEATED = re.compile(
    rf"(?P<before>.+?\s)(?P<preposition>in|on|at|for|from|by|during|to|of|with|before|after)\s+(?P<one>{_SHORT})"
    rf",?\s+and\s+(?P=preposition)\s+(?P<other>{_SHORT})(?P<after>\s*)",
    re.I,
)
_TIMES = re.compile(
    rf"(?P<before>.+?\s)(?P<preposition>in|on|at|for|by|during|since)\s+(?P<one>{TIME.pattern}),?\s+and\s+"
    rf"(?P<other>{TIME.pattern})(?P<after>.*)",
    re.I,
)
_AND = re.compile(r"\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+", re.I)
_WITH = re.compile(r"\s*,\s*(?:and\s+)?|\s+(?:and|with|to|versus|vs\.?)\s+", re.I)
_REQUESTS = frozenset(
    "please kindly say tell write print reply answer respond finish end begin start ignore add".split()
)
_CLAUSE = re.compile(r"(?:how|what|when|where|why|who|whether|which)\b", re.I)


def compound(text: str) -> Compound | None:
    """The questions that `text` asks of each thing it compares; None where it compares nothing that is understood."""
    body = " ".join(text.split()).strip(" ?!.")
    if len(body) > MAX_QUESTION:
        return None
    for rule in (_chosen, _at, _either, _than, _told_apart, _joined, _repeated):
        found = rule(body)
        if found and 2 <= len(found.pieces) <= PARTS:
            return found
    return None


def _chosen(body: str) -> Compound | None:
    """Which costs more, the ferry or the train?"""
    if not (m := _CHOICE.fullmatch(body)):
        return None
    return _measured(m, _things(m["things"]))


def _at(body: str) -> Compound | None:
    """Is the toll higher in June or in July? Did the mill employ more people in Alba than in Brenn?"""
    m = next((m for pattern in _EITHER_AT if (m := pattern.fullmatch(body))), None)
    return _measured(m, (m["one"], m["other"]), m.groupdict().get("aux", ""), m["subject"]) if m else None


def _either(body: str) -> Compound | None:
    """Does the ferry or the train cost more?"""
    m = next((m for pattern in _EITHER if (m := pattern.fullmatch(body))), None)
    return _measured(m, _things(m["things"]), m.groupdict().get("aux", "")) if m else None


def _than(body: str) -> Compound | None:
    """Is the ferry faster than the train? Did it cost more than the train?"""
    m = _THAN_BE.fullmatch(body) or _THAN_DO.fullmatch(body)
    if not m or any(w.lower() in PREPOSITIONS - {"of"} for w in m["other"].split()):
        return None
    one, other = m["one"], m["other"]
    if other.endswith(("'s", "’s", "s'", "s’")):  # was Ruritania's army bigger than Sylvania's?
        other = f"{other} {one.split()[-1]}"
    return _measured(m, [one, other], m.groupdict().get("aux", ""))


def _measured(m: re.Match[str], things: Sequence[str], aux: str = "", subject: str = "") -> Compound:
    """One "how tall is", "how much does ... cost" for each thing, or of the `subject` at each time or place."""
    verb = m["verb"].lower()
    comparative = " ".join(m["comparative"].lower().split())
    scale, sign = _COMPARATIVES.get(comparative, ("", 1))
    if not scale:
        degree, scale = comparative.split()
        sign = 1 if degree in ("more", "most") else -1
    ask = _with_be(scale, verb) if verb in _BE.split("|") else _with_verb(scale, verb, aux.lower())
    rest = " ".join(m["rest"].split())
    asked = {thing: ask(subject or thing, rest) for thing in things}
    pieces = (Piece(thing, f"{q[:-1]} {thing}?" if subject else q) for thing, q in asked.items())
    return Compound(tuple(pieces), comparative, sign)


def _with_be(scale: str, be: str) -> Callable[[str, str], str]:
    phrase = {"the size": f"What {be} the size of", "soon": f"When {be}", "much": f"How many {be}"}.get(scale)
    return lambda thing, rest: f"{phrase or f'How {scale} {be}'} {thing}{rest and f' {rest}'}?"


def _with_verb(scale: str, verb: str, aux: str) -> Callable[[str, str], str]:
    auxiliary = aux or ("does" if verb.endswith("s") else "did")
    base = verb if aux else _infinitive(verb)

    def ask(thing: str, rest: str) -> str:
        counted = rest and rest.split()[0].lower() not in PREPOSITIONS - {"of"}
        if scale == "much" and counted:
            noun = rest.split()[0]
            many = "many" if noun.endswith("s") or noun == "people" else "much"
            return f"How {many} {rest} {auxiliary} {thing} {base}?"
        asked = "When" if scale == "soon" else f"How {scale}"
        return f"{asked} {auxiliary} {thing} {base}{rest and f' {rest}'}?"

    return ask


def _infinitive(verb: str) -> str:
    """ "costs": cost, "took": take, "arrived": arrive; what is no known form stays."""
    if verb in ("has", "had"):
        return "have"
    if verb.endswith("ied"):
        return f"{verb[:-3]}y"
    if verb.endswith("ed"):
        root = verb[:-2]
        if root[-1] == root[-2] and root[-1] not in "ls":
            return root[:-1]
        return f"{root}e" if root[-1] in "cgsuvz" and not root.endswith("ss") else root
    if verb.endswith(("s", "y", "e")):
        return verb.removesuffix("s")
    return stem(verb)


def _told_apart(body: str) -> Compound | None:
    """How do A and B differ on X? Compare A and B."""
    m = next((m for pattern in _DIFFER if (m := pattern.fullmatch(body))), None)
    if not m:
        return None
    groups = m.groupdict()
    things = _things(groups["things"], _WITH) if groups.get("things") else [groups["one"], groups["other"]]
    topic = groups["topic"] or ""
    return Compound(tuple(_about(thing, topic) for thing in things))


def _about(thing: str, topic: str) -> Piece:
    if _CLAUSE.match(topic):
        return Piece(thing, f"{capitalised(topic)}, according to {thing}?", f"{capitalised(topic)}?")
    bare = f"What is said about {topic}?" if topic else ""
    return Piece(thing, f"What is said about {thing}{topic and f' and {topic}'}?", bare)


def _joined(body: str) -> Compound | None:
    """What did A and B each say about X? How tall are A and B?"""
    m = next((m for pattern in (*_EACH, _TALL) if (m := pattern.fullmatch(body))), None)
    if not m or re.search(r"\bbetween\b", m["things"], re.I):
        return None
    groups = m.groupdict()
    aux, rest = groups.get("aux", "does").lower(), groups.get("each") or groups.get("rest") or ""
    pieces = []
    for thing in _things(m["things"]):
        own = aux if thing.endswith("s") and not thing[0].isupper() else _SINGULAR.get(aux, aux)
        topic = _SAID.match(rest)
        bare = _about(thing, topic["topic"]).bare if topic else ""
        pieces.append(Piece(thing, f"{capitalised(m['asked'])} {own} {thing}{rest and f' {rest}'}?", bare))
    return Compound(tuple(pieces))


_SAID = re.compile(r"(?:say|said|think|report|write|claim|tell)\s+(?:about|on|of)\s+(?P<topic>.+)", re.I)
_SINGULAR = {"do": "does", "are": "is", "were": "was", "have": "has"}


def _repeated(body: str) -> Compound | None:
    """How many came in April and in May? What happened on Monday and Tuesday?"""
    m = _REPEATED.fullmatch(body) or _TIMES.fullmatch(body)
    if not m or not _CLAUSE.match(body) or re.search(r"\bbetween\b", body, re.I):
        return None
    labels = [f"{m['preposition'].lower()} {m[name]}" for name in ("one", "other")]
    tail = m["after"].rstrip()
    return Compound(tuple(Piece(label, f"{capitalised(m['before'])}{label}{tail}?") for label in labels))


def _things(text: str, split: re.Pattern[str] = _AND) -> list[str]:
    """The things of "A, B and C", each as it is named; none where one of them is no name of a thing."""
    found = [part.strip() for part in split.split(text) if part.strip()]
    if not all(_is_thing(part.split()) for part in found):
        return []
    noun = found[0].split()[1] if found[0].lower().startswith("the ") else ""
    return [re.sub(r"^the one\b", f"the {noun}", part) if noun else part for part in found]


def _is_thing(found: Sequence[str]) -> bool:
    words = [word.lower() for word in found]
    if words[0] in _REQUESTS:  # "... and please end with a song" is said to the bot
        return False
    return len(words) <= 7 and words[0] not in PREPOSITIONS and not AUXILIARIES.union(INTERROGATIVES) & set(words)
