"""Questions, conversations and batches from outside: what is taken, and the sentence for what is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Turn
from bot.cli.inputs import MAX_CHARACTERS, BatchLine, batch, question_text, read_history, scope, turns
from retrieval.errors import UsageError

EMPTY = "The question is empty: write what you want to know."
WORDLESS = "The question holds no word: write what you want to know."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  Who\n\tsigned? ", "Who signed?"),
        ("Who\x00 si\x1bgned\x7f?", "Who signed?"),
        ("Wer hat unterschrieben?", "Wer hat unterschrieben?"),
        ("誰が署名しましたか", "誰が署名しましたか"),
        ("مَن وقّع؟", "مَن وقّع؟"),
        ("1890?", "1890?"),
        ("caf\udce9", "caf?"),  # an argument that was not UTF-8
        ("a" * MAX_CHARACTERS, "a" * MAX_CHARACTERS),
    ],
)
def test_question_is_cleaned(raw: str, text: str) -> None:
    """A question is one line without control characters, in any script."""
    assert question_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", EMPTY),
        (" \n\t\x00\x1b", EMPTY),
        ("?!… --", WORDLESS),
        ("🙂", WORDLESS),
        ("why " * 25_000, "The question has more than 2,000 characters: make it shorter."),
    ],
)
def test_question_that_is_none(raw: str, message: str) -> None:
    """What cannot be a question is one sentence that says what to do."""
    with pytest.raises(UsageError) as error:
        question_text(raw)
    assert str(error.value) == message


@given(st.text(st.characters(codec=None), max_size=200))
def test_question_never_carries_controls(raw: str) -> None:
    """Whatever is typed, what goes on is printable on one line and encodes as UTF-8."""
    try:
        text = question_text(raw)
    except UsageError:
        return
    text.encode("utf-8")
    assert not any(character < " " or "\x7f" <= character < "\xa0" for character in text)


def test_scope_without_globs_is_everything() -> None:
    """No glob allows every document, several allow what matches one of them."""
    assert scope(()).allows("any")
    assert scope(("a/*", "b.txt")).allows("b.txt")
    assert not scope(("a/*", "b.txt")).allows("c.txt")


TURNS = (Turn("user", "Who signed?"), Turn("assistant", "Vask. [1]"))


@pytest.mark.parametrize("form", ["list", "lines", "with BOM"])
def test_history_file(tmp_path: Path, form: str) -> None:
    """A conversation is a JSON list or one turn on each line."""
    items = [{"role": turn.role, "content": turn.content} for turn in TURNS]
    text = json.dumps(items) if form == "list" else "\n\n".join(map(json.dumps, items)) + "\n"
    file = tmp_path / "talk.json"
    file.write_text(text, encoding="utf-8-sig" if form == "with BOM" else "utf-8")
    assert read_history(file) == TURNS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read (No such file or directory): --history wants a file of turns."),
        (b"\xff\xfe", "is neither a JSON list of turns nor one turn on each line."),
        (b"[" * 100_000, "is neither a JSON list of turns nor one turn on each line."),
        (b" " * 1_000_001, "is larger than 1 MB: keep the last turns only."),
        (b"[]", ""),
    ],
)
def test_history_that_is_none(tmp_path: Path, content: bytes | None, message: str) -> None:
    """A file of no turns is fine; one that cannot be read is a sentence that names it."""
    file = tmp_path / "talk.json"
    if content is not None:
        file.write_bytes(content)
    if not message:
        assert read_history(file) == ()
        return
    with pytest.raises(UsageError) as error:
        read_history(file)
    assert str(error.value) == f"{file} {message}"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"role": "user"}, "The history must be a list of turns."),
        ([{"role": "system", "content": "x"}], "Turn 1 of the history must be"),
        ([{"role": "user", "content": "x"}, {"role": "user", "content": None}], "Turn 2 of the history must be"),
        (["x"], "Turn 1 of the history must be"),
    ],
)
def test_turns_that_are_none(value: Any, message: str) -> None:
    """A wrong turn is named by its number."""
    with pytest.raises(UsageError) as error:
        turns(value)
    assert str(error.value).startswith(message)


def test_batch_lines() -> None:
    """Each line of a batch is a question with its id, history and glob; blank lines are none."""
    line = {"id": 7, "question": " Who? ", "history": [{"role": "user", "content": "Hm"}], "in": "a/*"}
    lines = [json.dumps(line).encode(), b"  \n", b'{"question": "When?", "in": ["a", "b"]}\n']
    assert list(batch(lines)) == [
        BatchLine(7, "Who?", (Turn("user", "Hm"),), ("a/*",)),
        BatchLine(None, "When?", (), ("a", "b")),
    ]


@pytest.mark.parametrize(
    ("line", "id", "error"),
    [
        (b"{", None, "Line 2 is not JSON."),
        (b"\xff", None, "Line 2 is not JSON."),
        (b"[" * 100_000, None, "Line 2 is not JSON."),
        (b"[1]", None, "Line 2 is not a JSON object."),
        (b'{"id": "a"}', "a", 'The line has no "question" that is a text.'),
        (b'{"id": "a", "question": 3}', "a", 'The line has no "question" that is a text.'),
        (b'{"id": "a", "question": " "}', "a", EMPTY),
        (b'{"id": "a", "question": "-"}', "a", WORDLESS),
        (b'{"id": "a", "question": "b", "history": "c"}', "a", "The history must be a list of turns."),
        (b'{"id": "a", "question": "b", "in": [1]}', "a", '"in" must be a glob such as "reports/*".'),
        (b'{"id": "a", "question": "b", "in": {"c": 1}}', "a", '"in" must be a glob such as "reports/*".'),
    ],
)
def test_bad_batch_line(line: bytes, id: str | None, error: str) -> None:
    """A bad line carries its id where that can be read, and what is wrong; the lines around it stand."""
    good = b'{"id": 1, "question": "Who?"}'
    before, bad, after = batch([good, line, good])
    assert bad == BatchLine(id, error=error)
    assert before == after == BatchLine(1, "Who?")
