"""A question in Slack and what people see of its answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.answer import Answer, Citation, Claim, Conflict, Done, Event, Question, Side, Statement
from bot.slack import notices
from tests.slack.people import MENTION, channel, delete, direct, edit, person, say
from tests.slack.running import answered, bot, workspace
from tests.slack.scripted import Scripted, citation, document, statements
from tests.slack.world import Message, seen

HOW_LONG = f"{MENTION} how long was the outage?"
OUTAGE = "The outage began at noon [1] It lasted seven hours. [2]"


async def test_mention_is_answered_in_its_thread(tmp_path: Path) -> None:
    """A mention shows a status, then a streamed answer with numbered sources and buttons, once, and is acknowledged."""
    async with workspace() as slack, bot(slack, tmp_path):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        (answer,) = await answered(slack, asked)
        assert seen(answer).startswith(OUTAGE)
        assert "[1] Outage — outage.txt, line 1, 3 May 2024" in seen(answer)
        assert answer.recipient == "U1"
        statuses = [call["status"] for call in slack.called("assistant.threads.setStatus")]
        assert statuses == ["Looking through the documents…", "Reading 1 documents…"]
        assert {"show_evidence", "feedback"} <= set(re.findall(r"'action_id': '(\w+)'", str(answer.blocks)))
        assert slack.called("chat.startStream")
        assert not slack.called("chat.postMessage")


async def test_first_text_is_shown_before_the_answer_is_complete(tmp_path: Path) -> None:
    """A verified statement is shown while the next is still being made."""
    answerer = Scripted()
    answerer.gate.clear()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: slack.world.answers("C1", asked.ts))
        (answer,) = slack.world.answers("C1", asked.ts)
        assert answer.streaming
        assert seen(answer) == "The outage began at noon [1]"
        answerer.gate.set()
        assert seen((await answered(slack, asked))[0]).startswith(OUTAGE)


async def test_direct_message_needs_no_mention(tmp_path: Path) -> None:
    """A direct message is answered in a thread of its own."""
    async with workspace() as slack, bot(slack, tmp_path):
        asked = await say(slack, direct("U1"), "U1", "How long was it?")
        (answer,) = await answered(slack, asked)
        assert answer.thread_ts == asked.ts


async def test_reply_in_an_answered_thread_needs_no_mention(tmp_path: Path) -> None:
    """A follow-up is answered with the conversation so far, the bot's own answer whole, also after a restart."""
    answerer = Scripted()
    async with workspace() as slack:
        async with bot(slack, tmp_path, answerer):
            asked = await say(slack, "C1", "U1", HOW_LONG)
            await answered(slack, asked)
        async with bot(slack, tmp_path, answerer):
            await say(slack, "C1", "U1", "And how long in minutes?", thread=asked.ts)
            await answered(slack, asked, 2)
        history = [(turn.role, turn.content) for turn in answerer.asked[-1].history]
        assert history == [("user", "how long was the outage?"), ("assistant", OUTAGE)]


async def test_follow_up_that_did_not_wait(tmp_path: Path) -> None:
    """A follow-up written while the first answer is still being made is answered after it, knowing it."""
    answerer = Scripted()
    answerer.gate.clear()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: slack.world.open_streams())
        await say(slack, "C1", "U1", "And how long in minutes?", thread=asked.ts)
        answerer.gate.set()
        await answered(slack, asked, 2)
        assert [turn.content for turn in answerer.asked[1].history] == ["how long was the outage?", OUTAGE]


async def test_reply_that_only_after_an_edit_is_for_the_bot(tmp_path: Path) -> None:
    """Talk between people is answered once an edit mentions the bot."""
    async with workspace() as slack, bot(slack, tmp_path):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await answered(slack, asked)
        talk = Message("C1", slack.world.next_ts(), "U2", "I wonder.", asked.ts)
        slack.world.messages["C1", talk.ts] = talk
        reply = await say(slack, "C1", "U1", "How long, I wonder.", thread=asked.ts)
        await edit(slack, reply, HOW_LONG)
        assert len(await answered(slack, asked, 2)) == 2


@pytest.mark.parametrize(("follow", "answers"), [("addressed", 2), ("all", 3), ("mentions", 2)])
async def test_two_people_talking_in_the_thread(tmp_path: Path, follow: str, answers: int) -> None:
    """By default the bot keeps silent when one person answers another in its thread; a setting changes that."""
    async with workspace() as slack, bot(slack, tmp_path, slack_follow=follow):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await answered(slack, asked)
        talk = Message("C1", slack.world.next_ts(), "U2", "I wonder.", asked.ts)
        slack.world.messages["C1", talk.ts] = talk
        await say(slack, "C1", "U1", "Do you know how long it took?", thread=asked.ts)
        await say(slack, "C1", "U2", HOW_LONG, thread=asked.ts)
        assert len(await answered(slack, asked, answers)) == answers


