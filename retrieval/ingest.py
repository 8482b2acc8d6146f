"""Bringing the index up to date with folders: what changed is read, embedded, indexed and published in one step.

Until that step nothing that a reader sees is touched, so an ingest may fail or be killed at any moment.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from retrieval import ledger, load, staging
from retrieval.changes import Changes, Failure, Job, compare
from retrieval.errors import DocumentError, StoreError, UsageError
from retrieval.index import open_store
from retrieval.ledger import Known, Ledger, State
from retrieval.model import Source
from retrieval.models import NamedEmbedder
from retrieval.scan import resolve, shown
from retrieval.schema import FORMAT
from retrieval.staging import Basis, Version

Progress = Callable[[str, int, int], None]

_WINDOW = 64  # documents, and later texts to embed, that are stored together


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of the documents. `chunks` and `duplicates` count the whole index as it is now.

    `duplicates` are chunks that say what a chunk of another document already says. `skipped` are files of kinds that
    are not read. `failed` counts the failures; a document that fails keeps the version it had.
    """

    added: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
    skipped: int = 0
    chunks: int = 0
    duplicates: int = 0
    seconds: float = 0.0
    failures: tuple[Failure, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The ingest object of the contract."""
        names = ("added", "updated", "removed", "unchanged", "failed", "skipped")
        return {
            "documents": {name: getattr(self, name) for name in names},
            "chunks": self.chunks,
            "duplicates": self.duplicates,
            "seconds": round(self.seconds, 3),
            "failures": [asdict(failure) for failure in self.failures],
        }


@dataclass(frozen=True, slots=True)
class _Published:
    """What the ledger holds before an ingest; `state` is None where there is no ledger."""

    state: State | None
    roots: tuple[str, ...] = ()
    documents: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """What one call of `ingest` or `forget` works with."""

    ledger: Ledger
    data_dir: Path
    chroma_url: str | None
    progress: Progress
    rebuild: bool = False
    allow_empty: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """The jobs whose files were read; those that failed but whose earlier version was staged instead; why."""

    done: tuple[Job, ...]
    carried: tuple[Job, ...]
    failures: tuple[Failure, ...]


def ingest(
    paths: Sequence[Path],
    *,
    data_dir: Path,
    database_url: str | None,
    chroma_url: str | None,
    embedder: NamedEmbedder,
    rebuild: bool = False,
    dry_run: bool = False,
    allow_empty: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Syncs the index with each path, or with all remembered roots if there are none.

    `rebuild` reads and embeds every root anew. `dry_run` only tells what would change. `allow_empty` accepts that a
    root holds no documents. `progress` is told the stage ("read", "embed", "index"), how much is done and of how much.
    Raises UsageError for a path that cannot be a root and StoreError where the index cannot be used; then, as after
    an interruption, the index is as it was.
    """
    began = perf_counter()
    with _opened(data_dir, database_url) as book:
        run = _Run(book, data_dir, chroma_url, progress or _silent, rebuild, allow_empty)
        published = _published(run, embedder.name)
        _roots(run, published, paths)  # before anything is written
        if dry_run:
            changes = _changes(run, published, paths)
            report = _report(run, changes, _Read(changes.jobs, (), ()))
        else:
            with book.only_writer():
                report = _sync(run, paths, embedder)
    return replace(report, seconds=perf_counter() - began)


def forget(root: str, *, data_dir: Path, database_url: str | None, chroma_url: str | None) -> int:
    """Drops a root and its documents: how many. Raises UsageError where there is no such root."""
    with _opened(data_dir, database_url) as book:
        run = _Run(book, data_dir, chroma_url, _silent)
        _remembered(_published(run), root)
        with book.only_writer():
            return _forget(run, root)


@contextlib.contextmanager
def _opened(data_dir: Path, database_url: str | None) -> Iterator[Ledger]:
    with contextlib.closing(Ledger(data_dir, database_url)) as book, book.plain_errors():
        yield book


def _silent(stage: str, done: int, total: int) -> None:
    pass


def _published(run: _Run, embedder: str | None = None) -> _Published:
    """Raises StoreError where the index does not fit this program or `embedder` and is not to be rebuilt."""
    if not run.ledger.exists():
        return _Published(None)
    with run.ledger.reading() as connection:
        state = ledger.read_state(connection)
        if not run.rebuild:
            ledger.check(state, embedder)
        documents = ledger.read_known(connection) if state.format == FORMAT else []
        return _Published(state, tuple(ledger.read_roots(connection)), tuple(documents))


def _roots(run: _Run, published: _Published, paths: Sequence[Path]) -> list[str]:
    """The roots to sync. Raises UsageError."""
    roots = resolve(paths, published.roots)
    if run.rebuild or not paths:
        roots = sorted({*published.roots, *roots})
    if not roots:
        raise UsageError("Nothing was ever indexed here: run `citebot ingest FOLDER` with a folder of documents.")
    return roots


def _changes(run: _Run, published: _Published, paths: Sequence[Path]) -> Changes:
    return compare(
        _roots(run, published, paths),
        published.documents,
        published.roots,
        data_dir=run.data_dir,
        everything=run.rebuild,
        allow_empty=run.allow_empty,
    )


def _sync(run: _Run, paths: Sequence[Path], embedder: NamedEmbedder) -> IngestReport:
    """Under the writer's lock: everything that `ingest` changes."""
    published = _published(run, embedder.name)
    changes = _changes(run, published, paths)
    if run.rebuild:
        _refuse_loss(published, changes)
    state = _prepare(run.ledger, published)
    basis = Basis(embedder.name, state.epoch + run.rebuild)
    read = _read(run, changes.jobs, basis)
    _embed(run, embedder, 0 if run.rebuild else state.dimensions)
    roots = {*published.roots, *changes.synced}
    gone = changes.removed | {job.known.id for job in (*read.done, *read.carried) if job.known}
    if read.done or gone or run.rebuild or roots != set(published.roots):
        _publish(run, state.uid, basis, gone, roots)
    with run.ledger.writing() as connection:
        staging.restamp(connection, changes.stamps)
    return _report(run, changes, read)


def _refuse_loss(published: _Published, changes: Changes) -> None:
    """What the index has of a root that cannot be read does not fit a rebuilt one, and would be lost."""
    for failure in changes.failures:
        if failure.source in map(shown, published.roots):
            raise StoreError(f"Nothing is rebuilt, because of {failure.source}: {failure.error}.")


def _prepare(book: Ledger, published: _Published) -> State:
    """A ledger of this program's format in which nothing is staged."""
    if published.state is not None and published.state.format != FORMAT:
        book.reset()
    else:
        book.create()
    with book.writing() as connection:
        staging.discard(connection)
        return ledger.read_state(connection)


def _read(run: _Run, jobs: Sequence[Job], basis: Basis) -> _Read:
    """Stages what the files say, a window of them at a time."""
    done: list[Job] = []
    carried: list[Job] = []
    failures: list[Failure] = []
    for start in range(0, len(jobs), _WINDOW):
        versions = []
        for number, job in enumerate(jobs[start : start + _WINDOW], start + 1):
            try:
                versions.append(_version(job, load.load(job.file.absolute, job.name), job.file.stamp))
                done.append(job)
            except DocumentError as error:
                failures.append(Failure(job.name, str(error)))
                if run.rebuild and job.known:
                    versions.append(_version(job, _stored(run.ledger, job.name), ""))
                    carried.append(job)
            run.progress("read", number, len(jobs))
        with run.ledger.writing() as connection:
            staging.stage(connection, versions, basis)
    return _Read(tuple(done), tuple(carried), tuple(failures))


def _version(job: Job, source: Source, stamp: str) -> Version:
    from retrieval import chunk, clean  # not needed where nothing changed

    try:
        chunks = chunk.chunk(source, clean.sentences(source))
    except Exception as error:  # a defect that one file brings to light must not keep all others out
        raise DocumentError(f"reading it fails ({type(error).__name__}): please report that, with the file") from error
    return Version(job.root, job.file.path, stamp, source, tuple(chunks))


def _stored(book: Ledger, name: str) -> Source:
    with book.reading() as connection:
        source = ledger.read_source(connection, name)
    assert source is not None
    return source


def _embed(run: _Run, embedder: NamedEmbedder, dimensions: int) -> None:
    """Makes the vectors that are missing; each window is stored at once, so that a killed ingest's are not lost."""
    with run.ledger.reading() as connection:
        ids = staging.unembedded(connection)
    for start in range(0, len(ids), _WINDOW):
        run.progress("embed", start, len(ids))
        with run.ledger.reading() as connection:
            texts = staging.texts_to_embed(connection, ids[start : start + _WINDOW])
        vectors = embedder.embed_documents(list(texts.values()))
        if dimensions and len(vectors[0]) != dimensions:
            built = f"The index was built with vectors of {dimensions} numbers; {embedder.name} gives {len(vectors[0])}"
            raise StoreError(f"{built}: run `citebot ingest --rebuild`.")
        with run.ledger.writing() as connection:
            staging.fill(connection, dict(zip(texts, vectors, strict=True)))
    if ids:
        run.progress("embed", len(ids), len(ids))


def _publish(run: _Run, uid: str, basis: Basis, gone: Collection[int], roots: Collection[str]) -> None:
    """Builds the generation that is needed and makes everything staged live; then what is left over goes."""
    store = open_store(run.data_dir, run.chroma_url, uid)
    with run.ledger.reading() as connection:
        content = staging.members(connection, gone)
        name = secrets.token_hex(8) if content else None
        if name is not None:
            vectors = ledger.read_batches(connection, content)
            store.build(name, vectors, lambda done: run.progress("index", done, len(content)))
    with run.ledger.writing() as connection:
        staging.publish(connection, basis, gone=gone, generation=name, content=content, remembered=roots)
    with run.ledger.writing() as connection:
        staging.purge(connection)
        keep = [generation.name for generation in ledger.read_generations(connection)]
    with contextlib.suppress(StoreError):  # it is published; the next ingest sweeps again
        store.sweep(keep)


def _forget(run: _Run, root: str) -> int:
    published = _published(run)
    name = _remembered(published, root)
    gone = {document.id for document in published.documents if document.root == name}
    state = _prepare(run.ledger, published)
    _publish(run, state.uid, Basis(state.embedder, state.epoch), gone, {*published.roots} - {name})
    return len(gone)


def _remembered(published: _Published, root: str) -> str:
    """The remembered root that the user means by `root`."""
    real = os.path.realpath(Path(root).expanduser())
    for name in published.roots:
        if root == name or os.path.realpath(name) == real:
            return name
    names = ", ".join(map(shown, published.roots))
    raise UsageError(f"{shown(root)} is no root of the index: " + (f"they are {names}." if names else "it has none."))


def _report(run: _Run, changes: Changes, read: _Read) -> IngestReport:
    failures = (*changes.failures, *read.failures)
    counts = (0, 0)
    if run.ledger.exists():
        with run.ledger.reading() as connection:
            counts = ledger.count_chunks(connection), ledger.count_duplicates(connection)
    return IngestReport(
        added=sum(job.known is None for job in read.done),
        updated=sum(job.known is not None for job in read.done),
        removed=len(changes.removed),
        unchanged=changes.unchanged,
        failed=len(failures),
        skipped=changes.skipped,
        chunks=counts[0],
        duplicates=counts[1],
        failures=failures,
    )
