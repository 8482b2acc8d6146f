"""The evaluation cases: what a file of them may hold, and that each bundled case is true of its documents."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from evals.cases import Case, CaseKind, CaseSet, load_cases, load_set, pattern, shown
from retrieval.errors import UsageError
from retrieval.load import load

CASES = Path(__file__).parents[2] / "evals" / "cases"
FILES = sorted(CASES.glob("*.jsonl"))
OTHER = sorted(CASES.parent.glob("other/*/*.jsonl"))
UNANSWERABLE = {CaseKind.NEAR_MISS, CaseKind.FAR_OFF}
LEAST = {
    CaseKind.CONFLICT: 14,
    CaseKind.CHANGE: 10,
    CaseKind.FOLLOW_UP: 10,
    CaseKind.NEAR_MISS: 15,
    CaseKind.FAR_OFF: 12,
    CaseKind.OTHER_LANGUAGE: 6,
}


@cache
def documents(folder: Path) -> dict[str, str]:
    """The extracted text of every document of a set; skips the test where the folder is absent."""
    if not folder.is_dir():
        pytest.skip(f"{folder.name} does not come with the project")
    return {path.name: load(path, path.name).text for path in sorted(folder.iterdir())}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def cases(request: pytest.FixtureRequest) -> CaseSet:
    return load_set(request.param)


def texts(cases: CaseSet) -> dict[str, str]:
    assert cases.documents is not None
    return documents(cases.documents.resolve())


@pytest.mark.parametrize("path", OTHER, ids=lambda path: path.parent.name)
def test_the_sets_of_other_kinds_are_true_of_their_documents(path: Path) -> None:
    """Their cases seldom name a passage, but what is accepted stands in the files that may be cited."""
    other = load_set(path)
    test_every_expected_passage_is_really_there(other)
    test_every_named_file_is_there_and_a_passage_lies_in_a_file_that_may_be_cited(other)
    test_every_side_of_a_conflict_is_found_in_its_documents(other)
    assert sum(case.must_refuse for case in other.cases) >= 8


def test_every_expected_passage_is_really_there(cases: CaseSet) -> None:
    """Each passage stands in the text of the document that it names."""
    texts_of = texts(cases)
    absent = [
        (case.id, passage.source, passage.quote)
        for case in cases.cases
        for passage in case.passages
        if passage.span(texts_of[passage.source]) is None
    ]
    assert absent == []


def test_every_named_file_is_there_and_a_passage_lies_in_a_file_that_may_be_cited(cases: CaseSet) -> None:
    """A case names only documents of its set, and never punishes the citation of its own passage."""
    names = set(texts(cases))
    for case in cases.cases:
        citable = {*case.sources.must, *case.sources.may}
        assert citable <= names, case.id
        assert {passage.source for passage in case.passages} <= citable, case.id


def test_expected_passages_show_what_is_accepted(cases: CaseSet) -> None:
    """Quoting all passages of a case is a right answer to it: every group is shown, nothing forbidden is said."""
    for case in cases.cases:
        quoted = "\n".join(passage.quote for passage in case.passages)
        for group in (*case.accepted, *case.sides):
            assert shown(group, quoted), (case.id, group)
        assert not any(each.found(quoted) for each in case.forbidden), case.id


def test_every_side_of_a_conflict_is_found_in_its_documents(cases: CaseSet) -> None:
    """Each side of a conflict, and each accepted group, stands in one of the documents that may be cited."""
    texts_of = texts(cases)
    for case in cases.cases:
        citable = [texts_of[name] for name in (*case.sources.must, *case.sources.may)]
        for group in (*case.accepted, *case.sides):
            assert any(shown(group, text) for text in citable), (case.id, group)


def test_a_case_can_be_decided(cases: CaseSet) -> None:
    """Each case either must be refused or says what a right answer shows, and where that stands."""
    for case in cases.cases:
        assert case.must_refuse != bool(case.accepted or case.sides), case.id
        assert case.must_refuse != bool(case.passages), case.id
        assert (case.kind is CaseKind.CONFLICT) <= bool(case.sides), case.id
        assert (case.kind is CaseKind.FOLLOW_UP) == bool(case.history), case.id
        assert (case.kind in UNANSWERABLE) <= (case.must_refuse or case.may_refuse), case.id
        assert case.kind is not CaseKind.OTHER, case.id


def test_the_bundled_set_holds_enough_of_every_kind() -> None:
    """At least 130 cases; at least 8 of each kind, more of those that bots get wrong."""
    counts = Counter(case.kind for case in load_cases(CASES / "bundled.jsonl"))
    assert counts.total() >= 130
    for kind in set(CaseKind) - {CaseKind.OTHER}:
        assert counts[kind] >= LEAST.get(kind, 8), kind


def test_the_sets_hold_enough_cases_and_share_no_id_and_no_question() -> None:
    """The held-out sets ask other questions than those that are tuned on."""
    sets = {path.stem: load_cases(path) for path in FILES}
    assert len(sets["articles"]) >= 70
    assert len(sets["holdout"]) >= 50
    assert len(sets["holdout_articles"]) >= 30
    for names in ("bundled", "holdout"), ("articles", "holdout_articles"):
        pairs = [case for name in names for case in sets[name]]
        assert len({case.id for case in pairs}) == len(pairs)
        asked = [(normal(case.question), case.history, case.scope) for case in pairs]
        assert [each for each, count in Counter(asked).items() if count > 1] == []


def normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_the_bundled_documents_are_short_reports_of_three_days_in_five_formats() -> None:
    """Twelve to fourteen documents, each of 250 to 500 words."""
    bundled = documents((CASES / "../documents").resolve())
    assert 12 <= len(bundled) <= 14
    assert {Path(name).suffix for name in bundled} == {".txt", ".md", ".html", ".docx", ".pdf"}
    assert all(250 <= len(text.split()) <= 500 for text in bundled.values())


def test_no_sentence_of_the_bundled_documents_is_taken_from_the_articles() -> None:
    """No seven words in a row stand both in a bundled document and in one of the real articles."""
    articles = load_set(CASES / "articles.jsonl").documents
    assert articles is not None
    taken = {run for text in documents(articles.resolve()).values() for run in runs(text)}
    for name, text in documents((CASES / "../documents").resolve()).items():
        assert not taken & set(runs(text)), name


def runs(text: str, length: int = 7) -> list[tuple[str, ...]]:
    words = normal(text).split()
    return [tuple(words[i : i + length]) for i in range(len(words) - length + 1)]


GOOD = '{"id": "a", "question": "Who signed?"}'


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "set.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": "b"', "this is not JSON: EOF while parsing an object, column 10"),
        ("[1, 2]", "input should be an object"),
        ('{"id": "b"}', "the key 'question' is missing"),
        ('{"id": "", "question": "q"}', "id must not be empty"),
        ('{"id": "b", "question": " "}', "question must not be empty"),
        ('{"id": 7, "question": "q"}', "id: input should be a valid string"),
        ('{"id": "b", "quesiton": "q"}', "unknown key 'quesiton', the nearest is 'question'"),
        ('{"id": "b", "question": "q", "scope": "*"}', "unknown key 'scope'"),
        ('{"id": "b", "question": "q", "sources": {"musst": []}}', "unknown key 'musst', the nearest is 'must'"),
        ('{"id": "b", "question": "q", "passages": [{"source": "x"}]}', "the key 'passages.0.quote' is missing"),
        ('{"id": "b", "question": "q", "must_refuse": "yes"}', "must_refuse: input should be a valid boolean"),
        ('{"id": "b", "question": "q", "accepted": ["x"]}', "accepted.0: input should be a valid array"),
        ('{"id": "b", "question": "q", "accepted": [[]]}', "accepted.0 must not be empty"),
        ('{"id": "b", "question": "q", "accepted": [[""]]}', "a pattern must be a string that is not empty"),
        ('{"id": "b", "question": "q", "accepted": [["(x"]]}', "the pattern '(x' is not a regular expression of RE2"),
        ('{"id": "b", "question": "q", "forbidden": ["(?<!not )x"]}', "is not a regular expression of RE2"),
        ('{"id": "b", "question": "q", "forbidden": ["((a{900}){900}){900}"]}', "is not a regular expression of RE2"),
        ('{"id": "b", "question": "q", "sides": [["x"]]}', "sides needs at least two groups"),
        ('{"id": "b", "question": "q", "kind": "conflct"}', "kind: input should be 'fact'"),
        (
            '{"id": "b", "question": "q", "history": [{"role": "bot", "content": ""}]}',
            "history.0.role: input should be",
        ),
        ('{"id": "b", "question": "q", "must_refuse": true, "accepted": [["x"]]}', "a case with must_refuse cannot"),
        (GOOD, "the id 'a' is already that of line 1"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_wrong_in_it(tmp_path: Path, line: str, problem: str) -> None:
    """The error tells the file, the line and the problem, in one sentence."""
    path = written(tmp_path, f"{GOOD}\n\n{line}\n")
    with pytest.raises(UsageError) as error:
        load_cases(path)
    assert str(error.value).startswith(f"{path}, line 3: ")
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "\n \n", '{"documents": "."}\n'])
def test_a_set_without_a_case_is_an_error(tmp_path: Path, text: str) -> None:
    """An empty set would pass every threshold, so it is refused."""
    with pytest.raises(UsageError, match="holds no case: write one JSON object on each line"):
        load_cases(written(tmp_path, text))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file and a folder are told as such, with what to give instead."""
    with pytest.raises(UsageError, match=r"none\.jsonl cannot be read \(No such file or directory\)"):
        load_cases(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="give the path of a JSONL file"):
        load_cases(tmp_path)


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """Text in another encoding is refused, not guessed: a wrong guess would change the patterns."""
    with pytest.raises(UsageError, match="line 2: this is not UTF-8"):
        load_cases(written(tmp_path, GOOD.encode() + b"\n\xff\xfe\n"))


