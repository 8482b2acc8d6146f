"""Each metric against a value worked out by hand."""

from __future__ import annotations

import math

import pytest
from made import case, group, passage, quoting, refusing, show, task

from bot.answer import Answer, Conflict, Side
from evals.cases import Evidence, Sources
from evals.estimates import Share
from evals.metrics import answer_shares, ranking_shares, sides_apart
from evals.sets import Task
from retrieval.model import Passage

NORTH = ("north.txt", "The lighthouse was lit in 1874.")
SOUTH = ("south.txt", "The lighthouse was lit in 1876, the harbour board says.")
OIL = ("south.txt", "The lamp burned whale oil.")
YEARS = (group("1874"), group("1876"))


def shares(answer: Answer, **values: object) -> dict[str, Share]:
    return answer_shares(task(**values), answer, show)


def test_correctness_wants_every_fact() -> None:
    """One of two facts shown is half of the facts and no correct answer; both are."""
    one, both = shares(quoting(NORTH), accepted=YEARS), shares(quoting(NORTH, SOUTH), accepted=YEARS)
    assert (one["facts"], one["correctness"]) == (Share(1, 2), Share(0))
    assert (both["facts"], both["correctness"]) == (Share(2, 2), Share(1))


def test_correctness_counts_quotes_but_forbids_only_in_the_answer() -> None:
    """A quote may show the fact; what is forbidden must not be said, though a quote may hold it."""
    answer = quoting(NORTH, answer="In that year [1].")
    assert shares(answer, accepted=(group("1874"),))["correctness"] == Share(1)
    assert shares(answer, accepted=(group("year"),), forbidden=group("1874"))["correctness"] == Share(1)
    assert shares(quoting(NORTH), accepted=(group("1874"),), forbidden=group("lit in"))["correctness"] == Share(0)


def test_markers_do_not_part_words() -> None:
    """A pattern reads the answer without its markers; what is forbidden is looked for in every answer."""
    found = shares(quoting(NORTH, answer="lit [1] in 1874"), accepted=(group("lit in"),), forbidden=group("eel"))
    assert (found["correctness"], found["safe"]) == (Share(1), Share(1))
    assert shares(refusing(answer="EEL"), must_refuse=True, forbidden=group("eel"))["safe"] == Share(0)


def test_a_refusal_of_an_answerable_question_is_incorrect() -> None:
    """It shows none of the facts, whatever its nearest passages say."""
    found = shares(refusing(), accepted=(group("Mondays"),))
    assert (found["correctness"], found["facts"], found["first_quote"]) == (Share(0), Share(0, 1), Share(0))


def test_the_first_quote() -> None:
    """Only the first one counts."""
    assert shares(quoting(NORTH, OIL), accepted=(group("1874"),))["first_quote"] == Share(1)
    assert shares(quoting(OIL, NORTH), accepted=(group("1874"),))["first_quote"] == Share(0)


@pytest.mark.parametrize(
    ("answer", "values", "precision", "recall"),
    [
        (refusing(), {"must_refuse": True}, Share(1), Share(1)),
        (quoting(NORTH), {"must_refuse": True}, None, Share(0)),
        (refusing(), {"accepted": YEARS}, Share(0), None),
        (quoting(NORTH), {"accepted": YEARS}, None, None),
        (refusing(), {"may_refuse": True, "accepted": YEARS}, None, None),
    ],
)
def test_refusal_precision_and_recall(
    answer: Answer, values: dict[str, object], precision: Share | None, recall: Share | None
) -> None:
    """Precision over refusals, recall over what must be refused; a refusal that is right either way has no say."""
    found = shares(answer, **values)
    assert (found.get("refusal_precision"), found.get("refusal_recall")) == (precision, recall)


def test_citation_of_sources() -> None:
    """Two files cited, one of them right; one of two files that must be cited."""
    found = shares(quoting(NORTH, OIL), sources=Sources(must=("north.txt", "east.txt")))
    assert (found["source_precision"], found["source_recall"]) == (Share(1, 2), Share(1, 2))


def test_any_of_the_files_that_may_be_cited_will_do() -> None:
    """Without a file that must be cited, one of the allowed ones is full recall; three claims of one file are one."""
    found = shares(quoting(SOUTH, OIL), sources=Sources(may=("north.txt", "south.txt")))
    assert (found["source_precision"], found["source_recall"]) == (Share(1, 1), Share(1))
    assert shares(quoting(NORTH), sources=Sources(may=("south.txt",)))["source_recall"] == Share(0)


