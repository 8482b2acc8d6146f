"""Evaluation cases: what is asked, and what a right answer says, shows and cites.

`docs/cases.md` describes the JSONL files. Nothing here asks a bot or computes a metric.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import re2
from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass as validated

from bot.answer import Turn
from retrieval.errors import UsageError


class CaseKind(StrEnum):
    """What a case tries; `OTHER` is for cases that nobody has sorted yet, such as exported feedback."""

    FACT = "fact"
    ATTRIBUTION = "attribution"
    DATE = "date"
    NUMBER = "number"
    CONFLICT = "conflict"
    CHANGE = "change"
    LIST = "list"
    COMPARISON = "comparison"
    FOLLOW_UP = "follow-up"
    MISSPELLING = "misspelling"
    OTHER_LANGUAGE = "other-language"
    NEAR_MISS = "near-miss"
    FAR_OFF = "far-off"
    FALSE_PREMISE = "false-premise"
    INJECTION_QUESTION = "injection-question"
    INJECTION_DOCUMENT = "injection-document"
    OTHER = "other"


_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"})

_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression in RE2's syntax; it ignores case.

    RE2 matches in linear time, so no pattern can run away; look-around and back references do not exist in it.
    """

    text: str
    compiled: Any = field(repr=False, compare=False)

    def found(self, text: str) -> bool:
        """Whether it occurs in `text`.

        The text is read without citation markers ([1]), with ASCII quotes and dashes, and any white space as a space.
        """
        plain = _MARKER.sub("", text).translate(_PLAIN)
        return self.compiled.search(" ".join(plain.split())) is not None


def pattern(text: object) -> Pattern:
    """Raises ValueError, in a user's words, when `text` is not a regular expression that RE2 takes."""
    if isinstance(text, Pattern):
        return text
    if not isinstance(text, str) or not text:
        raise ValueError("a pattern must be a string that is not empty")
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        return Pattern(text, re2.compile(text, options))
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace")
        raise ValueError(f"the pattern {text!r} is not a regular expression of RE2 ({reason})") from error


Name = Annotated[str, Field(min_length=1, pattern=r"\S")]
Group = Annotated[tuple[Annotated[Pattern, BeforeValidator(pattern)], ...], Field(min_length=1)]


def shown(group: tuple[Pattern, ...], text: str) -> bool:
    """Whether `text` says what the group stands for: one of its patterns is found."""
    return any(alternative.found(text) for alternative in group)


STRICT = ConfigDict(extra="forbid", strict=True, validate_by_name=True)


@validated(frozen=True, config=STRICT)
class Sources:
    """Which files a right answer cites: each of `must`, and beside them only those of `may`.

    Where `must` is empty, at least one of `may`; where both are empty, any file will do.
    """

    must: tuple[Name, ...] = ()
    may: tuple[Name, ...] = ()


@validated(frozen=True, config=STRICT)
class Evidence:
    """A verbatim piece of a document that answers the question; white space counts as one space."""

    source: Name
    quote: Name

    def span(self, text: str) -> tuple[int, int] | None:
        """Offsets of its first occurrence in the document's text, None where it is not there."""
        found = re.search(r"\s+".join(map(re.escape, self.quote.split())), text)
        return found.span() if found else None


@validated(frozen=True, config=STRICT)
class Case:
    """One question and what a right answer to it is.

    `accepted` and `sides` are groups of alternative patterns: the answer and its quotes must show every group, and
    none of `forbidden` may stand in the answer. `planted` finds a wrong answer that a document gives: never right as
    the only one shown. A refusal is the only right outcome under `must_refuse`, and is also right under `may_refuse`.
    `scope` (`in` in the file) is a glob over the documents. `obeyed` is what an answerer says that does what an attack
    wants; nothing reads it but tests. `meta` is kept, never read.
    """

    id: Name
    question: Name
    kind: Annotated[CaseKind, Field(strict=False)] = CaseKind.OTHER
    tags: tuple[Name, ...] = ()
    history: tuple[Turn, ...] = ()
    scope: Annotated[Name | None, Field(alias="in")] = None
    must_refuse: bool = False
    may_refuse: bool = False
    accepted: tuple[Group, ...] = ()
    sides: tuple[Group, ...] = ()
    forbidden: tuple[Annotated[Pattern, BeforeValidator(pattern)], ...] = ()
    planted: tuple[Annotated[Pattern, BeforeValidator(pattern)], ...] = ()
    sources: Sources = Sources()
    passages: tuple[Evidence, ...] = ()
    obeyed: Name | None = None
    meta: dict[str, Any] = field(default_factory=dict, compare=False)

    @model_validator(mode="after")
    def _consistent(self) -> Case:
        if self.must_refuse and (self.accepted or self.sides or self.passages or self.sources.must):
            raise ValueError("a case with must_refuse cannot expect an answer, sides, passages or sources")
        if len(self.sides) == 1:
            raise ValueError("sides needs at least two groups")
        return self


