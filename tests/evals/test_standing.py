"""Which numbers, dates and names of a statement stand in its passages."""

from __future__ import annotations

from datetime import date

import pytest

from evals.standing import Support, missing


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("They met for 5.5 hours.", "the talks took five and a half hours"),
        ("They met for 330 minutes.", "the talks took five and a half hours"),
        ("They met for 2 hours and 30 minutes.", "lasting 2.5 hours"),
        ("They met for 5½ hours.", "for 5.5 hours"),
        ("It cost 3 billion.", "it cost 3bn in all"),
        ("It cost three billion.", "it cost 3,000,000,000"),
        ("It took half an hour.", "it took 30 minutes"),
        ("Some 1,575 people came.", "1575 people came"),
        ("Twenty-one ships sailed.", "21 ships sailed"),
        ("Two dozen ships sailed.", "24 ships sailed"),
        ("Three hundred and five ships sailed.", "305 ships sailed"),
        ("One of them left.", "some of them left"),
        ("It began on 4 June 2031.", "Dated 2031-06-04."),
        ("It began at 8:30 a.m.", "they sat down at 8.30 a.m."),
    ],
)
def test_a_number_stands_however_it_is_written(statement: str, text: str) -> None:
    """Words, figures, magnitudes and units of time of the same value are the same number."""
    assert missing(statement, Support((text,))) == []


@pytest.mark.parametrize(
    ("statement", "text", "absent"),
    [
        ("They met for six hours.", "they met for five hours", ["six hours"]),
        ("They met for 5 days.", "they met for six hours, 7 minutes", ["5 days"]),
        ("It began at 9:30 a.m.", "they sat down at 8.30 a.m.", ["9", "30"]),
        ("It cost 3 million.", "it cost 3bn", ["3 million"]),
        ("The G20 met.", "The G7 met.", ["20"]),
        ("It began in 1874.", "It began in 1876.", ["1874"]),
        ("They met for 3 hours and 30 minutes.", "lasting 2.5 hours", ["3 hours", "30 minutes"]),
    ],
)
def test_another_number_does_not_stand(statement: str, text: str, absent: list[str]) -> None:
    """A number that no passage holds is named as it is written."""
    assert missing(statement, Support((text,))) == absent


@pytest.mark.parametrize(
    ("statement", "dates", "absent"),
    [
        ("They met on 5 May 2031.", (date(2031, 5, 7),), []),  # the Monday before that Wednesday
        ("They met on 7 May 2031.", (date(2031, 5, 7),), []),  # the document's own date
        ("They met on 6 May 2031.", (date(2031, 5, 7),), ["6"]),
        ("They met on 5 April 2031.", (date(2031, 5, 7),), ["April"]),
        ("They met on 5 May 2031.", (), ["5", "2031", "May"]),
    ],
)
def test_a_weekday_gives_its_date(statement: str, dates: tuple[date, ...], absent: list[str]) -> None:
    """A dated document that says "on Monday" supports that Monday's date, and no other day."""
    assert missing(statement, Support(("They met on Monday.",), dates)) == absent


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("She thanked Ada Brook’s sister.", "ADA BROOK had a sister"),
        ("The Tarvonian envoy spoke.", "the envoy of Tarvonia"),
        ("They asked the UN.", "The United Nations was asked."),
        ("They asked Müller.", "Muller was asked"),
        ("Then I left.", "then she left"),
        ("Negotiators met.", "they met"),
    ],
)
def test_a_name_stands_in_any_form(statement: str, text: str) -> None:
    """Case, accents, possessives, adjectives and initials make no other name; a first word need not be one."""
    assert missing(statement, Support((text,))) == []


@pytest.mark.parametrize(
    ("statement", "vocabulary", "absent"),
    [
        ("The keeper was Martin Brook.", (), ["Martin"]),
        ("The keeper was Ada Johnston.", (), ["Johnston"]),
        ("Martin kept the light.", ("then Martin came, and Martin left",), ["Martin"]),
        ("Keepers kept the light.", ("the keepers of Keepers Lane",), []),
    ],
)
def test_another_name_does_not_stand(statement: str, vocabulary: tuple[str, ...], absent: list[str]) -> None:
    """An invented name is found in the middle of a sentence, and at its start where the documents know it as one."""
    support = Support(("The keeper of the light was Ada Brook, said Ms Johnson.",), vocabulary=vocabulary)
    assert missing(statement, support) == absent
