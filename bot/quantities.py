"""Numbers with units in running text: found, brought to one scale, compared.

"five and a half hours", "5.5 hours" and "330 minutes" are one value here; so are "three billion" and "3bn". Dates are
`bot.dates`'s business and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.dates import dates

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_WORDS = {word: float(n) for n, word in enumerate(f"{_ONES} eighteen nineteen".split())}
_WORDS |= {w: 10.0 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
# "twenty-fourth" is 24, as "24th" is; alone they mostly tell an order, not an amount
_ORDINALS = {w: float(n) for n, w in enumerate("first second third fourth fifth sixth seventh eighth ninth".split(), 1)}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SUFFIXES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}

# unit word -> (base unit, factor to it)
_UNITS = {
    "second": ("second", 1.0), "sec": ("second", 1.0), "minute": ("second", 60.0), "min": ("second", 60.0),
    "hour": ("second", 3600.0), "hr": ("second", 3600.0), "day": ("second", 86400.0), "week": ("second", 604800.0),
    "fortnight": ("second", 1209600.0), "month": ("second", 2629800.0), "year": ("second", 31557600.0),
    "decade": ("second", 315576000.0), "century": ("second", 3155760000.0), "centurie": ("second", 3155760000.0),
    "percent": ("percent", 1.0), "%": ("percent", 1.0), "pct": ("percent", 1.0),
    "metre": ("metre", 1.0), "meter": ("metre", 1.0), "kilometre": ("metre", 1e3), "kilometer": ("metre", 1e3),
    "km": ("metre", 1e3), "mile": ("metre", 1609.344), "foot": ("metre", 0.3048), "feet": ("metre", 0.3048),
    "centimetre": ("metre", 0.01), "centimeter": ("metre", 0.01), "millimetre": ("metre", 0.001),
    "millimeter": ("metre", 0.001), "m": ("metre", 1.0), "ft": ("metre", 0.3048), "yard": ("metre", 0.9144),
    "inch": ("metre", 0.0254), "inche": ("metre", 0.0254), "cm": ("metre", 0.01), "mm": ("metre", 0.001),
    "ton": ("kilogram", 1e3), "tonne": ("kilogram", 1e3), "kilogram": ("kilogram", 1.0), "kilo": ("kilogram", 1.0),
    "kg": ("kilogram", 1.0), "gram": ("kilogram", 1e-3), "pound": ("pound", 1.0),
    "quid": ("pound", 1.0), "pence": ("pound", 0.01), "penny": ("pound", 0.01), "p": ("pound", 0.01),
    "dollar": ("USD", 1.0), "usd": ("USD", 1.0), "euro": ("EUR", 1.0), "eur": ("EUR", 1.0), "yuan": ("CNY", 1.0),
    "yen": ("JPY", 1.0), "ruble": ("RUB", 1.0), "rouble": ("RUB", 1.0), "rupee": ("INR", 1.0), "franc": ("CHF", 1.0),
    "degree": ("degree", 1.0), "°c": ("degree", 1.0), "mph": ("metre/hour", 1609.344), "km/h": ("metre/hour", 1e3),
    "knot": ("metre/hour", 1852.0), "kn": ("metre/hour", 1852.0),
    "cubic metre": ("cubic metre", 1.0), "cubic meter": ("cubic metre", 1.0), "cubic kilometre": ("cubic metre", 1e9),
    "square metre": ("square metre", 1.0), "square meter": ("square metre", 1.0),
    "square foot": ("square metre", 0.0929), "square feet": ("square metre", 0.0929),
    "square kilometre": ("square metre", 1e6), "square kilometer": ("square metre", 1e6),
    "square mile": ("square metre", 2.59e6),
    "nautical mile": ("metre", 1852.0), "metric ton": ("kilogram", 1e3),
    "hectare": ("square metre", 1e4), "acre": ("square metre", 4046.856), "litre": ("litre", 1.0),
    "liter": ("litre", 1.0), "barrel": ("barrel", 1.0), "megawatt": ("watt", 1e6), "mw": ("watt", 1e6),
    "kilowatt": ("watt", 1e3), "gigawatt": ("watt", 1e9), "gw": ("watt", 1e9), "watt": ("watt", 1.0),
    "kw": ("watt", 1e3), "kwh": ("watt-hour", 1e3), "mwh": ("watt-hour", 1e6), "gwh": ("watt-hour", 1e9),
    "kilowatt-hour": ("watt-hour", 1e3), "volt": ("volt", 1.0), "amp": ("ampere", 1.0), "ampere": ("ampere", 1.0),
    "millilitre": ("litre", 1e-3), "milliliter": ("litre", 1e-3), "ml": ("litre", 1e-3), "gallon": ("gallon", 1.0),
    "megabyte": ("byte", 1e6), "mb": ("byte", 1e6), "gigabyte": ("byte", 1e9), "gb": ("byte", 1e9),
    "terabyte": ("byte", 1e12), "tb": ("byte", 1e12),
}  # fmt: skip
_RATES = {"hour": 1.0, "second": 3600.0, "minute": 60.0}  # times of it in an hour
COMPOUND = frozenset(unit.split()[0] for unit in _UNITS if " " in unit)  # "cubic", "nautical"
_CURRENCY = {"$": "USD", "€": "EUR", "£": "pound", "¥": "CNY", "₽": "RUB", "₹": "INR"}
MONEY = frozenset({"USD", "EUR", "CNY", "JPY", "RUB", "INR", "CHF", "pound"})

# how a qualifier widens a value: factors for the lower and the upper end
_QUALIFIERS = {
    "nearly": (0.85, 1.0), "almost": (0.85, 1.0), "close to": (0.85, 1.05), "just under": (0.85, 1.0),
    "under": (0.0, 1.0), "less than": (0.0, 1.0), "fewer than": (0.0, 1.0), "up to": (0.0, 1.0),
    "at most": (0.0, 1.0), "below": (0.0, 1.0), "no more than": (0.0, 1.0),
    "more than": (1.0, 1.3), "over": (1.0, 1.3), "just over": (1.0, 1.15), "at least": (1.0, 1.3),
    "upwards of": (1.0, 1.3), "above": (1.0, 1.3), "no fewer than": (1.0, 1.3), "no less than": (1.0, 1.3),
    "well over": (1.0, 1.5), "exceeding": (1.0, 1.3),
    "about": (0.9, 1.1), "around": (0.9, 1.1), "roughly": (0.9, 1.1), "approximately": (0.9, 1.1), "some": (0.95, 1.05),
    "an estimated": (0.9, 1.1), "circa": (0.9, 1.1), "just shy of": (0.85, 1.0), "not quite": (0.85, 1.0),
    "a little under": (0.85, 1.0), "slightly less than": (0.85, 1.0), "a little over": (1.0, 1.15),
    "slightly over": (1.0, 1.15), "slightly more than": (1.0, 1.15), "a little more than": (1.0, 1.15),
    "in excess of": (1.0, 1.3),
}  # fmt: skip
_QUALIFIER = re.compile(
    r"\b(" + "|".join(sorted(map(re.escape, _QUALIFIERS), key=len, reverse=True)) + r")\s+(?:an?\s+)?$", re.I
)

_TIMES = frozenset(word for word, (base, _) in _UNITS.items() if base == "second")
_IN_PARTS = ("second", "metre", "pound")  # units of which one figure may be told in several: "5 feet 6 inches"
_LASTS = re.compile(rf"\b(?:{'|'.join(map(re.escape, _QUALIFIERS))}|for|last(?:ed|s)|took|takes?|within)\s+$", re.I)

_TOKEN = re.compile(
    r"(?P<number>(?<![\w.:])(?:(?:(?:US|[ACSHKNZ]{1,2})?[$]|[€£¥₽₹])\s?)?"
    r"(?:\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d{1,2} \d{3}(?= [^\W\d_])|\d+,\d{1,2}(?= (?:m|b|tr)illion\b| ?%)"
    r"|\d+(?:\.\d+)?|\.\d+))"
    r"|(?P<word>[^\W\d_]+(?:/h)?(?:['’][^\W\d_]+)?|[%°][cC]?)"
    r"|(?P<dash>[-–‑])|(?P<other>\S)"
)  # fmt: skip


_DECIMAL_COMMA = re.compile(r",(?=\d{1,2}$)")  # "2,1 million", as it is left in translations


_PAST = re.compile(r"(?<=minutes) past\b", re.I)  # "twelve minutes past three" is a time, too
_CLOCK = re.compile(r"\s*(?::\d\d|[ap]\.?m\b|o['’]clock)", re.I)  # 2.20 p.m. is a time, not an amount


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text, `text[start:end]`, with what it measures or counts.

    `value` is in the base unit `unit` ("second", "metre", "USD", …; "" for a count). `low` and `high` are the range
    that the wording allows ("nearly six" is below six). `noun` is the word counted, singular and lower case, or "".
    `number` is the figure as written, before its unit.
    """

    start: int
    end: int
    number: float
    value: float
    low: float
    high: float
    unit: str
    noun: str

    def compatible(self, other: Quantity) -> bool:
        """Whether both can be true of one thing: same unit and overlapping ranges."""
        return self.unit == other.unit and self.low <= other.high * (1 + 1e-9) and other.low <= self.high * (1 + 1e-9)

    @property
    def vague(self) -> bool:
        """Whether a qualifier widens one figure ("about ten"); a range has two ("nine to eleven")."""
        ends = (self.low / self.value, self.high / self.value) if self.value else (1.0, 1.0)
        return any(abs(ends[0] - low) < 1e-9 and abs(ends[1] - high) < 1e-9 for low, high in _QUALIFIERS.values())

    def same(self, other: Quantity) -> bool:
        """Whether both state the same figure, however it is written."""
        return self.unit == other.unit and abs(self.value - other.value) <= 1e-6 * max(
            abs(self.value), abs(other.value)
        )


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int


