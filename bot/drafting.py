"""From a model's stream of text to draft sentences with the passages that each cites; knows the habits of small models.

Pure text work: nothing here talks to a model, and nothing that a draft says is believed before it is verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sentencex import segment

from bot.terms import capitalised

MAX_SENTENCE = 1_200  # characters without an end: the model is running away
MAX_QUOTE = 400  # characters: a quotation mark that is not closed by then was none
MAX_ANSWER = 12_000  # characters of a whole reply
MAX_REPEATS = 3  # sentences said before: the model goes round in circles

# While a reply is read, a citation is one private-use character: that of the passage's index, or _UNKNOWN.
_FIRST, _UNKNOWN = 0xE000, "\uf8ff"
_MARK = "[\ue000-\uf8ff]"
_LABEL = r"(?i:(?:sources?|passages?|ids?|see)\b[:\s]*)?"
_PREFIXED = r"(?:[Pp][-‐‑–_][A-Za-z]{2}|P [A-Z]{2})\b"
_ANY = rf"(?:{_PREFIXED}|[A-Z]{{1,2}}|\d{{1,2}})"
_AND = r"(?:\s*[,;&/]\s*|\s+and\s+|\s+)"
_CITED = re.compile(
    rf"[\[【]+\s*{_LABEL}{_ANY}(?:{_AND}{_ANY})*\s*[\]】]+"  # [P-KT, P-BD] [KT] [Source 3] [A]
    rf"|[(<{{]\s*{_LABEL}{_PREFIXED}(?:{_AND}{_PREFIXED})*\s*[)>}}]"  # (P-KT)
    r"|(?<![\w-])P[-‐‑–][A-Z]{2}(?![\w-])"  # P-KT
)
_UNCLOSED = re.compile(r"[\[【(<{][^\[\]【】(<{)>}]{0,60}$")  # "[P-K": a citation of which the rest has not come
_PAIR = re.compile(r"(?<![A-Z])[A-Z]{2}(?![A-Z])")
_ATTRIBUTION = re.compile(
    r"(?:(?:according to|as (?:stated|said|reported|mentioned|noted) in|based on|per|from|in)\s+)?"
    rf"(?:the\s+)?(?:(?:passages?|sources?)\s*)?{_MARK}+(?:(?:,|\s+and)\s*{_MARK}+)*"
    r"(?:\s+(?:says?|states?|reports?|mentions?|notes?|indicates?)\b(?:\s+that\b)?|\s*[,:])?\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*(?:>\s*)*(?P<bullet>(?:[-*•–+]|\d{1,2}[.)])\s+)?")
_LEADING = re.compile(rf"\s*\**(?:{_CITED.pattern}|{_MARK})")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,3}|_{1,3}|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
_PREAMBLE = re.compile(
    r"^\**(?:final |short )?(?:answer|response|reply|summary|conclusion)\s*(?::\**|\**:)\s*", re.IGNORECASE
)
_EMPTY = re.compile(
    r"(?:yes answer|(?:sources?|references?|citations?|passages?|answer|note)\s*:?|question\s*:.*)\W*", re.IGNORECASE
)
_HEADING = re.compile(r"\s*(?:#{1,6}\s|```|[-=_*]{3,}\s*$|\*\*[^*.!?]+\*\*:?\s*$)")
_YES_NO = re.compile(r"(?:yes|no)[.!,]?", re.IGNORECASE)
_SOURCES = r"(?:\w+ ){0,2}(?:passages?|sources?|documents?|texts?|context|articles?|excerpts?|information)"
_NOT = r"(?: not|n['’]t)\b"
_KNOWN = r"(?:mentioned|stated|specified|provided|given|answered|included|found)"
_DECLINES = re.compile(
    "|".join(
        (
            r"\W*no answer\W*(?:$|[.:,(])",
            rf"(?:the|these|those) {_SOURCES} (?:\w+ ){{0,3}}?(?:(?:do|does|did|is|are){_NOT}|cannot|can['’]t)",
            rf"(?:none of |neither of |nothing in |nowhere in )(?:the|these|those) {_SOURCES}\b",
            r"there (?:is|are|was) (?:no|not enough|insufficient) (?:\w+ ){0,2}(?:information|mention|answer|detail)",
            r"(?:no|not enough|insufficient) (?:\w+ )?(?:information|mention|details?)\b",
            rf"(?:i['’]?m )?(?:sorry|unable to)\b|i (?:(?:do|could){_NOT}|cannot|can['’]t|am (?:unable|sorry))",
            rf"it is (?:not (?:clear|known|possible|{_KNOWN})|unclear|unknown)\b|the question (?:cannot|can['’]t)",
            rf".*\b(?:is|are|was|were){_NOT} (?:\w+ )?{_KNOWN} (?:in|by) (?:the|these|any|any of the) {_SOURCES}\b",
        )
    ),
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:however|but|unfortunately|(?:based on|according to) the passages),?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence of a model's answer, markers removed; `passages` are indexes into the passages it was given.

    `declines` marks a sentence that says that the passages do not answer: not a statement, a reason to refuse.
    """

    text: str
    passages: tuple[int, ...] = ()
    declines: bool = False


