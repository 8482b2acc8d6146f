"""The Slack bot put together, and run until it is told to stop: Socket Mode, or HTTP where an address is given."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web as http_server
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings
from bot.slack.access import Access
from bot.slack.admission import Admission, Manner
from bot.slack.answering import Answering
from bot.slack.answers import Answerer, Workers
from bot.slack.database import connect
from bot.slack.dispatch import Dispatcher, Timing
from bot.slack.events import Me
from bot.slack.feedback import Opinions
from bot.slack.home import Home
from bot.slack.http import server
from bot.slack.identity import SlackError, identify, socket_address
from bot.slack.listeners import Listeners
from bot.slack.making import Maker
from bot.slack.metrics import Metrics
from bot.slack.store import Store
from bot.slack.web import Dismissed, Pace, SlackFailure, Web
from retrieval.errors import UsageError, UserError

log = logging.getLogger(__name__)

CALL_SECONDS = 20  # for one call to Slack
PING_SECONDS = 5.0  # a Socket Mode connection that was reset is noticed within this time
LOOK_SECONDS = 20.0  # between looks whether we are connected, and if not, whether the workspace still has us


@dataclass(frozen=True)
class Tempo:
    """All waits and rhythms, so that tests need not wait as long as people do."""

    pace: Pace = Pace()
    timing: Timing = Timing()
    ping: float = PING_SECONDS
    connect: float = CALL_SECONDS
    look: float = LOOK_SECONDS


Ready = Callable[[], Awaitable[str]]
"""What is missing before the bot can answer; "" when nothing is."""


@dataclass(frozen=True)
class Running:
    """A bot that listens; `dismissed` is set when the workspace takes the app away, `port` is that of HTTP mode."""

    dismissed: asyncio.Future[Dismissed]
    ready: Ready
    port: int | None = None


@dataclass(frozen=True)
class Assembly:
    """The parts of a bot that what surrounds them needs."""

    web: Web
    store: Store
    workers: Workers
    dispatcher: Dispatcher
    bolt: AsyncApp
    metrics: Metrics


def run(settings: Settings, http: str | None) -> None:
    """Run until SIGINT or SIGTERM; `http` is HOST:PORT for HTTP mode.

    Raises a UserError where the bot cannot start, or is no longer wanted.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    _check(settings, http)
    asyncio.run(_run(settings, http))


def _check(settings: Settings, http: str | None) -> None:
    if settings.slack_bot_token is None:
        raise UsageError("Set SLACK_BOT_TOKEN to the app's bot token (xoxb-…); docs/slack.md shows where it is.")
    if http is None and settings.slack_app_token is None:
        raise UsageError("Set SLACK_APP_TOKEN to an app-level token (xapp-…) for Socket Mode, or use --http.")
    if http is not None and settings.slack_signing_secret is None:
        raise UsageError("Set SLACK_SIGNING_SECRET to the app's signing secret: --http knows Slack by it.")


async def _run(settings: Settings, http: str | None) -> None:
    from bot.pipeline import Bot

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with Bot(settings) as bot:
        async with listening(settings, bot, http) as running:
            stopping = asyncio.ensure_future(stop.wait())
            waiting: set[asyncio.Future[Any]] = {stopping, running.dismissed}
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if running.dismissed.done():
                code = running.dismissed.result()
                raise SlackError(f"Slack no longer accepts the app ({code}): install it again and set its new tokens.")


@asynccontextmanager
async def listening(
    settings: Settings, answerer: Answerer, http: str | None, tempo: Tempo = Tempo()
) -> AsyncIterator[Running]:
    """A bot that listens as long as the context lasts. Raises a UserError where it cannot start."""
    async with AsyncExitStack() as stack:
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS))
        await stack.enter_async_context(session)
        parts = await _assemble(stack, settings, answerer, session, tempo)
        warming = _in_background(stack, _warm(answerer))
        stack.push_async_callback(parts.dispatcher.finish)
        _in_background(stack, parts.dispatcher.run())
        if http is None:
            connected = await _socket_mode(stack, settings, parts, tempo)
            port = None
        else:
            connected, port = await _http_mode(stack, settings, parts, http, warming)
        _in_background(stack, _watch(parts, connected, tempo.look))
        yield Running(parts.dispatcher.dismissed, _readiness(parts, connected, warming), port)


async def _assemble(
    stack: AsyncExitStack, settings: Settings, answerer: Answerer, session: aiohttp.ClientSession, tempo: Tempo
) -> Assembly:
    metrics = Metrics()
    client = _client(settings, session)
    web = Web(client, tempo.pace, lambda method: metrics.count("slack_failures_total", "method", method))
    me = await identify(web)
    access = Access(settings.access_file, web, me.team)
    engine = connect(settings.data_dir, settings.database_url)
    stack.callback(engine.dispose)
    store, opinions = Store(engine), Opinions(engine)
    workers = Workers(answerer, _threads(settings))
    stack.callback(workers.close)
    manner = _manner(settings)
    maker = Maker(workers, store, access, me, metrics)
    answering = Answering(web, store, me, access, Admission(store, access, manner, me.user), maker, manner)
    dispatcher = Dispatcher(store, answering.settle, tempo.timing, metrics)
    home = Home(workers, web, store, opinions, access, me.user)
    bolt = _bolt(settings, client, me)
    Listeners(web, store, opinions, access, workers, home, dispatcher, me, manner, metrics).register(bolt)
    return Assembly(web, store, workers, dispatcher, bolt, metrics)


