"""Locks that die with their process, on files and folders (flock) and in PostgreSQL (advisory locks)."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from retrieval.errors import StoreError

_ADVISORY_KEY = 0x63697465626F74  # "citebot"


class FolderLock:
    """A lock on a file or folder, shared by its readers or exclusive; it needs no file of its own.

    `BlockingIOError` where others hold it, `FileNotFoundError` where there is nothing.
    """

    def __init__(self, path: Path, *, exclusive: bool) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        os.close(self._descriptor)


@contextmanager
def only_writer(data_dir: Path, engine: sa.Engine) -> Iterator[None]:
    """Held by the one process that changes the index. Raises StoreError that names the holder where there is one."""
    shared = _in_database(engine) if engine.dialect.name == "postgresql" else nullcontext()
    with _in_folder(data_dir), shared:
        yield


@contextmanager
def _in_folder(data_dir: Path) -> Iterator[None]:
    descriptor = os.open(data_dir / "writer.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _busy(os.read(descriptor, 100).decode("utf-8", "replace")) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} since {datetime.now():%Y-%m-%d %H:%M:%S}".encode())
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _in_database(engine: sa.Engine) -> Iterator[None]:
    """PostgreSQL drops the lock with the connection, which is no pool's: closing it ends it."""
    with engine.connect() as connection:
        connection.detach()
        me = f"citebot process {os.getpid()} on {socket.gethostname()}"[:63]
        connection.execute(sa.select(sa.func.set_config("application_name", me, False)))
        taken = connection.execute(sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_KEY))).scalar_one()
        connection.commit()
        if not taken:
            raise _busy(_holder(connection))
        yield


def _holder(connection: sa.Connection) -> str:
    found = sa.text(
        "SELECT application_name, state_change FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) + objid::bigint = :key LIMIT 1"
    )
    row = connection.execute(found, {"key": _ADVISORY_KEY}).first()
    if row is None or not row.application_name:
        return ""
    since = f" since {row.state_change.astimezone():%Y-%m-%d %H:%M:%S}" if row.state_change else ""
    return f"{row.application_name.removeprefix('citebot ')}{since}"


def _busy(holder: str) -> StoreError:
    who = f" ({holder})" if holder else ""
    return StoreError(f"Another ingest is changing this index{who}: wait until it is done, or stop it.")
