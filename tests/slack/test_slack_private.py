"""/ask, the shortcut and sharing: answers for one person, and what happens when they are shared."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.slack import notices
from bot.slack.private import UNSURE
from tests.slack.fake_slack import FakeSlack, Fault
from tests.slack.people import channel, command, direct, envelope, person, press, say, send, shortcut
from tests.slack.running import answered, bot, workspace
from tests.slack.scripted import Scripted, document
from tests.slack.world import Message, seen, seen_blocks

OUTAGE = "The outage began at noon [1] It lasted seven hours. [2]"


async def told(slack: FakeSlack, user: str, number: int = 1) -> Message:
    """The latest of what the bot told one person, once there are so many."""
    await slack.until(lambda: len(slack.world.ephemerals(user)) >= number)
    return slack.world.ephemerals(user)[-1]


async def test_ask_is_answered_to_the_asker_alone(tmp_path: Path) -> None:
    """/ask is acknowledged at once and answered once, where nobody else sees it."""
    async with workspace() as slack, bot(slack, tmp_path):
        acknowledged = await command(slack, "U1", "C1", "how long was it?")
        assert acknowledged == {"text": "Looking through the documents…", "response_type": "ephemeral"}
        answer = await told(slack, "U1")
        assert seen(answer).startswith(OUTAGE)
        assert not [message for message in slack.world.by_bot() if message.ephemeral_to is None]


async def test_ask_without_a_question(tmp_path: Path) -> None:
    """/ask alone says how to use it."""
    async with workspace() as slack, bot(slack, tmp_path):
        acknowledged = await command(slack, "U1", "C1", "  ")
        assert acknowledged is not None
        assert "Write your question after /ask" in acknowledged["text"]


async def test_share_in_channel(tmp_path: Path) -> None:
    """A shared answer stands in the channel once, also when the button is pressed twice; replies to it are answered."""
    async with workspace() as slack, bot(slack, tmp_path):
        await command(slack, "U1", "C1", "how long was it?")
        answer = await told(slack, "U1")
        await press(slack, "U1", answer, "share_answer")
        await press(slack, "U1", answer, "share_answer")
        await slack.until(lambda: [m for m in slack.world.by_bot() if m.ephemeral_to is None])
        (shared,) = [m for m in slack.world.by_bot() if m.ephemeral_to is None]
        assert shared.thread_ts is None
        assert seen(shared).startswith("ada asked: how long was it?\nThe outage began at noon [1]")
        await answered(slack, await say(slack, direct("U2"), "U2", "how long was it?"))
        await say(slack, "C1", "U2", "And how long in minutes?", thread=shared.ts)
        await slack.until(lambda: len(slack.world.answers("C1", shared.ts)) == 2)


@pytest.mark.parametrize("kind", ["lost", "error", "reset", "limited"])
async def test_share_whose_post_fails(tmp_path: Path, kind: str) -> None:
    """A share whose response gets lost is not posted again."""
    async with workspace() as slack, bot(slack, tmp_path):
        await command(slack, "U1", "C1", "how long was it?")
        slack.faults.scripted["chat.postMessage"].append(Fault(kind))
        await press(slack, "U1", await told(slack, "U1"), "share_answer")
        await slack.until(lambda: [m for m in slack.world.by_bot() if m.ephemeral_to is None])
        await press(slack, "U1", await told(slack, "U1"), "share_answer")
        await answered(slack, await say(slack, direct("U2"), "U2", "how long was it?"))
        assert len([m for m in slack.world.by_bot() if m.channel == "C1" and m.ephemeral_to is None]) == 1


async def test_share_by_a_user_without_a_name(tmp_path: Path) -> None:
    """Somebody Slack knows no name of shares as a colleague."""
    async with workspace() as slack, bot(slack, tmp_path):
        person(slack, "U3", profile={})
        await command(slack, "U3", "C1", "how long was it?")
        await press(slack, "U3", await told(slack, "U3"), "share_answer")
        await slack.until(lambda: [m for m in slack.world.by_bot() if m.ephemeral_to is None])
        assert "a colleague asked" in seen(next(m for m in slack.world.by_bot() if m.ephemeral_to is None))


async def test_share_where_the_bot_is_not(tmp_path: Path) -> None:
    """Outside its channels the bot says that it has to be invited; after that, sharing works."""
    async with workspace() as slack, bot(slack, tmp_path):
        channel(slack, "C2", bot_is_member=False)
        await command(slack, "U1", "C2", "how long was it?")
        answer = await told(slack, "U1")
        await press(slack, "U1", answer, "share_answer")
        assert seen(await told(slack, "U1", 2)) == notices.NOT_IN_CHANNEL
        slack.world.channels["C2"].bot_is_member = True
        await slack.delivered()
        await press(slack, "U1", answer, "share_answer")
        await slack.until(lambda: [m for m in slack.world.by_bot() if m.ephemeral_to is None])


async def test_share_after_a_document_changed(tmp_path: Path) -> None:
    """What is shared is what the documents say now: an answer from a changed document is made anew."""
    answerer = Scripted()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        await command(slack, "U1", "C1", "how long was it?")
        answer = await told(slack, "U1")
        answerer.documents["outage.txt"] = document("outage.txt", "The outage began at ten. It lasted two hours.\n")
        await press(slack, "U1", answer, "share_answer")
        await slack.until(lambda: [m for m in slack.world.by_bot() if m.ephemeral_to is None])
        assert "two hours" in seen(next(m for m in slack.world.by_bot() if m.ephemeral_to is None))


@pytest.mark.parametrize("kind", ["limited", "reset", "error", "lost"])
async def test_private_answer_whose_delivery_fails(tmp_path: Path, kind: str) -> None:
    """A private answer that may have arrived is not sent twice: a note with a button shows it."""
    async with workspace() as slack, bot(slack, tmp_path):
        slack.faults.scripted["response_url"].append(Fault(kind))
        await command(slack, "U1", "C1", "how long was it?")
        last = await told(slack, "U1", 2 if kind == "lost" else 1)
        if kind == "limited":
            assert seen(last).startswith(OUTAGE)
            return
        assert seen(last).startswith(UNSURE)
        await press(slack, "U1", last, "show_answer")
        await slack.until(lambda: slack.world.modals)
        (modal,) = slack.world.modals.values()
        assert OUTAGE in "\n".join(seen_blocks(modal["blocks"]))


async def test_response_url_that_is_used_up(tmp_path: Path) -> None:
    """Half an hour later the response URL is dead: the answer comes as a message only the asker sees, or directly."""
    async with workspace() as slack, bot(slack, tmp_path):
        channel(slack, "C2", bot_is_member=False)
        for place in ("C1", "C2"):
            payload = {"command": "/ask", "text": "how long was it?", "user_id": "U1", "channel_id": place}
            payload |= {"team_id": "T0HOME", "trigger_id": slack.trigger()}
            payload["response_url"] = f"http://127.0.0.1:{slack.port}/respond/unknown"
            await send(slack, "slash_commands", payload)
        assert seen(await told(slack, "U1")).startswith(OUTAGE)
        await slack.until(lambda: [m for m in slack.world.by_bot() if m.channel == direct("U1")])


async def test_find_sources_for_a_message(tmp_path: Path) -> None:
    """The shortcut shows the asker the passages that go with a message, with evidence."""
    async with workspace() as slack, bot(slack, tmp_path):
        message = await say(slack, "C1", "U2", "seven hours, they say")
        await shortcut(slack, "U1", message, "find_sources")
        found = await told(slack, "U1")
        assert "“The outage began at noon. It lasted seven hours.” [1]" in seen(found)
        assert "[1] Outage — outage.txt, line 1" in seen(found)
        await press(slack, "U1", found, "show_evidence")
        await slack.until(lambda: slack.world.modals)


async def test_find_sources_where_there_are_none(tmp_path: Path) -> None:
    """Nothing that goes with the message, or no text in it, is said so."""
    async with workspace() as slack, bot(slack, tmp_path):
        await shortcut(slack, "U1", await say(slack, "C1", "U2", "lunch?"), "find_sources")
        assert "no passage" in seen(await told(slack, "U1"))
        await shortcut(slack, "U1", await say(slack, "C1", "U2", ""), "find_sources")
        assert seen(await told(slack, "U1", 2)) == notices.EMPTY


async def test_what_nobody_knows(tmp_path: Path) -> None:
    """Unknown commands, actions, shortcuts, modals and events are acknowledged and harm nothing."""
    async with workspace() as slack, bot(slack, tmp_path):
        await command(slack, "U1", "C1", "x", name="/other")
        base = {"team": {"id": "T0HOME"}, "user": {"id": "U1"}, "trigger_id": slack.trigger()}
        pressed = {"type": "block_actions", "actions": [{"action_id": "x", "value": "y"}]}
        await send(slack, "interactive", base | pressed)
        await send(slack, "interactive", base | {"type": "shortcut", "callback_id": "x"})
        view = {"type": "modal", "callback_id": "x"}
        await send(slack, "interactive", base | {"type": "view_submission", "view": view})
        await send(slack, "events_api", envelope(slack, {"type": "emoji_changed"}))
        await answered(slack, await say(slack, direct("U1"), "U1", "how long was it?"))
