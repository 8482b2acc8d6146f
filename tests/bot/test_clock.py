"""Times of day: found as they are written, compared as the hands stand."""

from __future__ import annotations

import pytest

from bot.clock import times
from bot.question import Kind, understand


@pytest.mark.parametrize(
    ("text", "spans", "minutes"),
    [
        ("It hit the jetty at 2.20 p.m. on Tuesday.", ["2.20 p.m."], [140]),
        ("The desk opens at 8am and closes at 17:30.", ["8am", "17:30"], [480, 330]),
        ("They walked home at six o'clock.", ["six o'clock"], [360]),
        ("She stepped off the train at ten past nine.", ["ten past nine"], [550]),
        ("at twelve minutes past three", ["twelve minutes past three"], [192]),
        ("It happened at 20 hours 52 minutes.", ["at 20 hours 52 minutes"], [532]),
        ("at a quarter to five", ["quarter to five"], [285]),
        ("The bells rang at noon and at midnight.", ["noon", "midnight"], [0, 0]),
        ("The office opens at 9.15 on weekdays.", ["at 9.15"], [555]),
        ("from five to seven hours", [], []),
        ("09.30 The train is late.", ["09.30"], [570]),
        ("10.45 million people", [], []),
        ("version 2.20 of 14 October 2025", [], []),
    ],
)
def test_finds_times(text: str, spans: list[str], minutes: list[float]) -> None:
    """A time is found however it is written; durations, dates and other numbers are none."""
    found = times(text)
    assert [text[q.start : q.end] for q in found] == spans
    assert [q.value for q in found] == minutes


def test_same_time_in_two_spellings() -> None:
    """Half past six and 6.30 p.m. are one time; seven is another."""
    (a,), (b,), (c,) = (times(t) for t in ("half past six", "6.30 p.m.", "7 p.m."))
    assert a.compatible(b)
    assert not a.compatible(c)


def test_question_for_a_time() -> None:
    """ "What time" wants a time of day, not a date or a duration."""
    asked = understand("What time does the desk open?")
    assert asked.kind is Kind.TIME
    assert [q.value for q in asked.quantities("It opens at 8.30 a.m. on 3 May, for two hours.")] == [510]
