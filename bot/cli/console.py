"""What reaches the terminal: text that is never interpreted, JSON, progress. Documents and models are not trusted."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

# Terminal escapes begin with one of these; the last two ranges turn the reading order of what follows.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

STAGES = {"read": "Reading", "embed": "Embedding", "index": "Indexing", "ask": "Asking"}

MIN_STEP = 25  # items between two plain lines

Report = Callable[[str, int, int], None]


def safe(text: str) -> str:
    """`text` without the control characters that a terminal would obey; line breaks and tabs stay."""
    return _CONTROL.sub("", text)


def one_line(text: str) -> str:
    """`text` made safe, its white space collapsed."""
    return " ".join(safe(text).split())


@cache
def out() -> Console:
    """Standard output; colours and links only on a terminal, lines never wrapped elsewhere."""
    return _console(sys.stdout)


@cache
def err() -> Console:
    """Standard error, for progress and remarks."""
    return _console(sys.stderr)


def _console(stream: IO[str]) -> Console:
    from rich.console import Console

    stream.reconfigure(errors="replace")  # type: ignore[attr-defined]  # a terminal that cannot show é still shows ?
    console = Console(file=stream, markup=False, highlight=False, emoji=False)
    console.soft_wrap = not console.is_terminal
    return console


def write_json(value: Any, *, indent: int | None = 2) -> None:
    """Write one JSON document to standard output, as UTF-8 whatever the locale says.

    A file name that is not UTF-8 comes out as the escapes of its surrogates, from which Python restores it.
    """
    document = json.dumps(value, ensure_ascii=False, indent=indent) + "\n"
    sys.stdout.buffer.write(document.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def write_exact(text: str) -> None:
    """Write `text` as it is, for offsets to index into; on a terminal control characters become visible marks."""
    if sys.stdout.isatty():
        out().print(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), soft_wrap=True)
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
        sys.stdout.buffer.flush()


@contextmanager
def progress() -> Iterator[Report]:
    """A callback for long work: a bar on a terminal, at most a plain line for each tenth of a stage elsewhere."""
    if not err().is_terminal:
        yield _plain_progress()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err(), transient=True) as bar:
        tasks = {stage: bar.add_task(label, total=None, visible=False) for stage, label in STAGES.items()}

        def report(stage: str, done: int, total: int) -> None:
            bar.update(tasks[stage], completed=done, total=total, visible=True)

        yield report


def _plain_progress() -> Report:
    shown: dict[str, int] = {}

    def report(stage: str, done: int, total: int) -> None:
        step = max(MIN_STEP, -(-total // 10))
        mark = done // step + (done == total)
        if total and mark > shown.get(stage, 0):
            shown[stage] = mark
            err().print(f"{STAGES[stage]} {done} of {total}")

    return report
