"""The benchmarks of `make bench`: each figure beside what it has to be measured against, in the same run.

The pipeline of LangChain's tutorial stands for what is usual. It gets the same embedder and the same documents, and
every run that is timed or weighed is a process of its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from bot.cli.demo import bundled_corpus
from evals import hosted

ABSTRACTS = Path(__file__).parents[2] / "shared" / "data" / "scifact_corpus.jsonl"

QUESTIONS = (
    "How much money does the bank lend?",
    "How long did the foreign ministers talk on Tuesday?",
    "Where do the leaders meet?",
    "Who spoke for the ministry?",
    "What was served at the dinner?",
    "When does the summit end?",
)

# Splits of 1,000 characters that overlap by 200, all embedded by fastembed in its own batches, into Chroma.
TUTORIAL = """
import sys
from pathlib import Path
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from fastembed import TextEmbedding
from fastembed.common.model_description import ModelSource, PoolingType
from retrieval.models import embedder_weights

weights = embedder_weights()
TextEmbedding.add_custom_model("same", pooling=PoolingType.CLS, normalization=True,
    sources=ModelSource(url=weights.folder.as_uri()), dim=weights.dimensions, model_file=weights.file)

class Fastembed(Embeddings):
    model = TextEmbedding("same", cache_dir=sys.argv[2], specific_model_path=str(weights.folder))
    def embed_documents(self, texts): return [v.tolist() for v in self.model.embed(texts)]
    def embed_query(self, text): return self.embed_documents([text])[0]

documents = [Document(f.read_text(), metadata={"source": f.name}) for f in sorted(Path(sys.argv[1]).iterdir())]
splits = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
Chroma.from_documents(splits, Fastembed(), persist_directory=sys.argv[2])
"""

INGEST = """
import sys
from pathlib import Path
from retrieval import models
from retrieval.ingest import ingest
report = ingest([Path(sys.argv[1])], data_dir=Path(sys.argv[2]), database_url=None, chroma_url=None,
    embedder=models.embedder())
assert not report.failures, report.failures
"""

LOADING = """
import chromadb
from retrieval import models
models.embedder().load()
models.reranker().load()
"""


@dataclass(frozen=True, slots=True)
class Run:
    """How long a process took, start included, how much of the processors, and its peak memory in MB."""

    seconds: float
    processor: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report: what was measured, the figures, and whether it is as it has to be."""

    name: str
    figures: str
    goal: str
    met: bool


def main() -> None:
    """Measure everything and print a line for each figure."""
    parser = argparse.ArgumentParser(description="Measure speed and memory against the usual ways.")
    parser.add_argument("--documents", type=int, default=500, help="how many documents are ingested (500)")
    count = parser.parse_args().documents
    with tempfile.TemporaryDirectory(prefix="citebot-bench-") as folder:
        for line in itertools.chain(ingesting(Path(folder), count), asking(Path(folder)), checking(Path(folder))):
            _print(f"{'ok    ' if line.met else 'MISSED'}  {line.name}: {line.figures} (goal: {line.goal})")


def ingesting(folder: Path, count: int) -> Iterator[Line]:
    """Against the tutorial: documents a second and memory; and a second time, without changes."""
    documents = folder / "documents"
    _write_documents(documents, count)
    tutorial = measured(TUTORIAL, documents, folder / "tutorial")
    ours = measured(INGEST, documents, folder / "ours")
    again = measured(INGEST, documents, folder / "ours")
    yield Line(
        f"ingest of {count} documents",
        f"{count / ours.seconds:.1f} documents/s, the tutorial {count / tutorial.seconds:.1f},"
        f" {tutorial.seconds / ours.seconds:.1f} times as fast ({tutorial.processor / ours.processor:.1f} by CPU time)",
        "3 times",
        tutorial.seconds >= 3 * ours.seconds,
    )
    yield Line(
        "peak memory of it",
        f"{ours.megabytes:.0f} MB, the tutorial {tutorial.megabytes:.0f}, 1/{tutorial.megabytes / ours.megabytes:.1f}",
        "1/4",
        tutorial.megabytes >= 4 * ours.megabytes,
    )
    yield Line(
        "second ingest, nothing changed",
        f"{again.seconds:.2f} s, the first {ours.seconds:.1f}, {ours.seconds / again.seconds:.0f} times as fast",
        "50 times",
        ours.seconds >= 50 * again.seconds,
    )


