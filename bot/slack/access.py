"""Who may read which documents: the access file, and who belongs to this workspace.

Once there is an access file, whoever is not named in it may read nothing. The scope that comes out of here is applied
in retrieval, so what is out of it takes part in nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bot.slack.store import Asked
from bot.slack.web import Refused, SlackFailure, Web
from retrieval.errors import UsageError
from retrieval.model import Scope

log = logging.getLogger(__name__)

_T = TypeVar("_T")
Globs = tuple[str, ...]

KEEP = 300.0  # seconds for which what Slack says of people and groups is remembered
TABLES = {"channels": "CGD", "users": "UW", "groups": "S"}  # and how the ids in them begin
LISTS = ("everyone", "admins", "external_channels")


@dataclass(frozen=True)
class Rules:
    """The access file. `everyone` is readable in every channel and to every member."""

    channels: dict[str, Globs] = field(default_factory=dict)
    users: dict[str, Globs] = field(default_factory=dict)
    groups: dict[str, Globs] = field(default_factory=dict)
    everyone: Globs = ()
    admins: Globs = ()
    external_channels: Globs = ()


def read_rules(path: Path) -> Rules:
    """The rules in a TOML file. Raises UsageError, naming the file and what is wrong in it."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"The access file {path} is not there: create it or unset CITEBOT_ACCESS_FILE.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The access file {path} cannot be read: {error}.") from error
    if unknown := sorted(values.keys() - TABLES.keys() - set(LISTS)):
        known = ", ".join([*TABLES, *LISTS])
        raise UsageError(f"The access file {path} has the unknown key {unknown[0]}: use {known}.")
    tables: dict[str, Any] = {name: _table(path, name, values.get(name, {})) for name in TABLES}
    return Rules(**tables | {name: _globs(path, name, values.get(name, [])) for name in LISTS})


def _table(path: Path, name: str, value: Any) -> dict[str, Globs]:
    if not isinstance(value, dict):
        raise UsageError(f"The access file {path} needs a table [{name}] of ids and their lists of documents.")
    for key in value:
        if key[:1] not in TABLES[name]:
            raise UsageError(f"The access file {path} has {key} in [{name}]: write the id, not the name.")
    return {key: _globs(path, f"{name}.{key}", globs) for key, globs in value.items()}


def _globs(path: Path, name: str, value: Any) -> Globs:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise UsageError(f'The access file {path} needs a list of texts for {name}, such as ["handbook/*"].')
    return tuple(value)


@dataclass(frozen=True)
class Person:
    """What Slack says of somebody; all unknown where it does not say."""

    name: str = "a colleague"
    admin: bool = False
    stranger: bool = False


class Access:
    """Answers who may read what. Follows the access file as it is edited; while it cannot be read nobody may read."""

    def __init__(self, path: Path | None, web: Web, team: str) -> None:
        """Raises UsageError where the file is wrong from the start."""
        self._path = path
        self._web = web
        self._team = team
        self._known: dict[tuple[str, str], tuple[float, Any]] = {}
        self._version: tuple[int, int] | None = None
        self._rules: Rules | None = None
        if path is not None:
            self._rules, self._version = read_rules(path), _version(path)

    async def scope(self, asked: Asked) -> Scope | None:
        """What the answer may be made of: what all who will see it may read. None if that is nothing at all."""
        if asked.private:
            return await self.private_scope(asked.user, asked.channel)
        if asked.channel.startswith("D"):
            return await self.private_scope(asked.user)
        return await self.channel_scope(asked.channel)

    async def channel_scope(self, channel: str) -> Scope | None:
        """What everybody in a channel may read."""
        rules = await self.rules()
        return Scope() if rules is None else _scope(rules.everyone + rules.channels.get(channel, ()))

    async def private_scope(self, user: str | None, channel: str = "") -> Scope | None:
        """What one person may read, in `channel` also what everybody there may."""
        rules = await self.rules()
        if rules is None:
            return Scope()
        globs = rules.everyone + rules.channels.get(channel, ()) + rules.users.get(user or "", ())
        for group, readable in rules.groups.items():
            if user in await self._members(group):
                globs += readable
        return _scope(globs)

    async def turned_away(self, asked: Asked) -> bool:
        """Whether the asker or the channel is from outside and not let in by the access file."""
        outside = asked.outsider
        if not outside and asked.private and asked.user:
            outside = (await self.person(asked.user)).stranger
        if not outside and asked.kind == "share":
            outside = await self._external(asked.channel)
        return outside and asked.channel not in ((await self.rules()) or Rules()).external_channels

    async def is_admin(self, user: str) -> bool:
        rules = await self.rules()
        return user in rules.admins if rules and rules.admins else (await self.person(user)).admin

    async def person(self, user: str) -> Person:
        return await self._remembered(("person", user), Person(), self._ask_person)

    async def rules(self) -> Rules | None:
        """The rules as the file has them now; None where no file is set."""
        if self._path is None:
            return None
        return await asyncio.to_thread(self._read_again, self._path)

    def _read_again(self, path: Path) -> Rules:
        version = _version(path)
        if version != self._version or self._rules is None:
            self._version = version
            try:
                self._rules = read_rules(path)
            except UsageError as error:
                log.error("nobody may read anything until this is mended: %s", error)
                self._rules = Rules()
        return self._rules

    async def _members(self, group: str) -> frozenset[str]:
        return await self._remembered(("group", group), frozenset(), self._ask_members)

    async def _external(self, channel: str) -> bool:
        return await self._remembered(("channel", channel), False, self._ask_external)

    async def _remembered(self, key: tuple[str, str], otherwise: _T, ask: Callable[[str], Awaitable[_T]]) -> _T:
        """What `ask` says of an id, at most KEEP seconds old; `otherwise` where Slack does not say."""
        if key in self._known and time.monotonic() - self._known[key][0] < KEEP:
            remembered: _T = self._known[key][1]
            return remembered
        try:
            value = await ask(key[1])
        except SlackFailure as failure:
            log.warning("Slack does not tell about the %s %s: %s", *key, _reason(failure))
            return otherwise
        self._known[key] = (time.monotonic(), value)
        return value

    async def _ask_person(self, user: str) -> Person:
        found = (await self._web.call("users_info", user=user)).get("user") or {}
        profile = found.get("profile") or {}
        name = profile.get("display_name") or profile.get("real_name") or found.get("name") or Person.name
        stranger = bool(found.get("is_stranger")) or found.get("team_id") not in (None, self._team)
        return Person(str(name), bool(found.get("is_admin")), stranger)

    async def _ask_members(self, group: str) -> frozenset[str]:
        return frozenset((await self._web.call("usergroups_users_list", usergroup=group)).get("users") or ())

    async def _ask_external(self, channel: str) -> bool:
        found = (await self._web.call("conversations_info", channel=channel)).get("channel") or {}
        return bool(found.get("is_ext_shared") or found.get("is_pending_ext_shared"))


def _scope(globs: Globs) -> Scope | None:
    return Scope((globs,)) if globs else None


def _version(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _reason(failure: SlackFailure) -> str:
    if isinstance(failure, Refused) and failure.needed:
        return f"the app lacks the scope {failure.needed}"
    return str(failure)
