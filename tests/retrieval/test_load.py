"""Text and Markdown, their titles and exact text; and every bad file, each with its plain sentence."""

from __future__ import annotations

import codecs
import hashlib
import os
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from written import docx, read

from retrieval.errors import DocumentError
from retrieval.load import FORMATS, MAX_BYTES, load, supported


class TestText:
    def test_source_carries_name_text_and_digest(self, tmp_path: Path) -> None:
        """The text is the file's own, the digest that of its bytes, and there are no pages."""
        source = read(tmp_path, "talks.txt", "Talks end late\n\nThey lasted six hours.")
        assert source.text == "Talks end late\n\nThey lasted six hours."
        assert source.name == "talks.txt"
        assert source.pages == ()
        assert source.sha256 == hashlib.sha256(b"Talks end late\n\nThey lasted six hours.").hexdigest()

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
    def test_unicode_encodings(self, tmp_path: Path, encoding: str) -> None:
        """UTF-8, UTF-16 and UTF-32 are read with their byte order marks, which are no part of the text; UTF-16 also
        without."""
        text = "The café talks – “six hours” – ended. 😀"
        assert read(tmp_path, "a.txt", text.encode(encoding)).text == text

    @pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE])
    def test_big_endian_marks(self, tmp_path: Path, mark: bytes) -> None:
        """The big-endian byte order marks are known too."""
        encoding = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-32-be"
        assert read(tmp_path, "a.txt", mark + "Grüße aus Bern.".encode(encoding)).text == "Grüße aus Bern."

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [
            ("Le café était fermé – naïve, déjà vu. Les négociations ont duré six heures.", "cp1252"),
            ("Die Gespräche dauerten fünf Stunden, sagte der Außenminister.", "latin-1"),
            ("It’s the Secretary’s “visit” that lasted – he said – six hours.", "cp1252"),
            ("Ett möte på åtta timmar hölls i Malmö på måndag.", "latin-1"),
            ("Переговоры длились шесть часов.", "cp1251"),
            ("Jednání trvala šest hodin, řekl ministr. Příště se sejdou v Praze a budou pokračovat.", "cp1250"),
            ("会談は六時間続いた。", "shift_jis"),
        ],
    )
    def test_other_encodings_are_guessed(self, tmp_path: Path, text: str, encoding: str) -> None:
        """Texts in the encodings in common use before UTF-8 are read right."""
        assert read(tmp_path, "a.txt", text.encode(encoding)).text == text

    def test_damaged_utf8_stays_utf8(self, tmp_path: Path) -> None:
        """One wrong byte in a long UTF-8 text costs that character, not every quotation mark."""
        text = read(tmp_path, "a.txt", "“Six hours,” he said. ".encode() * 20 + b"\xff end").text
        assert text.count("“Six hours,” he said.") == 20
        assert text.endswith("\ufffd end")

    @pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
    def test_line_ends(self, tmp_path: Path, end: str) -> None:
        """Every line end is one "\\n" of the text, so line numbers are those of an editor."""
        source = read(tmp_path, "a.txt", f"First.{end}Second.{end}{end}Fourth.")
        assert source.text == "First.\nSecond.\n\nFourth."
        assert source.lines(source.text.index("Fourth"), len(source.text)) == (4, 4)

    def test_control_characters_become_spaces(self, tmp_path: Path) -> None:
        """A text with a few NULs and escape sequences is read; none of them stays in it."""
        assert (
            read(tmp_path, "a.txt", b"The talks\x00 lasted\x1b[31m six\x07 hours.").text
            == "The talks  lasted [31m six  hours."
        )

    def test_other_characters_are_verbatim(self, tmp_path: Path) -> None:
        """Emoji, combining characters, right-to-left text and its marks stay as they are."""
        text = "👩\u200d👧 e\u0301 \u05e9\u05dc\u05d5\u05dd \u202eabc\u202c \u0627\u0644 𝒳 \u00a0\u200b."
        assert read(tmp_path, "a.txt", text).text == text

    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ("\n\nTalks end late\n\nThey met.", "Talks end late"),
            ("Is there any progress?\nThey met.", "Is there any progress?"),
            ("They met on Sunday.\nTalks went on.", "Q3 report final"),
            ("14 March 2024\n\nThey met.", "Q3 report final"),
            ("- Advertisement -\n\nThey met.", "Q3 report final"),
            ("The Post\n\nThey all left without accord\n\nThey met.", "The Post – They all left without accord"),
        ],
    )
    def test_title(self, tmp_path: Path, text: str, title: str) -> None:
        """The headline, under the paper's name where that stands first; else the file's name made readable."""
        assert read(tmp_path, "q3_report-final.txt", text).title == title


class TestMarkdown:
    def test_front_matter_gives_title_and_date(self, tmp_path: Path) -> None:
        """Title and date of the front matter count; the text stays raw, so offsets are those of the file."""
        raw = '---\ntitle: "Weekly notes"\ndate: 2024-03-14\n---\n# Other\n\nThey *met*.\n'
        source = read(tmp_path, "a.md", raw)
        assert (source.title, source.date, source.text) == ("Weekly notes", date(2024, 3, 14), raw)

    @pytest.mark.parametrize(
        "raw", ["# Weekly notes #\n\nText.", "Weekly notes\n============\n\nText.", "Weekly notes\n"]
    )
    def test_title_is_the_first_heading(self, tmp_path: Path, raw: str) -> None:
        """Without front matter the first heading is the title, without headings the first line."""
        assert read(tmp_path, "a.markdown", raw).title == "Weekly notes"

    def test_toml_front_matter(self, tmp_path: Path) -> None:
        """Front matter between +++ is read too."""
        source = read(tmp_path, "a.md", '+++\ntitle = "Notes"\ndate = 2024-03-14T10:00:00Z\n+++\nText.')
        assert (source.title, source.date) == ("Notes", date(2024, 3, 14))

    def test_rule_at_the_top_is_no_front_matter(self, tmp_path: Path) -> None:
        """A text that opens with a rule has no front matter."""
        assert read(tmp_path, "a.md", "---\n\nNot a field\n\n---\n\n# Title\n").title == "Title"