def test_byte_order_mark_carriage_returns_and_line_separators_are_taken(tmp_path: Path) -> None:
    """A file from another system loads, and only a line feed ends a line."""
    path = written(tmp_path, "\ufeff" + GOOD + '\r\n\r\n{"id": "b", "question": "x\u2028y"}')
    assert [case.question for case in load_cases(path)] == ["Who signed?", "x\u2028y"]


def test_the_first_line_may_name_the_documents_folder(tmp_path: Path) -> None:
    """The folder is relative to the file; a file without that line leaves it open."""
    with_header = load_set(written(tmp_path, f'{{"documents": "../docs", "about": "x"}}\n{GOOD}'))
    assert with_header.documents == tmp_path / "../docs"
    assert with_header.name == "set"
    assert load_set(written(tmp_path, GOOD)).documents is None
    with pytest.raises(UsageError, match="line 1: unknown key 'abuot'"):
        load_set(written(tmp_path, f'{{"documents": "../docs", "abuot": "x"}}\n{GOOD}'))


def test_exported_feedback_is_a_case(tmp_path: Path) -> None:
    """A question that somebody disliked loads as it is; what else is known about it stays in meta."""
    line = """{"id": "slack-C1-1700.1", "question": "How long?", "kind": "other", "tags": ["feedback", "wrong-source"],
      "history": [{"role": "user", "content": "Did they talk?"}, {"role": "assistant", "content": "Yes [1]."}],
      "in": "2025/*", "meta": {"reason": "wrong", "answer": {"status": "answered"}, "versions": [3]}}"""
    (case,) = load_cases(written(tmp_path, line.replace("\n", " ")))
    assert (case.kind, case.scope, case.meta["reason"]) == (CaseKind.OTHER, "2025/*", "wrong")
    assert [turn.role for turn in case.history] == ["user", "assistant"]
    assert not case.accepted
    assert not case.must_refuse


