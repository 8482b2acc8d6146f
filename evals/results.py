"""What is kept of each case, and its JSON. Timings stand under `seconds` and nowhere else: without that key, two runs
of the same thing give the same JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.answer import Answer
from evals.checks import Check, written
from evals.estimates import Share
from evals.invariants import Show, quoted_in
from evals.sets import Task
from retrieval.model import Passage

AROUND = 240  # characters of a document shown on each side of a quote
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """One case as it came out. `answer` is the contract's answer object, None where only the ranking was measured;
    `contexts` are the texts before and after each quote of it; `seconds` is the wall time of the answer."""

    id: str
    fingerprint: str
    kind: str
    tags: tuple[str, ...]
    question: str
    history: tuple[Json, ...]
    expected: Json
    answer: Json | None
    contexts: tuple[Json, ...]
    passages: tuple[Json, ...]
    checks: tuple[Check, ...]
    shares: Mapping[str, Share]
    seconds: float = field(compare=False)

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    def to_json(self) -> Json:
        checks = [asdict(check) for check in self.checks]
        shares = {name: [_rounded(share.part), _rounded(share.whole)] for name, share in self.shares.items()}
        return {name: getattr(self, name) for name in self.__slots__} | {
            "passed": self.passed,
            "checks": checks,
            "shares": shares,
        }

    @staticmethod
    def from_json(value: Json) -> Result:
        """Raises KeyError or TypeError where `value` is no result."""
        fields = {name: value[name] for name in Result.__slots__}
        lists = ("tags", "history", "contexts", "passages")
        return Result(
            **fields
            | {name: tuple(fields[name]) for name in lists}
            | {"checks": tuple(Check(**check) for check in fields["checks"])}
            | {"shares": {name: Share(*pair) for name, pair in fields["shares"].items()}}
        )


def contexts(answer: Answer, show: Show) -> tuple[Json, ...]:
    """What stands before and after each quote of the answer: of its citations, then of its nearest passages."""
    return tuple(
        {
            "before": show(quoted.source)[max(0, quoted.start - AROUND) : quoted.start],
            "after": show(quoted.source)[quoted.end : quoted.end + AROUND],
        }
        for quoted in quoted_in(answer)
    )


def passages_json(passages: Sequence[Passage]) -> tuple[Json, ...]:
    """As `search --json` gives them, without ids, which another index numbers otherwise."""
    return tuple(
        {
            "source": passage.source,
            "start": passage.chunk.start,
            "end": passage.chunk.end,
            "lines": list(passage.lines),
            "page": passage.page,
            "text": passage.chunk.text,
            "score": _rounded(passage.score),
            "scores": {
                name: None if (score := getattr(passage.scores, name)) is None else _rounded(score)
                for name in ("dense", "lexical", "rerank")
            },
        }
        for passage in passages
    )


def expected(task: Task) -> Json:
    """What the case asks for, for a reader: groups as text, files, passages; empty parts left out."""
    case = task.case
    outcome = "refused" if case.must_refuse else "answered or refused" if case.may_refuse else "answered"
    parts = {
        "outcome": outcome,
        "facts": [written(group) for group in case.accepted],
        "sides": [written(group) for group in case.sides],
        "forbidden": [pattern.text for pattern in case.forbidden],
        "must cite": list(case.sources.must),
        "may cite": list(case.sources.may),
        "passages": [{"source": passage.source, "quote": passage.quote} for passage in case.passages],
        "planted": [pattern.text for pattern in task.misleading],
    }
    return {name: value for name, value in parts.items() if value}


def _rounded(value: float) -> float:
    return round(value, 6)
