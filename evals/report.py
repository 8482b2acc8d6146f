"""What a person reads: a table for the terminal and one HTML page that needs nothing beside itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from evals.definitions import METRICS
from evals.results import Json

if TYPE_CHECKING:
    from rich.table import Table

TEMPLATE = Path(__file__).with_name("report.html")


def page(report: Json) -> str:
    """The report as a page. The data stand in it as JSON without a `<`, so that no text of a document is markup."""
    data = json.dumps({**report, "metrics": [asdict(metric) for metric in METRICS]}, ensure_ascii=True)
    return TEMPLATE.read_text(encoding="utf-8").replace("__DATA__", data.replace("<", "\\u003c"))


def table(ran: Json) -> Table:
    """One set's figures: each with its interval, the naive pipeline's, and the difference to the baseline."""
    from rich.table import Table

    compared = ran.get("baseline") or ran.get("naive", {}).get("against")
    drawn = Table(title=f"{ran['name']}: {ran['cases']} cases", title_justify="left")
    drawn.add_column("metric")
    for name in ("%", "95% interval", "minimum", *(["naive"] if "naive" in ran else []), "cases"):
        drawn.add_column(name, justify="right")
    if compared:
        drawn.add_column("since the baseline" if "baseline" in ran else "against naive", justify="right")
    for cells in _rows(ran, compared):
        drawn.add_row(*cells)
    return drawn


def _rows(ran: Json, compared: Json | None) -> Iterator[list[str]]:
    minimums, naive = ran.get("thresholds", {}), ran.get("naive", {}).get("metrics")
    for metric in METRICS:
        if (value := ran["metrics"].get(metric.name)) is None:
            continue
        minimum = minimums.get(metric.name)
        short = " !" if minimum is not None and value["value"] < minimum else ""
        yield [
            metric.label,
            _percent(value["value"]) + short,
            f"{_percent(value['low'])} – {_percent(value['high'])}",
            "" if minimum is None else _percent(minimum),
            *([_percent(naive[metric.name]["value"]) if metric.name in naive else ""] if naive is not None else []),
            str(value["cases"]),
            *([_change(compared["differences"].get(metric.name))] if compared else []),
        ]


def _change(difference: Json | None) -> str:
    if difference is None:
        return ""
    return f"{100 * difference['difference']:+.1f} (p {difference['p']:.3f})"


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def remarks(ran: Json) -> Iterator[str]:
    """What stands below the table: times, tokens, the judge, flips, what is missing or too low."""
    seconds = ran["seconds"]
    yield f"Time: median {seconds['p50']:.2f} s, 95% within {seconds['p95']:.2f} s, {seconds['total']:.0f} s in all."
    if tokens := ran.get("tokens"):
        cost = f", {tokens['cost_usd']:.2f} US dollars" if "cost_usd" in tokens else ""
        yield f"Tokens: {tokens['input']:,} read, {tokens['output']:,} written{cost}."
    if judge := ran.get("judge"):
        share = f"{100 * judge['share']:.0f}%"
        yield f"The judge agrees with {share} of {judge['pairs']} labels (kappa {judge['kappa']:.2f})."
    if failed := [result["id"] for result in ran["results"] if not result["passed"]]:
        yield f"Failed: {', '.join(failed)}."
    if baseline := ran.get("baseline"):
        yield from _flips(baseline)
    for each in ran.get("unanswered", ()):
        yield f"Not answered: {each['id']}: {each['why']}"
    for each in ran.get("below", ()):
        value = "not measured" if each["value"] is None else _percent(each["value"])
        yield f"Too low: {each['metric']} is {value}, the minimum is {_percent(each['minimum'])}."


def _flips(baseline: Json) -> Iterator[str]:
    if baseline["left_out"]:
        yield f"Compared over {baseline['cases']} cases; {baseline['left_out']} are new, changed or gone."
    for flip in baseline["flips"]:
        yield f"{'Better' if flip['better'] else 'Worse'}: {flip['id']}: {flip['why']}"
