"""What goes wrong between the bot and Slack, one thing at a time: the answer still stands once, whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Event, Question, Statement
from retrieval.errors import ProviderError, StoreError, UserError
from tests.slack.fake_slack import Fault
from tests.slack.methods import METHODS, Refused, expire_streams
from tests.slack.people import MENTION, channel, envelope, say, send
from tests.slack.running import answered, bot, workspace
from tests.slack.scripted import Scripted, statements
from tests.slack.world import World, seen

Act = Callable[[World, dict[str, Any]], dict[str, Any]]

HOW_LONG = f"{MENTION} how long was the outage?"
OUTAGE = "The outage began at noon [1] It lasted seven hours. [2]"
CALLS = ("chat.startStream", "chat.appendStream", "chat.stopStream", "assistant.threads.setStatus")


@pytest.mark.parametrize("kind", ["limited", "error", "lost", "reset"])
@pytest.mark.parametrize("method", CALLS)
async def test_a_failing_call(tmp_path: Path, method: str, kind: str) -> None:
    """A 429, a 500, an answer that got lost or a connection reset at any step of streaming: one whole answer."""
    answerer = Scripted()
    answerer.gate.clear()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        slack.faults.scripted[method].append(Fault(kind))
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: slack.called("assistant.threads.setStatus") or kind in ("error", "limited", "reset"))
        answerer.gate.set()
        (answer,) = await answered(slack, asked)
        assert seen(answer).startswith(OUTAGE)
        assert "[2] Outage — outage.txt" in seen(answer)


@pytest.mark.parametrize("kind", ["limited", "error", "lost", "reset"])
async def test_a_failing_append(tmp_path: Path, kind: str) -> None:
    """The stream breaks between its first and last statement: the message is completed, not posted again."""
    answerer = Scripted()
    answerer.gate.clear()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: slack.world.open_streams())
        slack.faults.scripted["chat.appendStream"].append(Fault(kind))
        slack.faults.scripted["chat.stopStream"].append(Fault(kind))
        answerer.gate.set()
        (answer,) = await answered(slack, asked)
        assert seen(answer).startswith(OUTAGE)


@pytest.mark.parametrize("kind", ["limited", "error", "lost", "reset"])
async def test_a_failing_post(tmp_path: Path, kind: str) -> None:
    """A plain post that fails or whose answer gets lost is there once."""
    async with workspace() as slack, bot(slack, tmp_path):
        slack.faults.scripted["chat.postMessage"].append(Fault(kind))
        asked = await say(slack, "C1", None, HOW_LONG)
        (answer,) = await answered(slack, asked)
        assert seen(answer).startswith(OUTAGE)
        await say(slack, "C1", None, HOW_LONG, thread=asked.ts)
        assert len(await answered(slack, asked, 2)) == 2


async def test_stream_that_expired(tmp_path: Path) -> None:
    """A stream that Slack ended after five minutes is completed by an update."""
    answerer = Scripted()
    answerer.gate.clear()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: slack.world.open_streams())
        expire_streams(slack.world)
        answerer.gate.set()
        await slack.until(lambda: seen(slack.world.answers("C1", asked.ts)[0]).startswith(OUTAGE))
        assert len(slack.world.answers("C1", asked.ts)) == 1


async def test_where_streaming_is_not_available(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a conversation that takes no streams the answer is posted whole."""

    def unavailable(_world: World, _arguments: dict[str, Any]) -> dict[str, Any]:
        raise Refused("channel_type_not_supported")

    monkeypatch.setitem(METHODS, "chat.startStream", replace(METHODS["chat.startStream"], act=unavailable))
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert seen(answer).startswith(OUTAGE)


@pytest.mark.parametrize("stream", ["chat.startStream", "chat.postMessage"])
async def test_where_blocks_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str) -> None:
    """Should Slack find fault with the blocks of an answer, it stands there as plain text with its sources."""

    for name in (stream, "chat.stopStream", "chat.update"):
        monkeypatch.setitem(METHODS, name, replace(METHODS[name], act=_picky(METHODS[name].act)))
    user = "U1" if stream == "chat.startStream" else None
    async with workspace() as slack, bot(slack, tmp_path):
        asked = await say(slack, "C1", user, HOW_LONG)
        await slack.until(lambda: any(m.text for m in slack.world.answers("C1", asked.ts)))
        (answer,) = slack.world.answers("C1", asked.ts)
        assert seen(answer).startswith(OUTAGE)
        assert "[2] Outage, line 1" in seen(answer)


def _picky(act: Act) -> Act:
    def picky(world: World, arguments: dict[str, Any]) -> dict[str, Any]:
        if arguments.get("blocks"):
            raise Refused("invalid_blocks")
        return act(world, arguments)

    return picky


async def test_posts_in_one_channel_are_paced(tmp_path: Path) -> None:
    """Answers that cannot be streamed are posted no faster than a channel takes them (here a fifth of Slack's time)."""
    async with workspace() as slack, bot(slack, tmp_path):
        slack.post_seconds /= 5
        asked = [await say(slack, "C1", None, HOW_LONG) for _ in range(9)]
        for question in asked:
            await answered(slack, question)


