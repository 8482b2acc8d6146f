"""`ask` as a user runs it: one answer, a batch, a conversation, a model that fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from installed import Citebot, Result
from llm_server import LLMServer, failure

FACT = "When did the zeppelin land at Quonset?"
FIELDS = {
    "question", "standalone_question", "status", "answer", "claims", "citations", "conflicts", "nearest", "withheld",
    "answerer", "usage", "seconds",
}  # fmt: skip


def assert_quotes_stand(program: Citebot, answer: dict[str, Any]) -> None:
    """Each quote is, to the letter, what `show` prints at its offsets."""
    for cited in answer["citations"] + answer["nearest"]:
        text = program("show", cited["source"]).out
        assert text[cited["start"] : cited["end"]] == cited["quote"]


def test_answer_object(citebot: Citebot) -> None:
    """`ask --json` is the contract's object, alone on stdout, and its quotes are in the documents."""
    result = citebot("ask", FACT, "--json")
    answer = result.json
    assert (result.code, result.err) == (0, "")
    assert set(answer) >= FIELDS
    assert answer["status"] == "answered"
    assert answer["answerer"] == "extractive"
    assert "4 May 1931" in answer["answer"]
    assert answer["citations"][0]["source"] == "escape.txt"
    assert [citation["number"] for citation in answer["citations"]] == list(range(1, len(answer["citations"]) + 1))
    assert_quotes_stand(citebot, answer)


def test_answer_for_a_reader(citebot: Citebot) -> None:
    """In a pipe an answer is its text, then each source with its place and quote, without colours or escapes."""
    result = citebot("ask", FACT)
    assert result.code == 0
    assert "[1]" in result.out.splitlines()[0]
    assert "escape.txt:3" in result.out
    assert "\x1b" not in result.out + result.err


def test_refusal_is_done(citebot: Citebot) -> None:
    """What the documents do not say is refused with the nearest passages, and the code is 0."""
    result = citebot("ask", "What is the boiling point of caesium?", "--json")
    assert result.code == 0
    assert result.json["status"] == "refused"
    assert result.json["citations"] == result.json["claims"] == []
    assert_quotes_stand(citebot, result.json)
    assert result.json["nearest"]


def test_question_from_standard_input(citebot: Citebot) -> None:
    """`-` reads the question from a pipe."""
    assert citebot("ask", "-", "--json", stdin=f"{FACT}\n").json["question"] == FACT


def test_question_from_empty_standard_input(citebot: Citebot) -> None:
    """A pipe without a question is wrong usage."""
    result = citebot("ask", "-", stdin="\n")
    assert (result.code, result.sentence) == (2, "The question is empty: write what you want to know.")


def test_scope_without_documents(citebot: Citebot) -> None:
    """A glob that matches no document is remarked upon; the answer is a refusal then."""
    none = citebot("ask", FACT, "--in", "nothing/*", "--json")
    assert (none.code, none.json["status"]) == (0, "refused")
    assert "No indexed document matches --in" in none.err


def test_history(citebot: Citebot, tmp_path: Path) -> None:
    """A follow-up is made whole from the turns of a file."""
    history = tmp_path / "talk.json"
    first = [{"role": "user", "content": FACT}, {"role": "assistant", "content": "On 4 May 1931. [1]"}]
    history.write_text(json.dumps(first))
    answer = citebot("ask", "Where did it land?", "--history", history, "--json").json
    assert "zeppelin" in answer["standalone_question"].lower()
    assert answer["question"] == "Where did it land?"


def test_batch(citebot: Citebot) -> None:
    """A batch gives a line of JSON for each line, in order; a bad line gives its error, and the code is 1."""
    lines = [
        json.dumps({"id": "a", "question": FACT}),
        "not json",
        json.dumps({"id": 2, "question": "?"}),
        "",
        json.dumps({"id": [3], "question": "Where did the trawler Mørkøre leave from?", "in": "a b *"}),
    ]
    result = citebot("ask", "--batch", "-", "--json", stdin="\n".join(lines))
    answers = [json.loads(line) for line in result.out.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None, 2, [3]]
    assert "4 May 1931" in answers[0]["answer"]
    assert answers[1] == {"id": None, "error": "Line 2 is not JSON."}
    assert answers[2] == {"id": 2, "error": "The question holds no word: write what you want to know."}
    assert set(answers[3]) >= FIELDS
    assert {cited["source"] for cited in answers[3]["citations"] + answers[3]["nearest"]} <= {"a b [1].md"}
    assert result.code == 1


def test_batch_without_a_question(citebot: Citebot) -> None:
    """An empty batch is done: there was nothing to answer."""
    result = citebot("ask", "--batch", "-", "--json")
    assert (result.code, result.out, result.err) == (0, "", "")


def with_model(program: Citebot, server: LLMServer) -> Citebot:
    return program.setting(OPENAI_BASE_URL=server.url, OPENAI_API_KEY="sk-sesame", CITEBOT_MODEL="scripted")


def fallback(result: Result) -> dict[str, Any]:
    """The answer of a model that failed: still quotes, marked as such, without the key."""
    assert result.code == 0, result.err
    answer: dict[str, Any] = result.json
    assert answer["answerer"] == "extractive"
    assert answer["notice"]
    assert "4 May 1931" in answer["answer"]
    assert "sesame" not in result.out + result.err
    assert "Traceback" not in result.err
    return answer


def test_model_answers(citebot: Citebot, llm_server: LLMServer) -> None:
    """With an endpoint set the model writes, and its tokens are counted; what libraries log stays out of sight."""
    llm_server.default = lambda request: f"The zeppelin landed at Quonset on 4 May 1931 [{request.ids[0]}]."
    result = with_model(citebot, llm_server).setting(no_proxy="127.0.0.1")("ask", FACT, "--json")
    answer = result.json
    assert result.err == ""
    assert answer["answerer"] == "scripted"
    assert answer["answer"] == "The zeppelin landed at Quonset on 4 May 1931. [1]"
    assert answer["usage"]["input_tokens"] > 0
    assert_quotes_stand(citebot, answer)


@pytest.mark.parametrize(
    ("status", "message", "setting"),
    [(401, "Incorrect API key", "OPENAI_API_KEY"), (404, "The model does not exist", "CITEBOT_MODEL")],
)
def test_endpoint_refuses(citebot: Citebot, llm_server: LLMServer, status: int, message: str, setting: str) -> None:
    """A wrong key or model is named with its setting, and the quotes are offered in its place."""
    llm_server.default = failure(status, message)
    assert setting in fallback(with_model(citebot, llm_server)("ask", FACT, "--json"))["error"]


def test_endpoint_is_down(citebot: Citebot) -> None:
    """A base URL where nobody listens is named, and the quotes are offered in its place."""
    program = citebot.setting(OPENAI_BASE_URL="http://127.0.0.1:9/v1", OPENAI_API_KEY="sk-sesame", CITEBOT_MODEL="m")
    assert "OPENAI_BASE_URL" in fallback(program("ask", FACT, "--json"))["error"]
