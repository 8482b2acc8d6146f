"""The same fact in other words: each way of writing, and where there is none."""

from __future__ import annotations

import random
from datetime import date

import pytest

from bot.quantities import quantities
from evals import rewriting


def dice() -> random.Random:
    return random.Random(0)


@pytest.mark.parametrize(
    ("rewrite", "text", "expected"),
    [
        (rewriting.figure, "It took 25 guests.", "It took twenty-five guests."),
        (rewriting.figure, "It took twenty-five guests.", "It took 25 guests."),
        (rewriting.figure, "It took 250 guests.", None),
        (rewriting.unit, "They talked for two hours.", "They talked for 120 minutes."),
        (rewriting.unit, "a two-hour talk", "a 120-minute talk"),
        (rewriting.unit, "It is 1.5 kilometres long.", "It is 1,500 metres long."),
        (rewriting.unit, "It costs 5 crowns.", None),
        (rewriting.magnitude, "It holds 5,000 tonnes.", "It holds 5000 tonnes."),
        (rewriting.magnitude, "It holds 1,900 tonnes.", None),
        (rewriting.magnitude, "It owes 2 trillion crowns.", "It owes 2tn crowns."),
        (rewriting.figure, "The 58th squadron flew F-4 jets over 3 km2.", None),
    ],
)
def test_figures(rewrite, text: str, expected: str | None) -> None:  # type: ignore[no-untyped-def]
    """Words, digits, smaller units; a figure that would look like a year is left alone."""
    assert rewrite(text, dice()) == expected


def test_magnitudes_keep_the_value() -> None:
    """However "420 million" is written, it stays the same amount."""
    forms = {rewriting.magnitude("The bank lends 420 million ilvers.", random.Random(n)) for n in range(30)}
    assert len(forms) == 3
    assert {round(quantities(str(form))[0].value) for form in forms} == {420_000_000}


def test_dates() -> None:
    """A full date in five forms; a relative one by the document's date, a weekday as the last one."""
    forms = {rewriting.date_form("It froze on 1 May 2024.", random.Random(n)) for n in range(40)}
    assert "It froze on 2024-05-01." in forms
    assert "It froze on May 1st, 2024." in forms
    assert rewriting.relative_date("It froze yesterday.", date(2025, 10, 16), dice()) == "It froze on 15 October 2025."
    assert rewriting.relative_date("It froze on Monday.", date(2025, 10, 16), dice()) == "It froze on 13 October 2025."
    assert rewriting.relative_date("It will freeze on Monday.", date(2025, 10, 16), dice()) is None
    assert rewriting.relative_date("It froze on Monday.", None, dice()) is None
    assert rewriting.date_form("It froze in May.", dice()) is None


def test_names() -> None:
    """Shorter where the document does so too, in full where only one bears the name."""
    known = {"Pella Corrigane", "Corrigane", "Jo Reed", "Ann Reed", "While Vask"}
    assert rewriting.shorter_name("Then Pella Corrigane left.", known, dice()) == "Then Corrigane left."
    assert rewriting.shorter_name("Then Jo Reed left.", known, dice()) is None
    passage = (
        "Then Pella Corrigane rose, and she left with Jo Reed and Ann Reed. While Vask slept, the Upper Dorn rose."
    )
    assert rewriting.fuller_name("Then Corrigane left.", passage, dice()) == "Then Pella Corrigane left."
    assert rewriting.fuller_name("Then Reed met Vask at the Dorn.", passage, dice()) is None
