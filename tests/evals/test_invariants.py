"""The contract's invariants: what holds is accepted, and each way to break one is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from made import citation, nearest, quoting, refusing, show

from bot.answer import Answer, Claim, Conflict, Side, Withheld
from evals.invariants import check

LIT = ("north.txt", "The lighthouse was lit in 1874.")
OTHER = ("south.txt", "The lighthouse was lit in 1876, the harbour board says.")


@pytest.mark.parametrize("answer", [quoting(LIT), quoting(LIT, OTHER), refusing()], ids=["one", "two", "refusal"])
def test_a_sound_answer_has_no_violation(answer: Answer) -> None:
    """Quotes with their numbers, and a refusal with the nearest passage, hold all five."""
    assert check(answer, show) == []


def test_a_rewritten_claim_is_held_to_its_passage() -> None:
    """A claim need not be a quote, if its details stand in the passage around its quote."""
    claim = Claim("Ada Brook lived there for 67 months after 1874.", (1,))
    broken = replace(quoting(LIT), claims=(claim,), answer=f"{claim.text} [1]")
    assert [violation[:1] for violation in check(broken, show)] == ["3"]
    whole = Claim("Ada Brook lived there for 5.5 years after 1874.", (1,))
    assert check(replace(broken, claims=(whole,), answer=f"{whole.text} [1]"), show) == []


def _renumbered(answer: Answer, number: int) -> Answer:
    changed = replace(answer.citations[0], number=number)
    return replace(answer, citations=(changed, *answer.citations[1:]))


def _claiming(text: str) -> Answer:
    return replace(quoting(LIT), claims=(Claim(text, (1,)),), answer=f"{text} [1]")


SIDES = (Side("1874", (1,)), Side("1876", (2,)))
BROKEN: list[tuple[str, Answer, str]] = [
    ("offsets", replace(quoting(LIT), citations=(replace(citation(1, *LIT), start=1),)), "1: "),
    ("quote", replace(quoting(LIT), citations=(replace(citation(1, *LIT), quote="It was lit in 1874."),)), "1: "),
    ("empty quote", replace(quoting(LIT), citations=(replace(citation(1, *LIT), quote="", end=0),)), "1: "),
    ("lines", replace(quoting(LIT), citations=(replace(citation(1, *LIT), lines=(2, 2)),)), "1: "),
    ("nearest", refusing(nearest=(replace(nearest("east.txt", "The ferry"), start=4),)), "1: "),
    ("claim without citation", replace(quoting(LIT), claims=(Claim("It was lit.", ()),)), "2: a claim without"),
    ("number", _renumbered(quoting(LIT), 2), "2: the citations are numbered [2]"),
    ("unused citation", replace(quoting(LIT, OTHER), claims=quoting(LIT).claims), "2: the claims use [1]"),
    ("no marker", quoting(LIT, answer="The lighthouse was lit in 1874."), "2: the markers"),
    ("foreign marker", quoting(LIT, answer="The lighthouse was lit in 1874. [1][7]"), "2: the markers"),
    ("order", quoting(LIT, OTHER, answer="1876 [2], 1874 [1]"), "2: the markers in the answer are [2, 1]"),
    ("side", quoting(LIT, conflicts=(Conflict("lit", SIDES),)), "2: the conflict about 'lit' cites [2]"),
    ("one side", quoting(LIT, conflicts=(Conflict("lit", SIDES[:1]),)), "2: the conflict about 'lit' has"),
    ("number", _claiming("The lighthouse was lit in 1900."), "3: 1900 of"),
    ("name", _claiming("The lighthouse was lit by Martin."), "3: Martin of"),
    ("withheld", quoting(LIT, withheld=(Withheld("lit in 1874", "no"),)), "3: withheld and yet shown"),
    ("empty", refusing(answer=" "), "4: the answer is empty"),
    ("refusal with claims", replace(quoting(LIT), status="refused", nearest=refusing().nearest), "4: a refusal with"),
    ("refusal without nearest", refusing(nearest=()), "4: a refusal that does not give"),
    ("answered without claims", replace(refusing(), status="answered"), "4: answered without a claim"),
    ("partial without a word", quoting(LIT, status="partial"), "4: partial without saying"),
    ("link", quoting(LIT, notice="See https://evil.example/?q=1"), "5: 'https://evil.example/?q=1'"),
    ("mention", quoting(LIT, notice="<!channel> look"), "5: '<!channel>'"),
]


@pytest.mark.parametrize(("answer", "violation"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_each_violation_is_named(answer: Answer, violation: str) -> None:
    """A broken answer is reported under the number of the invariant that it breaks."""
    assert any(found.startswith(violation) for found in check(answer, show)), check(answer, show)


@pytest.mark.parametrize(
    "changes",
    [{"status": "partial", "answer": "The lighthouse was lit in 1874. [1] Who paid is not said."}, {"notice": "ok"}],
)
def test_what_stands_beside_the_claims_is_free(changes: dict[str, Any]) -> None:
    """A partial answer says what is missing; a notice is no statement of the answer."""
    assert check(quoting(LIT, **changes), show) == []


def test_a_link_of_the_documents_may_be_shown() -> None:
    """A URL that stands in a cited document is its text, also with a full stop behind it."""
    quote = ("east.txt", "See https://ferry.example/times for more.")
    assert check(quoting(quote, notice="See https://ferry.example/times."), show) == []


def test_without_a_trace_the_surroundings_of_the_quote_count() -> None:
    """An answer that went through JSON has no passages: then the document around the quote is read."""
    answer = _claiming("Ada Brook kept the light of 1874.")
    assert check(replace(answer, trace=replace(answer.trace, passages=())), show) == []
