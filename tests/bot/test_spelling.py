"""Misspelt words of a question."""

from __future__ import annotations

import pytest
from passages import passage

from bot.spelling import corrected

READ = [passage("Aduna spent a cent on the communiqué, and the work was done.")]
KNOWN = frozenset("who said you drink a when did she pay for the a is it".split())


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("when did she pay for the comuniqué", "when did she pay for the communiqué"),
        ("when did adunna pay", "when did Aduna pay"),
        ("who said you cant drink a communiqué", "who said you can't drink a communiqué"),
        ("Dont you pay?", "Don't you pay?"),
        ("whats a cent", "whats a cent"),
    ],
)
def test_words_as_the_documents_spell_them(asked: str, meant: str) -> None:
    """A word that nothing knows becomes the one of the passages that it may be; a contraction is no misspelling."""
    assert corrected(asked, READ, KNOWN) == meant
