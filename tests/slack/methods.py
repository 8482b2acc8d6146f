"""The Web API methods the fake workspace knows: their parameters, scopes and rates, and what each does to the world."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.slack import rules
from tests.slack.world import APP, BOT_ID, BOT_USER, STREAM_SECONDS, TEAM, Message, World

Json = dict[str, Any]


class Refused(Exception):
    """Slack's answer `{"ok": false, "error": ...}`; `wrong` says which documented rule was broken, if one was."""

    def __init__(self, error: str, wrong: str = "") -> None:
        super().__init__(error)
        self.error, self.wrong = error, wrong


@dataclass(frozen=True)
class Method:
    """`rate` is the number of calls a minute that Slack documents for the method's tier."""

    act: Callable[[World, Json], Json]
    required: frozenset[str]
    optional: frozenset[str]
    scope: str | None
    rate: int


def channel_of(world: World, arguments: Json, key: str = "channel") -> str:
    """The id of a channel the bot may post in; refuses as Slack does."""
    channel = world.channels.get(arguments[key])
    if channel is None:
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if not channel.bot_is_member and channel.kind != "im":
        raise Refused("not_in_channel")
    return channel.id


def thread_of(world: World, channel: str, ts: str | None) -> str | None:
    """The root of the thread; a reply's ts, or that of a message that never was, is a mistake of the bot."""
    if ts is None:
        return None
    root = world.messages.get((channel, ts))
    if root is None:
        if any(m.ts == ts for m in world.deleted):
            raise Refused("thread_not_found")
        raise Refused("invalid_thread_ts", f"thread_ts {ts} is no message of {channel}")
    if root.thread_ts not in (None, ts):
        raise Refused("invalid_thread_ts", f"thread_ts {ts} is a reply, not the root")
    return ts


def _sound(problems: list[str]) -> None:
    for problem in problems:
        error = "msg_too_long" if "too_long" in problem else "invalid_blocks"
        raise Refused(error, "; ".join(problems))


def _own(world: World, arguments: Json) -> Message:
    message = world.messages.get((arguments["channel"], arguments["ts"]))
    if message is None or message.ephemeral_to:
        raise Refused("message_not_found")
    if not message.by_bot:
        raise Refused("cant_update_message", "a message of somebody else")
    return message


def add(world: World, message: Message) -> Message:
    """Put a message of the bot into the world; a visible one in a thread clears the thread's status."""
    world.messages[message.channel, message.ts] = message
    if message.thread_ts and not message.ephemeral_to:
        world.status.pop((message.channel, message.thread_ts), None)
    return message


def post_message(world: World, arguments: Json) -> Json:
    channel = channel_of(world, arguments)
    thread = thread_of(world, channel, arguments.get("thread_ts"))
    _sound(rules.message_problems(arguments))
    if arguments.get("unfurl_links") is not False or arguments.get("unfurl_media") is not False:
        raise Refused("invalid_arguments", "a post that may unfurl links")
    now = time.monotonic()
    message = add(
        world,
        Message(
            channel, world.next_ts(), BOT_USER, arguments.get("text", ""), thread, arguments.get("blocks", []),
            arguments.get("metadata"), times={"first": now, "done": now},
        ),
    )  # fmt: skip
    return {"channel": channel, "ts": message.ts, "message": message.to_json()}


def post_ephemeral(world: World, arguments: Json) -> Json:
    channel = channel_of(world, arguments)
    thread = thread_of(world, channel, arguments.get("thread_ts"))
    _sound(rules.message_problems(arguments))
    if arguments["user"] not in world.users:
        raise Refused("user_not_in_channel")
    ts = world.next_ts()
    blocks = arguments.get("blocks", [])
    add(world, Message(channel, ts, BOT_USER, arguments["text"], thread, blocks, ephemeral_to=arguments["user"]))
    return {"message_ts": ts}


def update(world: World, arguments: Json) -> Json:
    channel_of(world, arguments)
    message = _own(world, arguments)
    if message.streaming and not message.expired():
        raise Refused("streaming_state_conflict")
    if len(arguments.get("text", "")) > 4000:
        raise Refused("msg_too_long", "text of an update above 4,000 characters")
    _sound(rules.message_problems(arguments))
    message.text, message.blocks = arguments.get("text", ""), arguments.get("blocks", [])
    message.metadata = arguments.get("metadata", message.metadata)
    message.streamed, message.streaming_since, message.edited = "", None, True
    message.times["done"] = time.monotonic()
    return {"channel": message.channel, "ts": message.ts, "text": message.text}


def delete(world: World, arguments: Json) -> Json:
    message = _own(world, arguments)
    world.deleted.append(world.messages.pop((message.channel, message.ts)))
    return {"channel": message.channel, "ts": message.ts}