class TestBadFiles:
    @pytest.mark.parametrize("suffix", sorted(FORMATS))
    def test_empty(self, tmp_path: Path, suffix: str) -> None:
        """An empty file says so."""
        with pytest.raises(DocumentError, match="it is empty"):
            read(tmp_path, f"a{suffix}", b"")

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.txt", " \n\t "), ("b.txt", "\ufeff"), ("a.md", "\n"), ("a.html", "<p> </p>"), ("a.htm", "  ")],
    )
    def test_only_space(self, tmp_path: Path, name: str, content: str) -> None:
        """A file with nothing but space holds no text."""
        with pytest.raises(DocumentError, match="it holds no text"):
            read(tmp_path, name, content)

    def test_docx_without_text(self, tmp_path: Path) -> None:
        """A Word file without a word holds no text."""
        with pytest.raises(DocumentError, match="it holds no text"):
            read(tmp_path, "a.docx", docx(Document()))

    @pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
    @pytest.mark.parametrize(
        "data", [bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n" + bytes(100), b"\x7fELF" + bytes(500), bytes(5000)]
    )
    def test_binary(self, tmp_path: Path, suffix: str, data: bytes) -> None:
        """Binary data under a text's name is refused."""
        with pytest.raises(DocumentError, match="it is not text"):
            read(tmp_path, f"a{suffix}", data)

    def test_too_large(self, tmp_path: Path) -> None:
        """A file over the limit is refused without being read."""
        path = tmp_path / "a.txt"
        with path.open("wb") as file:
            file.truncate(MAX_BYTES + 1)
        with pytest.raises(DocumentError, match="larger than 50 MB: split it"):
            load(path, "a.txt")

    def test_vanished(self, tmp_path: Path) -> None:
        """A file that is no longer there when it is read says so."""
        with pytest.raises(DocumentError, match="no longer there"):
            load(tmp_path / "gone.txt", "gone.txt")

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
    def test_changed_while_read(self) -> None:
        """A file that holds other than it said when it was opened has changed (as those of /proc always have)."""
        with pytest.raises(DocumentError, match="changed while it was read"):
            load(Path("/proc/self/status"), "status.txt")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_unreadable(self, tmp_path: Path) -> None:
        """A file without read permission says what to do."""
        path = tmp_path / "a.txt"
        path.write_text("They met.")
        path.chmod(0)
        with pytest.raises(DocumentError, match="read permission"):
            load(path, "a.txt")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_not_a_regular_file(self, tmp_path: Path) -> None:
        """A folder or a named pipe is refused, and nothing waits for the pipe's writer."""
        os.mkfifo(tmp_path / "pipe.txt")
        (tmp_path / "folder.txt").mkdir()
        for name in ("pipe.txt", "folder.txt"):
            with pytest.raises(DocumentError, match="not a regular file"):
                load(tmp_path / name, name)

    def test_symlink_loop(self, tmp_path: Path) -> None:
        """A link to itself cannot be read, and the reason is given."""
        (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
        (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
        with pytest.raises(DocumentError, match="it cannot be read"):
            load(tmp_path / "a.txt", "a.txt")

    @pytest.mark.parametrize(
        "name", ["with space.txt", "with\nnewline.txt", os.fsdecode(b"caf\xe9.txt"), ".txt", "日本.TXT"]
    )
    def test_strange_names(self, tmp_path: Path, name: str) -> None:
        """Names with spaces, line ends or bytes that are no UTF-8 are loaded, with a title fit to be shown."""
        source = read(tmp_path, name, "They met on Sunday.")
        assert source.name == name
        assert source.title.encode().strip()
        assert "\n" not in source.title

    def test_supported_suffixes(self) -> None:
        """The suffix decides, in upper or lower case, what ingest reads."""
        assert supported(Path("a.PDF"))
        assert supported(Path("a.b/c.Md"))
        assert not supported(Path("a.exe"))
        assert not supported(Path("pdf"))

    @settings(max_examples=150, deadline=None)
    @given(
        st.sampled_from(sorted(FORMATS)),
        st.sampled_from(
            [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"\xff\xfe", b"<html>", b"---\n", b"\xd0\xcf\x11\xe0", b"<?xml "]
        ),
        st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.sampled_from([b"", b"%%EOF", b"PK\x05\x06" + bytes(18)]),
    )
    def test_any_bytes(
        self, tmp_path_factory: pytest.TempPathFactory, suffix: str, head: bytes, body: bytes, end: bytes
    ) -> None:
        """Whatever a file holds, it is loaded with text that can be stored, or refused in one plain sentence."""
        path = tmp_path_factory.mktemp("any") / f"a{suffix}"
        path.write_bytes(head + body + end)
        try:
            source = load(path, path.name)
        except DocumentError as error:
            reason = str(error)
        else:
            reason = "none"
            assert source.text.encode().strip()
            assert "\x00" not in source.text
            assert source.title
        assert reason
        assert "\n" not in reason
