"""Who may read what: no word of a forbidden document leaves through anything the bot does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.slack import notices
from bot.slack.access import read_rules
from retrieval.errors import UsageError
from tests.slack.fake_slack import FakeSlack
from tests.slack.people import MENTION, channel, command, direct, open_home, person, press, say, shortcut
from tests.slack.running import answered, bot, workspace
from tests.slack.scripted import Scripted, document
from tests.slack.world import Message, seen, seen_blocks

HOW_LONG = f"{MENTION} how long was the outage?"
CANARY = "zanzibarquokka"

RULES = """
everyone = ["public/*"]
admins = ["U7"]
external_channels = ["C8"]
[channels]
C2 = ["team/*"]
C8 = []
[users]
U2 = ["hr/*"]
[groups]
S1 = ["finance/*"]
"""


def library() -> Scripted:
    """A public document that answers nothing and secret ones that would answer, each with a canary of its own."""
    secret = {
        f"{place}/{place}.txt": document(
            f"{place}/{place}.txt", f"{CANARY} {place} is a thing. It lasted {place} hours.\n", f"{CANARY} {place}"
        )
        for place in ("team", "hr", "finance")
    }
    return Scripted(secret | {"public/a.txt": document("public/a.txt", "The sky is blue. It is big.\n")})


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "access.toml"
    file.write_text(RULES)
    return file


def leaves(slack: FakeSlack) -> str:
    """Everything the bot ever sent to Slack."""
    return json.dumps([*slack.calls, *(m.to_json() for m in slack.world.by_bot())])


async def told(slack: FakeSlack, user: str, number: int = 1) -> Message:
    await slack.until(lambda: len(slack.world.ephemerals(user)) >= number)
    return slack.world.ephemerals(user)[-1]


async def test_canaries_leave_nowhere(tmp_path: Path, rules: Path) -> None:
    """Somebody without rights goes through every listener: nothing of the forbidden documents is ever sent."""
    async with workspace() as slack, bot(slack, tmp_path, library(), access_file=rules):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        await press(slack, "U1", answer, "show_evidence")
        await answered(slack, await say(slack, direct("U1"), "U1", "how long?"))
        await command(slack, "U1", "C1", "how long was it?")
        await press(slack, "U1", await told(slack, "U1"), "show_evidence")
        await shortcut(slack, "U1", await say(slack, "C1", "U2", f"{CANARY} is a thing"), "find_sources")
        await told(slack, "U1", 2)
        for tab in ("home", "messages"):
            await open_home(slack, "U1", tab)
        await slack.until(lambda: len(slack.world.modals) == 2 and slack.world.homes)
        assert "The sky is blue" in leaves(slack)
        assert CANARY not in leaves(slack)


async def test_rights_of_a_user_hold_where_only_they_see_the_answer(tmp_path: Path, rules: Path) -> None:
    """What one person may read is answered to them alone, and not in a channel they ask in."""
    async with workspace() as slack, bot(slack, tmp_path, library(), access_file=rules):
        (private,) = await answered(slack, await say(slack, direct("U2"), "U2", "how long was it?"))
        assert "It lasted hr hours." in seen(private)
        (shared,) = await answered(slack, await say(slack, "C1", "U2", HOW_LONG))
        assert CANARY not in seen(shared)


async def test_shared_answer_shows_what_the_channel_may_read(tmp_path: Path, rules: Path) -> None:
    """Sharing an answer from documents the channel may not read makes a new one from those it may."""
    async with workspace() as slack, bot(slack, tmp_path, library(), access_file=rules):
        await command(slack, "U2", "C1", "how long was it?")
        answer = await told(slack, "U2")
        assert "It lasted hr hours." in seen(answer)
        await press(slack, "U2", answer, "share_answer")
        await slack.until(lambda: [m for m in slack.world.by_bot() if m.ephemeral_to is None])
        (shared,) = [m for m in slack.world.by_bot() if m.ephemeral_to is None]
        assert CANARY not in seen(shared)


async def test_evidence_is_what_the_viewer_may_read_now(tmp_path: Path, rules: Path) -> None:
    """Rights that are taken away take the evidence away, without a restart."""
    async with workspace() as slack, bot(slack, tmp_path, library(), access_file=rules):
        channel(slack, "C2")
        (answer,) = await answered(slack, await say(slack, "C2", "U1", HOW_LONG))
        assert "It lasted team hours." in seen(answer)
        rules.write_text(RULES.replace("team/*", "other/*"))
        await press(slack, "U1", answer, "show_evidence")
        await slack.until(lambda: slack.world.modals)
        (view,) = slack.world.modals.values()
        assert CANARY not in json.dumps(view)
        assert "You may not read this document here." in "\n".join(seen_blocks(view["blocks"]))


async def test_user_group(tmp_path: Path, rules: Path) -> None:
    """Members of a user group may read what the group may."""
    async with workspace() as slack, bot(slack, tmp_path, library(), access_file=rules):
        slack.world.groups["S1"] = ["U1"]
        (answer,) = await answered(slack, await say(slack, direct("U1"), "U1", "how long was it?"))
        assert "It lasted finance hours." in seen(answer)


async def test_user_group_that_slack_does_not_tell_of(tmp_path: Path, rules: Path) -> None:
    """Without the scope to see user groups nobody is in one."""
    async with workspace() as slack:
        slack.scopes = slack.scopes.replace("usergroups:read", "")
        slack.world.groups["S1"] = ["U1"]
        async with bot(slack, tmp_path, library(), access_file=rules):
            (answer,) = await answered(slack, await say(slack, direct("U1"), "U1", "how long was it?"))
            assert CANARY not in seen(answer)


async def test_denied_by_default(tmp_path: Path) -> None:
    """Once there is an access file, whoever is not in it is told that there is nothing, and nothing is searched."""
    file = tmp_path / "access.toml"
    file.write_text('[channels]\nC2 = ["*"]\n')
    answerer = library()
    async with workspace() as slack, bot(slack, tmp_path, answerer, access_file=file):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert seen(answer) == notices.NOTHING_HERE
        (answer,) = await answered(slack, await say(slack, direct("U1"), "U1", "how long?"))
        assert seen(answer) == notices.NOTHING_FOR_YOU
        assert not answerer.asked


async def test_access_file_that_breaks_while_the_bot_runs(tmp_path: Path, rules: Path) -> None:
    """A mistake in the access file closes everything until it is mended."""
    async with workspace() as slack, bot(slack, tmp_path, library(), access_file=rules):
        rules.write_text("everyone = [")
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert seen(answer) == notices.NOTHING_HERE
        rules.write_text(RULES)
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        assert "The sky is blue" in seen(answer)


@pytest.mark.parametrize("extra", [{"user_team": "T0OTHER"}, {"team": "T0OTHER"}])
async def test_members_of_other_workspaces_are_refused(tmp_path: Path, extra: dict[str, str]) -> None:
    """A stranger is told politely, and nothing is searched for them."""
    answerer = library()
    async with workspace() as slack, bot(slack, tmp_path, answerer):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG, **extra))
        assert seen(answer) == notices.OUTSIDER
        assert not answerer.asked


async def test_channels_shared_with_others(tmp_path: Path, rules: Path) -> None:
    """A Slack Connect channel is outside until the access file lets it in; then its own rules hold."""
    async with workspace() as slack, bot(slack, tmp_path, library(), access_file=rules):
        channel(slack, "C8", external=True)
        channel(slack, "C9", external=True)
        (answer,) = await answered(slack, await say(slack, "C9", "U1", HOW_LONG))
        assert seen(answer) == notices.OUTSIDER
        (answer,) = await answered(slack, await say(slack, "C8", "U1", HOW_LONG))
        assert "The sky is blue" in seen(answer)


async def test_nothing_is_shared_with_a_channel_outside(tmp_path: Path) -> None:
    """A private answer cannot be shared into a channel that other organisations read."""
    async with workspace() as slack, bot(slack, tmp_path):
        channel(slack, "C9", external=True)
        await command(slack, "U1", "C9", "how long was it?")
        await press(slack, "U1", await told(slack, "U1"), "share_answer")
        assert seen(await told(slack, "U1", 2)) == notices.OUTSIDER
        assert not [m for m in slack.world.by_bot() if m.ephemeral_to is None]


async def test_buttons_pressed_by_outsiders(tmp_path: Path) -> None:
    """A stranger in a shared channel gets neither evidence nor a say."""
    async with workspace() as slack, bot(slack, tmp_path):
        (answer,) = await answered(slack, await say(slack, "C1", "U1", HOW_LONG))
        person(slack, "U9", team="T0OTHER")
        await press(slack, "U9", answer, "show_evidence")
        assert seen(await told(slack, "U9")) == notices.OUTSIDER
        await press(slack, "U9", answer, "feedback", "down")
        await told(slack, "U9", 2)
        assert not slack.world.modals


async def test_answer_of_somebody_else_cannot_be_shared_or_opened(tmp_path: Path) -> None:
    """Only whom a private answer belongs to may share it."""
    async with workspace() as slack, bot(slack, tmp_path):
        await command(slack, "U1", "C1", "how long was it?")
        answer = await told(slack, "U1")
        await press(slack, "U2", answer, "share_answer")
        assert seen(await told(slack, "U2")) == notices.GONE


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("channels = 3", "needs a table [channels]"),
        ('[channels]\ngeneral = ["*"]', "has general in [channels]: write the id, not the name"),
        ('[users]\nU1 = "*"', "needs a list of texts for users.U1"),
        ('channel = ["*"]', "has the unknown key channel: use channels, users, groups, everyone"),
        ("everyone = [1]", "needs a list of texts for everyone"),
        ("[", "cannot be read"),
    ],
)
def test_mistakes_in_the_access_file(tmp_path: Path, text: str, complaint: str) -> None:
    """Each mistake is one sentence that names the file and what to write."""
    file = tmp_path / "access.toml"
    file.write_text(text)
    with pytest.raises(UsageError) as error:
        read_rules(file)
    assert str(file) in str(error.value)
    assert complaint in str(error.value)


def test_missing_access_file(tmp_path: Path) -> None:
    """An access file that is set and not there is an error, never open access."""
    with pytest.raises(UsageError, match="is not there"):
        read_rules(tmp_path / "none.toml")
