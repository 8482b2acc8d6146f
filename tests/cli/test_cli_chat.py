"""`chat` in a pipe and on a terminal."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from installed import PROGRAM, Citebot

FACT = "When did the zeppelin land at Quonset?"


def test_conversation_in_a_pipe(citebot: Citebot, tmp_path: Path) -> None:
    """Questions, follow-ups and every command work line by line, and mistakes do not end the conversation."""
    saved = tmp_path / "talk.md"
    lines = [
        "/why",
        FACT,
        "Where did it land?",
        "/why",
        "/open 1",
        "/open 99",
        "/sources",
        f"/save {saved}",
        f"/save {saved}",
        "/save",
        "/save /proc/none/x.md",
        "/wyh",
        "/dance",
        "?!",
        "/clear",
        "/open 1",
        "/help",
        "/quit",
        "What comes after the end?",
    ]
    result = citebot("chat", stdin="\n".join(lines))
    assert result.code == 0
    for part in (
        f"> {FACT}",
        "4 May 1931",
        "escape.txt:3",
        "dense",
        "rerank",
        "total",
        "plain-figures.md",
        "/save FILE",
    ):
        assert part in result.out, part
    assert "    3  The zeppelin" in result.out
    assert result.err.splitlines() == [
        "Nothing has been asked yet: ask a question first.",
        next(line for line in result.err.splitlines() if line.startswith("Give a number from 1 to ")),
        f"{saved} is there already and stays as it is: give another name.",
        "Give the name of a new file, as in /save talk.md.",
        "/proc/none/x.md cannot be written (No such file or directory): give another name.",
        "/wyh is no command: did you mean /why?",
        "/dance is no command: see /help.",
        "The question holds no word: write what you want to know.",
        "Nothing has been asked yet: ask a question first.",
    ]
    assert "comes after" not in result.out
    assert saved.read_text("utf-8").startswith(f"## {FACT}\n")
    assert "\x1b" not in result.out


class Terminal:
    """A chat on a pseudo-terminal, driven by what it shows."""

    def __init__(self, program: Citebot) -> None:
        self._main, child = pty.openpty()
        environment = {**program.environment, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.process = subprocess.Popen(
            [PROGRAM, "chat"], cwd=program.folder, env=environment, stdin=child, stdout=child, stderr=child,
            start_new_session=True,
        )  # fmt: skip
        os.close(child)
        self.shown = ""

    def until(self, holds: Callable[[str], bool]) -> str:
        """Read until `holds` of what was shown since the last call; returns that."""
        while not holds(self.shown):
            self.shown += os.read(self._main, 65536).decode("utf-8", "replace")
        shown, self.shown = self.shown, ""
        return shown

    def prompt(self) -> str:
        """Read until a line can be typed: prompt_toolkit has switched bracketed paste on and shows the cursor."""
        return self.until(lambda shown: "\x1b[?25h" in shown.partition("\x1b[?2004h")[2])

    def type(self, keys: str) -> None:
        os.write(self._main, keys.encode())

    def close(self) -> int:
        """Read what is left; returns the exit code."""
        try:
            while os.read(self._main, 65536):
                pass
        except OSError:  # the other end is closed
            pass
        os.close(self._main)
        return self.process.wait()


@pytest.fixture
def terminal(citebot: Citebot, tmp_path: Path) -> Iterator[Terminal]:
    session = Terminal(citebot.copy(tmp_path))
    yield session
    if session.process.poll() is None:
        session.process.kill()
        session.process.wait()


def test_conversation_on_a_terminal(terminal: Terminal, citebot: Citebot, tmp_path: Path) -> None:
    """On a terminal answers stream, places are links to their files, lines are remembered, and Ctrl-D leaves with 0."""
    terminal.prompt()
    terminal.type(f"{FACT}\r")
    shown = terminal.prompt()
    assert "4 May 1931" in shown
    assert (citebot.folder / "documents" / "escape.txt").as_uri() in shown
    terminal.type("\x04")
    assert terminal.close() == 0
    assert FACT in (tmp_path / "data" / "chat_history").read_text()


def test_interrupt_at_the_prompt(terminal: Terminal) -> None:
    """Ctrl-C at the prompt leaves with 130."""
    terminal.prompt()
    terminal.type("\x03")
    assert terminal.close() == 130


def test_interrupt_in_a_pipe(citebot: Citebot) -> None:
    """Ctrl-C while a chat waits for its pipe leaves with 130 and one line."""
    process = citebot.start("chat")
    assert process.stdout is not None
    assert b"documents. Ask" in process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert (process.returncode, err) == (130, b"Interrupted.\n")
