"""HTTP mode: Slack's requests with their signatures checked, and what operators ask: health, readiness, metrics."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest

from bot.slack.metrics import Metrics
from bot.slack.store import Store

log = logging.getLogger(__name__)

WINDOW = 300.0  # seconds for which a signature is good, either way
LARGEST = 1_000_000  # bytes of a request


def server(
    bolt: AsyncApp, secret: str, store: Store, metrics: Metrics, ready: Callable[[], Awaitable[str]]
) -> web.Application:
    """The web application. `ready` says what is missing, "" when nothing is."""

    async def slack(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if not genuine(secret, body, request.headers, time.time()):
            return web.json_response({"error": "invalid signature"}, status=401)
        key = hashlib.sha256(request.headers["X-Slack-Signature"].encode()).hexdigest()
        if not await asyncio.to_thread(store.first_time, key, 2 * WINDOW):
            return web.json_response({"error": "seen before"}, status=401)
        try:
            payload = AsyncBoltRequest(body=body.decode(), headers=dict(request.headers))
        except ValueError:
            return web.json_response({"error": "not a payload of Slack's"}, status=400)
        answer = await bolt.async_dispatch(payload)
        if answer.status >= 500:
            await asyncio.to_thread(store.forget, key)  # Slack will deliver it again
        return await to_aiohttp_response(answer)

    async def healthz(_: web.Request) -> web.StreamResponse:
        return web.Response(text="ok\n")

    async def readyz(_: web.Request) -> web.StreamResponse:
        missing = await ready()
        return web.Response(text=f"{missing or 'ok'}\n", status=503 if missing else 200)

    async def numbers(_: web.Request) -> web.StreamResponse:
        metrics.gauge("questions_waiting", await asyncio.to_thread(store.waiting))
        return web.Response(text=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    app = web.Application(client_max_size=LARGEST)
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", numbers)])
    app.router.add_post("/{path:.*}", slack)  # events, interactions and commands may share one address or not
    return app


def genuine(secret: str, body: bytes, headers: Mapping[str, str], now: float) -> bool:
    """Whether Slack signed exactly these bytes within the last five minutes."""
    stamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not stamp.isascii() or not stamp.isdigit() or abs(now - int(stamp)) > WINDOW:
        return False
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={digest}".encode(), signature.encode())