async def test_replies_that_call_somebody_else_are_not_for_the_bot(tmp_path: Path) -> None:
    """A reply that mentions another person is left alone and leaves no status."""
    async with workspace() as slack, bot(slack, tmp_path):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await answered(slack, asked)
        await say(slack, "C1", "U1", "<@U2> how long will you be?", thread=asked.ts)
        await say(slack, "C1", "U2", HOW_LONG, thread=asked.ts)
        assert len(await answered(slack, asked, 2)) == 2


async def test_messages_that_are_no_questions(tmp_path: Path) -> None:
    """Talk in a channel, bots and joining people are not answered and not even stored."""
    answerer = Scripted()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        await say(slack, "C1", "U1", "how long will lunch be?")
        await say(slack, "C1", None, HOW_LONG, bot_id="B7", subtype="bot_message")
        await say(slack, "C1", "U2", HOW_LONG, subtype="channel_join")
        await say(slack, "C1", "U9", HOW_LONG, bot_id="B7")
        await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert len(answerer.asked) == 1
        assert len(slack.world.by_bot()) == 1


async def test_edited_question_updates_its_answer(tmp_path: Path) -> None:
    """The answer to an edited question takes the place of the old one."""
    async with workspace() as slack, bot(slack, tmp_path):
        asked = await say(slack, "C1", "U1", f"{MENTION} how big was it?")
        (first,) = await answered(slack, asked)
        assert "do not answer" in seen(first)
        await edit(slack, asked, HOW_LONG)
        await slack.until(lambda: seen(slack.world.answers("C1", asked.ts)[0]).startswith(OUTAGE))
        assert [m.ts for m in slack.world.answers("C1", asked.ts)] == [first.ts]
        await slack.until(lambda: not slack.world.stuck())


async def test_edit_while_the_answer_is_made(tmp_path: Path) -> None:
    """What counts in the end is what the question says now."""
    answerer = Scripted()
    answerer.gate.clear()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: slack.world.open_streams())
        await edit(slack, asked, f"{MENTION} how big was it?")
        answerer.gate.set()
        await slack.until(lambda: "do not answer" in seen(slack.world.answers("C1", asked.ts)[0]))
        assert len(slack.world.answers("C1", asked.ts)) == 1
        await slack.until(lambda: not slack.world.stuck())


async def test_mention_added_by_an_edit(tmp_path: Path) -> None:
    """A message that only after an edit mentions the bot is a question from then on."""
    async with workspace() as slack, bot(slack, tmp_path):
        asked = await say(slack, "C1", "U1", "how long was the outage?")
        await edit(slack, asked, HOW_LONG)
        await answered(slack, asked)


@pytest.mark.parametrize("replied", [True, False])
async def test_deleted_question_takes_its_answer_along(tmp_path: Path, replied: bool) -> None:
    """When the question is deleted the answer goes, whether or not Slack leaves a tombstone."""
    async with workspace() as slack, bot(slack, tmp_path):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        (answer,) = await answered(slack, asked)
        if not replied:
            slack.world.messages.pop(("C1", answer.ts))
            answer.thread_ts = None
            slack.world.messages["C1", answer.ts] = answer
        await delete(slack, asked)
        await slack.until(lambda: not slack.world.by_bot())


async def test_long_answer_continues_in_further_messages(tmp_path: Path) -> None:
    """An answer that is too long for one message goes on in the next; every source is there, whole."""
    source = document("long.txt", "\n".join(f"Sentence number {n} of the long report stands here." for n in range(600)))
    cited = tuple(citation(n, source, source.text.split("\n")[n]) for n in range(1, 80))
    texts = [f"{c.quote} * 2 [{c.number}] " + "and so on and on, " * 15 for c in cited]
    answerer = Scripted({"long.txt": source}, statements(*texts, sources=cited))
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: any("👍" in seen(m) for m in slack.world.answers("C1", asked.ts)))
        messages = slack.world.answers("C1", asked.ts)
        whole = "\n".join(map(seen, messages))
        assert all(f"{c.quote} * 2 [{c.number}]" in whole for c in cited)
        assert all(f"[{c.number}] Long — long.txt, line {c.lines[0]}" in whole for c in cited)
        assert len(messages) < 6


