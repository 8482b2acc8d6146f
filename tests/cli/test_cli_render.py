"""What a reader sees of an answer: everything that supports it, and nothing that documents could make a terminal do."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.answer import Answer, Citation, Conflict, Nearest, Side, Trace, Withheld
from bot.cli.console import one_line, safe
from bot.cli.live import file_of, flow
from bot.cli.render import passages_text, place, print_answer, surroundings
from bot.cli.transcript import transcript
from bot.cli.why import explanation, page_text
from bot.links import link
from retrieval.model import Chunk, Kind, Passage, Scores, Sentence, Source

TEXT = "Snow fell early.\nThe harbour froze on [bold]Monday[/bold] night.\nShips waited.\n"
QUOTE = "The harbour froze on [bold]Monday[/bold] night."
START = TEXT.index(QUOTE)
SENTENCES = tuple(
    Sentence(TEXT.index(part), TEXT.index(part) + len(part), Kind.PROSE)
    for part in ("Snow fell early.", QUOTE, "Ships waited.")
)
PASSAGE = Passage(
    1, "a b.txt", "The frost", date(1890, 1, 2), Chunk("a b.txt", 0, len(TEXT), TEXT, "", SENTENCES), (1, 3), None, 0.5,
    Scores(0.81, None, 3.25), ("copy.txt",),
)  # fmt: skip
CITATION = Citation(1, "a b.txt", "The frost", QUOTE, START, START + len(QUOTE), (2, 2), None, date(1890, 1, 2))
ANSWER = Answer(
    "When did it freeze?", "When did the harbour freeze?", "answered", "It froze on Monday night. [1]",
    citations=(CITATION,),
    conflicts=(Conflict("the day", (Side("Monday", (1,)), Side("Tuesday", (1,)))),),
    withheld=(Withheld("It froze twice.", "no passage says so"),),
    notice="The model did not answer; these are quotes.", error="The endpoint is down: start it.",
    trace=Trace((PASSAGE,), "PROMPT", ("kept 1 of 2",)),
)  # fmt: skip


def shown(answer: Answer, terminal: bool = False, url: str | None = None) -> str:
    console = Console(
        file=io.StringIO(), markup=False, highlight=False, emoji=False, force_terminal=terminal, width=60,
        soft_wrap=not terminal, color_system="truecolor" if terminal else None, legacy_windows=False,
    )  # fmt: skip
    print_answer(console, answer, lambda _: url)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_answer_in_a_pipe() -> None:
    """Text, conflict with its sides, source with place, date and the quote in its surroundings, then remarks."""
    assert shown(ANSWER) == (
        "It froze on Monday night. [1]\n"
        "\n"
        "Sources disagree: the day\n  Monday [1]\n  Tuesday [1]\n"
        "\n"
        "[1] The frost · a b.txt:2, 2 January 1890\n"
        "    Snow fell early. The harbour froze on [bold]Monday[/bold] night. Ships waited.\n"
        "\n"
        "The model did not answer; these are quotes.\n"
        "The endpoint is down: start it.\n"
        "1 statement was withheld: the documents do not support what was drafted.\n"
    )


def test_refusal_shows_the_nearest_passages() -> None:
    """A refusal is followed by what came closest."""
    nearest = Nearest("a b.txt", "The frost", "Ships waited.", 66, 79, (3, 3), None)
    text = shown(Answer("Why?", "Why?", "refused", "The documents do not say.", nearest=(nearest,)))
    assert "Nearest passages" in text
    assert "The frost · a b.txt:3" in text
    assert "    Ships waited." in text


def test_place_is_a_link_on_a_terminal() -> None:
    """On a terminal the place carries its address as OSC 8, and colours; in a pipe neither."""
    text = shown(ANSWER, terminal=True, url="file:///a%20b.txt")
    assert "file:///a%20b.txt\x1b\\" in text
    assert "\x1b" not in shown(ANSWER, url="file:///a%20b.txt")


@pytest.mark.parametrize(
    ("lines", "page", "expected"), [((2, 2), None, "s:2"), ((2, 4), None, "s:2-4"), ((9, 9), 3, "s, page 3")]
)
def test_place(lines: tuple[int, int], page: int | None, expected: str) -> None:
    """A quote stands on a line, on lines, or on a page."""
    assert place(Nearest("s", "t", "q", 0, 1, lines, page)) == expected


ATTACKS = "\x1b[2J\x1b]8;;http://evil.example\x1b\\\x9b31m\u202egnp.exe\x07\r\x00\b"


@pytest.mark.parametrize("terminal", [True, False])
def test_documents_never_reach_the_terminal_as_escapes(terminal: bool) -> None:
    """Escape sequences and reading-order marks in any field of an answer are taken out, on a terminal and in a pipe."""
    citation = Citation(1, f"{ATTACKS}.txt", ATTACKS, f"{ATTACKS} said", 0, 9, (1, 1), None)
    nearest = Nearest(f"{ATTACKS}.txt", ATTACKS, f"{ATTACKS} said", 0, 9, (1, 1), None)
    conflict = Conflict(ATTACKS, (Side(ATTACKS, (1,)), Side("b", (1,))))
    attacked = Answer("q", "q", "answered", f"{ATTACKS} [1]", (), (citation,), (conflict,), (nearest,), notice=ATTACKS)
    harmless = Answer(
        "q", "q", "answered", f"{safe(ATTACKS)} [1]", (),
        (Citation(1, f"{safe(ATTACKS)}.txt", safe(ATTACKS), f"{safe(ATTACKS)} said", 0, 9, (1, 1), None),),
        (Conflict(safe(ATTACKS), (Side(safe(ATTACKS), (1,)), Side("b", (1,)))),),
        (Nearest(f"{safe(ATTACKS)}.txt", safe(ATTACKS), f"{safe(ATTACKS)} said", 0, 9, (1, 1), None),),
        notice=safe(ATTACKS),
    )  # fmt: skip
    assert shown(attacked, terminal) == shown(harmless, terminal)
    assert terminal or not set(shown(attacked)) & set("\x1b\x9b\u202e\x07\r\x00\b")


@given(st.text())
def test_safe_text_obeys_nothing(text: str) -> None:
    """No control character but line breaks and tabs survives, and nothing else is lost."""
    kept = safe(text)
    assert all(character in "\n\t" or not (character < " " or "\x7f" <= character <= "\x9f") for character in kept)
    assert len(one_line(text)) <= len(kept) <= len(text)


def test_surroundings_are_cut_at_words() -> None:
    """Long surroundings end in whole words with an ellipsis; boilerplate in them is left out."""
    text = "before " * 60 + "QUOTE" + " after" * 60 + " SHARE THIS"
    start, last = text.index("QUOTE"), text.index(" SHARE")
    chunk = Chunk("s", 0, len(text), text, "", (Sentence(0, last, Kind.PROSE),))
    passage = Passage(1, "s", "t", None, chunk, (1, 1), None, 0.0)
    before, after = surroundings(Nearest("s", "t", "QUOTE", start, start + 5, (1, 1), None), [passage])
    assert before.startswith("… before ")
    assert before.endswith(" before ")
    assert after.endswith(" after …")
    assert surroundings(Nearest("s", "t", "after", last - 5, last, (1, 1), None), [passage])[1] == ""


def test_quote_without_its_passage_stands_alone() -> None:
    """Where no passage holds a quote nothing is made up around it."""
    assert surroundings(Nearest("other", "t", "q", 0, 5, (1, 1), None), [PASSAGE]) == ("", "")


def test_statements_flow_within_the_width() -> None:
    """Streamed statements are broken between words as if they had come at once."""
    console = Console(file=io.StringIO(), width=20, force_terminal=False)
    column = 0
    for statement in ("The harbour froze early. [1]", " Ships waited.", "\n- a list"):
        column = flow(console, statement, column)
    assert console.file.getvalue() == "The harbour froze \nearly. [1] Ships \nwaited.\n- a list"  # type: ignore[attr-defined]
    assert column == len("- a list")


def test_search_shows_the_scores_there_are() -> None:
    """A passage is listed with its place, its copies and the scores of the retrievers that found it."""
    text = passages_text([PASSAGE]).plain
    assert "1. The frost · a b.txt:1-3 (+1 copies)  dense 0.81 rerank 3.25" in text
    assert passages_text([]).plain == "No passage matches."


@pytest.mark.parametrize("terminal", [True, False])
def test_explanation_tells_everything(terminal: bool) -> None:
    """`/why` holds the standalone question, passages with scores, prompt, decisions, what was withheld, and timings."""
    console = Console(file=io.StringIO(), width=160, markup=False)
    console.print(*explanation(ANSWER, terminal))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for part in ("When did the harbour freeze?", "0.81", "3.25", "PROMPT", "kept 1 of 2", "It froze twice.", "total"):
        assert part in text


def test_opened_place_has_line_numbers() -> None:
    """`/open` shows the numbered lines around the quote and marks exactly the quote."""
    source = Source("a b.txt", TEXT, "The frost", None, (), "")
    text = page_text(source, CITATION)
    assert text.plain.startswith("a b.txt:2\n    1  Snow fell early.\n    2  The harbour froze")
    assert [text.plain[span.start : span.end] for span in text.spans if span.style == "bold"] == [QUOTE]


def test_transcript_escapes_what_documents_say() -> None:
    """In a saved conversation no document makes a heading, a link, an image or HTML."""
    page = transcript([ANSWER])
    assert page.startswith("## When did it freeze?\n")
    assert "It froze on Monday night. \\[1\\]" in page
    assert "> The harbour froze on \\[bold\\]Monday\\[/bold\\] night." in page
    attacked = transcript([Answer("q", "q", "answered", "<img src=x> ![a](http://evil.example) `x`")])
    assert "<img" not in attacked.replace("\\<", "")
    assert "![" not in attacked


def test_link_encodes_what_it_fills_in() -> None:
    """Source and title are percent-encoded, so that a file name cannot lead elsewhere; a missing page is empty."""
    cited = Nearest("a b/ü?#\udcff.txt", "x/y&z", "q", 3, 9, (2, 4), None)
    template = "https://wiki.example/{source}?t={title}&p={page}#L{line}-{last_line},{start}-{end}"
    assert link(template, cited) == ("https://wiki.example/a%20b/%C3%BC%3F%23%FF.txt?t=x%2Fy%26z&p=#L2-4,3-9")


def test_file_of_a_document(tmp_path: Path) -> None:
    """The file behind a source: below its root, the root itself, or below a root whose folder is in the name."""
    (tmp_path / "b").mkdir()
    file = tmp_path / "b" / "x.txt"
    file.write_text("")
    assert file_of(str(tmp_path), "b/x.txt") == file
    assert file_of(str(tmp_path / "b"), "b/x.txt") == file
    assert file_of(str(file), "x.txt") == file
    assert file_of(str(tmp_path / "b"), "c/x.txt") is None
    assert file_of(str(tmp_path), "y.txt") is None
