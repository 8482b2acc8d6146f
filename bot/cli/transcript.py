"""A conversation as Markdown, for `/save`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.answer import Answer, Citation, Nearest
from bot.cli.console import one_line, safe
from bot.cli.render import place
from bot.dates import in_words

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!])")


def transcript(answers: Iterable[Answer]) -> str:
    """Questions, answers and their quotes; what documents say is escaped, so that it stays text."""
    return "\n".join(line for answer in answers for line in _section(answer))


def _section(answer: Answer) -> Iterator[str]:
    yield f"## {_plain(answer.question)}\n"
    yield f"{_SPECIAL.sub(_escape, safe(answer.answer))}\n"
    for conflict in answer.conflicts:
        yield f"Sources disagree: {_plain(conflict.about)}\n"
        for side in conflict.sides:
            markers = "".join(f"\\[{number}\\]" for number in side.citations)
            yield f"- {_plain(side.value)} {markers}"
        yield ""
    for citation in answer.citations:
        dated = f", {in_words(citation.date)}" if citation.date else ""
        yield from _quoted(f"\\[{citation.number}\\] ", citation, dated)
    if answer.nearest:
        yield "Nearest passages:\n"
    for nearest in answer.nearest:
        yield from _quoted("", nearest, "")
    if answer.notice:
        yield f"{_plain(answer.notice)}\n"


def _quoted(marker: str, cited: Citation | Nearest, dated: str) -> Iterator[str]:
    yield f"{marker}**{_plain(cited.title)}** · {_plain(place(cited))}{dated}\n"
    yield f"> {_plain(cited.quote)}\n"


def _plain(text: str) -> str:
    return _SPECIAL.sub(_escape, one_line(text))


def _escape(match: re.Match[str]) -> str:
    return f"\\{match[1]}"
