"""Real servers on loopback: PostgreSQL and Chroma, each in a folder of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POSTGRES = shutil.which("pg_ctl") and shutil.which("initdb")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a new PostgreSQL server, without the database's name."""
    folder, port = Path(tempfile.mkdtemp(prefix="citebot-postgres-")), free_port()
    user = "nobody" if os.getuid() == 0 else None  # PostgreSQL refuses to run as root
    if user:
        shutil.chown(folder, user)
    run = {"user": user, "cwd": folder, "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    data = ["-D", f"{folder}/db"]
    subprocess.run(["initdb", *data, "-A", "trust", "-U", "citebot", "-E", "UTF8", "--no-sync"], **run)
    settings = f"-p {port} -h 127.0.0.1 -k '' -c fsync=off"
    subprocess.run(["pg_ctl", *data, "-w", "-o", settings, "start"], **run)
    try:
        yield f"postgresql://citebot@127.0.0.1:{port}/"
    finally:
        subprocess.run(["pg_ctl", *data, "-w", "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def chroma(folder: Path) -> Iterator[str]:
    """The URL of a new Chroma server."""
    port = free_port()
    program = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "ANONYMIZED_TELEMETRY": "False"}
    with subprocess.Popen(
        [*program, "--host", "127.0.0.1", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        ready = threading.Event()
        draining = threading.Thread(target=_drain, args=(server, ready))
        draining.start()
        try:
            assert ready.wait(60), "the Chroma server does not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            draining.join()


def _drain(server: subprocess.Popen[str], ready: threading.Event) -> None:
    assert server.stdout is not None
    for line in server.stdout:
        if "listening on address" in line:
            ready.set()
