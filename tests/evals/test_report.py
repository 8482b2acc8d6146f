"""The reports: a table for the terminal, and one page that a real browser opens, filters and reads."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browser import CHROMIUM, opened
from made import DOCUMENTS, Fixed, case, group, passage, quoting, refusing

from bot.answer import Answer, Question
from evals.cases import CaseKind, Sources
from evals.compare import compare
from evals.judge import Agreement
from evals.report import page, remarks, table
from evals.results import Result
from evals.run import Unanswered, run
from evals.sets import EvalSet, Task
from evals.summary import Price, Ran, summary, without_timings

ATTACK = '</script><script>document.title = "owned"</script><img src=x onerror="document.title=1">'
NORTH = ("north.txt", "The lighthouse was lit in 1874.")
TASKS = (
    Task(case(id="lit", kind=CaseKind.FACT, accepted=(group("1874"),), sources=Sources(must=("north.txt",)))),
    Task(case(id="lamp", kind=CaseKind.NUMBER, question=f"How bright was {ATTACK}?", accepted=(group("watts"),))),
    Task(case(id="food", kind=CaseKind.FAR_OFF, question="What did the keeper eat?", must_refuse=True)),
)
TASK_SET = EvalSet("made", TASKS, DOCUMENTS)


class Made(Fixed):
    """Answers one question, is wrong about another, refuses the third."""

    def ask(self, question: Question) -> Answer:
        answer = refusing() if "eat" in question.text else quoting(NORTH)
        text = f"{answer.answer} {ATTACK}" if "bright" in question.text else answer.answer
        return replace(answer, question=question.text, standalone_question=question.text, answer=text)


def results(answerer: Fixed) -> list[Result]:
    return [result for result in run(answerer, TASK_SET) if isinstance(result, Result)]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """A run with all there is: naive pipeline, baseline, judge, minimums, an unanswered case."""
    found = [passage("north.txt")]
    after, naive = results(Made(quoting(NORTH), found)), results(Fixed(quoting(NORTH), found))
    ran = Ran(
        "made",
        after,
        [Unanswered("late", "The model endpoint does not answer in time.")],
        comparison=compare(results(Fixed(refusing(), found)), after),
        naive=naive,
        against_naive=compare(naive, after),
        agreement=Agreement(40, 0.9, 0.8),
        minimums={"correctness": 0.9, "citation_validity": 1.0, "conflict_recall": 0.5},
    )
    conditions = {"format": 1, "answerer": "extractive", "embeddings": "bundled", "reranker": "bundled"}
    return {**conditions, "sets": [summary(ran, Price(1, 2))]}


def test_what_is_below_its_minimum(report: dict[str, Any]) -> None:
    """A figure below its minimum falls short, and so does one that no case measures."""
    assert report["sets"][0]["below"] == [
        {"metric": "correctness", "minimum": 0.9, "value": 0.5},
        {"metric": "conflict_recall", "minimum": 0.5, "value": None},
    ]


def test_the_json_is_plain(report: dict[str, Any]) -> None:
    """It goes through JSON unchanged, kinds are counted, and timings stand only under `seconds`."""
    assert json.loads(json.dumps(report)) == json.loads(json.dumps(report, sort_keys=True))
    (made,) = report["sets"]
    assert made["kinds"]["number"] == {"cases": 1, "passed": 0}
    assert "seconds" not in json.dumps(without_timings(report))


def test_the_tables(report: dict[str, Any]) -> None:
    """Each figure with interval, minimum, the naive pipeline's and the difference; below it what needs a look."""
    text = table(report["sets"][0], 120)
    assert "…" not in text
    (row,) = [line for line in text.splitlines() if "Answer correctness" in line]
    assert "! 90.0" in row
    assert "+50.0 (p 1.000)" in row
    said = "\n".join(remarks(report["sets"][0]))
    assert "The judge agrees with 90% of 40 labels (kappa 0.80)." in said
    assert "Failed: lamp." in said
    assert "Better: lit: outcome: answered" in said
    assert "Not answered: late: The model endpoint does not answer in time." in said
    assert "Too low: correctness is 50.0, the minimum is 90.0." in said
    assert "Too low: conflict_recall is not measured" in said


def test_the_page_holds_no_markup_of_others(report: dict[str, Any]) -> None:
    """What documents and models wrote stands in the page without a single `<`, and nothing is fetched."""
    text = page(report)
    assert ATTACK not in text
    assert "\\u003c/script>" in text
    assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in text


@pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")
def test_the_page_in_a_browser(report: dict[str, Any], tmp_path: Path) -> None:
    """A reader filters by kind and outcome and opens a case; a script in a document and an answer stays text."""
    file = tmp_path / "report.html"
    file.write_text(page(report), "utf-8")
    asyncio.run(_read(file, tmp_path / "profile"))


async def _read(file: Path, profile: Path) -> None:
    shown = "[...document.querySelectorAll('.case')].map(each => each.dataset.case).join()"
    async with opened(file, profile) as page:
        assert await page.run(shown) == "lit,lamp,food,late"
        assert await page.run("document.querySelectorAll('[data-metric] svg').length") > 10

        await page.run("document.querySelector('[data-outcome=failed]').click()")
        assert await page.run(shown) == "lamp"
        await page.run("document.querySelector('button[data-outcome=failed]').click()")
        await page.run("document.querySelector('button[data-kind=far-off]').click()")
        assert await page.run(shown) == "food"
        await page.run("document.querySelector('button[data-kind=far-off]').click()")
        await page.run("document.querySelector('button[data-changed=better]').click()")
        assert await page.run(shown) == "lit"
        await page.run("document.querySelector('button[data-changed=better]').click()")

        await page.run("document.querySelector('[data-case=lamp] summary').click()")
        await page.run("new Promise(requestAnimationFrame)")
        text = await page.run("document.querySelector('[data-case=lamp] .body').innerText")
        assert ATTACK in text
        assert "does not show watts" in text
        assert await page.run("document.querySelector('[data-case=lamp] mark').innerText") == NORTH[1]
        assert "north.txt, line 1" in text
        assert await page.run("document.querySelectorAll('script, img').length") == 2
        assert await page.run("document.title") == "citebot evaluation"
        assert await page.run("location.hash") == "#case=lamp"
        assert page.requests == [file.as_uri()]
        assert page.errors == []
