"""What a question takes for granted, laid beside what the documents tell."""

from __future__ import annotations

from datetime import date

import pytest
from passages import passage

from bot.evidence import gather
from bot.premise import corrected, findings, turned
from bot.question import understand


def _corrected(question: str, *sentences: str):  # type: ignore[no-untyped-def]
    told = [
        passage(sentence, source=f"{n}.txt", number=n, scores=[6.0 - n / 10], written=date(2025, 6, 2))
        for n, sentence in enumerate(sentences)
    ]
    asked = understand(question)
    return corrected(asked, gather(asked, told, None))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Why did Ann Low refuse to sign the lease?", "Ann Low signed the lease on Monday."),
        ("Why didn't Ann Low open the fair?", "Ann Low opened the fair in the rain."),
        (
            "Why did Ben Hart refuse to meet Ann Low?",
            "Ann Low, the mayor, said on Monday Ann Low met Ben Hart for lunch.",
        ),
        ("Why did the club rent the hall?", "The club did not rent the hall."),
        ("When was the night ferry cancelled?", "The night ferry ran as scheduled."),
        ("Why was the spring fair postponed?", "The spring fair took place as planned."),
        ("Why does the free plan lose its features?", "The free plan keeps all its features, the vendor says."),
        ("Why did membership fall?", "Membership rose from 58 to 66."),
        ("Why did Omar Diaz reject the offer?", "Omar Diaz accepted the offer."),
        ("Why did all 300 guests leave the hall?", "All 250 guests left the hall before noon."),
        ("Why did the bank lend 400 million crowns to the mill?", "The bank lent the mill 420 million crowns."),
    ],
)
def test_a_false_premise_is_corrected(question: str, sentence: str) -> None:
    """By the sentence that says otherwise, word for word."""
    found = _corrected(question, sentence, "The harvest was good.")
    assert found.text == "The documents say otherwise."
    assert [q.text for q in found.quotes] == [sentence]
    assert [s.text for s in findings(found).statements] == [found.text, sentence]


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        ("Why did Ann Low refuse to sign the lease?", ["Ann Low refused to sign the lease."]),
        ("Why did Ann Low sign the lease?", ["Ann Low signed the lease on Monday."]),
        ("Why did Ann Low refuse to sign the lease?", ["Ann Low may sign the lease next week."]),
        ("Why did Ann Low refuse to sign the lease?", ["Ben Hart signed the lease."]),
        ("Why didn't Ann Low sign the lease in the hall?", ["Ann Low signed the lease in the garden."]),
        ("Why did Ann Low refuse to sign the lease on Friday?", ["Ann Low signed the lease on Monday."]),
        ("When was the fair cancelled?", ["The fair was cancelled on Friday.", "The fair took place as planned."]),
        ("Why did membership fall?", ["Membership rose in May.", "Membership fell in June."]),
        ("Why did 300 guests leave?", ["Of 700 guests 300 guests left."]),
        ("Why did 300 guests leave?", ["The hall holds 250 guests."]),
        (
            "Why did Ann Low refuse to meet Ben Hart?",
            ["Ann Low met the mayor, but it is not confirmed whether Ann Low will meet Ben Hart."],
        ),
        ("Why did Ann Low refuse to meet Ben Hart?", ["Ann Low recalled a meeting between Carl Dorn and Ben Hart."]),
        ("Why did Ann Low resign?", ["Ann Low spoke of the weather."]),
        ("Did Ann Low refuse to sign the lease?", ["Ann Low signed the lease on Monday."]),
        ("Why?", ["Ann Low signed the lease."]),
    ],
)
def test_what_is_confirmed_or_told_by_nobody_is_not_corrected(question: str, sentences: list[str]) -> None:
    """A premise that one source confirms, another day, another person, something left open: no correction."""
    assert _corrected(question, *sentences) is None


def test_somebody_else_did_it() -> None:
    """Where the documents know the name but tell it of another, that is said; of an unknown name nothing is said."""
    told = ["Silas Penn signed the loan contract on 3 July.", "The speaker Oona Feld praised the weather."]
    found = _corrected("When did Oona Feld sign the loan contract?", *told)
    assert found.text == "The documents do not say this of Oona Feld."
    assert [q.text for q in found.quotes] == told[:1]
    assert _corrected("When did Rhea Lund sign the loan contract?", *told) is None
    assert _corrected("When did Silas Penn sign the loan contract?", *told) is None


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Why did Ann Low refuse to sign the lease?", "Did Ann Low to sign the lease?"),
        ("Why didn't Ann Low sign the lease?", "Did Ann Low sign the lease?"),
        ("Why did Ann Low sign the lease?", ""),
        ("Who refused to sign the lease?", ""),
    ],
)
def test_what_is_searched_for_beside_a_denial(question: str, searched: str) -> None:
    """Whether it was done; the words stand as the question has them."""
    assert turned(question) == searched
