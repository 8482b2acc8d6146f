"""App Home and suggested prompts: what this person may read, what can be asked, and for administrators what failed.

Example questions are about names in the documents and kept only where the bot does answer them.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from bot.answer import Done, Question
from bot.slack import blocks as kit
from bot.slack.access import Access
from bot.slack.answers import Workers
from bot.slack.feedback import Opinions
from bot.slack.store import Store
from bot.slack.text import clip, defuse, said
from bot.slack.web import SlackFailure, Web
from retrieval.errors import UserError
from retrieval.model import Scope

if TYPE_CHECKING:
    from retrieval.reader import DocumentInfo

log = logging.getLogger(__name__)

Json = dict[str, Any]

LISTED = 30  # documents in the list
TROUBLES = 10  # questions in each of an administrator's lists
READ, TRIED, EXAMPLES = 20, 8, 4  # documents, questions; Slack takes four suggested prompts

HOW = (
    "Mention me in a channel, write me a direct message, or use /ask where only you see the answer. Every statement "
    "comes with the place it stands at; “Show evidence” opens it. In a thread I know what was said before."
)

_NAME = re.compile(r"(?<=[a-z,;] )(?<! of )[A-Z][a-z’'-]+(?: [A-Z][a-z’'-]+){1,3}\b")


class Home:
    """Publishes home tabs and suggested prompts."""

    def __init__(
        self, workers: Workers, web: Web, store: Store, opinions: Opinions, access: Access, bot_user: str
    ) -> None:
        self._workers = workers
        self._web = web
        self._store = store
        self._opinions = opinions
        self._access = access
        self._bot_user = bot_user
        self._examples: dict[tuple[Any, ...], list[str]] = {}

    async def show(self, user: str) -> None:
        """Publish the home tab, at once, and again when there are example questions."""
        scope = await self._access.private_scope(user)
        documents = await self._documents(scope)
        troubles = await self._troubles(user)
        known = self._examples.get(_version(scope, documents))
        await self._publish(user, home_view(documents, known or [], troubles))
        if known is None and documents and (examples := await self.examples(scope, documents)):
            await self._publish(user, home_view(documents, examples, troubles))

    async def suggest(self, user: str, channel: str) -> None:
        """Suggest questions in a direct message that was opened."""
        scope = await self._access.private_scope(user)
        examples = await self.examples(scope, await self._documents(scope))
        prompts = [{"title": clip(defuse(example), 60), "message": example} for example in examples]
        if not prompts:
            return
        try:
            await self._web.call("assistant_threads_setSuggestedPrompts", channel_id=channel, prompts=prompts)
        except SlackFailure as failure:
            log.info("no prompts were suggested: %s", failure)

    async def examples(self, scope: Scope | None, documents: Sequence[DocumentInfo]) -> list[str]:
        """Questions that the documents in `scope` answer; worked out once for each state of the index."""
        key = _version(scope, documents)
        if key not in self._examples:
            self._examples = {k: v for k, v in self._examples.items() if k[0] != key[0]}
            self._examples[key] = await self._workers.run(lambda: self._answerable(scope or Scope(()), documents))
        return self._examples[key]

    def _answerable(self, scope: Scope, documents: Sequence[DocumentInfo]) -> list[str]:
        candidates = (f"What do the documents say about {name}?" for name in self._names(documents))
        return list(islice((c for c in islice(candidates, TRIED) if self._answers(c, scope)), EXAMPLES))

    def _names(self, documents: Sequence[DocumentInfo]) -> Iterator[str]:
        """Names of people, places and things, those that are mentioned most first."""
        found: Counter[str] = Counter()
        for document in documents[:READ]:
            try:
                found.update(_NAME.findall(self._workers.answerer.show(document.source).text))
            except UserError as error:
                log.info("no names from a document: %s", error)
        return (name for name, _ in found.most_common())

    def _answers(self, question: str, scope: Scope) -> bool:
        try:
            *_, last = self._workers.answerer.stream(Question(question, scope=scope))
        except UserError as error:
            log.info("no example question: %s", error)
            return False
        return isinstance(last, Done) and last.answer.status == "answered"

    async def _documents(self, scope: Scope | None) -> list[DocumentInfo]:
        """The documents this person may read, newest first."""
        if scope is None:
            return []
        try:
            documents = await asyncio.to_thread(self._workers.answerer.sources, scope)
        except UserError as error:
            log.info("the home tab shows no documents: %s", error)
            return []
        return sorted(documents, key=lambda document: document.indexed_at, reverse=True)

    async def _troubles(self, user: str) -> list[Json]:
        """What went wrong lately, for administrators: the questions alone, never what documents say."""
        if not await self._access.is_admin(user):
            return []
        unanswered = await asyncio.to_thread(self._store.unanswered, TROUBLES)
        disliked = await asyncio.to_thread(self._opinions.disliked, TROUBLES)
        asked = [f"{said(asked.text, self._bot_user)} ({outcome.kind}, {asked.id})" for asked, outcome in unanswered]
        bad = [f"{o.question} ({', '.join(o.reasons) or 'no reason given'})" for o in disliked]
        return [*_list("Not answered lately", asked), *_list("Disliked lately", bad)]

    async def _publish(self, user: str, view: Json) -> None:
        try:
            await self._web.call("views_publish", user_id=user, view=view)
        except SlackFailure as failure:
            log.info("the home tab was not published: %s", failure)


def home_view(documents: Sequence[DocumentInfo], examples: Sequence[str], troubles: Sequence[Json]) -> Json:
    """The home tab."""
    blocks = [kit.header("Ask your documents"), kit.paragraph(HOW)]
    blocks += _list("For example", examples)
    blocks += [kit.header("What I know"), kit.paragraph(_extent(documents))]
    titles = [f"{clip(d.title or d.source, 150)} — {clip(d.source, 150)}" for d in documents[:LISTED]]
    if len(documents) > LISTED:
        titles.append(f"and {len(documents) - LISTED} more")
    blocks += [kit.rich(kit.bullets(*(kit.line(kit.run(title)) for title in titles)))] if titles else []
    return {"type": "home", "blocks": [*blocks, *troubles]}


def _extent(documents: Sequence[DocumentInfo]) -> str:
    if not documents:
        return "There are no documents that I may show you."
    latest: datetime = documents[0].indexed_at
    many = "1 document" if len(documents) == 1 else f"{len(documents):,} documents"
    return f"{many}, last brought up to date on {latest:%-d %B %Y at %H:%M} UTC."


def _list(title: str, lines: Sequence[str]) -> list[Json]:
    if not lines:
        return []
    return [kit.header(title), kit.rich(kit.bullets(*(kit.line(kit.run(clip(line, 300))) for line in lines)))]


def _version(scope: Scope | None, documents: Sequence[DocumentInfo]) -> tuple[Any, ...]:
    """What example questions depend on: who may read what, and the state of the index."""
    latest = documents[0].indexed_at if documents else None
    return (scope, len(documents), latest)
