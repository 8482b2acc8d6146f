"""Reading: consistent snapshots, exact scopes, search on every kind of store, and damaged generations."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import chromadb
import numpy as np
import pytest
import servers
from library import Library, Place, Words, contents, found, matched

from retrieval import models
from retrieval.errors import StoreError, UsageError
from retrieval.index import Folders
from retrieval.model import Scope
from retrieval.reader import Reader

DOCUMENTS = {
    "rivers/danube.txt": "The Danube\n\nThe Danube rises in the Black Forest. It flows into the Black Sea.\n",
    "rivers/rhine.txt": "The Rhine\n\nThe Rhine rises in the Alps. It flows into the North Sea near Rotterdam.\n",
    "animals/otter.md": "# Otters\n\nOtters eat fish and crabs. They hold hands while they sleep.\n",
    "animals/heron.md": "# Herons\n\nHerons stand still in shallow water. They wait for fish.\n",
    "Zürich.txt": "Zürich lies on the Limmat. The lake freezes in cold winters.\n",
}


QUERIES = ["", " \n", "?!\"'()*:^-+{}[]~%\\", '"unbalanced', "NEAR(a b)", "a AND NOT", "title:fish", "\0\x01\x1b"]
QUERIES += ["の 河川", "_", "x" * 5000, "fish " * 30_000, "' OR 1=1 --", "\ud800", "the of and"]


def fill(library: Library) -> Library:
    for name, text in DOCUMENTS.items():
        library.write(name, text)
    library.ingest()
    return library


@pytest.fixture(scope="module")
def shelf(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The documents above, indexed in each place; not to be changed."""
    return fill(place.library(tmp_path_factory.mktemp("shelf")))


@pytest.fixture
def filled(anywhere: Library) -> Library:
    """The same, to be changed."""
    return fill(anywhere)


