"""App Home and suggested prompts."""

from __future__ import annotations

from pathlib import Path

from tests.slack.people import MENTION, direct, open_home, person, press, say
from tests.slack.running import answered, bot, workspace
from tests.slack.scripted import Scripted, document, refusal, statements
from tests.slack.world import World, seen_blocks


def home(world: World, user: str) -> str:
    return "\n".join(seen_blocks(world.homes[user]["blocks"]))


async def test_home_shows_what_is_indexed(tmp_path: Path) -> None:
    """The home tab says what is indexed and since when, how to ask, and example questions that the bot does answer."""
    text = "The first program is by Ada Lovelace, as is known. Ada wrote it with Turbo Lift, a machine."
    lovelace = document("ada.txt", text, "Ada")

    def script(question):  # type: ignore[no-untyped-def]
        known = "Ada Lovelace" in question.text
        return statements("She was one.")(question) if known else refusal(question, [])

    async with workspace() as slack, bot(slack, tmp_path, Scripted({"ada.txt": lovelace}, script)):
        await open_home(slack, "U1", "home")
        await slack.until(lambda: "about Ada Lovelace?" in home(slack.world, "U1") if slack.world.homes else False)
        shown = home(slack.world, "U1")
        assert "1 document, last brought up to date on 4 May 2024 at 12:00 UTC." in shown
        assert "Ada — ada.txt" in shown
        assert "Mention me in a channel" in shown
        assert "Not answered lately" not in shown
        assert "Turbo Lift" not in shown


async def test_prompts_are_suggested_when_a_direct_message_is_opened(tmp_path: Path) -> None:
    """The agent view suggests questions that the documents answer."""
    lovelace = document("ada.txt", "It is by Ada Lovelace.", "Ada")
    answerer = Scripted({"ada.txt": lovelace}, statements("She was one."))
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        await open_home(slack, "U1", "messages")
        await slack.until(lambda: slack.world.prompts)
        (prompt,) = slack.world.prompts[direct("U1")]
        question = "What do the documents say about Ada Lovelace?"
        assert prompt == {"title": question, "message": question}


async def test_nothing_is_suggested_without_documents(tmp_path: Path) -> None:
    """Without documents there is nothing to suggest, and the home tab says so."""
    async with workspace() as slack, bot(slack, tmp_path, Scripted({})):
        await open_home(slack, "U1", "messages")
        await open_home(slack, "U1", "home")
        await slack.until(lambda: slack.world.homes)
        assert "There are no documents that I may show you." in home(slack.world, "U1")
        assert not slack.world.prompts


async def test_administrators_see_what_went_wrong(tmp_path: Path) -> None:
    """Administrators see the questions that were refused or disliked, others do not."""
    async with workspace() as slack, bot(slack, tmp_path):
        person(slack, "U7", admin=True)
        await answered(slack, await say(slack, "C1", "U1", f"{MENTION} who paid?"))
        (answer,) = await answered(slack, await say(slack, "C1", "U1", f"{MENTION} how long was it?"))
        await press(slack, "U1", answer, "feedback", "down")
        await open_home(slack, "U7", "home")
        await open_home(slack, "U1", "home")
        await slack.until(lambda: {"U1", "U7"} <= slack.world.homes.keys())
        shown = home(slack.world, "U7")
        assert "who paid? (refused, " in shown
        assert "how long was it? (no reason given)" in shown
        assert "Not answered lately" not in home(slack.world, "U1")
