"""The program with an index of the bundled corpus and a few awkward documents, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from installed import Citebot

from bot.cli.demo import bundled_corpus

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\"


@pytest.fixture
def bare(tmp_path: Path) -> Citebot:
    """The program in an empty directory."""
    return Citebot(tmp_path)


@pytest.fixture(scope="session")
def citebot(tmp_path_factory: pytest.TempPathFactory) -> Citebot:
    """The program with an index; tests that change it work on a copy."""
    folder = tmp_path_factory.mktemp("citebot")
    documents = folder / "documents"
    shutil.copytree(bundled_corpus(), documents)
    (documents / "escape.txt").write_text(
        f"The zeppelin of Quonset\n\nThe zeppelin {ESCAPES}landed at Quonset on [bold red]4 May 1931[/] :smile:.\n"
    )
    (documents / "a b [1].md").write_text("# Färöer – 漁業\n\nThe trawler Mørkøre left Tórshavn with 12 men. 🐟\n")
    program = Citebot(folder)
    result = program("ingest", "documents")
    assert result.code == 0, result.err
    return program
