"""Sentences with exact offsets, and what each of them is: prose, heading, table row, boilerplate or repeat."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import ARTICLES, PROSE, kinds, of_kind, source, wordings

from retrieval.clean import sentences
from retrieval.load import load
from retrieval.load.content import tidied
from retrieval.model import Source
from retrieval.split import MAX_SENTENCE


def assert_partition(document: Source) -> None:
    """In order, not overlapping, without surrounding space, and between them nothing but space."""
    done = 0
    for sentence in sentences(document):
        wording = document.text[sentence.start : sentence.end]
        assert wording
        assert wording == wording.strip()
        assert sentence.start >= done
        assert not document.text[done : sentence.start].strip()
        done = sentence.end
    assert not document.text[done:].strip()


class TestPartition:
    PIECES = st.sampled_from(
        "# ¦\n¦\n\n¦. ¦.¦“¦”¦\"¦'¦- ¦1. ¦| a | b |\n¦|---|---|\n¦a | b\n¦---\n¦```\n¦> ¦<div>¦<!--¦Mr. ¦U.S. ¦word ¦"
        "Word ¦é¦😀¦e\u0301¦\u05e9\u05dc ¦\u202e¦。¦\t¦   ¦  \n¦\\\n¦See also ¦[x]: http://a\n¦\u2028¦\xa0¦!¦?".split(
            "¦"
        )
    )

    @settings(max_examples=300, deadline=None)
    @given(
        st.text(max_size=200) | st.lists(PIECES, max_size=50).map("".join),
        st.sampled_from(["a.txt", "a.md", "a.pdf"]),
        st.lists(st.integers(1, 200), max_size=4),
    )
    def test_every_character_is_in_one_sentence(self, text: str, name: str, breaks: list[int]) -> None:
        """Over any text, also one whose pages break anywhere: every character but space is in exactly one sentence."""
        text = tidied(text)
        pages = (0, *sorted({at for at in breaks if at < len(text)})) if name == "a.pdf" else ()
        assert_partition(source(text, name, pages))

    @pytest.mark.skipif(not ARTICLES, reason="needs the shared articles")
    @pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name[:3])
    def test_articles(self, path: Path) -> None:
        """The same over real articles."""
        assert_partition(load(path, path.name))

    def test_a_sentence_has_an_end(self) -> None:
        """What has no full stop for pages is cut at spaces into pieces that can be read and embedded."""
        for text in ("word " * 30_000, "x" * 30_000, "“No end. " * 5_000):
            assert_partition(source(text))
            assert max(len(wording) for wording in wordings(text)) <= MAX_SENTENCE


class TestLines:
    def test_line_break_inside_a_sentence(self) -> None:
        """A line that begins in lower case or with punctuation goes on with the sentence before."""
        text = 'He spoke of the "threat" theory\nand left. The position on Taiwan\n, he said, stays. So does China\n.'
        assert wordings(text) == [
            'He spoke of the "threat" theory\nand left.',
            "The position on Taiwan\n, he said, stays.",
            "So does China\n.",
        ]

    def test_line_break_between_paragraphs(self) -> None:
        """In a text with a paragraph a line, a line that begins with a capital is a new one."""
        text = "The first paragraph of the report has no full stop\nThe second one goes on. It has two sentences."
        assert wordings(text)[1:] == ["The second one goes on.", "It has two sentences."]

    def test_hard_wrapped_text(self) -> None:
        """In a text that is wrapped at a column, also a capital may go on with the sentence."""
        text = (
            "The delegations of both countries met in Geneva on Sunday, and Minister\n"
            "Anna Berg said after the meeting that the talks had lasted for more than\n"
            "six hours, while on the other side of the table the Americans and Mr.\n"
            "Smith agreed with her.\nHours of talks\n"
            "The second day brought less, and both of the delegations left the hall\n"
            "at noon."
        )
        found = wordings(text)
        assert found[0].endswith("Smith agreed with her.")
        assert found[1:] == ["Hours of talks", text[text.index("The second") :]]

    def test_lines_of_a_list_stay_apart(self) -> None:
        """Lines of similar length that all begin with capitals are entries, not a wrapped paragraph."""
        entries = [f"Talks in room {n} of the hotel lasted for {n} hours" for n in range(1, 8)]
        assert wordings("\n".join(entries)) == entries

    @pytest.mark.parametrize("mark", ["- ", "* ", "• ", "1. ", "2) ", "(a) "])
    def test_list_items(self, mark: str) -> None:
        """Each item is a sentence of its own, with its mark, and no heading."""
        text = f"They agreed on this:\n{mark}more flights\n{mark}a new channel that\n  stays open\n\n{PROSE}"
        assert kinds(text)[1:3] == [("p", f"{mark}more flights"), ("p", f"{mark}a new channel that\n  stays open")]


class TestHeadings:
    @pytest.mark.parametrize(
        "line", ["Hours of conversation", "Five ‘no’s’", "“Clear demands”", "2.1 Methods", "Section 3"]
    )
    def test_short_line_over_a_paragraph(self, line: str) -> None:
        """A short line without a final mark between paragraphs is a heading."""
        assert of_kind("h", f"{PROSE}\n\n{line}\n\n{PROSE[:-1]} again.") == [line]

    @pytest.mark.parametrize(
        "line",
        ["Duration: six hours", "- six hours", "They met for hours.", "total 45 tonnes", "Wheat 45 tonnes", "3 hours"],
    )
    def test_facts_are_no_headings(self, line: str) -> None:
        """A statement, list item or figure is told, not a heading, however short."""
        assert line in of_kind("p", f"{PROSE}\n\n{line}\n\n{PROSE[:-1]} again.")

    def test_numbered_titles(self) -> None:
        """The items of minutes: a number and a title over a paragraph. Steps and items of a list are none."""
        told = f"1. Minutes\n{PROSE}\n\n2. Library hours\n{PROSE}"
        assert of_kind("h", told) == ["1. Minutes", "2. Library hours"]
        assert of_kind("h", f"1. Open the app\n\n2. Press start\n\n3. Wait a minute\n\n{PROSE}") == []
        assert of_kind("h", f"Do this:\n1. Open the app\n2. Press start\n{PROSE}") == []

    def test_title_and_subtitle(self) -> None:
        """The title and the short lines below it are headings, also with a colon."""
        text = f"Talks in Geneva: ministers go on\n\nTalks in Geneva\nMinisters go on\n\n{PROSE}"
        assert of_kind("h", text) == ["Talks in Geneva: ministers go on", "Talks in Geneva", "Ministers go on"]

    def test_last_line_is_no_heading(self) -> None:
        """A short line with nothing below heads nothing."""
        assert of_kind("h", f"{PROSE}\n\nThe hall was cold") == []

    def test_short_lines_alone_are_told(self) -> None:
        """A document of short lines has no headings that would take its facts away."""
        assert of_kind("p", "Talks ended late\n\nNobody signed") == ["Talks ended late", "Nobody signed"]

    def test_marked_headings_are_the_only_ones(self) -> None:
        """Where headings are marked, a short paragraph is none."""
        text = f"# Talks\n\nNobody signed\n\n{PROSE}\n\n## Later\n\n{PROSE[:-1]} again."
        assert of_kind("h", text) == ["# Talks", "## Later"]


class TestTables:
    @pytest.mark.parametrize("gap", [" | ", "\t", "     "])
    def test_rows(self, gap: str) -> None:
        """Lines below each other in the same columns are rows, one sentence each."""
        rows = [gap.join(cells) for cells in (("Outlet", "Hours"), ("Alpha", "six"), ("Beta", "7.5"))]
        assert of_kind("t", f"{PROSE}\n\n" + "\n".join(rows) + f"\n\n{PROSE}") == rows

    def test_one_line_is_no_table(self) -> None:
        """A bar or a wide gap in a single line makes no table."""
        assert of_kind("t", f"{PROSE}\n\nTalks go on | The Daily\n\nHe   left.") == []


MARKDOWN = """---
title: Notes
---
# Weekly *notes*

