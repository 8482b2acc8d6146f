"""Generations in Chroma: built whole, opened only sound, swept only when nobody holds them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.errors import StoreError, UsageError
from retrieval.index import Folders, Generations, Server, Store, Unusable

VECTORS = np.eye(8, dtype=np.float32)[:6]


def batches() -> Iterator[tuple[list[int], NDArray[np.float32]]]:
    yield [10, 11, 12, 13], VECTORS[:4]
    yield [14, 15], VECTORS[4:]


def told(_: int) -> None:
    pass


@pytest.fixture(params=["folders", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folders":
        return Folders(tmp_path / "generations")
    return Server(request.getfixturevalue("chroma_url"), f"citebot-{tmp_path.name[-20:].strip('_-')}-")


def opens(store: Store, name: str) -> bool:
    try:
        store.open(name).close()
    except Unusable:
        return False
    return True


class TestStores:
    """What holds for folders and for a server."""

    def test_build_and_query(self, store: Store) -> None:
        """What was put in comes out by cosine, best first; progress is told."""
        counts: list[int] = []
        store.build("one", batches(), counts.append)
        assert counts == [4, 6]
        opened = store.open("one")
        hits = opened.query(VECTORS[2] + 0.5 * VECTORS[4], 3)
        opened.close()
        assert opened.size == 6
        assert [chunk for chunk, _ in hits][:2] == [12, 14]
        assert hits[0][1] == pytest.approx(1 / 1.25**0.5, abs=1e-5)

    def test_nothing_of_that_name(self, store: Store) -> None:
        """What was not built does not open, and nothing is made by trying."""
        assert not opens(store, "nothing")
        assert not opens(store, "nothing")

    def test_a_build_that_fails_leaves_nothing(self, store: Store) -> None:
        """Whatever interrupts a build, there is no generation, and no part of one."""

        def failing() -> Iterator[tuple[list[int], NDArray[np.float32]]]:
            yield [1, 2], VECTORS[:2]
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            store.build("one", failing(), told)
        assert not opens(store, "one")
        store.build("one", batches(), told)
        assert opens(store, "one")

    def test_built_again(self, store: Store) -> None:
        """A generation built a second time takes the place of the first."""
        store.build("one", batches(), told)
        store.build("one", [([7], VECTORS[:1])], told)
        opened = store.open("one")
        assert opened.size == 1
        opened.close()

    def test_sweep(self, store: Store) -> None:
        """All but the wanted ones go."""
        for name in ("one", "two", "three"):
            store.build(name, batches(), told)
        store.sweep(["two"])
        assert [opens(store, name) for name in ("one", "two", "three")] == [False, True, False]
        store.sweep([])
        assert not opens(store, "two")

    def test_held_by_threads(self, store: Store) -> None:
        """A generation stays open while it is used or current, and is closed once."""
        store.build("one", batches(), told)
        store.build("two", batches(), told)
        generations = Generations(store)
        with generations.held(["one"]) as first:
            with generations.held(["two"]) as second:
                assert first["one"] is not None
                assert second["two"] is not None
                assert first["one"].query(VECTORS[0], 1)[0][0] == 10
            assert first["one"].query(VECTORS[0], 1)[0][0] == 10
        with generations.held(["two", "nothing"]) as third:
            assert third == {"two": second["two"], "nothing": None}
        generations.retry("two")
        with generations.held(["two"]) as fourth:
            assert fourth["two"] is not second["two"]
        generations.close()


class TestFolders:
    def test_a_held_folder_is_not_swept(self, tmp_path: Path) -> None:
        """A folder that somebody reads stays until it is closed, so no reader loses its files."""
        store = Folders(tmp_path)
        store.build("one", batches(), told)
        opened = store.open("one")
        store.sweep([])
        assert opened.query(VECTORS[0], 1)[0][0] == 10
        assert opens(store, "one")
        opened.close()
        store.sweep([])
        assert list(tmp_path.iterdir()) == []

    def test_a_folder_being_built_is_not_swept(self, tmp_path: Path) -> None:
        """A sweep meanwhile leaves it alone; what a killed build left behind goes."""
        store = Folders(tmp_path)
        (tmp_path / ".dead-12345678").mkdir()

        def sweeping() -> Iterator[tuple[list[int], NDArray[np.float32]]]:
            yield [1], VECTORS[:1]
            store.sweep([])
            yield [2], VECTORS[1:2]

        store.build("one", sweeping(), told)
        assert [folder.name for folder in tmp_path.iterdir()] == ["one-1"]
        assert opens(store, "one")

    @pytest.mark.parametrize("size", [1, 6])
    def test_a_folder_is_not_changed_by_reading(self, tmp_path: Path, size: int) -> None:
        """Opening and asking leaves every file that is checked as it was built."""
        store = Folders(tmp_path)
        store.build("one", [([n], VECTORS[:1] * (n + 1)) for n in range(size)], told)
        manifest = json.loads((tmp_path / "one-1" / "manifest.json").read_bytes())
        assert len(manifest) >= 3
        for _ in range(3):
            opened = store.open("one")
            opened.query(VECTORS[0], 1)
            opened.close()

    def test_a_place_that_cannot_be_written(self, tmp_path: Path) -> None:
        """A file where the folder should be is an error in words."""
        (tmp_path / "data").write_text("a file")
        with pytest.raises((StoreError, OSError)):
            Folders(tmp_path / "data" / "generations").build("one", batches(), told)


class TestServer:
    def test_indexes_do_not_mix(self, chroma_url: str) -> None:
        """Indexes on one server see and sweep only their own."""
        one, other = Server(chroma_url, "citebot-mine-"), Server(chroma_url, "citebot-yours-")
        one.build("same", batches(), told)
        other.sweep([])
        assert opens(one, "same")
        assert not opens(other, "same")
        one.sweep([])

    @pytest.mark.parametrize("url", ["localhost:8000", "ftp://host", "http://", "chroma"])
    def test_an_address_that_is_none(self, url: str) -> None:
        """It is an error that names the setting."""
        with pytest.raises(UsageError, match=r"^CITEBOT_CHROMA_URL must look like http://host:8000"):
            Server(url, "citebot-").open("one")

    def test_nobody_answers(self) -> None:
        """It is an error in words when building, and Unusable when opening."""
        nobody = Server("http://127.0.0.1:9", "citebot-")
        with pytest.raises(StoreError, match=r"^The Chroma server at http://127\.0\.0\.1:9 does not answer or refuses"):
            nobody.build("one", batches(), told)
        assert not opens(nobody, "one")