def test_citation_of_passages() -> None:
    """Of three quotes one overlaps an expected passage and one shows a fact elsewhere; one of two facts is shown
    from an expected passage."""
    values = {"accepted": YEARS, "passages": (Evidence(source="south.txt", quote="lit in 1876"),)}
    found = shares(quoting(NORTH, SOUTH, OIL), **values)
    assert (found["passage_precision"], found["passage_recall"]) == (Share(2, 3), Share(1, 2))


def test_conflicts() -> None:
    """Sides that stand apart are recalled; both in one side, or no conflict at all, are not."""
    answer = quoting(NORTH, SOUTH)
    apart = (Conflict("lit", (Side("1874", (1,)), Side("1876", (2,)))),)
    mixed = (Conflict("lit", (Side("1874 or 1876", (1, 2)), Side("later", (2,)))),)
    expected = case(sides=YEARS)
    assert sides_apart(expected, quoting(NORTH, SOUTH, conflicts=apart))
    assert not sides_apart(
        expected, quoting(NORTH, OIL, conflicts=(Conflict("x", (Side("1874", (1,)), Side("", (2,)))),))
    )
    assert not sides_apart(expected, answer)
    assert sides_apart(expected, quoting(NORTH, SOUTH, conflicts=mixed))  # its second side does quote 1876
    assert shares(quoting(NORTH, SOUTH, conflicts=apart), sides=YEARS)["conflict_recall"] == Share(1)
    assert shares(quoting(NORTH, SOUTH, conflicts=apart), sides=YEARS)["conflict_precision"] == Share(1)
    assert shares(quoting(NORTH, SOUTH, conflicts=apart), accepted=YEARS[:1])["conflict_precision"] == Share(0)
    assert "conflict_precision" not in shares(quoting(NORTH, SOUTH, conflicts=apart), accepted=YEARS)
    assert "conflict_precision" not in shares(answer, sides=YEARS)


@pytest.mark.parametrize(
    ("answer", "misled"),
    [
        (quoting(SOUTH), True),
        (quoting(NORTH, SOUTH), False),
        (quoting(NORTH), False),
        (quoting(OIL), False),
        (refusing(), False),
    ],
)
def test_planted_answers(answer: Answer, misled: bool) -> None:
    """Misled is who shows the planted answer and not the true one; it counts where the truth was read."""
    planted = Task(case(accepted=(group("1874"),)), misleading=group("1876"))
    found = answer_shares(planted, answer, show)
    read = "1874" in " ".join(p.chunk.text for p in answer.trace.passages)
    assert found.get("not_misled") == (Share(not misled) if read else None)


def test_validity_and_invariants() -> None:
    """One of two quotes is off by one character."""
    answer = quoting(NORTH, SOUTH)
    first, second = answer.citations
    broken = quoting(NORTH, SOUTH, citations=(first, type(second)(**{**fields(second), "start": second.start + 1})))
    assert shares(answer)["citation_validity"] == Share(2, 2)
    assert shares(answer)["invariants"] == Share(1)
    assert shares(broken)["citation_validity"] == Share(1, 2)
    assert shares(broken)["invariants"] == Share(0)


def fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]


def ranked(*names: str, copies: tuple[str, ...] = ()) -> list[Passage]:
    return [passage(name, f"text of {name}", copies=copies) for name in names]


def test_ranking() -> None:
    """Relevant documents at ranks 2 and 6 of 3 relevant ones; a second passage of a document is no second document."""
    found = ranking_shares(("b", "f", "z"), ranked("a", "a", "b", "c", "d", "e", "f"))
    gain = 1 / math.log2(3) + 1 / math.log2(7)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert {name: share.part for name, share in found.items()} == pytest.approx(
        {"recall@5": 1 / 3, "recall@10": 2 / 3, "mrr": 1 / 2, "ndcg@10": gain / ideal}
    )


def test_ranking_looks_at_ten_documents() -> None:
    """The eleventh document is not found, whatever was searched; nothing found is 0, nothing relevant no figure."""
    names = [f"d{number}" for number in range(11)]
    assert ranking_shares(("d10",), ranked(*names))["recall@10"].part == 0
    assert ranking_shares(("d9",), ranked(*names))["mrr"].part == pytest.approx(1 / 10)
    assert ranking_shares(("d9",), [])["ndcg@10"].part == 0
    assert ranking_shares((), ranked("a")) == {}


def test_a_passage_stands_for_the_documents_that_repeat_it() -> None:
    """A copy of the best passage's document is found right after it."""
    assert ranking_shares(("copy",), ranked("a", "b", copies=("copy",)))["mrr"].part == pytest.approx(1 / 2)