def _client(settings: Settings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """Slack's client without its own retries: `bot.slack.web` knows which calls may be repeated."""
    token = settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""
    base = settings.slack_api_url or AsyncWebClient.BASE_URL
    return AsyncWebClient(token=token, base_url=base, session=session, timeout=CALL_SECONDS, retry_handlers=[])


def _bolt(settings: Settings, client: AsyncWebClient, me: Me) -> AsyncApp:
    """Bolt, acknowledging after a listener has returned. It is told who we are, so it need not ask for each event."""
    quiet = logging.getLogger("slack_bolt")
    quiet.setLevel(logging.ERROR)
    nameless = AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=[])

    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=me.team, bot_token=client.token, bot_id=me.bot, bot_user_id=me.user
        )

    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""
    return AsyncApp(
        name="citebot",
        client=nameless,
        authorize=authorize,
        signing_secret=secret,
        process_before_response=True,
        logger=quiet,
    )


def _manner(settings: Settings) -> Manner:
    return Manner(
        link_template=settings.source_url,
        follow=settings.slack_follow,
        user_limit=settings.slack_user_limit,
        channel_limit=settings.slack_channel_limit,
    )


def _threads(settings: Settings) -> int:
    """Quoting keeps a core busy; a model elsewhere is mostly waited for."""
    cores = os.cpu_count() or 1
    return cores if settings.default_answerer == "extractive" else 4 * cores


async def _socket_mode(stack: AsyncExitStack, settings: Settings, parts: Assembly, tempo: Tempo) -> Ready:
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    address = await socket_address(parts.web, token)
    quiet = logging.getLogger("slack_bolt.socket")
    quiet.setLevel(logging.CRITICAL)  # it logs each lost connection with a traceback; `_watch` says so in a sentence
    handler = AsyncSocketModeHandler(
        parts.bolt, token, logger=quiet, web_client=parts.web.client, ping_interval=tempo.ping
    )
    handler.client.wss_uri = address
    stack.push_async_callback(handler.close_async)
    try:
        async with asyncio.timeout(tempo.connect):
            await handler.connect_async()  # type: ignore[no-untyped-call]
    except TimeoutError:
        raise SlackError("Slack refuses the Socket Mode connection: check the network and any proxy.") from None
    log.info("listening to Slack by Socket Mode")

    async def connected() -> str:
        if await handler.client.is_connected():
            return ""
        handler.client.wss_uri = None  # or slack_sdk tries the same address for ever, and each is good only once
        return "no connection to Slack"

    return connected


async def _http_mode(
    stack: AsyncExitStack, settings: Settings, parts: Assembly, http: str, warming: asyncio.Task[None]
) -> tuple[Ready, int]:
    secret = settings.slack_signing_secret.get_secret_value() if settings.slack_signing_secret else ""

    async def connected() -> str:
        return ""

    ready = _readiness(parts, connected, warming)
    runner = http_server.AppRunner(server(parts.bolt, secret, parts.store, parts.metrics, ready), access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    host, _, port = http.rpartition(":")
    try:
        await http_server.TCPSite(runner, host.strip("[]"), int(port)).start()
    except OSError as error:
        raise UsageError(f"{http} cannot be listened at ({error.strerror}): choose another address.") from error
    log.info("listening to Slack at http://%s", http)
    return connected, int(runner.addresses[0][1])


def _readiness(parts: Assembly, connected: Ready, warming: asyncio.Task[None]) -> Ready:
    async def ready() -> str:
        if not warming.done():
            return "the models are loading"
        try:
            await asyncio.to_thread(parts.store.check)
            await asyncio.to_thread(parts.workers.answerer.sources)
        except SQLAlchemyError:
            return "the database does not answer"
        except UserError as error:
            return str(error)
        return await connected()

    return ready


async def _warm(answerer: Answerer) -> None:
    """Load what the first question would wait for."""
    try:
        await asyncio.to_thread(answerer.warm)
    except UserError as error:
        log.warning("%s", error)


async def _watch(parts: Assembly, connected: Ready, look: float) -> None:
    """While there is no connection, ask whether the workspace still has us."""
    while True:
        missing = await connected()
        parts.metrics.gauge("connected", 0 if missing else 1)
        if missing:
            try:
                await parts.web.call("auth_test")
            except Dismissed as dismissed:
                if not parts.dispatcher.dismissed.done():
                    parts.dispatcher.dismissed.set_result(dismissed)
            except SlackFailure as failure:
                log.warning("Slack cannot be reached: %s", failure)
        await asyncio.sleep(look)


def _in_background(stack: AsyncExitStack, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task that ends with the stack."""
    task = asyncio.create_task(work)
    stack.push_async_callback(_end, task)
    return task


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
