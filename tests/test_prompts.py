"""The prompts: filling them in, and that they ship."""

from __future__ import annotations

from importlib.resources import files

import pytest

from prompts import render


def test_values_are_filled_in_as_they_are() -> None:
    """A value may hold dollar signs, braces and the names of other values without being read again."""
    prompt = render("standalone", conversation="User: costs $question {question} $5", question="And in May?")
    assert "User: costs $question {question} $5" in prompt
    assert "Last question: And in May?" in prompt


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"question": "x"}, "missing ['conversation'], unknown nothing"),
        ({"question": "x", "conversation": "y", "tone": "z"}, "missing nothing, unknown ['tone']"),
    ],
)
def test_values_must_be_those_of_the_prompt(values: dict[str, str], complaint: str) -> None:
    """A missing value and a superfluous one are programming errors that name it."""
    with pytest.raises(ValueError) as error:
        render("standalone", **values)
    assert complaint in str(error.value)


@pytest.mark.parametrize("name", ["nowhere", "../README", "", "answer.md"])
def test_an_unknown_prompt_is_an_error(name: str) -> None:
    """A name that is no prompt's, also a path, is a programming error that names it."""
    with pytest.raises(ValueError, match="there is no prompt"):
        render(name)


def test_every_prompt_is_valid() -> None:
    """Each file beside the package can be rendered with the values it asks for."""
    names = [file.name.removesuffix(".md") for file in files("prompts").iterdir() if file.name.endswith(".md")]
    assert {"answer", "passages", "standalone"} <= set(names)
    for name in names:
        wanted = _wanted(name)
        assert all(f"<{word}>" in render(name, **{w: f"<{w}>" for w in wanted}) for word in wanted)


def _wanted(name: str) -> list[str]:
    from string import Template

    return Template(files("prompts").joinpath(f"{name}.md").read_text(encoding="utf-8")).get_identifiers()
