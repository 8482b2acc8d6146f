"""An answer as it comes: statements flow onto a terminal when they are verified; a pipe gets the whole."""

from __future__ import annotations

import re
from glob import escape
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from rich.cells import cell_len

from bot.answer import Answer, Citation, Done, Nearest, Progress, Question, Statement
from bot.cli.console import err, one_line, out
from bot.cli.render import Link, marked, print_answer, print_evidence
from bot.links import link
from retrieval.model import Scope

if TYPE_CHECKING:
    from rich.console import Console

    from bot.pipeline import Bot
    from bot.settings import Settings


def answer_live(bot: Bot, settings: Settings, question: Question) -> Answer:
    """Answer `question` on standard output; returns the answer."""
    console = out()
    if not console.is_terminal:
        answer = bot.ask(question)
        print_answer(console, answer, links(bot, settings, answer))
        return answer
    answer = _streamed(bot, question, console)
    print_evidence(console, answer, links(bot, settings, answer))
    return answer


def _streamed(bot: Bot, question: Question, console: Console) -> Answer:
    """Print statements as they arrive, with a status line until the first; returns the finished answer."""
    column = 0
    status = err().status("Reading")
    with status:
        for event in bot.stream(question):
            match event:
                case Progress(text):
                    status.update(marked(one_line(text)))
                case Statement(text):
                    status.stop()
                    column = flow(console, text, column)
                case Done(answer):
                    console.print()
                    return answer
    raise AssertionError("a stream ends with Done")


def flow(console: Console, text: str, column: int) -> int:
    """Print `text` from `column` on, broken between words at the console's width; returns the column it ends in."""
    for piece in re.findall(r"\n|[^\S\n]+|\S+", text):
        if piece == "\n" or column + cell_len(piece) > console.width:
            console.print()
            column = 0
        if not piece.isspace() or (column and piece != "\n"):
            console.print(marked(piece), end="", soft_wrap=True)
            column += cell_len(piece)
    return column


def links(bot: Bot, settings: Settings, answer: Answer) -> Link:
    """What opens each cited place: `CITEBOT_SOURCE_URL`, else on a terminal the file itself."""
    template = settings.source_url
    if template is not None:
        return lambda cited: link(template, cited)
    cited_all: tuple[Citation | Nearest, ...] = (*answer.citations, *answer.nearest)
    names = [escape(cited.source) for cited in cited_all]
    if not out().is_terminal or not names:
        return lambda _: None
    documents = bot.sources(Scope().narrowed(names))
    files = {document.source: file_of(document.root, document.source) for document in documents}
    return lambda cited: _address(files.get(cited.source))


def file_of(root: str, source: str) -> Path | None:
    """The file of a document; where two roots have one of that path, `source` begins with folders of the root."""
    base, parts = Path(root), PurePosixPath(source).parts
    if base.is_file():
        return base
    paths = (base.joinpath(*parts[k:]) for k in range(len(parts)) if not k or base.parts[-k:] == parts[:k])
    return next((path for path in paths if path.is_file()), None)


def _address(file: Path | None) -> str | None:
    return file.absolute().as_uri() if file is not None else None
