"""Two processes, one index: one searches in a loop while the other is killed at random moments of its ingests.

`CITEBOT_TEST_KILLS` sets how many times (12 unless set).
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pytest
from library import Library, Words, contents

from retrieval.reader import Reader

KILLS = int(os.environ.get("CITEBOT_TEST_KILLS", "12"))
HERE = Path(__file__).parent
MARK = re.compile(r"mark\d+")

TOPICS = ["otters", "herons", "bridges", "harvests", "comets", "glaciers", "violins", "markets"]

# Prints "ok VERSION" for each look; ends at the end of its input. Any error ends it with a traceback.
SEARCHER = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from test_crash import look
from library import Library, Words
from pathlib import Path
library = Library(Path(sys.argv[2]), Path(sys.argv[3]), embedder=Words())
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
reader, looks = library.reader(), 0
while not ended.wait(0.02):  # leaves the other process some of the processor
    look(reader)
    looks += 1
    if looks == 1:
        print("looking", flush=True)
reader.close()
print(looks, flush=True)
"""

INGESTER = """
import sys
sys.path.insert(0, sys.argv[1])
from library import Library, Words
from pathlib import Path
library = Library(Path(sys.argv[2]), Path(sys.argv[3]), embedder=Words())
print("importing", flush=True)
import chromadb, retrieval.load.markdown
print("ready", flush=True)
for line in sys.stdin:
    report = library.ingest(progress=lambda *step: print(*step, flush=True))
    assert not report.failures, report
    print("done", flush=True)
"""


def document(topic: str, mark: str, sections: int) -> str:
    """A document each sentence of which carries its version's mark."""
    parts = []
    for n in range(sections):
        sentences = [f"The {topic} of part {n} say {mark} and mean {i}." for i in range(3)]
        parts.append(f"## Part {n}\n\n{' '.join(sentences)}")
    return f"# About {topic}\n\n" + "\n\n".join(parts) + "\n"


def look(reader: Reader) -> None:
    """One look at the index by every way: each document's passages and text are of one version."""
    marks: dict[str, str] = {}
    with reader.snapshot() as snapshot:
        topic = random.choice(TOPICS)
        found = [i for i, _ in snapshot.dense(Words().embed_query(f"What do {topic} say?"), 12)]
        found += [i for i, _ in snapshot.lexical(f"{topic} part say", 12)]
        passages = snapshot.passages(found)
        assert set(passages) == set(found), "a hit is not live"
        assert len(snapshot.vectors(found)) == len(found)
        texts = [(p.source, p.chunk.text) for p in passages.values()]
        texts += [(d.source, snapshot.source(d.source).text) for d in snapshot.documents()]
        texts = [(name, text) for name, text in texts if name != "many.md"]
        for name, text in texts:
            told = set(MARK.findall(text))
            assert told == {marks.setdefault(name, min(told))}, f"{name} is half changed"


@dataclass(frozen=True)
class Ingester:
    """A process that has everything loaded and ingests when told."""

    process: subprocess.Popen[str]

    @property
    def out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def start(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("now\n")
        self.process.stdin.flush()

    def kill(self, steps: int, seconds: float) -> bool:
        """SIGKILL some moments after that many steps; whether that was in the middle of its ingest."""
        for _ in range(steps):
            if self.out.readline() == "done\n":
                break
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.process.send_signal(signal.SIGKILL)
        return "done" not in self.out.read()


@contextmanager
def running(program: str, library: Library) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", program, str(HERE), str(library.docs), str(library.data)],
        cwd=HERE.parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def ingester(library: Library, program: str = INGESTER) -> Iterator[Ingester]:
    with running(program, library) as process:
        ready = Ingester(process)
        assert [ready.out.readline(), ready.out.readline()] == ["importing\n", "ready\n"]
        yield ready


def change(library: Library, random: random.Random, turn: int) -> None:
    """Adds, changes and removes documents at random; one is always changed."""
    for topic in TOPICS[1:]:
        path = library.docs / f"{topic}.md"
        if random.random() < 0.2:
            path.unlink(missing_ok=True)
        elif random.random() < 0.5:
            path.write_text(document(topic, f"mark{turn}", random.randint(1, 6)))
    library.write(f"{TOPICS[0]}.md", document(TOPICS[0], f"mark{turn}", random.randint(1, 6)))


def test_killed_at_random_moments(library: Library, tmp_path: Path) -> None:
    """The searching process never fails and never sees half a change; a finished ingest is seen by the next look.

    At the end one more ingest leaves the index equal to a fresh one, and nothing of the killed ones is left.
    """
    library = library.using(Words())
    library.write_many()
    chance = random.Random(20240618)
    change(library, chance, 0)
    library.ingest()
    with running(SEARCHER, library) as searcher, closing(library.reader()) as reader:
        assert searcher.stdout is not None
        assert searcher.stdout.readline() == "looking\n"
        interrupted = 0
        for turn in range(1, KILLS + 1):
            change(library, chance, turn)
            with ingester(library) as victim:
                victim.start()
                interrupted += victim.kill(chance.randint(0, 12), chance.uniform(0, 0.1))
            if turn % 5 == 0:
                library.ingest()
                assert newest(reader) == f"mark{turn}"
            assert searcher.poll() is None, "the searching process died"
        looks, _ = searcher.communicate()
        assert searcher.returncode == 0
        assert int(looks) > KILLS
    assert interrupted > KILLS // 4
    library.ingest()
    fresh = replace(library, data=tmp_path / "fresh")
    fresh.ingest()
    with library.snapshot() as old, fresh.snapshot() as new:
        assert contents(old, Words()) == contents(new, Words())
    library.write("last.md", document("last things", "mark0", 1))
    library.ingest()
    assert leftovers(library) == []


def newest(reader: Reader) -> str:
    """The mark of the document that changes at every turn, as the next question sees it."""
    with reader.snapshot() as snapshot:
        return MARK.findall(snapshot.source(f"{TOPICS[0]}.md").text)[0]


def leftovers(library: Library) -> list[str]:
    """Folders that are no published generation, of which nobody is reading any."""
    with library.snapshot() as snapshot:
        published = {generation.name for generation, _ in snapshot._generations()}
    return [f.name for f in (library.data / "generations").iterdir() if f.name.rpartition("-")[0] not in published]


@pytest.mark.parametrize("step", [("read", 1, 1), ("embed", 3, 3), ("index", 3, 3)], ids=lambda step: step[0])
def test_killed_after_a_step(library: Library, step: tuple[str, int, int]) -> None:
    """Killed when all is read, embedded, or in the generation, an ingest has changed nothing; the next one does."""
    library = library.using(Words())
    library.write("otters.md", document("otters", "mark0", 3))
    library.ingest()
    library.write("otters.md", document("otters", "mark1", 3))
    program = INGESTER.replace("print(*step, flush=True)", f"step == {step!r} and os.kill(os.getpid(), 9)")
    program = program.replace("import sys\n", "import os, sys\n")
    with ingester(library, program) as victim:
        victim.start()
        assert victim.process.wait(60) == -signal.SIGKILL
    with closing(library.reader()) as reader:
        assert newest(reader) == "mark0"
        library.ingest()
        assert newest(reader) == "mark1"
    library.ingest()
    assert leftovers(library) == []
