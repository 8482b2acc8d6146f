"""Chroma, the vector index: generations that are built whole and never written again, as folders or on a server.

A generation is named by the ledger and can always be built anew from the vectors there, so nothing here is precious:
what does not open is answered for by the ledger meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit

from retrieval import digest
from retrieval.database import sentence
from retrieval.errors import StoreError, UsageError, UserError
from retrieval.locks import FolderLock

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection as ChromaCollection
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    Batches = Iterable[tuple[list[int], Vectors]]

# sync_threshold 1: every vector gets into the graph's files while a generation is built. What stays in Chroma's queue
# is written there by each reader that opens the folder, which changes it under all others.
# The graph is denser than Chroma's: of 30,000 vectors it finds all of the 40 nearest, Chroma's own settings miss some.
_CONFIGURATION: Any = {
    "hnsw": {"space": "cosine", "max_neighbors": 48, "ef_construction": 400, "ef_search": 400, "sync_threshold": 1}
}
_ADD = 1_000  # vectors handed over at once
_SERVER_SECONDS = 20  # until a server that does not answer counts as down
RETRY_SECONDS = 60  # until a generation that did not open is tried again
_LITTLE_SPACE = 16 * 1024**2  # bytes
_MANIFEST = "manifest.json"

Added = Callable[[int], None]  # told how many vectors are in so far


class Unusable(Exception):
    """A generation is not there, damaged, or cannot be asked; the ledger's vectors can."""


class Store(Protocol):
    """Where generations are kept."""

    def build(self, name: str, batches: Batches, added: Added) -> None:
        """Makes the generation, whole or not at all; one of that name that does not open is replaced."""

    def open(self, name: str) -> Opened:
        """Raises Unusable."""

    def sweep(self, keep: Collection[str]) -> None:
        """Removes every generation but `keep` that nobody holds, and what killed processes left."""


class Opened:
    """An open generation of `size` vectors. `users` counts who holds it."""

    def __init__(self, collection: ChromaCollection, close: Callable[[], None]) -> None:
        self._collection = collection
        self.close = close
        self.size = collection.count()
        self.users = 0

    def query(self, vector: Vectors, n: int) -> list[tuple[int, float]]:
        """The `n` nearest (chunk id, cosine), best first, approximately. Raises Unusable."""
        with _unusable():
            found = self._collection.query(
                query_embeddings=vector[None], n_results=min(n, self.size), include=["distances"]
            )
        distances = found["distances"] or [[]]
        return [(int(i), 1 - float(d)) for i, d in zip(found["ids"][0], distances[0], strict=True)]


def open_store(data_dir: Path, chroma_url: str | None, uid: str) -> Store:
    """The server where `chroma_url` is set, else folders in `data_dir`. `uid` tells indexes on one server apart."""
    return Server(chroma_url, f"citebot-{uid}-") if chroma_url else Folders(data_dir / "generations")


class Folders:
    """A folder a generation: `<name>-<n>`, of which the highest n counts; `.<name>-…` while it is being built.

    Readers hold a shared lock on a folder while it is open, builders an exclusive one: what is locked is not swept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, name: str, batches: Batches, added: Added) -> None:
        building = self._folder / f".{name}-{secrets.token_hex(4)}"
        building.mkdir(parents=True)
        lock = FolderLock(building, exclusive=True)
        try:
            with _failures(str(self._folder.parent), self._reason), _closing(_client(building)) as client:
                _fill(_create(client, "chunks"), batches, added)
            (building / _MANIFEST).write_text(json.dumps(_digests(building)))
            building.rename(self._folder / f"{name}-{self._newest(name) + 1}")
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        finally:
            lock.release()

    def open(self, name: str) -> Opened:
        folder = self._folder / f"{name}-{self._newest(name)}"
        with contextlib.ExitStack() as stack, _unusable():
            lock = FolderLock(folder, exclusive=False)
            stack.callback(lock.release)
            _verify(folder)
            client = stack.enter_context(_closing(_client(folder)))
            collection = client.get_collection("chunks", embedding_function=None)
            return Opened(collection, stack.pop_all().close)

    def sweep(self, keep: Collection[str]) -> None:
        current = {f"{name}-{self._newest(name)}" for name in keep}
        for folder in self._folder.glob("*"):
            if folder.name not in current:
                _remove_unless_held(folder)

    def _reason(self, error: Exception) -> str:
        """Chroma does not tell that the disk is full when it writes the graph's files."""
        return "no space left" if shutil.disk_usage(self._folder).free < _LITTLE_SPACE else str(error)

    def _newest(self, name: str) -> int:
        """The number of the newest complete folder, 0 where there is none."""
        return max((int(folder.name.rpartition("-")[2]) for folder in self._folder.glob(f"{name}-*")), default=0)


