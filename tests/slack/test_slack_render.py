"""Whatever a question, document, title or model says: what is posted is whole, calls nobody and opens only sources."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Claim, Conflict, Nearest, Side
from bot.links import link
from bot.slack.answers import load_answer
from bot.slack.evidence import answer_modal, evidence_modal
from bot.slack.feedback import reasons_modal
from bot.slack.home import home_view
from bot.slack.render import BODY, Look, answer_parts, piece, plain
from retrieval.model import Scope, Source
from retrieval.reader import DocumentInfo
from tests.slack import rules
from tests.slack.people import MENTION, command, direct, say
from tests.slack.running import answered, bot, workspace
from tests.slack.scripted import Scripted, document, statements
from tests.slack.test_slack_text import HOSTILE
from tests.slack.world import Message, links, pings, seen

TEMPLATES = st.sampled_from([None, "https://wiki.example/{source}#L{line}", "https://x.example/?t={title}&p={page}"])
TEXT = HOSTILE.filter(str.strip)
NUMBERS = st.integers(1, 10**6)
PLACE = {"lines": st.tuples(NUMBERS, NUMBERS), "page": st.none() | NUMBERS}
CITATION = st.builds(
    Citation, number=st.just(1), source=TEXT, title=HOSTILE, quote=TEXT, start=st.just(0), end=st.just(5),
    date=st.none() | st.dates(date(1000, 1, 1)), **PLACE,
)  # fmt: skip
NEAREST = st.builds(Nearest, source=TEXT, title=HOSTILE, quote=TEXT, start=st.just(0), end=st.just(5), **PLACE)
SIDE = st.builds(Side, value=HOSTILE, citations=st.just((1,)))
CONFLICT = st.builds(Conflict, about=HOSTILE, sides=st.tuples(SIDE, SIDE))


@st.composite
def answers(draw: st.DrawFn) -> tuple[Answer, tuple[str, ...]]:
    """An answer of hostile pieces, and its statements."""
    said = tuple(draw(st.lists(HOSTILE, min_size=1, max_size=4)))
    cited = draw(st.lists(CITATION, max_size=4))
    numbered = tuple(Citation(**{**vars_of(c), "number": n}) for n, c in enumerate(cited, 1))
    near = () if cited else tuple(draw(st.lists(NEAREST, max_size=3)))
    conflicts = tuple(draw(st.lists(CONFLICT, max_size=2)))
    claims = tuple(Claim(c.quote, (c.number,)) for c in numbered)
    status = "answered" if cited else "refused"
    notice = draw(HOSTILE)
    question = draw(HOSTILE)
    answer = Answer(question, question, status, "".join(said), claims, numbered, conflicts, near, notice=notice)  # type: ignore[arg-type]
    return answer, said


def vars_of(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def harmless(blocks: list[dict[str, Any]], text: str, allowed: set[str]) -> None:
    message = Message("C1", "1.0", "U0BOT", text, blocks=blocks)
    assert rules.message_problems({"text": text, "blocks": blocks}) == []
    assert pings(message) == []
    assert set(links(message)) <= allowed


@settings(deadline=None)
@given(answers(), TEMPLATES, HOSTILE)
def test_any_answer(made: tuple[Answer, tuple[str, ...]], template: str | None, lead: str) -> None:
    """Posted, streamed or shared, in the modal and in the fallback: sound, silent and without foreign links."""
    answer, said = made
    look = Look("0123456789ab", template, shareable=True, lead=lead)
    cited = [*answer.citations, *answer.nearest]
    allowed = {link(template, c) for c in cited} if template else set()
    for part in answer_parts(answer, said, look):
        harmless(part.blocks, part.text, allowed)
    streamed = Message("C1", "1.0", "U0BOT", streamed="".join(map(piece, said)))
    assert pings(streamed) == []
    assert links(streamed) == []
    documents = {c.source: Source(c.source, f"before {c.quote} after", c.title, None, (), "f0") for c in cited}
    for scope in (Scope(), Scope(((),))):
        for view in (evidence_modal(answer, documents, {}, scope, look), answer_modal(answer, look)):
            assert rules.view_problems(view, "modal") == []
            assert set(links(Message("C1", "1.0", "U0BOT", blocks=view["blocks"]))) <= allowed


@settings(deadline=None)
@given(answers())
def test_answer_survives_the_database(made: tuple[Answer, tuple[str, ...]]) -> None:
    """An answer read back is the answer that was stored."""
    assert load_answer(made[0].to_json()) == made[0]


@settings(deadline=None)
@given(st.lists(st.tuples(TEXT, HOSTILE), max_size=40), st.lists(TEXT, max_size=4))
def test_any_home(documents: list[tuple[str, str]], examples: list[str]) -> None:
    """The home tab is sound whatever documents are called."""
    at = datetime(2024, 5, 3, tzinfo=UTC)
    listed = [DocumentInfo(name, "/", title, None, "f0", 1, 1, at) for name, title in documents]
    view = home_view(listed, examples, [])
    assert rules.view_problems(view, "home") == []
    assert pings(Message("D1", "1.0", "U0BOT", blocks=view["blocks"])) == []
    assert links(Message("D1", "1.0", "U0BOT", blocks=view["blocks"])) == []


@pytest.mark.parametrize("characters", [1, BODY - 1, BODY, 3 * BODY])
@pytest.mark.parametrize("word", ["x", "word ", "&", "<!channel> ", "- a\n", "é "])
def test_answers_of_every_length(characters: int, word: str) -> None:
    """Long answers go over several messages, each within the limits, and nothing of them is lost."""
    text = (word * characters)[:characters]
    parts = answer_parts(Answer("q", "q", "refused", text), (text,), Look("0123456789ab"))
    for part in parts:
        harmless(part.blocks, part.text, set())
    shown = "".join(seen(Message("C1", "1.0", "U0BOT", blocks=part.blocks)) for part in parts)
    letters = [c for c in text.replace("- a", "a") if not c.isspace()]
    assert [c for c in shown.replace("👍👎", "") if not c.isspace()] == letters


def test_many_sources() -> None:
    """However many sources there are, each has its line."""
    names = [f"{'folder/' * 20}file-{n}.txt" for n in range(1, 200)]
    cited = tuple(Citation(n, name, f"Title {n} " * 15, "quote", 0, 5, (1, 2), 3) for n, name in enumerate(names, 1))
    claims = tuple(Claim("quote", (c.number,)) for c in cited)
    parts = answer_parts(
        Answer("q", "q", "answered", "Said.", claims, cited), (), Look("0123456789ab", "https://a.b/{source}")
    )
    for part in parts:
        assert rules.message_problems({"text": part.text, "blocks": part.blocks}) == []
    shown = "\n".join(seen(Message("C1", "1.0", "U0BOT", blocks=part.blocks)) for part in parts)
    assert all(f"[{c.number}] Title {c.number} " in shown for c in cited)


def test_reasons_modal() -> None:
    assert rules.view_problems(reasons_modal("0123456789ab"), "modal") == []


@given(HOSTILE)
def test_notices(value: str) -> None:
    """Even our own words are escaped."""
    for part in plain(value + "."):
        harmless(part.blocks, part.text, set())


HOSTILE_TEXTS = (
    "<!channel> <!here> <!subteam^S1> <@U2> @everyone",
    "See https://evil.example/?q=secret or [this](https://evil.example) or <https://evil.example|that>.",
    "```\ncode\n``` **bold** _it_ ~x~ | a | b |\n|---|---|\n# Heading\n> quote",
    "&lt;!channel&gt; &amp;lt;@U2&amp;gt;",
    "\u202e\u0000 " + "🙂" * 50,
)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
async def test_hostile_texts_through_every_surface(tmp_path: Path, text: str) -> None:
    """Question, document, title and answer are hostile at once; what stands in Slack calls nobody and links nowhere."""
    source = document("evil.txt", f"{text}\n", text)
    quoted = Citation(1, source.name, source.title, text, 0, len(text), (1, 1), None)
    answerer = Scripted({"evil.txt": source}, statements(f"{text} [1]", f"\n- {text}", sources=(quoted,)))
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        await answered(slack, await say(slack, "C1", "U1", f"{MENTION} {text}"))
        await answered(slack, await say(slack, "C1", None, f"{MENTION} {text}"))
        await answered(slack, await say(slack, direct("U1"), "U1", text))
        await command(slack, "U1", "C1", text)
        await slack.until(lambda: slack.world.ephemerals("U1"))
        for message in slack.world.by_bot():
            assert pings(message) == []
            assert links(message) == []
