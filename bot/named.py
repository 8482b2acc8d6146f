"""The names of a claim: whether the sentences that are to carry it name the same, in the same place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bot.dates import dates
from bot.polarity import denies
from bot.span import Span
from bot.speakers import ATTRIBUTION, OFFICES, speakers
from bot.terms import Name, content, missing, names, words

PRONOUN = re.compile(r"\b(?:he|she|they|his|her|their|him|them|both|the two)\b", re.I)


def unknown_names(claim: str, spans: Sequence[Span], question: str) -> list[str]:
    """Names that neither the quotes nor the question hold, or that stand where the first quote names another.

    What only the question names may stand there no more than that, whoever reports it aside, and has to stand in the
    passage. A quote that refers back ("he said") may take a name from its passage, if it names nobody that the claim
    leaves out.
    """
    first = words(spans[0].text)
    nearby = words(f"{spans[0].around} {spans[0].passage.title} {spans[0].passage.chunk.heading}")
    quoted = [w for s in spans for w in words(s.text)]
    known = quoted + _known_from(question, claim, spans)
    around = [w for s in spans if _refers_back(s.text, claim) for w in words(s.around)]
    calendar = [(d.start, d.end) for d in dates(claim)]  # "Oct" is no name
    unknown: list[str] = []
    borrowed: list[Name] = []
    asked: list[Name] = []
    for name in names(claim):
        own = words(name.text)
        bearers = 0 if missing(own[-1:], first) else _bearers(own, tuple(s.around for s in spans))
        if bearers == 1 or any(start <= name.start < end for start, end in calendar):
            continue
        absent = [w for w in missing(own, known) if missing([w], around)]
        begins = name.start == 0 and " " not in name.text and bool(absent) and absent[0] in _common(spans)
        if bearers == 0 and name.text in spans[0].around and missing(own, first) != own:
            continue  # "Wang" in the quote is "Wang Yi" in its passage
        if (absent and not begins) or (bearers > 1 and missing(own, first)):
            unknown.append(name.text)
        elif missing(own, first) and missing(own, [w for w in words(question) if w in nearby]):
            borrowed.append(name)
        elif missing(own, quoted) == own:
            asked.append(name)
    passed_over = bool(borrowed) and _passed_over(claim, spans[0].text, spans)
    unknown += [n.text for n in borrowed if passed_over or _displaces(claim, n, spans[0].text)]
    told = spans[0].text if speakers(claim) else ATTRIBUTION.sub("", spans[0].text)
    return unknown + ([n.text for n in asked] if asked and _passed_over(claim, told, spans) else [])


def _bearers(name: Sequence[str], texts: tuple[str, ...]) -> int:
    """How many people (or things) of its last word the texts know, if they hold `name` in full; else 0."""
    found = _full_names(texts)
    alike = {tuple(w for w in other[:-1] if w not in OFFICES) for other in found if other[-1] == name[-1]}
    return max(1, len(alike - {()})) if tuple(name) in found else 0


@lru_cache(maxsize=1_000)
def _full_names(texts: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The names of two words and more, in lower-case words."""
    return frozenset(tuple(words(name.text)) for text in texts for name in names(text) if " " in name.text)


def _displaces(claim: str, name: Name, sentence: str) -> bool:
    """Whether the sentence has another name in the place of this one: behind or before the same two words."""
    before, after = (re.findall(r"\w+", part) for part in (claim[: name.start], claim[name.end :]))
    places = [rf"\b{_run(before[-2:])}\W+(\w+)"] if len(before) > 1 else []
    places += [rf"(\w+)\W+{_run(after[:2])}\b"] if len(after) > 1 else []
    own = words(name.text)
    found = [m.group(1) for place in places for m in re.finditer(place, sentence, re.I)]
    rivals = [word.lower() for word in found if word[0].isupper() and not PRONOUN.fullmatch(word)]
    return any(missing([rival], own) for rival in rivals)


def _run(told: Sequence[str]) -> str:
    return r"\W+".join(map(re.escape, told))


def _passed_over(claim: str, text: str, spans: Sequence[Span]) -> bool:
    """Whether `text`, of the first span, names somebody whom the claim does not."""
    here, ordinary = words(claim), _common(spans[:1])
    others = [[w for w in words(n.text) if content(w)] for n in names(text)]
    left_out = [own for own in others if own and len(missing(own, here)) == len(own)]
    return any(len(own) > 1 or own[0] not in ordinary for own in left_out)


def _known_from(question: str, claim: str, spans: Sequence[Span]) -> list[str]:
    """Words of the question that the claim may use as names: those of the passages, and all for a denial."""
    if denies(claim):
        return words(question)
    told = {w for s in spans for text in (s.around, s.passage.title) for w in words(text)}
    return [w for w in words(question) if not missing([w], told)]


def _refers_back(text: str, claim: str) -> bool:
    """Whether a sentence speaks of somebody it does not name, by a pronoun that the claim does not keep."""
    kept = {m.group().lower() for m in PRONOUN.finditer(claim)}
    return not names(text) or any(m.group().lower() not in kept for m in PRONOUN.finditer(text))


def _common(spans: Sequence[Span]) -> set[str]:
    """Lower-case words of the passages: a claim's first word is capitalised without being a name."""
    return {w for s in spans for w in re.findall(r"\b[^\W\d_A-Z]\w*", s.around)}
