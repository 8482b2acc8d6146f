"""Answers, passages and documents as text for a terminal or a pipe. What they hold is data: never markup or escapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.answer import Answer, Citation, Conflict, Nearest
from bot.cli.console import one_line, safe
from bot.dates import in_words

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from retrieval.model import Chunk, Passage
    from retrieval.reader import DocumentInfo

CONTEXT = 120  # characters of its surroundings shown on each side of a quote

Link = Callable[[Citation | Nearest], str | None]


def print_answer(console: Console, answer: Answer, link: Link) -> None:
    """The whole answer: its text and everything that supports it."""
    console.print(marked(answer.answer))
    print_evidence(console, answer, link)


def print_evidence(console: Console, answer: Answer, link: Link) -> None:
    """What stands below an answer: conflicts, numbered sources or nearest passages, and remarks."""
    for block in evidence(answer, link, indent=console.is_terminal):
        console.print()
        console.print(block)


def evidence(answer: Answer, link: Link, indent: bool) -> Iterator[RenderableType]:
    """The blocks below an answer. `indent` keeps wrapped lines of a quote indented, as only a terminal can."""
    yield from (conflict_text(conflict) for conflict in answer.conflicts)
    for citation in answer.citations:
        yield Group(_heading(f"[{citation.number}] ", citation, link), _quote(citation, answer, indent))
    if answer.nearest:
        yield Text("Nearest passages:", style="bold")
    for nearest in answer.nearest:
        yield Group(_heading("", nearest, link), _quote(nearest, answer, indent))
    remarks = remarks_text(answer)
    if remarks:
        yield remarks


def marked(text: str) -> Text:
    """An answer's text with its [n] markers in colour."""
    result = Text(safe(text))
    result.highlight_regex(r"\[\d+\]", "cyan")
    return result


def conflict_text(conflict: Conflict) -> Text:
    """What sources disagree about, a line for each side."""
    lines = Text(f"Sources disagree: {one_line(conflict.about)}", style="yellow")
    for side in conflict.sides:
        markers = "".join(f"[{number}]" for number in side.citations)
        lines.append("\n  ").append_text(marked(f"{one_line(side.value)} {markers}"))
    return lines


def _heading(prefix: str, cited: Citation | Nearest, link: Link) -> Text:
    """`[1] Title · file:line, 18 June 2023`, the place being a link where there is one."""
    target = link(cited)
    heading = Text().append(prefix, style="cyan").append(one_line(cited.title), style="bold").append(" · ", style="dim")
    heading.append(place(cited), style=Style(color="blue", link=target))
    if isinstance(cited, Citation) and cited.date:
        heading.append(f", {in_words(cited.date)}", style="dim")
    return heading


def place(cited: Citation | Nearest) -> str:
    """Where a quote stands: `report.txt:9-12`, or `report.pdf, page 3`."""
    source = one_line(cited.source)
    if cited.page is not None:
        return f"{source}, page {cited.page}"
    first, last = cited.lines
    return f"{source}:{first}" if first == last else f"{source}:{first}-{last}"


def _quote(cited: Citation | Nearest, answer: Answer, indent: bool) -> RenderableType:
    """The quote in bold within its surroundings."""
    before, after = surroundings(cited, answer.trace.passages)
    text = Text(before, style="dim").append(one_line(cited.quote), style="not dim bold").append(after)
    return Padding(text, (0, 0, 0, 4)) if indent else Text("    ").append_text(text)


def surroundings(cited: Citation | Nearest, passages: Iterable[Passage]) -> tuple[str, str]:
    """What stands before and after a quote in the passage it was read in, without boilerplate, cut at words."""
    for passage in passages:
        chunk = passage.chunk
        if chunk.source == cited.source and chunk.start <= cited.start and cited.end <= chunk.end:
            before = [(s.start, min(s.end, cited.start)) for s in chunk.sentences if s.start < cited.start]
            after = [(max(s.start, cited.end), s.end) for s in chunk.sentences if s.end > cited.end]
            return _tail(_joined(chunk, before)), _head(_joined(chunk, after))
    return "", ""


def _joined(chunk: Chunk, spans: Iterable[tuple[int, int]]) -> str:
    return one_line(" ".join(chunk.between(start, end) for start, end in spans))


def _tail(text: str) -> str:
    if len(text) > CONTEXT:
        text = "… " + text[-CONTEXT:].partition(" ")[2]
    return f"{text} " if text else ""


def _head(text: str) -> str:
    if len(text) > CONTEXT:
        text = text[:CONTEXT].rpartition(" ")[0] + " …"
    return f" {text}" if text else ""


def remarks_text(answer: Answer) -> Text:
    """The notice, what went wrong, and how many statements were withheld; empty if there is nothing to remark."""
    remarks = [one_line(remark) for remark in (answer.notice, answer.error) if remark]
    if answer.withheld:
        count = len(answer.withheld)
        statements = "1 statement was" if count == 1 else f"{count} statements were"
        remarks.append(f"{statements} withheld: the documents do not support what was drafted.")
    return Text("\n".join(remarks), style="yellow")


def passages_text(passages: Sequence[Passage]) -> Text:
    """Ranked passages with their scores, for `search`."""
    if not passages:
        return Text("No passage matches.")
    blocks = []
    for number, passage in enumerate(passages, 1):
        block = Text(f"{number}. ", style="cyan").append(one_line(passage.title), style="bold")
        block.append(f" · {passage_place(passage)}", style="blue").append(f"  {scores_text(passage)}\n", style="dim")
        blocks.append(block.append(f"    {one_line(passage.chunk.text)}", style="not bold"))
    return Text("\n").join(blocks)


def passage_place(passage: Passage) -> str:
    """Where a passage stands, with the number of its copies elsewhere."""
    first, last = passage.lines
    where = f", page {passage.page}" if passage.page is not None else f":{first}-{last}"
    copies = f" (+{len(passage.copies)} copies)" if passage.copies else ""
    return f"{one_line(passage.source)}{where}{copies}"


def scores_text(passage: Passage) -> str:
    """The scores of those retrievers that found the passage."""
    scores = passage.scores
    named = (("dense", scores.dense), ("lexical", scores.lexical), ("rerank", scores.rerank))
    return " ".join(f"{name} {value:.2f}" for name, value in named if value is not None)


def print_documents(console: Console, documents: Sequence[DocumentInfo]) -> None:
    """The indexed documents: a table on a terminal, tab-separated lines elsewhere."""
    if not console.is_terminal:
        for document in documents:
            console.file.write("\t".join(_document_row(document)) + "\n")  # rich would turn tabs into spaces
        return
    table = Table("source", "date", "chunks", "title", box=None, header_style="bold", pad_edge=False)
    for document in documents:
        table.add_row(*(Text(cell) for cell in _document_row(document)))
    console.print(table)


def _document_row(document: DocumentInfo) -> tuple[str, str, str, str]:
    dated = document.date.isoformat() if document.date else ""
    return one_line(document.source), dated, str(document.chunks), one_line(document.title)
