"""Syncing folders with the index: what changes, what is refused, what fails, and that nothing is lost by it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from library import Library, Words, contents, found, matched

from retrieval import models
from retrieval.errors import ProviderError, StoreError, UsageError
from retrieval.ingest import IngestReport
from retrieval.model import Scope

SETTLED = time.time() - 3600


def counts(report: IngestReport) -> dict[str, int]:
    """The numbers of documents that are not zero."""
    documents = report.to_json()["documents"]
    assert report.failed == len(report.failures)
    return {name: count for name, count in documents.items() if count}


def settle(path: Path) -> None:
    """As if the file had been written an hour ago."""
    os.utime(path, (SETTLED, SETTLED))


@dataclass
class Counting:
    """The bundled embedder, counting the texts that it is given."""

    name: str = models.embedder().name
    texts: list[str] = field(default_factory=list)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.texts += texts
        return models.embedder().embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return models.embedder().embed_query(text)


class TestSync:
    def test_add_change_remove(self, library: Library) -> None:
        """New, changed and deleted files are counted and take effect; the rest is unchanged."""
        library.write("a.txt", "Otters eat fish.\n")
        library.write("b/c.md", "# Herons\n\nHerons stand in water.\n")
        library.write("picture.png", "not a document")
        first = library.ingest()
        assert counts(first) == {"added": 2, "skipped": 1}
        assert (first.chunks, first.duplicates) == (2, 0)
        library.write("a.txt", "Otters eat crabs.\n")
        library.write("d.txt", "Moles dig.\n")
        (library.docs / "b/c.md").unlink()
        assert counts(library.ingest()) == {"added": 1, "updated": 1, "removed": 1, "skipped": 1}
        with library.snapshot() as snapshot:
            assert [d.source for d in snapshot.documents()] == ["a.txt", "d.txt"]
            assert set(matched(snapshot, "fish herons crabs dig")) == {"a.txt", "d.txt"}
            assert set(found(snapshot, "animals", 9)) == {"a.txt", "d.txt"}

    def test_the_report_as_json(self, library: Library) -> None:
        """The ingest object of the contract."""
        library.write("a.txt", "Otters eat fish.\n")
        library.write("empty.txt", "")
        report = library.ingest().to_json()
        assert report.pop("seconds") > 0
        assert report == {
            "documents": {"added": 1, "updated": 0, "removed": 0, "unchanged": 0, "failed": 1, "skipped": 0},
            "chunks": 1,
            "duplicates": 0,
            "failures": [{"source": "empty.txt", "error": "it is empty: write something into it or remove it"}],
        }

    def test_what_is_known_of_a_document(self, library: Library) -> None:
        """The list of documents tells where each comes from, its size, and when it was indexed, in UTC."""
        library.write("b/c.md", "# Herons\n\nHerons stand in water. They wait.\n")
        library.ingest()
        with library.snapshot() as snapshot:
            [document] = snapshot.documents()
            assert (document.source, document.root, document.title) == ("b/c.md", str(library.docs), "Herons")
            assert document.characters == len(snapshot.source("b/c.md").text)
            assert document.chunks == 1
            assert document.indexed_at.utcoffset() is not None
            assert abs(document.indexed_at.timestamp() - time.time()) < 600

    def test_unchanged_files_are_not_read_again(self, library: Library) -> None:
        """A second ingest embeds nothing, publishes nothing, and opens no file that looks as it did."""
        path = library.write("a.txt", "Otters eat fish.\n")
        settle(path)
        subprocess.run(["touch", "-d", "-1 hour", path], check=True)
        embedder = Counting()
        library.ingest(embedder=embedder)
        assert len(embedder.texts) == 1
        for _ in range(2):
            assert counts(library.ingest(embedder=embedder)) == {"unchanged": 1}
        assert len(embedder.texts) == 1
        assert len(list((library.data / "generations").iterdir())) == 1

    def test_a_change_of_equal_size_and_time_is_seen(self, library: Library) -> None:
        """An edit that leaves size and modification time as they were is not missed."""
        path = library.write("a.txt", "Otters eat fish.\n")
        settle(path)
        library.ingest()
        for text in ("Otters eat crab.\n", "Otters eat eels.\n", "Otters eat kelp.\n"):
            path.write_text(text)
            settle(path)
            assert counts(library.ingest()) == {"updated": 1}
        with library.snapshot() as snapshot:
            assert "kelp" in snapshot.source("a.txt").text

    def test_touched_files_are_not_embedded_again(self, library: Library) -> None:
        """Another time stamp alone changes nothing."""
        path = library.write("a.txt", "Otters eat fish.\n")
        embedder = Counting()
        library.ingest(embedder=embedder)
        settle(path)
        assert counts(library.ingest(embedder=embedder)) == {"unchanged": 1}
        assert len(embedder.texts) == 1

    def test_only_new_text_is_embedded(self, library: Library) -> None:
        """Of a changed document only the chunks that changed are embedded, of a moved one none."""
        sections = [f"## Part {n}\n\nIn part {n} the otter number {n} eats fish." for n in range(6)]
        library.write("a.md", "# Otters\n\n" + "\n\n".join(sections))
        embedder = Counting()
        library.ingest(embedder=embedder)
        assert len(embedder.texts) == 6
        sections[3] = "## Part 3\n\nIn part 3 nothing is eaten at all."
        library.write("a.md", "# Otters\n\n" + "\n\n".join(sections))
        library.ingest(embedder=embedder)
        assert len(embedder.texts) == 7
        (library.docs / "a.md").rename(library.docs / "b.md")
        assert counts(library.ingest(embedder=embedder)) == {"added": 1, "removed": 1}
        assert len(embedder.texts) == 7

    def test_dry_run(self, library: Library) -> None:
        """It counts what would happen, and changes nothing, not even the data directory."""
        library.write("a.txt", "Otters eat fish.\n")
        assert counts(library.ingest(dry_run=True)) == {"added": 1}
        assert not library.data.exists()
        library.ingest()
        library.write("a.txt", "Otters eat crabs.\n")
        library.write("b.txt", "Moles dig.\n")
        with library.snapshot() as snapshot:
            before = contents(snapshot)
        assert counts(library.ingest(dry_run=True)) == {"added": 1, "updated": 1}
        with library.snapshot() as snapshot:
            assert contents(snapshot) == before

    def test_duplicates(self, library: Library) -> None:
        """Chunks that say what another document's chunk says are counted, whatever their case and spacing."""
        library.write("a.txt", "Otters eat fish and crabs all day.\n")
        library.write("b.txt", "OTTERS  eat fish, and crabs,\nall day\n")
        library.write("c.txt", "Moles dig.\n")
        assert library.ingest().duplicates == 1
        (library.docs / "a.txt").unlink()
        assert library.ingest().duplicates == 0

    def test_progress(self, library: Library) -> None:
        """Each stage is told from its beginning to its end."""
        for n in range(3):
            library.write(f"{n}.txt", f"Otter number {n} eats fish.\n")
        told: list[tuple[str, int, int]] = []
        library.ingest(progress=lambda *step: told.append(step))
        assert list(dict.fromkeys(stage for stage, _, _ in told)) == ["read", "embed", "index"]
        for stage in ("read", "embed", "index"):
            assert [step for step in told if step[0] == stage][-1] == (stage, 3, 3)
        told.clear()
        library.ingest(progress=lambda *step: told.append(step))
        assert told == []

    def test_rebuild_reads_and_embeds_everything_anew(self, library: Library) -> None:
        """With `rebuild` every document is read and embedded again, of every root."""
        library.write("a.txt", "Otters eat fish.\n")
        other = library.docs.parent / "other"
        other.mkdir()
        (other / "b.txt").write_text("Moles dig.\n")
        embedder = Counting()
        library.ingest(library.docs, other, embedder=embedder)
        assert counts(library.ingest(embedder=embedder, rebuild=True)) == {"updated": 2}
        assert len(embedder.texts) == 4
        assert library.names() == ["a.txt", "b.txt"]

    def test_another_embedder_needs_a_rebuild(self, library: Library) -> None:
        """With other vectors an ingest is refused until the index is rebuilt, which serves until it is done."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest()
        other = Counting("other-model")
        with pytest.raises(StoreError, match=r"^The index was built with the embedder bge-small-en-v1\.5; settings"):
            library.ingest(embedder=other)
        library.ingest(embedder=other, rebuild=True)
        assert len(other.texts) == 1
        with pytest.raises(StoreError, match=r"^The index was built with the embedder other-model; settings say bge"):
            library.names()
        with library.using(other).snapshot() as snapshot:
            assert found(snapshot, "fish") == ["a.txt"]

    def test_rebuild_keeps_what_cannot_be_read(self, library: Library) -> None:
        """A document whose file fails in a rebuild keeps its text, embedded anew."""
        library.write("a.txt", "Otters eat fish.\n")
        library.write("b.txt", "Moles dig.\n")
        library.ingest()
        library.write("a.txt", "")
        other = Counting("other-model")
        report = library.ingest(embedder=other, rebuild=True)
        assert counts(report) == {"updated": 1, "failed": 1}
        with library.using(other).snapshot() as snapshot:
            assert found(snapshot, "fish", 1) == ["a.txt"]
            assert "Otters" in snapshot.source("a.txt").text

    def test_vectors_of_another_length(self, library: Library) -> None:
        """An embedder that gives other vectors under the same name is found out."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest()

        class Longer(Counting):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return [[1.0] * 7 for _ in texts]

        library.write("b.txt", "Moles dig.\n")
        with pytest.raises(
            StoreError, match=r"with vectors of 384 numbers; .* gives 7: run `citebot ingest --rebuild`"
        ):
            library.ingest(embedder=Longer())
        assert library.names() == ["a.txt"]


