"""How fast and how lean the Slack bot is: `python -m tests.slack.bench`, on the bundled documents and models.

Prints medians from a mention to its status, first text and whole answer, with what the bot alone takes for the same
questions, and then fifty questions at once in ten channels.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answer import Question
from bot.pipeline import Bot
from bot.settings import Settings
from bot.slack.app import listening
from evals.cases import load_cases
from tests.slack.fake_slack import FakeSlack
from tests.slack.people import MENTION, channel, person, say
from tests.slack.world import Message, plain_markdown

ROOT = Path(__file__).parents[2]
LIMITS = {"status": 0.3, "first text": 1.0, "complete": 1.5}  # seconds
MEMORY = 800  # MB
SEQUENTIAL, AT_ONCE, CHANNELS = 20, 50, 10


@dataclass(frozen=True)
class Times:
    """Seconds from a mention to each of what a person sees."""

    status: float
    first: float
    complete: float


def main() -> int:
    """Run both measurements; the exit code is 1 where a limit is not kept."""
    questions = _questions()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), slack_bot_token="xoxb-good", slack_app_token="xapp-good")  # type: ignore[arg-type]
        with Bot(settings) as bot:
            bot.ingest([ROOT / "evals" / "documents"])
            bot.warm()
            return asyncio.run(_measure(settings, bot, questions))


def _questions() -> list[str]:
    cases = load_cases(ROOT / "evals" / "cases" / "bundled.jsonl")
    return list(dict.fromkeys(case.question for case in cases if not case.history))


async def _measure(settings: Settings, bot: Bot, questions: Sequence[str]) -> int:
    async with FakeSlack() as slack:
        for number in range(CHANNELS):
            channel(slack, f"C{number}")
            person(slack, f"U{number}")
        settings = settings.model_copy(update={"slack_api_url": slack.api_url})
        async with listening(settings, bot, None):
            await slack.until(lambda: slack.sockets)
            kept = await _one_by_one(slack, bot, questions[:SEQUENTIAL])
            kept &= await _all_at_once(slack, bot, questions[:AT_ONCE])
        kept &= not slack.violations
        print("violations:", slack.violations or "none")
    return 0 if kept else 1


async def _one_by_one(slack: FakeSlack, bot: Bot, questions: Sequence[str]) -> bool:
    times = [await _timed(slack, question) for question in questions]
    alone = [await asyncio.to_thread(_asked, bot, question) for question in questions]
    medians = {
        "status": statistics.median(t.status for t in times),
        "first text": statistics.median(t.first for t in times),
        "complete": statistics.median(t.complete for t in times),
    }
    for name, seconds in medians.items():
        print(f"mention to {name}: {seconds:.2f} s (at most {LIMITS[name]} s)")
    ratio = medians["complete"] / statistics.median(alone)
    print(f"the bot alone: {statistics.median(alone):.2f} s, so Slack takes {ratio:.2f} times as long")
    return all(seconds <= LIMITS[name] for name, seconds in medians.items())


async def _timed(slack: FakeSlack, question: str) -> Times:
    began = time.monotonic()
    asked = await say(slack, "C0", "U1", f"{MENTION} {question}")
    await slack.until(lambda: _complete(slack, [asked]), 120)
    answer = slack.world.answers("C0", asked.ts)[0]
    status = slack.world.status_times[asked.channel, asked.ts]
    return Times(status - began, answer.times["first"] - began, answer.times["done"] - began)


def _asked(bot: Bot, question: str) -> float:
    began = time.monotonic()
    bot.ask(Question(question))
    return time.monotonic() - began


async def _all_at_once(slack: FakeSlack, bot: Bot, questions: Sequence[str]) -> bool:
    began = time.monotonic()
    asked = [
        await say(slack, f"C{n % CHANNELS}", f"U{n % CHANNELS}", f"{MENTION} {q}") for n, q in enumerate(questions)
    ]
    await slack.until(lambda: _complete(slack, asked), 600)
    took = time.monotonic() - began
    once = sum(len(slack.world.answers(m.channel, m.ts)) == 1 for m in asked)
    right = [await asyncio.to_thread(_is_answer, slack, bot, m, q) for m, q in zip(asked, questions, strict=True)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{len(asked)} at once in {CHANNELS} channels: {took:.1f} s, {len(asked) / took:.1f} a second")
    print(f"answered exactly once: {once}; as the bot alone answers: {sum(right)}")
    print(f"memory at most: {memory} MB (at most {MEMORY} MB)")
    return once == len(asked) and all(right) and memory <= MEMORY


def _complete(slack: FakeSlack, asked: Sequence[Message]) -> bool:
    found = [slack.world.answers(message.channel, message.ts) for message in asked]
    return all(answers and answers[-1].blocks and not answers[-1].streaming for answers in found)


def _is_answer(slack: FakeSlack, bot: Bot, asked: Message, question: str) -> bool:
    """Whether the thread shows the answer the bot gives without Slack."""
    message = slack.world.answers(asked.channel, asked.ts)[0]
    markdown = message.streamed or message.blocks[0].get("text", "")
    expected = bot.ask(Question(question)).answer
    return _words(plain_markdown(markdown)) == _words(expected)


def _words(text: str) -> list[str]:
    return [word for word in text.split() if word != "-"]


if __name__ == "__main__":
    sys.exit(main())
