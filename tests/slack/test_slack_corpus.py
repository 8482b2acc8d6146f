"""The whole bot on the bundled documents: real index, real models, real bolt; and a corpus that changes under it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest

from bot.pipeline import Bot
from bot.settings import Settings
from bot.slack.answers import load_answer
from bot.slack.database import connect
from bot.slack.store import Store, question_id
from evals.invariants import check
from tests.slack.people import MENTION, command, direct, open_home, press, say, shortcut
from tests.slack.running import answered, bot, settings, workspace
from tests.slack.world import TEAM, links, pings, seen, seen_blocks

DOCUMENTS = Path(__file__).parents[2] / "evals" / "documents"


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the bundled documents."""
    data = tmp_path_factory.mktemp("data")
    with Bot(Settings(data_dir=data)) as fresh:
        assert fresh.ingest([DOCUMENTS]).failed == 0
    return data


@pytest.fixture
def data(indexed: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(indexed, tmp_path / "data"))


async def test_answers_from_the_bundled_documents(data: Path) -> None:
    """An answer in Slack is the bot's own: its quotes stand in the documents, its evidence opens, a follow-up works."""
    async with workspace() as slack:
        given = settings(slack, data)
        with Bot(given) as answerer:
            async with bot(slack, data, answerer):
                asked = await say(slack, "C1", "U1", f"{MENTION} Where was the accord signed?")
                (answer,) = await answered(slack, asked)
                outcome = Store(connect(data, None)).outcome(question_id(TEAM, "C1", asked.ts))
                assert outcome is not None
                assert outcome.answer is not None
                kept = load_answer(outcome.answer)
                assert check(kept, lambda name: answerer.show(name).text) == []
                assert kept.citations
                assert all(f"[{c.number}] {c.title} — " in seen(answer) for c in kept.citations)
                await press(slack, "U1", answer, "show_evidence")
                await slack.until(lambda: slack.world.modals)
                (view,) = slack.world.modals.values()
                assert all(c.quote[:100] in "\n".join(seen_blocks(view["blocks"])) for c in kept.citations)
                await say(slack, "C1", "U1", "And who signed it?", thread=asked.ts)
                assert len(await answered(slack, asked, 2)) == 2
                assert not [m for m in slack.world.by_bot() if pings(m) or links(m)]


async def test_corpus_that_changes_while_the_bot_runs(data: Path, tmp_path: Path) -> None:
    """What is ingested by another process is answerable, and what is removed is gone, with the next question."""
    folder = tmp_path / "notes"
    folder.mkdir()
    note = folder / "ferry.txt"
    note.write_text("The ferry Swan of Orrin carried 140 passengers across Lake Orrin on Sunday.\n")
    question = f"{MENTION} How many passengers did the Swan of Orrin carry?"
    async with workspace() as slack:
        given = settings(slack, data)
        with Bot(given) as answerer, Bot(given) as elsewhere:
            async with bot(slack, data, answerer):
                (before,) = await answered(slack, await say(slack, "C1", "U1", question))
                assert "140" not in seen(before)
                await asyncio.to_thread(elsewhere.ingest, [folder])
                (there,) = await answered(slack, await say(slack, "C1", "U1", question))
                assert "140 passengers" in seen(there)
                note.unlink()
                await asyncio.to_thread(elsewhere.ingest, [folder], allow_empty=True)
                (gone,) = await answered(slack, await say(slack, "C1", "U1", question))
                assert "140" not in seen(gone)
                await press(slack, "U1", there, "show_evidence")
                await slack.until(lambda: slack.world.modals)
                (view,) = slack.world.modals.values()
                assert "no longer indexed" in "\n".join(seen_blocks(view["blocks"]))


async def test_forbidden_documents_through_the_real_search(tmp_path: Path) -> None:
    """With real retrieval too, nothing of a forbidden document leaves, even to who asks with its own words."""
    folder = tmp_path / "docs"
    secret = "The launch of Zanzibarquokka costs 9731 crowns, says Orla Quokkason of Zanzibarquokka.\n"
    for name, text in {"public/a.txt": "The launch of the ferry costs 12 crowns.\n", "secret/b.txt": secret}.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
    rules = tmp_path / "access.toml"
    rules.write_text('everyone = ["public/*"]\n[users]\nU2 = ["secret/*"]\n')
    question = "How much does the launch of Zanzi cost, says Orla?"
    async with workspace() as slack:
        given = settings(slack, tmp_path / "data", access_file=rules)
        with Bot(given) as answerer:
            answerer.ingest([folder])
            async with bot(slack, tmp_path / "data", answerer, access_file=rules):
                (allowed,) = await answered(slack, await say(slack, direct("U2"), "U2", question))
                assert "9731" in seen(allowed)
                slack.calls.clear()
                (answer,) = await answered(slack, await say(slack, "C1", "U2", f"{MENTION} {question}"))
                await press(slack, "U2", answer, "show_evidence")
                await answered(slack, await say(slack, direct("U1"), "U1", question))
                await command(slack, "U1", "C1", question)
                await shortcut(slack, "U1", await say(slack, "C1", "U1", "launch costs crowns"), "find_sources")
                for tab in ("home", "messages"):
                    await open_home(slack, "U1", tab)
                await slack.until(lambda: len(slack.world.ephemerals("U1")) == 2 and slack.world.homes, 60)
                sent = json.dumps([*slack.calls, *(m.to_json() for m in slack.world.by_bot() if m is not allowed)])
                assert "12 crowns" in sent
                assert not re.search("zanzibarquokka|9731|quokkason|secret", sent, re.I)


async def test_home_of_the_bundled_documents(data: Path) -> None:
    """The home tab lists the documents, and its examples are questions that get answers."""
    async with workspace() as slack:
        given = settings(slack, data)
        with Bot(given) as answerer:
            async with bot(slack, data, answerer):
                await open_home(slack, "U1", "home")
                await slack.until(lambda: "say about" in str(slack.world.homes), 60)
                shown = "\n".join(seen_blocks(slack.world.homes["U1"]["blocks"]))
                assert f"{len(list(DOCUMENTS.iterdir()))} documents, last brought up to date on" in shown


async def test_without_an_index(tmp_path: Path) -> None:
    """Before the first ingest the bot says that it cannot read the index, and is not ready."""
    async with workspace() as slack:
        given = settings(slack, tmp_path)
        with Bot(given) as answerer:
            async with bot(slack, tmp_path, answerer) as running:
                (answer,) = await answered(slack, await say(slack, "C1", "U1", f"{MENTION} How long was it?"))
                assert seen(answer).startswith("I cannot read the document index at the moment.")
                while (missing := await running.ready()) == "the models are loading":
                    await asyncio.sleep(0.01)
                assert "citebot ingest" in missing
