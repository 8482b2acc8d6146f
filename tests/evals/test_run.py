"""Running a set: what is kept of each case, what a failing model leaves, what an interrupted run goes on with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from made import DOCUMENTS, Fixed, case, group, passage, quoting, refusing, task

from bot.answer import Answer, Question
from evals.cases import Sources
from evals.judge import Judge
from evals.results import Result
from evals.run import Model, Unanswered, run
from evals.sets import EvalSet, Task
from retrieval.errors import ProviderError

NORTH = ("north.txt", "The lighthouse was lit in 1874.")


def tasks(count: int, **values: object) -> EvalSet:
    return EvalSet("made", tuple(Task(case(id=f"c{number}", **values)) for number in range(count)), DOCUMENTS)


def only(outcomes: Sequence[Result | Unanswered]) -> Result:
    (result,) = outcomes
    assert isinstance(result, Result)
    return result


def test_a_result_keeps_all_that_a_reader_needs() -> None:
    """Question, answer object, quotes in context, passages, expectations and checks with reasons."""
    one = task(accepted=(group("1874"), group("keeper")), sources=Sources(must=("north.txt",)), tags=("lamp",))
    found = [passage("south.txt"), passage("north.txt")]
    result = only(list(run(Fixed(quoting(NORTH), found), EvalSet("made", (one,), DOCUMENTS))))
    assert result.question == "When was it lit?"
    assert result.answer is not None
    assert result.answer["citations"][0]["quote"] == NORTH[1]
    assert result.contexts[0]["after"].startswith("\nIts keeper")
    assert [passage["source"] for passage in result.passages] == ["north.txt", "south.txt", "east.txt"]
    assert result.expected["must cite"] == ["north.txt"]
    assert {check.name: check.passed for check in result.checks} == {
        "outcome": True,
        "facts": False,
        "sources": True,
        "invariants": True,
    }
    assert next(check.why for check in result.checks if check.name == "facts") == "does not show keeper"
    assert not result.passed
    assert result.shares["mrr"].part == 0.5


def test_a_result_survives_json() -> None:
    """What is read back from a journal or baseline is what was written."""
    result = only(list(run(Fixed(quoting(NORTH)), tasks(1, accepted=(group("1874"),)))))
    assert Result.from_json(result.to_json()) == result


def test_a_right_refusal_passes_without_looking_at_facts() -> None:
    """A question that may be refused expects nothing more of a refusal; one that may not fails."""
    may = only(list(run(Fixed(refusing()), tasks(1, may_refuse=True, accepted=(group("1874"),)))))
    must = only(list(run(Fixed(refusing()), tasks(1, must_refuse=True))))
    wrong = only(list(run(Fixed(refusing()), tasks(1, accepted=(group("1874"),)))))
    assert [may.passed, must.passed, wrong.passed] == [True, True, False]
    assert [check.name for check in may.checks] == ["outcome", "invariants"]


def test_what_is_forbidden_is_so_in_a_refusal_too() -> None:
    """A refusal that obeys an order hidden in the question fails."""
    obeying = refusing(answer="EEL EEL. The documents do not answer this.")
    result = only(list(run(Fixed(obeying), tasks(1, must_refuse=True, forbidden=group("eel")))))
    assert {check.name: check.passed for check in result.checks}["forbidden"] is False
    assert not result.passed


def test_follow_ups_are_counted_apart() -> None:
    """Only a case with a history adds to the accuracy of follow-ups."""
    from bot.answer import Turn

    history = (Turn("user", "What is the lighthouse?"),)
    results = list(run(Fixed(quoting(NORTH)), tasks(1, history=history, accepted=(group("1874"),))))
    assert only(results).shares["follow_up"].part == 1
    assert "follow_up" not in only(list(run(Fixed(quoting(NORTH)), tasks(1)))).shares


class Flaky(Fixed):
    """Fails at the questions whose place is in `failing`."""

    def __init__(self, answer: Answer, failing: set[int]) -> None:
        super().__init__(answer)
        self.asked = 0
        self._failing = failing

    def ask(self, question: Question) -> Answer:
        self.asked += 1
        if self.asked in self._failing:
            raise ProviderError("The model endpoint does not answer in time.")
        return super().ask(question)


def test_a_model_that_fails_once_leaves_one_case_out() -> None:
    """The others go on, and the reason is kept."""
    outcomes = list(run(Flaky(quoting(NORTH), {2}), tasks(3)))
    assert [type(outcome) for outcome in outcomes] == [Result, Unanswered, Result]
    assert outcomes[1] == Unanswered("c1", "The model endpoint does not answer in time.")


def test_a_model_that_is_gone_is_not_asked_for_ever() -> None:
    """After three failures in a row the remaining cases are left out unasked."""
    flaky = Flaky(quoting(NORTH), {2, 3, 4, 5, 6, 7})
    outcomes = list(run(flaky, tasks(7)))
    assert flaky.asked == 4
    assert [isinstance(outcome, Result) for outcome in outcomes] == [True] + [False] * 6
    assert outcomes[-1] == Unanswered("c6", "not asked: the model had failed too often")


def test_a_failure_hidden_behind_another_answer_is_no_result() -> None:
    """Where the endpoint failed and the bot quoted instead, the case is not one of the model's."""
    reports = iter([["status 500"], []])
    model = Model(failures=lambda: next(reports))
    outcomes = list(run(Fixed(quoting(NORTH)), tasks(2), model=model))
    assert outcomes[0] == Unanswered("c0", "The model's endpoint failed (status 500).")
    assert isinstance(outcomes[1], Result)


def test_finished_cases_are_not_asked_again() -> None:
    """Unless the case has changed since."""
    first = {r.id: r for r in run(Fixed(quoting(NORTH)), tasks(3)) if isinstance(r, Result)}
    flaky = Flaky(quoting(NORTH), set())
    changed = replace(tasks(3), tasks=(*tasks(3).tasks[:2], Task(case(id="c2", question="Who lit it?"))))
    results = list(run(flaky, changed, first))
    assert flaky.asked == 1
    assert results[:2] == [first["c0"], first["c1"]]


def test_a_set_without_answers_measures_the_ranking() -> None:
    """Nothing is asked, and nothing passes or fails."""
    found = [passage("south.txt"), passage("north.txt")]
    one = task(sources=Sources(may=("north.txt",)))
    result = only(list(run(Fixed(quoting(NORTH), found), EvalSet("made", (one,), DOCUMENTS, answers=False))))
    assert (result.answer, result.checks) == (None, ())
    assert result.shares["mrr"].part == 0.5


@pytest.mark.parametrize(
    ("reply", "part"), [("SUPPORTED", 2), (" **supported**.", 2), ("UNSUPPORTED", 0), ("I think SUPPORTED", 0)]
)
def test_the_judge(reply: str, part: int) -> None:
    """Every claim is judged by its own quotes, and only a plain yes is one."""
    prompts: list[str] = []
    judge = Judge(recorded(prompts, lambda _: reply))
    answer = quoting(NORTH, ("south.txt", "The lamp burned whale oil."))
    result = only(list(run(Fixed(answer), tasks(1), model=Model(judge=judge))))
    assert result.shares["faithfulness"].part == part
    assert ["1874" in prompt for prompt in prompts] == [True, False]


def recorded(prompts: list[str], reply: Callable[[str], str]) -> Callable[[str], str]:
    def complete(prompt: str) -> str:
        prompts.append(prompt)
        return reply(prompt)

    return complete
