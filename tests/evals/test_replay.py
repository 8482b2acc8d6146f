"""Model answers kept by the hash of their prompt, between the real client and a real server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from llm_server import LLMServer, Reply, failure

from bot import providers
from bot.settings import Settings
from evals.evaluation import replayed
from evals.replay import Replay
from retrieval.errors import ProviderError


@pytest.fixture
def replay(llm_server: LLMServer, tmp_path: Path) -> Iterator[Replay]:
    with Replay(llm_server.url, tmp_path / "answers.sqlite") as replay:
        yield replay


def ask(url: str, prompt: str = "Who lit it?") -> str:
    settings = Settings(openai_base_url=url, model="m", openai_api_key="sk-secret")
    return providers.complete(providers.chat_model(settings), prompt)


def test_the_same_prompt_is_asked_once(llm_server: LLMServer, replay: Replay) -> None:
    """The second answer comes from the file, a new prompt from the model."""
    llm_server.enqueue("Ada lit it.", "In 1874.")
    assert [ask(replay.base_url), ask(replay.base_url)] == ["Ada lit it."] * 2
    assert ask(replay.base_url, "When?") == "In 1874."
    assert (len(llm_server.chats), replay.replayed) == (2, 1)
    assert replay.failures() == []


def test_a_rerun_is_offline_and_the_key_is_not_kept(tmp_path: Path) -> None:
    """With the server gone the answer is still there; the file holds no key."""
    file = tmp_path / "answers.sqlite"
    with LLMServer() as server, Replay(server.url, file) as replay:
        server.enqueue("Ada lit it.")
        ask(replay.base_url)
        assert server.requests[0].headers["authorization"] == "Bearer sk-secret"
        upstream = server.url
    with Replay(upstream, file) as replay:
        assert ask(replay.base_url) == "Ada lit it."
    assert b"sk-secret" not in file.read_bytes()


def test_another_endpoint_is_another_answer(llm_server: LLMServer, tmp_path: Path) -> None:
    """What one endpoint said is not what another would say."""
    llm_server.enqueue("Ada lit it.", "Bob lit it.")
    with Replay(llm_server.url, tmp_path / "a") as one:
        assert ask(one.base_url) == "Ada lit it."
    with Replay(llm_server.url.replace("127.0.0.1", "localhost"), tmp_path / "a") as two:
        assert ask(two.base_url) == "Bob lit it."


def test_an_error_is_passed_on_and_not_kept(llm_server: LLMServer, replay: Replay) -> None:
    """The client sees the endpoint's own error; the same prompt is asked again next time."""
    llm_server.enqueue(failure(401), "Ada lit it.")
    with pytest.raises(ProviderError, match="refuses the key"):
        ask(replay.base_url)
    assert replay.failures() == ["status 401"]
    assert ask(replay.base_url) == "Ada lit it."
    assert replay.failures() == []


def test_a_retry_makes_good(llm_server: LLMServer, replay: Replay) -> None:
    """A 500 that the client retried with success is no failure."""
    llm_server.enqueue(failure(500), "Ada lit it.")
    assert ask(replay.base_url) == "Ada lit it."
    assert replay.failures() == []


@pytest.mark.parametrize("ends", ["unfinished", "cut"])
def test_a_stream_that_breaks_off_is_not_kept(llm_server: LLMServer, replay: Replay, ends: str) -> None:
    """Half an answer is a failure, and is asked again."""
    llm_server.enqueue(Reply("Ada li", ends=ends), "Ada lit it.")  # type: ignore[arg-type]
    with pytest.raises(ProviderError):
        ask(replay.base_url)
    assert len(replay.failures()) == 1
    assert ask(replay.base_url) == "Ada lit it."


def test_an_endpoint_that_is_gone(tmp_path: Path) -> None:
    """The client reports a broken connection, as it would without the replay."""
    with LLMServer() as server:
        upstream = server.url
    with Replay(upstream, tmp_path / "a") as replay:
        with pytest.raises(ProviderError, match="broke the connection"):
            ask(replay.base_url)
        assert "refused" in replay.failures()[0].lower()


def test_without_a_model_nothing_stands_between(tmp_path: Path) -> None:
    """The embedded answerer needs no replay."""
    settings = Settings(data_dir=tmp_path)
    with replayed(settings) as (used, failures):
        assert used is settings
        assert list(failures()) == []
    assert not list(tmp_path.iterdir())
