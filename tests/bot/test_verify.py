"""Statements against the sentences that should carry them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passages import passage

from bot.verify import verify
from retrieval.model import Chunk, Kind, Sentence

TALKS = passage(
    "The ministers talked for nearly seven hours on Tuesday, said envoy Pella Corrigane.",
    "Thale gave Vask a jar of cherry jam.",
    "Whether Vask will come to the lake is not confirmed.",
    "The bank lends 420 million ilvers over 15 years.",
    "Kessady did not accept the loan.",
    "They signed the accord yesterday.",
    written=date(2025, 10, 17),
)


@pytest.mark.parametrize(
    "claim",
    [
        "The ministers talked for nearly seven hours on Tuesday.",
        "The ministers talked for almost 7 hours on Tuesday.",
        "Thale gave Vask a jar of cherry jam.",
        "It is not confirmed whether Vask will come to the lake.",
        "The bank lends 420 million ilvers.",
        "Kessady did not accept the loan.",
        "They signed the accord on 16 October 2025.",
        "Envoy Pella Corrigane said the ministers talked for nearly seven hours.",
    ],
)
def test_true_claims_pass(claim: str) -> None:
    """A statement that a sentence carries is supported, also with its figure or date written otherwise."""
    verdict = verify(claim, [0], [TALKS], "", None)
    assert verdict.reason == ""
    assert all(TALKS.chunk.text[q.start : q.end] == q.text for q in verdict.quotes)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The ministers talked for nearly eight hours on Tuesday.", "figure"),
        ("The ministers talked for nearly seven days on Tuesday.", "figure"),
        ("The ministers talked for nearly seven hours on Monday.", "date"),
        ("Corrigane gave Vask a jar of cherry jam.", "opposite|name|words"),
        ("Denning gave Vask a jar of cherry jam.", "name"),
        ("Vask will not come to the lake.", "opposite|open"),
        ("Vask came to the lake.", "open|opposite"),
        ("Kessady did accept the loan.", "opposite"),
        ("The bank lends 430 million ilvers.", "figure"),
        ("Thale said the ministers talked for nearly seven hours.", "speaker|name"),
        ("The harvest failed after a long drought.", "no passage"),
        ("!!!", "nothing"),
    ],
)
def test_false_claims_are_withheld(claim: str, reason: str) -> None:
    """One changed figure, date, name, negation or speaker is enough to withhold a statement, with the reason."""
    verdict = verify(claim, [0], [TALKS], "", None)
    assert not verdict.supported
    assert re.search(reason, verdict.reason)


def test_wrong_citation_is_mended() -> None:
    """A statement that another passage carries than the one it cites is cited there."""
    other = passage("The weather was fine.", source="b.txt", number=1)
    verdict = verify("Thale gave Vask a jar of cherry jam.", [0], [other, TALKS], "", None)
    assert [q.passage.source for q in verdict.quotes] == ["a.txt"]


TABLE = replace(
    TALKS, chunk=Chunk("t.md", 0, 30, "| Halmet Dam | 118 metres |xx|", "Dams", (Sentence(0, 27, Kind.TABLE),))
)


@pytest.mark.parametrize(
    ("claim", "passes"), [("Corrigane.", True), ("Jam", True), ("Denning.", False), ("Sank.", False)]
)
def test_a_claim_of_one_word(claim: str, passes: bool) -> None:
    """A word that a sentence holds is carried by it, any other is withheld."""
    assert verify(claim, [0], [TALKS], "", None).supported is passes


def test_a_claim_of_two_thousand_characters() -> None:
    """It is judged as any other: true as long as every part of it stands, withheld with one false part."""
    long = "Thale gave Vask a jar of cherry jam, " * 54
    assert len(long) > 1990
    assert verify(f"{long.rstrip(', ')}.", [0], [TALKS], "", None).supported
    assert not verify(f"{long}and Denning a goat.", [0], [TALKS], "", None).supported
    assert not verify("word " * 400, [0], [TALKS], "", None).supported


def test_contradictory_citations() -> None:
    """Of two cited passages that disagree, the one that says it is quoted; what neither says is withheld."""
    other = passage(
        "The ministers talked for five hours on Tuesday, said envoy Pella Corrigane.", source="b.txt", number=1
    )
    verdict = verify("The ministers talked for five hours on Tuesday.", [0, 1], [TALKS, other], "", None)
    assert [q.passage.source for q in verdict.quotes] == ["b.txt"]
    assert "figure" in verify("The ministers talked for six hours on Tuesday.", [0, 1], [TALKS, other], "", None).reason


@pytest.mark.parametrize(
    "amount", ["420 million", "0.42 billion", "420m", "420,000,000", "420000000", "four hundred and twenty million"]
)
def test_a_number_in_five_ways_and_more(amount: str) -> None:
    """However it is written, the same amount passes, and the next one does not."""
    assert verify(f"The bank lends {amount} ilvers over 15 years.", [0], [TALKS], "", None).reason == ""
    other = amount.replace("420", "430").replace("0.42", "0.43").replace("twenty", "thirty")
    assert "figure" in verify(f"The bank lends {other} ilvers over 15 years.", [0], [TALKS], "", None).reason


def test_a_table_cell_as_the_only_evidence() -> None:
    """A row carries what its cells say; another figure is withheld."""
    verdict = verify("The Halmet Dam is 118 metres high.", [0], [TABLE], "", None)
    assert [q.text for q in verdict.quotes] == ["| Halmet Dam | 118 metres |"]
    assert "figure" in verify("The Halmet Dam is 119 metres high.", [0], [TABLE], "", None).reason


def test_a_document_without_a_date() -> None:
    """What was yesterday cannot be known: the statement may repeat the word, but not turn it into a day."""
    undated = passage("The delegates signed the accord yesterday.")
    assert verify("The delegates signed the accord yesterday.", [0], [undated], "", None).supported
    assert "date" in verify("The delegates signed the accord on 16 October 2025.", [0], [undated], "", None).reason


def test_a_document_with_three_dates() -> None:
    """Each date passes with what it dates; the day of one beside the month of another does not."""
    three = passage("The dam was drawn on 3 May 1950, begun on 7 June 1952 and filled on 9 July 1958.")
    for told in "drawn on 3 May 1950", "begun on June 7, 1952", "filled on 1958-07-09":
        assert verify(f"The dam was {told}.", [0], [three], "", None).reason == ""
    assert "date" in verify("The dam was begun on 7 July 1952.", [0], [three], "", None).reason


@pytest.mark.parametrize("told", ["on 16 October 2098", "yesterday"])
def test_a_document_dated_in_the_future(told: str) -> None:
    """Relative dates are taken from the date that the document bears, whatever day it is now."""
    ahead = passage("The delegates signed the accord yesterday.", written=date(2098, 10, 17))
    assert verify(f"The delegates signed the accord {told}.", [0], [ahead], "", None).reason == ""


@pytest.mark.parametrize(
    ("day", "passes"),
    [("14 October 2025", True), ("21 October 2025", True), ("15 October 2025", False), ("7 October 2025", False)],
)
def test_a_bare_weekday(day: str, passes: bool) -> None:
    """ "On Tuesday" is the last or the next one, seen from the document's date."""
    assert verify(f"The ministers talked for nearly seven hours on {day}.", [0], [TALKS], "", None).supported is passes


