"""A model's answers kept by the hash of their prompt, so that a rerun is free, offline and repeatable.

An endpoint on loopback stands between the bot and the model's: what was asked before, to the letter, is answered from
a small SQLite file, everything else is passed on and kept. Keys and headers are never stored.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

PATIENCE_S = 600.0  # for the model's next bytes; the bot's own client gives up much earlier
KEPT_BYTES = 1_000_000  # an answer is smaller; the vectors of a batch of documents are larger, and kept elsewhere
PASSED_ON = ("Authorization", "Content-Type", "Accept", "OpenAI-Organization", "OpenAI-Project")


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the bot's own client takes no proxy either


class Replay:
    """Serves an OpenAI-compatible `upstream` at `base_url` while it is open, from `file` where it can."""

    def __init__(self, upstream: str, file: Path) -> None:
        self._upstream = upstream.rstrip("/")
        self._file = file
        self._failed: dict[str, str] = {}
        self.replayed = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Replay:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._database() as database:
            database.execute("CREATE TABLE IF NOT EXISTS answers (prompt TEXT PRIMARY KEY, type TEXT, body BLOB)")
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def failures(self) -> list[str]:
        """What the model's endpoint failed at since the last call and did not make good on a retry."""
        failed, self._failed = list(self._failed.values()), {}
        return failed

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one request from the file or from upstream."""
        prompt = hashlib.sha256(
            b"\0".join([self._upstream.encode(), request.path.encode(), _canonical(body)])
        ).hexdigest()
        with self._database() as database:
            kept = database.execute("SELECT type, body FROM answers WHERE prompt = ?", (prompt,)).fetchone()
        if kept:
            self.replayed += 1
            _Reply(request, 200, kept[0]).write(kept[1])
        else:
            self._pass_on(request, body, prompt)

    def _pass_on(self, request: BaseHTTPRequestHandler, body: bytes, prompt: str) -> None:
        headers = {name: value for name in PASSED_ON if (value := request.headers.get(name))}
        asked = urllib.request.Request(self._upstream + request.path, body, headers)  # noqa: S310  a validated setting
        try:
            with _DIRECT.open(asked, timeout=PATIENCE_S) as response:
                kind = response.headers.get("Content-Type", "application/json")
                _relay(response, _Reply(request, 200, kind), lambda whole: self._keep(prompt, kind, whole))
        except urllib.error.HTTPError as error:
            self._failed[prompt] = f"status {error.code}"
            _Reply(request, error.code, "application/json", error.headers.get("Retry-After")).write(error.read())
        except (OSError, http.client.HTTPException) as error:
            # No more reply: the bot's client sees a lost connection, as it would have without us.
            self._failed[prompt] = str(getattr(error, "reason", error)) or type(error).__name__

    def _keep(self, prompt: str, kind: str, whole: bytes) -> None:
        if not _complete(kind, whole):
            self._failed[prompt] = "an answer that breaks off"
            return
        self._failed.pop(prompt, None)
        if len(whole) > KEPT_BYTES:
            return
        with self._database() as database:
            database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (prompt, kind, whole))

    @contextlib.contextmanager
    def _database(self) -> Any:
        with contextlib.closing(sqlite3.connect(self._file, timeout=30)) as database, database:
            yield database


class _Reply:
    """The response to the bot, which may have hung up: then the model's answer is still read to its end and kept."""

    def __init__(self, request: BaseHTTPRequestHandler, status: int, kind: str, retry_after: str | None = None) -> None:
        self._request = request
        request.send_response(status)
        request.send_header("Content-Type", kind)
        if retry_after:
            request.send_header("Retry-After", retry_after)
        with contextlib.suppress(OSError):
            request.end_headers()

    def write(self, part: bytes) -> None:
        with contextlib.suppress(OSError):
            self._request.wfile.write(part)
            self._request.wfile.flush()


def _relay(response: http.client.HTTPResponse, reply: _Reply, keep: Callable[[bytes], None]) -> None:
    """Pass the answer on as it comes; it is kept before its last part goes out, so before the bot has all of it."""
    parts: list[bytes] = []
    while part := response.read1(65536):
        reply.write(parts[-1] if parts else b"")
        parts.append(part)
    keep(b"".join(parts))
    reply.write(parts[-1] if parts else b"")


def _complete(kind: str, body: bytes) -> bool:
    if kind.startswith("text/event-stream"):
        return b"[DONE]" in body
    return _parsed(body) is not None


def _canonical(body: bytes) -> bytes:
    parsed = _parsed(body)
    return body if parsed is None else json.dumps(parsed, sort_keys=True).encode()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _handler(replay: Replay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            replay.answer(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def log_message(self, format: str, *args: object) -> None:
            """Requests are no news."""

    return Handler
