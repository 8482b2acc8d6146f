"""How an answer came about, for `/why`, and a cited place in its document, for `/open`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from bot.answer import Answer, Citation, Nearest
from bot.cli.console import one_line, safe
from bot.cli.render import passage_place, passages_text, place

if TYPE_CHECKING:
    from rich.console import RenderableType

    from retrieval.model import Passage, Source

AROUND = 3  # lines shown before and after a cited place
BEGINNING = 60  # characters of a passage in the table


def explanation(answer: Answer, terminal: bool) -> Iterator[RenderableType]:
    """The passages with their scores, the prompt, the timings, what was withheld, and each decision."""
    yield from _section("Question as searched", answer.standalone_question)
    yield Text("Passages, best first", style="bold")
    yield _passages_table(answer.trace.passages) if terminal else passages_text(answer.trace.passages)
    yield from _section("Prompt", answer.trace.prompt or "none: the answer is quoted, no model was asked.")
    yield from _section("Decisions", "\n".join(answer.trace.decisions) or "none recorded.")
    yield from _section("Withheld", "\n".join(f"{item.text} ({item.reason})" for item in answer.withheld) or "nothing.")
    yield from _section("Answerer", f"{answer.answerer}, {_tokens(answer)}")
    yield from _section("Seconds", _seconds(answer))


def _section(title: str, text: str) -> Iterator[Text]:
    yield Text(title, style="bold")
    yield Text(safe(text) + "\n")


def _passages_table(passages: tuple[Passage, ...]) -> Table:
    table = Table("", "place", "dense", "lexical", "rerank", "score", "begins", header_style="bold", box=None)
    for number, passage in enumerate(passages, 1):
        scores = (passage.scores.dense, passage.scores.lexical, passage.scores.rerank, passage.score)
        cells = ["–" if value is None else f"{value:.3f}" for value in scores]
        begins = one_line(passage.chunk.text)[:BEGINNING]
        table.add_row(str(number), Text(passage_place(passage)), *cells, Text(begins))
    return table


def _tokens(answer: Answer) -> str:
    return f"{answer.usage.input_tokens} tokens read, {answer.usage.output_tokens} written"


def _seconds(answer: Answer) -> str:
    seconds = answer.seconds
    parts = (("retrieve", seconds.retrieve), ("rerank", seconds.rerank), ("answer", seconds.answer))
    return ", ".join(f"{name} {value:.3f}" for name, value in (*parts, ("total", seconds.total)))


def page_text(source: Source, cited: Citation | Nearest) -> Text:
    """The lines around a cited place, numbered as in the document, the quote in bold."""
    first, last = (max(1, cited.lines[0] - AROUND), cited.lines[1] + AROUND)
    result = Text().append(f"{place(cited)}\n", style="blue")
    offset = 0
    for number, line in enumerate(source.text.split("\n"), 1):
        if first <= number <= last:
            begin, end = (min(max(edge - offset, 0), len(line)) for edge in (cited.start, cited.end))
            result.append(f"{number:>5}  ", style="dim").append(safe(line[:begin]))
            result.append(safe(line[begin:end]), style="bold").append(f"{safe(line[end:])}\n")
        offset += len(line) + 1
    return result
