"""What a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question import Kind, understand


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How long did the talks last?", Kind.DURATION),
        ("how many hours did they sit there", Kind.DURATION),
        ("How many delegates came?", Kind.COUNT),
        ("What is the population of the valley?", Kind.COUNT),
        ("How much did the summit cost?", Kind.MONEY),
        ("What share of the vote did she get?", Kind.PERCENT),
        ("How tall is the dam?", Kind.MEASURE),
        ("When was the accord signed?", Kind.DATE),
        ("In which year was the bridge closed?", Kind.DATE),
        ("so who invited them?", Kind.PERSON),
        ("In which city did they meet?", Kind.PLACE),
        ("Why was the signing postponed?", Kind.REASON),
        ("Did the two leaders meet?", Kind.YES_NO),
        ("hey, is it true that she left?", Kind.YES_NO),
        ("Can you tell me what she said?", Kind.OTHER),
        ("What did the envoy say?", Kind.OTHER),
    ],
)
def test_kind(question: str, kind: Kind) -> None:
    """The form of a question tells what an answer must hold."""
    assert understand(question).kind is kind


def test_parts() -> None:
    """Names, counted noun, dates and what is done are told apart."""
    asked = understand("How many ministers did Orla Quist meet on Tuesday?")
    assert asked.names == ("orla", "quist")
    assert asked.counted == "minister"
    assert [d.weekday for d in asked.dates] == [1]
    assert "meet" in asked.acts
    assert "quist" not in asked.acts


@given(st.text(max_size=400))
def test_any_question_is_safe(text: str) -> None:
    """No question raises."""
    understand(text).quantities(text)


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Wer unterschrieb?", False),
        ("Кто подписал?", False),
        ("Donde?", False),
        ("Halmet Dam height?", True),
        ("How long did they talk?", True),
        ("population of the valley", True),
        ("Wie lange dauerte das Gespräch zwischen Vask und Thale?", False),
        ("¿Dónde se reunió Vask con Thale en mayo?", False),
        ("Combien de temps ont duré les pourparlers ?", False),
        ("Когда подписали соглашение на озере?", False),
        ("Vask Thale", True),
    ],
)
def test_english_is_recognised(question: str, english: bool) -> None:
    """A question in another language is told from a short or sloppy English one."""
    assert understand(question).english is english


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How long is the bridge in metres?", "metre"),
        ("How many cubic metres does the tank hold?", "cubic metre"),
        ("How many nautical miles away is it?", "metre"),
        ("How many people signed?", ""),
        ("How long did they talk in Vienna?", ""),
    ],
)
def test_unit_that_is_asked_for(question: str, unit: str) -> None:
    """A unit named in the question is the only one that answers it."""
    assert understand(question).unit == unit


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who called it a good price for bad paper?", Kind.PERSON),
        ("How does the mayor defend the cost of the party?", Kind.OTHER),
        ("What is the monthly price of the plan?", Kind.MONEY),
        ("How big is the loan?", Kind.MONEY),
        ("What does the envoy earn?", Kind.MONEY),
    ],
)
def test_money_only_where_it_is_asked_for(question: str, kind: Kind) -> None:
    """A price that is only spoken of does not make a question one for an amount."""
    assert understand(question).kind is kind


@pytest.mark.parametrize(
    ("question", "text", "values"),
    [
        ("How long is the bridge?", "The path is two metres wide, the bridge 412 metres long.", [412]),
        ("How high is the light?", "It stands 38 metres high and is seen from 19 kilometres away.", [38]),
        ("How far is the dam?", "The dam, 85 metres high, lies 110 metres away.", [110]),
        ("How many trains cross the bridge?", "The Two Saints Bridge carries 12 trains a day.", [12]),
        ("How many trains cross the bridge?", "The ferry carries 300 cars a day.", []),
        ("How many trains came?", "Of the trains that were due 12 came, with 300 cars.", [12, 300]),
        ("How many workers came?", "Some 300 people came.", [300]),
        ("How many hours did they talk?", "She spoke on her two-day visit of a five-hour talk.", [5]),
        ("How long was the visit?", "She spoke on her two-day visit of a five-hour talk.", [2, 5]),
        ("How many were hurt?", "Twelve people were hurt, five more than first reported.", [12]),
        ("How far did the KX-20 fall?", "The index, the KX-20, fell by 7 metres.", [7]),
        ("How many stages has Tower 2?", "Tower 2 has 3 stages, tower No. 4 has 5.", [3, 5]),
        ("How old is Orla Quist?", "Orla Quist, 44 years old, spoke for two hours.", [44]),
    ],
)
def test_a_figure_of_something_else_is_none(question: str, text: str, values: list[float]) -> None:
    """Another dimension than the one asked about, and a number in a name, answer nothing."""
    assert [q.number for q in understand(question).quantities(text)] == values


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("how many people protested outside the gates?", "people"),
        ("how many were injured in the crash", ""),
        ("how many electricians keep the boxes cold", "electrician"),
        ("How many news reports mention the fire?", "report"),
        ("How many crew members of the ship were held?", "member"),
        ("how many of the eleven came home", ""),
        ("How many cubic metres does it hold?", "cubic metre"),
    ],
)
def test_what_is_counted(question: str, counted: str) -> None:
    """The noun behind "how many", whatever follows it."""
    assert understand(question).counted == counted


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("whats the default rate limit per key", Kind.AMOUNT),
        ("height of the tower?", Kind.AMOUNT),
        ("What is the rate limit policy?", Kind.OTHER),
        ("what did the length of the talks tell us", Kind.OTHER),
        ("what is the painting worth", Kind.MONEY),
    ],
)
def test_nouns_that_a_figure_answers(question: str, kind: Kind) -> None:
    """A limit, a height or a worth is a figure, also without "how much"."""
    assert understand(question).kind is kind


def test_words_that_only_name_the_kind_of_answer_are_no_content() -> None:
    """No document need hold "time" to say when, nor "old" to give an age."""
    assert understand("What time did the gates open?").terms == ("gate", "open")
    assert understand("Besides the fee, what else is due now?").terms == ("fee", "due")


@pytest.mark.parametrize(
    ("question", "sought"),
    [
        ("What do we know about the ferry?", "the ferry"),
        ("Tell me about the ferry.", "the ferry"),
        ("What is known about the 1990 ferry line?", "the 1990 ferry line"),
        ("What happened to the Swan of Orrin?", "the Swan of Orrin"),
        ("Anything new about version 4.2?", "version 4.2"),
        ("What did Fenwary say about the ferry?", "What did Fenwary say about the ferry?"),
        ("What happened on Monday?", "What happened on Monday?"),
        ("Explain why the ferry sank. Who died?", "Explain why the ferry sank. Who died?"),
        ("Has the accord been signed yet or not?", "Has the accord been signed?"),
        ("Did they already meet?", "Did they meet?"),
        ("What is not yet known?", "What is not yet known?"),
    ],
)
def test_what_a_text_is_judged_by(question: str, sought: str) -> None:
    """A question for whatever there is on a topic is judged by the topic, a yes-no question without "yet" and "or not"."""
    assert understand(question).sought == sought


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who said that the bridge is safe?", "The bridge is safe."),
        ("who thinks unofficial exchanges may be a way out", "Unofficial exchanges may be a way out."),
        ("Who called it a good price for bad paper?", "It a good price for bad paper."),
        ("Who told the Herald that the president goes where results are?", "The president goes where results are."),
        ("Who was it that said water carries no passport?", "Water carries no passport."),
        ("Who signed the accord?", ""),
        ("Who called?", ""),
        ("What did she say about the bridge?", ""),
    ],
)
def test_what_somebody_is_asked_to_have_said(question: str, told: str) -> None:
    """It is a statement that the documents either support or do not."""
    assert understand(question).attributed == told
