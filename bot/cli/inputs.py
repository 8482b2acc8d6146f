"""What comes in from outside: questions, conversations and batches, checked and made into values."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answer import Turn
from retrieval.errors import UsageError
from retrieval.model import Scope

MAX_CHARACTERS = 2_000
MAX_HISTORY_BYTES = 1_000_000

_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")


def argument(raw: str) -> str:
    """An argument as it is, or standard input where it is `-`."""
    if raw != "-":
        return raw
    return sys.stdin.buffer.read(4 * MAX_CHARACTERS + 4).decode("utf-8", "replace")


def question_text(raw: str, name: str = "question") -> str:
    """`raw` on one line, without control characters and halves of characters.

    Raises UsageError where it is empty, has no letter or digit, or more than MAX_CHARACTERS.
    """
    text = " ".join(_UNSEEN.sub("", _whole(raw)).split())
    if not text:
        raise UsageError(f"The {name} is empty: write what you want to know.")
    if len(text) > MAX_CHARACTERS:
        raise UsageError(f"The {name} has more than {MAX_CHARACTERS:,} characters: make it shorter.")
    if not any(character.isalnum() for character in text):
        raise UsageError(f"The {name} holds no word: write what you want to know.")
    return text


def _whole(text: str) -> str:
    """`text` with a question mark for each surrogate, which is what is left of bytes that are not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def scope(globs: Sequence[str]) -> Scope:
    """The documents that match one of `globs`, every document without one."""
    return Scope().narrowed(globs) if globs else Scope()


def read_history(path: Path) -> tuple[Turn, ...]:
    """The turns of a file that holds a JSON list of them or one on each line."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): --history wants a file of turns.") from error
    if len(data) > MAX_HISTORY_BYTES:
        raise UsageError(f"{path} is larger than {MAX_HISTORY_BYTES // 1_000_000} MB: keep the last turns only.")
    try:
        text = data.decode("utf-8-sig").strip()
        items = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line]
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is neither a JSON list of turns nor one turn on each line.") from error
    return turns(items)


def turns(value: Any) -> tuple[Turn, ...]:
    """A conversation from JSON: a list of `{"role": "user" | "assistant", "content": text}`."""
    if not isinstance(value, list):
        raise UsageError("The history must be a list of turns.")
    return tuple(_turn(number, item) for number, item in enumerate(value, 1))


def _turn(number: int, item: Any) -> Turn:
    match item:
        case {"role": "user" | "assistant" as role, "content": str(content)}:
            return Turn(role, _whole(content))
    raise UsageError(f'Turn {number} of the history must be {{"role": "user" or "assistant", "content": text}}.')


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line of a batch: a question, or the error that its line is. `id` is any JSON value."""

    id: Any
    question: str = ""
    history: tuple[Turn, ...] = ()
    globs: tuple[str, ...] = ()
    error: str = ""


def batch(lines: Iterable[bytes]) -> Iterable[BatchLine]:
    """The lines of a batch as they are read; blank ones are left out, bad ones carry their error."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _batch_line(number, line)


def _batch_line(number: int, line: bytes) -> BatchLine:
    try:
        item = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return BatchLine(None, error=f"Line {number} is not JSON.")
    if not isinstance(item, dict):
        return BatchLine(None, error=f"Line {number} is not a JSON object.")
    try:
        return BatchLine(item.get("id"), _asked(item), turns(item.get("history") or []), _globs(item.get("in")))
    except UsageError as error:
        return BatchLine(item.get("id"), error=str(error))


def _asked(item: dict[str, Any]) -> str:
    question = item.get("question")
    if not isinstance(question, str):
        raise UsageError('The line has no "question" that is a text.')
    return question_text(question)


def _globs(value: Any) -> tuple[str, ...]:
    globs = [value] if isinstance(value, str) else value or []
    if not isinstance(globs, list) or not all(isinstance(glob, str) for glob in globs):
        raise UsageError('"in" must be a glob such as "reports/*".')
    return tuple(globs)
