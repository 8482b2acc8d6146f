"""`demo`: the bundled corpus, ingested and asked three questions, without a key, a server or a download."""

from __future__ import annotations

import shlex
import shutil
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings

QUESTIONS = (
    "Who gave the president a jar of cherry jam?",  # one fact
    "How many tonnes of wheat will Kessady deliver?",  # sources disagree
    "What was served at the dinner?",  # nobody says
)


@click.command()
def demo() -> None:
    """Ingest sample reports and answer three questions.

    The reports, on an invented summit, ship with the program. Where documents of your own are indexed already, the
    demo keeps to a data directory apart.
    """
    from bot.answer import Question
    from bot.cli.console import out, progress, safe
    from bot.cli.documents import summary
    from bot.cli.live import answer_live
    from bot.pipeline import Bot
    from bot.settings import load_settings

    corpus = bundled_corpus()
    settings, command = apart(load_settings(), corpus)
    with Bot(settings) as bot:
        with progress() as report_progress:
            report = bot.ingest([corpus], progress=report_progress)
        out().print(safe(f"{corpus}: {summary(report)}"))
        for question in QUESTIONS:
            out().print(f"\n> {question}\n", style="bold")
            answer_live(bot, settings, Question(question, answerer="extractive"))
    out().print(f"\nAsk your own: {command}\nAnd your own documents: {program()} ingest FOLDER", style="green")


def program() -> str:
    """How this program can be called again: by its name where a shell finds it, else by its path."""
    own, found = Path(sys.argv[0]), shutil.which("citebot")
    if own.name != "citebot" or (found and own.exists() and own.samefile(found)):
        return "citebot"
    return shlex.quote(str(own))


def bundled_corpus() -> Path:
    """The folder of reports that ships with the program."""
    return Path(str(files("evals") / "documents"))


def apart(settings: Settings, corpus: Path) -> tuple[Settings, str]:
    """Settings under which the demo touches no other document, and the command that goes on with them."""
    from bot.pipeline import Bot
    from bot.settings import variable
    from retrieval.errors import StoreError

    with Bot(settings) as bot:
        try:
            roots = {Path(document.root) for document in bot.sources()}
        except StoreError:  # nothing is indexed yet, or ingest will say what is wrong
            roots = set()
    if roots <= {corpus}:
        return settings, f"{program()} chat"
    away = settings.model_copy(
        update={"data_dir": settings.data_dir / "demo", "database_url": None, "chroma_url": None}
    )
    command = f"CITEBOT_DATA_DIR={shlex.quote(str(away.data_dir))} {program()} chat"
    shared = [variable(field) for field in ("database_url", "chroma_url") if getattr(settings, field)]
    return away, f"{command}, with {' and '.join(shared)} taken away" if shared else command
