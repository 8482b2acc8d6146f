"""Kinds of questions over real documents of a workshop and its museum: a real index and the bundled models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer import Answer, Question
from bot.pipeline import Bot
from bot.settings import Settings
from evals.invariants import check

FOLDER = {
    "handbook.md": "# Handbook\n\nDate: 3 March 2025\n\n## Kilns\nThe Arden kiln weighs 640 kilograms and costs 18,500 crowns. "
    "The Kestrel kiln weighs 410 kilograms and costs 21,200 crowns.\n\n## Rules of the kiln room\nWhoever enters the kiln "
    "room keeps these rules:\n\n- Tie back long hair.\n- Wear closed shoes.\n- Report a broken guard to Ida Marsh.\n",
    "spring.txt": "The Quill Observer\n\n30 April 2025\n\nThe pottery museum counted 3,120 visitors in April. Curator Silas "
    "Penn said the new hall was too small for the fountain.\n",
    "summer.txt": "The Tern Weekly\n\n2 June 2025\n\nThe pottery museum counted 4,480 visitors in May. The director, Maren "
    "Oduya, opened the new hall on Sunday before 250 guests. The night tour took place as planned. Maren Oduya said the new hall was large enough for everything.\n",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, data = tmp_path_factory.mktemp("docs"), tmp_path_factory.mktemp("data")
    for name, text in FOLDER.items():
        (folder / name).write_text(text, encoding="utf-8")
    with Bot(Settings(data_dir=data)) as bot:
        assert bot.ingest([folder]).failed == 0
    return data


@pytest.fixture(scope="module")
def bot(data: Path) -> Iterator[Bot]:
    with Bot(Settings(data_dir=data)) as bot:
        yield bot


def _asked(bot: Bot, text: str) -> Answer:
    answer = bot.ask(Question(text))
    assert check(answer, lambda name: bot.show(name).text) == []
    return answer


def _quotes(answer: Answer) -> list[str]:
    return [c.quote for c in answer.citations]


def test_a_comparison_tells_both_and_which(bot: Bot) -> None:
    """Both values with their sentences, the one asked for first."""
    answer = _asked(bot, "Which costs more, the Arden kiln or the Kestrel kiln?")
    assert answer.claims[0].text == "More: the Kestrel kiln, 21,200 crowns; the Arden kiln, 18,500 crowns."
    assert "The Arden kiln:\n- The Arden kiln weighs 640 kilograms and costs 18,500 crowns." in answer.answer
    assert (
        _asked(bot, "Is the Kestrel kiln lighter than the Arden kiln?")
        .claims[0]
        .text.startswith("Lighter: the Kestrel kiln, 410 kilograms;")
    )


def test_what_each_says(bot: Bot) -> None:
    """Each speaker under the own name, with the own words only."""
    answer = _asked(bot, "What did Maren Oduya and Silas Penn each say about the new hall?")
    own, other = answer.answer.split("Silas Penn:\n")
    assert "large enough" in own
    assert "too small" in other
    assert "too small" not in own


def test_documents_that_bear_the_name(bot: Bot) -> None:
    """A paper's reports are what it says, though they do not name it in every sentence."""
    answer = _asked(bot, "How do the Quill Observer and the Tern Weekly differ on the new hall?")
    assert answer.status == "answered"
    assert {c.source for c in answer.citations} == {"spring.txt", "summer.txt"}


def test_a_part_without_an_answer_is_named(bot: Bot) -> None:
    """Of two months the one that no document tells is missing, and no other month stands for it."""
    answer = _asked(bot, "How many visitors did the museum have in May and in October?")
    assert answer.status == "partial"
    assert "The documents do not answer: “How many visitors did the museum have in October?”" in answer.answer
    assert "4,480" in answer.answer
    assert "3,120" not in answer.answer


@pytest.mark.parametrize("question", ["What are the rules of the kiln room?", "Name the three kiln room rules."])
def test_a_list_is_shown_whole(bot: Bot, question: str) -> None:
    """All items, one a line, with one quote that holds the list."""
    answer = _asked(bot, question)
    assert [claim.text for claim in answer.claims][1:] == [
        "Tie back long hair.",
        "Wear closed shoes.",
        "Report a broken guard to Ida Marsh.",
    ]
    assert len(answer.citations) == 1


def test_which_documents_tell_it(bot: Bot) -> None:
    """A question for papers is answered by a quote of each."""
    answer = _asked(bot, "Which papers reported on the new hall?")
    assert {c.source for c in answer.citations} == {"spring.txt", "summer.txt"}


def test_the_newest_document_leads(bot: Bot) -> None:
    """A question for the latest figure is answered by the newest document, which the older one follows."""
    answer = _asked(bot, "What is the latest number of visitors of the museum?")
    assert answer.claims[0].text.startswith("4,480 visitors, says the newest document that answers (2 June 2025).")
    assert "3,120 visitors (30 April 2025)" in answer.claims[0].text
    assert answer.conflicts == ()


def test_before_an_event(bot: Bot) -> None:
    """The event is dated by a document, which is quoted, and an earlier document answers."""
    answer = _asked(bot, "What did the curator say before the opening of the new hall?")
    assert "too small for the fountain" in answer.answer


def test_a_false_premise(bot: Bot) -> None:
    """The quote that says otherwise is the answer."""
    answer = _asked(bot, "When was the night tour cancelled?")
    assert [claim.text for claim in answer.claims] == [
        "The documents say otherwise.",
        "The night tour took place as planned.",
    ]


def test_a_premise_that_nothing_speaks_of(bot: Bot) -> None:
    """Neither contradicted nor confirmed: refused as ever."""
    assert _asked(bot, "Why did Silas Penn resign?").status == "refused"


def test_what_leads_up_to_a_question_is_searched_for(bot: Bot) -> None:
    """A question that leans on the sentence before it is asked together with it; an order before it is not."""
    answer = _asked(bot, "We want to buy the Arden kiln. What does it cost?")
    assert "18,500 crowns" in answer.answer


def test_what_stands_before_a_whole_question_may_be_what_it_is_about(bot: Bot) -> None:
    """Searched for with and without it; what answers better is told."""
    answer = _asked(bot, "Somebody came in sandals. What do I have to wear in the kiln room?")
    assert "Wear closed shoes" in answer.answer