def asking(folder: Path) -> Iterator[Line]:
    """The start of the program, a first answer from nothing, and answers of a running bot."""
    environment = {"CITEBOT_DATA_DIR": str(folder / "asked"), "CITEBOT_ANSWERER": "extractive"}
    measured_program("ingest", str(bundled_corpus()), environment=environment)
    start = fastest([measured_program("--help", environment=environment) for _ in range(5)])
    yield Line("citebot --help", f"{start:.2f} s", "0.3 s", start < 0.3)
    loading = fastest([measured(LOADING) for _ in range(3)])
    cold = fastest([measured_program("ask", QUESTIONS[0], environment=environment) for _ in range(3)])
    yield Line(
        "cold citebot ask",
        f"{cold:.2f} s, importing chromadb and loading both models {loading:.2f}, ratio {cold / loading:.2f}",
        "1.5",
        cold <= 1.5 * loading,
    )
    warm = median(_answers(folder / "asked"))
    yield Line("question to answer, running bot", f"median {warm:.2f} s", "0.3 s", warm < 0.3)


def checking(folder: Path) -> Iterator[Line]:
    """What verifying adds to the answers of a model as fast as a hosted one: beside the same replies, only read."""
    from bot.answer import Question
    from bot.llm import drafts
    from bot.pipeline import Bot
    from bot.providers import chat_model
    from bot.settings import load_settings

    written = checked = 0.0
    with hosted.endpoint() as url:
        given = {"data_dir": folder / "asked", "answerer": "llm", "model": "hosted", "openai_base_url": url}
        settings = load_settings().model_copy(update={**given, "openai_api_key": None, "judge": False})
        with Bot(settings) as bot:
            model = chat_model(settings)
            for number, question in enumerate(QUESTIONS * 2):
                answer = bot.ask(Question(question))
                began = perf_counter()
                said = list(drafts(model, question, answer.trace.passages, lambda _: None))
                writing = perf_counter() - began
                if number >= len(QUESTIONS) and said and answer.answerer == "hosted":
                    checked += answer.seconds.total
                    written += answer.seconds.total - answer.seconds.answer + writing
    yield Line(
        "verification",
        f"{checked:.1f} s for the answers of a model of {hosted.RATE:.0f} words a second, {written:.1f} without,"
        f" {checked / written - 1:.0%} more",
        "30%",
        checked <= 1.3 * written,
    )


def measured(program: str, *arguments: Path) -> Run:
    """A Python program in a process of its own."""
    return _run([sys.executable, "-c", program, *map(str, arguments)], {})


def measured_program(*arguments: str, environment: dict[str, str]) -> Run:
    """A command of ours in a process of its own."""
    return _run([str(Path(sys.executable).with_name("citebot")), *arguments], environment)


def fastest(runs: Sequence[Run]) -> float:
    """Seconds of the fastest; the others had more of the machine taken from them."""
    return min(run.seconds for run in runs)


def _run(command: Sequence[str], environment: dict[str, str]) -> Run:
    with tempfile.TemporaryFile() as said:
        began = perf_counter()
        process = subprocess.Popen(command, env=os.environ | environment, stdout=said, stderr=said)  # noqa: S603 - ours
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(said.read().decode("utf-8", "replace") + "A benchmark failed: see above.")
    scale = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux kilobytes
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 1024**2)


def _answers(data_dir: Path) -> list[float]:
    """Seconds from question to answer, after a first round."""
    from bot.answer import Question
    from bot.pipeline import Bot
    from bot.settings import load_settings

    settings = load_settings().model_copy(update={"data_dir": data_dir, "answerer": "extractive"})
    seconds = []
    with Bot(settings) as bot:
        for number, question in enumerate(QUESTIONS * 3):
            began = perf_counter()
            bot.ask(Question(question))
            if number >= len(QUESTIONS):
                seconds.append(perf_counter() - began)
    return seconds


def _write_documents(folder: Path, count: int) -> None:
    """Scientific abstracts where they are there, else texts of like length from the words of the bundled corpus."""
    folder.mkdir()
    for number, text in enumerate(itertools.islice(_texts(), count)):
        (folder / f"{number:05}.txt").write_text(text, encoding="utf-8")


def _texts() -> Iterator[str]:
    if ABSTRACTS.exists():
        for line in ABSTRACTS.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            yield f"{record['title']}\n\n{record['text']}\n"
        return
    chance = random.Random(1)  # noqa: S311 - no secret
    words = " ".join(file.read_text(encoding="utf-8") for file in sorted(bundled_corpus().glob("*.txt"))).split()
    while True:
        sentences = [" ".join(chance.sample(words, 20)) + "." for _ in range(chance.randint(5, 17))]
        yield f"{' '.join(chance.sample(words, 10))}\n\n{' '.join(sentences)}\n"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