def start_stream(world: World, arguments: Json) -> Json:
    channel = channel_of(world, arguments)
    thread = thread_of(world, channel, arguments["thread_ts"])
    for key in ("recipient_user_id", "recipient_team_id"):
        if world.channels[channel].kind != "im" and not arguments.get(key):
            raise Refused(f"missing_{key}", f"a stream in a channel without {key}")
    text = _stream_text(arguments)
    now = time.monotonic()
    message = Message(channel, world.next_ts(), BOT_USER, thread_ts=thread, streamed=text, streaming_since=now)
    message.recipient = arguments.get("recipient_user_id")
    message.times["first"] = now if text else 0.0
    add(world, message)
    return {"channel": channel, "ts": message.ts}


def append_stream(world: World, arguments: Json) -> Json:
    message = _streaming(world, arguments)
    text = _stream_text(arguments)
    if len(message.streamed) + len(text) > rules.MARKDOWN_CHARACTERS:
        raise Refused("msg_too_long", f"{len(message.streamed) + len(text)} characters streamed")
    message.streamed += text
    message.times["first"] = message.times.get("first") or time.monotonic()
    return {"channel": message.channel, "ts": message.ts}


def stop_stream(world: World, arguments: Json) -> Json:
    message = _streaming(world, arguments)
    text = _stream_text(arguments)
    if len(message.streamed) + len(text) > rules.MARKDOWN_CHARACTERS:
        raise Refused("msg_too_long", f"{len(message.streamed) + len(text)} characters streamed")
    blocks = arguments.get("blocks", [])
    body = [{"type": "markdown", "text": message.streamed + text}] if message.streamed + text else []
    _sound(rules.block_problems([*body, *blocks], rules.MESSAGE_BLOCKS + 1, "message"))
    message.streamed += text
    message.blocks, message.metadata = blocks, arguments.get("metadata")
    message.streaming_since = None
    message.times["first"] = message.times.get("first") or time.monotonic()
    message.times["done"] = time.monotonic()
    return {"channel": message.channel, "ts": message.ts, "message": message.to_json()}


def _streaming(world: World, arguments: Json) -> Message:
    channel_of(world, arguments)
    message = _own(world, arguments)
    if message.expired():
        message.streaming_since = None
    if not message.streaming:
        raise Refused("message_not_in_streaming_state")
    return message


def expire_streams(world: World) -> None:
    """Make every open stream as old as Slack lets one become."""
    for message in world.open_streams():
        message.streaming_since = time.monotonic() - STREAM_SECONDS - 1


def _stream_text(arguments: Json) -> str:
    if "markdown_text" in arguments and "chunks" in arguments:
        raise Refused("invalid_arguments", "markdown_text and chunks together")
    chunks = arguments.get("chunks", [])
    if problems := rules.chunk_problems(chunks):
        raise Refused("invalid_chunks", "; ".join(problems))
    text = arguments.get("markdown_text", "") + "".join(c["text"] for c in chunks if c["type"] == "markdown_text")
    if len(text) > rules.MARKDOWN_CHARACTERS:
        raise Refused("msg_too_long", f"{len(text)} characters streamed at once")
    return text


def set_status(world: World, arguments: Json) -> Json:
    channel = channel_of(world, arguments, "channel_id")
    if len(arguments.get("loading_messages", [])) > 10:
        raise Refused("invalid_arguments", "more than 10 loading messages")
    place = (channel, arguments["thread_ts"])
    if (channel, arguments["thread_ts"]) not in world.messages:
        raise Refused("invalid_thread_ts")
    world.status[place] = arguments["status"]
    world.status_times.setdefault(place, time.monotonic())
    return {}


def set_prompts(world: World, arguments: Json) -> Json:
    channel = channel_of(world, arguments, "channel_id")
    prompts = arguments["prompts"]
    if world.channels[channel].kind != "im":
        raise Refused("channel_type_not_supported", "suggested prompts outside a direct message")
    if not 1 <= len(prompts) <= 4 or any(set(p) != {"title", "message"} or not all(p.values()) for p in prompts):
        raise Refused("invalid_arguments", f"prompts {prompts}")
    world.prompts[channel] = prompts
    return {}


def replies(world: World, arguments: Json) -> Json:
    found = world.thread(_any_channel(world, arguments), arguments["ts"])
    if not found:
        raise Refused("thread_not_found")
    return _page([m for m in found if m.ts > arguments.get("oldest", "0") or m.ts == arguments["ts"]], arguments)


