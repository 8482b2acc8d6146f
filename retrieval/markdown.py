"""The structure of a Markdown text, by its lines: front matter, headings, table rows, code, paragraphs.

A line all in bold over a paragraph, list or table is a heading, too, as in many FAQs and wiki pages.
Inline markup is left alone: offsets and quotes are those of the raw text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from retrieval.layout import Block, judged
from retrieval.model import Kind

_FRONT_MATTER = re.compile(
    r"(?P<mark>---|\+\+\+)[ \t]*\n(?P<fields>.*?\n)(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
_FIELD = re.compile(r"^(?P<name>[A-Za-z][\w-]*)\s*[:=]\s*(?P<value>\S.*?)\s*$", re.MULTILINE)
_TAG = re.compile(r"<[^>]*>")
_NO_TEXT = re.compile(r"\s*<(?:!--|script|style)", re.IGNORECASE)
_FENCE = re.compile(r"\s*(?:`{3}|~{3})")

_BOLD = re.compile(r"(\*\*|__)(?![*_\s])(?P<told>[^*\n]{1,120})\1:?")
_STATES = re.compile(r"[.!;,…]$|: ")  # "**We are closed.**" and "**Fee: 12 crowns**" are text

_WHOLE = {"heading_open": Kind.HEADING, "paragraph_open": Kind.PROSE}
_BY_LINE = {"tr_open": Kind.TABLE, "fence": Kind.PROSE, "code_block": Kind.PROSE, "html_block": Kind.PROSE}


def front_matter(text: str) -> tuple[dict[str, str], int]:
    """The fields of the YAML or TOML block that opens `text`, names in lower case, and the offset where it ends."""
    found = _FRONT_MATTER.match(text[:20_000])
    fields = {f["name"].lower(): f["value"].strip("\"'") for f in _FIELD.finditer(found["fields"])} if found else {}
    return (fields, found.end()) if found and fields else ({}, 0)


def blocks(text: str) -> list[Block]:
    """The blocks of `text` in order; together they hold every line that is more than space."""
    rows = text.split("\n")
    roles = _roles(text, rows)
    found, offset, last, broken = list[Block](), 0, -1, True
    for number, row in enumerate(rows):
        stripped = row.strip()
        if stripped:
            # Link definitions, rules and table rulers are in no part.
            kind, part = roles.get(number, (Kind.BOILERPLATE, number))
            start = offset + len(row) - len(row.lstrip())
            if part == last and not broken:
                found[-1] = replace(found[-1], end=start + len(stripped), lines=found[-1].lines + 1)
            else:
                found.append(Block(start, start + len(stripped), kind))
            last, broken = part, row.endswith(("  ", "\\"))
        offset += len(row) + 1
    return _headed(text, [judged(text, block) for block in found])


def _headed(text: str, found: list[Block]) -> list[Block]:
    """`found` with each paragraph marked as a heading that is a line in bold, no statement, over something to head."""
    bold = [block.kind is Kind.PROSE and _titles(text[block.start : block.end]) for block in found]
    for i, below in enumerate(found[1:]):
        if bold[i] and not bold[i + 1] and below.kind in (Kind.PROSE, Kind.TABLE):
            found[i] = replace(found[i], kind=Kind.HEADING)
    return found


def _titles(paragraph: str) -> bool:
    found = _BOLD.fullmatch(paragraph)
    return found is not None and not _STATES.search(found["told"])


def _roles(text: str, rows: Sequence[str]) -> dict[int, tuple[Kind, int]]:
    """For each line (from 0) its kind and the first line of the part that it belongs to."""
    _, start = front_matter(text)
    above = text.count("\n", 0, start)
    roles: dict[int, tuple[Kind, int]] = {}
    for token in MarkdownIt("commonmark").enable("table").disable("inline").parse(text[start:]):
        if token.map and token.type in _WHOLE:
            first = token.map[0] + above
            last = token.map[1] + above
            roles |= dict.fromkeys(range(first, last), (_WHOLE[token.type], first))
            if first + 1 < last and _titles(rows[first].strip()):
                roles |= dict.fromkeys(range(first + 1, last), (Kind.PROSE, first + 1))
                roles[first] = (Kind.HEADING, first)
        elif token.map and token.type in _BY_LINE:
            roles |= _by_line(token, token.map[0] + above, token.map[1] + above, rows)
    return roles


def _by_line(token: Token, first: int, last: int, rows: Sequence[str]) -> dict[int, tuple[Kind, int]]:
    """Each line is a part of its own; fences, comments, scripts and lines of nothing but tags are no text."""
    if token.type == "html_block":
        kept = [n for n in range(first, last) if not _NO_TEXT.match(rows[first]) and _TAG.sub("", rows[n]).strip()]
    elif token.type == "fence":
        kept = [n for n in range(first, last) if n > first and not (n == last - 1 and _FENCE.match(rows[n]))]
    else:
        kept = list(range(first, last))
    return {n: (_BY_LINE[token.type], n) for n in kept}