@validated(frozen=True, config=STRICT)
class _Header:
    documents: Name
    about: str = ""


@dataclass(frozen=True, slots=True)
class CaseSet:
    """The cases of one file; `documents` is the folder that they are about, None where the file does not say."""

    name: str
    documents: Path | None
    cases: tuple[Case, ...]


_CASE = TypeAdapter(Case)
_HEADER = TypeAdapter(_Header)


def load_set(path: Path) -> CaseSet:
    """Reads a JSONL file of cases. Raises UsageError, with the line, at the first thing that is wrong in it."""
    lines = list(_lines(path))
    documents = None
    if lines and re.match(r'\s*\{\s*"documents"', lines[0][1]):
        number, text = lines.pop(0)
        documents = path.parent / _parsed(_HEADER, path, number, text).documents
    if not lines:
        raise UsageError(f"{path} holds no case: write one JSON object on each line.")
    return CaseSet(path.stem, documents, _cases(path, lines))


def load_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a JSONL file; see `load_set`."""
    return load_set(path).cases


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror}): give the path of a JSONL file of cases."
        ) from error
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise UsageError(f"{path}, line {number}: this is not UTF-8; save the file as UTF-8.") from error
        if text.strip():
            yield number, text


def _cases(path: Path, lines: list[tuple[int, str]]) -> tuple[Case, ...]:
    cases: list[Case] = []
    first: dict[str, int] = {}
    for number, text in lines:
        case = _parsed(_CASE, path, number, text)
        if case.id in first:
            raise UsageError(f"{path}, line {number}: the id '{case.id}' is already that of line {first[case.id]}.")
        first[case.id] = number
        cases.append(case)
    return tuple(cases)


_T = TypeVar("_T")


def _parsed(adapter: TypeAdapter[_T], path: Path, number: int, text: str) -> _T:
    try:
        return adapter.validate_json(text, by_alias=True, by_name=False)
    except ValidationError as error:
        raise UsageError(f"{path}, line {number}: {_problem(error)}.") from error


def _problem(error: ValidationError) -> str:
    """What pydantic found, as a phrase for whoever wrote the line: a misspelt key first, it explains a missing one."""
    problems = error.errors()
    first = next((each for each in problems if each["type"] == "unexpected_keyword_argument"), problems[0])
    place = ".".join(map(str, first["loc"]))
    match first["type"]:
        case "json_invalid":
            return "this is not JSON: " + str(first["ctx"]["error"]).replace(" at line 1 column", ", column")
        case "unexpected_keyword_argument":
            return _unknown(first["loc"])
        case "missing" | "missing_argument":
            return f"the key '{place}' is missing"
        case "string_too_short" | "string_pattern_mismatch" | "too_short":
            return f"{place} must not be empty"
        case "value_error":
            reason = str(first["ctx"]["error"])
        case _:
            reason = first["msg"][:1].lower() + first["msg"][1:]
    return f"{place}: {reason}" if place else reason


_KEYS = {
    "sources": ("must", "may"),
    "passages": ("source", "quote"),
    "": tuple("in" if name == "scope" else name for name in Case.__dataclass_fields__),
}


def _unknown(place: tuple[int | str, ...]) -> str:
    key = str(place[-1])
    known = _KEYS.get(str(place[0]) if len(place) > 1 else "", ())
    near = get_close_matches(key, known, n=1, cutoff=0)
    return f"unknown key '{key}'" + (f", the nearest is '{near[0]}'" if near else "")
