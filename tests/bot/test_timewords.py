"""Words for a time, answered by the documents' dates."""

from __future__ import annotations

from datetime import date

import pytest
from passages import passage

from bot.evidence import gather
from bot.question import understand
from bot.refusal import Judgement
from bot.timewords import When, Wish, dated, findings, wished, within
from retrieval.model import Passage


@pytest.mark.parametrize(
    ("text", "searched", "wish"),
    [
        ("How big is the latest version?", "How big is the version?", Wish(When.LATEST)),
        ("What does a ticket cost now?", "What does a ticket cost?", Wish(When.LATEST)),
        ("Who is the current director?", "Who is the current director?", Wish(When.LATEST)),
        ("How big was the loan originally?", "How big was the loan?", Wish(When.FIRST)),
        ("How many were hurt in the first reports?", "How many were hurt in the reports?", Wish(When.FIRST)),
        ("What was the price as of 3 May 2025?", "What was the price?", Wish(When.UNTIL, date(2025, 5, 3))),
        ("How many came before 1 May 2025?", "How many came?", Wish(When.BEFORE, date(2025, 5, 1))),
        (
            "What did he say after the opening?",
            "What did he say after the opening?",
            Wish(When.AFTER, None, "the opening", "What did he say?"),
        ),
    ],
)
def test_the_time_asked_for(text: str, searched: str, wish: Wish) -> None:
    """The word that only asks for a time is not searched for; an event is to be dated first."""
    assert wished(text) == (searched, wish)


@pytest.mark.parametrize(
    "text",
    [
        "Who chairs the council first?",
        "When did they leave after the opening?",
        "What did he do before he was elected?",
        "What happened on Monday?",
    ],
)
def test_no_time_of_documents(text: str) -> None:
    """What is no question of the documents' dates stays as it is."""
    assert wished(text) == (text, None)


def _versions() -> list[Passage]:
    return [
        passage("The limit is 8 boxes.", source="old.txt", number=1, scores=[8.0], written=date(2024, 1, 2)),
        passage("The limit is 64 boxes.", source="undated.txt", number=2, scores=[9.0]),
        passage("The limit is 32 boxes.", source="new.txt", number=3, scores=[7.0], written=date(2025, 9, 2)),
    ]


def _found(text: str, passages: list[Passage]):  # type: ignore[no-untyped-def]
    searched, wish = wished(text)
    asked = understand(searched)
    return asked, wish, gather(asked, passages, None)


def test_the_newest_leads_and_older_ones_are_told() -> None:
    """The newest document's value leads with its date; a document without a date is never the newest."""
    asked, wish, evidence = _found("How many boxes is the limit now?", _versions())
    found = findings(asked, wish, evidence)
    assert found.statements[0].text == (
        "32 boxes, says the newest document that answers (2 September 2025). Others differ: "
        "8 boxes (2 January 2024); 64 boxes (undated)."
    )
    (dispute,) = found.disputes
    assert [p.quotes[0].passage.source for p in dispute.positions] == ["new.txt", "undated.txt"], (
        "an older value is no disagreement"
    )


def test_the_oldest_leads_where_the_first_is_asked_for() -> None:
    """The same with the oldest."""
    asked, wish, evidence = _found("How many boxes was the limit originally?", _versions())
    assert findings(asked, wish, evidence).statements[0].quotes[0].passage.source == "old.txt"


def test_statements_in_the_order_of_their_dates() -> None:
    """What is no figure is quoted newest first, and what is older or undated under its own heading."""
    told = [
        passage("The colour is grey.", source="old.txt", number=1, scores=[8.0], written=date(2024, 1, 2)),
        passage(
            "The colour is now the red of Linden.", source="new.txt", number=2, scores=[7.0], written=date(2025, 1, 2)
        ),
        passage("An undated list has the colour as blue.", source="undated.txt", number=3, scores=[7.5]),
    ]
    asked, wish, evidence = _found("What is the current colour?", told)
    found = findings(asked, wish, evidence).statements
    assert [s.text for s in found] == [
        "The colour is now the red of Linden.",
        "In older and undated documents:",
        "The colour is grey.",
        "An undated list has the colour as blue.",
    ]


def test_yes_or_no_stays_with_the_report_that_settles_it() -> None:
    """A newer sentence that only hopes does not lead before the one that tells."""
    told = [
        passage("Vask met Thale.", source="undated.txt", number=1, scores=[8.0]),
        passage("Vask hopes to meet Thale.", source="new.txt", number=2, scores=[7.5], written=date(2025, 1, 2)),
    ]
    asked, wish, evidence = _found("Did Vask meet Thale in the end?", told)
    assert [s.text for s in findings(asked, wish, evidence).statements][:2] == ["Yes.", "Vask met Thale."]


def test_later_documents_do_not_answer_as_of_a_day() -> None:
    """Only documents up to that day and undated ones; where none of them answers, nothing does."""
    _, wish, evidence = _found("How many boxes was the limit as of 1 June 2024?", _versions())
    kept, judgement = within(wish, evidence, Judgement(True, 0.9))
    assert {e.source for e in kept} == {"old.txt", "undated.txt"}
    assert judgement.answers
    _, wish, evidence = _found("How many boxes was the limit as of 1 June 2023?", [_versions()[0]])
    assert within(wish, evidence, Judgement(True, 0.9))[1] == Judgement(
        False, 0.9, "no document of that time does (1 June 2023)"
    )


def test_an_event_is_dated_by_the_documents() -> None:
    """A weekday counts from the document's date, and the quote that dates the event is told; else nothing is bounded."""
    wish = wished("What did tickets cost before the opening?")[1]
    assert wish
    told = [passage("The opening was on Sunday.", number=4, scores=[8.0], written=date(2025, 6, 4))]
    asked = understand("When was the opening?")
    found = dated(wish, gather(asked, told, None))
    assert found.day == date(2025, 6, 1)
    assert found.proof
    assert found.proof.text == "The opening was on Sunday."
    undated = [passage("The opening was a success.", number=5, scores=[8.0])]
    assert dated(wish, gather(asked, undated, None)) == wish


def test_before_an_event_later_documents_are_left_out() -> None:
    """A report of later counts only where it speaks of the event itself."""
    wish = Wish(When.BEFORE, date(2025, 6, 1), "the opening", "What did tickets cost?")
    told = [
        passage("Tickets cost 9 crowns.", source="late.txt", number=1, scores=[9.0], written=date(2025, 7, 1)),
        passage("Tickets cost 7 crowns.", source="early.txt", number=2, scores=[8.0], written=date(2025, 4, 1)),
        passage("Until the opening tickets cost 7 crowns a head.", source="back.txt", number=3, scores=[7.0], written=date(2025, 8, 1)),
    ]  # fmt: skip
    kept, _ = within(wish, gather(understand("What did tickets cost?"), told, None), Judgement(True, 0.9))
    assert {e.source for e in kept} == {"early.txt", "back.txt"}
