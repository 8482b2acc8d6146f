"""`search`: the ranked passages, without an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from retrieval.model import Passage


@click.command()
@click.argument("query", metavar="QUERY")
@click.option("-k", type=click.IntRange(1, 100), default=10, show_default=True, metavar="N", help="How many passages.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--in", "globs", metavar="GLOB", multiple=True, help="Only documents that match; may be repeated.")
def search(query: str, k: int, as_json: bool, globs: tuple[str, ...]) -> None:
    """List the passages behind an answer, best first.

    These are what a question would be answered from, with the scores of each retriever.
    """
    from bot.cli.console import out, write_json
    from bot.cli.inputs import argument, question_text, scope
    from bot.pipeline import Bot
    from bot.settings import load_settings

    text = question_text(argument(query), "query")
    with Bot(load_settings()) as bot:
        passages = bot.search(text, k, scope(globs))
    if as_json:
        write_json({"query": text, "passages": [passage_json(passage) for passage in passages]})
    else:
        from bot.cli.render import passages_text

        out().print(passages_text(passages))


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage as `search --json` shows it; offsets index into the text that `show` prints."""
    scores = passage.scores
    return {
        "source": passage.source,
        "title": passage.title,
        "start": passage.chunk.start,
        "end": passage.chunk.end,
        "page": passage.page,
        "lines": list(passage.lines),
        "text": passage.chunk.text,
        "score": passage.score,
        "scores": {"dense": scores.dense, "lexical": scores.lexical, "rerank": scores.rerank},
        "copies": list(passage.copies),
    }