class TestRoots:
    @pytest.fixture
    def wiki(self, library: Library) -> Path:
        """A second root."""
        folder = library.docs.parent / "wiki"
        folder.mkdir()
        (folder / "README.md").write_text("# Wiki\n\nMoles dig tunnels.\n")
        return folder

    def test_roots_are_remembered(self, library: Library, wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without a path every root is synced, from wherever it is called; with one, only that one."""
        library.write("a.txt", "Otters eat fish.\n")
        monkeypatch.chdir(library.docs.parent)
        library.ingest(Path("docs"), Path("wiki"))
        monkeypatch.chdir("/")
        library.write("a.txt", "Otters eat crabs.\n")
        (wiki / "b.txt").write_text("Voles dig too.\n")
        assert counts(library.ingest(wiki)) == {"added": 1, "unchanged": 1}
        assert counts(library.ingest(paths=())) == {"updated": 1, "unchanged": 2}

    def test_same_name_in_two_roots(self, library: Library, wiki: Path) -> None:
        """A name that another root's document has gets the root's folder in front, and keeps it."""
        library.write("README.md", "# Docs\n\nOtters eat fish.\n")
        library.ingest(library.docs, wiki)
        assert library.names() == ["README.md", "wiki/README.md"]
        (library.docs / "README.md").unlink()
        library.write("x.txt", "Something else.\n")
        (wiki / "README.md").write_text("# Wiki\n\nMoles sleep.\n")
        library.ingest(paths=())
        assert library.names() == ["wiki/README.md", "x.txt"]

    def test_a_root_that_is_a_file(self, library: Library) -> None:
        """A single file is a root; its name is the file's."""
        path = library.write("deep/inside/a b.txt", "Otters eat fish.\n")
        assert counts(library.ingest(path)) == {"added": 1}
        assert library.names() == ["a b.txt"]
        path.write_text("Otters eat crabs.\n")
        assert counts(library.ingest(paths=())) == {"updated": 1}

    def test_overlapping_roots(self, library: Library) -> None:
        """A root inside another is refused, by itself, beside it, or through a link; and the other way round."""
        inner = library.write("sub/a.txt", "Otters eat fish.\n").parent
        link = library.docs.parent / "link"
        link.symlink_to(inner)
        with pytest.raises(UsageError, match=r"lies inside .*, and a document belongs to one root"):
            library.ingest(inner, library.docs)
        assert not library.data.exists()
        library.ingest()
        for path in (inner, link, library.docs.parent, inner / "a.txt"):
            with pytest.raises(UsageError, match="lies inside"):
                library.ingest(path)
        assert counts(library.ingest(library.docs / "sub" / "..")) == {"unchanged": 1}

    def test_the_same_root_through_a_link(self, library: Library) -> None:
        """A known root is recognised under another path."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest()
        link = library.docs.parent / "link"
        link.symlink_to(library.docs)
        assert counts(library.ingest(link)) == {"unchanged": 1}

    @pytest.mark.parametrize("gone", ["missing", "empty", "holds other files"])
    def test_a_root_that_lost_its_documents(self, library: Library, wiki: Path, gone: str) -> None:
        """A root that held documents and is missing or empty changes nothing and is an error; others go on."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest(library.docs, wiki)
        (wiki / "new.txt").write_text("Voles dig too.\n")
        shutil.rmtree(library.docs)
        if gone != "missing":
            library.docs.mkdir()
        if gone == "holds other files":
            library.write("picture.png", "no document")
        report = library.ingest(paths=())
        assert {"added": 1, "unchanged": 1, "failed": 1}.items() <= counts(report).items()
        [failure] = report.failures
        assert failure.source == str(library.docs)
        assert failure.error.startswith("it is missing or holds no document any more, so its 1 documents stay")
        assert "a.txt" in library.names()
        with pytest.raises(StoreError, match=r"^Nothing is rebuilt, because of"):
            library.ingest(paths=(), rebuild=True)
        assert counts(library.ingest(paths=(), allow_empty=True))["removed"] == 1
        assert library.names() == ["README.md", "new.txt"]
        assert "failed" not in counts(library.ingest(paths=()))

    def test_a_path_that_is_not_there(self, library: Library) -> None:
        """A mistyped path is wrong usage, before anything is touched."""
        library.write("a.txt", "Otters eat fish.\n")
        with pytest.raises(UsageError, match=r"^There is no file or folder /nowhere/dcos: check the path\.$"):
            library.ingest(library.docs, Path("/nowhere/dcos"))
        assert not library.data.exists()

    def test_no_path_and_no_root(self, library: Library) -> None:
        """Nothing to sync is wrong usage."""
        with pytest.raises(UsageError, match="run `citebot ingest FOLDER`"):
            library.ingest(paths=())

    def test_an_empty_folder(self, library: Library) -> None:
        """A folder without documents is an error that says which kinds there are, and is not remembered."""
        library.write("picture.png", "no document")
        report = library.ingest()
        assert counts(report) == {"failed": 1, "skipped": 1}
        assert report.failures[0].error.startswith("it holds no document: give a folder or file of these kinds: .docx")
        assert counts(library.ingest(library.docs / "picture.png")) == {"failed": 1, "skipped": 1}
        with pytest.raises(UsageError):
            library.ingest(paths=())
        assert counts(library.ingest(allow_empty=True)) == {"skipped": 1}
        assert library.names() == []

    def test_forget(self, library: Library, wiki: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Forgetting drops a root and its documents, named as the user likes; the files stay."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest(library.docs, wiki)
        monkeypatch.chdir(wiki.parent)
        assert library.forget("./wiki/") == 1
        assert library.names() == ["a.txt"]
        assert (wiki / "README.md").exists()
        assert counts(library.ingest(paths=())) == {"unchanged": 1}
        with pytest.raises(UsageError, match=f"^wiki is no root of the index: they are {library.docs}\\."):
            library.forget("wiki")
        shutil.rmtree(library.docs)
        assert library.forget(str(library.docs)) == 1
        assert library.names() == []
        with pytest.raises(UsageError, match=r"^docs is no root of the index: it has none\."):
            library.forget("docs")

    def test_forget_without_an_index(self, library: Library) -> None:
        """There is nothing to forget, and nothing is made."""
        with pytest.raises(UsageError, match="is no root of the index"):
            library.forget("docs")
        assert not library.data.exists()


class TestFiles:
    def test_names_that_are_no_text(self, library: Library) -> None:
        """Names with spaces, line breaks, quotes, other scripts and bytes that are no text are documents."""
        names = [
            b"with space.txt",
            b"line\nbreak.txt",
            b"quote\"'.txt",
            "漁業 🐟.txt".encode(),
            b"latin-\xe9.txt",
            b"*?[x].txt",
        ]
        for name in names:
            (library.docs / os.fsdecode(name)).write_text(f"Otters eat fish in {len(name)} places.\n")
        (library.docs / "latin-\\xe9.txt").write_text("Moles dig.\n")
        assert counts(library.ingest()) == {"added": 7}
        shown = {name.decode("utf-8", "backslashreplace") for name in names}
        assert shown < set(library.names())
        assert len(library.names()) == 7
        with library.snapshot() as snapshot:
            assert {snapshot.source(name).name for name in library.names()} == set(library.names())
        assert counts(library.ingest()) == {"unchanged": 7}

    def test_text_with_any_characters(self, anywhere: Library) -> None:
        """NUL, byte order marks, emoji, combining and right-to-left characters come back exactly, from any database."""
        texts = {
            "nul.txt": b"Otters\0eat fish.\0 They swim.\n",
            "bom.txt": "\ufeffHerons stand.\r\nThey wait.\r\n".encode(),
            "rtl.txt": "שלום עולם. مرحبا بالعالم. 👩\u200d👩\u200d👧 e\u0301\u0308.\n".encode(),
            "title.md": "# Naïve \U0001f600\n\nText below. It is short.\n".encode(),
        }
        for name, data in texts.items():
            (anywhere.docs / name).write_bytes(data)
        assert counts(anywhere.ingest()) == {"added": 4}
        with anywhere.snapshot() as snapshot:
            for document in snapshot.documents():
                source = snapshot.source(document.source)
                assert len(source.text) == document.characters
                hits = [i for i, _ in snapshot.dense(models.embedder().embed_query("x"), 99)]
                for passage in snapshot.passages(hits, Scope(((document.source,),))).values():
                    assert source.text[passage.chunk.start : passage.chunk.end] == passage.chunk.text
            assert matched(snapshot, "swim") == ["nul.txt"]

    def test_hidden_files_and_folders(self, library: Library) -> None:
        """What is hidden is passed over without a word; the root itself may be hidden."""
        library.write(".hidden.txt", "Secret.\n")
        library.write(".git/config.txt", "Secret.\n")
        library.write("a.txt", "Otters eat fish.\n")
        assert counts(library.ingest()) == {"added": 1}
        hidden = library.docs / ".git"
        library.forget(str(library.docs))
        assert counts(library.ingest(hidden)) == {"added": 1}

    def test_the_data_directory_is_no_part_of_a_root(self, library: Library) -> None:
        """The index does not index itself."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest(library.docs.parent)
        (library.data / "generations" / "note.txt").write_text("Not a document.\n")
        library.ingest(library.docs.parent)
        assert library.names() == ["docs/a.txt"]

    def test_links(self, library: Library) -> None:
        """Linked files and folders are read once, under their own path if they have one; loops end."""
        library.write("real/a.txt", "Otters eat fish.\n")
        outside = library.docs.parent / "outside"
        outside.mkdir()
        (outside / "b.txt").write_text("Moles dig.\n")
        (library.docs / "a-link").symlink_to("real")
        (library.docs / "loop").symlink_to(".")
        (library.docs / "real" / "up").symlink_to("../..")
        (library.docs / "elsewhere").symlink_to(outside)
        (library.docs / "c.txt").symlink_to(outside / "b.txt")
        (library.docs / "self.txt").symlink_to("self.txt")
        report = library.ingest()
        names = library.names()
        assert "real/a.txt" in names
        assert "c.txt" in names
        assert sum(name.endswith("/b.txt") for name in names) == 1
        assert sum(name.endswith("a.txt") for name in names) == 1
        assert [failure.source for failure in report.failures] == ["self.txt"]

    def test_a_dead_link_and_a_pipe(self, library: Library) -> None:
        """What has a document's name and cannot be read is a failure of its own, and nothing waits for it."""
        library.write("a.txt", "Otters eat fish.\n")
        (library.docs / "dead.txt").symlink_to("/nowhere")
        os.mkfifo(library.docs / "pipe.txt")
        for expected in ({"added": 1, "failed": 2}, {"unchanged": 1, "failed": 2}):
            report = library.ingest()
            assert counts(report) == expected
            errors = {failure.source: failure.error for failure in report.failures}
            assert errors["dead.txt"] == "it is no longer there: ingest again"
            assert errors["pipe.txt"].startswith("it is not a regular file")

    def test_a_document_that_fails_keeps_its_version(self, library: Library) -> None:
        """A file that can no longer be read keeps what was indexed of it, and is tried again each time."""
        path = library.write("a.txt", "Otters eat fish.\n")
        library.write("b.txt", "Moles dig.\n")
        library.ingest()
        path.write_bytes(b"")
        for _ in range(2):
            assert counts(library.ingest()) == {"unchanged": 1, "failed": 1}
        with library.snapshot() as snapshot:
            assert matched(snapshot, "fish") == ["a.txt"]
        path.write_text("Otters eat crabs.\n")
        assert counts(library.ingest()) == {"updated": 1, "unchanged": 1}

    def test_many_bad_files_among_good_ones(self, library: Library) -> None:
        """Binary, truncated and empty files fail one by one; each failure is a sentence of its own."""
        library.write("good.txt", "Otters eat fish.\n")
        (library.docs / "binary.txt").write_bytes(bytes(range(256)) * 40)
        (library.docs / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
        (library.docs / "broken.docx").write_bytes(b"PK\x03\x04 no zip")
        (library.docs / "blank.md").write_text(" \n\n")
        (library.docs / "large.txt").write_bytes(b"word " * 10_500_000)
        report = library.ingest()
        assert report.added >= 1
        assert "good.txt" in library.names()
        failed = {failure.source for failure in report.failures}
        assert {"broken.pdf", "broken.docx", "blank.md", "large.txt"} <= failed
        assert all(0 < len(failure.error) < 200 and "\n" not in failure.error for failure in report.failures)


def test_a_data_directory_that_is_a_file(library: Library) -> None:
    """It is one sentence, and the file stays."""
    library.write("a.txt", "Otters eat fish.\n")
    library.data.write_text("something else")
    for place in (library, replace(library, data=library.data / "below")):
        with pytest.raises(StoreError, match=r"cannot be written: make it writable or set CITEBOT_DATA_DIR"):
            place.ingest()
    assert library.data.read_text() == "something else"


INGEST = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from library import Library
from retrieval.errors import UserError
library = Library(Path(sys.argv[2]), Path(sys.argv[3]))
try:
    report = library.ingest()
    print(report.to_json())
except UserError as error:
    print(type(error).__name__, error)
"""


# Root may read and write everything by this right alone; without it the modes of files hold for root as for anyone.
WITHOUT_OVERRIDE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def _droppable() -> bool:
    """Whether a process can be started here that modes of files hold for."""
    if os.getuid() != 0:
        return True
    try:
        command = [*WITHOUT_OVERRIDE, sys.executable, "-c", "import sqlite3"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not _droppable(), reason="root cannot give up its rights here")
class TestRights:
    """What a user without the rights to a file or folder is told."""

    def run(self, library: Library) -> str:
        lower = WITHOUT_OVERRIDE if os.getuid() == 0 else []
        arguments = [sys.executable, "-c", INGEST, str(Path(__file__).parent), str(library.docs), str(library.data)]
        done = subprocess.run(
            [*lower, *arguments], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
        return done.stdout

    def test_a_data_directory_that_cannot_be_written(self, library: Library) -> None:
        """It is one sentence that names the folder and the setting, whether there is an index or not."""
        library.write("a.txt", "Otters eat fish.\n")
        expected = f"StoreError {library.data} cannot be written: make it writable or set CITEBOT_DATA_DIR"
        with locked(library.data.parent):
            assert self.run(library).startswith(expected)
        library.ingest()
        library.write("b.txt", "Moles dig.\n")
        with locked(library.data):
            assert self.run(library).startswith(expected)
        assert library.names() == ["a.txt"]

    def test_files_and_folders_that_cannot_be_read(self, library: Library) -> None:
        """Their documents stay, each failure says what to do, the rest goes on."""
        library.write("a.txt", "Otters eat fish.\n")
        library.write("locked/b.txt", "Moles dig.\n")
        secret = library.write("c.txt", "Voles dig too.\n")
        assert "'added': 3" in self.run(library)
        secret.chmod(0)
        secret.write_text("Voles dig three.\n")
        (library.docs / "locked").chmod(0)
        library.write("d.txt", "Shrews too.\n")
        said = self.run(library)
        (library.docs / "locked").chmod(0o755)
        assert "'added': 1, 'updated': 0, 'removed': 0, 'unchanged': 1, 'failed': 2" in said
        assert said.count("it may not be read: give yourself read permission and ingest again") == 2
        assert library.names() == ["a.txt", "c.txt", "d.txt", "locked/b.txt"]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """The folder and all below it may be read, not written."""
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield
    finally:
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)


def mount(folder: Path, size: str, *options: str) -> None:
    """A file system of `size` in `folder`; the test is skipped where none can be mounted."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", *options]), "none", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here")


@pytest.mark.parametrize("size", ["64k", "400k", "1m", "2100k"])
def test_disk_full(library: Library, size: str) -> None:
    """A full disk is one sentence, at whatever step; what was indexed stays, and with more space it goes on."""
    mount(library.data, size)
    library = library.using(Words())
    try:
        library.write("a.txt", "Otters eat fish.\n")
        with contextlib.suppress(StoreError):  # the smallest disk has no room for any index
            library.ingest()
        before = indexed(library)
        for n in range(400):
            library.write(f"{n}.txt", f"Otter {n} eats fish. " + " ".join(f"word{n}-{m}" for m in range(60)) + "\n")
        with pytest.raises(
            StoreError, match=rf"^There is no space left for {library.data}: free some and run the same"
        ):
            library.ingest()
        assert indexed(library) == before
        mount(library.data, "64m", "remount")
        assert library.ingest().added == 401 - len(before)
        assert len(indexed(library)) == 401
    finally:
        subprocess.run(["umount", "-l", str(library.data)], check=True)


def indexed(library: Library) -> list[str]:
    """The documents that lexical search finds; none where there is no index."""
    try:
        with library.snapshot() as snapshot:
            assert len(snapshot.dense(library.embedder.embed_query("fish"), 999)) == len(snapshot.documents())
            return sorted(matched(snapshot, "fish", 999))
    except StoreError:
        return []


class TestInterruption:
    """An ingest that ends early, wherever it is, changes nothing and leaves no lock."""

    @pytest.mark.parametrize("stage", ["read", "embed", "index"])
    @pytest.mark.parametrize("error", [KeyboardInterrupt(), StoreError("stop")], ids=["Ctrl-C", "error"])
    def test_at_every_stage(self, library: Library, stage: str, error: BaseException) -> None:
        """Stopped while it reads, embeds or indexes, the index is as it was; the next ingest does it all."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest()
        with library.snapshot() as snapshot:
            before = contents(snapshot)
        library.write("a.txt", "Otters eat crabs.\n")
        library.write("b.txt", "Moles dig.\n")

        def stop(now: str, done: int, total: int) -> None:
            if now == stage:
                raise error

        with pytest.raises(type(error)):
            library.ingest(progress=stop)
        with library.snapshot() as snapshot:
            assert contents(snapshot) == before
        assert counts(library.ingest()) == {"added": 1, "updated": 1}
        assert len([f for f in (library.data / "generations").iterdir() if f.name.startswith(".")]) == 0

    def test_an_endpoint_that_fails(self, library: Library) -> None:
        """When the embedder fails, its error is told as it is, and what it embedded before is not asked for again."""
        for n in range(70):
            library.write(f"{n}.txt", f"Otter number {n} eats fish.\n")

        class Failing(Counting):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                if len(self.texts) >= 64:
                    raise ProviderError("The endpoint is down.")
                return super().embed_documents(texts)

        with pytest.raises(ProviderError, match=r"^The endpoint is down\.$"):
            library.ingest(embedder=Failing())
        with pytest.raises(StoreError, match="Nothing is indexed yet"):
            library.names()
        embedder = Counting()
        assert counts(library.ingest(embedder=embedder)) == {"added": 70}
        assert len(embedder.texts) == 6

    def test_ctrl_c_in_a_terminal(self, library: Library) -> None:
        """SIGINT ends the process, and another one can ingest at once."""
        library.write("a.txt", "Otters eat fish.\n")
        with holder(library) as process:
            process.send_signal(signal.SIGINT)
            assert process.wait(60) != 0
        assert counts(library.ingest()) == {"added": 1}


HOLDER = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal, also where the tests run in the background
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from library import Library
def wait(*step):
    print("inside", flush=True)
    sys.stdin.read()
Library(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4] or None).ingest(progress=wait)
"""


@contextmanager
def holder(library: Library) -> Iterator[subprocess.Popen[str]]:
    """Another process that is in the middle of an ingest."""
    places = [str(library.docs), str(library.data), library.database_url or ""]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(Path(__file__).parent), *places],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        try:
            yield process
        finally:
            process.kill()


