"""Data in Slack's markups: it shows as it is and does nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.slack import text
from tests.slack.world import BARE_LINK, SPECIAL, plain_markdown

PIECES = st.sampled_from(
    ["<!channel>", "<@U123>", "<!subteam^S1>", "@here", "https://evil.example/?q=1", "www.evil.example", "[1]", "[a]",
     "(https://x.y/z)", "evil.example/leak", "a@evil.example", "**", "`", "```", "\n", "\n\n", "# ", "- ", "1. ",
     "    ", "> ", "|", "&lt;!channel&gt;", "&", "<", ">", "\\", "![x](http://y.z)", "[1]: http://x.y", "---", "_",
     "~~", "word", " "]
)  # fmt: skip
HOSTILE = st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join)


def _words(value: str) -> str:
    return re.sub(r"[\s\u2060\x00]+", "", value)


HARMLESS = {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
HARMLESS |= {"bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"}


@given(HOSTILE)
def test_markdown_shows_the_text_itself(value: str) -> None:
    """Escaped Markdown renders as plain paragraphs and bullets that read exactly as the text."""
    tokens = MarkdownIt("commonmark").parse(text.markdown(value))
    kinds = {token.type for token in tokens} | {c.type for token in tokens for c in token.children or ()}
    assert kinds <= HARMLESS
    lines = re.split(r"\r\n|[\r\n]", value.encode("utf-8", "replace").decode())
    clean = [re.sub(r"^[ \t]*- +(?=\S)", "", line) for line in lines]
    assert _words(plain_markdown(text.markdown(value))) == _words("".join(clean))


@given(st.lists(HOSTILE, min_size=2, max_size=4))
def test_pieces_escaped_one_by_one_stay_harmless_when_joined(values: list[str]) -> None:
    """A stream sends its statements one by one: what one ends with cannot make markup of what the next begins with."""
    tokens = MarkdownIt("commonmark").parse("".join(map(text.markdown, values)))
    assert not [child for token in tokens for child in token.children or () if child.type.startswith(("link", "image"))]


@given(HOSTILE)
def test_nothing_calls_or_opens(value: str) -> None:
    """No special mention, no user or group and no address is left in either markup."""
    for escaped in (text.markdown(value), text.entities(value), text.defuse(value)):
        assert not SPECIAL.search(escaped)
        assert not BARE_LINK.search(escaped)
        assert "mailto:" + text.JOINER in escaped or "mailto:" not in escaped.lower()


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("<@UBOT> how long was it?", "how long was it?"),
        ("<@UBOT>", ""),
        ("ask <@U2|ada> or <@U3>", "ask @ada or @someone"),
        ("see <https://a.example/b|the page> in <#C1|general>", "see the page in #general"),
        ("<https://a.example/b>", "https://a.example/b"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<!here> and <!subteam^S1|@team>", "@here and @team"),
    ],
)
def test_what_people_write_becomes_plain_words(written: str, plain: str) -> None:
    """Slack's own markup in a message reads as it looks to a person; the bot's mention is not part of the question."""
    assert text.said(written, "UBOT") == plain


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("They met. [1][2]", "They met. [1][2]"),
        ("\n- one [1]\n- two", "\n- one [1]\n- two"),
        ("- # no heading", "- \\# no heading"),
        ("one\ntwo", "one\n\ntwo"),
        ("one\n-", "one\n\n\\-"),
        ("[1](x)", "\\[1\\](x)"),
        ("(x)", "\\(x)"),
        ("1. first", "1\\. first"),
        ("snake_case 2*3", "snake\\_case 2\\*3"),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_markdown(value: str, escaped: str) -> None:
    """What is escaped is what Markdown would take for its own."""
    assert text.markdown(value) == escaped


def test_mentions_of_others() -> None:
    """Only a mention of another person counts, neither the bot's own nor one of a channel."""
    assert text.mentions_others("<@U2> what do you think?", "UBOT")
    assert not text.mentions_others("<@UBOT> see <#C1|general>", "UBOT")
