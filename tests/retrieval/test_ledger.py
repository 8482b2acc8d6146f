"""The ledger's own rules: vectors as they are stored, fingerprints, terms, and which generations are merged."""

from __future__ import annotations

import math
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from library import Library, Words

from retrieval import lexical
from retrieval.errors import StoreError
from retrieval.ledger import Generation, to_blob, to_matrix
from retrieval.model import Chunk, Kind, Sentence
from retrieval.staging import embedded_text, fingerprint, taken_up


def chunk(text: str, heading: str = "") -> Chunk:
    return Chunk("a.txt", 0, len(text), text, heading, (Sentence(0, len(text), Kind.PROSE),))


@given(st.lists(st.floats(-1, 1, width=32), min_size=8, max_size=8).filter(lambda v: sum(x * x for x in v) > 1e-3))
def test_vectors_survive_storage(vector: list[float]) -> None:
    """A stored vector is of length 1 and points where it did, to three digits."""
    [row] = to_matrix([to_blob(vector)])
    assert math.isclose(np.linalg.norm(row), 1, abs_tol=1e-5)
    assert row @ np.array(vector) / np.linalg.norm(vector) > 0.9999


def test_a_vector_of_zeros_is_no_error() -> None:
    """Whatever an embedder gives is stored; zeros are near to nothing."""
    assert to_matrix([to_blob([0.0] * 4)]).tolist() == [[0.0] * 4]
    assert to_matrix([]).shape == (0, 0)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Otters eat fish.", "otters  EAT\nfish", True),
        ("“Otters” – eat fish…", "Otters eat fish", True),
        ("ﬁsh ① Ⅳ", "fish 1 IV", True),
        ("Otters eat 4 fish.", "Otters eat 5 fish.", False),
        ("Otters eat fish.", "Otters eat", False),
    ],
)
def test_fingerprints(one: str, other: str, same: bool) -> None:
    """Equal for what differs in case, spacing, punctuation and typography only."""
    assert (fingerprint(chunk(one)) == fingerprint(chunk(other))) == same


def test_what_is_embedded() -> None:
    """A chunk's text after its document's title and its heading, neither of them twice."""
    assert embedded_text("Animals", chunk("Otters eat.", "Food")) == "Animals Food\nOtters eat."
    assert embedded_text("Otters", chunk("Otters eat.")) == "Otters eat."
    assert embedded_text("", chunk("Otters eat.")) == "Otters eat."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("How long did Blinken and Qin Gang talk on Sunday?", ["long", "blinken", "qin", "gang", "talk", "sunday"]),
        ("Who is the who?", ["who", "is", "the"]),
        ("Zürich ZURICH zu\u0308rich", ["zurich"]),
        ("", []),
        ("?! …", []),
        (" ".join(f"w{n}" for n in range(1000)), [f"w{n}" for n in range(lexical.MAX_TERMS)]),
    ],
)
def test_terms(query: str, expected: list[str]) -> None:
    """Each word once, without diacritics and function words, unless there are no others."""
    assert lexical.terms(query) == expected


@settings(max_examples=300)
@given(st.text())
def test_terms_of_any_text(query: str) -> None:
    """Terms hold nothing that could be syntax."""
    assert all(term and not set(term) & set("\"'\\()*:^ \0") for term in lexical.terms(query))


def stored(*sizes: int) -> list[Generation]:
    return [Generation(n, f"g{n}", size) for n, size in enumerate(sizes, 1)]


