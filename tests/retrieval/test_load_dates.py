"""Which date is the document's own."""

from __future__ import annotations

from datetime import date

import pytest

from retrieval.dates import dateline, in_name, is_dateline, parsed


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Talks end\n\nPublished: 14 March 2024\n\nThey met.", date(2024, 3, 14)),
        ("BERLIN, March 3, 2025 — The ministers met.", date(2025, 3, 3)),
        ("BEIJING, June 19, 2023 (Reuters) - The ministers met.", date(2023, 6, 19)),
        ("Washington, D.C., June 19, 2023 – The ministers met.", date(2023, 6, 19)),
        ("June 19, 2023 – The ministers met.", date(2023, 6, 19)),
        ("Talks end\n\nJune 19, 2023\n\nOn May 3, 1999 he came.", date(2023, 6, 19)),
        ("Talks end\nMonday, 19th of June 2023\nThey met.", date(2023, 6, 19)),
        ("2023-06-19\n\nThey met.", date(2023, 6, 19)),
        ("Date: 2023-06-19 10:00\nThey met.", date(2023, 6, 19)),
        ("By Jane Doe | June 19, 2023 10:00 AM EST\n\nThey met.", date(2023, 6, 19)),
        ("From our correspondent Jane Doe, Bern, 15 October 2025\n\nThey met.", date(2025, 10, 15)),
        ("Posted by desk on 14.10.2025, 23:47", date(2025, 10, 14)),
        ("Sunday 15 October 2025, posted at 22:10\n\nThey met.", date(2025, 10, 15)),
        ("The Post\n\nSpecial edition, 16 October 2025\n\nThey met.", date(2025, 10, 16)),
        ("Last updated: June 8, 2023", date(2023, 6, 8)),
        ("Updated: 3 May 2024\nPublished: 1 May 2024\n\nThey met.", date(2024, 5, 1)),
        ("# Board minutes, 14 March 2024\n\nThey met.", date(2024, 3, 14)),
        ("2024-03-14 Weekly report\n\nThey met.", date(2024, 3, 14)),
        ("*The Post, 16 October 2025. Ten pence.*\n\nThey met.", date(2025, 10, 16)),
        ("The ministers in Bern on June 19, 2023.\n\nJANE DOE/POOL / AFP via Getty Images", date(2023, 6, 19)),
        ("On 14 March 1995 the firm was founded by two men.", None),
        ("The talks of June 19, 2023 ended well.", None),
        ("On June 19, 2023 – a Monday – he left.", None),
        ("Jane Doe (February 29, 1936 – April 4, 2015) was a painter.", None),
        ("He was born in Paris, 3 May 1904, and died there.", None),
        ("Rates in force from July 1, 2023 - Kerbside service", None),
        ("They met.\n" * 40 + "Published: 3 May 2024", None),
        ("Published: 31 February 2024", None),
        ("June 2023", None),
        ("", None),
    ],
)
def test_dateline(text: str, stated: date | None) -> None:
    """Labels, datelines, lines that are only a date and captions date a document; a date told in prose does not."""
    assert dateline(text) == stated


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19/6/2023", date(2023, 6, 19)),
        ("6/19/2023", date(2023, 6, 19)),
        ("3/4/2024", None),
        ("03.04.2024", date(2024, 4, 3)),
        ("Mon, 19 Jun 2023 10:00:00 GMT", date(2023, 6, 19)),
        ("2023-06-19T23:30:00-04:00", date(2023, 6, 19)),
        ("Sept. 5, 2023", date(2023, 9, 5)),
        ("2023-13-45", None),
        ("99 March 2024", None),
        ("no date", None),
    ],
)
def test_parsed(text: str, day: date | None) -> None:
    """A date that could be two days, or none, is none."""
    assert parsed(text) == day


def test_in_name() -> None:
    """An ISO date in the file's name counts, one in a folder's does not."""
    assert in_name("notes/minutes-2024-03-14.md") == date(2024, 3, 14)
    assert in_name("2024-03-14/minutes.md") is None
    assert in_name("order-12024-03-141.md") is None


def test_is_dateline() -> None:
    """A line that also says what happened that day is more than a dateline."""
    assert is_dateline("By Jane Doe | June 19, 2023 | Reuters")
    assert is_dateline("Sunday 15 October 2025, posted at 22:10")
    assert not is_dateline("June 19, 2023 – talks last six hours")
    assert not is_dateline("They met.")