def quantities(text: str) -> list[Quantity]:
    """Every quantity of `text` in order; numbers inside dates are left out."""
    taken = [(d.start, d.end) for d in dates(text)]
    tokens = [
        _Token(m.lastgroup or "", m.group().lower(), m.start(), m.end())
        for m in _TOKEN.finditer(text)
        if not any(start < m.end() and m.start() < end for start, end in taken)
    ]
    return list(_merge_ranges(text, _merge_units(text, _scan(text, tokens))))


def _scan(text: str, tokens: Sequence[_Token]) -> Iterator[Quantity]:
    i = 0
    while i < len(tokens):
        number = _number(text, tokens, i)
        if number is None:
            i += 1
            continue
        value, currency, after = number
        if _CLOCK.match(text, tokens[after - 1].end):
            i = after
            continue
        unit, factor, noun, end_token = _unit(tokens, after)
        if tokens[i].text in ("once", *_OFTEN):
            unit, noun, end_token = "", "time", after
        if unit and not currency and (more := _fraction(tokens, end_token)):  # "an hour and a half"
            value, end_token = value + more, end_token + 3
        end = tokens[end_token - 1].end
        if _PAST.match(text, end):
            i = end_token
            continue
        if currency:
            unit, factor, noun = currency, 1.0, ""
        start = tokens[i].start
        yield _qualified(text, start, end, value, factor, unit, noun)
        i = max(end_token, after)


