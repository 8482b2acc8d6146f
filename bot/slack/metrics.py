"""Counters and timings in Prometheus's text format."""

from __future__ import annotations

import threading
from collections import defaultdict

BUCKETS = (0.3, 0.5, 1.0, 1.5, 3.0, 10.0, 30.0, 120.0)

HELP = {
    "questions_total": "Questions brought to an outcome, by its kind.",
    "first_text_seconds": "From taking a question up to its first verified statement.",
    "answer_seconds": "From the question in Slack to its outcome.",
    "slack_failures_total": "Calls to Slack that did not succeed, by method.",
    "feedback_total": "Verdicts given, by kind.",
    "questions_waiting": "Questions stored and not yet brought to an outcome.",
    "connected": "Whether Slack can reach this process.",
}


class Metrics:
    """The process's numbers; safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str], int] = defaultdict(int)
        self._times: dict[str, list[float]] = defaultdict(list)
        self._buckets: dict[tuple[str, float], int] = defaultdict(int)
        self._sums: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
        self._gauges: dict[str, float] = {}

    def count(self, name: str, label: str, value: str) -> None:
        with self._lock:
            self._counts[name, label, value] += 1

    def observe(self, name: str, seconds: float) -> None:
        with self._lock:
            number, total = self._sums[name]
            self._sums[name] = (number + 1, total + seconds)
            for bucket in BUCKETS:
                self._buckets[name, bucket] += seconds <= bucket

    def gauge(self, name: str, value: float) -> None:
        with self._lock:
            self._gauges[name] = value

    def text(self) -> str:
        """All numbers, each name with its help and type."""
        with self._lock:
            lines = [*self._counter_lines(), *self._histogram_lines(), *self._gauge_lines()]
        return "\n".join(lines) + "\n"

    def _counter_lines(self) -> list[str]:
        lines: list[str] = []
        for name in sorted({name for name, _, _ in self._counts}):
            lines += _head(name, "counter")
            kept = sorted(item for item in self._counts.items() if item[0][0] == name)
            lines += [f'citebot_{name}{{{label}="{value}"}} {count}' for (_, label, value), count in kept]
        return lines

    def _histogram_lines(self) -> list[str]:
        lines: list[str] = []
        for name, (number, total) in sorted(self._sums.items()):
            lines += _head(name, "histogram")
            lines += [f'citebot_{name}_bucket{{le="{b}"}} {self._buckets[name, b]}' for b in BUCKETS]
            lines += [f'citebot_{name}_bucket{{le="+Inf"}} {number}']
            lines += [f"citebot_{name}_sum {total:.3f}", f"citebot_{name}_count {number}"]
        return lines

    def _gauge_lines(self) -> list[str]:
        return [
            row for name, value in sorted(self._gauges.items()) for row in (*_head(name, "gauge"), _gauge(name, value))
        ]


def _head(name: str, kind: str) -> list[str]:
    return [f"# HELP citebot_{name} {HELP[name]}", f"# TYPE citebot_{name} {kind}"]


def _gauge(name: str, value: float) -> str:
    return f"citebot_{name} {value:g}"
