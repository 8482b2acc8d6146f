"""Chunks: whole sentences, exact offsets, no overlap, bounded size."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import ARTICLES, source

from retrieval.chunk import MAX_TABLE, MAX_WORDS, chunk
from retrieval.clean import sentences
from retrieval.load import load
from retrieval.model import Kind, Source


def assert_sound(document: Source) -> None:
    """Exact text, in order, without overlap, and every sentence that may answer in exactly one chunk."""
    found, told = chunk(document), [s for s in sentences(document) if s.kind in (Kind.PROSE, Kind.TABLE)]
    headings = {s.start for s in sentences(document) if s.kind is Kind.HEADING}
    assert [sentence for piece in found for sentence in piece.sentences] == told
    done = 0
    for piece in found:
        assert piece.text == document.text[piece.start : piece.end]
        assert piece.start in {piece.sentences[0].start, *headings}
        assert piece.end == piece.sentences[-1].end
        assert piece.start >= done
        done = piece.end


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["Word ", "a. ", "# H\n", "\n\n", "- Advertisement -\n\n", "é😀 "]), max_size=80).map(
        "".join
    )
)
def test_any_text(text: str) -> None:
    """Over any text the chunks hold exactly the sentences that may answer."""
    assert_sound(source(text))


@pytest.mark.skipif(not ARTICLES, reason="needs the shared articles")
@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name[:3])
def test_articles(path: Path) -> None:
    """The same over real articles, whose chunks are of bounded size."""
    document = load(path, path.name)
    assert_sound(document)
    assert max(len(piece.text.split()) for piece in chunk(document)) <= MAX_WORDS + 20


def test_runs_of_whole_sentences() -> None:
    """Sentences are taken while they fit; a short rest goes with the chunk before it."""
    sentence = "The ministers met in Geneva on Sunday and agreed to go on. "  # 12 words
    sizes = [len(piece.sentences) for piece in chunk(source(sentence * 20))]
    assert len(set(sizes)) <= 2
    assert sizes[0] == 1  # all the others repeat the first
    numbered = " ".join(
        f"In room {n} the ministers met on Sunday and agreed to go on." for n in range(28)
    )  # 13 words each
    assert [len(piece.sentences) for piece in chunk(source(numbered))] == [8, 8, 8, 4]
    assert [len(piece.sentences) for piece in chunk(source(numbered[: numbered.index("In room 17")]))] == [8, 9]


def test_long_sentence_is_a_chunk() -> None:
    """A sentence longer than a chunk is one by itself."""
    long = "The list names " + " and ".join(f"minister {n}" for n in range(80)) + "."
    found = chunk(
        source(
            f"They met and agreed on many things in the first of many rooms that day. {long} "
            "They left after many hours and did not say where they would all of them meet again, if they did at all."
        )
    )
    assert [len(piece.sentences) for piece in found] == [1, 1, 1]
    assert found[1].text == long


def test_a_table_is_not_cut() -> None:
    """Its rows stay with the head that names their cells and with what introduces it, up to a limit."""

    def log(rows: int) -> Source:
        lines = [f"| {n}:00 | Somebody rang the fire brigade about cellar {n} |" for n in range(rows)]
        text = "The house is old. " * 3 + "Nobody knew. This is how it went:\n\n"
        return source("\n".join([text, "| Time | Event |", "|---|---|", *lines]))

    *_, table = chunk(log(20))
    assert MAX_WORDS < len(table.text.split()) <= MAX_TABLE
    assert table.text.startswith("This is how it went:")
    assert [s.kind for s in table.sentences].count(Kind.TABLE) >= 21
    assert max(len(piece.text.split()) for piece in chunk(log(60))) < MAX_TABLE


def test_headings_part_chunks() -> None:
    """No chunk reaches over a heading; each carries the nearest one without its marks, and begins with it."""
    text = "Before all. It is so.\n\n# Talks #\n\nThey met.\n\n## Later\n\nThey left.\n"
    assert [(piece.heading, piece.text) for piece in chunk(source(text, "a.md"))] == [
        ("", "Before all. It is so."),
        ("Talks", "# Talks #\n\nThey met."),
        ("Later", "## Later\n\nThey left."),
    ]
    (answer,) = chunk(source("**When do you open?**\nAt four.", "a.md"))
    assert answer.heading == "When do you open?"


def test_boilerplate_is_left_out() -> None:
    """A notice between two sentences lies inside the chunk's text but not among what is indexed."""
    text = "They met on Sunday in the old hall.\n\n- Advertisement -\n\nThey left on Monday by the night train."
    (piece,) = chunk(source(text))
    assert piece.text == text
    assert piece.indexed == "They met on Sunday in the old hall. They left on Monday by the night train."


@pytest.mark.parametrize("text", ["", "\n", "- Advertisement -\n\nShare This Article\n", "# Only a heading\n", "***"])
def test_nothing_to_answer_with(text: str) -> None:
    """A document of nothing but boilerplate has no chunks."""
    assert chunk(source(text)) == []


def test_given_sentences_are_used() -> None:
    """Sentences that the caller has already are not looked for again."""
    document = source("They met. They left.")
    assert chunk(document, sentences(document)[:1])[0].text == "They met."


def test_scripts_without_spaces() -> None:
    """Text without spaces between words is cut by its length."""
    found = chunk(
        source("".join(f"会談は{n}時間続いた。外務大臣は記者団に対して交渉は続くと述べた。" for n in range(100)))
    )
    assert len(found) > 3
    assert max(len(piece.text) for piece in found) < 1500
