"""A rough grammar of English questions, by word lists and order alone: question phrase, auxiliary, noun phrases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from sentencex import segment


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INTERROGATIVES = _words("who whom whose what which when where why how")
AUXILIARIES = _words(
    """do does did is are was were am be been has have had will would can could shall should may might must
    don't doesn't didn't isn't aren't wasn't weren't hasn't haven't hadn't won't wouldn't can't couldn't shouldn't"""
)
BE = _words("is are was were am be been isn't aren't wasn't weren't has have had hasn't haven't hadn't")
PREPOSITIONS = _words(
    """in on at by for from to of with about into onto over under after before during since until between among
    against without within through across near around via per as like than despite towards toward behind above below
    regarding concerning throughout"""
)
DETERMINERS = _words(
    """a an the this that these those my your our his her its their some any every each no all both either neither
    another"""
)
CONJUNCTIONS = _words("and or but so if because while that whether although though unless")
CLAUSE_END = re.compile(
    r"[,;:–—]\s+|\s+-\s+|\s+(?:but|while|although|though|whereas|because|after which|and then)\s+"
    r"|(?-i:(?<=[a-z]{2})[.!?][\"”’]?\s+(?=[\"“‘]?[A-Z]))",
    re.I,
)
PRONOUNS = _words(
    """i me you we us he him she it they them himself herself itself themselves myself yourself one ones there here
    someone somebody something anyone anybody anything everyone everybody everything nobody nothing none others"""
)
ADVERBS = _words(
    """not also too just only ever never still yet already again now then else so very really actually exactly really
    finally originally currently recently usually often always sometimes soon later next together instead there here
    more most less least much many please"""
)
MEASURES = _words("long many much often far big large old tall high soon late deep fast heavy wide expensive")
FUNCTION = (
    INTERROGATIVES
    | AUXILIARIES
    | PREPOSITIONS
    | DETERMINERS
    | CONJUNCTIONS
    | PRONOUNS
    | ADVERBS
    | _words("let's thanks")
)
IMPERATIVES = _words(
    "tell explain list describe give show summarise summarize compare name define find say write translate outline"
)

_PARTICIPLE = re.compile(r"(?:ed|en|ing|own|ade|old|aid|ut)$")
_TOKEN = re.compile(r"[^\W_]+(?:['’.\-–][^\W_]+)*['’]?|,")
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_MONTH = r"(?:january|february|march|april|june|july|august|september|october|november|december|may(?=\s+\d|$))"
_SEASON = r"(?:spring|summer|autumn|winter)"
_UNIT = rf"(?:day|week|weekend|month|quarter|year|decade|century|morning|afternoon|evening|night|{_SEASON})"
TIME = re.compile(
    rf"\b(?:(?:early|late|mid|last|next|this|that|the)[\s-]+)*"
    rf"(?:{_DAY}(?:\s+(?:morning|afternoon|evening|night))?|weekdays?|weekends?|holidays?"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|th)?\b)?(?:,?\s+\d{{4}})?"
    rf"|(?:1[5-9]|20)\d\d(?:s|-\d\d-\d\d)?|yesterday|today|tomorrow|tonight|noon|midnight"
    rf"|(?<=last\s){_UNIT}|(?<=next\s){_UNIT}|(?<=this\s){_UNIT}|(?<=the\s){_UNIT}|{_SEASON})\b",
    re.IGNORECASE,
)
_ROLES = re.compile(
    r"(?:.*(?:minister|[^mp]ent|ant|eer|ist|ian|man|woman|tor|sor|ner|ger|cher|der|king|queen|ess)"
    r"|pope|chair|captain|judge|pilot|nurse|chief|host|guest|coach|guard|guide|prince|bishop|author|mother|father|son"
    r"|daughter|wife|husband|brother|sister|boy|girl|child|person|mayor|doctor|ceo|boss|envoy|widow|expert)"
)


