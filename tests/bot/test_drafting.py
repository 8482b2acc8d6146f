"""Reading a model's reply: sentences, citations, and what small models do to both."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.drafting import MAX_ANSWER, MAX_SENTENCE, Draft, Reader

IDS = {"P-KT": 0, "P-BD": 1, "P-RZ": 2}


def read(text: str, *, step: int = 3, truncated: bool = False) -> list[Draft]:
    """The drafts of `text` fed `step` characters at a time."""
    reader = Reader(IDS, "How long did it freeze?")
    drafts: list[Draft] = []
    for start in range(0, len(text), step):
        drafts += reader.feed(text[start : start + step])
        if reader.exhausted:
            break
    return drafts + list(reader.close(truncated=truncated or reader.exhausted))


def cited(text: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(draft.text, draft.passages) for draft in read(text)]


FROZE, THAWED = ("It froze.", (0,)), ("It thawed.", (1,))


@pytest.mark.parametrize(
    "text",
    [
        "It froze [P-KT]. It thawed [P-BD].",
        "It froze. [P-KT] It thawed. [P-BD]",
        "It froze.[P-KT] It thawed.[P-BD]",
        "It froze. [P-KT]. It thawed. [P-BD].",
        "[P-KT] It froze. [P-BD] It thawed.",
        "[P-KT]: It froze.\n[P-BD]: It thawed.",
        "It froze.\n[P-KT]\n\nIt thawed.\n[P-BD]",
        "- It froze [P-KT].\n- It thawed [P-BD].",
        "1. [P-KT] It froze.\n2. [P-BD] It thawed.",
        "* **It froze** [P-KT].\n* _It_ thawed `[P-BD]`.",
        "> It froze (P-KT).\n\n---\n\nIt thawed 【P-BD】.",
        "It froze [KT]. It thawed [p-bd].",
        "It froze [P‑KT]. It thawed [P_BD].",
        "It froze P-KT. It thawed P-BD.",
        "It [P-KT] froze. It thawed [P-BD][P-BD].",
        "It froze [Source: P-KT]. It thawed [passage P-BD].",
        "According to [P-KT], it froze. Passage P-BD says that it thawed.",
        "## The river\n\nIt froze [P-KT].\n\n**Later**\n\nIt thawed [P-BD].",
        "Answer: It froze [P-KT]. It thawed [P-BD].\n\nSources:\n",
        "**Answer:** It froze [P-KT].\nIt thawed [P-BD].",
        "Question: How long did it freeze?\n\nHow long did it freeze?\nIt froze [P-KT]. It thawed [P-BD].",
        "<think>It froze [P-BD]. Hm.\nDid it?</think>\nIt froze [P-KT]. It thawed [P-BD].",
        "YES ANSWER [A]\nIt froze [P-KT]. It thawed [P-BD][P-XX][7].",
        "```\nIt froze [P-KT].\n```\nIt thawed [P-BD].",
        "It froze [P-KT].\r\nIt thawed [P-BD].\r\n",
        "It froze [P-KT]. It froze [P-RZ]. It thawed [P-BD].",
    ],
)
def test_citation_habits(text: str) -> None:
    """Wherever and however a model puts the ids, each sentence gets its own, whatever pieces the text comes in."""
    assert [(draft.text, draft.passages) for draft in read(text)] == [FROZE, THAWED]
    assert read(text, step=1) == read(text, step=7) == read(text, step=1_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It froze [P-KT, P-RZ].", [("It froze.", (0, 2))]),
        ("It froze [P-RZ][P-KT].", [("It froze.", (2, 0))]),
        ("It froze [P-KT and P-BD].", [("It froze.", (0, 1))]),
        ("Ice came [P-KT] and went [P-BD].", [("Ice came and went.", (0, 1))]),
        ("It froze [P-QQ].", [("It froze.", ())]),
        ("It froze [3] [A].", [("It froze.", ())]),
        ("It froze", [("It froze", ())]),
        (
            "Mr. Qin met U.S. envoy Jo Reed at 5 p.m. on Sunday [P-KT]. It cost 3.5 million [P-BD].",
            [("Mr. Qin met U.S. envoy Jo Reed at 5 p.m. on Sunday.", (0,)), ("It cost 3.5 million.", (1,))],
        ),
        ("The PRC (PRC) and the [EU] signed (5) [P-KT].", [("The PRC (PRC) and the [EU] signed (5).", (0,))]),
        ("河が凍った[P-KT]。春に溶けた[P-BD]。", [("河が凍った。", (0,)), ("春に溶けた。", (1,))]),
        ("2*3*4 is snake_case_name [P-KT].", [("2*3*4 is snake_case_name.", (0,))]),
        ("Yes. Jo met Bo [P-KT].", [("Yes. Jo met Bo.", (0,))]),
        ("Yes [P-KT].", [("Yes.", (0,))]),
        (
            "These came [P-RZ]:\n- Jo Reed [P-KT]\n- Bo Lang [P-BD]\n\nThey left [P-RZ].",
            [("These came: Jo Reed", (2, 0)), ("These came: Bo Lang", (2, 1)), ("They left.", (2,))],
        ),
        ("These came:\n- Jo Reed came by train [P-KT].", [("Jo Reed came by train.", (0,))]),
        ("", []),
        (" \n\n[P-KT]\n", []),
        ("Sources:\n- [P-KT]\n- [P-BD]", []),
    ],
)
def test_sentences(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    """Sentences come out without markers and Markdown; unknown ids vanish, the sentence stays."""
    assert cited(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "NO ANSWER",
        "No answer.",
        "NO ANSWER [P-KT]",
        "NO ANSWER: nothing fits",
        "The passages do not say what he ate.",
        "The provided passages don’t mention it [P-KT].",
        "However, the given text does not explicitly state the price.",
        "None of the passages names the winner.",
        "There is no information about the menu.",
        "There is no mention of a menu in the passages.",
        "The menu is not mentioned in any of the passages [P-BD].",
        "I cannot answer this question.",
        "I'm sorry, but I can't help with that.",
        "It is not specified what he ate.",
        "Based on the passages, there is not enough information.",
        "The question cannot be answered.",
    ],
)
def test_refusals(text: str) -> None:
    """A model that says in words that nothing answers gives a draft that is marked so."""
    assert [draft.declines for draft in read(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "No answer came from the ministry [P-KT].",
        "Document 5 does not bind the parties, the court found [P-KT].",
        "He said there is no information about survivors [P-KT].",
        "The treaty was not mentioned in the speech [P-KT].",
        "Blinken cannot stay longer [P-KT].",
        "It is unclearly written [P-KT].",
    ],
)
def test_statements_that_look_like_refusals(text: str) -> None:
    """A document's own statement about something missing is a statement."""
    assert [draft.declines for draft in read(text)] == [False]


