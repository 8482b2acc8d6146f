"""Denying, leaving open, and what only looks like it."""

from __future__ import annotations

import pytest

from bot.polarity import denied, denies, leaves_open, unreal, unsettled


@pytest.mark.parametrize(
    ("text", "denial", "is_open"),
    [
        ("She did not accept the loan.", True, False),
        ("It is not confirmed that she accepted.", False, True),
        ("She may accept the loan.", False, True),
        ("It was painted in May.", False, False),
        ("Quintet No. 2 was written in 1890.", False, False),
        ("No ship came.", True, False),
        ("It is not only old but deep.", False, False),
    ],
)
def test_denying_and_leaving_open(text: str, denial: bool, is_open: bool) -> None:
    """Months and numbers of works are neither; "not confirmed" leaves open."""
    assert denies(text) is denial
    assert leaves_open(text) is is_open


def test_what_is_denied() -> None:
    """The content word behind the negation."""
    assert denied("She did not accept the loan.") == {"accept"}


def test_what_is_unsettled() -> None:
    """Said of what is not known, decided or confirmed, and of nothing else."""
    assert unsettled("It is not yet known.")
    assert not unsettled("It is known.")


@pytest.mark.parametrize(
    ("text", "unreal_"),
    [
        ("It could not have been signed without her.", True),
        ("She would have signed it.", True),
        ("It couldn't have been signed.", True),
        ("It may have been signed.", False),
        ("They could not sign it.", False),
    ],
)
def test_what_would_have_been_was_not_so(text: str, unreal_: bool) -> None:
    """It says neither yes nor no to whether it was."""
    assert unreal(text) is unreal_
