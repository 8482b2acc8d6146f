"""Statements against the sentences that should carry them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passages import passage

from bot.verify import LEFT_OPEN, verify
from retrieval.model import Chunk, Kind, Sentence

TALKS = passage(
    "The ministers talked for nearly seven hours on Tuesday, said envoy Pella Corrigane.",
    "Thale gave Vask a jar of cherry jam.",
    "Whether Vask will come to the lake is not confirmed.",
    "The bank lends 420 million ilvers over 15 years.",
    "Kessady did not accept the loan.",
    "They signed the accord yesterday.",
    written=date(2025, 10, 17),
)


@pytest.mark.parametrize(
    "claim",
    [
        "The ministers talked for nearly seven hours on Tuesday.",
        "The ministers talked for almost 7 hours on Tuesday.",
        "Thale gave Vask a jar of cherry jam.",
        "It is not confirmed whether Vask will come to the lake.",
        "The bank lends 420 million ilvers.",
        "Kessady did not accept the loan.",
        "They signed the accord on 16 October 2025.",
        "Envoy Pella Corrigane said the ministers talked for nearly seven hours.",
    ],
)
def test_true_claims_pass(claim: str) -> None:
    """A statement that a sentence carries is supported, also with its figure or date written otherwise."""
    verdict = verify(claim, [0], [TALKS], "", None)
    assert verdict.reason == ""
    assert all(TALKS.chunk.text[q.start : q.end] == q.text for q in verdict.quotes)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The ministers talked for nearly eight hours on Tuesday.", "figure"),
        ("The ministers talked for nearly seven days on Tuesday.", "figure"),
        ("The ministers talked for nearly seven hours on Monday.", "date"),
        ("Corrigane gave Vask a jar of cherry jam.", "opposite|name|words"),
        ("Denning gave Vask a jar of cherry jam.", "name"),
        ("Vask will not come to the lake.", "opposite|open"),
        ("Vask came to the lake.", "open|opposite"),
        ("Kessady did accept the loan.", "opposite"),
        ("The bank lends 430 million ilvers.", "figure"),
        ("Thale said the ministers talked for nearly seven hours.", "speaker|name"),
        ("The harvest failed after a long drought.", "no passage"),
        ("!!!", "nothing"),
    ],
)
def test_false_claims_are_withheld(claim: str, reason: str) -> None:
    """One changed figure, date, name, negation or speaker is enough to withhold a statement, with the reason."""
    verdict = verify(claim, [0], [TALKS], "", None)
    assert not verdict.supported
    assert re.search(reason, verdict.reason)


def test_wrong_citation_is_mended() -> None:
    """A statement that another passage carries than the one it cites is cited there."""
    other = passage("The weather was fine.", source="b.txt", number=1)
    verdict = verify("Thale gave Vask a jar of cherry jam.", [0], [other, TALKS], "", None)
    assert [q.passage.source for q in verdict.quotes] == ["a.txt"]


TABLE = replace(
    TALKS, chunk=Chunk("t.md", 0, 30, "| Halmet Dam | 118 metres |xx|", "Dams", (Sentence(0, 27, Kind.TABLE),))
)


@pytest.mark.parametrize(
    ("claim", "passes"), [("Corrigane.", True), ("Jam", True), ("Denning.", False), ("Sank.", False)]
)
def test_a_claim_of_one_word(claim: str, passes: bool) -> None:
    """A word that a sentence holds is carried by it, any other is withheld."""
    assert verify(claim, [0], [TALKS], "", None).supported is passes


def test_a_claim_of_two_thousand_characters() -> None:
    """It is judged as any other: true as long as every part of it stands, withheld with one false part."""
    long = "Thale gave Vask a jar of cherry jam, " * 54
    assert len(long) > 1990
    assert verify(f"{long.rstrip(', ')}.", [0], [TALKS], "", None).supported
    assert not verify(f"{long}and Denning a goat.", [0], [TALKS], "", None).supported
    assert not verify("word " * 400, [0], [TALKS], "", None).supported


def test_contradictory_citations() -> None:
    """Of two cited passages that disagree, the one that says it is quoted; what neither says is withheld."""
    other = passage(
        "The ministers talked for five hours on Tuesday, said envoy Pella Corrigane.", source="b.txt", number=1
    )
    verdict = verify("The ministers talked for five hours on Tuesday.", [0, 1], [TALKS, other], "", None)
    assert [q.passage.source for q in verdict.quotes] == ["b.txt"]
    assert "figure" in verify("The ministers talked for six hours on Tuesday.", [0, 1], [TALKS, other], "", None).reason


@pytest.mark.parametrize(
    "amount", ["420 million", "0.42 billion", "420m", "420,000,000", "420000000", "four hundred and twenty million"]
)
def test_a_number_in_five_ways_and_more(amount: str) -> None:
    """However it is written, the same amount passes, and the next one does not."""
    assert verify(f"The bank lends {amount} ilvers over 15 years.", [0], [TALKS], "", None).reason == ""
    other = amount.replace("420", "430").replace("0.42", "0.43").replace("twenty", "thirty")
    assert "figure" in verify(f"The bank lends {other} ilvers over 15 years.", [0], [TALKS], "", None).reason


def test_a_table_cell_as_the_only_evidence() -> None:
    """A row carries what its cells say; another figure is withheld."""
    verdict = verify("The Halmet Dam is 118 metres high.", [0], [TABLE], "", None)
    assert [q.text for q in verdict.quotes] == ["| Halmet Dam | 118 metres |"]
    assert "figure" in verify("The Halmet Dam is 119 metres high.", [0], [TABLE], "", None).reason


def test_a_document_without_a_date() -> None:
    """What was yesterday cannot be known: the statement may repeat the word, but not turn it into a day."""
    undated = passage("The delegates signed the accord yesterday.")
    assert verify("The delegates signed the accord yesterday.", [0], [undated], "", None).supported
    assert "date" in verify("The delegates signed the accord on 16 October 2025.", [0], [undated], "", None).reason


def test_a_document_with_three_dates() -> None:
    """Each date passes with what it dates; the day of one beside the month of another does not."""
    three = passage("The dam was drawn on 3 May 1950, begun on 7 June 1952 and filled on 9 July 1958.")
    for told in "drawn on 3 May 1950", "begun on June 7, 1952", "filled on 1958-07-09":
        assert verify(f"The dam was {told}.", [0], [three], "", None).reason == ""
    assert "date" in verify("The dam was begun on 7 July 1952.", [0], [three], "", None).reason


@pytest.mark.parametrize("told", ["on 16 October 2098", "yesterday"])
def test_a_document_dated_in_the_future(told: str) -> None:
    """Relative dates are taken from the date that the document bears, whatever day it is now."""
    ahead = passage("The delegates signed the accord yesterday.", written=date(2098, 10, 17))
    assert verify(f"The delegates signed the accord {told}.", [0], [ahead], "", None).reason == ""


@pytest.mark.parametrize(
    ("day", "passes"),
    [("14 October 2025", True), ("21 October 2025", True), ("15 October 2025", False), ("7 October 2025", False)],
)
def test_a_bare_weekday(day: str, passes: bool) -> None:
    """ "On Tuesday" is the last or the next one, seen from the document's date."""
    assert verify(f"The ministers talked for nearly seven hours on {day}.", [0], [TALKS], "", None).supported is passes


