"""Words of a question or a sentence: content words by stem, proper names, and whether two spellings mean one name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_STOP = frozenset(
    """a about after all also am an and any are as at be been before being but by can could did do does doing done for
    from get gets give given got had has have having he her hers him his how i if in into is it its itself just let
    like made make many may me might more most much must my no nor not of off on once one only or other our ours out
    over own please said same say says she should so some such tell than that the their theirs them then there these
    they this those through to too under until up us very was we were what when where whether which while who whom
    whose why will with would yes you your according during between upon exactly actually
    happen happened long old ever still even yet hi hello hey ok okay thanks
    besides else instead supposed going now currently already really per each every both either anyone anybody someone
    somebody everyone everybody anything something everything
    whats wheres whos hows whens thats im ive id dont doesnt didnt isnt arent wasnt cant wont wat pls""".split()
)
_CONTRACTED = re.compile(r"['’](?:ve|re|ll|d|m|s)$")
_IRREGULAR = {
    form: base
    for base, forms in {
        "begin": "began begun",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "catch": "caught",
        "choose": "chose chosen",
        "come": "came",
        "die": "died dead",
        "drive": "drove driven",
        "eat": "ate eaten",
        "fall": "fell fallen",
        "fight": "fought",
        "find": "found",
        "fly": "flew flown",
        "give": "gave given",
        "go": "went gone",
        "grow": "grew grown",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "lead": "led",
        "leave": "left",
        "lose": "lost",
        "meet": "met meets meeting",
        "pay": "paid",
        "rise": "rose risen",
        "see": "saw seen",
        "sell": "sold",
        "send": "sent",
        "shoot": "shot",
        "show": "shown",
        "sit": "sat",
        "speak": "spoke spoken",
        "spend": "spent",
        "stand": "stood",
        "steal": "stole stolen",
        "strike": "struck",
        "take": "took taken",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "win": "won",
        "withdraw": "withdrew withdrawn",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}
_CALENDAR = frozenset(
    """january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays""".split()
)
IRREGULAR_VERBS = frozenset(_IRREGULAR)  # their forms other than the infinitive: "met"
# A capitalised run: "Qin Gang", "U.S. State Department", "Bank of the North"
_UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0386-\u03ab\u0400-\u042f"  # Latin, Greek and Cyrillic capitals
_CAPITALISED = rf"(?:(?:[A-Z]\.){{2,}}|[A-Z]\.(?=\s[A-Z])|\b[{_UPPER}][\w&’'-]*(?:(?:\.[A-Z])+\.)?)"
_NAME = re.compile(rf"{_CAPITALISED}(?:[ \t]+(?:(?:of|the|de|van|von|al|bin)[ \t]+){{0,2}}{_CAPITALISED})*")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words, `text[start:end]`; `initial` if its first word begins a sentence."""

    start: int
    end: int
    text: str
    initial: bool


def words(text: str) -> list[str]:
    """Lower-case words, possessive endings dropped, "U.S." as one word."""
    text = _INITIALS.sub(lambda m: m.group().replace(".", ""), text)
    return [re.sub(r"['’]s?$", "", m.group().lower()) for m in _WORD.finditer(text)]


def content(text: str) -> list[str]:
    """Stems of the content words of `text`, each once, in order."""
    return list(dict.fromkeys(stem(w) for w in words(text) if _CONTRACTED.sub("", w) not in _STOP))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Porter2 stem of a lower-case word; irregular verbs by their infinitive."""
    return str(_stemmer().stemWord(_IRREGULAR.get(word, word)))


@cache
def _stemmer():  # type: ignore[no-untyped-def]
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def names(text: str) -> list[Name]:
    """Proper names: capitalised runs, without weekdays, months and ordinary words that only begin a sentence."""
    found: list[Name] = []
    for m in _NAME.finditer(text):
        start, run = m.start(), m.group().rstrip("'’")
        initial = not re.search(r"[\w,;:\-–(“\"‘']\s*$", text[max(0, start - 3) : start])
        first, _, rest = run.partition(" ")
        if (initial or not found) and rest and _CONTRACTED.sub("", first.lower()) in _STOP:
            start, run, initial = start + len(first) + 1 + len(rest) - len(rest.lstrip()), rest.lstrip(), False
        run = re.sub(r"['’]s$", "", run)
        parts = [w for w in words(run) if w not in _CALENDAR and _CONTRACTED.sub("", w) not in _STOP]
        if parts and len(run) > 1:
            found.append(Name(start, start + len(run), run, initial))
    return found


def capitalised(text: str) -> str:
    """`text` with its first letter upper case, the rest as it is."""
    return text[:1].upper() + text[1:]


def same_word(a: str, b: str) -> bool:
    """Whether two lower-case words are one word in other forms or one name in another spelling.

    Misspellings are told by edit distance, and only for words of five letters or more with the same first letter:
    "blingen" is "blinken", "iran" is not "iraq". A country and its people are one: "china", "chinese".
    """
    if a == b or stem(a) == stem(b) or _people(a) == _people(b):
        return True
    if min(len(a), len(b)) < 5 or a[0] != b[0] or a.isdigit() or b.isdigit():
        return False
    from rapidfuzz.distance import Indel

    return float(Indel.normalized_similarity(a, b)) >= 0.8


_PEOPLE = re.compile(r"(?:ians?|ans?|ese|ish|ia|ns?|a|y|i|e)$")


def _people(word: str) -> str:
    """What "china" and "chinese", "russia" and "russian" have in common; the word itself if little would be left."""
    root = _PEOPLE.sub("", word)
    return root if len(root) >= 4 else word


def missing(wanted: Iterable[str], text_words: Iterable[str]) -> list[str]:
    """The words of `wanted` that have no equal among `text_words`, in order."""
    present = set(text_words)
    stems = {stem(w) for w in present}
    return [
        w for w in wanted if w not in present and stem(w) not in stems and not any(same_word(w, p) for p in present)
    ]
