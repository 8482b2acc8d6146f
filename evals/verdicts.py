"""How the verifier judges claims made from documents: `python -m evals.verdicts DOCUMENTS...` prints the table of
`docs/trust.md`. Documents are folders, or files of the public sets."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import click

from bot.answer import Answer, Claim, Trace
from bot.compose import Numbering, Supported, flat, marked
from bot.verify import verify
from evals.adapters import public_set
from evals.claims import TRUE, Change, MadeClaim, made_claims
from evals.invariants import check
from retrieval.chunk import chunk
from retrieval.errors import UsageError
from retrieval.load import load, supported
from retrieval.model import Passage, Source

NEIGHBOURS = 3  # passages on each side that are read with a claim's own
ENOUGH = 10_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with the reason why it was withheld, "" where it was shown, and the invariants that showing it breaks."""

    claim: MadeClaim
    reason: str
    violations: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether a true claim was shown, or a corrupted one withheld."""
        return (self.claim.change in TRUE) == (not self.reason)


def sources(path: Path) -> Iterator[Source]:
    """The documents of a folder, or the texts of a public set. Raises UsageError where the file is no such set."""
    if path.is_dir():
        yield from (load(file, file.name) for file in sorted(path.iterdir()) if supported(file))
        return
    found = public_set(path)
    if found is None or not isinstance(found.documents, dict):
        raise UsageError(f"{path} is neither a folder nor a public set.")
    yield from (Source(name, text, name, None, (), name) for name, text in found.documents.items())


def passages(documents: Iterable[Source]) -> list[Passage]:
    """Every chunk of the documents as a passage, in order."""
    return [
        Passage(0, source.name, source.title, source.date, c, source.lines(c.start, c.end), None, 0.0)
        for source in documents
        for c in chunk(source)
    ]


def judged(claims: Iterable[MadeClaim], read: Sequence[Passage], texts: dict[str, str]) -> Iterator[Judged]:
    """Each claim laid beside its own passage and the neighbours, without the cross-encoder."""
    for claim in claims:
        near = read[max(0, claim.passage - NEIGHBOURS) : claim.passage + NEIGHBOURS + 1]
        verdict = verify(claim.text, [], near, "", None)
        shown = Supported(flat(claim.text), verdict.quotes)
        violations = tuple(check(_answer(shown, near), texts.__getitem__)) if verdict.supported else ()
        yield Judged(claim, verdict.reason, violations)


def _answer(shown: Supported, read: Sequence[Passage]) -> Answer:
    numbering = Numbering()
    claim = Claim(shown.text, numbering.cite(shown.quotes))
    citations = tuple(numbering.citations)
    return Answer("", "", "answered", marked(claim), (claim,), citations, trace=Trace(tuple(read)))


def balanced(claims: Iterable[MadeClaim], most: int, seed: int = 0) -> list[MadeClaim]:
    """At most `most` claims, of each kind of change as many as of every other, as far as there are."""
    kinds: dict[Change, list[MadeClaim]] = defaultdict(list)
    for claim in claims:
        kinds[claim.change].append(claim)
    for of_kind in kinds.values():
        random.Random(seed).shuffle(of_kind)  # noqa: S311  # reproducible on purpose
    return [claim for row in zip_longest(*kinds.values()) for claim in row if claim][:most]


def table(results: Sequence[Judged]) -> Iterator[str]:
    """Markdown: for each kind of change the number of claims, the share judged rightly, and invariants broken."""
    yield "| claim | claims | judged rightly | shown against an invariant |"
    yield "|---|---|---|---|"
    for change in Change:
        yield from _row(str(change), [r for r in results if r.claim.change is change])
    yield from _row("**true ones pass**", [r for r in results if r.claim.change in TRUE])
    yield from _row("**corrupted ones withheld**", [r for r in results if r.claim.change not in TRUE])


def _row(label: str, results: Sequence[Judged]) -> Iterator[str]:
    if results:
        right = sum(r.right for r in results) / len(results)
        yield f"| {label} | {len(results):,} | {right:.1%} | {sum(bool(r.violations) for r in results)} |"


@click.command()
@click.argument("documents", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--most", default=ENOUGH, show_default=True, help="How many claims at the most.")
@click.option("--misses", is_flag=True, help="Also print every claim that was judged wrongly, with the reason.")
def main(documents: tuple[Path, ...], most: int, misses: bool) -> None:
    """Make claims from DOCUMENTS, true ones and corrupted ones, and tell how the verifier judges them."""
    found = [source for path in documents for source in sources(path)]
    read = passages(found)
    texts = {source.name: source.text for source in found}
    results = list(judged(balanced(made_claims(read), most), read, texts))
    for line in table(results):
        click.echo(line)
    if misses:
        for result in results:
            if not result.right or result.violations:
                click.echo(f"{result.claim.change}: {result.claim.text} ({result.reason or result.violations})")


if __name__ == "__main__":
    main()
