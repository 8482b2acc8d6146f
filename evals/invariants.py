"""The contract's five invariants, checked on one answer from outside: nothing here shares code with the answerers.

What stands in a claim is compared with what stands in its quotes' passages by rules of its own, so that a mistake in
`bot.verify` does not hide itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.answer import Answer, Citation, Nearest
from evals.standing import Support, missing

MARKER = re.compile(r"\[(\d+)\]")
LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]|]+|<[!@#][^>]*>")
AROUND = 1200  # characters on each side of a quote whose passage is not in the trace: about one chunk

Show = Callable[[str], str]


def check(answer: Answer, show: Show) -> list[str]:
    """The violations, in words, each beginning with the number of its invariant; empty when there is none.

    `show(source)` is the exact text of an indexed document.
    """
    return [
        *(f"1: {what}" for what in _quotes(answer, show)),
        *(f"2: {what}" for what in _numbering(answer)),
        *(f"3: {what}" for what in _unsupported(answer, show)),
        *(f"4: {what}" for what in _status(answer)),
        *(f"5: {what}" for what in _foreign_links(answer, show)),
    ]


def valid(quoted: Citation | Nearest, show: Show) -> bool:
    """Whether the quote is, to the letter, the text at its offsets (invariant 1)."""
    return 0 <= quoted.start < quoted.end and show(quoted.source)[quoted.start : quoted.end] == quoted.quote


def _quotes(answer: Answer, show: Show) -> Iterator[str]:
    for quoted in quoted_in(answer):
        if not valid(quoted, show):
            yield f"{quoted.source}[{quoted.start}:{quoted.end}] is not {quoted.quote!r}"
        elif quoted.lines != _lines(show(quoted.source), quoted.start, quoted.end):
            yield f"{quoted.source}[{quoted.start}:{quoted.end}] is not on lines {quoted.lines}"


def quoted_in(answer: Answer) -> tuple[Citation | Nearest, ...]:
    return (*answer.citations, *answer.nearest)


def _lines(text: str, start: int, end: int) -> tuple[int, int]:
    return text.count("\n", 0, start) + 1, text.count("\n", 0, end - 1) + 1


def _numbering(answer: Answer) -> Iterator[str]:
    numbers = [citation.number for citation in answer.citations]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the citations are numbered {numbers}"
    for claim in answer.claims:
        if not claim.citations:
            yield f"a claim without a citation: {claim.text!r}"
    claimed = _in_order_of_use(number for claim in answer.claims for number in claim.citations)
    if claimed != numbers:
        yield f"the claims use {claimed} of the citations {numbers}"
    markers = _in_order_of_use(int(found) for found in MARKER.findall(answer.answer))
    if markers != numbers:
        yield f"the markers in the answer are {markers}, the citations {numbers}"
    yield from _sides(answer, set(numbers))


def _sides(answer: Answer, numbers: set[int]) -> Iterator[str]:
    for conflict in answer.conflicts:
        cited = {number for side in conflict.sides for number in side.citations}
        if not cited <= numbers:
            yield f"the conflict about {conflict.about!r} cites {sorted(cited - numbers)}"
        if len(conflict.sides) < 2 or not all(side.citations for side in conflict.sides):
            yield f"the conflict about {conflict.about!r} has fewer than two sides, or one without a citation"


def _in_order_of_use(numbers: Iterator[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def _unsupported(answer: Answer, show: Show) -> Iterator[str]:
    citations = {citation.number: citation for citation in answer.citations}
    for claim in answer.claims:
        cited = [citations[number] for number in claim.citations if number in citations]
        if absent := missing(MARKER.sub("", claim.text), _support(answer, cited, show)):
            yield f"{', '.join(absent)} of {claim.text!r} stands in none of its passages"
    for withheld in answer.withheld:  # a name alone, withheld as a fragment, may well stand in a statement
        if len(withheld.text.split()) > 2 and withheld.text in answer.answer:
            yield f"withheld and yet shown: {withheld.text!r}"


def _support(answer: Answer, cited: list[Citation], show: Show) -> Support:
    questions = (answer.question, answer.standalone_question)
    names = [text for citation in cited for text in (citation.title, citation.source)]
    return Support(
        texts=(*questions, *names, *(_passage(answer, citation, show) for citation in cited)),
        dates=tuple(citation.date for citation in cited if citation.date),
        vocabulary=tuple(passage.chunk.text for passage in answer.trace.passages),
    )


def _passage(answer: Answer, citation: Citation, show: Show) -> str:
    """The text of the passages that hold the quote; without a trace, the quote with its surroundings."""
    holding = [
        passage.chunk.text
        for passage in answer.trace.passages
        if passage.source == citation.source
        and passage.chunk.start <= citation.start
        and citation.end <= passage.chunk.end
    ]
    return "\n".join(holding) or show(citation.source)[max(0, citation.start - AROUND) : citation.end + AROUND]


def _status(answer: Answer) -> Iterator[str]:
    if not answer.answer.strip():
        yield "the answer is empty"
    if answer.status == "refused":
        if answer.claims or answer.citations or answer.conflicts:
            yield "a refusal with claims or citations"
        if answer.trace.passages and not answer.nearest:
            yield "a refusal that does not give the nearest passages"
    elif not answer.claims:
        yield f"{answer.status} without a claim"
    if answer.status == "partial" and not _beside_claims(answer):
        yield "partial without saying what is missing"


def _beside_claims(answer: Answer) -> str:
    """What the answer says beyond its claims."""
    rest = " ".join(MARKER.sub(" ", answer.answer).split())
    for claim in sorted(answer.claims, key=lambda claim: -len(claim.text)):
        rest = rest.replace(" ".join(MARKER.sub(" ", claim.text).split()), "")
    return re.sub(r"\W+", " ", rest).strip()


def _foreign_links(answer: Answer, show: Show) -> Iterator[str]:
    """Links and mentions that no cited document holds."""
    said = "\n".join((answer.answer, answer.notice, *(claim.text for claim in answer.claims)))
    if links := set(LINK.findall(said)):
        sources = "\n".join(show(name) for name in {quoted.source for quoted in quoted_in(answer)})
        for link in sorted(links):
            if link.rstrip(".,;:!?") not in sources:
                yield f"{link!r} stands in none of the cited documents"
