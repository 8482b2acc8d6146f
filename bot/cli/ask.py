"""`ask`: one cited answer, or a batch of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import click

from retrieval.errors import UsageError, UserError

if TYPE_CHECKING:
    from bot.answer import Question
    from bot.cli.inputs import BatchLine
    from bot.pipeline import Bot
    from bot.settings import Settings

Answerer = Literal["extractive", "llm"]


@click.command()
@click.argument("question", metavar="QUESTION", required=False)
@click.option("--batch", type=click.File("rb"), metavar="FILE", help="Answer the questions of a JSONL file, or of -.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON document.")
@click.option("--history", type=click.Path(path_type=Path), metavar="FILE", help="Earlier turns, as JSON or JSONL.")
@click.option("--in", "globs", metavar="GLOB", multiple=True, help="Only documents that match; may be repeated.")
@click.option("-k", type=click.IntRange(1, 50), metavar="N", help="How many passages to read.")
@click.option("--answerer", type=click.Choice(["extractive", "llm"]), help="Quotes, or the model.")
def ask(
    question: str | None,
    batch: BinaryIO | None,
    as_json: bool,
    history: Path | None,
    globs: tuple[str, ...],
    k: int | None,
    answerer: Answerer | None,
) -> int:
    """Answer one question with citations.

    QUESTION may be - to read it from standard input. A line of a batch is
    {"id", "question", "history"?: [{"role", "content"}], "in"?: glob}; each gives one line of JSON, in order.
    """
    from bot.answer import Question
    from bot.cli.inputs import argument, question_text, read_history, scope
    from bot.settings import load_settings

    settings = load_settings()
    if answerer == "llm" and not settings.has_endpoint:
        raise UsageError("--answerer llm needs a model: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    if (question is None) == (batch is None):
        raise UsageError("Give one question, in quotation marks, or --batch FILE.")
    asked = Question("", scope=scope(globs), k=k, answerer=answerer)
    if batch is not None:
        if history is not None:
            raise UsageError("With --batch each line carries its own history: leave out --history.")
        return answer_batch(settings, batch, asked)
    turns = read_history(history) if history else ()
    answer_one(settings, replace(asked, text=question_text(argument(question or "")), history=turns), as_json)
    return 0


def answer_one(settings: Settings, question: Question, as_json: bool) -> None:
    """Print the answer to one question: as JSON, or for a reader, streamed on a terminal."""
    from bot.cli.console import err, write_json
    from bot.pipeline import Bot

    with Bot(settings) as bot:
        if question.scope.groups and not bot.sources(question.scope):
            err().print("No indexed document matches --in; `citebot sources` lists them.")
        if as_json:
            write_json(bot.ask(question).to_json())
        else:
            from bot.cli.live import answer_live

            answer_live(bot, settings, question)


def answer_batch(settings: Settings, lines: Iterable[bytes], asked: Question) -> int:
    """Answer the questions of a batch one by one, each as a line of JSON; returns 1 where one failed."""
    from bot.cli.console import write_json
    from bot.cli.inputs import batch
    from bot.pipeline import Bot

    failed = False
    with Bot(settings) as bot:
        for line in batch(lines):
            result = _batch_result(bot, line, asked)
            failed = failed or "error" in result
            write_json(result, indent=None)
    return int(failed)


def _batch_result(bot: Bot, line: BatchLine, asked: Question) -> dict[str, object]:
    if line.error:
        return {"id": line.id, "error": line.error}
    scope = asked.scope.narrowed(line.globs) if line.globs else asked.scope
    try:
        answer = bot.ask(replace(asked, text=line.question, history=line.history, scope=scope))
    except UserError as error:
        return {"id": line.id, "error": str(error)}
    return {"id": line.id, **answer.to_json()}
