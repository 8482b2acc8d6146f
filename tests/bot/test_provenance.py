"""Dates and copies behind the sides of a disagreement."""

from __future__ import annotations

import json
from datetime import date

import pytest

from bot.answer import Answer, Conflict, Side
from bot.provenance import provenance

OLD, NEW = date(2025, 10, 14), date(2025, 10, 16)


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        ([Side("7", (1,)), Side("12", (2,))], ""),
        ([Side("7", (1,), OLD), Side("12", (2,))], ""),
        ([Side("7", (1,), OLD), Side("12", (2,), OLD)], ""),
        (
            [Side("7", (1,), OLD), Side("12", (2,), NEW)],
            "The newest of these reports is [2], of 16 October 2025.",
        ),
        (
            [Side("7", (1,), NEW), Side("12", (2,), OLD), Side("20", (3,))],
            "The newest of these reports is [1], of 16 October 2025. Not every one has a date.",
        ),
        (
            [Side("7", (1,), None, ("b.txt",)), Side("12", (2,))],
            "Another document repeats [1] nearly word for word and counts as one source with it.",
        ),
        (
            [Side("7", (1,), None, ("b.txt",)), Side("12", (1,), None, ("b.txt",))],
            "Another document repeats [1] nearly word for word and counts as one source with it.",
        ),
        (
            [Side("7", (1,)), Side("12", (2, 3), None, ("b.txt", "c.txt"))],
            "2 other documents repeat [2][3] nearly word for word and count as one source with it.",
        ),
    ],
)
def test_what_is_told(sides: list[Side], told: str) -> None:
    """Only what the dates and copies show; names of files stay out of the text."""
    assert provenance(Conflict("?", tuple(sides))) == told


def test_json_of_a_dated_side() -> None:
    """Dates inside an answer are written as ISO 8601 at any depth."""
    answer = Answer("?", "?", "answered", "7 [1]", conflicts=(Conflict("?", (Side("7", (1,), OLD), Side("8", (2,)))),))
    assert json.loads(json.dumps(answer.to_json()))["conflicts"][0]["sides"][0]["written"] == "2025-10-14"