def is_person_word(word: str) -> bool:
    """Whether a common noun looks like a person's role: minister, author, spokesman."""
    return bool(_ROLES.fullmatch(word.lower().removesuffix("s")))


@dataclass(frozen=True, slots=True)
class Token:
    start: int
    end: int
    text: str

    @property
    def word(self) -> str:
        """Lower case, with a straight apostrophe and without a possessive ending."""
        return re.sub(r"'s?$", "", self.text.lower().replace("’", "'")) if self.text not in ("'", "’") else ""

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def open(self) -> bool:
        """A noun, verb, adjective or name: no function word."""
        return self.text != "," and self.text.lower().replace("’", "'") not in FUNCTION


class Role(StrEnum):
    """Where a noun phrase stands: in the question phrase, before or after the main verb, after a preposition."""

    ASKED = "asked"
    SUBJECT = "subject"
    OBJECT = "object"
    PREPOSITIONAL = "prepositional"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase, `text[start:end]` of its question, with its determiner; `preposition` is the one before it."""

    start: int
    end: int
    text: str
    role: Role
    preposition: str = ""

    @property
    def determined(self) -> bool:
        return self.text.split()[0].lower() in DETERMINERS

    @property
    def name(self) -> bool:
        """Whether a word of it is capitalised."""
        return any(word[0].isupper() for word in self.text.split())

    @property
    def head(self) -> str:
        return self.text.split()[-1].lower()


@dataclass(frozen=True)
class Parsed:
    """A question taken apart: "In which room" "was" "the accord signed". Empty where it has no such part."""

    text: str

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        return tokens(self.text)

    @cached_property
    def last_sentence(self) -> int:
        """Where the last sentence of several begins, else 0."""
        return len("".join([*segment("en", self.text)][:-1]))

    @cached_property
    def _asked_until(self) -> int:
        """Number of tokens of the question phrase: preposition, interrogative, measure and nouns."""
        t = [token.word for token in self.tokens]
        first = 1 if len(t) > 1 and t[0] in PREPOSITIONS and t[1] in INTERROGATIVES else 0
        if first >= len(t) or t[first] not in INTERROGATIVES:
            return 0
        end = first + 1
        if t[first] in ("how", "what", "which", "whose"):
            auxiliary = next((i for i in range(end, min(end + 4, len(t))) if t[i] in AUXILIARIES), None)
            if auxiliary is not None and all(self.tokens[i].open or t[i] in MEASURES for i in range(end, auxiliary)):
                return auxiliary
            if end < len(t) and t[end] in MEASURES:
                end += 1
            if t[first] != "what" and end < len(t) and self.tokens[end].open:
                end += 1
        return end

    @cached_property
    def asked(self) -> str:
        """The question phrase: "In which room", "How long", "Who"."""
        return self._between(0, self._asked_until)

    @cached_property
    def asked_nouns(self) -> str:
        """The nouns of the question phrase: "room", "people"."""
        nouns = [t for t in self.tokens[: self._asked_until] if t.open and t.word not in MEASURES]
        return self.text[nouns[0].start : nouns[-1].end] if nouns else ""

    @cached_property
    def auxiliary(self) -> str:
        i = self._asked_until
        return self.tokens[i].text if i < len(self.tokens) and self.tokens[i].word in AUXILIARIES else ""

    @cached_property
    def rest(self) -> str:
        """What follows the auxiliary, or the question phrase, without the final question mark."""
        return self._between(self._asked_until + bool(self.auxiliary), len(self.tokens))

    @cached_property
    def has_participle(self) -> bool:
        """Whether it asks what was done: "Was the bridge closed?" """
        return any(t.open and _PARTICIPLE.search(t.word) for t in self.tokens)

    @cached_property
    def phrases(self) -> tuple[Phrase, ...]:
        """Noun phrases in order. The main verb is guessed: the last word before a function word, after the subject."""
        found: list[Phrase] = []
        if self.asked_nouns:
            start = self.text.index(self.asked_nouns)
            found.append(Phrase(start, start + len(self.asked_nouns), self.asked_nouns, Role.ASKED))
        verb_seen = not self.auxiliary
        runs = _runs(self.tokens[self._asked_until + bool(self.auxiliary) :])
        for number, run in enumerate(runs):
            words = list(run.words)
            if number == 0 and self.asked and not self.auxiliary and not run.determiner:
                # Who won ..., How many species of frog live ...
                words = words[: max(1, len(words) - 1)] if run.preposition else words[1:]
            if verb_seen or run.preposition:
                found += self._phrase(run, words, Role.PREPOSITIONAL if run.preposition else Role.OBJECT)
                continue
            subject, verb, after = self._around_verb(run, words)
            found += self._phrase(run, subject, Role.SUBJECT)
            found += self._phrase(run, after, Role.OBJECT)
            verb_seen = verb
        return tuple(found)

    def _phrase(self, run: _Run, words: Sequence[Token], role: Role) -> list[Phrase]:
        if not words:
            return []
        first = run.determiner if run.determiner and words[0] == run.words[0] else words[0]
        text = self.text[first.start : words[-1].end]
        return [Phrase(first.start, words[-1].end, text, role, run.preposition)]

    def _around_verb(self, run: _Run, words: list[Token]) -> tuple[list[Token], bool, list[Token]]:
        """Subject, whether the main verb was seen, and what follows it."""
        if run.after_pronoun:
            return [], True, words[1:]
        if self.auxiliary.lower() in BE:
            participle = len(words) > 1 and not words[-1].capital and _PARTICIPLE.search(words[-1].word)
            return (words[:-1], True, []) if participle else (words, not run.joined, [])
        small = [i for i, w in enumerate(words) if not w.capital]
        if not small or len(words) == 1:
            return words, False, []
        # Blinken meet Xi; the Chinese president meet Xi; the tram line close
        verb = small[-1] if run.determiner or not words[0].capital else small[0]
        return words[:verb], True, words[verb + 1 :]

    def _between(self, first: int, last: int) -> str:
        return self.text[self.tokens[first].start : self.tokens[last - 1].end] if first < last else ""


@dataclass(frozen=True, slots=True)
class _Run:
    """Open words in a row, what stood before them, and whether "and" follows."""

    words: tuple[Token, ...]
    determiner: Token | None
    preposition: str
    joined: bool
    after_pronoun: bool


def _runs(sequence: Sequence[Token]) -> list[_Run]:
    runs: list[_Run] = []
    words: list[Token] = []
    determiner: Token | None = None
    preposition = ""
    after_pronoun = False
    for token in (*sequence, None):
        if token is not None and token.open:
            words.append(token)
            continue
        if words:
            joined = token is not None and token.word in ("and", "or")
            runs.append(_Run(tuple(words), determiner, preposition, joined, after_pronoun))
            words, determiner, preposition, after_pronoun = [], None, preposition if joined else "", False
        if token is None:
            break
        if token.word in DETERMINERS:
            determiner = token
        elif token.word in PREPOSITIONS:
            determiner, preposition = None, token.word
        elif token.word not in ("and", "or"):
            determiner, preposition, after_pronoun = None, "", token.word in PRONOUNS
    return runs


def tokens(text: str) -> tuple[Token, ...]:
    """Words and commas; "What's" counts as two words."""
    found = []
    for match in _TOKEN.finditer(text):
        short = re.fullmatch(r"(what|who|where|when|how|that|there|it|he|she)['’]s", match.group(), re.IGNORECASE)
        if short:
            middle = match.start() + len(short.group(1))
            found.append(Token(match.start(), middle, short.group(1)))
            found.append(Token(middle, match.end(), "is"))
        else:
            found.append(Token(match.start(), match.end(), match.group()))
    return tuple(found)