class Server:
    """A collection a generation, on a Chroma server; being built, its name begins otherwise."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._prefix = prefix

    def build(self, name: str, batches: Batches, added: Added) -> None:
        with _failures(self._place), _closing(self._client()) as client:
            building = f"{self._prefix}building-{name}-{secrets.token_hex(4)}"
            try:
                collection = _create(client, building)
                _fill(collection, batches, added)
                if self._prefix + name in self._names(client):
                    client.delete_collection(self._prefix + name)
                collection.modify(name=self._prefix + name)
            except BaseException:
                with contextlib.suppress(Exception):  # the first error counts; the next ingest sweeps what is left
                    client.delete_collection(building)
                raise

    def open(self, name: str) -> Opened:
        with contextlib.ExitStack() as stack, _unusable():
            client = stack.enter_context(_closing(self._client()))
            collection = client.get_collection(self._prefix + name, embedding_function=None)
            return Opened(collection, stack.pop_all().close)

    def sweep(self, keep: Collection[str]) -> None:
        wanted = {self._prefix + name for name in keep}
        with _failures(self._place), _closing(self._client()) as client:
            for name in self._names(client):
                if name not in wanted:
                    client.delete_collection(name)

    def _names(self, client: ClientAPI) -> list[str]:
        """The collections of this index."""
        names: list[str] = []
        while page := client.list_collections(limit=500, offset=len(names)):
            names += [collection.name for collection in page]
        return [name for name in names if name.startswith(self._prefix)]

    @property
    def _place(self) -> str:
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.hostname}:{parts.port or _port(parts.scheme)}"

    def _client(self) -> ClientAPI:
        import chromadb
        import httpx

        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError("CITEBOT_CHROMA_URL must look like http://host:8000: mend or unset it.")
        httpx.get(f"{self._place}/api/v2/heartbeat", timeout=_SERVER_SECONDS)  # Chroma would wait for ever
        port = parts.port or _port(parts.scheme)
        client = chromadb.HttpClient(parts.hostname, port, ssl=parts.scheme == "https", settings=_settings())
        for session in _sessions(client):
            session.timeout = _SERVER_SECONDS
        return client


class Generations:
    """The generations that a process has open, shared by its threads.

    A generation is opened once and closed when a newer state does without it and nobody uses it any more. One that
    does not open is tried again after `retry`, or when some time has passed.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._lock = threading.Lock()
        self._newest: dict[str, Opened | None] = {}
        self._open: set[Opened] = set()
        self._failed: dict[str, float] = {}

    @contextlib.contextmanager
    def held(self, names: Sequence[str]) -> Iterator[dict[str, Opened | None]]:
        """The generations of a state, open until the block ends; None for each that does not open."""
        with self._lock:
            self._newest = {name: self._newest.get(name) or self._try(name) for name in names}
            held = dict(self._newest)
            self._count(held, 1)
        try:
            yield held
        finally:
            with self._lock:
                self._count(held, -1)

    def retry(self, name: str) -> None:
        """Open the generation anew at the next use: it was mended, or does not work."""
        with self._lock:
            self._newest.pop(name, None)
            self._failed.pop(name, None)
            self._close_unused()

    def close(self) -> None:
        with self._lock:
            self._newest = {}
            self._close_unused()

    def _try(self, name: str) -> Opened | None:
        if monotonic() < self._failed.get(name, -RETRY_SECONDS) + RETRY_SECONDS:
            return None
        try:
            opened = self.store.open(name)
        except Unusable:
            self._failed[name] = monotonic()
            return None
        self._open.add(opened)
        return opened

    def _count(self, held: dict[str, Opened | None], change: int) -> None:
        for opened in held.values():
            if opened is not None:
                opened.users += change
        self._close_unused()

    def _close_unused(self) -> None:
        for opened in [o for o in self._open if not o.users and o not in self._newest.values()]:
            self._open.remove(opened)
            opened.close()


