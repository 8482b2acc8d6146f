"""Comparisons taken apart: by the grammar, and by a scripted model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_server import LLMServer, failure

from bot.decompose import compound
from bot.providers import chat_model
from bot.settings import Settings
from bot.subquestions import divided


def _questions(text: str) -> list[str]:
    found = compound(text)
    return [piece.question for piece in found.pieces] if found else []


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Which costs more, the kiln or the wheel?", ["How much does the kiln cost?", "How much does the wheel cost?"]),
        ("Who arrived first, Anna or Ben?", ["When did Anna arrive?", "When did Ben arrive?"]),
        ("what took longer: the repair or the voyage", ["How long did the repair take?", "How long did the voyage take?"]),
        (
            "Which is the tallest, the Ash, the Birch or the Cedar tower?",
            ["How tall is the Ash?", "How tall is the Birch?", "How tall is the Cedar tower?"],
        ),
        ("Is tea or coffee cheaper?", ["How expensive is tea?", "How expensive is coffee?"]),
        ("Does the school or the park get more of the grant?", ["How much of the grant does the school get?", "How much of the grant does the park get?"]),
        ("Was Anna's boat heavier than Ben's?", ["How heavy was Anna's boat?", "How heavy was Ben's boat?"]),
        ("Did the ferry carry more people than the train?", ["How many people did the ferry carry?", "How many people did the train carry?"]),
        ("Which plan is more popular, Basic or Studio?", ["How popular is Basic?", "How popular is Studio?"]),
        ("Is the toll higher in June or in July?", ["How high is the toll in June?", "How high is the toll in July?"]),
        ("Did the mill employ more people in Alba than in Brenn?", ["How many people did the mill employ in Alba?", "How many people did the mill employ in Brenn?"]),
        ("How do the mill and the forge differ on pay?", ["What is said about the mill and pay?", "What is said about the forge and pay?"]),
        ("How does version 2 differ from version 3?", ["What is said about version 2?", "What is said about version 3?"]),
        ("What is the difference between the mill and the forge?", ["What is said about the mill?", "What is said about the forge?"]),
        ("Compare the Post and the Star on how long it burned.", ["How long it burned, according to the Post?", "How long it burned, according to the Star?"]),
        ("compare what Anna and Ben say about pay", ["What does Anna say about pay?", "What does Ben say about pay?"]),
        ("What did Anna and Ben each say about pay?", ["What did Anna say about pay?", "What did Ben say about pay?"]),
        ("How tall are the mill and the church?", ["How tall is the mill?", "How tall is the church?"]),
        ("How many boats sank in April and in May?", ["How many boats sank in April?", "How many boats sank in May?"]),
        ("What happened on Monday and Tuesday?", ["What happened on Monday?", "What happened on Tuesday?"]),
        ("What are the rules for guests and for staff?", ["What are the rules for guests?", "What are the rules for staff?"]),
    ],
)  # fmt: skip
def test_comparisons_are_taken_apart(text: str, questions: list[str]) -> None:
    """Each thing compared gets a question of its own, in the words of the whole."""
    assert _questions(text) == questions


@pytest.mark.parametrize(
    "text",
    [
        "How long did Vask and Thale talk?",
        "Who mediates between the mill and the forge?",
        "When was the treaty of Alba and Brenn signed?",
        "Where was it planned and where did it happen?",
        "Did they come by train or by plane?",
        "Do the growers want more water than the treaty gives them in autumn?",
        "Is tea served in the morning and in the evening?",
        "Who runs the mill?",
        "",
        "and or, more than?",
    ],
)
def test_other_questions_stay_whole(text: str) -> None:
    """What is done together, or is no comparison that the grammar knows, is not taken apart."""
    assert compound(text) is None


@given(st.lists(st.sampled_from("which how compare and or , than more in May A the is did on differ each say".split())))
def test_any_words(words: list[str]) -> None:
    """Whatever the words, there are no pieces or several, each a question that names its thing."""
    found = compound(" ".join(words))
    assert found is None or (2 <= len(found.pieces) <= 4 and all(p.label in p.question for p in found.pieces))


def test_long_and_repetitive_text_is_quick() -> None:
    """No question keeps the grammar busy: what is longer than a comparison is not looked at."""
    for text in (
        "which " + "more and " * 40,
        "compare " + "a and " * 48,
        "how are " + "x " * 140 + "and",
        "a or " * 5000,
    ):
        compound(text)


QUESTION = "Of the mill in Alba and the mill in Brenn, which one is older?"


@pytest.mark.parametrize(
    ("reply", "questions"),
    [
        ("1. How old is the mill in Alba?\n2. How old is the mill in Brenn?", ["How old is the mill in Alba?", "How old is the mill in Brenn?"]),
        ("How old is the mill in Alba?\nHow old is the mill in Corvo?", []),
        ("How old is the mill in Alba?", []),
        ("Alba is older.\nBrenn is younger.", []),
        ("\n".join(f"How old is mill {n} in Alba or Brenn?" for n in range(9)), []),
    ],
)  # fmt: skip
def test_the_model_divides_in_the_words_of_the_question(
    llm_server: LLMServer, reply: str, questions: list[str]
) -> None:
    """Its questions are taken if they add no word and leave none out; else the question stays whole."""
    llm_server.enqueue(reply)
    model = chat_model(Settings(model="scripted", openai_api_key="k", openai_base_url=llm_server.url))
    found = divided(QUESTION, model)
    assert ([p.question for p in found.pieces] if found else []) == questions


def test_the_model_is_asked_only_where_the_grammar_knows_nothing(llm_server: LLMServer) -> None:
    """A division by the grammar and a simple question ask no model; an endpoint that fails leaves the question whole."""
    llm_server.default = failure(401)
    model = chat_model(Settings(model="scripted", openai_api_key="k", openai_base_url=llm_server.url))
    assert divided("How many boats sank in April and in May?", model)
    assert divided("How long did Vask and Thale talk on Monday?", model) is None
    assert llm_server.requests == []
    assert divided(QUESTION, model) is None
    assert len(llm_server.requests) == 1
