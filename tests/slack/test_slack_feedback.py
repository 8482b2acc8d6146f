"""Thumbs, reasons, and their way into evaluation cases; the evidence behind an answer."""

from __future__ import annotations

import json
from pathlib import Path

from bot.slack import notices
from bot.slack.feedback import export
from evals.cases import load_cases
from tests.slack.fake_slack import FakeSlack
from tests.slack.people import MENTION, press, say, submit
from tests.slack.running import answered, bot, settings, workspace
from tests.slack.scripted import Scripted, document
from tests.slack.world import Message, seen, seen_blocks

HOW_LONG = f"{MENTION} how long was the outage?"


async def told(slack: FakeSlack, user: str) -> str:
    await slack.until(lambda: slack.world.ephemerals(user))
    return seen(slack.world.ephemerals(user)[-1])


async def modal(slack: FakeSlack, user: str, message: Message, action: str, value: str | None = None) -> str:
    """The key of the modal that a button opens."""
    before = len(slack.world.modals)
    await press(slack, user, message, action, value)
    await slack.until(lambda: len(slack.world.modals) > before)
    return list(slack.world.modals)[-1]


def cases(slack: FakeSlack, tmp_path: Path) -> list[dict[str, object]]:
    """The exported cases, after the evaluation has taken them as its own."""
    found = export(settings(slack, tmp_path))
    file = tmp_path / "feedback.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in found))
    assert len(load_cases(file)) == len(found)
    return found


async def test_thumbs_up_becomes_a_case(tmp_path: Path) -> None:
    """What was liked is exported as a case that expects the same sources and quotes."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        await press(slack, "U1", answer, "feedback", "up")
        assert await told(slack, "U1") == notices.THANKS
        (case,) = cases(slack, tmp_path)
        assert case["question"] == "how long was the outage?"
        assert case["tags"] == ["feedback", "thumbs-up"]
        assert case["sources"] == {"may": ["outage.txt"]}
        assert case["passages"][1] == {"source": "outage.txt", "quote": "It lasted seven hours."}  # type: ignore[index]
        assert list(case["meta"]["versions"]) == ["outage.txt"]  # type: ignore[index]


async def test_thumbs_down_asks_why(tmp_path: Path) -> None:
    """A thumb down opens a modal; its reasons and words are kept, and stay when the thumb is pressed again."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        key = await modal(slack, "U1", answer, "feedback", "down")
        chosen = {"selected_options": [{"value": "wrong"}, {"value": "outdated"}]}
        state = {"reasons": {"value": chosen}, "comment": {"value": {"value": "It was <!channel> eight."}}}
        await submit(slack, "U1", key, state)
        await modal(slack, "U1", answer, "feedback", "down")
        (case,) = cases(slack, tmp_path)
        assert case["tags"] == ["feedback", "thumbs-down", "wrong", "outdated"]
        assert case["meta"]["comment"] == "It was <!channel> eight."  # type: ignore[index]
        assert "passages" not in case


async def test_verdicts_are_per_person_and_changeable(tmp_path: Path) -> None:
    """Two people have two verdicts; one person's later verdict replaces the earlier."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        await modal(slack, "U1", answer, "feedback", "down")
        await press(slack, "U2", answer, "feedback", "up")
        await press(slack, "U1", answer, "feedback", "up")
        assert [case["tags"][1] for case in cases(slack, tmp_path)] == ["thumbs-up", "thumbs-up"]  # type: ignore[index]


async def test_liked_refusal_becomes_a_case_that_must_be_refused(tmp_path: Path) -> None:
    """Somebody agrees that the documents do not answer: from then on they must not."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", f"{MENTION} who paid?"))
        await press(slack, "U1", answer, "feedback", "up")
        (case,) = cases(slack, tmp_path)
        assert case["must_refuse"] is True


async def test_modal_closed_without_words(tmp_path: Path) -> None:
    """An empty modal is fine: the verdict stands without reasons."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        key = await modal(slack, "U1", answer, "feedback", "down")
        empty = {"reasons": {"value": {"selected_options": []}}, "comment": {"value": {"value": None}}}
        await submit(slack, "U1", key, empty)
        (case,) = cases(slack, tmp_path)
        assert case["tags"] == ["feedback", "thumbs-down"]


async def test_evidence_shows_each_quote_in_its_context(tmp_path: Path) -> None:
    """The modal has every quote in bold inside the text around it."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        view = slack.world.modals[await modal(slack, "U2", answer, "show_evidence")]
        bold = [e["text"] for e in _runs(view["blocks"]) if e.get("style", {}).get("bold") and e["type"] == "text"]
        assert bold == ["Outage", "The outage began at noon", "Outage", "It lasted seven hours."]
        shown = "".join(seen_blocks(view["blocks"]))
        assert "The outage began at noon. It lasted seven hours.\nNobody was hurt." in shown


async def test_evidence_after_the_document_changed(tmp_path: Path) -> None:
    """A week later the document may read differently, or be gone: the modal says so."""
    answerer = Scripted()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        answerer.documents["outage.txt"] = document("outage.txt", "Preface. The outage began at noon. It was short.")
        view = slack.world.modals[await modal(slack, "U1", answer, "show_evidence")]
        shown = "\n".join(seen_blocks(view["blocks"]))
        assert "has changed since" in shown
        assert "Preface. The outage began at noon" in shown
        del answerer.documents["outage.txt"]
        view = slack.world.modals[await modal(slack, "U1", answer, "show_evidence")]
        shown = "\n".join(seen_blocks(view["blocks"]))
        assert "no longer indexed" in shown
        assert "seven hours" not in shown


async def test_button_of_an_answer_nobody_has(tmp_path: Path) -> None:
    """A button whose answer is not in the database, such as after a move, says so."""
    async with workspace() as slack:
        async with bot(slack, tmp_path / "old"):
            (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        async with bot(slack, tmp_path / "new"):
            await press(slack, "U1", answer, "show_evidence")
            assert await told(slack, "U1") == notices.GONE
            await press(slack, "U2", answer, "feedback", "down")
            assert await told(slack, "U2") == notices.GONE


async def test_trigger_that_is_too_old(tmp_path: Path) -> None:
    """When the modal comes too late for Slack, the person is asked to press again."""
    async with workspace(strict=False) as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        slack.trigger = lambda: "expired"  # type: ignore[method-assign]
        await press(slack, "U1", answer, "show_evidence")
        assert await told(slack, "U1") == notices.PRESS_AGAIN


def _runs(blocks: list[dict[str, object]]) -> list[dict[str, object]]:
    return [run for block in blocks for part in block.get("elements", ()) for run in part.get("elements", ())]  # type: ignore[attr-defined]
