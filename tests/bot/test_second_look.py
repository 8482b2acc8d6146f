"""The second look: what it asks, what it makes of a reply, and that it only takes away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from llm_server import LLMServer, Reply, Scripted, failure
from passages import passage

from bot.answer import Answer, Question
from bot.compose import Quote
from bot.pipeline import Bot
from bot.providers import chat_model
from bot.second_look import OBJECTION, SecondLook, verbatim, verdict
from bot.settings import Settings
from evals.invariants import check

FERRY = (
    "The ferry Swan of Orrin carried 140 passengers across the lake on Tuesday. It was built in 1962 by Hollin Yard.\n"
)
LEAD = "The Swan of Orrin carried 140 passengers."  # shorter than its source, so no quote
BUILT = "Hollin Yard built the Swan of Orrin in 1962."


def quote(*sentences: str, at: int = 0, written: date | None = None) -> Quote:
    """Sentence number `at` of a passage made of `sentences`."""
    made = passage(*sentences, source="Post", written=written)
    sentence = made.chunk.sentences[at]
    return Quote(made, sentence.start, sentence.end)


@pytest.mark.parametrize(
    ("reply", "supported"),
    [
        ("YES", True),
        ("no.", False),
        ("**No**, the quotes name another ship.", False),
        ("Answer: YES", True),
        ("<think>Is it? No, wait.</think>\nYES", True),
        ("<think>No end", None),
        ("", None),
        ("Maybe.", None),
        ("Nobody knows", None),
        ("The quotes do not say this.", None),
    ],
)
def test_reply(reply: str, supported: bool | None) -> None:
    """Yes or no at the beginning counts, behind what a reasoning model thinks; anything else is neither."""
    assert verdict(reply) is supported


@pytest.mark.parametrize(
    ("statement", "same"),
    [
        ("The ferry sank at dawn.", True),
        ("the ferry sank", True),
        ("The  ferry\nsank, at dawn", True),
        ("The ferry sank at noon.", False),
        ("A ferry sank at dawn.", False),
        ("The ferry sank at dawn. Nobody drowned.", False),
    ],
)
def test_quotes_need_no_look(statement: str, same: bool) -> None:
    """A statement that stands in one of its quotes word for word."""
    assert verbatim(statement, [quote("Snow fell."), quote("The ferry sank at dawn.")]) is same


def test_request_shows_what_a_quote_refers_to(llm_server: LLMServer) -> None:
    """Title and date stand above a quote, the sentence before it in brackets, and the fence cannot be foreseen."""
    llm_server.enqueue("YES", "YES")
    shown = quote("Vask arrived.", "He met Thale\nyesterday.", at=1, written=date(2025, 10, 14))
    settings = Settings(model="scripted", openai_api_key="k", openai_base_url=llm_server.url)
    look = SecondLook(chat_model(settings), "Who met\nThale?")
    assert look.objection("Vask met Thale on 13 October.", [shown]) == ""
    assert look.objection("Vask met Thale.", [shown]) == ""
    first, second = (request.prompt for request in llm_server.chats)
    assert "Post · 2025-10-14\n(Vask arrived.) He met Thale yesterday." in first
    assert "Question: Who met Thale?\nStatement: Vask met Thale on 13 October." in first
    fences = {line for line in first.splitlines() if line.startswith("<<<")}
    assert len(fences) == 1
    assert not fences & set(second.splitlines())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, path = tmp_path_factory.mktemp("docs"), tmp_path_factory.mktemp("data")
    (folder / "post.txt").write_text(FERRY)
    with Bot(Settings(data_dir=path)) as bot:
        assert bot.ingest([folder]).failed == 0
    return path


@pytest.fixture
def judged(data: Path, llm_server: LLMServer) -> Iterator[Bot]:
    """A bot with a scripted model that takes second looks."""
    settings = Settings(data_dir=data, model="scripted", judge=True, openai_api_key="k", openai_base_url=llm_server.url)
    with Bot(settings) as bot:
        yield bot


def ask(bot: Bot, server: LLMServer, *looks: Scripted, says: str = f"{LEAD} {BUILT}") -> Answer:
    """An answer to one question: the model says `says`, then replies to each look."""
    server.enqueue(says, *looks)
    answer = bot.ask(Question("What do we know about the Swan of Orrin?"))
    assert check(answer, lambda name: bot.show(name).text) == []
    return answer


def test_what_the_model_takes_back_is_withheld(judged: Bot, llm_server: LLMServer) -> None:
    """A statement it calls unsupported is counted with the reason; the tokens of the looks are counted, too."""
    answer = ask(judged, llm_server, "YES", "NO")
    assert [claim.text for claim in answer.claims] == [LEAD]
    assert [(item.text, item.reason) for item in answer.withheld] == [(BUILT, OBJECTION)]
    assert answer.trace.decisions[1:] == (
        f"Second look at “{LEAD}”: supported",
        f"Second look at “{BUILT}”: not supported",
    )
    assert answer.usage.input_tokens == 3 * 100
    assert answer.usage.output_tokens == 3 * 20


def test_nothing_withheld_comes_back(judged: Bot, llm_server: LLMServer) -> None:
    """What the verifier withheld is not asked about, so no yes can show it."""
    answer = ask(judged, llm_server, says="The Swan of Orrin carried 190 passengers.")
    assert answer.answerer == "extractive"
    assert len(answer.withheld) == 1
    assert len(llm_server.chats) == 1


def test_all_taken_back(judged: Bot, llm_server: LLMServer) -> None:
    """An answer without a statement left gives way to quotes."""
    answer = ask(judged, llm_server, "NO", "NO")
    assert (answer.status, answer.answerer, len(answer.withheld)) == ("answered", "extractive", 2)
    assert answer.notice


def test_a_quote_is_not_asked_about(judged: Bot, llm_server: LLMServer) -> None:
    """A statement copied from its source costs no request."""
    answer = ask(judged, llm_server, says=FERRY.partition(".")[0] + ".")
    assert len(answer.claims) == 1
    assert len(llm_server.chats) == 1
    assert answer.trace.decisions[-1].endswith("none needed, it is a quote")


@pytest.mark.parametrize(
    "reply", [failure(401), failure(500), Reply("YES", ends="cut"), Reply(body="<html>"), Reply("")]
)
def test_a_failing_look_blocks_nothing(judged: Bot, llm_server: LLMServer, reply: Reply) -> None:
    """The verifier's verdict stands, `/why` says so, and no further look is tried for this answer."""
    answer = ask(judged, llm_server, reply)
    assert [claim.text for claim in answer.claims] == [LEAD, BUILT]
    assert (answer.answerer, answer.error) == ("scripted", "")
    assert "given up, also for what follows. The model endpoint" in answer.trace.decisions[-1]
    assert len(llm_server.chats) == 2


