"""PDF and DOCX: pages, blocks, properties; files that are encrypted, damaged or made to blow up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from written import docx, pdf, read, rewritten, zipped

from retrieval.errors import DocumentError


class TestPdf:
    def test_pages_keep_their_offsets(self, tmp_path: Path) -> None:
        """`pages` are the offsets where pages begin."""
        source = read(
            tmp_path, "a.pdf", pdf(["Talks in Geneva", "They met."], ["They parted."], title="The Geneva talks")
        )
        assert source.title == "The Geneva talks"
        assert source.text[source.pages[1] :].startswith("They parted.")
        assert source.page(source.text.index("They met")) == 1
        assert source.page(source.text.index("parted")) == 2

    @pytest.mark.parametrize("title", ["", "untitled", "Microsoft Word - draft.doc", "scan0001.pdf"])
    def test_useless_title_property(self, tmp_path: Path, title: str) -> None:
        """A placeholder or file name among the properties is no title: the first line is."""
        assert (
            read(tmp_path, "a.pdf", pdf(["Talks in Geneva end late", "They met."], title=title)).title
            == "Talks in Geneva end late"
        )

    def test_words_broken_at_line_ends(self, tmp_path: Path) -> None:
        """A word hyphenated at a line end is whole again; a compound that the document writes keeps its hyphen."""
        source = read(
            tmp_path, "a.pdf", pdf(["A five-hour talk on commu-", "nication and another five-", "hour talk followed."])
        )
        assert "communication" in source.text
        assert "another five-hour talk" in source.text

    def test_date(self, tmp_path: Path) -> None:
        """A dateline counts; without one the day on which the file was made."""
        assert read(tmp_path, "a.pdf", pdf(["Talks end", "Geneva, 3 May 2024", "They met."])).date == date(2024, 5, 3)
        made = pdf(["They met."]).replace(b"D:2000", b"D:2019")
        assert read(tmp_path, "b.pdf", made).date is not None

    def test_encrypted(self, tmp_path: Path) -> None:
        """A PDF that asks for a password says so."""
        with pytest.raises(DocumentError, match="it is encrypted: remove its password and ingest again"):
            read(tmp_path, "a.pdf", pdf(["They met."], encrypted=True))

    @pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.97])
    def test_truncated(self, tmp_path: Path, kept: float) -> None:
        """A PDF that was cut short is refused also where the parser would repair it with text missing."""
        whole = pdf(*[[f"Page {n}."] for n in range(20)])
        with pytest.raises(DocumentError, match="cut short or damaged"):
            read(tmp_path, "a.pdf", whole[: int(len(whole) * kept)])

    def test_garbage(self, tmp_path: Path) -> None:
        """Bytes that only begin and end like a PDF are refused."""
        with pytest.raises(DocumentError, match="cut short or damaged"):
            read(tmp_path, "a.pdf", b"%PDF-1.7\n" + b"\x00garbage" * 100 + b"\n%%EOF\n")

    def test_scan(self, tmp_path: Path) -> None:
        """A PDF without text names what it needs."""
        with pytest.raises(DocumentError, match="text recognition"):
            read(tmp_path, "a.pdf", pdf([], []))

    def test_pdf_under_another_name(self, tmp_path: Path) -> None:
        """A PDF that was saved as .txt or .html is read as the PDF it is."""
        assert "They met." in read(tmp_path, "a.txt", pdf(["They met."])).text


class TestDocx:
    @staticmethod
    def report() -> WordDocument:
        document = Document()
        document.core_properties.title = "Annual report"
        document.add_heading("Figures", 1)
        document.add_paragraph("The firm grew by 5 percent. 😀")
        table = document.add_table(2, 2)
        for row, values in zip(table.rows, [("Year", "Revenue"), ("2023", "6 million")], strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
        document.add_paragraph("First item", style="List Bullet")
        document.add_paragraph("It goes on.")
        return document

    def test_blocks_in_document_order(self, tmp_path: Path) -> None:
        """Headings, paragraphs, table rows and list items stand in the order of the document."""
        source = read(tmp_path, "a.docx", docx(self.report()))
        assert source.title == "Annual report"
        assert source.text.split("\n") == [
            *("# Figures", "", "The firm grew by 5 percent. 😀", "", "Year | Revenue", "2023 | 6 million", ""),
            *("- First item", "", "It goes on."),
        ]

    def test_tracked_changes_and_content_controls(self, tmp_path: Path) -> None:
        """Inserted text counts, deleted text does not, and a content control's paragraphs are not lost."""
        changed = rewritten(
            docx(self.report()),
            "word/document.xml",
            lambda xml: xml.replace(
                b"<w:r><w:t>It goes on.</w:t></w:r>",
                b"<w:ins><w:r><w:t>It goes</w:t></w:r></w:ins><w:del><w:r><w:delText> not</w:delText></w:r></w:del>"
                b"<w:r><w:tab/><w:t>on.</w:t></w:r>",
            ).replace(
                b"<w:sectPr",
                b"<w:sdt><w:sdtContent><w:p><w:r><w:t>Kept.</w:t></w:r></w:p></w:sdtContent></w:sdt><w:sectPr",
            ),
        )
        assert read(tmp_path, "a.docx", changed).text.endswith("It goes\ton.\n\nKept.")

    def test_table_that_is_a_frame(self, tmp_path: Path) -> None:
        """A table of one cell is a frame around ordinary paragraphs, also around another table."""
        document = Document()
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "Inside the frame."
        cell.add_table(1, 2).cell(0, 0).text = "A"
        assert read(tmp_path, "a.docx", docx(document)).text == "Inside the frame.\n\nA |"

    def test_date_property(self, tmp_path: Path) -> None:
        """The day of creation is the date, unless it is that of the library's template or the text has a dateline."""
        document = self.report()
        assert read(tmp_path, "a.docx", docx(document)).date is None
        document.core_properties.created = document.core_properties.created.replace(2024, 5, 3)
        assert read(tmp_path, "a.docx", docx(document)).date == date(2024, 5, 3)
        document.paragraphs[0].insert_paragraph_before("Published: 1 June 2024")
        assert read(tmp_path, "a.docx", docx(document)).date == date(2024, 6, 1)

    def test_encrypted_and_old_files(self, tmp_path: Path) -> None:
        """Word's encrypted files and its old binary ones say what to do."""
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
        with pytest.raises(DocumentError, match="it is encrypted: remove its password and ingest again"):
            read(tmp_path, "a.docx", ole + "EncryptedPackage".encode("utf-16-le"))
        with pytest.raises(DocumentError, match="old Word file: save it as"):
            read(tmp_path, "b.docx", ole)

    def test_zip_bombs(self, tmp_path: Path) -> None:
        """A file that unpacks to far too much, or to far too many parts, is refused before it is unpacked."""
        with pytest.raises(DocumentError, match="unpacks to far more"):
            read(tmp_path, "a.docx", zipped({"word/document.xml": bytes(30_000_000)}))
        with pytest.raises(DocumentError, match="unpacks to far more"):
            read(tmp_path, "b.docx", zipped({f"{n}": b"" for n in range(10_001)}))

    def test_entity_expansion(self, tmp_path: Path) -> None:
        """XML that declares entities is refused."""
        laughs = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
        bomb = rewritten(
            docx(self.report()),
            "word/document.xml",
            lambda xml: xml.replace(b"<w:document", laughs + b"<w:document", 1),
        )
        with pytest.raises(DocumentError, match="XML entities"):
            read(tmp_path, "a.docx", bomb)

    def test_damaged(self, tmp_path: Path) -> None:
        """A cut, empty, foreign or broken archive is refused in one sentence."""
        whole = docx(self.report())
        broken = rewritten(whole, "word/document.xml", lambda xml: xml[:200])
        for n, data in enumerate([whole[:-400], b"PK\x03\x04", zipped({"a.txt": b"x"}), broken, b"not a zip"]):
            with pytest.raises(DocumentError, match="damaged"):
                read(tmp_path, f"{n}.docx", data)
