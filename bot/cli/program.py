"""The program's commands, and what becomes of an error: an exit code and one plain sentence on stderr."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import signal
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli.main import interrupted
from retrieval.errors import UserError

# By name, so that `--help` and one command do not pay for the others. `eval` stands above bot in the layers, which
# is why bot may name but not import it.
COMMANDS = {
    "ingest": "bot.cli.documents:ingest",
    "forget": "bot.cli.documents:forget",
    "sources": "bot.cli.documents:sources",
    "show": "bot.cli.documents:show",
    "ask": "bot.cli.ask:ask",
    "search": "bot.cli.search:search",
    "chat": "bot.cli.chat:chat",
    "demo": "bot.cli.demo:demo",
    "eval": "evals.command:eval_command",
    "slack": "bot.cli.slack:slack",
    "feedback": "bot.cli.slack:feedback",
    "doctor": "bot.cli.doctor:doctor",
}


class Program(click.Group):
    """A group that imports a command when it is used or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- as above
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        if DEBUG not in command.params:
            command.params.append(DEBUG)
        return command


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"citebot {version('citebot')}")
        ctx.exit()


# Only declared here: `run` reads it itself, because it must know where parsing fails.
DEBUG = click.Option(["--debug"], is_flag=True, expose_value=False, help="Show the traceback of an error.")
VERSION = click.Option(
    ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)

citebot = Program(
    "citebot",
    commands={name: click.Command(name) for name in COMMANDS},  # the names, for "Did you mean"
    params=[VERSION, DEBUG],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Ask a folder of documents; get an answer in which every statement carries a verbatim quote.",
    epilog="Begin with: citebot ingest FOLDER, then: citebot chat. Settings come from the environment or .env.",
)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code: 0 done, 1 failed in part or whole, 2 usage.

    Ctrl-C goes through as KeyboardInterrupt.
    """
    _open_closed_streams()
    if "--debug" not in arguments:
        _silence_libraries()
    try:
        with citebot.make_context("citebot", list(arguments)) as context:
            code = citebot.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except BrokenPipeError:  # the reader has seen enough
        return 1
    except Exception as error:  # the program's edge: nothing may end in a traceback
        if interrupted.is_set() and not isinstance(error, UserError):
            raise KeyboardInterrupt from error
        if "--debug" in arguments:
            traceback.print_exception(error)
        return _report(error)


def _open_closed_streams() -> None:
    """Standard streams that were closed before the start, which Python leaves out, read and write nothing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 -- for the program's life


def _silence_libraries() -> None:
    """Keep stderr for this program's own sentences: libraries' warnings and unhandled log records are for --debug."""
    logging.lastResort = logging.NullHandler()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def leave_quietly() -> None:
    """Keep the interpreter's own last steps from complaining about a closed pipe or another Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the work is done
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(error: Exception) -> int:
    """Say on stderr, in one line, what is wrong and what to do; returns the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    sentence, code = _outcome(error)
    with contextlib.suppress(BrokenPipeError):
        click.echo(f"{click.style('Error:', fg='red')} {sentence}", err=True)
    return code


def _outcome(error: Exception) -> tuple[str, int]:
    if isinstance(error, UserError):
        return str(error), error.exit_code
    if isinstance(error, click.UsageError):
        command = error.ctx.command_path if error.ctx else "citebot"
        return f"{error.format_message()} See `{command} --help`.", error.exit_code
    if isinstance(error, click.ClickException):
        return error.format_message(), error.exit_code
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        return f"The system refused: {error.strerror or error}{where}; make room or rights there and try again.", 1
    return f"Something unforeseen went wrong ({type(error).__name__}): add --debug to see where, and report it.", 1
