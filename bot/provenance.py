"""What a reader must know to weigh the sides of a disagreement: which report is newer, which documents copy another."""

from __future__ import annotations

from collections.abc import Iterator

from bot.answer import Conflict, Side
from bot.dates import in_words


def provenance(conflict: Conflict) -> str:
    """Sentences on the dates and the copies behind the sides, with [n] markers; "" where there is nothing to say."""
    return " ".join(dict.fromkeys((*_newest(conflict), *_copies(conflict))))  # one quote may tell two sides


def _newest(conflict: Conflict) -> Iterator[str]:
    """Names the newest side, if one is newer than every other that has a date."""
    dated = sorted((side.written, n) for n, side in enumerate(conflict.sides) if side.written)
    if len(dated) > 1 and dated[-1][0] != dated[-2][0]:
        day, n = dated[-1]
        undated = "" if len(dated) == len(conflict.sides) else " Not every one has a date."
        yield f"The newest of these reports is {_marked(conflict.sides[n])}, of {in_words(day)}.{undated}"


def _copies(conflict: Conflict) -> Iterator[str]:
    for side in conflict.sides:
        if side.repeated_in:
            n = len(side.repeated_in)
            said, counts = (
                ("Another document repeats", "counts") if n == 1 else (f"{n} other documents repeat", "count")
            )
            yield f"{said} {_marked(side)} nearly word for word and {counts} as one source with it."


def _marked(side: Side) -> str:
    return "".join(f"[{n}]" for n in side.citations)
