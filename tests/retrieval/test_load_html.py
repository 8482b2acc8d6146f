"""Web pages: what a reader sees, with its title and date."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from written import read

from retrieval.errors import DocumentError

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Talks end late | The Daily</title>
<meta property="article:published_time" content="2023-06-19T23:30:00-04:00"><style>p {}</style></head><body>
<nav><a href="/">Home</a> <a href="/w">World</a></nav><script>var tracked = "everything";</script>
<main><article><h1>Talks end <em>late</em></h1>
<p>The ministers met for
six hours on Sunday &amp; agreed.</p><p hidden>Not shown.</p><p style="display: none">Not shown either.</p>
<h2>What was<br>agreed</h2><ul><li>More flights</li><li>A new channel</li></ul>
<table><caption>Hours</caption>
<tr><th>Outlet</th><th>Hours</th></tr><tr><td>Alpha</td><td>six<br>or so</td></tr></table>
<aside>The pact dates from 1979.</aside><p>A trillion is 10<sup>12</sup>, they said<sup><a href="#n">3</a></sup>.</p>
</article></main><aside><a href="/o">Another story</a></aside>
<form><input name="q"><button>Search</button>Search here</form><footer>© 2023 The Daily</footer></body></html>"""


class TestHtml:
    def test_text_is_what_a_reader_sees(self, tmp_path: Path) -> None:
        """Scripts, menus, hidden parts, forms and footers are left out; all of the article is there."""
        text = read(tmp_path, "a.html", PAGE).text
        assert "The ministers met for six hours on Sunday & agreed." in text
        assert "The pact dates from 1979." in text
        for absent in ("World", "tracked", "Not shown", "Search", "Another story", "2023 The Daily", "p {}"):
            assert absent not in text

    def test_headings_lists_and_tables_are_marked(self, tmp_path: Path) -> None:
        """A heading is a line with Markdown's marks, a table row one line, whatever lines its cells have."""
        lines = [line.strip() for line in read(tmp_path, "a.html", PAGE).text.split("\n")]
        assert "# Talks end late" in lines
        assert "## What was agreed" in lines
        assert "* More flights" in lines
        assert lines[lines.index("Outlet | Hours") + 1] == "Alpha | six or so"

    def test_superscripts_do_not_run_into_numbers(self, tmp_path: Path) -> None:
        """10 to the 12th does not become 1012, nor a note's number part of the word before it."""
        text = read(tmp_path, "a.html", PAGE).text
        assert "10^12" in text
        assert "said[3]" in text

    def test_title_without_the_sites_name_and_date(self, tmp_path: Path) -> None:
        """The headline is cut out of <title>; the date is the day that the page states, in its own time zone."""
        source = read(tmp_path, "a.html", PAGE)
        assert (source.title, source.date) == ("Talks end late", date(2023, 6, 19))

    @pytest.mark.parametrize(
        "head",
        [
            '<meta name="date" content="19 June 2023">',
            '<script type="application/ld+json">{"@type": "X", "datePublished": "2023-06-19T08:00"}</script>',
            '<meta itemprop="datePublished" content="2023-06-19">',
            "<body><article><time datetime='2023-06-19T08:00Z'>Monday</time></article>",
            "<body><p>Published: June 19, 2023</p>",
        ],
    )
    def test_stated_dates(self, tmp_path: Path, head: str) -> None:
        """Meta elements, JSON-LD, <time> and a dateline in the text state the date."""
        assert read(tmp_path, "a.html", f"<html>{head}<p>They met on 3 May 1999.</p>").date == date(2023, 6, 19)

    def test_time_told_in_prose_is_no_date(self, tmp_path: Path) -> None:
        """A <time> inside a sentence is what the text tells of, not when it was written."""
        told = (
            "<p>The two sides had met for the first time on <time datetime='1999-05-03'>3 May</time>, in the rain.</p>"
        )
        assert read(tmp_path, "a.html", told).date is None

    def test_heading_that_folds_its_part(self, tmp_path: Path) -> None:
        """A button inside a heading is the heading's text; other buttons are none."""
        page = "<h2><button>How long?</button></h2><p>Six hours.</p><button>Send</button>"
        assert read(tmp_path, "a.html", page).text == "## How long?\n\nSix hours."

    def test_page_inside_a_form_or_table_stays(self, tmp_path: Path) -> None:
        """Old pages wrap everything in a form or a layout table: the text is kept, paragraph by paragraph."""
        cells = "<td>menu</td><td><h1>Old page</h1><p>Para one.</p><p>Para two.</p></td>"
        text = read(tmp_path, "a.htm", f"<form><table><tr>{cells}</tr></table></form>").text
        assert [line for line in text.split("\n") if line] == ["menu", "# Old page", "Para one.", "Para two."]

    def test_declared_encoding(self, tmp_path: Path) -> None:
        """The encoding that a page declares is used."""
        page = '<html><meta charset="windows-1251"><p>Переговоры</p>'.encode("cp1251")
        assert read(tmp_path, "a.html", page).text == "Переговоры"

    def test_surrogate_reference_is_no_character(self, tmp_path: Path) -> None:
        """A reference to a lone surrogate leaves text that can be encoded."""
        read(tmp_path, "a.html", "<p>a &#xD800; b &#0; c</p>").text.encode()

    def test_deep_nesting_keeps_the_text(self, tmp_path: Path) -> None:
        """Elements nested 1,500 deep neither fail nor lose text; beyond what the parser follows the file is refused."""
        assert "deep text" in read(tmp_path, "a.html", "<div>" * 1500 + "deep text" + "</div>" * 1500).text
        with pytest.raises(DocumentError, match="nested too deeply"):
            read(tmp_path, "b.html", "<p>x</p>" + "<div>" * 5000 + "deep text")

    def test_html_in_a_text_file(self, tmp_path: Path) -> None:
        """A web page that was saved as .txt is read as the page it is."""
        assert "<p>" not in read(tmp_path, "a.txt", PAGE).text
