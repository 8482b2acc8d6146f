"""Whether a translation keeps what can be checked; questions in other languages, with a scripted model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from llm_server import LLMServer, Request, failure

from bot.answer import Question
from bot.language import same_content, same_figures
from bot.pipeline import Bot
from bot.settings import Settings
from bot.translation import TRANSLATED
from evals.invariants import check

KNOWN = {"vask", "thale", "orrin", "bank"}


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Vask and Thale talked for nearly six hours.", "Vask und Thale sprachen fast 6 Stunden miteinander."),
        ("The loan is 420 million crowns.", "Das Darlehen beträgt 420 Millionen Kronen."),
        ("It lasted 5.5 hours.", "Cela a duré 5,5 heures."),
        ("The bank lends 75,000 crowns.", "La banque prête 75 000 couronnes."),
        ("Vask met Thale on Tuesday, 14 October 2025.", "Vask встретилась с Thale во вторник, 14 октября 2025 года."),
        ("Vask did not meet Thale in May.", "Vask hat Thale im Mai nicht getroffen."),
        ("The Russian envoy left.", "Der russische Gesandte reiste ab."),
        ("Police counted 300 people.", "Die Polizei zählte 300 Menschen."),
    ],
)
def test_the_same_in_another_language(text: str, translation: str) -> None:
    """Numbers in digits, dates in the language's words, names as they are, adjectives of names."""
    assert same_content(text, translation, KNOWN)


@pytest.mark.parametrize(
    ("text", "translation"),
    [
        ("Vask talked for six hours.", "Vask sprach 7 Stunden."),
        ("Vask talked for six hours.", "Vask sprach sechs Stunden."),
        ("The loan is 420 million crowns.", "Das Darlehen beträgt 420 Milliarden Kronen."),
        ("The loan is 420 million crowns.", "Das Darlehen beträgt 420 Kronen."),
        ("It began on Tuesday.", "Es begann am Mittwoch."),
        ("It began in October.", "Cela a commencé en novembre."),
        ("Vask met the envoy.", "Thale traf den Gesandten."),
        ("Vask met the envoy.", "Vask traf Thale und den Gesandten."),
        ("Vask did not sign.", "Vask hat unterschrieben."),
        ("Vask signed.", "Vask hat nicht unterschrieben."),
        ("Vask signed.", "Vask hat unterschrieben <!channel>"),
        ("Vask signed.", "Vask hat unterschrieben, siehe https://example.org"),
        ("Vask signed.", "Vask " + "hat unterschrieben " * 20),
        (
            "Vask signed the paper in the winter garden of the old villa, she said, and then she left for the coast.",
            "Vask",
        ),
        ("Vask signed.", ""),
    ],
)
def test_what_differs_or_cannot_be_checked(text: str, translation: str) -> None:
    """Another number, scale, day, month or name, a denial more or less, a link, an order: not the same."""
    assert not same_content(text, translation, KNOWN)


def test_the_figures_of_a_question() -> None:
    assert same_figures("Was kostete 2019 ein Zimmer für 3 Nächte?", "What did a room for 3 nights cost in 2019?")
    assert not same_figures("Was kostete 2019 ein Zimmer?", "What did a room cost in 2018?")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, data = tmp_path_factory.mktemp("docs"), tmp_path_factory.mktemp("data")
    (folder / "north.txt").write_text(
        "Northern Post\n\n14 October 2025\n\nVask and Thale talked for nearly six hours on Tuesday in Marrowick. "
        "The envoy Pella Corrigane praised the talks.\n",
        encoding="utf-8",
    )
    with Bot(Settings(data_dir=data)) as bot:
        assert bot.ingest([folder]).failed == 0
    return data


@pytest.fixture
def bot(data: Path, llm_server: LLMServer) -> Iterator[Bot]:
    with Bot(
        Settings(data_dir=data, answerer="llm", model="scripted", openai_api_key="k", openai_base_url=llm_server.url)
    ) as bot:
        yield bot


GERMAN = "Wie lange sprachen Vask und Thale miteinander?"
STATEMENT = "Vask and Thale talked for nearly six hours on Tuesday."


def _scripted(spoken: str, notice: str = "Vom Modell übersetzt; die Zitate stehen wie in den Dokumenten."):  # type: ignore[no-untyped-def]
    """A model that translates the question, states STATEMENT, and says `spoken` for it."""

    def reply(request: Request) -> str:
        if "Translate the question" in request.prompt:
            return "How long did Vask and Thale talk?"
        if "Translate the statement" in request.prompt:
            return notice if TRANSLATED in request.prompt else spoken
        return f"{STATEMENT[:-1]} [{request.ids[0]}]."

    return reply


def test_asked_and_answered_in_german(bot: Bot, llm_server: LLMServer) -> None:
    """Searched for and verified in English, shown in German, quoted in English, and marked as translated."""
    llm_server.default = _scripted("Vask und Thale sprachen am Dienstag fast 6 Stunden lang.")
    answer = bot.ask(Question(GERMAN))
    assert check(answer, lambda name: bot.show(name).text) == []
    assert answer.answer == "Vask und Thale sprachen am Dienstag fast 6 Stunden lang. [1]"
    assert [claim.text for claim in answer.claims] == [STATEMENT], "the claim is what was verified"
    assert "talked for nearly six hours" in answer.citations[0].quote
    assert answer.notice == "Vom Modell übersetzt; die Zitate stehen wie in den Dokumenten."
    assert answer.standalone_question == GERMAN


@pytest.mark.parametrize("spoken", ["Vask und Thale sprachen am Dienstag 9 Stunden lang.", "", "[P-KT]"])
def test_a_translation_that_differs_is_not_shown(bot: Bot, llm_server: LLMServer, spoken: str) -> None:
    """Then the verified statement stands as it is, and nothing is marked as translated."""
    llm_server.default = _scripted(spoken)
    answer = bot.ask(Question(GERMAN))
    assert check(answer, lambda name: bot.show(name).text) == []
    assert answer.answer == f"{STATEMENT} [1]"
    assert answer.notice == ""


@pytest.mark.parametrize("english", ["How long did 12 envoys talk?", "It lasted six hours.", ""])
def test_a_translated_question_that_differs_is_not_searched_for(bot: Bot, llm_server: LLMServer, english: str) -> None:
    """Another figure, no question, nothing: the question is searched for as it stands."""
    llm_server.default = lambda request: english if "Translate the question" in request.prompt else "NO ANSWER"
    answer = bot.ask(Question(GERMAN))
    assert check(answer, lambda name: bot.show(name).text) == []
    assert all(english not in line for line in answer.trace.decisions if english)


def test_an_endpoint_that_fails(bot: Bot, llm_server: LLMServer) -> None:
    """The question is searched for as it stands, and the answer is what can be quoted or refused."""
    llm_server.default = failure(401)
    answer = bot.ask(Question(GERMAN))
    assert check(answer, lambda name: bot.show(name).text) == []


def test_without_a_model_a_notice(data: Path) -> None:
    """Without a model only names and numbers are found, which is said."""
    with Bot(Settings(data_dir=data)) as bot:
        assert "only names and numbers" in bot.ask(Question(GERMAN)).notice
