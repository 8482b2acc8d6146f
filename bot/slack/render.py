"""An answer as Slack messages: a Markdown body that can be streamed, blocks below it, and a plain-text fallback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.answer import Answer, Citation, Conflict, Nearest
from bot.dates import in_words
from bot.links import link
from bot.slack import blocks as kit
from bot.slack.text import JOINER, clip, entities, markdown

Json = dict[str, Any]

BODY = 8000  # characters of Markdown in one message; Slack takes 12,000
MESSAGE = 12_500  # characters of all blocks of a message; Slack takes about 13,200
BLOCKS = 45  # blocks of a message; Slack takes 50
FALLBACK = 3900  # characters of the text beside blocks; Slack takes 4,000 in an update
SHOWN = 300  # characters of a quote in a message; the evidence modal has all of it

EVIDENCE, SHARE, FEEDBACK = "show_evidence", "share_answer", "feedback"


@dataclass(frozen=True)
class Part:
    """One message: `body` is Markdown ("" for none), `tail` the blocks below it, `text` the fallback."""

    body: str
    tail: tuple[Json, ...]
    text: str

    @property
    def blocks(self) -> list[Json]:
        body = [{"type": "markdown", "text": self.body}] if self.body.strip() else []
        return [*body, *self.tail]


@dataclass(frozen=True)
class Look:
    """How an answer is shown: the reference its buttons carry, the link template, whether it can be shared.

    `lead` stands before the answer.
    """

    key: str
    link_template: str | None = None
    shareable: bool = False
    lead: str = ""


def piece(statement: str) -> str:
    """A statement as it is streamed: escaped, and with nothing invisible at its start that Slack might drop there."""
    escaped = markdown(statement)
    return JOINER + escaped if escaped[:1].isspace() else escaped


def plain(message: str) -> tuple[Part, ...]:
    """A message of our own words, such as a notice."""
    return (Part(markdown(message), (), fallback(message)),)


def answer_parts(answer: Answer, statements: Sequence[str], look: Look) -> tuple[Part, ...]:
    """The messages of an answer, at least one. `statements` is the answer's text as it was streamed, or ()."""
    said = statements if "".join(statements) == answer.answer else (answer.answer,)
    bodies = list(_bodies((look.lead, *said) if look.lead else said))
    tail = [*_conflicts(answer.conflicts), *_notice(answer.notice), *_nearest(answer, look), *_sources(answer, look)]
    tail += _buttons(answer, look)
    groups = _groups(tail, len(bodies[-1]))
    bodies += [""] * (len(groups) - 1)
    tails = [()] * (len(bodies) - len(groups)) + groups
    text = fallback(look.lead + answer.answer + _plain_sources(answer))
    return tuple(Part(body, tail, text) for body, tail in zip(bodies, tails, strict=True))


def fallback(text: str) -> str:
    """`text` for notifications and clients without blocks; never empty."""
    text, most = text if text.strip() else "Answer", FALLBACK
    while len(escaped := entities(clip(text, most))) > FALLBACK:
        most //= 2
    return escaped


def place(cited: Citation | Nearest) -> str:
    """Where the quote stands: page or lines, and the document's date."""
    first, last = cited.lines
    lines = f"line {first}" if first == last else f"lines {first}–{last}"
    where = f"page {cited.page}, {lines}" if cited.page else lines
    when = getattr(cited, "date", None)
    return f"{where}, {in_words(when)}" if when else where


def source_line(cited: Citation | Nearest, number: int | None, look: Look) -> list[Json]:
    """Rich text elements: `[1] Title — file, lines 3–4, 5 May 2024`; the title is a link where there is a template."""
    url = link(look.link_template, cited) if look.link_template else ""
    title = clip(cited.title or cited.source, 150)
    name = kit.anchor(title, url) if url and len(url) <= kit.TEXT else kit.run(title, bold=True)
    file = f"{clip(cited.source, 200)}, " if cited.source != cited.title else ""
    start = [kit.run(f"[{number}] ")] if number else []
    return [*start, name, kit.run(f" — {file}{place(cited)}")]


def _bodies(statements: Iterable[str]) -> Iterator[str]:
    body = ""
    for text in (part for statement in statements for part in _fitting(statement)):
        if body and len(body) + len(text) > BODY:
            yield body
            body = ""
        body += text
    yield body


def _fitting(statement: str) -> Iterator[str]:
    """The statement, or its halves and theirs where it does not fit into one message."""
    if len(escaped := piece(statement)) <= BODY:
        yield escaped
        return
    half = len(statement) // 2
    cut = statement.rfind("\n", 1, half) if "\n" in statement[1:half] else statement.rfind(" ", 1, half)
    cut = cut if cut > 0 else half
    yield from _fitting(statement[:cut])
    yield from _fitting(statement[cut:])


def _groups(tail: list[Json], taken: int) -> list[tuple[Json, ...]]:
    """The blocks shared out over as many messages as they need; `taken` characters of the first are used."""
    groups: list[list[Json]] = [[]]
    used = taken
    for block in tail:
        if used + kit.size(block) > MESSAGE or len(groups[-1]) >= BLOCKS:
            groups.append([])
            used = 0
        groups[-1].append(block)
        used += kit.size(block)
    return [tuple(group) for group in groups]


def _conflicts(conflicts: Sequence[Conflict]) -> Iterator[Json]:
    for conflict in conflicts:
        sides = [
            kit.line(kit.run(clip(side.value, SHOWN) + " " + "".join(f"[{n}]" for n in side.citations)))
            for side in conflict.sides
        ]
        about = clip(conflict.about, SHOWN)
        yield kit.rich(kit.line(kit.run(f"The sources disagree: {about}", bold=True)), kit.bullets(*sides))


def _notice(notice: str) -> Iterator[Json]:
    if notice:
        yield kit.rich(kit.line(kit.run(notice, italic=True)))


def _nearest(answer: Answer, look: Look) -> Iterator[Json]:
    if answer.nearest:
        yield kit.rich(kit.line(kit.run("What comes closest:", bold=True)))
    for near in answer.nearest:
        yield kit.rich(kit.line(*source_line(near, None, look)), kit.quote(kit.run(clip(near.quote, SHOWN))))


def _sources(answer: Answer, look: Look) -> Iterator[Json]:
    """Numbered lines, at most ten to a block, so that no block grows large."""
    for start in range(0, len(answer.citations), 10):
        elements = [kit.run("Sources", bold=True)] if start == 0 else []
        for citation in answer.citations[start : start + 10]:
            elements += [kit.run("\n"), *source_line(citation, citation.number, look)]
        yield kit.rich(kit.line(*elements[0 if start == 0 else 1 :]))


def _buttons(answer: Answer, look: Look) -> Iterator[Json]:
    buttons = []
    if answer.citations or answer.nearest:
        buttons.append(kit.button("Show evidence", EVIDENCE, look.key))
    if look.shareable and answer.citations:
        buttons.append(kit.button("Share in channel", SHARE, look.key))
    if buttons:
        yield kit.actions(*buttons)
    yield kit.feedback(FEEDBACK, look.key)


def _plain_sources(answer: Answer) -> str:
    lines = [f"[{c.number}] {c.title or c.source}, {place(c)}" for c in answer.citations]
    return "\n".join(["", *lines])