def test_no_pattern_runs_away() -> None:
    """A pattern that would cost a backtracking engine years is matched in time linear in the text."""
    assert not pattern("(a|aa)+$").found("a" * 100_000 + "b")
    assert not pattern("(.*)*(.*)*(.*)*x").found("a" * 10_000)


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("seven hours", "nearly Seven\nHOURS", True),
        ("china's", "China’s", True),
        ('"long, dry"', "“long, dry” and", True),
        ("50 - 60", "50 – 60", True),
        ("talks lasted", "talks [2] lasted", True),
        (r"\b2\b", "seven hours [2]", False),
        (r"\b5\b", "15 or 50", False),
    ],
)
def test_patterns_read_plain_text(expression: str, text: str, found: bool) -> None:
    """Case, line breaks, typographic quotes and dashes, and citation markers make no difference."""
    assert pattern(expression).found(text) is found


def test_a_passage_is_found_across_line_breaks(tmp_path: Path) -> None:
    """White space of the quote and of the text count as one space; the offsets are those of the text."""
    line = '{"id": "a", "question": "q", "passages": [{"source": "x.pdf", "quote": "two  words."}]}'
    (passage,) = load_cases(written(tmp_path, line))[0].passages
    text = "Here are two\nwords. And two words more."
    assert passage.span(text) == (9, 19)
    assert passage.span("two words") is None


def test_the_documentation_names_every_key_and_kind_and_its_example_loads(tmp_path: Path) -> None:
    """What docs/cases.md shows is what the loader takes."""
    text = (CASES / "../../docs/cases.md").read_text("utf-8")
    (example,) = re.findall(r"```jsonl\n(.*?)```", text, re.DOTALL)
    assert len(load_cases(written(tmp_path, example))) == 4
    keys = {"in" if name == "scope" else name for name in Case.__dataclass_fields__}
    assert keys == set(re.findall(r"^\| `(\w+)` \|", text.split("## Patterns")[0], re.MULTILINE))
    kinds = "".join(re.findall(r"^\| (`[^|]*)\|", text.split("## Kinds")[1].split("## The sets")[0], re.MULTILINE))
    assert sorted(re.findall(r"`([\w-]+)`", kinds)) == sorted(CaseKind)


def test_cases_are_values() -> None:
    """The same line gives equal cases; patterns compare by their text."""
    assert pattern("a") == pattern("a") != pattern("b")
    one, same, other = (Case(id="a", question="q", accepted=((pattern(text),),)) for text in "xxy")
    assert one == same != other