class TestMerging:
    def test_small_ones_are_taken_up(self) -> None:
        """Whatever is at most twice as large as what comes in, newest first; the large ones stay."""
        assert taken_up(stored(1000, 100, 3), {1: 1000, 2: 100, 3: 3}, 2) == {3}
        assert taken_up(stored(1000, 8, 3), {1: 1000, 2: 8, 3: 3}, 2) == {3, 2}
        assert taken_up(stored(1000, 100, 3), {1: 1000, 2: 100, 3: 3}, 1) == set()
        assert taken_up(stored(10), {1: 10}, 50) == {1}

    def test_those_with_many_dead_vectors_are(self) -> None:
        """A generation of which more than a third is dead is built anew, one that is dead altogether is dropped."""
        assert taken_up(stored(1000, 9), {1: 600, 2: 9}, 0) == {1, 2}
        assert taken_up(stored(1000, 9), {1: 700, 2: 9}, 0) == set()
        assert taken_up(stored(1000, 9), {2: 9}, 0) == set()

    def test_nothing_in_nothing_taken(self) -> None:
        """Without new chunks and without dead ones nothing is built."""
        assert taken_up(stored(5, 5), {1: 5, 2: 5}, 0) == set()

    @given(st.lists(st.integers(1, 40), min_size=1, max_size=120))
    def test_there_are_few(self, ingests: list[int]) -> None:
        """After any ingests there are no more generations than the logarithm of all chunks."""
        generations: list[Generation] = []
        for number, added in enumerate(ingests, 1):
            merged = taken_up(generations, {g.id: g.size for g in generations}, added)
            size = added + sum(g.size for g in generations if g.id in merged)
            generations = [g for g in generations if g.id not in merged] + [Generation(number, f"g{number}", size)]
        assert sum(g.size for g in generations) == sum(ingests)
        assert len(generations) <= math.log2(sum(ingests)) + 1


class TestInUse:
    def test_few_generations_after_many_ingests(self, library: Library) -> None:
        """Sixteen ingests of a document each leave a handful of folders, and every document is found."""
        library = library.using(Words())
        for n in range(16):
            library.write(f"{n}.txt", f"Otter {n} eats fish.\n")
            library.ingest()
        assert len(list((library.data / "generations").iterdir())) <= 5
        with library.snapshot() as snapshot:
            assert len(snapshot.dense(Words().embed_query("Otter"), 99)) == 16

    def test_vectors_of_removed_texts_go(self, library: Library) -> None:
        """The ledger keeps no vector that no document needs."""
        for n in range(5):
            library.write(f"{n}.txt", f"Otter {n} eats fish.\n")
        library.ingest()
        for n in range(4):
            (library.docs / f"{n}.txt").unlink()
        library.ingest()
        with closing(sqlite3.connect(library.data / "ledger.sqlite3")) as database:
            counts = [database.execute(f"SELECT count(*) FROM citebot_{name}").fetchone()[0] for name in TABLES]
        assert counts == [1] * len(TABLES)

    def test_others_may_write_meanwhile(self, library: Library, tmp_path: Path) -> None:
        """An ingest holds the database's write lock for moments only: others write between its steps."""
        for n in range(3):
            library.write(f"{n}.txt", f"Otter {n} eats fish.\n")
        written: list[str] = []

        def write(stage: str, done: int, total: int) -> None:
            database = sqlite3.connect(library.data / "ledger.sqlite3", timeout=0)
            with closing(database), database:
                database.execute("CREATE TABLE IF NOT EXISTS others (stage TEXT)")
                database.execute("INSERT INTO others VALUES (?)", [stage])
            written.append(stage)

        library.ingest(progress=write)
        assert set(written) == {"read", "embed", "index"}

    def test_a_locked_database_is_an_error_in_words(self, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
        """A program that never lets go of the database is told of, not waited for without end."""
        library.write("a.txt", "Otters eat fish.\n")
        library.ingest()
        library.write("a.txt", "Otters eat crabs.\n")
        monkeypatch.setattr("retrieval.database._BUSY_SECONDS", 0.05)
        with closing(sqlite3.connect(library.data / "ledger.sqlite3")) as database:
            database.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match=r"has been locked by another program for 0\.05 seconds: try again"):
                library.ingest()
            assert library.names() == ["a.txt"]
            database.rollback()
        assert library.ingest().updated == 1


TABLES = ["documents", "texts", "chunks", "vectors", "generations", "lexical", "roots", "index"]


def test_closing_frees_everything(library: Library) -> None:
    """Closed readers leave no thread and no open file behind."""
    library = library.using(Words())
    library.write("a.txt", "Otters eat fish.\n")
    library.ingest()
    held = []
    for _ in range(4):
        with library.snapshot() as snapshot:
            snapshot.dense(Words().embed_query("fish"), 1)
        held.append((threading.active_count(), _open_files()))
    assert all(threads <= held[0][0] and files <= held[0][1] for threads, files in held[1:])


def _open_files() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0