def test_a_sentence_comes_out_as_soon_as_it_is_whole() -> None:
    """The first word of the next sentence is enough to release the one before, citations included."""
    reader = Reader(IDS)
    assert list(reader.feed("It froze. [P-K")) == []
    assert list(reader.feed("T] It")) == []
    assert list(reader.feed(" ")) == [Draft("It froze.", (0,))]
    assert list(reader.feed("thawed [P-BD].\n")) == []
    assert list(reader.feed("\n[P-RZ]\nThen ")) == [Draft("It thawed.", (1, 2))]


def test_a_cut_off_sentence_is_dropped() -> None:
    """When the model ran out of room, the half sentence at the end is not shown."""
    assert read("It froze [P-KT]. It thawed for thr", truncated=True) == [Draft("It froze.", (0,))]


@pytest.mark.parametrize(
    "text",
    [
        "It froze [P-KT]. " * 1_000,
        "It froze [P-KT]. " + "and " * MAX_SENTENCE,
        "It froze [P-KT]. " + "".join(f"Fact number {n} of many. " for n in range(MAX_ANSWER)),
    ],
)
def test_endless_replies_are_left(text: str) -> None:
    """Going round in circles, a sentence without end and a reply without end are all noticed."""
    reader = Reader(IDS)
    read_so_far = 0
    drafts: list[Draft] = []
    while not reader.exhausted:
        drafts += reader.feed(text[read_so_far : read_so_far + 10])
        read_so_far += 10
    assert read_so_far <= MAX_ANSWER + 10
    assert drafts[0] == Draft("It froze.", (0,))
    assert len({draft.text for draft in drafts}) == len(drafts)


PIECES = st.sampled_from(
    ["[P-KT]", "P-BD", "[", "]", "(P-RZ)", ". ", "\n", "- ", "**", "Yes.", "It froze", "<think>", "</think>", "\ue000"]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join), st.integers(1, 9))
def test_any_text(text: str, step: int) -> None:
    """No reply breaks the reader, and no citation is left in a sentence."""
    for draft in read(text, step=step):
        assert draft.text.strip()
        assert "[P-KT]" not in draft.text
        assert not any("\ue000" <= character <= "\uf8ff" for character in draft.text)
        assert set(draft.passages) <= set(IDS.values())


SENTENCES = st.tuples(
    st.sampled_from(["", "- ", "1. ", "[P-RZ] ", "\n"]),
    st.sampled_from(["It froze", "Mr. Jo met U.S. envoys", "“It froze. It thawed,” he said", "It cost $3.50 (EU)"]),
    st.sampled_from(["", " (late)", " for 3.5 hours"]),
    st.sampled_from([" [P-KT].", ". [P-KT]", ".", " [P-BD, P-RZ]!", " (P-KT).", ".\n[P-BD]"]),
    st.sampled_from([" ", "\n", "\n\n"]),
).map("".join)


@example("[P-RZ] It froze. [P-KT] Mr. Jo met U.S. envoys (late). [P-KT] It froze (late) [P-KT]. ", 5)
@given(st.lists(SENTENCES, max_size=3).map("".join), st.integers(1, 9))
def test_pieces_do_not_matter(text: str, step: int) -> None:
    """The same reply gives the same drafts, in however many pieces it comes."""
    assert read(text, step=step) == read(text, step=len(text) + 1)
