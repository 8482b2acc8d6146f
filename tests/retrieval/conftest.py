"""Fixtures of the storage tests: folders to index, and real servers started once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
from library import Library, Place


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty folder and no index yet: SQLite and Chroma folders."""
    return Place().library(tmp_path)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if not servers.POSTGRES:
        pytest.skip("PostgreSQL (initdb, pg_ctl) is not installed")
    with servers.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Chroma server."""
    with servers.chroma(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(
    scope="session", params=["sqlite, folders", "postgresql, folders", "sqlite, server", "postgresql, server"]
)
def place(request: pytest.FixtureRequest) -> Place:
    """Each place where an index can be kept."""
    database, _, vectors = request.param.partition(", ")
    server = request.getfixturevalue("postgres_server") if database == "postgresql" else None
    return Place(server, request.getfixturevalue("chroma_url") if vectors == "server" else None)


@pytest.fixture
def anywhere(place: Place, library: Library) -> Library:
    """The library, once for each place."""
    return place.library(library.docs.parent)


@pytest.fixture
def on_postgres(library: Library, postgres_server: str) -> Library:
    return Place(postgres_server, None).library(library.docs.parent)


@pytest.fixture
def on_server(library: Library, chroma_url: str) -> Library:
    return Place(None, chroma_url).library(library.docs.parent)
