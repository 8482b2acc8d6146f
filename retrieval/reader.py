"""Reading the index: a snapshot is one published state, whatever is published meanwhile.

Dense search asks Chroma. It compares with all vectors in the ledger instead, which is exact, where the scope allows
few chunks or Chroma could miss some of the best that it allows, and while a generation is missing or damaged; such a
one is built anew in the background.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import sqlalchemy as sa

from retrieval import ledger, lexical
from retrieval.errors import StoreError
from retrieval.index import RETRY_SECONDS, Generations, Opened, Unusable, open_store
from retrieval.ledger import DocumentInfo, Generation, Ledger, State
from retrieval.model import Passage, Scope, Source

if TYPE_CHECKING:
    from retrieval.ledger import Vectors

__all__ = ["DocumentInfo", "Reader", "Snapshot"]

_log = logging.getLogger(__name__)

_FEW = 1_000  # chunks that are compared in some 5 ms, without even importing chromadb
_MAX_FETCH = 2_000  # hits asked of a generation; beyond, comparing all allowed vectors takes no longer
_SCOPES = 200  # remembered at most
_REPAIR_SECONDS = 10  # how long `close` waits for a generation that is being built anew

_Hits = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What a scope allows of one state: document ids, None for all, and how many chunks they have."""

    ids: frozenset[int] | None
    chunks: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was found out about one state, for the next snapshots of it."""

    state: State
    sizes: dict[int, tuple[str, int]]
    scopes: dict[Scope, _Allowed] = field(default_factory=dict)


class Reader:
    """Opens snapshots of the index; safe to use from threads. Nothing is opened before the first one.

    `embedder_name` is that of the embedder whose vectors `Snapshot.dense` is given.
    """

    def __init__(self, data_dir: Path, database_url: str | None, chroma_url: str | None, embedder_name: str) -> None:
        self._data_dir = data_dir
        self._chroma_url = chroma_url
        self._embedder_name = embedder_name
        self._ledger = Ledger(data_dir, database_url)
        self._lock = threading.Lock()
        self._generations: tuple[str, Generations] | None = None
        self._kept: _Kept | None = None
        self._repairs = _Repairs(self._ledger)

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The newest published state, unchanged until the block ends.

        Raises StoreError where nothing is indexed yet, and where the index was built with another embedder or format.
        """
        with self._ledger.errors(), contextlib.ExitStack() as stack:
            if not self._ledger.exists():
                raise StoreError(ledger.NOTHING)
            connection = stack.enter_context(self._ledger.reading())
            state = ledger.read_state(connection)
            ledger.check(state, self._embedder_name)
            if not state.version:
                raise StoreError(ledger.NOTHING)
            yield Snapshot(self, connection, state, stack)

    def close(self) -> None:
        """Closes what no snapshot uses; waits some seconds for a generation that is being built anew."""
        self._repairs.close()
        with self._lock:
            if self._generations is not None:
                self._generations[1].close()
        self._ledger.close()

    def allowed(self, connection: sa.Connection, state: State, scope: Scope) -> _Allowed:
        """What `scope` allows in `state`, which `connection` sees."""
        kept = self._kept
        if kept is None or kept.state != state or len(kept.scopes) > _SCOPES:
            self._kept = kept = _Kept(state, ledger.read_sizes(connection))
        if scope not in kept.scopes:
            sizes = {i: size for i, (name, size) in kept.sizes.items() if scope.allows(name)}
            ids = None if len(sizes) == len(kept.sizes) else frozenset(sizes)
            kept.scopes[scope] = _Allowed(ids, sum(sizes.values()))
        return kept.scopes[scope]

    def generations(self, state: State) -> Generations:
        """The open generations of the index that `state` is of; another one may have taken its place."""
        with self._lock:
            if self._generations is None or self._generations[0] != state.uid:
                if self._generations is not None:
                    self._generations[1].close()
                store = open_store(self._data_dir, self._chroma_url, state.uid)
                self._generations = (state.uid, Generations(store))
            return self._generations[1]

    def repair(self, generation: Generation, generations: Generations) -> None:
        """The generation did not open: build it anew, unless that is being done or was tried just now."""
        self._repairs.start(generation, generations)


