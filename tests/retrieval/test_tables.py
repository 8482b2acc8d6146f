"""Tables told in sentences."""

from __future__ import annotations

import pytest

from retrieval.context import shown
from retrieval.model import Chunk, Kind, Sentence
from retrieval.tables import column, spoken


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            ["| Season | Litres |", "|---|---|", "| Winter | 180 |", "| Spring | 260 |"],
            "Season Winter; Litres 180. Season Spring; Litres 260.",
        ),
        (["| | Ostrel | Lume |", "|:--|--:|--:|", "| Farms | 3 | 7 |"], "Farms; Ostrel 3; Lume 7."),
        (["Plan | Price", "Basic | 5 euros"], "Plan Basic; Price 5 euros."),
        (["Plan    Price", "Basic   5 euros"], "Plan Basic; Price 5 euros."),
        (["| a | b |", "| c |"], "c."),
        (["| only | head |"], "only head"),
        (["|---|---|"], ""),
        ([], ""),
    ],
)
def test_cells_are_named_by_their_column(rows: list[str], told: str) -> None:
    """Bars, tabs or wide gaps divide cells; rules are left out; a row that does not fit stands as it is."""
    assert spoken(rows) == told


def test_reranker_reads_heading_introduction_and_table() -> None:
    """The table alone does not say what it is about."""
    lines = ["A little must flow.", "The accord sets a minimum.", "| Season | Litres |", "| Winter | 180 |"]
    spans, at = [], 0
    for n, line in enumerate(lines):
        spans.append(Sentence(at, at + len(line), Kind.TABLE if n > 1 else Kind.PROSE))
        at += len(line) + 1
    text = "\n".join(lines)
    chunk = Chunk("a.md", 0, len(text), text, "Water", tuple(spans))
    assert shown(chunk, 2) == "Water. The accord sets a minimum. Season Winter; Litres 180."
    assert shown(chunk, 1) == "Water: The accord sets a minimum."


@pytest.mark.parametrize(
    ("row", "cell", "number"),
    [
        ("| Farms | 3 | 7 |", "7", 2),
        ("Farms | 3 | 7", "3", 1),
        ("Farms\t3\t7", "7", 2),
        ("Farms   3", "Farms", 0),
        ("| Farms | 3 |", "Farms", 0),
    ],
)
def test_the_column_of_a_cell(row: str, cell: str, number: int) -> None:
    """Counted from 0, with bars at the ends or without."""
    assert column(row, row.index(cell)) == number