@dataclass(frozen=True, slots=True)
class _Start:
    """How a line begins: with `length` characters of bullet, as a heading, or with the citation of what follows.

    `taken` says that sentences were taken from the line, so that its beginning is gone.
    """

    length: int = 0
    item: bool = False
    heading: bool = False
    cited: bool = False
    taken: bool = False

    @classmethod
    def of(cls, line: str) -> _Start:
        prefix = re.match(_BULLET, line)
        length = prefix.end() if prefix else 0
        return cls(
            length, bool(prefix and prefix["bullet"]), bool(_HEADING.match(line)), bool(_LEADING.match(line, length))
        )


class Reader:
    """Takes a reply piece by piece and gives each sentence back as soon as it is whole.

    `ids` maps the passage ids of the prompt ("P-KT") to indexes. Sentences said before, headings, "Answer:" and the
    like are dropped; `exhausted` says that nothing worth reading can follow, so that the caller may hang up.
    """

    def __init__(self, ids: Mapping[str, int], question: str = "") -> None:
        self.exhausted = False
        self._marks = {id[-2:]: chr(_FIRST + index) for id, index in ids.items()}
        self._seen = {_key(question)}
        self._repeats = self._read = 0
        self._line = ""  # what is left of the line that is being written, citations encoded
        self._start = _Start()  # how that line began
        self._held: Draft | None = None  # the last sentence: its citations may follow it
        self._lead: Draft | None = None  # "The following attended:", waiting for its items
        self._thinking = False

    def feed(self, piece: str) -> Iterator[Draft]:
        """The sentences that `piece` completes."""
        self._read += len(piece)
        for number, part in enumerate(re.sub(_MARK, "", piece).split("\n")):
            if number:
                yield from self._sentences(whole=True)
                self._line, self._start = "", _Start()
            self._line += part
        yield from self._sentences(whole=False)
        self.exhausted = self.exhausted or self._read > MAX_ANSWER

    def close(self, *, truncated: bool) -> Iterator[Draft]:
        """What is left; a last sentence that was cut off in the middle is dropped."""
        yield from self._sentences(whole=not truncated)
        if not truncated and not self._held and self._lead and _YES_NO.fullmatch(self._lead.text):
            yield self._lead
        yield from self._release()

    def _sentences(self, *, whole: bool) -> Iterator[Draft]:
        if self._is_thought():
            return
        start = self._start if self._start.taken else _Start.of(self._line)
        unclosed = None if whole else _UNCLOSED.search(self._line, start.length)
        end = unclosed.start() if unclosed else len(self._line)
        parts = [] if start.heading else _split(_encode(self._line[start.length : end], self._marks), start.cited)
        begun = bool(parts) and _has_begun(parts[-1])
        done = len(parts) if whole else max(0, len(parts) - (1 if begun else 2))
        if done:
            self._line = "".join(parts[done:]) + self._line[end:]
            self._start = replace(start, length=0, taken=True)
        for part in parts[:done]:
            yield from self._take(part, is_item=start.item)
        if begun and not whole:
            yield from self._release()
        self.exhausted = self.exhausted or len(self._line) > MAX_SENTENCE

    def _is_thought(self) -> bool:
        """Whether the line belongs to the <think> block of a reasoning model."""
        self._thinking = self._thinking or self._line.lstrip().startswith("<think>")
        if self._thinking and "</think>" in self._line:
            self._thinking, self._line = False, self._line.partition("</think>")[2]
        return self._thinking

    def _take(self, part: str, *, is_item: bool) -> Iterator[Draft]:
        draft = _draft(part)
        if not draft.text:
            if self._held:
                self._held = replace(self._held, passages=_union(self._held.passages, draft.passages))
            return
        yield from self._release()
        if _EMPTY.fullmatch(draft.text):
            return
        if draft.text.endswith(":") or _YES_NO.fullmatch(draft.text):
            self._lead = draft
            return
        draft = self._led(draft, is_item=is_item)
        if _key(draft.text) in self._seen:
            self._repeats += 1
            self.exhausted = self.exhausted or self._repeats >= MAX_REPEATS
            return
        self._seen.add(_key(draft.text))
        self._held = draft

    def _led(self, draft: Draft, *, is_item: bool) -> Draft:
        """The draft behind its lead: "Yes." always, "The following attended:" before items of a few words."""
        lead = self._lead
        short_item = is_item and len(draft.text.split()) <= 5 and draft.text[-1] not in ".!?"
        joined = lead and not draft.declines and (short_item or not lead.text.endswith(":"))
        self._lead = lead if is_item and lead and lead.text.endswith(":") else None
        if not lead or not joined:
            return draft
        return Draft(f"{lead.text} {draft.text}", _union(lead.passages, draft.passages))

    def _release(self) -> Iterator[Draft]:
        if self._held:
            yield self._held
        self._held = None