def _number(text: str, tokens: Sequence[_Token], i: int) -> tuple[float, str, int] | None:
    """The number that begins at token `i`: value, currency or "", index of the token behind it."""
    token = tokens[i]
    if token.kind == "number":
        currency = next((code for sign, code in _CURRENCY.items() if sign in token.text), "")
        value = float(re.sub(r"[^\d.]", "", _DECIMAL_COMMA.sub(".", token.text)))
        j = i + 1
    elif token.text == "one" and i and tokens[i - 1].text in _POINTING and _follows(tokens, i + 1, *_PREPOSITIONS):
        return None  # "the one on the table" counts nothing
    elif token.text in _WORDS or (token.text in _SCALES and token.text != "hundred"):
        currency, value, j = "", 0.0, i
        value, j = _spelled(tokens, i)
    elif token.text in ("a", "an") and i + 1 < len(tokens) and tokens[i + 1].text in _SCALES:
        currency, value, j = "", 1.0, i + 1
    elif token.text in _OFTEN or (token.text == "once" and _follows(tokens, i + 1, "a", "per", "each", "every")):
        return _OFTEN.get(token.text, 1.0), "", i + 1
    elif token.text == "half" and _follows(tokens, i + 1, "a", "an"):
        return 0.5, "", i + 2
    elif token.text == "quarter" and _of_a_unit(tokens, i + 1):
        return 0.25, "", i + 3
    elif token.text in ("a", "an") and _one(text, tokens, i):
        return 1.0, "", i + 1
    else:
        return None
    if _follows(tokens, j, "quarters") and _of_a_unit(tokens, j + 1):  # "three quarters of an hour"
        return value / 4, "", j + 3
    value, j = _scaled(text, tokens, value, j)
    if more := _fraction(tokens, j):  # "two million and a half" tonnes
        value, j = _scaled(text, tokens, value + more * _SCALES.get(tokens[j - 1].text, 1.0), j + 3)
    return value, currency, j