@pytest.mark.parametrize("reply", [Reply("NO", gate=threading.Event()), Reply(pieces=("N", threading.Event(), "O"))])
def test_a_slow_look_blocks_nothing(
    judged: Bot, llm_server: LLMServer, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    """A look without a whole reply in time is given up."""
    monkeypatch.setattr("bot.second_look.SECONDS", 0.2)
    answer = ask(judged, llm_server, reply)
    assert [claim.text for claim in answer.claims] == [LEAD, BUILT]
    assert "given up" in answer.trace.decisions[-1]
    assert len(llm_server.chats) == 2


def test_nonsense_blocks_nothing(judged: Bot, llm_server: LLMServer) -> None:
    """A reply that is neither yes nor no leaves the statement, and the next is looked at all the same."""
    answer = ask(judged, llm_server, "The quotes. " * 2_000, "NO")
    assert [claim.text for claim in answer.claims] == [LEAD]
    assert answer.trace.decisions[1].endswith("neither yes nor no, so it stands")


def test_quoting_takes_no_look(judged: Bot, llm_server: LLMServer) -> None:
    """The embedded answerer quotes: no model is asked."""
    answer = judged.ask(Question("What do we know about the Swan of Orrin?", answerer="extractive"))
    assert answer.status == "answered"
    assert llm_server.chats == []
