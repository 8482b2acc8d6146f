"""What a question asks for: the kind of answer, its content words, names and dates. Works without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.clock import times
from bot.dates import Date, dates
from bot.quantities import COMPOUND, MONEY, Quantity, base_unit, plural, quantities, seconds, singular
from bot.terms import Name, capitalised, content, missing, names, same_word, stem, words


class Kind(StrEnum):
    """The answer a question wants; the quantities and dates among them can be checked for in a text."""

    DURATION = "duration"
    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    MEASURE = "measure"
    AMOUNT = "amount"
    TIME = "time of day"
    DATE = "date"
    PERSON = "person"
    PLACE = "place"
    YES_NO = "yes-no"
    REASON = "reason"
    OTHER = "other"


_SUMS = "loan|grant|fine|penalty|salary|wage|debt|budget|subsidy|fee|price|rent|deposit|bonus|allowance|pension|invoice"
# nouns that a figure answers: "What is the rate limit?", "height of the dam?"
_AMOUNTS = (
    "height|length|width|depth|weight|distance|speed|temperature|capacity|voltage|wattage|turnout|(?:death )?toll"
    "|(?:rate |size |time |weight |speed |data |upload |storage )limit|size|maximum|minimum|percentage"
)
_AUXILIARY = r"(?:is|are|am|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might|must)(?:n['’]?t)?"
_STATEMENT = re.compile(
    r"\W*(?:(?:and|but|so|ok|hi|hey|then|also|please|well)\W+)*"
    rf"{_AUXILIARY}\s+(?P<told>[^?]+?)[\s!.]*(?:\?|$)",
    re.I,
)
_YET = re.compile(r",?\s+(?:or not(?: yet)?|yet|already|by now)\b", re.I)
_START = r"^\W*(?:\w+\W+){0,3}?"  # a question word may follow a greeting or a preposition
_PATTERNS = (
    (
        Kind.DURATION,
        r"\bhow long\b|\bhow many (?:second|minute|hour|day|week|month|year)s?\b|\bduration\b"
        r"|\bwhat length of time\b|\bhow much time\b",
    ),
    (
        Kind.PERCENT,
        r"\bwhat (?:percent|percentage|share|proportion)|\bhow many per ?cent|\bpercentage of\b"
        r"|\b(?:interest|inflation|unemployment|growth) rate\b|\brate of (?:interest|inflation|unemployment|growth)\b",
    ),
    (
        Kind.MONEY,
        r"\bhow much (?:money|funding|aid|did .* (?:cost|pay|spend)|(?:does|will) .* cost|was .* (?:paid|spent))"
        rf"|\bwhat(?:['’]s| (?:is|was|were|are|will be))\b(?:\W+[\w'’]+){{0,4}}?\W+(?:{_SUMS}|cost)\b"
        r"|\bwhat (?:do|does|did|will|would) .* cost\b|\bhow (?:expensive|costly)\b"
        rf"|\bhow (?:much|big|large|high|small|low)\b.*\b(?:{_SUMS})s?\b"
        r"|\bwhat (?:do|does|did|will) .* (?:earn|charge|owe)\b"
        r"|\bhow many (?:dollars|euros|pounds|yuan|yen)",
    ),
    (
        Kind.AMOUNT,
        r"\bhow high\b.*\b(?:toll|price|fee|cost|fare|tax|salary|wage|rent|rate|fine|budget|loan|share|turnout)s?\b",
    ),
    (Kind.MONEY, r"\bwhat(?:['’]?s|\s+(?:is|was|are|were))?\b.*\bworth\b"),
    (
        Kind.AMOUNT,
        r"^\W*(?:what(?:['’]?s|\s+(?:is|was|are|were|will be))?\s+)?(?:(?:the|our|a|an)\s+)?"
        r"(?:(?!(?:did|do|does|has|have|had|can|could|will|would|should|if|when|why|how|who)\b)[\w'’-]+\s+){0,4}?"
        rf"(?:{_AMOUNTS})(?=\W*$|\s+(?:of|for|per|in|on|at|to|from|during|with|now|since|before|after|was|is)\b)",
    ),
    (Kind.MEASURE, r"\bhow (?:far|tall|high|deep|wide|heavy|fast|hot|cold|old)\b"),
    (Kind.COUNT, r"\bhow many\b|\b(?:number|no\.?) of\b|\bhow often\b|\bpopulation\b|\bhow few\b"),
    (Kind.AMOUNT, r"\bhow (?:much|big|large)\b"),
    (Kind.TIME, r"\b(?:what|which) (?:time|hour)\b(?! zone)"),
    (
        Kind.DATE,
        rf"{_START}\bwhen\b|\b(?:what|which) (?:date|day|year|month|century|decade)\b|\bsince when\b|\bhow soon\b"
        r"|\bwhat(?:['’]?s| is| was)? the (?:exact )?(?:date|day|year)\b",
    ),
    (Kind.PERSON, rf"{_START}\b(?:who|whom|whose)\b"),
    (Kind.PLACE, rf"{_START}\bwhere\b|\b(?:what|which) (?:city|country|place|town|state|location|venue)\b"),
    (Kind.REASON, r"\bwhy\b|\bwhat (?:caused|led to)\b|\bfor what reason\b"),
    (
        Kind.YES_NO,
        r"^(?!.*\bor\b(?! not\b))\W*(?:(?:and|but|so|ok|hi|hey|then|also|please)\W+)*"
        r"(?:is it true that|is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|should|may|might|must)"
        r"(?:n['’]?t)?\b(?! you (?:tell|say|explain|give|list|show))",
    ),
)
_COMPILED = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in _PATTERNS)
_HOW_MANY = re.compile(r"\bhow many (second|minute|hour|day|week|month|year)s?\b", re.I)
_COUNTED = re.compile(r"\bhow many\s+((?:[^\W\d_]+[\s-]+){0,5}[^\W\d_]+)|\b(?:number|no\.?) of\s+([^\W\d_]+)", re.I)
_NOUN_ENDS = frozenset(
    """is are was were do does did has have had will would can could should may might must took came went died of in at
    on from the a an this that these those his her its their our your my outside inside into onto with by for during
    per over under near around after before behind between among against without until since about and or who
    which""".split()
)
_ENGLISH = frozenset(  # none of them is a common word of another large language
    """who whom whose what when where which why how is are were did does has have had the of to and for with about at by
    from this that these those it he she they his her their you your many much will would can could should not there
    tell please list name""".split()
)
_ELSEWHERE = frozenset(  # question words of other languages that are no English words
    """wer wo wann wie warum weshalb wieviel wieviele qui quand où comment pourquoi combien quién quien qué cuándo
    cuando dónde donde cómo cuánto cuántos cuántas perché quem quanto quantos quando waarom wanneer hoeveel кто что где
    когда как почему сколько""".split()
)
_LENGTH = re.compile(r"\bhow long (?:is|are|was|were)\b", re.I)  # a river or a speech
# "three hours later" is no duration, "five more than first reported" no count
_APART = re.compile(r"\s+(?:later|earlier|ago|before|after|(?:more|fewer|less) than)\b", re.I)
# what a number stands behind that is part of a name
_CODED = re.compile(r"(?:[^\W\d_]-|\b(?:No|Nos|Nr)\.? ?|#)$", re.I)
_STRETCH = re.compile(r"[\s-]+(?:[a-z]+\s+)?(visit|trip|tour|stay|journey|holiday)s?\b", re.I)
_PEOPLE = frozenset("people person man woman inhabitant resident member citizen staff colleague".split())
_IN_UNIT = re.compile(r"\bin ((?:(?:cubic|square|nautical) )?[^\W\d_]+)\W*$", re.I)  # "How long is it in metres?"
_MEASURES = {  # the units that measure it
    **dict.fromkeys(("far", "tall", "high", "deep", "wide"), ("metre",)),
    **dict.fromkeys(("hot", "cold"), ("degree",)),
    "heavy": ("kilogram", "pound"),
    "fast": ("metre/hour",),
    "old": ("second",),
}
_TOLD_IN_DAYS = ("holiday", "vacation")  # "How many holidays do we get?" - "28 days"
_YOUNGEST = 2.6e6  # seconds: an age is told in months and years
_DIMENSIONS = {  # how a text may say it
    "long": ("long",), "wide": ("wide",), "deep": ("deep",), "thick": ("thick",), "far": ("away", "apart", "off"),
    "high": ("high", "tall"), "tall": ("high", "tall"),
}  # fmt: skip
_DIMENSION = re.compile(rf"\bhow ({'|'.join(_DIMENSIONS)})\b", re.I)
_SAID = re.compile(r"\s+(long|wide|deep|thick|high|tall|away|apart|off)\b", re.I)
_MEASURED = re.compile(rf"\bhow ({'|'.join(_MEASURES)})\b", re.I)
_QUANTITIES = frozenset({Kind.DURATION, Kind.COUNT, Kind.MONEY, Kind.PERCENT, Kind.MEASURE, Kind.AMOUNT, Kind.TIME})


# What asks for nothing but what there is on a topic
_OPEN = re.compile(
    r"\W*(?:and |so |but )?(?:"
    r"what(?:['’]s| is| was| are| were| has been| have been) (?:known|said|written|reported|told|stated|mentioned|there"
    r"|the (?:story|news|latest)) (?:about|of|on|with)"
    r"|what (?:do|does|did|can|could|have|has) (?:we|you|i|one|it|they"
    r"|the (?:documents?|papers?|reports?|articles?|files?|sources?|texts?|news))(?: \w+)?"
    r" (?:know|say|said|tell|report|write|learn|learnt|read|heard?|find|got|have)(?: out| me| us)? (?:about|of|on)"
    r"|what(?: has| had)? happened (?:to|with|at|in|during)"
    r"|(?:what|how) about|(?:is there |do (?:we|you) (?:have|know) )?"
    r"(?:anything|something|news|info(?:rmation)?|details)(?: \w+)? (?:about|on|regarding)"
    r"|(?:please )?(?:tell|show|give) (?:me|us) (?:(?:more|something|everything|anything|all|a (?:summary|overview)) )?"
    r"(?:about|on|of)"
    r"|(?:please )?(?:describe|explain|outline|summari[sz]e))\s+(?P<topic>(?:[^?!.]|\.(?=\w))+?)[?!.\s]*",
    re.I,
)


_WHO_SAID = re.compile(
    r"\W*(?:(?:and|but|so|hi|hello)\W+)?who(?: was it(?: that| who)?)?(?: has| had)?(?: also)? (?:said|says"
    r"|claim(?:s|ed)|thinks?|thought|believe[sd]?|warn(?:s|ed)|complain(?:s|ed)|argue[sd]?|announce[sd]?|suggest(?:s|ed)"
    r"|insist(?:s|ed)|denie[sd]|admit(?:s|ted)|predict(?:s|ed)|promise[sd]?|told (?:the )?[\w’'-]+"
    r"|(?:talks?|talked|speaks?|spoke) (?:about|of)|call(?:s|ed)|compare[sd]?|describe[sd]?)(?: that)?"
    r"\W+(?P<told>(?:\S+\s+)+\S*\w)\W*",
    re.I,
)


@dataclass(frozen=True)
class Asked:
    """A question taken apart. `counted` is the noun after "how many", singular, or "".

    `terms` are stems of the content words; `names` the lower-case words of its proper names.
    """

    text: str
    kind: Kind
    terms: tuple[str, ...]
    names: tuple[str, ...]
    dates: tuple[Date, ...]
    counted: str

    @cached_property
    def topic(self) -> str:
        """What a question asks about that wants no more than whatever there is on it; "" for other questions."""
        about = _OPEN.fullmatch(self.text)
        return about["topic"] if about else ""

    @cached_property
    def sought(self) -> str:
        """What a text is judged by: the topic, if there is one, else the question.

        No sentence answers "What do we know about the ferry?". Of a yes-no question without "yet" and "or not": the
        reranker would look for these ("not yet established").
        """
        if self.kind is Kind.YES_NO and not self.topic:
            return _YET.sub("", self.text)
        return self.topic or self.text

    @cached_property
    def statement(self) -> tuple[str, str] | None:
        """What a yes-no question asks about, without its auxiliary verb, and its denial; None for another question.

        Of "Did they meet?" it is "they meet." and "not they meet.": so the reranker was trained to read them.
        """
        found = _STATEMENT.match(self.sought) if self.kind is Kind.YES_NO else None
        return (f"{found['told']}.", f"not {found['told']}.") if found else None

    @cached_property
    def attributed(self) -> str:
        """What somebody said or thinks of whom the question asks who that is, as a sentence; "" for other questions."""
        found = _WHO_SAID.match(self.text) if self.kind is Kind.PERSON else None
        return f"{capitalised(found['told'])}." if found else ""

    @cached_property
    def english(self) -> bool:
        """Whether the question looks like English: one of its words is a common English one.

        Of fewer than four words none need be, if none asks a question in another language.
        """
        told = words(self.text)
        return not _ENGLISH.isdisjoint(told) or (len(told) < 4 and _ELSEWHERE.isdisjoint(told))

    @cached_property
    def acts(self) -> tuple[str, ...]:
        """The terms that are neither names nor dates: what is done or spoken of."""
        apart = {stem(w) for w in self.names} | {stem(w) for d in self.dates for w in words(self.text[d.start : d.end])}
        return tuple(t for t in self.terms if t not in apart)

    @cached_property
    def wanted(self) -> tuple[str, ...]:
        """The content words as asked, lower case, in order."""
        return tuple(w for w in words(self.text) if stem(w) in self.terms)

    def strangers(self, text: str) -> list[Name]:
        """The names in `text` of which the question holds no word, in any spelling."""
        return [n for n in names(text) if not any(same_word(w, a) for w in words(n.text) for a in self.names)]

    @cached_property
    def unit(self) -> str:
        """The unit in which the question wants its answer ("how many tonnes", "in metres"), "" for any that fits."""
        asked_in = _IN_UNIT.search(self.text)
        return base_unit(self.counted) or (base_unit(singular(asked_in.group(1).lower())) if asked_in else "")

    @property
    def wants_value(self) -> bool:
        """Whether an answer must hold a quantity or a date."""
        return self.kind in _QUANTITIES or self.kind is Kind.DATE

    def quantities(self, text: str) -> list[Quantity]:
        """The quantities of `text` that this question may be asking for; empty if it does not ask for one."""
        if self.kind not in _QUANTITIES:
            return []
        if self.kind is Kind.TIME:
            return times(text)
        fitting = [q for q in quantities(text) if self.measures(q) and not _APART.match(text, q.end)]
        called = [n for n in names(text) if " " in n.text] if fitting else []  # "Two Saints Bridge" counts nothing
        return [
            q
            for q in fitting
            if not self._other_dimension(text, q)
            and not self._counts_other(text, q)
            and not self._other_stretch(text, q)
            and not any(n.start <= q.start < q.end <= n.end for n in called)
            and not _CODED.search(text[: q.start])
            and not (q.number in self._numbers and not q.unit and not q.noun)
        ]

    @cached_property
    def _numbers(self) -> frozenset[float]:
        """The bare numbers that the question holds itself, as in "Tower 2": none of them answers it."""
        return frozenset(q.number for q in quantities(self.text) if not q.unit and not q.noun)

    @cached_property
    def _least(self) -> float:
        """The shortest time, in seconds, that answers: half a day where days are asked for."""
        counted = _HOW_MANY.search(self.text)
        return 0.5 * seconds(counted[1]) if counted else 0.0

    def _counts_other(self, text: str, q: Quantity) -> bool:
        """Whether something else is counted, in a text without the noun asked for; people may be told by any noun."""
        if not self.counted or self.unit or not q.noun or same_word(q.noun, self.counted):
            return False
        people = any(w in _PEOPLE for w in (q.noun, *self.counted.split()))
        return not people and bool(missing(self.counted.split()[-1:], words(text)))

    def _other_stretch(self, text: str, q: Quantity) -> bool:
        """Whether a compound says how long a trip was that is not asked about: "on his two-day visit"."""
        found = _STRETCH.match(text, q.end) if self.kind is Kind.DURATION and "-" in text[q.start : q.end] else None
        return bool(found) and stem(found[1].lower()) not in self.terms  # type: ignore[index]

    def _other_dimension(self, text: str, q: Quantity) -> bool:
        """Whether the text says of the length asked for that it is another: "two metres wide" is not how long."""
        wanted, said = _DIMENSION.search(self.text), _SAID.match(text, q.end)
        return bool(wanted and said) and said[1].lower() not in _DIMENSIONS[wanted[1].lower()]  # type: ignore[index]

    @cached_property
    def measured(self) -> str:
        """The word for what is measured ("tall" of "how tall"), "" where none is."""
        found = _MEASURED.search(self.text) if self.kind is Kind.MEASURE else None
        return found[1].lower() if found else ""

    def measures(self, q: Quantity) -> bool:
        """Whether a figure is of the kind asked for, by its unit."""
        if self.kind is Kind.TIME:
            return False
        if self.unit:
            return q.unit == self.unit
        if self.kind is Kind.DURATION and q.unit == "second":
            return q.value >= self._least
        if self.kind is Kind.DURATION:
            return q.unit == "metre" and bool(_LENGTH.search(self.text))
        if self.kind is Kind.PERCENT:
            return q.unit == "percent"
        if self.kind is Kind.MONEY:
            return q.unit in MONEY or q.unit == ""  # not every currency is known
        if self.measured:
            return q.unit in _MEASURES[self.measured] and (self.measured != "old" or q.value >= _YOUNGEST)
        if self.kind is Kind.MEASURE:
            return q.unit not in ("", "percent") and q.unit not in MONEY
        if self.kind is Kind.AMOUNT or self.counted in _TOLD_IN_DAYS:
            return True
        return q.unit == ""


def _noun(behind: Sequence[str]) -> str:
    """The noun counted, singular, of the words behind "how many": "report" of "news reports mention the fire".

    It is the last of the first plurals in a row; "" where a verb follows at once ("how many were injured").
    """
    end = next((n for n, word in enumerate(behind) if word in _NOUN_ENDS), len(behind))
    at = next((n for n in range(end) if plural(behind[n])), end - 1)
    while at + 1 < end and plural(behind[at + 1]):
        at += 1
    if at < 0:
        return ""
    return singular(f"{behind[at - 1]} {behind[at]}" if at and behind[at - 1] in COMPOUND else behind[at])


_TYPE = re.compile(  # what only says which kind of answer is wanted
    r"\b(?:what|which) (time|hour|date|day|year|month)\b|\bhow (far|tall|high|deep|wide|heavy|fast|big|large|often|soon"
    r"|quickly|expensive|costly)\b",
    re.I,
)


def understand(question: str) -> Asked:
    """Takes a standalone question apart."""
    kind = next((kind for kind, pattern in _COMPILED if pattern.search(question)), Kind.OTHER)
    found = _COUNTED.search(question)
    counted = _noun(words(found.group(1) or found.group(2))) if found and kind is Kind.COUNT else ""
    name_words = dict.fromkeys(
        w for n in names(question) for w in words(n.text) if not (n.initial and n.start == 0 and " " not in n.text)
    )
    terms = content(_TYPE.sub(" ", question)) or content(question)
    return Asked(question, kind, tuple(terms), tuple(name_words), tuple(dates(question)), counted)