def _fraction(tokens: Sequence[_Token], j: int) -> float:
    """What "and a half" or "and a quarter" at token `j` adds, 0 where it is neither."""
    if not (_follows(tokens, j, "and") and _follows(tokens, j + 1, "a", "one")):
        return 0.0
    return 0.5 if _follows(tokens, j + 2, "half") else 0.25 if _follows(tokens, j + 2, "quarter") else 0.0


def _of_a_unit(tokens: Sequence[_Token], j: int) -> bool:
    """Whether "of an hour" stands at token `j`."""
    return _follows(tokens, j, "of") and _follows(tokens, j + 1, "a", "an") and _follows(tokens, j + 2, *_TIMES)


def _one(text: str, tokens: Sequence[_Token], i: int) -> bool:
    """Whether "an" at token `i` counts one unit of time: "for an hour", "an hour and a half", no "60 km an hour"."""
    if not _follows(tokens, i + 1, *_TIMES):
        return False
    return bool(_LASTS.search(text, max(0, tokens[i].start - 24), tokens[i].start)) or (
        _follows(tokens, i + 2, "and") and (_fraction(tokens, i + 2) > 0 or _number(text, tokens, i + 3) is not None)
    )


def _spelled(tokens: Sequence[_Token], i: int) -> tuple[float, int]:
    """A number in words: "twenty-five", "two hundred and six", "three thousand"."""
    total, group, j = 0.0, 0.0, i
    while j < len(tokens):
        word = tokens[j].text
        if word in _WORDS:
            if j > i and tokens[j - 1].text in _WORDS and not (_WORDS[tokens[j - 1].text] >= 20 and _WORDS[word] < 10):
                break
            group += _WORDS[word]
        elif j > i and word in _ORDINALS and tokens[j - 1].kind == "dash":
            return total + group + _ORDINALS[word], j + 1
        elif word == "hundred":
            group = max(group, 1.0) * 100
        elif word in _SCALES:
            total, group = total + max(group, 1.0) * _SCALES[word], 0.0
        elif not (_joins(tokens, j) and j > i):
            break
        j += 1
    return total + group, j


def _joins(tokens: Sequence[_Token], j: int) -> bool:
    """Whether token `j` is the hyphen of "twenty-five" or the "and" of "two hundred and six"."""
    if j + 1 >= len(tokens) or tokens[j + 1].text not in {**_WORDS, **_ORDINALS}:
        return False
    before, here = tokens[j - 1].text, tokens[j]
    if here.kind == "dash":
        return _WORDS.get(before, 0) >= 20
    return here.text == "and" and before in _SCALES


def _scaled(text: str, tokens: Sequence[_Token], value: float, j: int) -> tuple[float, int]:
    while j < len(tokens):
        k = j + 1 if tokens[j].kind == "dash" and j + 1 < len(tokens) and tokens[j + 1].text in _SCALES else j
        word, glued = tokens[k].text, text[tokens[k].start - 1 : tokens[k].start] != " "
        if word in _SCALES:
            value *= _SCALES[word]
        elif word in _SUFFIXES and (glued or word in ("bn", "mn", "mln", "tn")):
            value *= _SUFFIXES[word]
        else:
            break
        j = k + 1
    return value, j


def _follows(tokens: Sequence[_Token], j: int, *words: str) -> bool:
    return j < len(tokens) and tokens[j].text in words


def _unit(tokens: Sequence[_Token], j: int) -> tuple[str, float, str, int]:
    """Base unit, factor, counted noun and the index behind the unit that follows a number."""
    k = j + 1 if j < len(tokens) and tokens[j].kind == "dash" else j
    if _follows(tokens, k, "of") and tokens[k - 1].text in _SCALES:  # "2 million of cubic metres"
        k += 1
    if k >= len(tokens) or tokens[k].kind != "word":
        return "", 1.0, "", j
    word = tokens[k].text
    if word == "p" and tokens[k].start != tokens[k - 1].end:  # "20p" is money, "20 p" may be a page
        return "", 1.0, "", j
    if word == "per" and _follows(tokens, k + 1, "cent"):
        return "percent", 1.0, "", k + 2
    if word in COMPOUND and k + 1 < len(tokens):
        base, factor = _UNITS.get(singular(f"{word} {tokens[k + 1].text}"), ("", 1.0))
        if base:
            return base, factor, "", k + 2
    if singular(word) in _UNITS or word in _UNITS:
        base, factor = _UNITS.get(word) or _UNITS[singular(word)]
        if base == "metre" and (n := _rate(tokens, k + 1)):
            return "metre/hour", factor * _RATES[tokens[n].text], "", n + 1
        return base, factor, "", k + 1
    for n in range(k, min(k + 4, len(tokens))):  # "40 wounded civilian workers": the head is the last plural of the run
        if tokens[n].kind != "word":
            break
        if plural(tokens[n].text) and tokens[n].text not in _PEOPLE:
            base, factor = _UNITS.get(singular(tokens[n].text), ("", 1.0))
            if base in MONEY:  # "5 million US dollars"
                return base, factor, "", n + 1
            return "", 1.0, singular(tokens[n].text), j
    return "", 1.0, singular(word) if word in _PEOPLE else "", j


