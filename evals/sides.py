"""How well figures of one thing are told from those of another: `python -m evals.sides [GROUPS]`.

The questions are those to the groups that the reranker never saw in training (`evals.training.examples`; some 20
minutes for all 4,642 on two cores). Of each whose best span answers it, every other figure is a pair with the best one:
meant for the same thing where its sentence answers, too, and told where `bot.extractive` makes it a side. The line by
which it does so was fitted on such pairs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.conflicts import disagree, sides, values_of
from bot.evidence import Evidence, gather
from bot.extractive import values_told
from bot.question import understand
from bot.refusal import judge
from evals.calibration import regression
from evals.training.examples import Group, Place, groups
from retrieval import models
from retrieval.model import Chunk, Kind, Passage, Reranker, Sentence
from retrieval.retrieve import Retriever

_LEAST = -5.0  # a span with a lower logit is no candidate
_TOGETHER = 6  # sentences of a chunk


@dataclass(frozen=True, slots=True)
class Pair:
    """A figure beside the best one: the logit of its span, the logarithm of the factor between both, one source or two.

    `meant` is the label, `told` what the bot makes of it.
    """

    logit: float
    apart: float
    own: bool
    meant: bool
    told: bool


def pairs(group: Group, reranker: Reranker | None) -> Iterator[Pair]:
    """Every pair of figures that differ, of the questions of a group."""
    passages, places = _passages(group)
    retriever = Retriever(models.embedder(None), reranker)
    for question in group.questions:
        asked = understand(question.text)
        ranked = retriever.rank(asked.sought, passages)
        evidence = gather(asked, ranked, reranker)
        if not judge(asked, evidence, ranked).answers or not _answers(evidence[0], places, question.places):
            continue
        told = values_told(asked, evidence)
        found = values_of(asked, evidence[0])
        for e in evidence[1:] if found else ():
            if e.logit >= _LEAST:
                meant = _answers(e, places, question.places)
                own = e.source == evidence[0].source
                for value in values_of(asked, e, found[0]):
                    if disagree(sides((found[0], value))):
                        yield Pair(e.logit, value.apart(found[0]), own, meant, value in told)


def _answers(e: Evidence, places: Mapping[tuple[str, int], Place], right: frozenset[Place]) -> bool:
    held = [s.start for s in e.passage.chunk.sentences if e.start <= s.start < e.end]
    return any(places[e.source, start] in right for start in held)


def _passages(group: Group) -> tuple[list[Passage], dict[tuple[str, int], Place]]:
    """The group's documents as passages, and the place of the sentence that begins at an offset of a document."""
    made: list[Passage] = []
    places: dict[tuple[str, int], Place] = {}
    for d, document in enumerate(group.documents):
        name, at, runs = f"{d}.txt", 0, list[tuple[str, list[tuple[Sentence, str]]]]()
        for n, (heading, text) in enumerate(document.sentences):
            if not runs or runs[-1][0] != heading or len(runs[-1][1]) == _TOGETHER:
                runs.append((heading, []))
            runs[-1][1].append((Sentence(at, at + len(text), Kind.PROSE), text))
            places[name, at] = (d, n)
            at += len(text) + 1
        for heading, run in runs:
            start, end = run[0][0].start, run[-1][0].end
            chunk = Chunk(name, start, end, " ".join(text for _, text in run), heading, tuple(s for s, _ in run))
            made.append(Passage(len(made), name, document.title, None, chunk, (1, 1), None, 1 / (1 + len(made))))
    return made, places


def main(most: int | None) -> None:
    reranker = models.reranker()
    unseen = [group for group in groups() if group.held_out][:most]
    found = [pair for group in unseen for pair in pairs(group, reranker)]
    told, meant = [p for p in found if p.told], [p for p in found if p.meant]
    right = sum(p.meant for p in told)
    print(f"{len(found)} pairs in {len(unseen)} groups, {len(meant)} meant for one thing, {len(told)} told")
    print(f"precision {right / max(1, len(told)):.2f}, recall {right / max(1, len(meant)):.2f}")
    weights = regression([(p.logit, p.apart, p.own) for p in found], [p.meant for p in found])
    print("fitted: logit {:.2f}, apart {:.2f}, of one source {:.2f}, bias {:.2f}".format(*weights))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