class TestTwoWriters:
    @pytest.mark.parametrize("change", ["ingest", "forget"])
    def test_the_second_is_told_who_writes(self, library: Library, change: str) -> None:
        """It names the process and since when, and changes nothing; when that process is killed, the lock is free."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest()
        library.write("b.txt", "Moles dig.\n")
        attempts: dict[str, Callable[[], Any]] = {
            "ingest": library.ingest,
            "forget": lambda: library.forget(str(library.docs)),
        }
        with holder(library) as process:
            today = time.strftime("%Y-%m-%d")
            expected = rf"^Another ingest is changing this index \(process {process.pid} since {today} [\d:]+\): wait"
            with pytest.raises(StoreError, match=expected):
                attempts[change]()
            assert library.names() == ["a.txt"]
            process.kill()
            process.wait()
            attempts[change]()

    def test_on_postgresql_from_another_data_directory(self, on_postgres: Library, tmp_path: Path) -> None:
        """The lock is in the database: a host with a data directory of its own is told too."""
        on_postgres.write("a.txt", "Otters eat fish.\n")
        elsewhere = Library(on_postgres.docs, tmp_path / "elsewhere", on_postgres.database_url)
        with holder(on_postgres) as process:
            with pytest.raises(StoreError, match=rf"index \(process {process.pid} on \S+ since \d{{4}}-.*\): wait"):
                elsewhere.ingest()
            process.kill()
            process.wait()
        assert counts(elsewhere.ingest()) == {"added": 1}
        with on_postgres.snapshot() as snapshot:
            assert found(snapshot, "fish") == ["a.txt"]
