"""A chat endpoint on loopback as fast as a hosted model; it says again what the passages of its prompt say.

What it answers is scripted, how long that takes is not: so a benchmark can tell what checking adds to writing.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FIRST = 0.4  # seconds to the first word
RATE = 80.0  # words a second
SENTENCES = 4
_CITED = re.compile(r"([A-Z][^\n\[\]]{40,220}[.”\"]) (\[P-[A-Z]{2}\])")


@contextmanager
def endpoint() -> Iterator[str]:
    """Its base URL, for as long as it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Streams the first sentences of the prompt's passages, each with the id that follows it there."""
        prompt = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"][-1]["content"]
        said = " ".join(f"{sentence} {id}" for sentence, id in _CITED.findall(prompt)[:SENTENCES])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        time.sleep(FIRST)
        for word in re.findall(r"\S+\s*", said):
            self._send({"content": word}, None)
            time.sleep(1 / RATE)
        self._send({}, "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "hosted", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the benchmark's own lines are what is read."""
