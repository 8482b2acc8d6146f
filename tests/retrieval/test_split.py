"""Where sentences end inside a paragraph."""

from __future__ import annotations

import pytest
from written import wordings

from retrieval.split import split


@pytest.mark.parametrize(
    "expected",
    [
        ["The U.S. Secretary met Mr. Qin at 5 p.m. on Jan. 5.", "They talked for 3.5 hours."],
        ["He went to Washington, D.C., by train.", "See example.com or java.util.List for more."],
        ["“We tried to call. Nobody answered,” said Dr. Smith.", "Then he left."],
        ["Beijing called this “five no.”", "It said that the U.S. would follow."],
        ["“Is it true?” Mr. Biden asked.", "“Yes.”", "She stayed."],
        ["Emoji 😀 count as one.", "So do e\u0301 and 𝒳.", "End."],
        ["שלום עולם.", "מה שלומך?"],
        ["The rate rose, e.g. in Bern.", "It fell later."],
    ],
)
def test_sentences_of_a_paragraph(expected: list[str]) -> None:
    """Abbreviations, figures, addresses and quotations do not end a sentence; what ends one does."""
    assert wordings(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("They respect the Republic of China.Wang's statement confirms it.", "Wang's statement confirms it."),
        ("He told the agency.“We go on,” he said.", "“We go on,” he said."),
        ("It was long (very long).Then it ended.", "Then it ended."),
        ("Is it over?Yes it is.", "Yes it is."),
    ],
)
def test_missing_space(text: str, second: str) -> None:
    """Scraped text loses spaces between sentences: ordinary words on both sides make two."""
    assert wordings(text)[1] == second


@pytest.mark.parametrize(
    "word", ["Example.Com", "java.util.List", "U.S.The", "a@b.Com", "3.5", "www.Site.Org/Page.Html"]
)
def test_no_split_inside_a_name(word: str) -> None:
    """Addresses, identifiers and figures stay whole."""
    assert wordings(f"The word {word} stays whole.") == [f"The word {word} stays whole."]


def test_long_quotation_is_cut() -> None:
    """A quotation longer than anyone would quote is cut into its sentences; the marks stay with theirs."""
    said = "We have talked about trade and about the river for many hours today"
    text = f"“{'. '.join([said] * 12)},” he said. Then he left."
    found = wordings(text)
    assert len(found) == 13
    assert found[0] == f"“{said}."
    assert found[-2:] == [f"{said},” he said.", "Then he left."]


def test_lines_of_label_and_value_stand_alone() -> None:
    """Fees and opening hours are a line each; a colon inside running text ends nothing."""
    text = "Members: 18 crowns\nGuests: 25 crowns\nChildren under 12: free\nAsk at the desk."
    assert [text[a:b] for a, b in split(text, 0, len(text))][:2] == ["Members: 18 crowns", "Guests: 25 crowns"]
    prose = "She named one thing: the water that\nthe valley lacks: 40 litres. Nothing else."
    assert len(list(split(prose, 0, len(prose)))) == 2
