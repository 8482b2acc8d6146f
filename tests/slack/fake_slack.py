"""Slack on loopback: a Web API, response URLs, modals and Socket Mode that real bolt talks to over HTTP and WebSocket.

It is strict: whatever breaks a documented rule is answered as Slack answers it and kept in `violations`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.slack import rules
from tests.slack.methods import METHODS, Refused, add
from tests.slack.world import BOT_USER, Message, World

Json = dict[str, Any]

SCOPES = (
    "app_mentions:read channels:history groups:history im:history im:read im:write chat:write reactions:read "
    "reactions:write users:read usergroups:read channels:read groups:read assistant:write commands"
)
POST_BURST, POST_SECONDS = 5, 4.0  # chat.postMessage: about one a second in a channel, short bursts allowed
TRIGGER_SECONDS = 3.0
ACK_SECONDS = 3.0


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call: `limited` 429, `error` 500, `lost` acted but unanswered, `reset` not acted."""

    kind: str
    retry_after: int = 1


@dataclass
class Faults:
    """Faults scripted for each method, and random ones at `rate` for each call where `dice` is set."""

    scripted: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))
    dice: random.Random | None = None
    rate: float = 0.0
    kinds: tuple[str, ...] = ("limited", "error", "lost", "reset")

    def next(self, method: str) -> Fault | None:
        if self.scripted[method]:
            return self.scripted[method].popleft()
        if self.dice is not None and self.dice.random() < self.rate:
            return Fault(self.dice.choice(self.kinds))
        return None