def test_names_in_full() -> None:
    """A first name may be added where the passage holds it and nobody else bears the name."""
    read = passage("The envoy Pella Corrigane came by train.", "Corrigane praised the talks at length.")
    assert verify("Pella Corrigane praised the talks at length.", [0], [read], "", None).supported
    both = passage("The envoy Pella Corrigane met Ann Corrigane.", "Corrigane praised the talks at length.")
    assert not verify("Ann Corrigane praised the talks at length.", [0], [both], "", None).supported


def test_a_name_of_another_sentence_does_not_take_the_place_of_one() -> None:
    """Though a second sentence holds it, a name must not stand where the first has another."""
    read = passage(
        "He read law at the University of Nottingham and in Leeds.", "He was given the Keats Prize in London."
    )
    assert "name" in verify("He read law at the Keats Prize and in Leeds.", [0], [read], "", None).reason


def test_a_word_in_anothers_place() -> None:
    """What follows the same word in the sentence must not be a word that nobody uses; one more word may."""
    read = passage("The iron bridge at Marl has been painted green since the first day.")
    told = "The iron bridge at Marl has been painted {} since the first day."
    assert "purpl" in verify(told.format("purple"), [0], [read], "", None).reason
    assert verify(told.format("dark green"), [0], [read], "", None).supported


