"""The figures of a run as JSON: what `--json` prints, `--save-baseline` keeps and both reports show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.compare import Comparison
from evals.definitions import METRICS
from evals.estimates import estimate, quantile
from evals.judge import Agreement
from evals.results import Json, Result
from evals.run import Unanswered


@dataclass(frozen=True)
class Ran:
    """One set as it was run. `naive` are the tutorial pipeline's results on the same cases."""

    name: str
    results: Sequence[Result]
    unanswered: Sequence[Unanswered] = ()
    comparison: Comparison | None = None
    naive: Sequence[Result] = ()
    against_naive: Comparison | None = None
    agreement: Agreement | None = None
    minimums: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens read and written."""

    read: float
    written: float


def summary(ran: Ran, price: Price | None) -> Json:
    """One set. Keys without content are left out."""
    parts: Json = {
        "name": ran.name,
        "cases": len(ran.results) + len(ran.unanswered),
        "metrics": metrics(ran.results),
        "kinds": _kinds(ran.results),
        "thresholds": dict(ran.minimums or {}),
        "below": below(ran),
        "quoted": _quoted(ran.results),
        "tokens": _tokens(ran.results, price),
        "baseline": _comparison(ran.comparison),
        "naive": _naive(ran),
        "judge": _rounded(asdict(ran.agreement)) if ran.agreement else None,
        "unanswered": [asdict(each) for each in ran.unanswered],
        "seconds": timings(ran.results),
        "results": [result.to_json() for result in ran.results],
    }
    return {name: value for name, value in parts.items() if value or name in ("cases", "metrics", "results")}


def metrics(results: Sequence[Result]) -> Json:
    """Each figure that any case has a say in, with its interval."""
    estimates = {
        metric.name: estimate([result.shares[metric.name] for result in results if metric.name in result.shares])
        for metric in METRICS
    }
    return {name: _rounded(asdict(found)) for name, found in estimates.items() if found}


def below(ran: Ran) -> list[Json]:
    """The figures that fall short of their minimum; one that no case measures falls short, too."""
    measured = metrics(ran.results)
    found = [
        {"metric": name, "minimum": minimum, "value": measured.get(name, {}).get("value")}
        for name, minimum in (ran.minimums or {}).items()
    ]
    return [each for each in found if each["value"] is None or each["value"] < each["minimum"]]


def timings(results: Sequence[Result]) -> Json:
    """Of the answers, in seconds of wall time."""
    seconds = [result.seconds for result in results]
    return {"p50": quantile(seconds, 0.5), "p95": quantile(seconds, 0.95), "total": sum(seconds)}


def _kinds(results: Sequence[Result]) -> Json:
    kinds = sorted({result.kind for result in results if result.checks})
    of = {kind: [result for result in results if result.kind == kind] for kind in kinds}
    return {kind: {"cases": len(each), "passed": sum(result.passed for result in each)} for kind, each in of.items()}


def _quoted(results: Sequence[Result]) -> int:
    """The median number of characters that an answer quotes: a whole page holds any fact, a sentence shows it."""
    answers = [result.answer["citations"] for result in results if result.answer and result.answer["citations"]]
    return round(quantile([sum(len(citation["quote"]) for citation in citations) for citations in answers], 0.5))


def _tokens(results: Sequence[Result], price: Price | None) -> Json:
    used = [result.answer["usage"] for result in results if result.answer]
    read, written = (sum(usage[name] for usage in used) for name in ("input_tokens", "output_tokens"))
    if not read + written:
        return {}
    cost = {"cost_usd": round((read * price.read + written * price.written) / 1e6, 4)} if price else {}
    return {"input": read, "output": written, **cost}


def _comparison(found: Comparison | None) -> Json | None:
    if found is None:
        return None
    return {
        "cases": found.cases,
        "left_out": found.left_out,
        "differences": {name: _rounded(asdict(each)) for name, each in found.differences.items()},
        "flips": [asdict(flip) for flip in found.flips],
    }


def _naive(ran: Ran) -> Json | None:
    if not ran.naive:
        return None
    return {
        "metrics": metrics(ran.naive),
        "quoted": _quoted(ran.naive),
        "against": _comparison(ran.against_naive),
        "seconds": timings(ran.naive),
        "results": [result.to_json() for result in ran.naive],
    }


def _rounded(values: Mapping[str, Any]) -> Json:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}


def without_timings(value: Any) -> Any:
    """The same JSON less every `seconds`: equal for two runs of the same thing."""
    if isinstance(value, dict):
        return {name: without_timings(each) for name, each in value.items() if name != "seconds"}
    return [without_timings(each) for each in value] if isinstance(value, list) else value
