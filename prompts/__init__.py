"""The wording of every prompt: one Markdown file each, filled in by `render`. Nothing here talks to a model."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


def render(name: str, **values: str) -> str:
    """The prompt `NAME.md` with each `$word` of it replaced by the value of that name.

    Values are inserted as they are: a `$` in one means nothing. Raises ValueError where there is no such prompt, a
    value is missing, or one is given that the prompt does not use.
    """
    template = _template(name)
    wanted, given = set(template.get_identifiers()), set(values)
    if wanted != given:
        missing, unknown = sorted(wanted - given) or "nothing", sorted(given - wanted) or "nothing"
        raise ValueError(f"prompt {name}: missing {missing}, unknown {unknown}")
    return template.substitute(values)


@cache
def _template(name: str) -> Template:
    file = files(__name__).joinpath(f"{name}.md")
    if not name.isidentifier() or not file.is_file():
        raise ValueError(f"there is no prompt {name!r}")
    template = Template(file.read_text(encoding="utf-8").strip())
    if not template.is_valid():
        raise ValueError(f"prompt {name} has a $ that begins no name: write $$")
    return template
