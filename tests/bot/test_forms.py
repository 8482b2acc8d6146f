"""Answers of a fixed form."""

from __future__ import annotations

import pytest

from bot.forms import lacks


@pytest.mark.parametrize(
    ("question", "text", "absent"),
    [
        ("What is the telephone number of the support desk?", "The desk counted 61 calls in March.", True),
        ("phone number of the front desk", "The front desk is at 0114 496 0172.", False),
        ("Which number to ring at night?", "The night desk closes at nine.", True),
        ("What is the email address of the editor?", "Write to the editor by post.", True),
        ("What is the email address of the editor?", "Write to editor@paper.example.", False),
        ("What is the name of the lorry driver?", "A lorry hit a pole on Foundry Lane. The driver reported it.", True),
        ("What is the name of the ferry captain?", "Anton Rusk, the captain, spoke of a failed gear.", False),
        ("What is the name of the boat they seized?", "The trawler Patient Anna was boarded at night.", False),
        ("What is the name of the boat they seized?", "It was boarded at night.", True),
        ("What is the name of Arden thought to mean?", "It may mean a high wood.", False),
        ("Which version fixed the leak?", "The leak was fixed.", True),
        ("Since which release is German on the menu?", "## 2.1\n- Added German.", False),
        ("Which version of the story is true?", "Hers.", True),
        ("Who signed?", "Nobody did.", False),
        ("Why did she change her phone number?", "It had been leaked.", False),
        ("Who wrote the email of 3 May?", "Ines wrote it.", False),
        ("Who built the website?", "Ines built it.", False),
    ],
)
def test_the_form_that_an_answer_has_to_have(question: str, text: str, absent: bool) -> None:
    """A telephone number is digits, an address has its sign, and a name stands beside its bearer."""
    assert lacks(question, text) is absent
