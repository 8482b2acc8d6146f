"""The installed program in a subprocess, as a user would run it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

PROGRAM = Path(sys.executable).with_name("citebot")
SECONDS = 120  # after which a hanging program is killed, far more than any needs


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one line on stderr that a failed command says."""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("Error: ")
        return self.err.removeprefix("Error: ").strip()


@dataclass(frozen=True)
class Citebot:
    """Runs commands in one working directory whose `data` holds the index, with nothing set but `variables`."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def setting(self, **variables: str) -> Citebot:
        return Citebot(self.folder, {**self.variables, **variables})

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8", **self.variables}

    def __call__(self, *arguments: str | bytes | Path, stdin: str | bytes = b"") -> Result:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str | Path, stdout: IO[bytes] | int = subprocess.PIPE) -> subprocess.Popen[bytes]:
        """A command in a process group of its own, as a shell starts it."""
        return subprocess.Popen(
            [PROGRAM, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.PIPE,
            process_group=0,
        )

    def copy(self, folder: Path) -> Citebot:
        """The same index in another working directory, for a test that changes it."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Citebot(folder, self.variables)


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C: SIGINT to the whole process group."""
    os.killpg(process.pid, signal.SIGINT)