class Snapshot:
    """One published state of the index, for one thread at a time."""

    def __init__(self, reader: Reader, connection: sa.Connection, state: State, stack: contextlib.ExitStack) -> None:
        self._reader = reader
        self._connection = connection
        self._state = state
        self._stack = stack
        self._opened: list[tuple[Generation, Opened | None]] | None = None

    def dense(self, vector: Sequence[float], k: int, scope: Scope = Scope()) -> list[tuple[int, float]]:
        """The `k` nearest live chunks that the scope allows, best first: (id, cosine similarity)."""
        allowed = self._reader.allowed(self._connection, self._state, scope)
        k = min(k, allowed.chunks)
        if k < 1:
            return []
        import numpy as np

        query = np.array(vector, np.float32)
        if len(query) != self._state.dimensions:
            built = f"The index was built with vectors of {self._state.dimensions} numbers; now they have {len(query)}"
            raise StoreError(f"{built}: run `citebot ingest --rebuild`.")
        query /= max(float(np.linalg.norm(query)), 1e-12)
        hits = self._nearest(query, k, allowed) if allowed.chunks > _FEW else None
        return self._compared(query, k, allowed.ids) if hits is None else hits

    def lexical(self, query: str, k: int, scope: Scope = Scope()) -> list[tuple[int, float]]:
        """The `k` best live chunks that the scope allows by BM25, best first: (id, score, higher is better).

        Any text may be asked; its words are OR-ed and stemmed.
        """
        return lexical.search(self._connection, query, k, self._ids(scope)) if k > 0 else []

    def passages(self, ids: Iterable[int], scope: Scope = Scope()) -> dict[int, Passage]:
        """The passages of live chunks that the scope allows, by id, without scores.

        `copies` names the other documents, of the scope too, whose chunk says the same.
        """
        return ledger.read_passages(self._connection, set(ids), self._ids(scope))

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The L2-normalised vectors of chunks of this snapshot: float32 (len(ids), dimensions)."""
        return ledger.read_vectors(self._connection, ids)

    def documents(self, scope: Scope = Scope()) -> list[DocumentInfo]:
        """The indexed documents by name."""
        return ledger.read_documents(self._connection, self._ids(scope))

    def source(self, name: str) -> Source:
        """An indexed document's exact text. Raises StoreError where it is not indexed."""
        found = ledger.read_source(self._connection, name)
        if found is None:
            raise StoreError(f"{name} is not indexed: `citebot sources` lists the documents that are.")
        return found

    def warm(self) -> None:
        """Opens the vector index where searches need it, so that the first one need not."""
        if self._reader.allowed(self._connection, self._state, Scope()).chunks > _FEW:
            self._generations()

    def _ids(self, scope: Scope) -> frozenset[int] | None:
        """The ids of the documents that the scope allows; None for all."""
        return self._reader.allowed(self._connection, self._state, scope).ids

    def _generations(self) -> list[tuple[Generation, Opened | None]]:
        if self._opened is None:
            published = ledger.read_generations(self._connection)
            generations = self._reader.generations(self._state)
            held = self._stack.enter_context(generations.held([generation.name for generation in published]))
            self._opened = [(generation, held[generation.name]) for generation in published]
            for generation, opened in self._opened:
                if opened is None:
                    self._reader.repair(generation, generations)
        return self._opened

    def _nearest(self, query: Vectors, k: int, allowed: _Allowed) -> _Hits | None:
        """The `k` best by Chroma; None where that cannot be told from what it gives.

        So many hits are fetched that `k` of them should be allowed.
        """
        generations = self._generations()
        fetch = 2 * k * sum(generation.size for generation, _ in generations) // allowed.chunks
        if fetch > max(_MAX_FETCH, 2 * k):
            return None
        found: dict[int, tuple[int, float]] = {}
        unseen = -1.0  # no hit that was not fetched is better
        for generation, opened in generations:
            hits = self._ask(generation, opened, query, fetch)
            if hits is None:
                return None
            found |= {chunk: (generation.id, score) for chunk, score in hits}
            if opened is not None and len(hits) < opened.size and hits:
                unseen = max(unseen, hits[-1][1])
        best = self._live(found, allowed.ids)[:k]
        return best if len(best) == k and best[-1][1] >= unseen else None

    def _ask(self, generation: Generation, opened: Opened | None, query: Vectors, n: int) -> _Hits | None:
        if opened is None:
            return None
        try:
            return opened.query(query, n)
        except Unusable:
            self._reader.generations(self._state).retry(generation.name)
            return None

    def _live(self, found: dict[int, tuple[int, float]], allowed: Collection[int] | None) -> _Hits:
        """Of (generation, score) by chunk id those that are live in that generation and allowed, best first."""
        owners = ledger.owners(self._connection, found)
        hits = [
            (chunk, score)
            for chunk, (generation, score) in found.items()
            if chunk in owners and owners[chunk][1] == generation and (allowed is None or owners[chunk][0] in allowed)
        ]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def _compared(self, query: Vectors, k: int, allowed: Collection[int] | None) -> _Hits:
        """The `k` best by the ledger's vectors."""
        import numpy as np

        best: _Hits = []
        for ids, vectors in ledger.live_vectors(self._connection, allowed):
            scores = vectors @ query
            top = np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
            best += [(int(ids[i]), float(scores[i])) for i in top]
            best = sorted(best, key=lambda hit: (-hit[1], hit[0]))[:k]
        return best


class _Repairs:
    """Builds generations that do not open anew, each in a thread, and not again before a while has passed."""

    def __init__(self, book: Ledger) -> None:
        self._ledger = book
        self._lock = threading.Lock()
        self._tried: dict[str, float] = {}
        self._threads: list[threading.Thread] = []
        self._stop = threading.Event()

    def start(self, generation: Generation, generations: Generations) -> None:
        with self._lock:
            last = self._tried.get(generation.name, -RETRY_SECONDS)
            if self._stop.is_set() or monotonic() < last + RETRY_SECONDS:
                return
            self._tried[generation.name] = monotonic()
            thread = threading.Thread(target=self._build, args=(generation, generations), daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(_REPAIR_SECONDS)
        self._stop.set()
        for thread in threads:
            thread.join()

    def _build(self, generation: Generation, generations: Generations) -> None:
        try:
            with self._ledger.plain_errors(), self._ledger.reading() as connection:
                if generation in ledger.read_generations(connection):
                    vectors = ledger.generation_vectors(connection, generation.id)
                    generations.store.build(generation.name, vectors, self._go_on)
        except StoreError as error:
            _log.warning("The vector index stays damaged, answers come from the ledger: %s", error)
        except _Stopped:
            return
        generations.retry(generation.name)

    def _go_on(self, added: int) -> None:
        if self._stop.is_set():
            raise _Stopped(added)


class _Stopped(Exception):
    """The reader is being closed."""
