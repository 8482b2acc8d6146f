"""Completing a follow-up without a model, by a few rules for English; docs/models.md says what they are.

The rules prefer doing nothing: a question that can be understood alone comes out as it went in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.grammar import (
    ADVERBS,
    AUXILIARIES,
    DETERMINERS,
    IMPERATIVES,
    INTERROGATIVES,
    MEASURES,
    PREPOSITIONS,
    TIME,
    Parsed,
    Phrase,
    Role,
    Token,
    tokens,
)
from bot.reference import NEUTRAL, PERSONAL, PLURAL, Exchange, references, referent
from bot.terms import capitalised, content, stem

MAX_WORDS = 40  # a longer question explains itself
SELF_CONTAINED = 3  # content words; a question with more of its own gets no context for a vague "it" or "that"
CONTEXT_WORDS = 8  # of an earlier question, put in brackets behind a follow-up

_CONNECTIVE = re.compile(r"(?:(?:and|but|or|so|ok|okay|well|then|also|yes|no)\b[\s,.!–-]*)+", re.IGNORECASE)
_ABOUT = re.compile(r"(?:what|how)\s+about\s+", re.IGNORECASE)
_EVENT = re.compile(
    r"(?P<asked>.+?)\s+(?:(?:is|was|were|are)\s+(?:that|this)(?:\s+so)?"
    r"|(?:did|does|will|has|had|would)\s+(?:it|that|this|they)\s+(?:all\s+)?(?:happen|occur|take place|come about))",
    re.IGNORECASE,
)
_PICKS = re.compile(
    r"\b(?:which|another|this|that|other|each|either|the\s+(?:\w+\s+)?\w+)\s+ones?\b(?!\s+(?:of|hundred|thousand|that|who))"
    r"|\w+\s+one\W*$|^which\s+(?:is|are|was|were|has|had|does|did|will|of\s+the\s+(?:two|three|others?))\b"
    r"|\bthe\s+(?:former|latter|others?|same|two)\b(?=\W*$|\s+(?:is|are|was|were|did|does|do|has|have|had)\b)",
    re.IGNORECASE,
)
_ELSE = re.compile(r"\b(?:who|what|where|when|how|any\w+|some\w+|no\w+)\s+else\b", re.IGNORECASE)
_OBJECTLESS = re.compile(
    r"(?:who|how\s+many)\s+(?:\w+ly\s+)?(?!is|are|was|were|am)[a-z]+"  # who won
    r"|(?:who|what|how\s+many)\s+(?:is|are|was|were|has\s+been|have\s+been)\s+[a-z]+(?:ed|en|ung|own|old|urt|ent)"
    r"|(?:was|were|is|are|did|has|have|had|will|would)\s+(?:any|some|every|no)(?:one|body|thing)\s+(?:\w+\s+){0,2}[a-z]+",
    re.IGNORECASE,
)
_SAID = re.compile(r"according to wh\w+|who (?:says?|said|claims?|claimed|told \w+|thinks?|thought) so", re.IGNORECASE)
_ORDINALS = frozenset("other others first second last same".split())
_WEAK = frozenset(
    stem(word)
    for word in """happen happened next later afterwards details detail explain elaborate mean continue example examples
    more else really again go on sure come further""".split()
)


def complete(question: str, earlier: Sequence[Exchange]) -> str:
    """`question` with what it leaves out, taken from the exchanges before it; unchanged if it can stand alone."""
    if not earlier or not question.strip() or len(question.split()) > MAX_WORDS:
        return question
    body, connected = _opened(question.strip())
    last = earlier[-1]
    if Parsed(body).last_sentence:
        return _referring(body, last) or question
    asks = question.rstrip().endswith("?")
    whole = _bare(body, connected, last) or _fragment(body, connected, asks, earlier)
    if not whole and (asks or begins_as_question(body)):
        whole = _referring(body, last) or _dangling(body, last)
    return whole or question


def _opened(question: str) -> tuple[str, bool]:
    """The question without "And", "What about" and its final mark; whether there was such an opening."""
    match = _CONNECTIVE.match(question)
    body = question[match.end() if match else 0 :].rstrip(" ?!.")
    about = _ABOUT.match(body)
    return body[about.end() if about else 0 :], bool(match or about)


def begins_as_question(body: str) -> bool:
    """Whether it opens as a question or a request does."""
    first = [token.word for token in tokens(body)[:2]]
    led = bool(first) and first[0] in PREPOSITIONS and first[-1] in INTERROGATIVES
    return led or (bool(first) and first[0] in INTERROGATIVES | AUXILIARIES | IMPERATIVES)


# A question phrase alone: "Why?", "And since when?", "At what rate?"


def _bare(body: str, connected: bool, last: Exchange) -> str:
    event = _EVENT.fullmatch(body)
    asked = event["asked"] if event else body
    found = tokens(asked)
    if not found or not _is_question_phrase([token.word for token in found], connected):
        return ""
    pronoun = found[-1].word if len(found) > 1 and found[-1].word in ("there", "him", "her", "them") else ""
    if pronoun:
        asked = asked[: found[-1].start].rstrip()
    whole = _asked_again(capitalised(asked), last.parsed)
    return _referring(f"{whole[:-1]} {pronoun}", last) or whole if pronoun else whole


def _is_question_phrase(found: list[str], connected: bool) -> bool:
    """Whether the words are an interrogative with at most a preposition, a measure and a noun or two."""
    led = found[0] in PREPOSITIONS
    rest = found[1:] if led else found
    if not rest or rest[0] not in INTERROGATIVES or any(word in AUXILIARIES for word in found):
        return False
    extra = [word for word in rest[1:] if word not in ADVERBS | MEASURES | {"come", "else"} and not word.endswith("ly")]
    if not extra or (len(extra) == 1 and extra[0] in PREPOSITIONS | {"him", "her", "them"}):
        return found != ["what", "next"]
    if any(word in PREPOSITIONS | DETERMINERS | PERSONAL | PLURAL | NEUTRAL for word in extra):
        return False
    nouns = rest[0] in ("what", "which", "whose") or rest[:2] in (["how", "many"], ["how", "much"])
    return nouns and stem(extra[0]) not in _WEAK and len(extra) <= (3 if led or connected else 1)


def _asked_again(asked: str, p: Parsed) -> str:
    """The earlier question with another question phrase."""
    found = [token.word for token in tokens(asked)]
    if found[:2] == ["why", "not"] and p.auxiliary:
        return f"Why {_negated(p.auxiliary.lower())} {p.rest}?"
    counts = found[:2] in (["how", "many"], ["how", "much"]) or found[0] in ("which", "whose")
    own_nouns = any(t.open and t.word not in MEASURES and not t.word.endswith("ly") for t in tokens(asked))
    nouns = "" if own_nouns or (p.tokens[:1] and p.tokens[0].word in PREPOSITIONS) else p.asked_nouns
    if counts and nouns:
        asked, nouns = f"{asked} {nouns}", ""
    if p.auxiliary and (p.asked or not counts):
        return f"{asked} {p.auxiliary.lower()} {p.rest}{f' {nouns}' if nouns else ''}?"
    if p.asked and (counts or found[0] in ("who", "what")):
        return f"{asked} {p.rest}?"
    if p.asked:
        who = nouns or ("someone" if p.asked.lower().startswith("who") else "something")
        return f"{asked} was it that {who} {p.rest}?"
    return f"{asked}: {p.text}?"


def _negated(auxiliary: str) -> str:
    if auxiliary.endswith("n't"):
        return auxiliary
    return {"can": "can't", "will": "won't", "am": "am not"}.get(auxiliary, f"{auxiliary}n't")


# A part without a verb: "And on Monday?", "What about methanol?", "For children?"


def _fragment(body: str, connected: bool, asks: bool, earlier: Sequence[Exchange]) -> str:
    found, last = tokens(body), earlier[-1]
    if connected and found and found[0].word in ("if", "unless"):
        return f"{last.parsed.text} {body}?"
    if not found or not _is_fragment(found, body, connected, asks):
        return ""
    if len(found) > 1 and found[0].word in DETERMINERS and found[1].word in _ORDINALS:
        shared = {stem(token.word) for token in found if token.open and token.word not in _ORDINALS}
        return _with_context(body, next((x for x in reversed(earlier) if shared & set(content(x.question))), last))
    whole = _substituted(body, found, last.parsed)
    if not whole:
        return _with_context(body, last)
    return _referring(whole.rstrip("?"), last) or whole


def _is_fragment(found: Sequence[Token], body: str, connected: bool, asks: bool) -> bool:
    if any(t.word in AUXILIARIES | INTERROGATIVES for t in found) or found[0].word in IMPERATIVES | {"please"}:
        return False
    if not 1 <= sum(token.open for token in found) <= 3 or len(found) > 8:
        return False
    named = asks and len(found) > 1 and all(token.capital for token in found)
    return connected or named or found[0].word in PREPOSITIONS or _is_time(body)


def _is_time(text: str) -> bool:
    left = TIME.sub("", text)
    return left != text and not any(token.open for token in tokens(left))


def _substituted(part: str, found: Sequence[Token], p: Parsed) -> str:
    """The earlier question with `part` in the place of what it resembles; "" where nothing does."""
    preposition = found[0].word if found[0].word in PREPOSITIONS and len(found) > 1 else ""
    bare = part[found[1].start :] if preposition else part
    if _is_time(part):
        return _at_another_time(part, bare, p)
    if preposition:
        same = [x for x in p.phrases if x.preposition == preposition and not TIME.fullmatch(x.text)]
        return _replace(p.text, same[-1].start, same[-1].end, bare) if same else f"{p.text} {part}?"
    scored = [(_likeness(found, phrase) + 0.1 * i, phrase) for i, phrase in enumerate(p.phrases)]
    score, phrase = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if phrase is None or score < 0.9:
        return ""
    if found[-1].word in ("one", "ones"):
        part = f"{part[: found[-1].start]}{phrase.head}"
    return _replace(p.text, phrase.start, phrase.end, part)


def _at_another_time(part: str, bare: str, p: Parsed) -> str:
    times = list(TIME.finditer(p.text))
    if not times:
        return f"{p.text} {part}?"
    start, end = times[-1].span()
    before = re.search(r"\b(?:on|in|at|by|during|since|until|before|after|for|from)\s+(?:the\s+)?$", p.text[:start])
    if before and part != bare:
        return _replace(p.text, before.start(), end, part[:1].lower() + part[1:])
    article = re.match(r"the\s+", times[-1].group(), re.IGNORECASE)
    return _replace(p.text, start + (article.end() if article else 0), end, bare)


def _likeness(found: Sequence[Token], phrase: Phrase) -> float:
    """How well words fit in the place of `phrase`: the same head noun, both names, both with an article."""
    if TIME.fullmatch(phrase.text):
        return -1.0
    score = -1.0 if phrase.role is Role.ASKED else 0.0
    if stem(found[-1].word) == stem(phrase.head) or (found[-1].word in ("one", "ones") and phrase.determined):
        score += 4
    named = any(token.capital for token in found)
    if named and phrase.name:
        score += 3
    elif named != phrase.name and (named or phrase.determined):
        score -= 2
    return score + ((found[0].word in DETERMINERS) == phrase.determined)


def _replace(text: str, start: int, end: int, new: str) -> str:
    return f"{text[:start]}{new}{text[end:]}?"


# Words that stand for something said before: "Where does he work?", "Who ordered it?"


def _referring(body: str, last: Exchange) -> str:
    question = Parsed(body)
    found = question.tokens
    whole, shift, met, vague = body, 0, "", False
    for i in references(question, last):
        another = found[i].word in ("him", "her", "them")  # than the one whom "he" stood for
        stands_for = referent(question, i, last, f"{body} {met if another else ''}")
        if not stands_for:
            vague = True
            continue
        met = f"{met} {stands_for}"
        start, end = found[i].start + shift, found[i].end + shift
        if not start:
            stands_for = capitalised(stands_for)
        whole = whole[:start] + stands_for + whole[end:]
        shift = len(whole) - len(body)
    if vague and len(content(body)) <= SELF_CONTAINED:
        return _with_context(whole, last)
    return f"{whole}?" if whole != body else ""


# Questions that lack something without a word that says so: "Who else?", "Which one is cheaper?", "Who won?"


def _dangling(body: str, last: Exchange) -> str:
    meaning, found = content(body), tokens(body)
    weak = bool(meaning) and all(word in _WEAK for word in meaning)
    short = len(found) <= 6 and not any(t.capital for t in found[1:]) and not re.search(r"\d", body)
    lacks = weak or (len(meaning) <= 2 and _ELSE.search(body)) or (short and _OBJECTLESS.fullmatch(body))
    return _with_context(body, last) if lacks or _picks(body) or _SAID.fullmatch(body) else ""


def _picks(body: str) -> bool:
    """Whether it chooses among things named before: "Which is cheaper?", "The red one?" """
    match = _PICKS.search(body)
    if match is None or len(content(body)) > SELF_CONTAINED or " or " in body:
        return False
    return not re.search(r"\b(?:the|an?|this|these)\s+\w", body[: match.start()], re.IGNORECASE)


def _with_context(body: str, exchange: Exchange) -> str:
    """`body` with the content words of the earlier question, in brackets."""
    have = set(content(body))
    new = [t.text for t in tokens(exchange.question) if t.open and content(t.text) and not have & set(content(t.text))]
    context = " ".join(dict.fromkeys(new[-CONTEXT_WORDS:]))
    return f"{body} ({context})?" if context else f"{body}?"