@contextlib.contextmanager
def _unusable() -> Iterator[None]:
    """Whatever keeps a generation from opening or answering is Unusable."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, UserError, Unusable):
        raise
    except BaseException as error:  # Chroma's Rust core panics with an exception that is no Exception
        raise Unusable(str(error)) from error


@contextlib.contextmanager
def _failures(place: str, reason: Callable[[Exception], str] = str) -> Iterator[None]:
    """Whatever keeps a generation from being built is a StoreError."""
    from chromadb.errors import ChromaError
    from httpx import HTTPError

    try:
        yield
    except (ChromaError, HTTPError, OSError, ValueError) as error:  # ValueError: no connection, in Chroma's words
        raise StoreError(sentence(reason(error), place)) from error


def _settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def _port(scheme: str) -> int:
    return 443 if scheme == "https" else 8000


def _client(folder: Path) -> ClientAPI:
    import chromadb

    return chromadb.PersistentClient(str(folder), settings=_settings())


@contextlib.contextmanager
def _closing(client: ClientAPI) -> Iterator[ClientAPI]:
    """Frees the client's files, threads and connections at the end; dropping it would leak them."""
    sessions = _sessions(client)
    try:
        yield client
    finally:
        cast("Client", client).close()
        for session in sessions:
            session.close()


def _sessions(client: ClientAPI) -> list[Any]:
    """The HTTP connections of a server's client, which Chroma gives no timeout and never closes; none for a folder."""
    servers = cast(Any, client)._server, cast(Any, client)._admin_client._server
    return [server._session for server in servers if hasattr(server, "_session")]


def _create(client: ClientAPI, name: str) -> ChromaCollection:
    return client.create_collection(name, configuration=_CONFIGURATION, embedding_function=None)


def _fill(collection: ChromaCollection, batches: Batches, added: Added) -> None:
    done = 0
    for ids, vectors in batches:
        for start in range(0, len(ids), _ADD):
            part = slice(start, start + _ADD)
            collection.add(ids=[str(i) for i in ids[part]], embeddings=vectors[part])
            done += len(ids[part])
            added(done)


def _digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file but the SQLite ones, which Chroma touches whenever it opens them."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and ".sqlite3" not in file.name]
    return {file.relative_to(folder).as_posix(): digest.of_file(file) for file in files if file.name != _MANIFEST}


def _verify(folder: Path) -> None:
    """Chroma may panic or crash on damaged files, so they are looked at first: about 1 GB a second."""
    if json.loads((folder / _MANIFEST).read_bytes()) != _digests(folder):
        raise Unusable("files differ from what was built")
    with contextlib.closing(sqlite3.connect(f"{(folder / 'chroma.sqlite3').as_uri()}?mode=ro", uri=True)) as database:
        if database.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise Unusable("its database is damaged")


def _remove_unless_held(folder: Path) -> None:
    try:
        lock = FolderLock(folder, exclusive=True)
    except OSError:  # held by a reader or a builder, or already gone; the next sweep comes by again
        return
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