def test_nothing_is_told_to_be_open_that_is_settled() -> None:
    """ "Not confirmed" is a statement, too."""
    read = passage("The minister confirmed the visit of the envoy to the lake.")
    assert not verify(
        "The minister has not confirmed the visit of the envoy to the lake.", [0], [read], "", None
    ).supported
    assert not verify("It is not known whether the envoy will visit the lake.", [0], [read], "", None).supported


@given(st.text(max_size=300))
def test_any_claim_is_safe(claim: str) -> None:
    """No claim raises, and what is supported has quotes."""
    verdict = verify(claim, [0, 7], [TALKS], claim[:20], None)
    assert bool(verdict.quotes) is verdict.supported


@pytest.mark.parametrize(
    ("claim", "question", "supported"),
    [
        ("Fenwary said the bank lends 420 million ilvers.", "What did Fenwary say?", False),
        ("Vask will meet again in Ostrel in May.", "What will Vask do?", False),
        ("Quist called the figures of the growers less than they asked for.", "What did Quist say?", False),
        ("Lume has 9 bridges.", "How many bridges does Lume have?", True),
        ("Orla Quist counted the bridges of Lume.", "Who is Orla Quist?", True),
        ("The parties will meet again in Ostrel in May.", "", True),
    ],
)
def test_a_question_lends_no_subject(claim: str, question: str, supported: bool) -> None:
    """A name that only the question holds is put before no quote: who spoke or acted has to stand in the passage."""
    read = [
        passage("The bank lends 420 million ilvers.", "The parties will meet again in Ostrel in May."),
        passage("Anselm Birk of the growers called the figures less than they asked for."),
        passage("Orla Quist lives in Lume.", "Quist counted its 9 bridges.", source="b.txt", number=1),
    ]
    assert verify(claim, [0], read, question, None).supported is supported


@pytest.mark.parametrize(
    ("sentence", "claim", "supported"),
    [
        ("He asked that their length be kept secret.", "Vask asked that their length be kept secret.", True),
        (
            "A Kessadian guard asked for their length to be kept secret.",
            "Vask and a Kessadian guard asked for their length to be kept secret.",
            False,
        ),
    ],
)
def test_only_a_pronoun_is_replaced_by_a_name(sentence: str, claim: str, supported: bool) -> None:
    """A name of the passage may stand for a pronoun of the quote, not for one that the statement keeps."""
    talks = passage("Vask met Thale.", sentence)
    assert verify(claim, [0], [talks], "", None).supported is supported


def test_two_sentences_told_as_one() -> None:
    """A draft of two sentences, or one made of two, is carried by two that follow each other."""
    report = passage("The ferry Swan of Orrin hit the jetty of Heron House in thick fog.", "Seven people were injured.")
    claim = "The ferry Swan of Orrin hit the jetty of Heron House and seven people were injured."
    assert len(verify(claim, [0], [report], "", None).quotes) == 2


def test_a_sentence_as_it_stands_is_not_turned() -> None:
    """The denial in one of its clauses speaks for nothing else."""
    said = '"The door is open. Who walks through it is not for me to say," Corrigane said.'
    assert verify(said, [0], [passage(said)], "", None).supported
    assert verify("Corrigane said the door is open.", [0], [passage(said)], "", None).supported


