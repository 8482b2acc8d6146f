"""Trains the bundled reranker: `python -m evals.training OUT`, some hours on 2 cores.

It needs torch and onnx (`uv pip install torch onnx`), which nothing else here does. It begins with ms-marco-
MiniLM-L-12-v2, whose logit tells whether a text is about a query, and ends with a network that tells whether the text
answers it. Two passes, each question in one of them: the first half of the groups, then the other half, with the
sentences that the network by then takes for answers, and all claims, with a falling rate. At the end the weights are
averaged with those at the start (Wortsman et al. 2022): what is lost on the held-out groups is won back on texts of
other kinds. Then the marker is fitted to the averaged ones.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import click
import numpy as np
import torch
from torch.nn import functional

from bot.evidence import ANSWERS
from evals.calibration import auc
from evals.training.examples import (
    Asked,
    Group,
    Pair,
    Place,
    claim_pairs,
    groups,
    near_misses,
    question_pairs,
    statement_pairs,
)
from evals.training.network import NONE, Network, Scorer, load, save
from retrieval.models import ms_marco

RATE, WARM, BATCH, NORM = 5e-5, 60, 32, 1.0
FROZEN = 4  # layers that stay as they are, with the embeddings
# A logit of ANSWERS means that a text answers with probability 1/2; SPREAD keeps the size of the logits as it was, so
# that what is added to them or taken off elsewhere keeps its meaning.
SPREAD = 2.2
SMOOTHED = 0.02  # of each label: some are wrong
# What is not to be forgotten: how much a text is about a statement or a few keywords. The logits of the network at the
# start are the aim, for as many pairs as this share of an epoch, with this weight.
KEPT, KEPT_WEIGHT = (0.15, 0.06), 0.1
# The words that answer are marked by two more outputs, which are trained from nothing and so faster; a token of the
# question cannot be one of them.
MARKER_RATE, MARKER_WEIGHT, NOWHERE = 20.0, 0.3, -1e4
CONFUSED = 2  # sentences that a network takes for answers, of each question in the last pass
TRAINED = 0.85  # share of the trained weights in the average


def main(out: Path) -> None:
    torch.manual_seed(1)
    chance = Random(1)  # noqa: S311  # reproducible on purpose
    every = list(groups())
    train = [g for g in every if not g.held_out]
    start = ms_marco()
    scorer = Scorer(start.folder / "tokenizer.json")
    network, before = load(start.folder / start.file), load(start.folder / start.file)
    for part in (network.word, network.position, network.segment, network.norm, *network.layers[:FROZEN]):
        part.requires_grad_(False)
    half = len(train) // 2
    for number, (part, last) in enumerate(((train[:half], False), (train[half:], True))):
        answered = question_pairs(part, chance, _confused(network, scorer, part, chance) if last else None)
        if last:
            answered += claim_pairs(train, chance) + statement_pairs(train, chance)
        kept = _statements(part, int(len(answered) * KEPT[number]), chance)
        logits = scorer.score(before, kept)
        _epoch(network, scorer, answered, list(zip(kept, logits, strict=True)), falling=last, chance=chance)
        click.echo(f"pass {number + 1}: {measured(network, scorer, [g for g in every if g.held_out])}")
    for (name, weight), first in zip(network.named_parameters(), before.parameters(), strict=True):
        if not name.startswith("marker"):
            weight.data = TRAINED * weight.data + (1 - TRAINED) * first.data
            weight.requires_grad_(False)
    _epoch(network, scorer, [p for p in question_pairs(train, chance) if p.marked], [], falling=True, chance=chance)
    click.echo(f"averaged: {measured(network, scorer, [g for g in every if g.held_out])}")
    save(network, start.folder / start.file, out)


def _confused(
    network: Network, scorer: Scorer, every: Sequence[Group], chance: Random
) -> dict[tuple[Group, Asked], list[Place]]:
    """For each question the sentences that do not answer it and have the highest logits of those near it."""
    rows = [(g, a, p) for g in every for a in g.questions for p in near_misses(g, a, chance)]
    logits = scorer.score(network, [(a.text, g.readings(p)[0]) for g, a, p in rows])
    found: dict[tuple[Group, Asked], list[tuple[float, Place]]] = defaultdict(list)
    for (group, asked, place), logit in zip(rows, logits, strict=True):
        found[group, asked].append((-float(logit), place))
    return {asked: [place for _, place in sorted(near)[:CONFUSED]] for asked, near in found.items()}


def _epoch(
    network: Network,
    scorer: Scorer,
    answered: Sequence[Pair],
    kept: Sequence[tuple[tuple[str, str], float]],
    falling: bool,
    chance: Random,
) -> None:
    """One pass over pairs that are labelled, and others whose logits are to be kept."""
    marker = list(network.marker.parameters())
    weights = [p for p in network.parameters() if p.requires_grad and all(p is not m for m in marker)]
    matrices, others = [p for p in weights if p.ndim > 1], [p for p in weights if p.ndim < 2]
    parts = [(matrices, 0.01, 1.0), (others, 0.0, 1.0), (marker, 0.01, MARKER_RATE)]
    optimizer = torch.optim.AdamW([{"params": p, "weight_decay": decay, "faster": f} for p, decay, f in parts], lr=RATE)
    texts = [(p.query, p.text) for p in answered] + [text for text, _ in kept]
    aims = [float(p.answers) for p in answered] + [logit for _, logit in kept]
    marks = [scorer.tokens(p.query, p.text, p.marked) for p in answered] + [(NONE, NONE)] * len(kept)
    batches = scorer.batches(texts, BATCH)
    chance.shuffle(batches)
    network.train()
    for step, (chosen, inputs) in enumerate(batches):
        rate = RATE * min(1.0, step / WARM) * (max(0.02, 1 - step / len(batches)) if falling else 1.0)
        for group in optimizer.param_groups:
            group["lr"] = rate * group["faster"]
        aim = torch.tensor([aims[n] for n in chosen])
        labelled = torch.tensor([n < len(answered) for n in chosen])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits, tokens = (output.float() for output in network(*inputs))
        wanted = torch.where(labelled, aim * (1 - 2 * SMOOTHED) + SMOOTHED, 0.5)
        answers = functional.binary_cross_entropy_with_logits((logits - ANSWERS) / SPREAD, wanted, reduction="none")
        keeps = KEPT_WEIGHT * functional.smooth_l1_loss(logits, aim, reduction="none")
        loss = torch.where(labelled, answers, keeps).mean()
        places = torch.tensor([marks[n] for n in chosen])
        if (places != NONE).any():
            inside = tokens.masked_fill(inputs[2][:, :, None] == 0, NOWHERE)
            loss = loss + MARKER_WEIGHT * functional.cross_entropy(inside, places)
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_([*weights, *marker], NORM)
        assert torch.isfinite(norm), "the training diverged"
        optimizer.step()


def _statements(every: Sequence[Group], number: int, chance: Random) -> list[tuple[str, str]]:
    """Statements and keywords as queries, with texts of the same documents, now and then with themselves."""
    made = []
    for _ in range(number):
        group = chance.choice(every)
        query, text = (group.text(chance.choice(group.places)) for _ in range(2))
        kind = chance.random()
        if kind < 0.12:
            text = query
        elif kind > 0.85:
            asked = chance.choice(group.questions).text
            query = " ".join(word for word in asked.split() if len(word) > 3) or asked
        made.append((query, text))
    return made


def measured(network: Network, scorer: Scorer, every: Sequence[Group]) -> str:
    """The figures of held-out groups: of questions whether they are answered, and by which sentence; of claims."""
    asked = [*_scored(network, scorer, every, "questions")]
    told = [*_scored(network, scorer, every, "claims")]
    first = [max(scores, key=scores.__getitem__) in a.places for a, scores in asked if a.places]
    return (
        f"answered or not, AUC {_auc(asked):.3f} ({len(asked)} questions); best sentence answers {np.mean(first):.1%};"
        f" supported or not, AUC {_auc(told):.3f} ({len(told)} claims)"
    )


def _scored(
    network: Network, scorer: Scorer, every: Sequence[Group], kind: str
) -> Iterator[tuple[Asked, dict[Place, float]]]:
    """Each question or claim with the best logit of each sentence of its group."""
    for group in every:
        rows = [(a, p, t) for a in getattr(group, kind) for p in group.places for t in group.readings(p)]
        logits = scorer.score(network, [(a.text, text) for a, _, text in rows])
        best: dict[Asked, dict[Place, float]] = defaultdict(dict)
        for (asked, place, _), logit in zip(rows, logits, strict=True):
            best[asked][place] = max(float(logit), best[asked].get(place, -np.inf))
        yield from best.items()


def _auc(scored: Sequence[tuple[Asked, dict[Place, float]]]) -> float:
    """How well the best logit tells the queries that are answered from those that are not."""
    answered = np.array([bool(asked.places) for asked, _ in scored])
    return auc(answered, np.array([max(scores.values()) for _, scores in scored]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