class FakeSlack:
    """The server; `async with FakeSlack() as slack` runs it in the test's event loop."""

    def __init__(self) -> None:
        self.world = World()
        self.violations: list[str] = []
        self.calls: list[tuple[str, Json]] = []
        self.faults = Faults()
        self.scopes = SCOPES
        self.tokens = {"xoxb-good": "bot", "xapp-good": "app"}
        self.socket_refused = False
        self.handshake_refused = False
        self.watch: Callable[[str], None] = lambda step: None  # told of every step between Slack and the bot
        self.ack_seconds = ACK_SECONDS
        self.post_seconds = POST_SECONDS
        self.redeliver_after: tuple[float, ...] = (0.0, 0.5, 0.5)  # at Slack at once, after a minute, after five
        self.sockets: list[web.WebSocketResponse] = []
        self.tasks: set[asyncio.Task[Any]] = set()
        self._tickets: set[str] = set()  # each is good for one connection
        self._transports: list[Any] = []
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._count = itertools.count(1)
        self._turn = itertools.count()
        self._used: dict[str, deque[float]] = defaultdict(deque)
        self._blocked: dict[str, float] = {}
        self._triggers: dict[str, float] = {}
        self._urls: dict[str, tuple[str, str, str | None, list[Message]]] = {}
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> FakeSlack:
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/respond/{key}", self._respond)
        app.router.add_get("/link", self._socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for socket in self.sockets:
            await socket.close()
        await self._runner.cleanup()
        await asyncio.sleep(0)  # for connections that were cut to be closed

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def id(self, prefix: str) -> str:
        return f"{prefix}{next(self._count):06d}"

    def spawn(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def delivered(self, seconds: float = 20.0) -> None:
        """Wait until every delivery has come to its end, of which nobody is notified."""
        async with asyncio.timeout(seconds):
            while self.tasks:
                await asyncio.wait(list(self.tasks))

    async def until(self, holds: Callable[[], Any], seconds: float = 20.0) -> None:
        """Wait until `holds()`; it is asked again after everything the bot does."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: bool(holds()))

    async def notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def called(self, method: str) -> list[Json]:
        return [arguments for name, arguments in self.calls if name == method]

    # --- the Web API -------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        arguments = await self._arguments(request)
        token = arguments.pop("token", "") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        fault = self.faults.next(name)
        self.watch(f"before {name}")
        if fault and fault.kind == "reset":
            return self._drop(request)
        if fault and fault.kind == "error":
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        if fault and fault.kind == "limited":
            self._blocked[name] = time.monotonic() + fault.retry_after
            return _limited(fault.retry_after)
        if (wait := self._over_rate(name, arguments)) is not None:
            return _limited(wait)
        answer = self._call(name, arguments, token)
        self.watch(f"after {name}")
        await self.notify()
        if fault and fault.kind == "lost":
            return self._drop(request)
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    async def _arguments(self, request: web.Request) -> Json:
        arguments: Json = dict(request.query)
        if request.content_type == "application/json":
            arguments |= json.loads(await request.text() or "{}")
        else:
            arguments |= dict(await request.post())
        for key in ("blocks", "view", "metadata", "chunks", "prompts"):
            if isinstance(arguments.get(key), str):
                arguments[key] = json.loads(arguments[key])
        return arguments

    def _drop(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _over_rate(self, name: str, arguments: Json) -> int | None:
        """Seconds to wait where the method's documented rate is used up; calling while told to wait is a violation."""
        now = time.monotonic()
        if now < self._blocked.get(name, 0.0) - 0.01:
            self.violations.append(f"{name} called {self._blocked[name] - now:.2f} s before Retry-After was over")
        key, most, seconds = name, METHODS[name].rate if name in METHODS else 100, 60.0
        if name == "chat.postMessage":
            key, most, seconds = f"{name} {arguments.get('channel')}", POST_BURST, self.post_seconds
        used = self._used[key]
        while used and now - used[0] > seconds:
            used.popleft()
        if len(used) >= most:
            self.violations.append(f"{key} called more than {most} times in {seconds:.0f} s")
            return max(1, int(seconds - (now - used[0])))
        used.append(now)
        return None

    def _call(self, name: str, arguments: Json, token: str) -> Json:
        self.calls.append((name, arguments))
        try:
            self._authorise(name, token)
            if name.startswith("views."):
                return {"ok": True, **self._view(name, arguments)}
            if name == "apps.connections.open":
                self._tickets.add(ticket := self.id("ticket-"))
                return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link?ticket={ticket}"}
            method = METHODS[name]
            self._known(arguments, method.required, method.optional)
            return {"ok": True, **method.act(self.world, arguments)}
        except Refused as refused:
            if refused.wrong:
                self.violations.append(f"{name}: {refused.error}: {refused.wrong}")
            values: Json = {"ok": False, "error": refused.error}
            if refused.error == "missing_scope":
                values |= {"needed": METHODS[name].scope, "provided": self.scopes.replace(" ", ",")}
            return values

    def _authorise(self, name: str, token: str) -> None:
        kind = self.tokens.get(token)
        if kind is None:
            raise Refused("invalid_auth")
        if kind not in ("bot", "app"):
            raise Refused(kind)  # token_revoked, account_inactive …
        if name == "apps.connections.open":
            if kind != "app":
                raise Refused("not_allowed_token_type")
            if self.socket_refused:
                raise Refused("socket_mode_disabled")
            return
        if kind != "bot":
            raise Refused("not_allowed_token_type")
        if not name.startswith("views.") and name not in METHODS:
            raise Refused("unknown_method", name)
        scope = METHODS[name].scope if name in METHODS else None
        if scope and scope not in self.scopes.split():
            raise Refused("missing_scope")

    def _known(self, arguments: Json, required: frozenset[str], optional: frozenset[str]) -> None:
        if unknown := arguments.keys() - required - optional:
            raise Refused("invalid_arguments", f"unknown parameters {sorted(unknown)}")
        if missing := required - arguments.keys():
            raise Refused("invalid_arguments", f"missing parameters {sorted(missing)}")

    # --- modals and homes --------------------------------------------------------------------------------------

    def trigger(self) -> str:
        key = self.id("trigger.")
        self._triggers[key] = time.monotonic() + TRIGGER_SECONDS
        return key

    def _view(self, name: str, arguments: Json) -> Json:
        if name == "views.publish":
            self._known(arguments, frozenset({"user_id", "view"}), frozenset({"hash"}))
            self._sound(rules.view_problems(arguments["view"], "home"))
            self.world.homes[arguments["user_id"]] = arguments["view"]
            return {"view": arguments["view"] | {"id": self.id("V")}}
        view = arguments["view"]
        self._sound(rules.view_problems(view, "modal"))
        if name == "views.update":
            self._known(arguments, frozenset({"view"}), frozenset({"view_id", "external_id", "hash"}))
            if arguments.get("view_id") not in self.world.modals:
                raise Refused("not_found")
            self.world.modals[arguments["view_id"]] = view
            return {"view": view | {"id": arguments["view_id"]}}
        self._known(arguments, frozenset({"trigger_id", "view"}), frozenset())
        if time.monotonic() > self._triggers.pop(arguments["trigger_id"], 0.0):
            raise Refused("expired_trigger_id", "a trigger that is old, unknown or used")
        key = self.id("V")
        self.world.modals[key] = view
        return {"view": view | {"id": key}}

    def _sound(self, problems: list[str]) -> None:
        if problems:
            raise Refused("invalid_arguments", "; ".join(problems))

    # --- response URLs -----------------------------------------------------------------------------------------

    def response_url(self, channel: str, user: str, thread: str | None = None) -> str:
        key = self.id("r")
        self._urls[key] = (channel, user, thread, [])
        return f"http://127.0.0.1:{self.port}/respond/{key}"

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.next("response_url")
        self.watch("before response_url")
        if fault and fault.kind == "reset":
            return self._drop(request)
        if fault and fault.kind == "error":
            return web.Response(status=500)
        if fault and fault.kind == "limited":
            return _limited(fault.retry_after)
        entry = self._urls.get(request.match_info["key"])
        if entry is None or len(entry[3]) >= 5:
            return web.Response(status=404, text="used_url")
        self._respond_to(entry, await request.json())
        self.watch("after response_url")
        await self.notify()
        if fault and fault.kind == "lost":
            return self._drop(request)
        return web.Response(text="ok")

    def _respond_to(self, entry: tuple[str, str, str | None, list[Message]], body: Json) -> None:
        channel, user, thread, posted = entry
        known = {"text", "blocks", "response_type", "replace_original", "delete_original", "unfurl_links"}
        if unknown := body.keys() - known - {"unfurl_media"}:
            self.violations.append(f"response_url: unknown {sorted(unknown)}")
        self.violations += [f"response_url: {p}" for p in rules.message_problems(body)]
        now = time.monotonic()
        message = Message(channel, self.world.next_ts(), BOT_USER, body.get("text", ""), thread, body.get("blocks", []))
        message.ephemeral_to = None if body.get("response_type") == "in_channel" else user
        message.times |= {"first": now, "done": now}
        posted.append(add(self.world, message))

    # --- Socket Mode -------------------------------------------------------------------------------------------

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query["ticket"]
        if self.handshake_refused or ticket not in self._tickets:
            self._tickets.discard(ticket)
            return web.Response(status=403)
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        try:
            await socket.prepare(request)
        except ConnectionError:
            return socket  # the bot died while it connected
        self.sockets.append(socket)
        transport = request.transport
        self._transports.append(transport)
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        await self.notify()
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    self._acked(json.loads(message.data))
        finally:
            if socket in self.sockets:
                self.sockets.remove(socket)
            self._transports.remove(transport)
            await self.notify()
        return socket

    def _acked(self, answer: Json) -> None:
        waiting = self._waiting.pop(answer.get("envelope_id", ""), None)
        self.watch("acknowledged")
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload"))

    async def deliver(self, kind: str, payload: Json) -> Json | None:
        """Send one payload until it is acknowledged, as often as Slack would; the acknowledgement's payload."""
        for attempt, pause in enumerate((*self.redeliver_after, None)):
            if not self.sockets:
                await self.until(lambda: self.sockets, 120)
            acknowledged, answer = await self._send(kind, payload, attempt)
            if acknowledged:
                return answer
            if pause:
                await asyncio.sleep(pause)
        self.violations.append(f"never acknowledged: {json.dumps(payload)[:200]}")
        return None

    async def _send(self, kind: str, payload: Json, attempt: int) -> tuple[bool, Json | None]:
        envelope = self.id("envelope-")
        waiting = self._waiting[envelope] = asyncio.get_running_loop().create_future()
        values: Json = {"envelope_id": envelope, "type": kind, "payload": payload}
        values["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            values |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        try:
            await self.sockets[next(self._turn) % len(self.sockets)].send_json(values)
            self.watch("delivered")
            async with asyncio.timeout(self.ack_seconds):
                return True, await waiting
        except (TimeoutError, ConnectionError, ZeroDivisionError):
            self._waiting.pop(envelope, None)
            return False, None

    async def refresh(self) -> None:
        """Ask the bot to reconnect, as Slack does every few hours, and close the old connection soon after."""
        old = self.sockets.pop()
        await old.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
        await self.until(lambda: self.sockets)

    def cut(self) -> None:
        """Reset every TCP connection of Socket Mode."""
        for transport in list(self._transports):
            transport.abort()


def _limited(seconds: int) -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)})