def test_nobody_speaks_for_a_source() -> None:
    """A model that says "I" for somebody is not believed; a quotation may."""
    told = passage('"I met Thale by the lake," Vask said.', "Vask met Thale by the lake.")
    assert not verify("I met Thale by the lake.", [0], [passage("Vask met Thale by the lake.")], "", None).supported
    assert verify('Vask said: "I met Thale by the lake."', [0], [told], "", None).supported


def test_each_sentence_of_a_draft_counts() -> None:
    """A true sentence carries no false one that stands behind it."""
    read = passage("Her adviser Jo Lake met Pella Corrigane in Vienna in May.", "Seven people were hurt at the lake.")
    true, false = "Adviser Jo Lake met Pella Corrigane in May.", "Nine people were hurt at the lake."
    assert "Nine" in verify(f"{true} {false}", [0], [read], "", None).reason
    assert len(verify(f"{true} {false.replace('Nine', 'Seven')}", [0], [read], "", None).quotes) == 2


def test_a_pronoun_keeps_its_gender() -> None:
    """ "He" is not carried by a quote that speaks of her."""
    read = passage("She had wanted inspections at any hour.")
    assert not verify("He had wanted inspections at any hour.", [0], [read], "", None).supported
    assert verify("She had wanted inspections at any hour.", [0], [read], "", None).supported


SPOKEN = passage(
    "Lanner told Quill that the mill has no room to grow.", "Prime Minister Ostrow said the mill burned down."
)


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("Ada Lanner told Quill that the mill has no room to grow.", True),  # more of the name than the source gives
        ("Quill told Lanner that the mill has no room to grow.", False),  # who is told is not who speaks
        ("Prime Minister Lanner said the mill burned down.", False),  # an office in common is no name in common
    ],
)
def test_speakers_are_told_apart(claim: str, supported: bool) -> None:
    """One word of a speaker's name is enough, an office is not, and whoever is spoken to does not speak."""
    assert verify(claim, [0], [SPOKEN], "Did Ada Lanner speak?", None).supported is supported


@pytest.mark.parametrize(
    ("sentence", "claim", "supported"),
    [
        ("They left on 3 June.", "They left on June 3, 2025.", True),
        ("They left on 3 June.", "They left on June 3, 2024.", False),
        ("They left on 28 December.", "They left on 28 December 2024.", True),
        ("They left on 3 June. The mill burned in 1874.", "They left on 3 June 2025.", False),
    ],
)
def test_year_of_a_report(sentence: str, claim: str, supported: bool) -> None:
    """A day without a year is that of the year closest to the report, unless its passage speaks of other years."""
    report = passage(sentence, written=date(2025, 3, 14))
    assert verify(claim, [0], [report], "", None).supported is supported


COUNTS = passage(
    "The office gave out 132 green badges.", "Another 310 journalists were accredited.", "Vask counted them."
)


@pytest.mark.parametrize(
    ("sentence", "claim", "supported"),
    [
        ("Ostrel has 9 people, Lume has 4 people.", "Lume has more people than Ostrel.", False),
        ("Ostrel has fewer people than Lume.", "Lume has more people than Ostrel.", True),
        ("Ostrel has the longest bridge.", "Ostrel has a longer bridge than Lume.", False),
        ("The bridge of Ostrel is 900 metres long.", "The bridge of Ostrel is more than 800 metres long.", False),
        ("The bridge of Ostrel is no longer open.", "The bridge of Ostrel is no longer open.", True),
    ],
)
def test_comparisons_need_one(sentence: str, claim: str, supported: bool) -> None:
    """What a statement compares, a quote compares: citebot does no sums."""
    assert verify(claim, [0], [passage(sentence)], "Lume or Ostrel?", None).supported is supported


