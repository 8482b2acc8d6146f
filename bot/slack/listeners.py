"""Bolt's listeners: each stores what came in or starts the work it asks for, and returns in good time for Slack.

Bolt acknowledges when a listener has returned, so what one has stored survives a crash; one that fails is not
acknowledged, and Slack delivers again.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.slack import evidence, feedback, notices
from bot.slack.access import Access
from bot.slack.admission import Manner
from bot.slack.answers import Workers, load_answer
from bot.slack.dispatch import Dispatcher
from bot.slack.events import Edited, Me, Removed, command, message_shortcut, outsider, read, share
from bot.slack.feedback import Opinions
from bot.slack.home import Home
from bot.slack.manifest import COMMAND, SHORTCUT
from bot.slack.metrics import Metrics
from bot.slack.private import SHOW, whisper
from bot.slack.render import EVIDENCE, FEEDBACK, SHARE, Look
from bot.slack.store import Asked, Outcome, Store
from bot.slack.text import said
from bot.slack.web import Refused, SlackFailure, Web
from retrieval.errors import StoreError
from retrieval.model import Scope, Source

log = logging.getLogger(__name__)

Json = dict[str, Any]
Ack = Callable[..., Awaitable[Any]]

ANY = re.compile(".*")


class Listeners:
    """What happens in Slack, and what is done about it."""

    def __init__(
        self,
        web: Web,
        store: Store,
        opinions: Opinions,
        access: Access,
        workers: Workers,
        home: Home,
        dispatcher: Dispatcher,
        me: Me,
        manner: Manner,
        metrics: Metrics,
    ) -> None:
        self._web = web
        self._store = store
        self._opinions = opinions
        self._access = access
        self._workers = workers
        self._home = home
        self._dispatcher = dispatcher
        self._me = me
        self._manner = manner
        self._metrics = metrics
        self._tasks: set[asyncio.Task[None]] = set()

    def register(self, app: AsyncApp) -> None:
        """Hang the listeners into bolt; what nobody listens to is acknowledged and left."""
        app.event("message")(self.message)
        app.event("app_mention")(self.message)
        app.event("app_home_opened")(self.home_opened)
        app.command(COMMAND)(self.ask)
        app.message_shortcut(SHORTCUT)(self.find_sources)
        app.action(EVIDENCE)(self.show_evidence)
        app.action(SHOW)(self.show_answer)
        app.action(SHARE)(self.share)
        app.action(FEEDBACK)(self.judge)
        app.view(feedback.CALLBACK)(self.explain)
        app.event(ANY)(_ignore_event)
        for rest in (app.command, app.shortcut, app.action, app.view):
            rest(ANY)(_ignore)

    async def message(self, body: Json) -> None:
        """A message was written, edited or deleted."""
        found = read(body, self._me)
        if isinstance(found, Asked):
            await self._asked(found)
        elif isinstance(found, Edited):
            await self._edited(found.asked)
        elif isinstance(found, Removed) and await asyncio.to_thread(self._store.remove, found.id):
            self._dispatcher.wake()

    async def _asked(self, asked: Asked) -> None:
        if not asked.addressed:
            if self._manner.follow == "mentions":
                return
            if not await asyncio.to_thread(self._store.follows, asked.channel, str(asked.thread_ts)):
                return
        await self._store_question(asked)

    async def _edited(self, asked: Asked) -> None:
        """An edited question is answered anew; so is a message that only now mentions the bot."""
        if await self._edit(asked) or not asked.addressed or time.time() - asked.asked_at > self._manner.fresh:
            return
        if not await self._store_question(asked):
            await self._edit(asked)  # the message itself was stored meanwhile

    async def _edit(self, asked: Asked) -> bool:
        known = await asyncio.to_thread(self._store.edit, asked)
        if known:
            self._dispatcher.wake()
        return known

    async def _store_question(self, asked: Asked) -> bool:
        new = await asyncio.to_thread(self._store.add, asked)
        if new:
            self._dispatcher.wake()
        return new

    async def home_opened(self, event: Json) -> None:
        user, channel = str(event.get("user")), str(event.get("channel"))
        if event.get("tab") == "messages":
            self._start(self._home.suggest(user, channel))
        else:
            self._start(self._home.show(user))

    async def ask(self, ack: Ack, body: Json) -> None:
        if not str(body.get("text") or "").strip():
            await ack(text=f"Write your question after {COMMAND}, as in: {COMMAND} when was the contract signed?")
            return
        await self._store_question(command(body, self._me))
        await ack(text="Looking through the documents…", response_type="ephemeral")

    async def find_sources(self, ack: Ack, body: Json) -> None:
        await self._store_question(message_shortcut(body, self._me))
        await ack()

    async def show_evidence(self, ack: Ack, body: Json) -> None:
        await ack()
        self._start(self._show(body, self._evidence_view))

    async def show_answer(self, ack: Ack, body: Json) -> None:
        await ack()
        self._start(self._show(body, self._answer_view))

    async def share(self, ack: Ack, body: Json) -> None:
        await ack()
        asked = await asyncio.to_thread(self._store.question, _value(body))
        if asked is None or asked.user != _user(body):
            self._start(self._remark(body, notices.GONE))
            return
        again = share(asked, body, self._me)
        if not await self._store_question(again):
            await self._share_again(again)

    async def _share_again(self, again: Asked) -> None:
        """A share that failed may be tried anew; one that stands is not repeated."""
        outcome = await asyncio.to_thread(self._store.outcome, again.id)
        if outcome is None or outcome.kind in ("answered", "partial", "refused"):
            return
        await self._edit(replace(again, revision=f"{time.time():.6f}"))

    async def judge(self, ack: Ack, body: Json) -> None:
        """A thumb up or down; down asks why."""
        verdict, _, key = _value(body).partition(":")
        known = await self._known(key)
        await ack()
        if known is None or verdict not in ("up", "down") or outsider(body, self._me):
            self._start(self._remark(body, notices.GONE))
            return
        asked, outcome = known
        words = said(asked.text, self._me.user)
        user = _user(body)
        await asyncio.to_thread(self._opinions.give, asked, words, outcome, user, "up" if verdict == "up" else "down")
        self._metrics.count("feedback_total", "verdict", verdict)
        self._start(self._remark(body, notices.THANKS) if verdict == "up" else self._ask_why(body, key))

    async def explain(self, ack: Ack, body: Json) -> None:
        view = body.get("view") or {}
        reasons, comment = feedback.submitted(view)
        key = str(view.get("private_metadata"))
        await asyncio.to_thread(self._opinions.explain, key, _user(body), reasons, comment)
        await ack()

    async def _ask_why(self, body: Json, key: str) -> None:
        await self._open(body, feedback.reasons_modal(key))

    async def _show(self, body: Json, make: Callable[[Json, Asked, Outcome], Awaitable[Json | None]]) -> None:
        """Open a modal about the answer a button belongs to, or say why there is none."""
        known = await self._known(_value(body))
        if known is None:
            await self._remark(body, notices.GONE)
        elif outsider(body, self._me):
            await self._remark(body, notices.OUTSIDER)
        elif view := await make(body, *known):
            await self._open(body, view)
        else:
            await self._remark(body, notices.NOTHING_FOR_YOU)

    async def _evidence_view(self, body: Json, asked: Asked, outcome: Outcome) -> Json:
        answer = load_answer(outcome.answer or {})
        names = {c.source for c in answer.citations} | {n.source for n in answer.nearest}
        scope = await self._viewers_scope(body)
        documents = await asyncio.to_thread(self._documents, sorted(names), scope)
        look = Look(asked.id, self._manner.link_template)
        return evidence.evidence_modal(answer, documents, outcome.versions or {}, scope, look)

    async def _answer_view(self, body: Json, asked: Asked, outcome: Outcome) -> Json | None:
        scope = await self._access.private_scope(_user(body), asked.channel)
        if asked.user != _user(body) or scope is None or not all(map(scope.allows, outcome.versions or {})):
            return None
        answer = load_answer(outcome.answer or {})
        return evidence.answer_modal(answer, Look(asked.id, self._manner.link_template))

    async def _viewers_scope(self, body: Json) -> Scope | None:
        """What whoever pressed the button may read where they pressed it."""
        channel = _channel(body)
        if (body.get("container") or {}).get("is_ephemeral") or channel.startswith("D"):
            return await self._access.private_scope(_user(body), channel)
        return await self._access.channel_scope(channel)

    def _documents(self, names: list[str], scope: Scope | None) -> dict[str, Source]:
        """Those of the documents that are still indexed and may be read."""
        found = {}
        for name in names:
            if scope is None or not scope.allows(name):
                continue
            try:
                found[name] = self._workers.answerer.show(name)
            except StoreError:
                log.info("%s is no longer indexed", name)
        return found

    async def _known(self, key: str) -> tuple[Asked, Outcome] | None:
        """The question with this reference and its answer; None where there is none any more."""
        asked = await asyncio.to_thread(self._store.question, key)
        outcome = await asyncio.to_thread(self._store.outcome, key)
        return (asked, outcome) if asked and outcome and outcome.answer else None

    async def _open(self, body: Json, view: Json) -> None:
        try:
            await self._web.call("views_open", trigger_id=body.get("trigger_id"), view=view)
        except SlackFailure as failure:
            log.info("a modal was not opened: %s", failure)
            if isinstance(failure, Refused):
                await self._remark(body, notices.PRESS_AGAIN)

    async def _remark(self, body: Json, text: str) -> None:
        container = body.get("container") or {}
        await whisper(self._web, _channel(body), _user(body), text, container.get("thread_ts"))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` after Slack has its answer."""
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except SlackFailure as failure:
        log.info("a side task failed: %s", failure)
    except Exception:  # nobody awaits it, so it must end here
        log.exception("a side task failed")


async def _ignore_event() -> None:
    """An event that is no concern of the bot's."""


async def _ignore(ack: Ack) -> None:
    """An action, command or view of an older version, or of nobody."""
    await ack()


def _value(body: Json) -> str:
    return str((body.get("actions") or [{}])[0].get("value") or "")


def _user(body: Json) -> str:
    return str((body.get("user") or {}).get("id"))


def _channel(body: Json) -> str:
    return str((body.get("channel") or {}).get("id"))