def history(world: World, arguments: Json) -> Json:
    channel = _any_channel(world, arguments)
    roots = [m for m in world.messages.values() if m.channel == channel and m.thread_ts in (None, m.ts)]
    kept = [m for m in roots if m.ephemeral_to is None and m.ts > arguments.get("oldest", "0")]
    return _page(sorted(kept, key=lambda m: m.ts, reverse=True), arguments)


def _any_channel(world: World, arguments: Json) -> str:
    if arguments["channel"] not in world.channels:
        raise Refused("channel_not_found")
    return str(arguments["channel"])


def _page(kept: list[Message], arguments: Json) -> Json:
    start = int(arguments.get("cursor") or 0)
    page = kept[start : start + int(arguments.get("limit", 1000))]
    more = start + len(page) < len(kept)
    messages = [m.to_json() for m in page]
    if arguments.get("include_all_metadata") not in (True, "1", "true"):
        for message in messages:
            message.pop("metadata", None)
    metadata = {"next_cursor": str(start + len(page)) if more else ""}
    return {"messages": messages, "has_more": more, "response_metadata": metadata}


def channel_info(world: World, arguments: Json) -> Json:
    channel = world.channels[_any_channel(world, arguments)]
    return {"channel": {"id": channel.id, "is_ext_shared": channel.external, "is_archived": channel.archived}}


def user_info(world: World, arguments: Json) -> Json:
    user = world.users.get(arguments["user"])
    if user is None:
        raise Refused("user_not_found")
    values = {"id": user.id, "team_id": user.team, "profile": user.profile, "is_bot": user.bot, "is_admin": user.admin}
    return {"user": values | {"is_stranger": user.stranger}}


def group_users(world: World, arguments: Json) -> Json:
    if arguments["usergroup"] not in world.groups:
        raise Refused("no_such_subteam")
    return {"users": world.groups[arguments["usergroup"]]}


def open_conversation(world: World, arguments: Json) -> Json:
    for channel in world.channels.values():
        if channel.kind == "im" and channel.id == f"D{arguments['users'][1:]}":
            return {"channel": {"id": channel.id}}
    raise Refused("user_not_found")


def auth_test(_world: World, _arguments: Json) -> Json:
    return {"url": "https://home.example/", "team": "Home", "user": "citebot", "team_id": TEAM, "user_id": BOT_USER,
            "bot_id": BOT_ID, "app_id": APP, "is_enterprise_install": False}  # fmt: skip


def _method(act: Callable[[World, Json], Json], required: str, optional: str, scope: str | None, rate: int) -> Method:
    return Method(act, frozenset(required.split()), frozenset(optional.split()), scope, rate)


FACE = "icon_emoji icon_url username"
METHODS = {
    "auth.test": _method(auth_test, "", "", None, 600),
    "chat.postMessage": _method(
        post_message, "channel",
        f"text blocks thread_ts reply_broadcast unfurl_links unfurl_media metadata markdown_text {FACE}",
        "chat:write", 600,
    ),
    "chat.postEphemeral": _method(post_ephemeral, "channel user text", "blocks thread_ts", "chat:write", 100),
    "chat.update": _method(update, "channel ts", "text blocks metadata markdown_text", "chat:write", 50),
    "chat.delete": _method(delete, "channel ts", "", "chat:write", 50),
    "chat.startStream": _method(
        start_stream, "channel thread_ts",
        f"markdown_text chunks recipient_team_id recipient_user_id task_display_mode {FACE}", "chat:write", 20,
    ),
    "chat.appendStream": _method(append_stream, "channel ts", "markdown_text chunks", "chat:write", 100),
    "chat.stopStream": _method(
        stop_stream, "channel ts", "markdown_text chunks blocks metadata session_status", "chat:write", 20
    ),
    "assistant.threads.setStatus": _method(
        set_status, "channel_id thread_ts status", f"loading_messages {FACE}", "assistant:write", 600
    ),
    "assistant.threads.setSuggestedPrompts": _method(
        set_prompts, "channel_id prompts", "title thread_ts", "assistant:write", 100
    ),
    "conversations.replies": _method(
        replies, "channel ts", "cursor inclusive include_all_metadata latest limit oldest", "channels:history", 50
    ),
    "conversations.history": _method(
        history, "channel", "cursor inclusive include_all_metadata latest limit oldest", "channels:history", 50
    ),
    "conversations.info": _method(channel_info, "channel", "include_locale include_num_members", "channels:read", 50),
    "conversations.open": _method(open_conversation, "users", "return_im", "im:write", 50),
    "users.info": _method(user_info, "user", "include_locale", "users:read", 100),
    "usergroups.users.list": _method(group_users, "usergroup", "include_disabled", "usergroups:read", 20),
}  # fmt: skip