class TestEverywhere:
    """What holds for SQLite and PostgreSQL, Chroma folders and a Chroma server."""

    def test_what_was_ingested_is_found(self, shelf: Library) -> None:
        """Dense search finds by meaning, lexical search by stemmed words, both with scores, best first."""
        with shelf.snapshot() as snapshot:
            assert found(snapshot, "Which stream ends at Rotterdam?")[0] == "rivers/rhine.txt"
            assert matched(snapshot, "sleeping hand")[0] == "animals/otter.md"
            for hits in (snapshot.dense(models.embedder().embed_query("fish"), 9), snapshot.lexical("fish sea", 9)):
                scores = [score for _, score in hits]
                assert scores == sorted(scores, reverse=True)
                assert scores[0] > scores[-1]

    def test_cosines_are_those_of_the_vectors(self, shelf: Library) -> None:
        """A dense score is the cosine of the query and the chunk's vector."""
        query = models.embedder().embed_query("rivers that flow into a sea")
        with shelf.snapshot() as snapshot:
            hits = snapshot.dense(query, 5)
            cosines = snapshot.vectors([i for i, _ in hits]) @ np.array(query, np.float32)
            assert np.allclose([score for _, score in hits], cosines, atol=1e-4)

    def test_passages_carry_what_a_citation_needs(self, shelf: Library) -> None:
        """A passage is the exact text at its offsets, with title, lines and the sentences."""
        with shelf.snapshot() as snapshot:
            [(hit, _)] = snapshot.lexical("crabs", 1)
            passage = snapshot.passages([hit])[hit]
            source = snapshot.source("animals/otter.md")
            chunk = passage.chunk
            assert (passage.id, passage.source, passage.title) == (hit, "animals/otter.md", "Otters")
            assert source.text[chunk.start : chunk.end] == chunk.text
            assert passage.lines == source.lines(chunk.start, chunk.end) == (1, 3)
            assert [chunk.text[s.start - chunk.start : s.end - chunk.start] for s in chunk.sentences] == [
                "Otters eat fish and crabs.",
                "They hold hands while they sleep.",
            ]

    def test_scope_is_exact(self, shelf: Library) -> None:
        """Every search gives the best of what the scope allows, however far down, and nothing else."""
        only = Scope().narrowed(["animals/*"])
        with shelf.snapshot() as snapshot:
            assert found(snapshot, "Which stream ends at Rotterdam?", 5, only) == found(
                snapshot, "Which stream ends at Rotterdam?", 2, only
            )
            assert set(found(snapshot, "rivers", 5, only)) == {"animals/otter.md", "animals/heron.md"}
            assert set(matched(snapshot, "fish rises sea", 5, only)) == {"animals/otter.md", "animals/heron.md"}
            assert {d.source for d in snapshot.documents(only)} == {"animals/otter.md", "animals/heron.md"}
            everything = [i for i, _ in snapshot.lexical("rises fish lake", 9)]
            assert {p.source for p in snapshot.passages(everything, only).values()} <= {
                "animals/otter.md",
                "animals/heron.md",
            }

    def test_scope_that_allows_nothing(self, shelf: Library) -> None:
        """An empty group, or globs that match nothing, give nothing."""
        query = models.embedder().embed_query("fish")
        for scope in (Scope(((),)), Scope((("*",), ("nothing/*",)))):
            with shelf.snapshot() as snapshot:
                assert snapshot.dense(query, 5, scope) == []
                assert snapshot.lexical("fish", 5, scope) == []
                assert snapshot.passages([1, 2, 3], scope) == {}
                assert snapshot.documents(scope) == []

    def test_copies_name_the_other_documents_of_the_scope(self, filled: Library) -> None:
        """A passage names the other documents that say the same; none that the scope hides."""
        filled.write(
            "copy.txt", "THE RHINE\n\nThe Rhine rises in the Alps – it flows into the North Sea near Rotterdam!"
        )
        report = filled.ingest()
        assert report.duplicates == 1
        with filled.snapshot() as snapshot:
            hits = [i for i, _ in snapshot.lexical("Rotterdam", 5)]
            copies = {p.source: p.copies for p in snapshot.passages(hits).values()}
            assert copies == {"rivers/rhine.txt": ("copy.txt",), "copy.txt": ("rivers/rhine.txt",)}
            hidden = snapshot.passages(hits, Scope((("rivers/*",),)))
            assert {p.source: p.copies for p in hidden.values()} == {"rivers/rhine.txt": ()}

    def test_words_without_diacritics(self, shelf: Library) -> None:
        """Zürich is found as Zurich and as ZÜRICH."""
        with shelf.snapshot() as snapshot:
            assert matched(snapshot, "zurich") == matched(snapshot, "ZÜRICH") == ["Zürich.txt"]

    def test_any_query_is_safe(self, shelf: Library) -> None:
        """No text is an error in lexical search."""
        with shelf.snapshot() as snapshot:
            for query in QUERIES:
                assert isinstance(snapshot.lexical(query, 3), list)
            assert matched(snapshot, "fish " * 30_000) == matched(snapshot, "fish")

    def test_a_snapshot_stays_as_it_was(self, filled: Library) -> None:
        """What is published while a snapshot is open is not seen in it, in no search; the next one sees it."""
        query = models.embedder().embed_query("The Danube rises in the Black Forest.")
        with closing(filled.reader()) as reader:
            with reader.snapshot() as before:
                filled.write("rivers/danube.txt", "The Danube\n\nNothing about its source is known any more.\n")
                filled.write("new.txt", "The Loire flows into the Atlantic.\n")
                (filled.docs / "Zürich.txt").unlink()
                filled.ingest()
                assert [d.source for d in before.documents()] == sorted(DOCUMENTS)
                assert "Black Forest" in before.source("rivers/danube.txt").text
                hits = before.dense(query, 9)
                assert "Black Forest" in before.passages([hits[0][0]])[hits[0][0]].chunk.text
                assert matched(before, "zurich loire") == ["Zürich.txt"]
            with reader.snapshot() as after:
                assert [d.source for d in after.documents()] == sorted({*DOCUMENTS, "new.txt"} - {"Zürich.txt"})
                assert matched(after, "zurich loire") == ["new.txt"]
                assert matched(after, "Black Forest") == []
                assert found(after, "Atlantic coast")[0] == "new.txt"

    def test_equal_to_a_fresh_index_after_many_changes(self, filled: Library, tmp_path: Path) -> None:
        """However an index came about, it says what a fresh one of the same documents says."""
        for turn in range(6):
            filled.write(f"more/{turn}.txt", f"Note {turn}\n\nThe ferry number {turn} left at noon. It was late.\n")
            filled.write("animals/otter.md", f"# Otters\n\nOtter number {turn} eats fish. It sleeps on its back.\n")
            if turn > 2:
                (filled.docs / f"more/{turn - 3}.txt").unlink()
            filled.ingest()
        fresh = Library(filled.docs, tmp_path / "fresh")
        fresh.ingest()
        with filled.snapshot() as old, fresh.snapshot() as new:
            assert old.documents() != new.documents()  # they were indexed at other times
            if filled.database_url is None:
                assert contents(old) == contents(new)
            assert [(d.source, d.sha256, d.chunks) for d in old.documents()] == [
                (d.source, d.sha256, d.chunks) for d in new.documents()
            ]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """300 documents of eight chunks, a third of them changed since they were first indexed."""
    library = Place().library(tmp_path_factory.mktemp("crowd")).using(Words())
    for n in range(300):
        library.write(f"{'abc'[n % 3]}/{n:03}.md", people(n, "town"))
    library.ingest()
    for n in range(0, 300, 3):
        library.write(f"a/{n:03}.md", people(n, "hills"))
    library.ingest()
    return library


