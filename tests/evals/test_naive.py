"""The tutorial pipeline, with the real bundled embedder."""

from __future__ import annotations

from pathlib import Path

import pytest
from made import DOCUMENTS, source

from bot.answer import Question
from evals.invariants import check
from evals.naive import CHUNK, Naive
from retrieval.model import Scope
from retrieval.models import embedder

SOURCES = [source(name, text) for name, text in DOCUMENTS.items()]
LONG = source("long.txt", "\n\n".join(f"Paragraph {number}: the tide rose again that day." * 4 for number in range(40)))


def naive(cache: Path, **values: object) -> Naive:
    return Naive(embedder(), [*SOURCES, LONG], cache, **values)  # type: ignore[arg-type]


def test_the_first_of_the_nearest_is_the_answer(tmp_path: Path) -> None:
    """Without a model the answer is a whole split, validly cited, whatever was asked; it never refuses."""
    pipeline = naive(tmp_path)
    answer = pipeline.ask(Question("When does the ferry run?"))
    assert (answer.status, answer.citations[0].quote) == ("answered", DOCUMENTS["east.txt"].strip())
    assert not [found for found in check(answer, lambda name: pipeline.show(name).text) if found[0] in "1245"]
    assert pipeline.ask(Question("What does a lawyer cost?")).status == "answered"
    assert len(answer.trace.passages) == 4


def test_splits_keep_their_offsets(tmp_path: Path) -> None:
    """A long document is cut into pieces of at most 1,000 characters, each found at its offsets."""
    found = naive(tmp_path).search("tide", 50, Scope().narrowed(["long.txt"]))
    assert len(found) > 5
    for passage in found:
        assert LONG.text[passage.chunk.start : passage.chunk.end] == passage.chunk.text
        assert len(passage.chunk.text) <= CHUNK
    assert [passage.score for passage in found] == sorted((p.score for p in found), reverse=True)


def test_scope(tmp_path: Path) -> None:
    """Only allowed documents are read; with none allowed it does not know."""
    question = Question("When does the ferry run?", scope=Scope().narrowed(["north.txt"]))
    assert {citation.source for citation in naive(tmp_path).ask(question).citations} == {"north.txt"}
    nothing = Question("When does the ferry run?", scope=Scope().narrowed(["none"]))
    assert naive(tmp_path).ask(nothing).status == "refused"


def test_vectors_are_kept(tmp_path: Path) -> None:
    """The second pipeline over the same texts embeds nothing; other texts are embedded anew."""
    naive(tmp_path).search("ferry")
    (kept,) = tmp_path.iterdir()
    before = kept.stat().st_mtime_ns
    naive(tmp_path).search("ferry")
    Naive(embedder(), SOURCES, tmp_path).search("ferry")
    assert kept.stat().st_mtime_ns == before
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("reply", "status"),
    [("On Mondays.", "answered"), ("I don't know.", "refused"), ("The context cannot answer that.", "refused")],
)
def test_with_a_model(tmp_path: Path, reply: str, status: str) -> None:
    """The model writes from the four nearest and everything it read is cited; not knowing is a refusal."""
    prompts: list[str] = []

    def complete(prompt: str) -> str:
        prompts.append(prompt)
        return reply

    answer = naive(tmp_path, complete=complete).ask(Question("When does the ferry run?"))
    assert (answer.status, len(answer.citations)) == (status, 4 if status == "answered" else 0)
    assert "The ferry runs on Mondays." in prompts[0]
    assert prompts[0].endswith("Question: When does the ferry run?\n\nAnswer:")