def _encode(text: str, marks: Mapping[str, str]) -> str:
    """`text` with each citation as its private-use character."""

    def mark(match: re.Match[str]) -> str:
        pairs = _PAIR.findall(match.group().upper())
        if not re.search(_PREFIXED, match.group()) and any(pair not in marks for pair in pairs):
            return match.group()  # [EU]: a word of the text
        return "".join(marks.get(pair, _UNKNOWN) for pair in pairs) or _UNKNOWN

    return _CITED.sub(mark, text)


def _split(line: str, cited_first: bool) -> list[str]:
    """Sentences of an encoded line. Citations between two belong to the first, unless the line begins with one."""
    parts: list[str] = []
    for part in segment("en", line):
        stray = None if cited_first else re.match(rf"\s*({_MARK}\s*)+(?!\s*:)[.,;]?\s*", part)
        if stray and parts:
            parts[-1] += stray.group()
            part = part[stray.end() :]
        if parts and _in_quote(parts[-1]):
            parts[-1] += part
        elif part.strip():
            parts.append(part)
    return parts


def _in_quote(part: str) -> bool:
    """Whether a quotation is still open, so that a full stop ends no sentence."""
    return len(part) < MAX_QUOTE and (part.count('"') % 2 == 1 or part.count("“") > part.count("”"))


def _has_begun(part: str) -> bool:
    """Whether an unfinished sentence has a first word, so that no citation of the one before can follow."""
    word = re.match(r"\s*([^\s\[(【<{]\S*)\s", part)
    return bool(word) and not re.match(rf"{_MARK}|P[-‐‑–]", word.group(1) if word else "")


def _draft(part: str) -> Draft:
    passages = tuple(dict.fromkeys(ord(mark) - _FIRST for mark in re.findall(_MARK, part) if mark != _UNKNOWN))
    text = _plain(part)
    bare = _OPENING.sub("", text, count=1) if _OPENING.match(text) else text
    return Draft(text, passages, bool(_DECLINES.match(bare)))


def _plain(part: str) -> str:
    """Without citations and Markdown; "" where no word is left."""
    text = _EMPHASIS.sub(r"\2", _PREAMBLE.sub("", part.strip(), count=1))
    attribution = _ATTRIBUTION.match(text)
    if attribution and text[attribution.end() :].strip():
        text = text[attribution.end() :]
        text = capitalised(text)
    text = re.sub(rf"(?<=[.!?…])\s*{_MARK}[{_MARK[1:-1]}\s]*[.,;]", "", text)  # "It froze. [P-KT]."
    text = re.sub(rf"\s*{_MARK}", "", text)
    text = " ".join(text.replace("**", "").split())
    text = re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", text).strip(" -–,;")
    return text if any(character.isalnum() for character in text) else ""


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _union(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*first, *second)))