async def test_conflict_is_shown_as_sides(tmp_path: Path) -> None:
    """Sources that disagree are shown side by side with their numbers."""

    def script(question: Question) -> list[Event]:
        one, two = document("a.txt"), document("b.txt")
        cited: tuple[Citation, ...] = (citation(1, one, one.text[:24]), citation(2, two, two.text[:24]))
        sides = (Side("six hours", (1,)), Side("seven hours", (2,)))
        conflict = Conflict("how long the outage was", sides)
        claims = (Claim("Six or seven hours.", (1, 2)),)
        text = "Six or seven hours. [1][2]"
        answer = Answer(question.text, question.text, "answered", text, claims, cited, (conflict,))
        return [Statement(text, cited), Done(answer)]

    async with workspace() as slack, bot(slack, tmp_path, Scripted(script=script)):  # type: ignore[arg-type]
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert "The sources disagree: how long the outage was" in seen(answer)
        assert "six hours [1]" in seen(answer)
        assert "seven hours [2]" in seen(answer)


async def test_refusal_shows_what_comes_closest(tmp_path: Path) -> None:
    """A question the documents do not answer is refused with the nearest passages."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", f"{MENTION} who paid for it?"))
        assert "The documents do not answer this." in seen(answer)
        assert "What comes closest:" in seen(answer)
        assert "It lasted seven hours." in seen(answer)


async def test_links_to_sources(tmp_path: Path) -> None:
    """With a link template the title of each source opens the place."""
    template = "https://wiki.example/{source}#L{line}"
    async with workspace() as slack, bot(slack, tmp_path, source_url=template):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert "https://wiki.example/outage.txt#L1" in str(answer.blocks)


async def test_workflow_without_a_user_gets_a_plain_post(tmp_path: Path) -> None:
    """A mention that no user wrote cannot be streamed to anybody; it is answered whole."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", None, HOW_LONG))
        assert seen(answer).startswith(OUTAGE)
        assert not slack.called("chat.startStream")


@pytest.mark.parametrize(
    ("text", "notice"),
    [("", notices.EMPTY), ("   ", notices.EMPTY), ("how long? " * 4000, notices.TOO_LONG)],
)
async def test_messages_that_cannot_be_answered(tmp_path: Path, text: str, notice: str) -> None:
    """Without text, or with 40,000 characters of it, the asker is told what to do."""
    answerer = Scripted()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, direct("U1"), "U1", text, subtype="file_share", files=[{"id": "F1"}])
        (answer,) = await answered(slack, asked)
        assert seen(answer) == notice
        assert not answerer.asked


async def test_mention_without_a_question(tmp_path: Path) -> None:
    """A bare mention is told how to ask."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", MENTION))
        assert seen(answer) == notices.EMPTY


@pytest.mark.parametrize("words", ["help", "Help!", notices.HELP_PROMPT])
async def test_asking_for_help(tmp_path: Path, words: str) -> None:
    """Who asks how to ask is told, without a search; it is the prompt the manifest suggests."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, direct("U1"), "U1", words))
        assert seen(answer) == notices.HELP


async def test_archived_channel(tmp_path: Path) -> None:
    """In an archived channel nothing can be posted; the bot goes on with other questions."""
    async with workspace() as slack, bot(slack, tmp_path):
        channel(slack, "C2", archived=True)
        await say(slack, "C2", "U1", HOW_LONG)
        await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert not slack.world.answers("C2", "")


async def test_thread_that_was_deleted_meanwhile(tmp_path: Path) -> None:
    """When the thread goes while the answer is made, the bot lets go and answers others."""
    answerer = Scripted()
    answerer.gate.clear()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: slack.world.open_streams())
        for message in slack.world.thread("C1", asked.ts):
            slack.world.deleted.append(slack.world.messages.pop(("C1", message.ts)))
        answerer.gate.set()
        await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert not slack.world.thread("C1", asked.ts)


async def test_limits_are_told(tmp_path: Path) -> None:
    """Whoever asks too much in a minute is told so in the thread; others are not affected."""
    async with workspace() as slack, bot(slack, tmp_path, slack_user_limit=2):
        asked = [await say(slack, "C1", "U1", HOW_LONG) for _ in range(2)]
        for question in asked:  # events that are sent at the same time may arrive in any order
            assert seen((await answered(slack, question))[0]).startswith(OUTAGE)
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert "I take 2 a minute from each person" in seen(answer)
        assert seen((await answered(slack, await say(slack, "C1", "U2", HOW_LONG)))[0]).startswith(OUTAGE)


async def test_channel_limit(tmp_path: Path) -> None:
    """A channel has a limit of its own."""
    async with workspace() as slack, bot(slack, tmp_path, slack_channel_limit=1):
        person(slack, "U3")
        await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        (answer,) = await answered(slack, await say(slack, "C1", "U3", HOW_LONG))
        assert "I take 1 a minute in a channel" in seen(answer)
