"""How the embedded answerer tells what was found for a question: one section, or one for each thing compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot import extractive, lists, outlets, premise, timewords, together
from bot.compose import Findings
from bot.question import Kind
from bot.reading import Part


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the answer under the name of what it is about, "" for none."""

    heading: str
    findings: Findings


def sections(part: Part) -> Iterator[Section]:
    """The answer to one question of the message."""
    if not part.pieces:
        yield Section("", findings(part))
        return
    lead = together.conclusion(part)
    if lead:
        yield Section("", Findings((lead,)))
    for piece in part.answered:
        found = together.told(piece)
        shown = tuple(s for s in found.statements if not lead or (set(s.quotes) <= set(lead.quotes) and s.verbatim))
        yield Section(piece.label, Findings(shown, found.disputes))


def findings(part: Part) -> Findings:
    """The answer to a question that compares nothing."""
    if outlets.asks_for_documents(part.asked.text):
        return outlets.findings(part.evidence, part.passages)
    if part.correction:
        return premise.findings(part.correction)
    if part.wish:
        return timewords.findings(part.asked, part.wish, part.evidence)
    if part.asked.kind is Kind.OTHER and (lists.asks_for_list(part.asked.text) or lists.announces(part.evidence[0])):
        return lists.findings(part.evidence)
    return extractive.findings(part.asked, part.evidence)
