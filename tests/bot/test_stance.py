"""Yes, no, or still open."""

from __future__ import annotations

import pytest

from bot.question import understand
from bot.stance import Stance, by_words


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Did Vask meet Thale?", "Vask met Thale on Thursday.", Stance.YES),
        ("Did Vask meet Thale?", "Vask, who had waited, finally met Prime Minister Thale after lunch.", Stance.YES),
        ("Did Vask meet Thale?", "It is not confirmed whether Vask will meet Thale.", Stance.OPEN),
        ("Did Vask meet Thale?", "Vask may meet Thale on Friday.", Stance.OPEN),
        ("Did Vask meet Thale?", "Vask refused to meet Thale.", Stance.NO),
        ("Did Vask meet Thale?", "Vask did not meet Thale.", Stance.NO),
        ("Did she meet Thale?", 'A meeting with Thale had been sought but "was never confirmed".', Stance.OPEN),
        ("Was the summit with Thale held?", "The summit with Thale was held on Friday.", Stance.YES),
        ("Did Vask meet Thale?", "Vask praised the meeting between Orla Quist and Thale.", None),
        ("Did Vask meet Thale?", "The weather was fine.", None),
        ("Did the council ban dogs?", "A petition to the council asks for a ban on dogs.", Stance.OPEN),
        (
            "Does the warranty still apply?",
            "In Ireland the same terms apply. In Canada the warranty is given by a dealer.",
            None,
        ),
        ("Was the bridge opened?", "The bridge was opened in spring.", Stance.YES),
        ("Will the bank support the plan?", "The bank will not support the plan.", Stance.NO),
        (
            "Did Tarvonia send weapons to Ostrel?",
            "They saw no evidence of Tarvonia sending weapons to Ostrel.",
            Stance.NO,
        ),
    ],
)
def test_stance(question: str, sentence: str, expected: Stance | None) -> None:
    """The clause about what is asked decides; a clause about others says nothing."""
    assert by_words(understand(question), sentence) is expected
