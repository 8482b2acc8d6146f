"""`ingest`, `forget`, `sources`, `show` and `search` as a user runs them, with what can go wrong."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from installed import Citebot, interrupt

COUNTS = {"added", "updated", "removed", "unchanged", "failed", "skipped"}


def test_ingest_report(bare: Citebot) -> None:
    """The JSON report has the contract's fields and is alone on stdout; what failed is named and the code is 1."""
    folder = bare.folder / "in"
    folder.mkdir()
    (folder / "good.txt").write_text("The harbour froze on Monday.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 truncated")
    result = bare("ingest", "in", "--json")
    report = result.json
    assert result.code == 1
    assert set(report) == {"documents", "chunks", "duplicates", "seconds", "failures"}
    assert set(report["documents"]) == COUNTS
    assert report["documents"]["added"] == report["documents"]["failed"] == 1
    assert [failure["source"] for failure in report["failures"]] == ["broken.pdf"]
    assert "Reading" in result.err
    assert "Traceback" not in result.err
    again = bare("ingest")
    assert "1 unchanged, 1 failed" in again.out
    assert again.err.splitlines()[-1].startswith("broken.pdf: ")


def test_ingest_follows_its_roots(bare: Citebot) -> None:
    """Roots are remembered, a dry run changes nothing, and a forgotten root takes its documents along."""
    folder = bare.folder / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("The harbour froze on Monday.")
    assert bare("ingest", "in").code == 0
    (folder / "a.txt").unlink()
    (folder / "b.txt").write_text("The harbour thawed on Tuesday.")
    assert "1 added, 1 removed" in bare("ingest", "--dry-run").out
    assert [item["source"] for item in bare("sources", "--json").json["documents"]] == ["a.txt"]
    assert bare("ingest").code == 0
    assert [item["source"] for item in bare("sources", "--json").json["documents"]] == ["b.txt"]
    assert bare("forget", "in").code == 0
    assert bare("sources", "--json").json == {"documents": []}


@pytest.mark.parametrize("arguments", [["ingest"], ["ingest", "missing"], ["forget", "missing"]])
def test_ingest_of_nothing(bare: Citebot, arguments: list[str]) -> None:
    """A path that is not there, or none at all, is one sentence."""
    result = bare(*arguments)
    assert result.code in (1, 2)
    assert result.sentence


def test_missing_root_changes_nothing(citebot: Citebot, tmp_path: Path) -> None:
    """A folder that is suddenly gone, an unmounted share perhaps, does not empty the index."""
    program = citebot.copy(tmp_path)
    documents = citebot.folder / "documents"
    documents.rename(citebot.folder / "away")
    try:
        result = program("ingest")
    finally:
        (citebot.folder / "away").rename(documents)
    assert result.code == 1
    assert "--allow-empty" in result.err
    assert len(program("sources", "--json").json["documents"]) == 16


def test_interrupted_ingest_changes_nothing(citebot: Citebot, tmp_path: Path) -> None:
    """Ctrl-C while documents are embedded: code 130, one line, and the index answers as before."""
    program = citebot.copy(tmp_path)
    more = program.folder / "more"
    more.mkdir()
    for number in range(300):
        (more / f"{number}.txt").write_text("\n".join(f"Ship {number} carried {n} barrels of tar." for n in range(60)))
    process = program.start("ingest", "more")
    assert process.stderr is not None
    while not process.stderr.readline().startswith(b"Embedding"):
        assert process.poll() is None
    interrupt(process)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, b"")
    assert err.decode().splitlines()[-1] == "Interrupted."
    assert b"Traceback" not in err
    assert len(program("sources", "--json").json["documents"]) == 16


def test_two_ingests_at_once(citebot: Citebot, tmp_path: Path) -> None:
    """Of two ingests at once each is done or says in one sentence that another one is running."""
    program = citebot.copy(tmp_path)
    processes = [program.start("ingest", "documents", "--rebuild") for _ in range(2)]
    ended = [(process.communicate()[1].decode(), process.returncode) for process in processes]
    assert 0 in [code for _, code in ended]
    for err, code in ended:
        assert code in (0, 1)
        assert "Traceback" not in err
        if code:
            assert err.splitlines()[-1].startswith("Error: ")
    assert program("search", "harbour").code == 0