async def test_fifty_questions_at_once(tmp_path: Path) -> None:
    """Fifty questions in ten channels are each answered once, with their own answer, within all of Slack's limits.

    Streams are limited to twenty a minute: further answers are posted whole.
    """

    def script(question: Question) -> Iterator[Event]:
        return statements(f"This is about {question.text}")(question)

    async with workspace() as slack, bot(slack, tmp_path, Scripted(script=script)):
        for n in range(10):
            channel(slack, f"C9{n}")
        asked = [await say(slack, f"C9{n % 10}", "U1", f"{MENTION} number {n}") for n in range(50)]
        for n, question in enumerate(asked):
            (answer,) = await answered(slack, question)
            assert seen(answer).startswith(f"This is about number {n}\n")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StoreError("secret path /x"), "I cannot read the document index at the moment."),
        (ProviderError("secret key sk-1"), "The language model does not answer at the moment."),
        (UserError("secret"), "Something went wrong while I looked for an answer."),
        (ZeroDivisionError("secret"), "Something went wrong while I looked for an answer."),
        (TimeoutError("secret"), "This took too long, so I stopped."),
    ],
)
@pytest.mark.parametrize("begun", [False, True])
async def test_an_answer_that_fails(tmp_path: Path, error: Exception, sentence: str, begun: bool) -> None:
    """An error is one plain sentence with a reference, never its own text, and nothing half-said stays."""

    def script(_: Question) -> Iterator[Event]:
        if begun:
            yield Statement("Half a truth. [1]")
        raise error

    async with workspace() as slack, bot(slack, tmp_path, Scripted(script=script)):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        await slack.until(lambda: any("reference" in seen(m) for m in slack.world.answers("C1", asked.ts)))
        (answer,) = await answered(slack, asked)
        assert seen(answer).startswith(sentence)
        assert "secret" not in str(slack.calls)
        assert "Half" not in seen(answer)
        assert len(seen(answer).split()[-1].strip(".")) == 12


async def test_duplicate_deliveries(tmp_path: Path) -> None:
    """The same event again and again, at once and later, is one question."""
    answerer = Scripted()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        asked = await say(slack, "C1", "U1", HOW_LONG)
        event = {"type": "app_mention", "channel": "C1", "user": "U1", "text": HOW_LONG, "ts": asked.ts}
        body = envelope(slack, event)
        await asyncio.gather(*(send(slack, "events_api", body) for _ in range(5)))
        await answered(slack, asked)
        await send(slack, "events_api", body)
        await answered(slack, await say(slack, "C1", "U2", HOW_LONG))
        assert len(slack.world.answers("C1", asked.ts)) == 1
        assert len(answerer.asked) == 2


async def test_reconnect_on_request(tmp_path: Path) -> None:
    """Slack asks for a new connection every few hours; nothing asked around that time is lost or doubled."""
    async with workspace() as slack, bot(slack, tmp_path):
        asked = [await say(slack, "C1", "U1", HOW_LONG)]
        await slack.refresh()
        asked.append(await say(slack, "C1", "U1", HOW_LONG))
        for question in asked:
            assert len(await answered(slack, question)) == 1


async def test_connection_reset(tmp_path: Path) -> None:
    """After a TCP reset the bot comes back by itself and answers what was asked meanwhile."""
    async with workspace() as slack, bot(slack, tmp_path):
        slack.ack_seconds, slack.redeliver_after = 0.5, (0.5, 0.5, 0.5)
        slack.cut()
        asked = await say(slack, "C1", "U1", HOW_LONG)
        assert len(await answered(slack, asked)) == 1


async def test_connection_that_is_refused_for_a_while(tmp_path: Path) -> None:
    """Each address Slack gives is good once: after a refused connection the bot asks for a new one."""
    async with workspace() as slack, bot(slack, tmp_path):
        slack.ack_seconds, slack.redeliver_after = 0.5, (0.5, 0.5, 0.5)
        slack.handshake_refused = True
        slack.cut()
        before = len(slack.called("apps.connections.open"))
        await slack.until(lambda: len(slack.called("apps.connections.open")) > before)
        slack.handshake_refused = False
        assert len(await answered(slack, await say(slack, "C1", "U1", HOW_LONG))) == 1


async def test_two_processes_beside_each_other(tmp_path: Path) -> None:
    """Two bots on one database share the work: each question is answered by one of them."""
    one, two = Scripted(), Scripted()
    async with workspace() as slack, bot(slack, tmp_path, one), bot(slack, tmp_path, two):
        await slack.until(lambda: len(slack.sockets) == 2)
        asked = [await say(slack, "C1", "U1", HOW_LONG) for _ in range(8)]
        for question in asked:
            assert len(await answered(slack, question)) == 1
        assert len(one.asked) + len(two.asked) == 8
