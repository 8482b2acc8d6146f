"""A scripted OpenAI-compatible server on loopback: /v1/chat/completions (streamed or not), /v1/embeddings, /v1/models.

    with LLMServer() as server:
        server.enqueue("The harbour froze [P-KT].", Reply(status=429), lambda request: f"It froze [{request.ids[0]}].")
        ...  # point OPENAI_BASE_URL at server.url
        assert "harbour" in server.requests[0].prompt

A reply is a text, a `Reply`, or a function of the request that gives one of these. Replies are used in order; when
they run out, `server.default` answers. Nothing here sleeps: a `threading.Event` among the pieces of a reply holds the
stream until the test sets it.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal

DIMENSIONS = 16


@dataclass(frozen=True)
class Request:
    """What a client sent. `headers` have lower-case names; `body` is the decoded JSON, {} if there is none."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        """The contents of all messages, joined by empty lines."""
        return "\n\n".join(str(message["content"]) for message in self.body.get("messages", ()))

    @property
    def ids(self) -> list[str]:
        """The passage ids in the last message, in order, each once."""
        messages = self.body.get("messages") or [{"content": ""}]
        return list(dict.fromkeys(re.findall(r"\[(P-[A-Z]{2})\]", str(messages[-1]["content"]))))


@dataclass(frozen=True)
class Reply:
    """One answer of the server.

    `text` is streamed a few characters at a time, or give `pieces`: texts, Events that hold the stream until set, and
    dicts sent as raw events. `ends` says how the stream goes out: properly, without finish reason and [DONE], or with
    the connection cut. With a `status` other than 200, or a `body`, that body is sent instead.
    """

    text: str = ""
    pieces: tuple[str | threading.Event | dict[str, Any], ...] = ()
    finish: str = "stop"
    ends: Literal["done", "unfinished", "cut"] = "done"
    usage: tuple[int, int] | None = (100, 20)
    status: int = 200
    body: str | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    gate: threading.Event | None = None  # nothing at all is sent before it is set

    @property
    def stream(self) -> tuple[str | threading.Event | dict[str, Any], ...]:
        return self.pieces or tuple(self.text[i : i + 3] for i in range(0, len(self.text), 3))


def failure(status: int, message: str = "scripted", code: str | None = None, **headers: str) -> Reply:
    """An error as OpenAI words it. The client is told to retry at once, so that no test waits."""
    body = json.dumps({"error": {"message": message, "type": "scripted_error", "param": None, "code": code}})
    return Reply(status=status, body=body, headers={"retry-after-ms": "1", **headers})


Scripted = str | Reply | Callable[[Request], str | Reply]


class LLMServer:
    """The server; a context manager. `url` is the base URL to give to clients, ending in /v1."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.default: Scripted = failure(400, "no reply is scripted")
        self.default_embeddings: Scripted = _embeddings
        self._replies: deque[Scripted] = deque()
        self._embeddings: deque[Scripted] = deque()
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    @property
    def chats(self) -> list[Request]:
        """The requests to /v1/chat/completions."""
        return [request for request in self.requests if request.path.endswith("/chat/completions")]

    def enqueue(self, *replies: Scripted) -> None:
        self._replies.extend(replies)

    def enqueue_embeddings(self, *replies: Scripted) -> None:
        self._embeddings.extend(replies)

    def reply(self, request: Request) -> Reply:
        """Record `request` and take the reply that is due."""
        with self._lock:
            self.requests.append(request)
            if request.path.endswith("/embeddings"):
                scripted = self._embeddings.popleft() if self._embeddings else self.default_embeddings
            else:
                scripted = self._replies.popleft() if self._replies else self.default
        reply = scripted(request) if callable(scripted) else scripted
        return Reply(reply) if isinstance(reply, str) else reply

    def __enter__(self) -> LLMServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _embeddings(request: Request) -> Reply:
    """Vectors of different lengths, the same for the same words: a hashed bag of words, not normalised."""
    texts = request.body["input"]
    rows = [
        {"object": "embedding", "index": index, "embedding": _vector(text)}
        for index, text in enumerate([texts] if isinstance(texts, str) else texts)
    ]
    usage = {"prompt_tokens": len(rows), "total_tokens": len(rows)}
    return Reply(body=json.dumps({"object": "list", "model": "scripted", "data": rows, "usage": usage}))


def _vector(text: str) -> list[float]:
    vector = [0.01] * DIMENSIONS
    for word in text.lower().split():
        vector[hashlib.sha256(word.encode()).digest()[0] % DIMENSIONS] += 1.0
    return vector


def _handler(server: LLMServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            models = {"object": "list", "data": [{"id": "scripted", "object": "model", "created": 0, "owned_by": "t"}]}
            self._serve({}, None if not self.path.endswith("/models") else Reply(body=json.dumps(models)))

        def do_POST(self) -> None:
            self._serve(json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}"), None)

        def _serve(self, body: dict[str, Any], ready: Reply | None) -> None:
            request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            reply = ready or server.reply(request)
            try:
                self._wait(reply.gate)
                if reply.status != 200 or reply.body is not None:
                    self._send(reply, reply.body or "")
                elif body.get("stream"):
                    self._stream(reply, bool((body.get("stream_options") or {}).get("include_usage")))
                else:
                    self._send(reply, json.dumps(_completion(reply)))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client hung up, as some tests want it to

        def _send(self, reply: Reply, text: str) -> None:
            data = text.encode()
            self._head(reply, reply.content_type, ("Content-Length", str(len(data))))
            self.wfile.write(data)
            self.wfile.flush()

        def _stream(self, reply: Reply, with_usage: bool) -> None:
            self._head(reply, "text/event-stream", ("Transfer-Encoding", "chunked"))
            for event in _events(reply, with_usage):
                if isinstance(event, threading.Event):
                    self._wait(event)
                else:
                    self._chunk(f"data: {event}\n\n")
            self.close_connection = True
            if reply.ends != "cut":
                self._chunk("")

        def _head(self, reply: Reply, content_type: str, length: tuple[str, str]) -> None:
            self.send_response(reply.status)
            for name, value in (("Content-Type", content_type), length, *reply.headers.items()):
                self.send_header(name, value)
            self.end_headers()

        def _chunk(self, text: str) -> None:
            data = text.encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def _wait(self, gate: threading.Event | None) -> None:
            while gate is not None and not gate.wait(0.02) and not server.closing.is_set():
                pass

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test's output clean."""

    return Handler


def _events(reply: Reply, with_usage: bool) -> Iterator[str | threading.Event]:
    for piece in reply.stream:
        if isinstance(piece, threading.Event):
            yield piece
        else:
            yield json.dumps(piece if isinstance(piece, dict) else _delta({"content": piece}, None))
    if reply.ends == "done":
        yield json.dumps(_delta({}, reply.finish))
        if with_usage and reply.usage:
            yield json.dumps({**_delta({}, None), "choices": [], "usage": _usage(reply)})
        yield "[DONE]"


def _delta(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}


def _completion(reply: Reply) -> dict[str, Any]:
    text = "".join(piece for piece in reply.stream if isinstance(piece, str))
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reply.finish}
    whole = {"id": "c", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice]}
    return {**whole, "usage": _usage(reply)} if reply.usage else whole


def _usage(reply: Reply) -> dict[str, int]:
    read, written = reply.usage or (0, 0)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