def people(number: int, place: str) -> str:
    return "".join(f"# Person {number}-{n}\n\nThe person {number * n} was seen in {place}.\n\n" for n in range(8))


@pytest.mark.parametrize("globs", [["*"], ["[ab]/*"], ["a/*"], ["*7.md"], ["b/1?1.md"], ["c/002.md", "c/005.md"]])
@pytest.mark.parametrize("k", [1, 7, 40])
def test_dense_search_gives_the_best_of_the_scope(crowd: Library, globs: list[str], k: int) -> None:
    """For wide and narrow scopes, few and many hits, the result is the ranking by all allowed vectors.

    It is exact up to a thousand chunks; beyond that Chroma's graph may miss one in forty.
    """
    scope = Scope((tuple(globs),))
    with crowd.snapshot() as snapshot:
        every = [i for i, _ in snapshot.lexical("person", 5000)]
        allowed = list(snapshot.passages(every, scope))
        assert len(every) == 2400
        for question in ("Who?", "Where?", "the person 7 in the hills"):
            query = Words().embed_query(question)
            cosines = snapshot.vectors(allowed) @ np.array(query, np.float32)
            expected = sorted(zip(cosines, allowed, strict=True), reverse=True)[:k]
            hits = snapshot.dense(query, k, scope)
            assert len({i for i, _ in hits}) == min(k, len(allowed))
            assert {i for i, _ in hits} <= set(allowed)
            pairs = zip(hits, expected, strict=True)
            missed = sum(not np.isclose(score, best, atol=1e-4) for (_, score), (best, _) in pairs)
            assert missed <= (k // 40 if len(allowed) > 1000 else 0)


def test_more_hits_than_there_are(crowd: Library) -> None:
    """Asking for more than all gives all; asking for none gives none."""
    with crowd.snapshot() as snapshot:
        assert len(snapshot.dense(Words().embed_query("Who?"), 5000)) == 2400
        assert len(snapshot.lexical("person", 5000)) == 2400
        assert snapshot.dense(Words().embed_query("Who?"), 0) == snapshot.lexical("person", 0) == []


def test_many_threads_read_while_documents_change(library: Library) -> None:
    """Threads share a reader: each snapshot is whole, while generations come and go."""
    library = library.using(Words())
    library.write_many()
    fill(library)
    query = Words().embed_query("Fish are known by the word")
    done = threading.Event()

    def look(reader: Reader) -> int:
        looks = 0
        while not done.is_set():
            with reader.snapshot() as snapshot:
                passages = snapshot.passages([i for i, _ in snapshot.dense(query, 9)])
                marks = {p.chunk.indexed.split()[-1] for p in passages.values() if p.source == "mark.txt"}
                assert len(marks) <= 1
                assert len(passages) == len(snapshot.dense(query, 9))
                looks += 1
        return looks

    with closing(library.reader()) as reader, ThreadPoolExecutor(4) as pool:
        looking = [pool.submit(look, reader) for _ in range(4)]
        try:
            for turn in range(5):
                library.write("mark.txt", f"Fish are known by the word mark{turn}\n")
                library.ingest()
        finally:
            done.set()
        assert all(future.result() > 0 for future in looking)


def test_another_index_takes_its_place(library: Library) -> None:
    """A reader follows even when the data directory is thrown away and made anew."""
    library.write("a.txt", "Otters eat fish.\n")
    library.write("b.txt", "Moles dig.\n")
    library.ingest()
    only = Scope((("a*",),))
    query = models.embedder().embed_query("fish")
    with closing(library.reader()) as reader:
        with reader.snapshot() as snapshot:
            assert len(snapshot.dense(query, 5)) == 2
            assert [d.source for d in snapshot.documents(only)] == ["a.txt"]
        shutil.rmtree(library.data)
        with pytest.raises(StoreError, match="Nothing is indexed yet"):
            reader.snapshot().__enter__()
        (library.docs / "b.txt").unlink()
        library.write("0.txt", "Herons eat fish too.\n")
        library.write("a.txt", "Otters eat crabs.\n")
        library.ingest()
        with reader.snapshot() as snapshot:
            assert [d.source for d in snapshot.documents(only)] == ["a.txt"]
            assert found(snapshot, "fish")[0] == "0.txt"
            assert matched(snapshot, "crabs") == ["a.txt"]


class TestErrors:
    def test_vectors_of_another_length(self, library: Library) -> None:
        """A query vector that does not fit is an error in words, not in numbers."""
        fill(library)
        with (
            library.snapshot() as snapshot,
            pytest.raises(StoreError, match=r"vectors of 384 numbers; now they have 7:"),
        ):
            snapshot.dense([1.0] * 7, 3)

    def test_nothing_is_indexed(self, library: Library) -> None:
        """Without an index a question says how to make one, and makes nothing itself."""
        with pytest.raises(StoreError, match=r"^Nothing is indexed yet: run `citebot ingest FOLDER` first\.$"):
            library.names()
        assert not library.data.exists()

    def test_nothing_is_indexed_in_postgresql(self, on_postgres: Library) -> None:
        """The same in an empty database."""
        with pytest.raises(StoreError, match="Nothing is indexed yet"):
            on_postgres.names()

    def test_another_embedder(self, library: Library) -> None:
        """An index made with another embedder is refused, and what to do is said."""
        fill(library)
        with pytest.raises(StoreError) as error:
            library.using(Words("openai:text-embedding-3-small")).names()
        assert str(error.value) == (
            "The index was built with the embedder bge-small-en-v1.5; settings say openai:text-embedding-3-small:"
            " run `citebot ingest --rebuild`."
        )

    def test_another_format(self, library: Library) -> None:
        """An index of another format is refused, whatever its tables look like, and a rebuild mends it."""
        fill(library)
        with closing(sqlite3.connect(library.data / "ledger.sqlite3")) as database:
            database.executescript(
                "UPDATE citebot_index SET format = 99; ALTER TABLE citebot_index RENAME uid TO other;"
            )
        for attempt in (library.names, library.ingest):
            with pytest.raises(
                StoreError, match=r"built with index format 99; this version .* `citebot ingest --rebuild`"
            ):
                attempt()
        report = library.ingest(paths=(), rebuild=True)
        assert report.added == len(library.names()) == len(DOCUMENTS)

    def test_a_document_that_is_not_there(self, shelf: Library) -> None:
        """Showing an unknown document says so."""
        with shelf.snapshot() as snapshot, pytest.raises(StoreError, match=r"^nowhere\.txt is not indexed"):
            snapshot.source("nowhere.txt")

    def test_a_damaged_ledger(self, library: Library) -> None:
        """A ledger that is no database is an error that names the folder."""
        fill(library)
        (library.data / "ledger.sqlite3").write_bytes(b"no database " * 1000)
        with pytest.raises(StoreError, match=f"^The index in {library.data} is damaged"):
            library.names()

    def test_postgresql_is_down(self, library: Library) -> None:
        """A database that does not answer is one sentence, without its password."""
        down = replace(library, database_url=f"postgresql://bot:s3cret@127.0.0.1:{servers.free_port()}/db")
        for attempt in (down.names, down.ingest):
            with pytest.raises(StoreError, match=r"^The database of DATABASE_URL does not answer") as error:
                attempt()
            assert "s3cret" not in str(error.value)

    def test_a_user_without_rights(self, on_postgres: Library) -> None:
        """A database user that may make no tables is told of."""
        import psycopg

        on_postgres.write("a.txt", "Otters eat fish.\n")
        name = f"weak_{secrets.token_hex(4)}"
        with psycopg.connect(str(on_postgres.database_url), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE {name} LOGIN".encode())
        weak = replace(on_postgres, database_url=str(on_postgres.database_url).replace("citebot@", f"{name}@"))
        with pytest.raises(StoreError, match=r"^The user of DATABASE_URL may not make or change tables: grant that"):
            weak.ingest()

    def test_another_kind_of_database(self, library: Library) -> None:
        """Only PostgreSQL can be named."""
        with pytest.raises(UsageError, match=r"^DATABASE_URL must begin with postgresql://"):
            replace(library, database_url="mysql://localhost/db").names()


def generation(library: Library) -> Path:
    """The folder of the only generation."""
    [folder] = (library.data / "generations").iterdir()
    return folder


def delete_all(folder: Path) -> None:
    shutil.rmtree(folder)


def delete_parent(folder: Path) -> None:
    shutil.rmtree(folder.parent)


def garble_database(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"garbage" * 500)


def scribble_into_database(folder: Path) -> None:
    file = folder / "chroma.sqlite3"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 3] + bytes(range(256)) * 100 + data[len(data) // 3 + 25_600 :])


def truncate_vectors(folder: Path) -> None:
    file = next(folder.rglob("data_level0.bin"))
    file.write_bytes(file.read_bytes()[:100])


def flip_one_bit(folder: Path) -> None:
    file = next(folder.rglob("data_level0.bin"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def lose_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


DAMAGES = [delete_all, delete_parent, garble_database, scribble_into_database, truncate_vectors, flip_one_bit]


@pytest.fixture
def large(library: Library) -> Library:
    """The documents above and one of many chunks, so that Chroma is asked."""
    return fill_large(library)


def fill_large(library: Library) -> Library:
    library = library.using(Words())
    library.write_many()
    return fill(library)


def search(library: Library) -> list[tuple[list[str], list[float]]]:
    """What some searches find."""
    with library.snapshot() as snapshot:
        results = []
        for question in ("The Rhine rises", "parcel 17 in drawer", "They wait for fish."):
            hits = snapshot.dense(Words().embed_query(question), 5)
            passages = snapshot.passages([i for i, _ in hits])
            results.append(([passages[i].chunk.text for i, _ in hits], [round(score, 3) for _, score in hits]))
        return results


class TestDamagedGenerations:
    @pytest.mark.parametrize("damage", [*DAMAGES, lose_manifest], ids=lambda damage: damage.__name__)
    def test_answered_all_the_same_and_built_anew(self, large: Library, damage: Callable[[Path], None]) -> None:
        """Whatever happens to a generation, questions get the same answers, and soon from a new one."""
        before = search(large)
        damage(generation(large))
        assert search(large) == before  # closing its reader waits for the repair
        newest = sorted((large.data / "generations").iterdir())[-1]
        assert newest.name.endswith("-1" if damage in (delete_all, delete_parent) else "-2")
        with closing(Folders(large.data / "generations").open(newest.name.rpartition("-")[0])) as opened:
            assert opened.size == 1100 + len(DOCUMENTS)
        assert search(large) == before

    def test_what_is_left_of_it_is_swept(self, large: Library) -> None:
        """The next ingest removes the damaged folder."""
        flip_one_bit(generation(large))
        search(large)
        assert len(list((large.data / "generations").iterdir())) == 2
        large.write("more.txt", "There is more to say.\n")
        large.ingest()
        numbers = [folder.name.rpartition("-")[2] for folder in (large.data / "generations").iterdir()]
        assert sorted(numbers) == ["1", "2"]  # the new one and the one built anew

    def test_lost_on_a_server(self, on_server: Library) -> None:
        """A collection that somebody deletes is built anew too."""
        large = fill_large(on_server)
        before = search(large)
        [name] = delete_collections(large)
        assert search(large) == before
        assert delete_collections(large) == [name]

    def test_the_server_is_down(self, library: Library, tmp_path: Path) -> None:
        """While the Chroma server is down, questions are answered from the ledger; an ingest says what to do."""
        with servers.chroma(tmp_path / "chroma") as url:
            large = fill_large(replace(library, chroma_url=url))
            before = search(large)
        assert search(large) == before
        large.write("more.txt", "There is more to say.\n")
        with pytest.raises(StoreError, match=r"^The Chroma server at http://127.0.0.1:\d+ does not answer"):
            large.ingest()
        assert search(large) == before


def delete_collections(library: Library) -> list[str]:
    """Deletes the library's collections on its server; their names."""
    with closing(sqlite3.connect(library.data / "ledger.sqlite3")) as database:
        [[uid]] = database.execute("SELECT uid FROM citebot_index")
    host, _, port = str(library.chroma_url).removeprefix("http://").partition(":")
    client = chromadb.HttpClient(host, int(port))
    names = [c.name for c in client.list_collections() if c.name.startswith(f"citebot-{uid}-")]
    for name in names:
        client.delete_collection(name)
    for part in (client, client._admin_client):
        part._server._session.close()
    client.close()
    return names
