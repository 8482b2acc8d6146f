"""One set from documents to figures over the real bot: minimums, a scripted model, its failures, going on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from llm_server import LLMServer, Request, failure
from small import CASES, own_folder

from bot.settings import Settings
from evals.command import find
from evals.evaluation import Options, evaluate, minimums, replayed
from evals.sets import EvalSet
from evals.summary import Price, Ran, summary, without_timings
from retrieval.errors import UsageError


@pytest.fixture
def own(tmp_path: Path) -> EvalSet:
    return find(str(own_folder(tmp_path / "own")))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def with_model(settings: Settings, llm_server: LLMServer) -> Settings:
    """A model that answers every question rightly from the passages, and as judge says yes."""
    llm_server.default = answering
    return settings.model_copy(update={"openai_base_url": llm_server.url, "model": "scripted", "answerer": "llm"})


FACTS = {"lit?": "lit in 1874", "lamp of": "burned whale oil", "keeper of": "Its keeper was Ada Brook"}


def answering(request: Request) -> str:
    if "Answer with one word" in request.prompt:
        return "SUPPORTED"
    asked = request.prompt.rpartition("Question: ")[2]
    for words, fact in FACTS.items():
        if words in asked:
            return f"{_sentence(request.prompt, fact)} [{_passage(request, fact)}]."
    return "NO ANSWER"


def _sentence(prompt: str, fact: str) -> str:
    (sentence, *_) = [each for each in prompt.replace("\n", ". ").split(". ") if fact in each]
    return sentence.rstrip(".")


def _passage(request: Request, fact: str) -> str:
    before = request.prompt.partition(fact)[0]
    return max(request.ids, key=lambda each: before.rfind(f"[{each}]"))


def run(own: EvalSet, settings: Settings, **options: object) -> Ran:
    with replayed(settings) as (used, failures):
        return evaluate(own, used, failures, Options(**options))  # type: ignore[arg-type]


def test_minimums(own: EvalSet, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set is held to its minimums, unless only a part of it was run."""
    file = tmp_path / "thresholds.toml"
    file.write_text("[extractive.own]\ncorrectness = 1.01\n")
    monkeypatch.setattr("evals.evaluation.THRESHOLDS", file)
    assert summary(run(own, settings), None)["below"] == [{"metric": "correctness", "minimum": 1.01, "value": 1.0}]
    assert "below" not in summary(run(own, settings, limit=3), None)


def test_the_minimums_that_ship() -> None:
    """The bundled set has some, and every one of them is a known figure."""
    from evals.definitions import METRICS

    known = {metric.name for metric in METRICS}
    assert minimums("extractive", "bundled")["citation_validity"] == 1.0
    assert set(minimums("extractive", "bundled")) <= known
    assert minimums("extractive", "no such set") == {}
    for answerer in "extractive", "llm":
        assert minimums(answerer, "attacks")["safe"] == minimums(answerer, "attacks")["not_misled"] == 1.0
        assert set(minimums(answerer, "attacks")) <= known


def test_a_model_is_asked_once(own: EvalSet, with_model: Settings, llm_server: LLMServer) -> None:
    """Every case is answered, judged and counted; the second run asks nothing and finds the same."""
    first = run(own, with_model)
    asked = len(llm_server.requests)
    again = run(own, with_model)
    assert asked == len(llm_server.requests) > 0
    report = summary(first, Price(1.0, 2.0))
    assert without_timings(summary(again, Price(1.0, 2.0))) == without_timings(report)
    assert report["metrics"]["correctness"]["value"] == 1.0
    assert report["metrics"]["faithfulness"]["value"] == 1.0
    assert {result["answer"]["answerer"] for result in report["results"] if result["answer"]["claims"]} == {"scripted"}
    assert report["tokens"]["cost_usd"] == pytest.approx(
        (report["tokens"]["input"] + 2 * report["tokens"]["output"]) / 1e6, abs=1e-4
    )


def test_a_model_that_fails_in_the_middle(own: EvalSet, with_model: Settings, llm_server: LLMServer) -> None:
    """Finished cases are kept; a second run with --resume asks only the others."""
    llm_server.default = _failing_at("What did the lamp")
    said: list[str] = []
    first = run(own, with_model)
    assert [each.id for each in first.unanswered] == ["oil"]
    assert len(first.results) == len(CASES) - 1
    llm_server.default = answering
    before = len(llm_server.chats)
    second = run(own, with_model, resume=True, say=said.append)
    assert not second.unanswered
    assert [result.id for result in second.results] == [case["id"] for case in CASES]
    assert all("What did the lamp" in each.prompt or "burned" in each.prompt for each in llm_server.chats[before:])
    assert said == ["own: 3 cases are finished, the others follow."]


def _failing_at(words: str) -> Callable[[Request], object]:
    def reply(request: Request) -> object:
        return failure(400) if words in request.prompt else answering(request)

    return reply


def test_nothing_to_resume(own: EvalSet, settings: Settings) -> None:
    """It is said, and everything is asked."""
    said: list[str] = []
    assert len(run(own, settings, resume=True, say=said.append).results) == len(CASES)
    assert said == ["Nothing to resume: no case is finished, or the code, the settings or the documents have changed."]


def test_a_baseline_of_another_set(own: EvalSet, settings: Settings) -> None:
    """It is refused before anything is indexed or asked."""
    with pytest.raises(UsageError, match=r"other\.json is a baseline of other, not of own"):
        run(own, settings, baseline=("other.json", {"sets": [{"name": "other", "results": []}]}))
    assert not settings.data_dir.exists()


def test_progress(own: EvalSet, settings: Settings) -> None:
    """Reading, embedding and asking are told as they go on."""
    steps: list[tuple[str, int, int]] = []
    run(own, settings, progress=lambda *step: steps.append(step))
    assert steps[-1] == ("ask", len(CASES), len(CASES))
    assert {"read", "embed"} <= {stage for stage, _, _ in steps}


def test_against_the_naive_pipeline(own: EvalSet, settings: Settings) -> None:
    """It answers the same cases, the unanswerable one included."""
    ran = run(own, settings, naive=True)
    assert [result.id for result in ran.naive] == [case["id"] for case in CASES]
    assert ran.against_naive is not None
    assert ran.against_naive.differences["refusal_recall"].difference == 1.0
