"""Words that stand for something said before the question: which they are, and what they stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sentencex import segment

from bot.grammar import (
    AUXILIARIES,
    BE,
    CONJUNCTIONS,
    IMPERATIVES,
    INTERROGATIVES,
    MEASURES,
    PREPOSITIONS,
    PRONOUNS,
    TIME,
    Parsed,
    Phrase,
    Role,
    Token,
    is_person_word,
)
from bot.terms import content, names, stem, words

PERSONAL = frozenset("he him his she her hers".split())
PLURAL = frozenset("they them their theirs".split())
NEUTRAL = frozenset("it its".split())
DEMONSTRATIVE = frozenset("this that these those".split())
_NEVER_OBJECT = frozenset("he she they".split())
_ANYBODY = frozenset("someone somebody anyone anybody everyone everybody nobody people".split())
_BOUNDARY = (INTERROGATIVES | CONJUNCTIONS | {",", "before", "after", "since", "until"}) - {"or"}

_EXPLETIVE = re.compile(
    r"""\b(?:is|was|would|will|be|isn't|wasn't|it's)\ (?:it\ )?(?:\w+ly\ )?(?:be\ )?
        (?:true|possible|necessary|legal|illegal|safe|worth|ok|okay|allowed|permitted|better|best|likely|important|easy
        |hard|difficult|normal|usual|unusual|common|rare|typical|customary|strange|odd|surprising|good|bad|right|wrong
        |advisable|wise|enough|time|clear|known|fair|said|reported|believed|thought)
        \ (?:to|that|for|if|when|whether|\w+ing)\b
    | \bit\ (?:is|was)\ (?:\w+ly\ )?(?:said|reported|believed|known|thought|claimed|true)\ that
    | \b(?:time|day|date)\ (?:is|was)\ it\b
    | \b(?:is|was|did|does|will|has)\ it\ (?:\w+\ )?(?:rain|snow|hot|cold|sunny|windy|warm|dark|late|early)(?:ing|ed)?\b
    | \b(?:takes?|took|costs?|feels?|means?|matters?|is\ it\ like|was\ it\ like)\b.*\ (?:to|if|when)\b
    | \bis\ it\ (?:that|who)\b | \b(?:do|did|does)\ they\ call\b""",
    re.IGNORECASE | re.VERBOSE,
)
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|(?<!\w)['‘][^'’]*['’](?!\w)")
_THIS_TIME = re.compile(
    r"\b(?:this|these|that)\s+(?:year|month|week|morning|afternoon|evening|night|time|day|days|spring|summer|autumn|winter"
    r"|document|documents|file|files|folder|collection|corpus|bot|tool)\b",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"\b(?:[A-Z]{2,}|University|Institute|Ministry|Department|Party|Bank|Union|Company|Inc|Ltd|Corp\w*|Council|Committee"
    r"|Club|Street|River|Lake|Dam|Bridge|Mount|House|Agency|Times|Post|News|Wire|Academy|College|Court|Board|Office"
    r"|Museum|Hospital|School|Airport|Station|Treaty|Accord|Act|Reports?|Yes|No)\b"
)
_WHERE = re.compile(
    r"\b(?:where|(?:which|what) (?:\w+ )?(?:place|room|city|town|country|building|street|floor))\b", re.IGNORECASE
)
_TITLES = r"(?:(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|Gen|Gov|Sen|Rev|St)\. )*"
_NAME = rf"{_TITLES}[A-Z][\w’'-]*(?: (?:[A-Z]\. )?(?:of (?:the )?)?[A-Z][\w’'-]*)*"
_PAIR = re.compile(rf"\b{_NAME}(?:,? and (?:the )?{_NAME})+")
_LOCATED = re.compile(
    rf"\b(?P<preposition>(?i:in|on|at|near|outside|beside)) (?P<place>(?:the )?{_NAME}|the (?:[a-z]+ )?[a-z]+)"
)
_PLACE_FOLLOWS = re.compile(r"\b(?:in|on|at|near|from|to|outside|inside|under|beside)\s+(?:the\s+|an?\s+)?$", re.I)


@dataclass(frozen=True)
class Exchange:
    """An earlier question, itself complete, and what was answered, without markers."""

    question: str
    answer: str

    @cached_property
    def parsed(self) -> Parsed:
        """The last question of it, without context in brackets behind."""
        plain = re.sub(r"\s*\([^()]*\)(?=\W*$)", "", self.question)
        asked = [part for part in segment("en", plain) if part.rstrip().endswith("?")]
        return Parsed((asked[-1] if asked else plain).strip(" ?!."))

    @property
    def clear(self) -> bool:
        """Whether it is a question or a title of a few words, so that its parts can be told apart."""
        p = self.parsed
        return bool(p.asked or p.auxiliary) or (len(p.tokens) <= 5 and not any(t.word in PRONOUNS for t in p.tokens))


def references(question: Parsed, last: Exchange) -> list[int]:
    """Indexes of the tokens that stand for something outside `question`."""
    quoted = [match.span() for match in _QUOTED.finditer(question.text)]
    said = frozenset(stem(word) for word in words(f"{last.question} {last.answer}"))
    return [
        i
        for i, token in enumerate(question.tokens)
        if not any(start <= token.start < end for start, end in quoted) and _refers(question, i, said)
    ]


def _refers(question: Parsed, i: int, said: frozenset[str]) -> bool:
    """`said` holds the stems of the exchange before: "this bridge" points back only to a bridge that was mentioned."""
    found, word = question.tokens, question.tokens[i].text.lower()
    if word in PERSONAL:
        return not _has_antecedent(found, i)
    if found[i].start >= question.last_sentence > 0:
        return False  # an earlier sentence of the same question says what
    if word in NEUTRAL | PLURAL:
        return not _EXPLETIVE.search(question.text) and not _has_antecedent(found, i)
    if word in DEMONSTRATIVE:
        return _points_back(question, i, said)
    if word == "there":
        near = {found[j].word for j in (i - 1, i + 1) if 0 <= j < len(found)}
        return not near & (AUXILIARIES - {"do", "does", "did"} | {"in", "on", "at", "it"})
    return False


def _points_back(question: Parsed, i: int, said: frozenset[str]) -> bool:
    """Whether "that" or "this" stands for something, and is no conjunction, relative pronoun or "this year"."""
    found = question.tokens
    if any(match.start() == found[i].start for match in _THIS_TIME.finditer(question.text)):
        return False
    if determines(found, i):
        return stem(found[i + 1].word) in said
    before = found[i - 1].word if i else ""
    after = found[i + 1] if i + 1 < len(found) else None
    if found[i].word in ("this", "these"):
        return True
    if not before or before in AUXILIARIES | PREPOSITIONS | {"why", "how"}:
        return after is None or after.text != ","
    return after is None or after.word in PREPOSITIONS


def determines(found: Sequence[Token], i: int) -> bool:
    """Whether "this" or "that" belongs to the noun after it: "this library", "these types", but not "that apply"."""
    after = found[i + 1] if i + 1 < len(found) else None
    if after is None or not after.open:
        return False
    before, beyond = found[i - 1].word if i else "", found[i + 2] if i + 2 < len(found) else None
    if found[i].word in ("these", "those") and after.word.endswith("s"):
        return True
    if before in AUXILIARIES:
        return beyond is not None and beyond.open
    return before in PREPOSITIONS or beyond is None or not beyond.open


def _is_possessive(found: Sequence[Token], i: int) -> bool:
    word = found[i].text.lower()
    return word in ("his", "its", "their") or (word == "her" and i + 1 < len(found) and found[i + 1].open)


def _is_object(found: Sequence[Token], i: int) -> bool:
    """Whether the pronoun stands after a verb or a preposition, so that it is not the subject of its own clause."""
    if not i or found[i].text.lower() in _NEVER_OBJECT or _is_possessive(found, i):
        return False
    return found[i - 1].open or found[i - 1].word in PREPOSITIONS


def _has_antecedent(found: Sequence[Token], i: int) -> bool:
    """Whether a noun phrase of the question itself can be what the pronoun `found[i]` stands for.

    The object of a clause is not its subject: "Did Ann meet her?" is about another woman.
    """
    word = found[i].text.lower()
    bound = found[0].word == "who" and found[1].word not in AUXILIARIES and _is_possessive(found, i)
    if bound and word in PERSONAL | PLURAL:
        return True  # Who lost their keys
    clause = max((j for j in range(i) if found[j].word in _BOUNDARY), default=-1)
    until = clause if _is_object(found, i) else i
    return any(_can_be(found, j, word) for j in range(until)) or _name_follows(found, i)


def _name_follows(found: Sequence[Token], i: int) -> bool:
    """ "When she was young, where did Ann live?", "What share of its crop did Peru sell?" """
    comma = next((j for j in range(i, len(found)) if found[j].text == ","), None)
    if comma is not None and found[i].text.lower() in PERSONAL:
        return any(token.capital for token in found[comma + 1 :])
    auxiliary = next((j for j in range(len(found)) if found[j].word in AUXILIARIES), 0)
    asked = found[0].word in INTERROGATIVES and 0 < i < auxiliary < len(found) - 1
    return asked and found[i].text.lower() in ("its", "their")


def _can_be(found: Sequence[Token], j: int, pronoun: str) -> bool:
    """Whether token `j` may be what a later `pronoun` stands for."""
    token, before = found[j], found[j - 1] if j else None
    if token.word in _ANYBODY:
        return pronoun in PERSONAL | PLURAL
    if not token.open or token.word in IMPERATIVES or _is_asked_for(found, j):
        return False
    subject = before is not None and before.word in AUXILIARIES  # where did blinken go
    begins = j == 0 and not (len(found) > 1 and (found[1].capital or token.text.endswith(("'s", "’s"))))
    named = (token.capital or subject) and not begins
    if pronoun in PERSONAL:
        return named or is_person_word(token.word)
    return pronoun in PLURAL or named or not is_person_word(token.word)


def _is_asked_for(found: Sequence[Token], j: int) -> bool:
    """Whether token `j` is "colour" in "What colour is it?" or the verb in "Who owns it?"."""
    asked = next((k for k in range(j - 1, max(j - 4, -1), -1) if found[k].word in INTERROGATIVES), None)
    if asked is None or not all(found[k].open or found[k].word in MEASURES for k in range(asked + 1, j)):
        return False
    if any(token.word in AUXILIARIES for token in found[j + 1 : j + 3]):
        return True
    return j == asked + 1 and found[asked].word not in ("which", "whose")


def referent(question: Parsed, i: int, last: Exchange, taken: str) -> str:
    """What token `i` stands for, in the form that fits in its place; "" where that is not clear.

    `taken` is text whose names cannot be meant any more.
    """
    found, word = question.tokens, question.tokens[i].text.lower()
    if word == "there":
        return _place(last, led=i > 0 and found[i - 1].word in PREPOSITIONS)
    if word in PERSONAL:
        phrase = _person(last, taken)
    elif word in PLURAL:
        phrase = _group(last)
    else:
        phrase = "" if word in DEMONSTRATIVE and determines(found, i) else _topic(last)
    if not phrase or not _is_possessive(found, i):
        return phrase
    return f"{phrase}'" if phrase.endswith("s") else f"{phrase}'s"


def _person(last: Exchange, taken: str) -> str:
    """Whom the earlier question asked for, else whom it names, else whom the answer names."""
    p, excluded = last.parsed, set(content(taken))
    things = [x for x in p.phrases if x.role in (Role.SUBJECT, Role.OBJECT)]
    named = [m.group() for x in things if not _ORGANISATION.search(x.text) and (m := re.search(_NAME, x.text))]
    roles = [x.text for x in p.phrases if is_person_word(x.head)]
    answered = _people(last.answer)
    about_somebody = p.auxiliary and any(x.role is Role.SUBJECT and x.name and not x.determined for x in p.phrases)
    if p.asked.lower().startswith(("who", "which", "what")) and not about_somebody:
        new = [name for name in answered if not set(content(name)) <= set(content(p.text))]
        order = [*new, *named, *roles]
    else:
        order = [*named, *roles, *answered]
    return next((_in_full(name, answered) for name in order if not set(content(name)) <= excluded), "")


def _in_full(name: str, candidates: Sequence[str]) -> str:
    """ "Maslov" as the answer writes it in full, where it does."""
    return next((c for c in candidates if set(content(name)) < set(content(c)) and len(c.split()) <= 3), name)


def _people(text: str) -> list[str]:
    """Names that may be people's: no places, no organisations, no lone word that begins a sentence."""
    found = []
    for name in names(text):
        person = re.split(r"\s+of\s+", name.text)[0]
        lone = name.initial and " " not in name.text
        if not lone and not _ORGANISATION.search(person) and not _PLACE_FOLLOWS.search(text[: name.start]):
            found.append(person)
    return found


def _group(last: Exchange) -> str:
    """ "Blinken and Qin", "the rooms that have projectors", the one plural; "" if there is none."""
    p = last.parsed
    pair = _PAIR.search(p.text)
    if pair:
        return pair.group()
    if p.asked_nouns and (p.asked_nouns.endswith("s") or p.asked_nouns in ("people", "men", "women", "children")):
        if p.auxiliary.lower() in ("", "have", "had", "are", "were"):
            return f"the {p.asked_nouns} that {f'{p.auxiliary} {p.rest}'.strip()}"
        return f"the {p.asked_nouns}"
    plural = [x.text for x in _things(p) if x.head.endswith("s")]
    return plural[0] if len(plural) == 1 and last.clear else ""


def _topic(last: Exchange) -> str:
    """The one thing that the earlier question is about; "" if there are several or it is about somebody."""
    p = last.parsed
    if not last.clear or (not p.asked and p.auxiliary.lower() in BE and not p.has_participle):
        return ""
    things = [x for x in _things(p) if x.role is Role.SUBJECT or x.determined or x.name or " " in x.text]
    deed = any(x.name and not x.determined and _acts(x, p) for x in things)
    things = [x for x in things if not is_person_word(x.head) and not (deed and x.name and not x.determined)]
    return _extended(things[0], p) if len(things) == 1 else ""


def _things(p: Parsed) -> list[Phrase]:
    """Subjects and objects, without times and without phrases that lean on something else ("his request")."""
    leaning = PERSONAL | PLURAL | NEUTRAL
    inner = [x for x in p.phrases if x.role in (Role.SUBJECT, Role.OBJECT)]
    return [x for x in inner if not TIME.fullmatch(x.text) and x.text.split()[0].lower() not in leaning]


def _acts(phrase: Phrase, p: Parsed) -> bool:
    """Whether a name is the subject of a deed, so that it is more likely a person's than a thing's."""
    deed = p.auxiliary.lower() in ("did", "does", "do", "")
    return phrase.role is Role.SUBJECT and (deed or p.asked.lower() == "who")


def _extended(phrase: Phrase, p: Parsed) -> str:
    """`phrase` with the prepositional phrases that follow it directly: "the fire at the paper mill"."""
    end = phrase.end
    for following in p.phrases:
        gap = p.text[end : following.start].strip().lower()
        if following.start > end and gap and gap == following.preposition and not TIME.fullmatch(following.text):
            end = following.end
    return p.text[phrase.start : end]


def _place(last: Exchange, *, led: bool) -> str:
    """ "on Mount Orlo": a place of the answer if the question asked where, else of the question; "" if none is."""
    for text in (last.answer, last.question) if _WHERE.search(last.question) else (last.question, last.answer):
        for match in _LOCATED.finditer(text):
            if not TIME.fullmatch(match["place"]):
                return match["place"] if led else f"{match['preposition'].lower()} {match['place']}"
    return ""
