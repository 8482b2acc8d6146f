"""What a person reads: a table for the terminal and one HTML page that needs nothing beside itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from io import StringIO
from pathlib import Path

from evals.definitions import METRICS
from evals.results import Json

TEMPLATE = Path(__file__).with_name("report.html")


def page(report: Json) -> str:
    """The report as a page. The data stand in it as JSON without a `<`, so that no text of a document is markup."""
    data = json.dumps({**report, "metrics": [asdict(metric) for metric in METRICS]}, ensure_ascii=True)
    return TEMPLATE.read_text(encoding="utf-8").replace("__DATA__", data.replace("<", "\\u003c"))


def table(ran: Json, width: int) -> str:
    """One set's figures: each with its interval, the naive pipeline's, and the difference to the baseline."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    drawn = Table(title=f"{ran['name']}: {ran['cases']} cases", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    drawn.add_column("metric", no_wrap=True)
    for name in _columns(ran):
        drawn.add_column(name, justify="right", no_wrap=True)
    for metric in METRICS:
        if metric.name in ran["metrics"]:
            drawn.add_row(metric.label, *_columns(ran, metric.name).values())
    text = StringIO()
    Console(file=text, width=width).print(drawn)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())


def _columns(ran: Json, name: str = "") -> dict[str, str]:
    """The cells of one figure by their headings; those that this run cannot fill are left out."""
    value, minimum = ran["metrics"].get(name), ran.get("thresholds", {}).get(name)
    cells = {"%": _percent(value), "95% interval": f"{_percent(value, 'low')} – {_percent(value, 'high')}"}
    if "thresholds" in ran:
        short = minimum is not None and value and value["value"] < minimum
        cells["minimum"] = "" if minimum is None else f"{'! ' if short else ''}{100 * minimum:.1f}"
    if "naive" in ran:
        cells["naive"] = _percent(ran["naive"]["metrics"].get(name))
        cells["against it"] = _change(ran["naive"]["against"]["differences"].get(name))
    if "baseline" in ran:
        cells["since the baseline"] = _change(ran["baseline"]["differences"].get(name))
    return {**cells, "cases": str(value["cases"]) if value else ""}


def _change(difference: Json | None) -> str:
    if difference is None:
        return ""
    return f"{100 * difference['difference']:+.1f} (p {difference['p']:.3f})"


def _percent(figure: Json | None, name: str = "value") -> str:
    return "" if figure is None else f"{100 * figure[name]:.1f}"


def remarks(ran: Json) -> Iterator[str]:
    """What stands below the table: times, tokens, the judge, flips, what is missing or too low."""
    seconds = ran["seconds"]
    yield f"Time: median {seconds['p50']:.2f} s, 95% within {seconds['p95']:.2f} s, {seconds['total']:.0f} s in all."
    if quoted := ran.get("quoted"):
        beside = f", {ran['naive']['quoted']} with the naive pipeline" if ran.get("naive", {}).get("quoted") else ""
        yield f"Characters quoted for an answer, median: {quoted}{beside}."
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
        value = "not measured" if each["value"] is None else _percent(each)
        yield f"Too low: {each['metric']} is {value}, the minimum is {_percent(each, 'minimum')}."


def _flips(baseline: Json) -> Iterator[str]:
    if baseline["left_out"]:
        yield f"Compared over {baseline['cases']} cases; {baseline['left_out']} are new, changed or gone."
    for flip in baseline["flips"]:
        yield f"{'Better' if flip['better'] else 'Worse'}: {flip['id']}: {flip['why']}"
