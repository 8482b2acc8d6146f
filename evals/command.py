"""`citebot eval`: the offline evaluation on the command line. Everything heavy is imported when the command runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from bot.settings import Settings
    from evals.results import Json
    from evals.sets import EvalSet

DEFAULT = ("bundled",)
FORMAT = 1
WIDTH = 120  # of a table where no terminal says

_file = click.Path(path_type=Path)


@click.command("eval")
@click.argument("sets", metavar="[SET]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
@click.option("--report", type=_file, metavar="DIR", help="Write report.html and report.json there.")
@click.option("--baseline", type=_file, metavar="FILE", help="Compare with a saved evaluation.")
@click.option("--save-baseline", type=_file, metavar="FILE", help="Save this evaluation.")
@click.option("--naive", is_flag=True, help="Run the LangChain tutorial pipeline on the same cases, too.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted run: keep its finished cases.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the first N cases, without minimums.")
@click.option("--answerer", type=click.Choice(["extractive", "llm"]), help="Quotes, or the model.")
@click.option("--price", type=(float, float), metavar="IN OUT", help="US dollars for a million tokens, for the cost.")
def eval_command(
    sets: tuple[str, ...],
    as_json: bool,
    report: Path | None,
    baseline: Path | None,
    save_baseline: Path | None,
    naive: bool,
    resume: bool,
    limit: int | None,
    answerer: Literal["extractive", "llm"] | None,
    price: tuple[float, float] | None,
) -> int:
    """Measure answers to questions whose right answers are known.

    SET is the name of a set that comes with citebot (bundled, the default), a JSONL file of cases, a file of one of
    the public sets (SQuAD 2.0, RAMDocs, MTRAG, SciFact, PoisonedRAG), or a folder with documents and a CSV or JSONL
    file of questions. Exits with 1 where a figure is below its minimum or a case got no answer.
    """
    from bot.cli.console import err, progress, safe
    from evals.evaluation import Options, evaluate, read_baseline, replayed
    from evals.summary import Price, summary

    settings = _settings(answerer)
    before = read_baseline(baseline) if baseline else None
    chosen = [find(name) for name in sets or DEFAULT]
    with replayed(settings) as (used, failures), progress() as advance:
        options = Options(before, naive, resume, limit, advance, lambda remark: err().print(safe(remark)))
        ran = [evaluate(each, used, failures, options) for each in chosen]
    done = [summary(each, Price(*price) if price else None) for each in ran]
    _publish({**_conditions(settings), "sets": done}, as_json, report, save_baseline)
    return 1 if any(each.get("below") or each.get("unanswered") for each in done) else 0


def _settings(answerer: str | None) -> Settings:
    from bot.settings import load_settings
    from retrieval.errors import UsageError

    settings = load_settings()
    if answerer == "llm" and not settings.has_endpoint:
        raise UsageError("--answerer llm needs a model: set OPENAI_API_KEY or OPENAI_BASE_URL.")
    return settings.model_copy(update={"answerer": answerer}) if answerer else settings


def find(name: str) -> EvalSet:
    """The set that an argument names. Raises UsageError where it names none."""
    from evals.adapters import public_set
    from evals.folders import folder_set
    from evals.sets import CASES, case_file, shipped
    from retrieval.errors import UsageError

    path = Path(name)
    if path.is_dir():
        return folder_set(path)
    if path.is_file():
        return public_set(path) or case_file(path)
    if found := shipped(name):
        return found
    known = " and ".join(sorted(file.stem for file in CASES.glob("*.jsonl")))
    raise UsageError(f"There is no set {name}: give a file, a folder, or one of {known}.")


def _conditions(settings: Settings) -> Json:
    """Under which the figures hold."""
    answerer = settings.default_answerer
    return {
        "format": FORMAT,
        "answerer": answerer if answerer == "extractive" else str(settings.model),
        "embeddings": settings.embeddings or "bundled",
        "reranker": settings.reranker or "bundled",
    }


def _publish(whole: Json, as_json: bool, report: Path | None, saved: Path | None) -> None:
    from bot.cli.console import err, out, safe, write_json
    from evals.report import page, remarks, table

    text = json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
    if saved:
        saved.write_text(text, "utf-8")
    if report:
        report.mkdir(parents=True, exist_ok=True)
        (report / "report.json").write_text(text, "utf-8")
        (report / "report.html").write_text(page(whole), "utf-8")
    if as_json:
        write_json(whole)
        return
    for each in whole["sets"]:
        out().print(safe(table(each, out().width if out().is_terminal else WIDTH)))
        for line in remarks(each):
            out().print(safe(line))
    if report:
        err().print(f"Written: {report / 'report.html'}")
