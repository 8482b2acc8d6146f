"""`chat`: a conversation in the terminal, with commands that show how an answer came about."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from retrieval.errors import UserError

if TYPE_CHECKING:
    from bot.answer import Answer, Citation, Nearest, Turn
    from bot.pipeline import Bot
    from bot.settings import Settings

PROMPT = "> "
MAX_TURNS = 20  # of the conversation, kept for follow-ups

HELP = """\
/why         how the last answer came about: passages, scores, prompt, timings, decisions
/open N      the cited text number N in its surroundings, with its line numbers
/sources     the indexed documents
/save FILE   write the conversation to a new Markdown file
/clear       forget the conversation
/help        this list
/quit        leave, as Ctrl-D does"""

COMMANDS = ("/why", "/open", "/sources", "/save", "/clear", "/help", "/quit")


@dataclass
class Conversation:
    """What was said so far: the turns that follow-ups refer to, and every answer for `/why`, `/open` and `/save`."""

    bot: Bot
    settings: Settings
    turns: list[Turn] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


@click.command()
def chat() -> None:
    """Talk about the indexed documents.

    Follow-up questions may refer to what was said. /help lists the commands that show how an answer came about.
    """
    from bot.cli.console import err, out
    from bot.pipeline import Bot
    from bot.settings import load_settings

    settings = load_settings()
    with Bot(settings) as bot:
        documents = bot.sources()
        with err().status("Loading the models"):
            bot.warm()
        out().print(f"{len(documents)} documents. Ask, or /help.")
        conversation = Conversation(bot, settings)
        for line in lines(settings.data_dir):
            if line in ("/quit", "/exit"):
                break
            respond(conversation, line)


def lines(data_dir: Path) -> Iterator[str]:
    """What the user enters, line by line: edited on a terminal, read and repeated in a pipe."""
    from bot.cli.console import out, safe

    if sys.stdin.isatty() and sys.stdout.isatty():
        yield from _edited_lines(data_dir)
        return
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", "replace").strip()
        if line:
            out().print(f"\n{PROMPT}{safe(line)}")
            yield line


def _edited_lines(data_dir: Path) -> Iterator[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    past = data_dir / "chat_history"
    try:
        past.touch(mode=0o600)
        session: PromptSession[str] = PromptSession(history=FileHistory(str(past)))
    except OSError:  # a data directory that cannot be written still answers
        session = PromptSession(history=InMemoryHistory())
    while True:
        try:
            line = session.prompt(PROMPT).strip()
        except EOFError:
            return
        if line:
            yield line


def respond(conversation: Conversation, line: str) -> None:
    """Answer one line, a question or a command; what goes wrong is said and the conversation goes on."""
    from bot.cli.console import err, one_line
    from bot.cli.main import interrupted

    try:
        if line.startswith("/"):
            _command(conversation, line)
        else:
            _ask(conversation, line)
    except UserError as error:
        err().print(one_line(str(error)), style="red")
    except KeyboardInterrupt:
        if not sys.stdin.isatty():
            raise
        interrupted.clear()
        err().print("\nStopped.", style="red")


def _ask(conversation: Conversation, line: str) -> None:
    from bot.answer import Question, Turn
    from bot.cli.inputs import question_text
    from bot.cli.live import answer_live

    question = Question(question_text(line), history=tuple(conversation.turns))
    answer = answer_live(conversation.bot, conversation.settings, question)
    conversation.answers.append(answer)
    conversation.turns += [Turn("user", question.text), Turn("assistant", answer.answer)]
    del conversation.turns[:-MAX_TURNS]


def _command(conversation: Conversation, line: str) -> None:
    from bot.cli.console import out
    from bot.cli.render import print_documents

    name, _, argument = line.partition(" ")
    match name:
        case "/why":
            _why(conversation)
        case "/open":
            _open(conversation, argument.strip())
        case "/sources":
            print_documents(out(), conversation.bot.sources())
        case "/save":
            _save(conversation, argument.strip())
        case "/clear":
            conversation.turns.clear()
            conversation.answers.clear()
            out().print("The conversation starts anew.")
        case "/help":
            out().print(HELP)
        case _:
            close = difflib.get_close_matches(name, COMMANDS, n=1)
            raise UserError(f"{name} is no command: {f'did you mean {close[0]}?' if close else 'see /help.'}")


def _last(conversation: Conversation) -> Answer:
    if not conversation.answers:
        raise UserError("Nothing has been asked yet: ask a question first.")
    return conversation.answers[-1]


def _why(conversation: Conversation) -> None:
    from bot.cli.console import out
    from bot.cli.why import explanation

    for block in explanation(_last(conversation), out().is_terminal):
        out().print(block)


def _open(conversation: Conversation, number: str) -> None:
    from bot.cli.console import out
    from bot.cli.why import page_text

    cited = _cited(_last(conversation), number)
    out().print(page_text(conversation.bot.show(cited.source), cited))


def _cited(answer: Answer, number: str) -> Citation | Nearest:
    """The citation, or of a refusal the nearest passage, of that number."""
    numbered: tuple[Citation | Nearest, ...] = answer.citations or answer.nearest
    if number.isdecimal() and 1 <= int(number) <= len(numbered):
        return numbered[int(number) - 1]
    if not numbered:
        raise UserError("The last answer cites nothing: ask something else first.")
    raise UserError(f"Give a number from 1 to {len(numbered)}, as in /open 1.")


def _save(conversation: Conversation, name: str) -> None:
    from bot.cli.console import out, safe
    from bot.cli.transcript import transcript

    if not name:
        raise UserError("Give the name of a new file, as in /save talk.md.")
    _last(conversation)
    file = Path(name).expanduser()
    try:
        with file.open("x", encoding="utf-8", errors="replace") as stream:
            stream.write(transcript(conversation.answers))
    except FileExistsError:
        raise UserError(f"{file} is there already and stays as it is: give another name.") from None
    except OSError as error:
        raise UserError(f"{file} cannot be written ({error.strerror}): give another name.") from error
    out().print(safe(f"Saved to {file}."))
