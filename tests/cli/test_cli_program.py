"""The program as a whole: its commands, exit codes, the one sentence of each error, and what it never does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from installed import PROGRAM, Citebot

from bot.cli.program import COMMANDS
from bot.cli.reference import reference

ROOT = Path(__file__).parents[2]
HEAVY = ("chromadb", "fastembed", "langchain", "openai", "sqlalchemy", "slack", "numpy", "pydantic", "rich", "prompt_")


def test_help_lists_every_command(bare: Citebot) -> None:
    """`citebot --help` names each command with a line of explanation."""
    result = bare("--help")
    assert result.code == 0
    for name in COMMANDS:
        assert re.search(rf"^  {name} +[A-Z].+$", result.out, re.MULTILINE), name


def test_help_imports_nothing_heavy() -> None:
    """Help must be instant: none of the libraries that take seconds to import is touched."""
    command = [sys.executable, "-X", "importtime", PROGRAM, "--help"]
    log = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    imported = {line.rpartition("|")[2].strip() for line in log.splitlines()}
    assert not [name for name in imported if name.startswith(HEAVY)]


def test_reference_is_the_help() -> None:
    """docs/cli.md is what the commands say of themselves; `make docs` renews it."""
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == reference()


def test_module_is_the_program(bare: Citebot) -> None:
    """`python -m bot` runs the same commands."""
    done = subprocess.run([sys.executable, "-m", "bot", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == bare("--version").out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["serach", "x"], "No such command 'serach'. Did you mean 'search'"),
        (["ask", "--jsn", "Who?"], "No such option"),
        (["search"], "Missing argument 'QUERY'. See `citebot search --help`."),
        (["ask"], "Give one question, in quotation marks, or --batch FILE."),
        (["ask", "Who", "signed?"], "unexpected extra argument"),
        (["ask", "Who?", "--batch", "-"], "Give one question, in quotation marks, or --batch FILE."),
        (["ask", "--batch", "-", "--history", "h.json"], "leave out --history"),
        (["ask", "--batch", "missing.jsonl"], "No such file or directory"),
        (["ask", "Who?", "-k", "0"], "0 is not in the range 1<=x<=50"),
        (["ask", "Who?", "-k", "many"], "'many' is not a valid integer range"),
        (["ask", "Who?", "--answerer", "oracle"], "'oracle' is not one of"),
        (["ask", "Who?", "--answerer", "llm"], "--answerer llm needs a model: set OPENAI_API_KEY or OPENAI_BASE_URL."),
        (["ask", "Who?", "--history", "missing.json"], "missing.json cannot be read (No such file or directory)"),
        (["ask", ""], "The question is empty"),
        (["ask", " \t\n"], "The question is empty"),
        (["ask", "?!"], "The question holds no word"),
        (["ask", "why " * 25_000], "The question has more than 2,000 characters: make it shorter."),
        (["search", "…"], "The query holds no word"),
        (["search", "x", "-k", "101"], "101 is not in the range 1<=x<=100"),
        (["slack", "--http", "here"], "'here' is not an address: write HOST:PORT"),
        (["slack", "--http", "localhost:99999"], "is not an address"),
        (["feedback", "import"], "No such command 'import'"),
    ],
)
def test_wrong_usage_is_one_sentence(bare: Citebot, arguments: list[str], part: str) -> None:
    """Wrong usage ends with code 2, nothing on stdout, and one line on stderr that says what is wrong."""
    result = bare(*arguments)
    assert (result.code, result.out) == (2, "")
    assert part in result.sentence


def test_nothing_asked_shows_the_help(bare: Citebot) -> None:
    """Without a command the program shows its help and says by its code that nothing was done."""
    result = bare()
    assert result.code == 2
    assert "Commands:" in result.err
    assert "Error" not in result.err


def test_bytes_that_are_not_utf8_are_a_question(bare: Citebot) -> None:
    """Arguments that are not UTF-8 are taken as far as they can be read: here up to the missing index."""
    result = bare("ask", b"Who si\xffgned?")
    assert (result.code, result.sentence) == (1, "Nothing is indexed yet: run `citebot ingest FOLDER` first.")


@pytest.mark.parametrize("command", [["ask", "Who?"], ["search", "who"], ["sources"], ["show", "a.txt"], ["chat"]])
def test_without_an_index(bare: Citebot, command: list[str]) -> None:
    """Before the first ingest each command says how to begin, and makes nothing."""
    result = bare(*command)
    assert (result.code, result.out) == (1, "")
    assert "citebot ingest" in result.sentence
    assert list(bare.folder.iterdir()) == []


@pytest.mark.parametrize("command", [["sources"], ["ask", "Who?"], ["ingest"], ["slack"], ["feedback", "export"]])
def test_typo_in_settings(bare: Citebot, command: list[str]) -> None:
    """A typo in .env stops every command with a sentence that names it and the right name."""
    (bare.folder / ".env").write_text("CITEBOT_DATA_DRI=elsewhere\n")
    result = bare(*command)
    assert (result.code, result.out) == (2, "")
    assert result.sentence == "CITEBOT_DATA_DRI in .env is not a setting of citebot: did you mean CITEBOT_DATA_DIR?"


def test_debug_adds_the_traceback(bare: Citebot) -> None:
    """A traceback appears with --debug, before or after the command, and only then."""
    for arguments in (["--debug", "sources"], ["sources", "--debug"]):
        result = bare(*arguments)
        assert result.code == 1
        assert "Traceback (most recent call last)" in result.err
        assert result.err.splitlines()[-1].startswith("Error: ")


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(bare: Citebot, redirection: str) -> None:
    """Standard streams that are closed, as some schedulers leave them, change nothing but what can be said."""
    command = ["sh", "-c", f'exec "$0" ask - {redirection}', PROGRAM]
    done = subprocess.run(command, cwd=bare.folder, env=bare.environment, input=b"", capture_output=True, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