The ministers met
for six hours. Then [they](http://a.b/C.D) left.
Second line with a break\\
third line

| Outlet | Hours |
|--------|-------|
| Alpha  | 6     |

- item one that
  goes on
  1. nested item

```bash
pip install x
```

> A quote. It
> goes on.

Setext heading
--------------

<!-- a comment -->
<div>
Some text
</div>

[link]: http://example.com
"""


def test_markdown() -> None:
    """Front matter, fences, comments, rulers and link definitions are no text; a line break goes on with the
    sentence unless it is a hard one; rows and items stand alone."""
    assert kinds(MARKDOWN, "a.md") == [
        *(("b", "---"), ("b", "title: Notes"), ("b", "---"), ("h", "# Weekly *notes*")),
        ("p", "The ministers met\nfor six hours."),
        ("p", "Then [they](http://a.b/C.D) left."),
        *(("p", "Second line with a break\\"), ("p", "third line")),
        *(("t", "| Outlet | Hours |"), ("b", "|--------|-------|"), ("t", "| Alpha  | 6     |")),
        *(("p", "- item one that\n  goes on"), ("p", "1. nested item")),
        *(("b", "```bash"), ("p", "pip install x"), ("b", "```")),
        *(("p", "> A quote."), ("p", "It\n> goes on."), ("h", "Setext heading\n--------------")),
        *(("b", "<!-- a comment -->"), ("b", "<div>"), ("p", "Some text"), ("b", "</div>")),
        ("b", "[link]: http://example.com"),
    ]


def test_bold_lines_of_markdown() -> None:
    """A line in bold over a paragraph is a heading, a question too; a statement in bold and a last line are text."""
    text = (
        "**Can I pay in cash?**\nSorry, no.\n\n**Fees**\n\n- 5 crowns\n\n**We are closed.**\nUntil May.\n\n**The end**"
    )
    assert kinds(text, "a.md") == [
        *(("h", "**Can I pay in cash?**"), ("p", "Sorry, no.")),
        *(("h", "**Fees**"), ("p", "- 5 crowns")),
        *(("p", "**We are closed.**\nUntil May."), ("p", "**The end**")),
    ]


class TestRepeats:
    def test_repeated_sentence(self) -> None:
        """What was said before, up to case, marks and space, is a repeat; short sentences are not."""
        text = "The talks in Geneva lasted six hours. He agreed. He agreed.\n\nThe talks in  Geneva lasted\nsix hours!"
        assert of_kind("r", text) == ["The talks in  Geneva lasted\nsix hours!"]

    def test_short_sentence_under_another_heading(self) -> None:
        """A short instruction under another heading speaks of something else; a long passage is copied."""
        short, long = (
            "Then press the green button twice.",
            "The ministers of both countries met in Geneva on Sunday and agreed to go on talking.",
        )
        text = f"# One\n\n{short} {long}\n\n# Two\n\n{short} {long}"
        assert of_kind("r", text) == [long]

    def test_title_repeated(self) -> None:
        """The title as a bare line is a repeat; told as a sentence it is news, since headings do not answer."""
        title = "Ministers of both countries go on talking about the river in Geneva"
        assert of_kind("r", f"# {title}\n\n{title}\n\n{PROSE}\n\n# End", "a.html") == [title]
        assert of_kind("r", f"# {title}\n\n{title}.\n\n{PROSE}\n\n# End", "a.html") == []


def test_page_headers_and_footers() -> None:
    """Lines that recur on the pages of a PDF, whatever their digits, and page numbers are marked; the text is not."""
    pages = [
        f"Ministry of Trade - {n} of 3\nThe delegation met for {word} hours.\n{n}\n"
        for n, word in enumerate(("six", "two", "ten"), 1)
    ]
    text = "".join(pages)
    starts = tuple(sum(map(len, pages[:n])) for n in range(3))
    found = kinds(text, "a.pdf", starts)
    assert [wording for kind, wording in found if kind == "p"] == [
        f"The delegation met for {w} hours." for w in ("six", "two", "ten")
    ]
    assert sum(kind == "b" for kind, _ in found) == 6
