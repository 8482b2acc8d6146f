"""Numbers with units: found, brought to one scale, compared."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quantities import Quantity, quantities

HOUR = 3600.0


@pytest.mark.parametrize(
    ("text", "spans", "values", "unit"),
    [
        ("They met for nearly six hours with the envoy.", ["nearly six hours"], [6 * HOUR], "second"),
        ("It took five and a half hours.", ["five and a half hours"], [5.5 * HOUR], "second"),
        ("It took 330 minutes.", ["330 minutes"], [5.5 * HOUR], "second"),
        ("It took 5.5 hours.", ["5.5 hours"], [5.5 * HOUR], "second"),
        ("A two-hour dinner followed.", ["two-hour"], [2 * HOUR], "second"),
        ("Half an hour later", ["Half an hour"], [0.5 * HOUR], "second"),
        ("a $3.5 billion package", ["$3.5 billion"], [3.5e9], "USD"),
        ("3bn euros", ["3bn euros"], [3e9], "EUR"),
        ("US$40m in aid", ["US$40m"], [4e7], "USD"),
        ("5 million US dollars", ["5 million US dollars"], [5e6], "USD"),
        ("12,500 tonnes of wheat", ["12,500 tonnes"], [1.25e7], "kilogram"),
        ("80 000 litres of water", ["80 000 litres"], [8e4], "litre"),
        ("2,1 million of cubic metres", ["2,1 million of cubic metres"], [2.1e6], "cubic metre"),
        ("It fell 3,5 % on Monday.", ["3,5 %"], [3.5], "percent"),
        ("gusts of 148 kilometres an hour", ["148 kilometres an hour"], [148e3], "metre/hour"),
        ("31 kilometres in the hour; 17 knots", ["31 kilometres in the hour", "17 knots"], [31e3, 31484], "metre/hour"),
        ("every list, including the one on the beer mats, for one in ten", ["one", "ten"], [1, 10], ""),
        ("45 percent and 30 per cent", ["45 percent", "30 per cent"], [45, 30], "percent"),
        ("two hundred and six soldiers", ["two hundred and six"], [206], ""),
        ("more than a dozen delegates", ["more than a dozen"], [12], ""),
        ("three billion", ["three billion"], [3e9], ""),
        ("3,559 people", ["3,559"], [3559], ""),
        ("the twenty-fourth round", ["twenty-fourth"], [24], ""),
        ("about an hour and fifty minutes", ["about an hour and fifty minutes"], [110 * 60], "second"),
        ("two days, 3 hours and 5 minutes", ["two days, 3 hours and 5 minutes"], [51 * HOUR + 300], "second"),
        ("an hour and a half", ["an hour and a half"], [1.5 * HOUR], "second"),
        ("a quarter of an hour", ["quarter of an hour"], [0.25 * HOUR], "second"),
        ("It lasted just over an hour.", ["just over an hour"], [HOUR], "second"),
        ("5 feet 6 inches", ["5 feet 6 inches"], [1.6764], "metre"),
        ("a peak of 978 m and rain of 38 millimetres", ["978 m", "38 millimetres"], [978, 0.038], "metre"),
        ("a million and a half tonnes", ["a million and a half tonnes"], [1.5e9], "kilogram"),
        ("one pound fifty for a copy of 20p", ["one pound fifty", "20p"], [1.5, 0.2], "pound"),
        ("£10; ten pounds; 25 pence", ["£10", "ten pounds", "25 pence"], [10, 10, 0.25], "pound"),
        ("read twice a day, not once a week", ["twice", "once"], [2, 1], ""),
    ],
)
def test_finds_quantities(text: str, spans: list[str], values: list[float], unit: str) -> None:
    """A figure is found with its qualifier and unit, however it is written."""
    found = quantities(text)
    assert [text[q.start : q.end] for q in found] == spans
    assert [q.value for q in found] == pytest.approx(values)
    assert {q.unit for q in found} == {unit}


def test_an_hour_of_a_rate_is_no_quantity() -> None:
    """What is told by the hour lasts none, and "once" may mean "as soon as"."""
    assert [q.unit for q in quantities("at 60 km an hour, once it is dark")] == ["metre/hour"]
    assert [q.unit for q in quantities("20 km the second day")] == ["metre"]
    assert not any(q.unit for q in quantities("at twelve minutes past three"))


def test_figures_side_by_side_are_two() -> None:
    """Only a smaller unit goes on with a figure."""
    assert len(quantities("two minutes and three hours")) == 2
    assert len(quantities("two and a half hours and ten minutes")) == 2


def test_range_is_one_quantity() -> None:
    """ "five to seven hours" is one value with two ends, not two values."""
    (found,) = quantities("talks carried on from five to seven hours")
    assert (found.low, found.high) == (5 * HOUR, 7 * HOUR)


def test_counted_noun_is_the_head_of_its_phrase() -> None:
    """In "forty wounded civilian workers" it is workers who are counted."""
    (found,) = quantities("forty wounded civilian workers")
    assert (found.value, found.noun) == (40, "worker")


@pytest.mark.parametrize(
    "text", ["on 19 June 2023", "in 2018", "June 19, 2023", "the G20 in Bali", "at 2.20 p.m.", "at 10:30"]
)
def test_dates_and_names_are_no_quantities(text: str) -> None:
    """A year or a day of the month is not an amount, and neither is the number in a name."""
    assert quantities(text) == []


def _one(text: str) -> Quantity:
    (found,) = quantities(text)
    return found


@pytest.mark.parametrize(
    ("a", "b", "same", "compatible"),
    [
        ("five and a half hours", "5.5 hours", True, True),
        ("three billion dollars", "$3bn", True, True),
        ("nearly six hours", "seven and a half hours", False, False),
        ("more than five hours", "five and a half hours", False, True),
        ("about three hours", "three hours", True, True),
        ("six hours", "six days", False, False),
        ("six hours", "six euros", False, False),
    ],
)
def test_compares(a: str, b: str, same: bool, compatible: bool) -> None:
    """Equal figures are the same in any spelling; a vague one is compatible with a sharp one inside it."""
    assert _one(a).same(_one(b)) is same
    assert _one(a).compatible(_one(b)) is compatible


@given(st.text(max_size=300))
def test_any_text_is_safe(text: str) -> None:
    """No text raises, and every span lies in it, in order."""
    found = quantities(text)
    assert all(0 <= q.start < q.end <= len(text) for q in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
