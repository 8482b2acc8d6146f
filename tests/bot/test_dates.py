"""Dates in text: found, completed from the document's date, compared."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import dates


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("June 19, 2023", (2023, 6, 19, None)),
        ("19 June 2023", (2023, 6, 19, None)),
        ("the 3rd of March", (None, 3, 3, None)),
        ("2024-02-29", (2024, 2, 29, None)),
        ("October 2018", (2018, 10, None, None)),
        ("in early January", (None, 1, None, None)),
        ("last May", (None, 5, None, None)),
        ("Sept. 9", (None, 9, 9, None)),
        ("on Monday", (None, None, None, 0)),
        ("since 1979", (1979, None, None, None)),
        ("Saturday 23 November 2024", (2024, 11, 23, 5)),
        ("on Tuesday, the 14th of May", (None, 5, 14, 1)),
    ],
)
def test_finds_dates(text: str, parts: tuple[int | None, ...]) -> None:
    """A date is found with the components that the text gives, and no others."""
    (found,) = dates(text)
    assert (found.year, found.month, found.day, found.weekday) == parts


def test_a_weekday_and_another_day_are_two_dates() -> None:
    """Only what stands right behind a weekday, and may fall on it, completes it."""
    assert len(dates("on Monday. 5 May was free")) == 2
    assert len(dates("Monday 23 November 2024")) == 1
    assert len(dates("Monday 23 November 2024", date(2024, 11, 30))) == 2  # it was a Saturday


@pytest.mark.parametrize("text", ["you may go", "a long march", "2023 people", "they march 100 km", "the sun is up"])
def test_ordinary_words_are_no_dates(text: str) -> None:
    """ "may" and "march" are verbs unless the text makes months of them."""
    assert dates(text) == []


def test_document_date_resolves_relative_ones() -> None:
    """ "yesterday" in a report of Monday 19 June 2023 is Sunday the 18th."""
    (found,) = dates("they met yesterday", date(2023, 6, 19))
    assert (found.year, found.month, found.day, found.weekday) == (2023, 6, 18, 6)


def test_comparison_looks_at_what_both_give() -> None:
    """A weekday and a month cannot be compared; two months can."""
    (monday,), (june,), (july,) = dates("on Monday"), dates("in June"), dates("in July")
    assert monday.compatible(june)
    assert not monday.comparable(june)
    assert june.comparable(july)
    assert not june.compatible(july)


@given(st.text(max_size=200), st.dates())
def test_any_text_is_safe(text: str, written: date) -> None:
    """No text raises; spans lie in it, in order."""
    found = dates(text, None if written.year in (1, 9999) else written)
    assert all(0 <= d.start < d.end <= len(text) for d in found)


def test_a_bare_weekday_means_the_last_and_the_next() -> None:
    """Seen from a Thursday; from a Monday "Monday" is that day; what has a day or year of its own means nothing else."""
    (tuesday,) = dates("They met on Tuesday.")
    found = [(d.month, d.day) for d in tuesday.days_meant(date(2025, 10, 16))]
    assert found == [(10, 14), (10, 21)]
    assert [d.day for d in tuesday.days_meant(date(2025, 10, 14))] == [14]
    (full,) = dates("They met on 14 October 2025.")
    assert full.days_meant(date(2025, 10, 16)) == []