def test_names_in_full() -> None:
    """A first name may be added where the passage holds it and nobody else bears the name."""
    read = passage("The envoy Pella Corrigane came by train.", "Corrigane praised the talks at length.")
    assert verify("Pella Corrigane praised the talks at length.", [0], [read], "", None).supported
    both = passage("The envoy Pella Corrigane met Ann Corrigane.", "Corrigane praised the talks at length.")
    assert not verify("Ann Corrigane praised the talks at length.", [0], [both], "", None).supported


def test_a_name_of_another_sentence_does_not_take_the_place_of_one() -> None:
    """Though a second sentence holds it, a name must not stand where the first has another."""
    read = passage(
        "He read law at the University of Nottingham and in Leeds.", "He was given the Keats Prize in London."
    )
    assert "name" in verify("He read law at the Keats Prize and in Leeds.", [0], [read], "", None).reason


def test_a_word_in_anothers_place() -> None:
    """What follows the same word in the sentence must not be a word that nobody uses; one more word may."""
    read = passage("The iron bridge at Marl has been painted green since the first day.")
    told = "The iron bridge at Marl has been painted {} since the first day."
    assert "purpl" in verify(told.format("purple"), [0], [read], "", None).reason
    assert verify(told.format("dark green"), [0], [read], "", None).supported


def test_nothing_is_told_to_be_open_that_is_settled() -> None:
    """ "Not confirmed" is a statement, too."""
    read = passage("The minister confirmed the visit of the envoy to the lake.")
    assert not verify(
        "The minister has not confirmed the visit of the envoy to the lake.", [0], [read], "", None
    ).supported
    assert not verify("It is not known whether the envoy will visit the lake.", [0], [read], "", None).supported


@given(st.text(max_size=300))
def test_any_claim_is_safe(claim: str) -> None:
    """No claim raises, and what is supported has quotes."""
    verdict = verify(claim, [0, 7], [TALKS], claim[:20], None)
    assert bool(verdict.quotes) is verdict.supported
