"""`ingest`, `forget`, `sources` and `show`: what is in the index."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from retrieval.ingest import IngestReport
    from retrieval.reader import DocumentInfo


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@click.option("--rebuild", is_flag=True, help="Read and embed everything anew.")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--allow-empty", is_flag=True, help="Accept that a folder which held documents is missing or empty.")
def ingest(paths: tuple[Path, ...], as_json: bool, rebuild: bool, dry_run: bool, allow_empty: bool) -> int:
    """Bring the index up to date with folders and files.

    Each PATH is a root: what was added, changed or removed under it is; other roots stay. Roots are remembered:
    without a PATH all of them are synced.
    """
    from bot.cli.console import err, one_line, out, progress, write_json
    from bot.pipeline import Bot
    from bot.settings import load_settings

    with Bot(load_settings()) as bot, progress() as report_progress:
        report = bot.ingest(paths, rebuild=rebuild, dry_run=dry_run, allow_empty=allow_empty, progress=report_progress)
    if as_json:
        write_json(report.to_json())
    else:
        out().print(f"{'Would be: ' if dry_run else ''}{summary(report)}")
        for failure in report.failures:
            err().print(f"{one_line(failure.source)}: {one_line(failure.error)}", style="red")
    return 1 if report.failed else 0


def summary(report: IngestReport) -> str:
    """What an ingest changed, in one line."""
    names = ("added", "updated", "removed", "unchanged", "failed", "skipped")
    counts = [f"{count} {name}" for name in names if (count := getattr(report, name))]
    size = f"{report.chunks} chunks, {report.duplicates} duplicates, {report.seconds:.1f} s."
    return f"{', '.join(counts) or 'nothing found'}. {size}"


@click.command()
@click.argument("root", metavar="ROOT")
def forget(root: str) -> None:
    """Drop a root and its documents from the index; the files stay."""
    from bot.cli.console import out, safe
    from bot.pipeline import Bot
    from bot.settings import load_settings

    with Bot(load_settings()) as bot:
        dropped = bot.forget(root)
    out().print(safe(f"Forgot {root}: {dropped} documents."))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--in", "globs", metavar="GLOB", multiple=True, help="Only documents that match; may be repeated.")
def sources(as_json: bool, globs: tuple[str, ...]) -> None:
    """List the indexed documents."""
    from bot.cli.console import out, write_json
    from bot.cli.inputs import scope
    from bot.pipeline import Bot
    from bot.settings import load_settings

    with Bot(load_settings()) as bot:
        documents = bot.sources(scope(globs))
    if as_json:
        write_json({"documents": [document_json(document) for document in documents]})
    else:
        from bot.cli.render import print_documents

        print_documents(out(), documents)


def document_json(document: DocumentInfo) -> dict[str, Any]:
    """An indexed document as JSON; times and dates as ISO 8601."""
    values = asdict(document)
    return {
        **values,
        "root": str(document.root),
        "date": document.date.isoformat() if document.date else None,
        "indexed_at": document.indexed_at.isoformat(),
    }


@click.command()
@click.argument("source", metavar="SOURCE")
@click.option("--start", type=click.IntRange(min=0), default=0, help="First character, from 0.")
@click.option("--end", type=click.IntRange(min=0), help="Character after the last.")
def show(source: str, start: int, end: int | None) -> None:
    """Print the exact extracted text of a document.

    Offsets of citations count its characters. Nothing is added, not even a line break at the end.
    """
    from bot.cli.console import write_exact
    from bot.pipeline import Bot
    from bot.settings import load_settings
    from retrieval.errors import UsageError

    with Bot(load_settings()) as bot:
        text = bot.show(source).text
    end = len(text) if end is None else end
    if not start <= end <= len(text):
        raise UsageError(f"{source} has the characters 0 to {len(text)}: give --start and --end within them, in order.")
    write_exact(text[start:end])