def _rate(tokens: Sequence[_Token], j: int) -> int:
    """Where the unit of time stands if token `j` begins "an hour", "per second" or "in the hour", else 0."""
    inside = _follows(tokens, j, "in")
    articles = ("the", "an") if inside else ("a", "an", "per")
    n = j + 1 + inside
    return n if _follows(tokens, n - 1, *articles) and _follows(tokens, n, *_RATES) else 0


_PEOPLE = frozenset("people men women children police staff".split())
_POINTING = frozenset("the this no which each every any".split())
_PREPOSITIONS = frozenset("of on in at by for from with who that which".split())
_OFTEN = {"twice": 2.0, "thrice": 3.0}


def plural(word: str) -> bool:
    """Whether a lower-case word looks like a plural noun."""
    return word in _PEOPLE or (word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3)


def singular(noun: str) -> str:
    """A rough singular: enough to compare "delegates" with "delegate"."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) and len(noun) > 2:
        return noun[:-1]
    return noun


def base_unit(word: str) -> str:
    """The unit in which amounts of `word` (singular, "tonne", "hour") are compared; "" if it is no unit."""
    return _UNITS.get(word, ("", 1.0))[0]


def seconds(word: str) -> float:
    """How long the unit of time `word` (singular) is."""
    return _UNITS[word.lower()][1]


def _qualified(text: str, start: int, end: int, number: float, factor: float, unit: str, noun: str) -> Quantity:
    """The quantity with its qualifier taken into the span: "nearly six hours"."""
    found = _QUALIFIER.search(text, max(0, start - 24), start)
    low, high = _QUALIFIERS[found.group(1).lower()] if found else (1.0, 1.0)
    value = number * factor
    return Quantity(found.start() if found else start, end, number, value, value * low, value * high, unit, noun)


def _merge_units(text: str, found: Iterable[Quantity]) -> Iterator[Quantity]:
    """ "two hours and ten minutes", "5 feet 6 inches", "one pound fifty": one quantity, measured in its first unit."""
    whole: Quantity | None = None
    last: Quantity | None = None  # the part of it that was told last
    for q in found:
        if whole and whole.unit == "pound" and text[whole.end : q.start] == " " and _pence(q):
            q = replace(q, value=q.number / 100, unit="pound")
        if whole and last and text[whole.end : q.start].strip(" ,").lower() in ("", "and") and _continues(last, q):
            more = 1 + q.value / whole.value
            told = (whole.number * more, whole.value * more, whole.low * more, whole.high * more)
            whole, last = Quantity(whole.start, q.end, *told, whole.unit, whole.noun), q
            continue
        if whole:
            yield whole
        whole = last = q
    if whole:
        yield whole


def _pence(q: Quantity) -> bool:
    """Whether a bare number may be pence: "fifty"."""
    return not q.unit and not q.noun and q.low == q.high and 0 < q.number < 100


def _continues(first: Quantity, second: Quantity) -> bool:
    """Whether the second figure tells, in a smaller unit of the same kind, less than one unit of the first."""
    if first.unit != second.unit or first.unit not in _IN_PARTS or not first.number or not second.number:
        return False
    return second.value < first.value / first.number and first.number.is_integer() and not second.vague


def _merge_ranges(text: str, found: Iterable[Quantity]) -> Iterator[Quantity]:
    """ "five to seven hours", "between 5 and 7 hours": one quantity with two ends."""
    previous: Quantity | None = None
    for q in found:
        if previous is not None:
            between = text[previous.end : q.start].strip().lower()
            before = text[max(0, previous.start - 8) : previous.start].lower()
            span = between in ("to", "-", "–") or (between == "and" and before.endswith("between "))
            if span and previous.unit in ("", q.unit) and previous.number < q.number:
                low = previous.number * q.value / q.number
                previous = Quantity(previous.start, q.end, q.number, (low + q.value) / 2, low, q.value, q.unit, q.noun)
                continue
            yield previous
        previous = q
    if previous is not None:
        yield previous
