"""A language model as judge of faithfulness, and how far it agrees with what the cases say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.answer import Answer
from evals.cases import shown
from evals.estimates import Share
from evals.invariants import Show
from evals.sets import Task
from prompts import render

LABELS = 20  # pairs of each sort on which the judge is tried
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Agreement:
    """`share` of `pairs` on which the judge says what the label says; `kappa` is Cohen's (1960), chance taken off."""

    pairs: int
    share: float
    kappa: float


@dataclass(frozen=True, slots=True)
class Label:
    """A statement, a quote, and whether the one supports the other."""

    statement: str
    quote: str
    supported: bool


class Judge:
    """Asks a model, given as a function from prompt to reply, whether quotes support a statement."""

    def __init__(self, complete: Callable[[str], str]) -> None:
        self._complete = complete

    def supports(self, statement: str, quotes: Sequence[str]) -> bool:
        """Anything but a plain yes counts as no. Raises ProviderError."""
        text = "\n\n".join(quotes)
        fence = f"<<<{hashlib.sha256(f'{statement}{text}'.encode()).hexdigest()[:12]}>>>"
        reply = self._complete(render("judge", fence=fence, quotes=text, statement=" ".join(statement.split())))
        return re.match(r"\W*SUPPORTED\b", reply.strip(), re.IGNORECASE) is not None

    def share(self, answer: Answer) -> Share:
        """Of the answer's claims, those that their quotes support."""
        quotes = {citation.number: citation.quote for citation in answer.citations}
        supported = [self.supports(claim.text, [quotes[n] for n in claim.citations]) for claim in answer.claims]
        return Share(sum(supported), len(supported))

    def agreement(self, labels: Sequence[Label]) -> Agreement | None:
        """None where there are no labels."""
        if not labels:
            return None
        verdicts = [self.supports(label.statement, [label.quote]) for label in labels]
        return _agreement([label.supported for label in labels], verdicts)


def _agreement(labels: Sequence[bool], verdicts: Sequence[bool]) -> Agreement:
    pairs = len(labels)
    same = sum(label == verdict for label, verdict in zip(labels, verdicts, strict=True)) / pairs
    yes = sum(labels) / pairs, sum(verdicts) / pairs
    chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return Agreement(pairs, same, (same - chance) / (1 - chance) if chance < 1 else 1.0)


def labels(tasks: Sequence[Task], show: Show) -> tuple[Label, ...]:
    """Pairs whose label follows from the hand-checked passages of the cases.

    A passage stands in the text around it (supported); beside a passage of another document that shows none of its
    case's facts, or with one number changed, it is unsupported.
    """
    sorts = (_standing(tasks, show), _elsewhere(tasks), _miscounted(tasks, show))
    return tuple(label for sort in sorts for label in islice(sort, LABELS))


def _standing(tasks: Sequence[Task], show: Show) -> Iterator[Label]:
    for task in tasks:
        for passage in task.case.passages[:1]:
            yield Label(passage.quote, _around(passage.source, passage.quote, show), True)


def _elsewhere(tasks: Sequence[Task]) -> Iterator[Label]:
    told = [(task, passage) for task in tasks for passage in task.case.passages[:1]]
    for number, (task, passage) in enumerate(told):
        for _, other in told[number + 1 :] + told[:number]:
            if other.source != passage.source and not any(shown(group, other.quote) for group in task.case.accepted):
                yield Label(passage.quote, other.quote, False)
                break


def _miscounted(tasks: Sequence[Task], show: Show) -> Iterator[Label]:
    for task in tasks:
        for passage in task.case.passages[:1]:
            if NUMBER.search(passage.quote):
                changed = NUMBER.sub(lambda found: str(int(found.group()) + 3), passage.quote, count=1)
                yield Label(changed, _around(passage.source, passage.quote, show), False)


def _around(source: str, quote: str, show: Show) -> str:
    """The quote with some 300 characters of its document on each side."""
    text = show(source)
    start = max(text.find(quote), 0)
    return text[max(0, start - 300) : start + len(quote) + 300]
