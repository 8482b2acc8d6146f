"""Follow-ups made whole, by the rules and by a scripted model."""

from __future__ import annotations

import re

import pytest
from followups import CASES, FRESH, HELD_BACK, Case
from hypothesis import given
from hypothesis import strategies as st
from llm_server import LLMServer, Reply, failure

from bot.answer import Turn
from bot.conversation import MAX_ADDED, standalone
from bot.providers import chat_model
from bot.settings import Settings

MASLOV = ("Who is Alexei Maslov?", 'Alexei Maslov is "director of the Institute" [1][2].')


def turns(*messages: str) -> tuple[Turn, ...]:
    return tuple(Turn("assistant" if n % 2 else "user", message) for n, message in enumerate(messages))


def holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words.lower())}(?!\w)", text.lower()) is not None


def label(case: Case) -> str:
    return f"{case.history[-2]} {case.question}"


@pytest.mark.parametrize("case", [*CASES, *HELD_BACK, *FRESH], ids=label)
def test_rules(case: Case) -> None:
    """A follow-up gets the words it leaves out and no others; a complete question comes out as it went in."""
    whole = standalone(case.question, turns(*case.history), None)
    if case.needs is None:
        assert whole == case.question
    else:
        assert [words for words in case.needs if not holds(whole, words)] == []
        assert [words for words in case.lacks if holds(whole, words)] == []


@pytest.mark.parametrize(
    ("history", "question", "whole"),
    [
        (MASLOV, "Where does he work?", "Where does Alexei Maslov work?"),
        (
            ("How long did Blinken and Qin talk on Sunday?", "Nearly six hours [1]."),
            "And on Monday?",
            "How long did Blinken and Qin talk on Monday?",
        ),
        (("Did Blinken meet Xi?", "Yes [1]."), "Why?", "Why did Blinken meet Xi?"),
        (("Did the mill close?", "No [1]."), "Why not?", "Why didn't the mill close?"),
        (("Which bridges were closed?", "Two [1]."), "How many?", "How many bridges were closed?"),
        (("Who won the race?", "Ana Silva won the race [1]."), "When?", "When was it that someone won the race?"),
        (
            ("In which room was the accord signed?", "In the winter garden of the villa [1]."),
            "Why there?",
            "Why was the accord signed in the winter garden?",
        ),
        (("What does the red bike cost?", "90 euros [1]."), "And the blue one?", "What does the blue bike cost?"),
        (("Did Blinken meet Xi?", "Yes, on Monday [1]."), "Was it planned?", "Was it planned (Blinken meet Xi)?"),
        (MASLOV, "And what is his view?", "what is Alexei Maslov's view?"),
    ],
)
def test_wording(history: tuple[str, ...], question: str, whole: str) -> None:
    """The usual follow-ups become questions that a person might have asked."""
    assert standalone(question, turns(*history), None) == whole


@pytest.mark.parametrize(
    "question", ["", "  ", "?", "Thanks", "Hello!", "Who are you?", "¿Y el lunes?", "und am Montag?"]
)
def test_what_no_rule_is_for(question: str) -> None:
    """Greetings, nothing at all and other languages stay as they are."""
    assert standalone(question, turns(*MASLOV), None) == question


def test_without_history() -> None:
    """The first question of a conversation stays as it is, also when it sounds like a follow-up."""
    assert standalone("Where does he work?", (), None) == "Where does he work?"
    assert standalone("Where does he work?", (Turn("assistant", "Good morning."),), None) == "Where does he work?"


def test_a_long_question_stays() -> None:
    """A question of 100,000 characters is left alone, and an earlier one does not make this one long."""
    long = "Where does he work? " * 5_000
    assert standalone(long, turns(*MASLOV), None) == long
    assert len(standalone("Where is it?", turns(f"What is {'x' * 100_000}?", "y" * 100_000), None)) < 12 + MAX_ADDED + 1


TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(
        "And why did he meet Xi Jinping on Monday ? it the [1] that there what about , one else . (".split()
    ),
    max_size=12,
).map(" ".join)


@given(TEXTS, st.lists(st.tuples(st.sampled_from(["user", "assistant"]), TEXTS), max_size=5))
def test_any_conversation(question: str, history: list[tuple[str, str]]) -> None:
    """Whatever was said: no exception, a bounded length, no citation marker of an earlier answer."""
    whole = standalone(question, [Turn(role, text) for role, text in history], None)  # type: ignore[arg-type]
    assert len(whole) <= len(question) + MAX_ADDED
    assert whole.count("[1]") <= question.count("[1]")


def by_model(server: LLMServer, question: str, *history: str) -> str:
    model = chat_model(Settings(model="scripted", openai_api_key="k", openai_base_url=server.url))
    return standalone(question, turns(*history), model)


def test_the_model_rewrites(llm_server: LLMServer) -> None:
    """The model is given the conversation without markers and quotation marks; its question is used."""
    llm_server.enqueue('Rewritten: "At which institute does Alexei Maslov work?"\nI hope this helps.')
    assert by_model(llm_server, "Where does he work?", *MASLOV) != "Where does he work?"
    prompt = llm_server.chats[0].prompt
    assert "User: Who is Alexei Maslov?\nAssistant: Alexei Maslov is director of the Institute" in prompt
    assert "[1]" not in prompt
    assert "Last question: Where does he work?" in prompt


@pytest.mark.parametrize(
    ("reply", "whole"),
    [
        ("Where does Alexei Maslov work?", "Where does Alexei Maslov work?"),
        (
            "Question: In which institute does director Alexei Maslov work?",
            "In which institute does director Alexei Maslov work?",
        ),
        ("Where does Alexei Maslov live in Moscow?", None),  # drops "work", adds Moscow
        ("He works at the Institute.", None),
        ("Where does Alexei Maslov work in Vienna?", None),
        ("Where does Alexei Maslov work? " * 50, None),
        ("\n\n", None),
        ("<!channel> Where does Alexei Maslov work?", None),
    ],
)
def test_what_the_model_says_is_checked(llm_server: LLMServer, reply: str, whole: str | None) -> None:
    """A wording that drops the question's words, adds others or is far too long gives way to the rules."""
    llm_server.enqueue(reply)
    assert by_model(llm_server, "Where does he work?", *MASLOV) == (whole or "Where does Alexei Maslov work?")


@pytest.mark.parametrize("reply", [failure(401), Reply(""), Reply("Where", ends="cut"), failure(400)])
def test_a_model_that_fails(llm_server: LLMServer, reply: Reply) -> None:
    """When the endpoint fails the rules answer; nothing is raised."""
    llm_server.enqueue(reply)
    assert by_model(llm_server, "Where does he work?", *MASLOV) == "Where does Alexei Maslov work?"


def test_the_model_is_not_asked_about_a_complete_question(llm_server: LLMServer) -> None:
    """No time is spent, and no damage done, where a question names all it needs."""
    question = "When did the Norland parliament vote on the fishing treaty?"
    assert by_model(llm_server, question, *MASLOV) == question
    assert llm_server.requests == []
