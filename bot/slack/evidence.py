"""The modal behind "Show evidence": each quote in bold inside the text around it, as far as the viewer may read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.answer import Answer, Citation, Nearest
from bot.slack import blocks as kit
from bot.slack.render import Look, source_line
from bot.slack.text import clip
from retrieval.model import Scope, Source

Json = dict[str, Any]

AROUND = 250  # characters shown before and after a quote
QUOTE = 1500
MOST = 30  # citations in one modal; a modal takes 100 blocks

NOT_ALLOWED = "You may not read this document here."
REMOVED = "This document is no longer indexed."
CHANGED = "This document has changed since the answer; the quote may read differently now."


def evidence_modal(
    answer: Answer, documents: Mapping[str, Source], versions: Mapping[str, str], scope: Scope | None, look: Look
) -> Json:
    """The evidence of an answer. `documents` are those of its sources that are still indexed, as they are now.

    Nothing of a document outside `scope` is shown, not even its name.
    """
    cited: Sequence[Citation | Nearest] = answer.citations or answer.nearest
    body = [block for item in cited[:MOST] for block in _item(item, documents, versions, scope, look)]
    more = len(cited) - MOST
    if more > 0:
        body.append(kit.remark(f"{more} more are in the answer's list of sources."))
    return kit.modal("Evidence", body or [kit.paragraph("There is no evidence for this message.")])


def answer_modal(answer: Answer, look: Look) -> Json:
    """The whole answer, for somebody who may not have received it."""
    body = [kit.rich(kit.line(kit.run(text))) for text in _stretches(answer.answer)]
    sources = [kit.rich(kit.line(*source_line(citation, citation.number, look))) for citation in answer.citations]
    return kit.modal("Answer", [*body[:50], *sources[:MOST]])


def _stretches(text: str) -> list[str]:
    """`text` in pieces that fit into an element."""
    return [text[start : start + kit.TEXT - 100] for start in range(0, len(text), kit.TEXT - 100)]


def _item(
    cited: Citation | Nearest,
    documents: Mapping[str, Source],
    versions: Mapping[str, str],
    scope: Scope | None,
    look: Look,
) -> Iterator[Json]:
    number = cited.number if isinstance(cited, Citation) else None
    if scope is None or not scope.allows(cited.source):
        yield kit.paragraph(f"[{number}] {NOT_ALLOWED}" if number else NOT_ALLOWED)
        return
    yield kit.rich(kit.line(*source_line(cited, number, look)))
    document = documents.get(cited.source)
    if document is None:
        yield kit.remark(REMOVED)
        return
    if document.sha256 != versions.get(cited.source):
        yield kit.remark(CHANGED)
    yield kit.rich(kit.quote(*_in_context(cited, document)))


def _in_context(cited: Citation | Nearest, document: Source) -> Iterator[Json]:
    start = _position(cited, document)
    if start is None:
        yield kit.run(clip(cited.quote, QUOTE), bold=True)
        return
    end = start + len(cited.quote)
    before = document.text[max(0, start - AROUND) : start]
    after = document.text[end : end + AROUND]
    if before:
        yield kit.run("…" + before if start > AROUND else before)
    yield kit.run(clip(cited.quote, QUOTE), bold=True)
    if after:
        yield kit.run(after + "…" if end + AROUND < len(document.text) else after)


def _position(cited: Citation | Nearest, document: Source) -> int | None:
    """Where the quote stands in the document as it is now: its old place, or the only other one."""
    if document.text[cited.start : cited.end] == cited.quote:
        return cited.start
    found = document.text.find(cited.quote)
    return found if found >= 0 else None
