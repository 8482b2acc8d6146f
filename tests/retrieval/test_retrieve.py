"""The order of passages and the logits of their sentences, with a reranker that is told what to find relevant."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.context import in_context, list_end, opening, shown
from retrieval.model import Chunk, Embedder, Kind, Passage, Scores, Sentence
from retrieval.retrieve import Retriever


def _passage(text: str, title: str, heading: str) -> Passage:
    chunk = Chunk("a.md", 0, len(text), text, heading, (Sentence(0, len(text), Kind.PROSE),))
    return Passage(1, "a.md", title, None, chunk, (1, 1), None, 0.5, Scores(0.5, 3.0))


class _Reader:
    """Finds relevant what holds a word, and remembers what it has read."""

    def __init__(self, word: str) -> None:
        self.word, self.read = word, list[str]()

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        self.read += texts
        return [6.0 if self.word in text else -8.0 for text in texts]

    def mark(self, query: str, texts: Sequence[str]) -> list[tuple[int, int] | None]:
        return [None] * len(texts)


LED = "The works were led by the architect Bettina Kraal and cost 3.2 million crowns."


def test_a_sentence_is_read_again_under_its_title_and_heading() -> None:
    """What the sentence does not say itself, since its heading does, counts: a little less than if it said it."""
    held = _passage(LED, "The Long Bridge", "The restoration of 2011")
    assert in_context(held, 0) == [f"The Long Bridge: {LED}", f"The restoration of 2011: {LED}"]
    reader = _Reader("restoration")
    embedder: Embedder = None  # type: ignore[assignment]
    (ranked,) = Retriever(embedder, reader).rank("Who led the restoration?", [held])
    assert ranked.sentence_scores == (5.5,)
    assert reader.read == [LED, *in_context(held, 0)]


def test_what_is_told_with_the_sentence_is_not_read_twice() -> None:
    """A short sentence is read under its heading from the start; a heading that is the title is read once."""
    assert in_context(_passage("Members: 18 crowns", "Fees", "Fees"), 0) == []
    assert in_context(_passage(LED, "The bridge", "The bridge"), 0) == [f"The bridge: {LED}"]
    assert in_context(_passage(LED, "", ""), 0) == []


def test_an_answer_is_read_behind_the_question() -> None:
    """Of an FAQ the heading or the sentence before says what is answered."""
    held = _passage("The bar is card only, phones and watches included.", "FAQ", "Can I pay in cash?").chunk
    assert shown(held, 0) == f"Can I pay in cash? {held.text}"
    told = _chunk(("Why 22 knots?", Kind.PROSE), ("Because the timetable lost ten minutes.", Kind.PROSE))
    assert shown(told, 1) == "Why 22 knots? Because the timetable lost ten minutes."


def _chunk(*lines: tuple[str, Kind]) -> Chunk:
    """A chunk with a line for each sentence, below the heading "Prices"."""
    sentences, at = [], 0
    for line, kind in lines:
        sentences.append(Sentence(at, at + len(line), kind))
        at += len(line) + 1
    text = "\n".join(line for line, _ in lines)
    return Chunk("a.md", 0, len(text), text, "Prices", tuple(sentences))


ITEMS = _chunk(
    ("You may swap a shift if", Kind.PROSE),
    ("- you both agree, and", Kind.PROSE),
    ("- you tell us two days before.", Kind.PROSE),
    ("Other swaps count as absences.", Kind.PROSE),
)


def test_an_item_is_read_behind_what_its_list_begins_with() -> None:
    """It alone does not say what may be done; the sentence behind the list is none of it."""
    assert shown(ITEMS, 2) == "You may swap a shift if - you tell us two days before."
    assert [opening(ITEMS, m) for m in range(4)] == [ITEMS.sentences[0]] * 3 + [None]
    assert list_end(ITEMS, 0) == ITEMS.sentences[2].end


def test_a_list_behind_a_whole_sentence_has_no_opening() -> None:
    """It is read behind that sentence, which need not be quoted with it."""
    held = _chunk(("You get four shirts.", Kind.PROSE), ("- Vets: green", Kind.PROSE))
    assert shown(held, 1) == "You get four shirts. - Vets: green"
    assert opening(held, 1) is None


def test_rows_of_a_table_are_read_one_by_one_too() -> None:
    """Under the heading, which says what the cells are; the best row counts for the table, each keeps its own logit."""
    table = _chunk(("| Animal | Fee |", Kind.TABLE), ("| Cat | 147 |", Kind.TABLE), ("| Dog | 265 |", Kind.TABLE))
    held = Passage(1, "a.md", "The list", None, table, (1, 3), None, 0.5, Scores(0.5, 3.0))
    reader = _Reader("Prices: Animal Cat; Fee 147.")
    embedder: Embedder = None  # type: ignore[assignment]
    (ranked,) = Retriever(embedder, reader).rank("What is the fee for a cat?", [held])
    assert ranked.sentence_scores == (5.5, 6.0, -8.0)
    assert "Prices: Animal Dog; Fee 265." in reader.read
