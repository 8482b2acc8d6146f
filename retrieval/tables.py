"""A table as sentences: what a reranker that was trained on prose can read."""

from __future__ import annotations

import re
from collections.abc import Sequence

_BETWEEN = re.compile(r"\t+|\s{2,}")  # in rows that no bars divide
_RULE = re.compile(r"[\s|:+=_-]*")


def spoken(rows: Sequence[str]) -> str:
    """The rows with each cell named by the head of its column: "Season Winter; Cubic metres 180. Season Spring; ...".

    The first row is taken for the head. A row with another number of cells is told as it stands.
    """
    head, *rest = [cells(row) for row in rows if not _RULE.fullmatch(row)] or [[]]
    if not rest:
        return " ".join(head)
    return " ".join(
        "; ".join(f"{name} {cell}".strip() for name, cell in zip(head, row, strict=True)) + "."
        if len(row) == len(head)
        else ", ".join(row) + "."
        for row in rest
    )


def cells(row: str) -> list[str]:
    """The cells of a row, without surrounding white space."""
    if "|" not in row:
        return _BETWEEN.split(row.strip())
    bare = row.strip()
    bare = bare[1:] if bare.startswith("|") else bare
    return [cell.strip() for cell in bare.removesuffix("|").split("|")]


def column(row: str, at: int) -> int:
    """The number, from 0, of the cell that holds `row[at]`."""
    before = row[:at].lstrip()
    if "|" not in row:
        return len(_BETWEEN.findall(before))
    return before.count("|") - before.startswith("|")
