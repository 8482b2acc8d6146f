"""`citebot eval` as a user runs it: output, files, exit codes, determinism."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from small import own_folder

from evals.summary import without_timings

PROGRAM = Path(sys.executable).with_name("citebot")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Evaluate = Callable[..., Ended]


@pytest.fixture
def evaluate(tmp_path: Path) -> Evaluate:
    """Runs `citebot eval ...` beside a folder `own` of documents with four cases, with nothing set."""
    own_folder(tmp_path / "own")

    def run(*arguments: str) -> Ended:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
        command = [PROGRAM, "eval", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=120, check=False)
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def test_two_runs_give_the_same_json(evaluate: Evaluate, tmp_path: Path) -> None:
    """Byte for byte but for the timings, the first with a new index, the second with the one that is there."""
    saved, page = tmp_path / "first.json", tmp_path / "reports" / "report.html"
    first = evaluate("own", "--json", "--naive", "--save-baseline", str(saved), "--report", "reports")
    second = evaluate("own", "--json", "--naive")
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert json.dumps(without_timings(first.json)) == json.dumps(without_timings(second.json))
    assert json.loads(saved.read_text("utf-8")) == first.json
    assert json.loads((page.parent / "report.json").read_text("utf-8")) == first.json
    assert "<title>citebot evaluation</title>" in page.read_text("utf-8")
    (own,) = first.json["sets"]
    assert own["metrics"]["correctness"]["value"] == 1.0
    assert own["metrics"]["refusal_recall"]["value"] == 1.0
    assert own["naive"]["metrics"]["refusal_recall"]["value"] == 0.0
    assert own["naive"]["against"]["differences"]["refusal_recall"]["difference"] == 1.0


def test_against_a_baseline_for_a_reader(evaluate: Evaluate, tmp_path: Path) -> None:
    """The table shows each figure with its difference, and below it what flipped."""
    saved = tmp_path / "before.json"
    assert evaluate("own", "--save-baseline", str(saved), "--limit", "3").code == 0
    before = json.loads(saved.read_text("utf-8"))
    for result in before["sets"][0]["results"]:
        result["checks"][0]["passed"] = False
    saved.write_text(json.dumps(before), "utf-8")
    after = evaluate("own", "--baseline", str(saved), "--limit", "3")
    assert after.code == 0
    assert "Answer correctness" in after.out
    assert "since the baseline" in after.out
    assert "Better: lit: outcome: answered" in after.out


def test_a_set_that_cannot_be_used(evaluate: Evaluate, tmp_path: Path) -> None:
    """One plain sentence and exit code 2, before anything is loaded or written."""
    (tmp_path / "base.json").write_text("{}")
    for arguments, sentence in {
        ("nonsense",): "There is no set nonsense: give a file, a folder, or one of ",
        ("own", "--baseline", "none.json"): "none.json cannot be read (No such file or directory): make one with",
        ("own", "--baseline", "base.json"): "base.json is no saved evaluation: make one with --save-baseline.",
        ("own", "--answerer", "llm"): "--answerer llm needs a model: set OPENAI_API_KEY or OPENAI_BASE_URL.",
    }.items():
        ended = evaluate(*arguments)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith(f"Error: {sentence}")
        assert ended.err.count("\n") == 1
    assert not (tmp_path / "data").exists()
