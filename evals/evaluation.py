"""One set from its documents to its figures: index, ask, judge, compare."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.pipeline import Bot
from bot.settings import Settings
from evals.compare import baseline, compare
from evals.judge import Judge, labels
from evals.replay import Replay
from evals.results import Json, Result
from evals.run import Answerer, Model, Unanswered, run
from evals.sets import EvalSet
from evals.summary import Ran
from evals.workspace import Journal, Progress, code_key, indexed, validate
from retrieval.errors import UsageError
from retrieval.model import Source
from retrieval.models import NamedEmbedder

THRESHOLDS = Path(__file__).with_name("thresholds.toml")


@dataclass(frozen=True)
class Options:
    """How to run: `baseline` is a saved report (its file and content), `say` takes remarks for the user."""

    baseline: tuple[str, Json] | None = None
    naive: bool = False
    resume: bool = False
    limit: int | None = None
    progress: Progress = lambda *_: None
    say: Callable[[str], None] = lambda _: None


@contextlib.contextmanager
def replayed(settings: Settings) -> Iterator[tuple[Settings, Callable[[], Sequence[str]]]]:
    """Settings whose model is asked only what it was not asked before, and what its endpoint last failed at."""
    if not settings.has_endpoint:
        yield settings, tuple
        return
    from bot.providers import OPENAI_URL

    with Replay(settings.openai_base_url or OPENAI_URL, folder(settings) / "answers.sqlite") as replay:
        yield settings.model_copy(update={"openai_base_url": replay.base_url}), replay.failures


def folder(settings: Settings) -> Path:
    """Where evaluations keep their indexes, the models' answers and unfinished runs."""
    return settings.data_dir / "evals"


def evaluate(tasks: EvalSet, settings: Settings, failures: Callable[[], Sequence[str]], options: Options) -> Ran:
    """Run one set. `settings` and `failures` are those of `replayed`. Raises UserError."""
    tasks = tasks.first(options.limit)
    before = baseline(options.baseline[1], tasks, options.baseline[0]) if options.baseline else None
    judge = _judge(settings) if tasks.answers else None
    own = indexed(settings, tasks, folder(settings), options.progress)
    with Bot(own) as bot:
        documents = {info.source: info.sha256 for info in bot.sources()}

        def show(name: str) -> str:
            return bot.show(name).text

        validate(tasks, documents.keys(), show)
        journal = _journal(tasks, settings, documents, options)
        results, unanswered = _asked(bot, tasks, journal, Model(failures, judge), options)
        agreement = judge.agreement(labels(tasks.tasks, show)) if judge and not unanswered else None
        naive = _naive(tasks, settings, [bot.show(name) for name in documents], options) if options.naive else []
    return Ran(
        tasks.name,
        results,
        unanswered,
        comparison=compare(before, results) if before is not None else None,
        naive=naive,
        against_naive=compare(naive, results) if naive else None,
        agreement=agreement,
        minimums=minimums(settings.default_answerer, tasks.name) if options.limit is None else {},
    )


def minimums(answerer: str, name: str) -> Mapping[str, float]:
    """The least that each figure of a set may be; none where the set has none."""
    found: Mapping[str, float] = tomllib.loads(THRESHOLDS.read_text("utf-8")).get(answerer, {}).get(name, {})
    return found


def _asked(
    answerer: Answerer, tasks: EvalSet, journal: Journal | None, model: Model, options: Options
) -> tuple[list[Result], list[Unanswered]]:
    results: list[Result] = []
    unanswered: list[Unanswered] = []
    for number, outcome in enumerate(run(answerer, tasks, journal.finished if journal else {}, model), 1):
        if isinstance(outcome, Unanswered):
            unanswered.append(outcome)
        else:
            results.append(outcome)
            if journal and journal.finished.get(outcome.id) is not outcome:
                journal.keep(outcome)
        options.progress("ask", number, len(tasks.tasks))
    return results, unanswered


def _journal(tasks: EvalSet, settings: Settings, documents: Mapping[str, str], options: Options) -> Journal:
    used = (settings.default_answerer, settings.model, settings.judge, settings.embeddings, settings.reranker)
    parts = (
        code_key(),
        *(str(value) for value in used),
        *(f"{name} {sha256}" for name, sha256 in sorted(documents.items())),
    )
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    journal = Journal(folder(settings) / "runs" / f"{tasks.name}.jsonl", key, options.resume)
    if options.resume:
        kept = len(journal.finished)
        options.say(f"{tasks.name}: {kept} cases are finished, the others follow." if kept else _NOTHING_TO_RESUME)
    return journal


_NOTHING_TO_RESUME = "Nothing to resume: no case is finished, or the code, the settings or the documents have changed."


def _naive(tasks: EvalSet, settings: Settings, sources: Sequence[Source], options: Options) -> list[Result]:
    from evals.naive import Naive

    complete = _complete(settings) if settings.default_answerer == "llm" else None
    naive = Naive(_embedder(settings), sources, folder(settings) / "naive", complete)
    return _asked(naive, tasks, None, Model(), options)[0]


def _embedder(settings: Settings) -> NamedEmbedder:
    if settings.embeddings and settings.embeddings.startswith("openai:"):
        from bot import providers

        return providers.embedder(settings, settings.embeddings)
    from retrieval import models

    return models.embedder(settings.embeddings)


def _judge(settings: Settings) -> Judge | None:
    return Judge(_complete(settings)) if settings.has_endpoint and settings.model else None


def _complete(settings: Settings) -> Callable[[str], str]:
    from bot import providers

    model = providers.chat_model(settings)
    return lambda prompt: providers.complete(model, prompt)


def read_baseline(file: Path) -> tuple[str, Json]:
    """A saved report. Raises UsageError where the file is none."""
    try:
        report = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror}): make one with --save-baseline.") from error
    except ValueError as error:
        raise UsageError(f"{file} is no saved evaluation: make one with --save-baseline.") from error
    return str(file), report
