"""The help of every command as Markdown, for docs/cli.md: `make docs` writes it, a test compares it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from bot.cli.program import citebot

INTRODUCTION = """\
# Command line

Made of the program's own help by `make docs`. Exit codes: 0 done (a refusal is done), 1 the work failed in part or
whole and what succeeded is kept, 2 wrong usage or settings, 130 interrupted. Errors are one sentence on standard
error; `--json` writes one UTF-8 document to standard output and nothing else. `python -m bot` is the same program.
"""


def reference() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_sections(citebot, None, "citebot")])


def _sections(command: click.Command, parent: click.Context | None, name: str) -> Iterator[str]:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True, terminal_width=100)
    yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            inner = command.get_command(context, child)
            if inner is not None:
                yield from _sections(inner, context, child)


if __name__ == "__main__":
    print(reference(), end="")