@pytest.mark.parametrize("place", ["file", "/proc/citebot"])
def test_data_directory_that_cannot_be(bare: Citebot, place: str) -> None:
    """A data directory that is a file, or that cannot be written, is one sentence that names it."""
    (bare.folder / "file").write_text("")
    (bare.folder / "in").mkdir()
    (bare.folder / "in" / "a.txt").write_text("The harbour froze on Monday.")
    result = bare.setting(CITEBOT_DATA_DIR=place)("ingest", "in")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines()[-1].startswith("Error: ")
    assert Path(place).name in result.err.splitlines()[-1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_data_directory(citebot: Citebot, tmp_path: Path) -> None:
    """Where the data directory is read-only, questions are answered and an ingest says what is wrong."""
    program = citebot.copy(tmp_path)
    data = program.folder / "data"
    data.chmod(0o500)
    try:
        assert program("search", "harbour").code == 0
        result = program("ingest", "documents")
        assert result.code == 1
        assert "Traceback" not in result.err
    finally:
        data.chmod(0o700)


def test_show_is_exact(citebot: Citebot) -> None:
    """`show` prints the extracted text to the letter, or the characters asked for."""
    text = citebot("show", "a b [1].md").out
    assert "Tórshavn with 12 men. 🐟" in text
    start = text.index("Mørkøre")
    assert citebot("show", "a b [1].md", "--start", str(start), "--end", str(start + 7)).out == "Mørkøre"
    assert citebot("show", "a b [1].md", "--start", str(len(text))).out == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "missing.txt"], 1),
        (["show", "../../etc/passwd"], 1),
        (["show", "escape.txt", "--start", "-1"], 2),
        (["show", "escape.txt", "--start", "9", "--end", "3"], 2),
        (["show", "escape.txt", "--end", "999999"], 2),
    ],
)
def test_show_of_nothing(citebot: Citebot, arguments: list[str], code: int) -> None:
    """A document that is not indexed, or characters it does not have, is one sentence."""
    result = citebot(*arguments)
    assert (result.code, result.out) == (code, "")
    assert result.sentence


def test_sources_in_a_pipe(citebot: Citebot) -> None:
    """The documents are listed one on each line, tab-separated, narrowed by a glob."""
    lines = citebot("sources", "--in", "*.md").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == ["a b [1].md", "plain-figures.md"]
    assert lines[1].split("\t")[1] == "2025-10-16"


def test_search_json(citebot: Citebot) -> None:
    """The ranked passages have the contract's fields, and their text stands at their offsets."""
    found = citebot("search", "When did the zeppelin land?", "-k", "3", "--json").json
    assert found["query"] == "When did the zeppelin land?"
    assert len(found["passages"]) == 3
    best = found["passages"][0]
    assert {"source", "start", "end", "page", "lines", "text", "score", "scores"} <= set(best)
    assert set(best["scores"]) == {"dense", "lexical", "rerank"}
    assert best["source"] == "escape.txt"
    exact = citebot("show", best["source"], "--start", str(best["start"]), "--end", str(best["end"]))
    assert exact.out == best["text"]


def test_documents_are_data(citebot: Citebot) -> None:
    """Escapes and markup in a document are never obeyed: no escape comes out, brackets and emoji names stay."""
    result = citebot.setting(FORCE_COLOR="")("search", "zeppelin", "-k", "1")
    assert "\x1b" not in result.out
    assert "\x07" not in result.out
    assert "[bold red]4 May 1931[/] :smile:" in result.out


@pytest.mark.parametrize(
    "variables", [{"LANG": "C", "PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX"}, {"LC_ALL": "xx"}]
)
def test_output_whatever_the_locale(citebot: Citebot, variables: dict[str, str]) -> None:
    """JSON is UTF-8 also where the terminal is not, and plain text still comes out."""
    program = citebot.setting(**variables)
    (document,) = program("sources", "--in", "a b *", "--json").json["documents"]
    assert document["title"] == "Färöer – 漁業"
    assert "a b [1].md" in program("sources", "--in", "a b *").out


@pytest.mark.parametrize("command", [["show", "plain-figures.md"], ["sources", "--json"]])
def test_reader_that_leaves(citebot: Citebot, command: list[str]) -> None:
    """A pipe that is closed early, as by `head`, ends the program without a word."""
    process = citebot.start(*command)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate()
    assert (process.returncode, err) == (1, b"")


def test_full_disk_behind_stdout(citebot: Citebot) -> None:
    """Output that cannot be written is one sentence."""
    with Path("/dev/full").open("wb") as full:
        process = citebot.start("sources", stdout=full)
        _, err = process.communicate()
    assert process.returncode == 1
    assert b"No space left on device" in err
    assert err.count(b"\n") == 1


def test_demo_keeps_apart(citebot: Citebot, tmp_path: Path) -> None:
    """Where documents of one's own are indexed the demo leaves them alone and says how to go on with its own."""
    program = citebot.copy(tmp_path)
    result = program("demo")
    assert result.code == 0
    assert re.search(r"Ask your own: CITEBOT_DATA_DIR=data/demo \S*citebot chat\n", result.out)
    assert "escape.txt" in program("sources").out
    aside = program.setting(CITEBOT_DATA_DIR="data/demo")("sources").out
    assert "northgate-wire-tuesday.txt" in aside
    assert "escape.txt" not in aside