def test_what_one_report_leaves_open_another_knows() -> None:
    """A statement of fact is carried by the report that knows, also where one that leaves it open comes closer."""
    open_, known = (
        "Whether Vask will meet Thale at the lake is not known.",
        "Vask and Thale met at the lake on Thursday.",
    )
    claim = "Vask met Thale at the lake."
    assert verify(claim, [], [passage(open_)], "", None).reason == LEFT_OPEN
    (quote,) = verify(claim, [], [passage(open_), passage(known, source="b.txt", number=1)], "", None).quotes
    assert quote.text == known


class Unmoved:
    """A reranker that finds nothing relevant."""

    def rerank(self, query: str, texts: list[str]) -> list[float]:
        return [-5.0] * len(texts)

    def mark(self, query: str, texts: list[str]) -> list[tuple[int, int] | None]:
        return [None] * len(texts)


@pytest.mark.parametrize(
    ("claim", "supported"),
    [
        ("Vask and Thale sat down at 8:30 a.m.", True),
        ("Vask and Thale sat down at half past eight.", True),
        ("Vask and Thale sat down at 9:30 a.m.", False),
        ("The river deal was signed at 8:30 a.m.", False),
    ],
)
def test_a_time_of_day_is_a_figure(claim: str, supported: bool) -> None:
    """It is compared as one, in any spelling, and makes no other sentence carry a claim."""
    told = passage("Vask and Thale sat down at 8.30 a.m. in the boathouse.", "The river deal was signed that day.")
    assert verify(claim, [0], [told], "", None).supported is supported


def test_few_words_are_no_evidence() -> None:
    """A statement of one or two content words needs a quote that means it, not only one that holds them."""
    talks = passage("The people of Kessady wrote to the harbour office.")
    assert not verify("Kessady has people.", [0], [talks], "", Unmoved()).supported
    assert verify("The people of Kessady wrote to the harbour office.", [0], [talks], "", Unmoved()).supported


def test_figures_of_two_sentences_are_not_one_statement() -> None:
    """Figures of one kind have to stand in one sentence: each sentence says its own of something else."""
    talks = passage("Vask talked with Quill for three hours.", "Vask talked with Thale for five hours.")
    verdict = verify("Vask talked with Quill for three hours, five hours.", [0], [talks], "", None)
    assert "together" in verdict.reason
    assert verify("Vask talked with Quill for three hours.", [0], [talks], "", None).supported


@pytest.mark.parametrize(
    ("question", "claim", "supported"),
    [
        ("How many journalists were accredited?", "310", True),
        ("How many journalists were accredited?", "132", False),
        ("Who counted them?", "Vask", True),
        ("Who was accredited?", "Vask", False),
        ("Did Vask count them?", "Yes, he counted them.", True),
        ("Did Thale count them?", "Yes, he counted them.", False),
        ("Did Vask count the badges?", "Yes. Vask counted all of them then.", True),
        ("How many journalists were accredited?", "132 badges were given out.", True),
    ],
)
def test_a_fragment_answers_its_question(question: str, claim: str, supported: bool) -> None:
    """What is no sentence counts with its question: the quote has to hold both."""
    assert verify(claim, [0], [COUNTS], question, None).supported is supported


@pytest.mark.parametrize(
    ("sentence", "claim", "supported"),
    [
        ("It was used for approximately 10 years.", "It was used for approximately 11 years.", False),
        ("It was used for more than 10 years.", "It was used for 13 years.", False),
        ("It was used for about 10 years.", "It was used for about ten years.", True),
        ("It took between five and seven hours.", "It took five to seven hours.", True),
        ("Held at St. Augustine, he was freed in July.", "Held at St. Augustine, he was freed in August.", False),
    ],
)
def test_a_vague_figure_is_still_one_figure(sentence: str, claim: str, supported: bool) -> None:
    """How far "about ten" may reach gives no other number, and a month is not found inside a name."""
    assert verify(claim, [0], [passage(sentence)], "", None).supported is supported
