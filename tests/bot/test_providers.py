"""Endpoints that fail in every way, against a real HTTP server: each failure is one plain sentence."""

from __future__ import annotations

import json
import socket
import threading

import numpy as np
import pytest
from llm_server import DIMENSIONS, LLMServer, Reply, failure

from bot.providers import chat_model, complete, embedder
from bot.settings import Settings
from retrieval.errors import ProviderError, UsageError

KEY = "sk-very-secret"
PROMPT = "a confidential prompt"
BASE_URL = "does not answer as a model endpoint does: check OPENAI_BASE_URL, which usually ends in /v1."


def settings(url: str | None, model: str | None = "scripted") -> Settings:
    return Settings(model=model, openai_api_key=KEY, openai_base_url=url)


def error_of(url: str, *, timeout: float = 30.0) -> str:
    """The sentence that asking a failing endpoint gives, without its fixed beginning."""
    with pytest.raises(ProviderError) as caught:
        complete(chat_model(settings(url), timeout=timeout), PROMPT)
    message = str(caught.value)
    assert KEY not in message
    assert PROMPT not in message
    assert message.count(". ") == 0
    host = url.split("/")[2]
    assert message.startswith(f"The model endpoint {host} ")
    return message.removeprefix(f"The model endpoint {host} ")


def test_complete(llm_server: LLMServer) -> None:
    """The whole reply comes back; the key goes out as a bearer token."""
    llm_server.enqueue("Good morning.")
    assert complete(chat_model(settings(llm_server.url)), PROMPT) == "Good morning."
    (request,) = llm_server.chats
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "scripted"
    assert request.prompt == PROMPT


def test_complete_is_bounded(llm_server: LLMServer) -> None:
    """A reply without end is left after `limit` characters."""
    llm_server.enqueue(Reply(pieces=("word " * 100, threading.Event())))
    assert complete(chat_model(settings(llm_server.url)), PROMPT, limit=50) == "word " * 10


def test_invoking_the_model_raises_the_same_errors(llm_server: LLMServer) -> None:
    """Other ways of calling the model go through the same seam."""
    llm_server.enqueue(failure(401), "Good morning.")
    model = chat_model(settings(llm_server.url))
    with pytest.raises(ProviderError, match="refuses the key"):
        model.invoke(PROMPT)
    assert model.invoke(PROMPT).text == "Good morning."


def test_a_server_of_ones_own_needs_no_key(llm_server: LLMServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a base URL and no key, the environment's key is not sent to that server."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    llm_server.enqueue("Good morning.")
    model = chat_model(settings(llm_server.url).model_copy(update={"openai_api_key": None}))
    assert complete(model, PROMPT) == "Good morning."
    assert llm_server.chats[0].headers["authorization"] == "Bearer none"


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (failure(401, f"Incorrect API key provided: {KEY}"), "refuses the key: check OPENAI_API_KEY."),
        (
            failure(403, f"no access, {PROMPT}"),
            "gives this key no access to scripted: check OPENAI_API_KEY and CITEBOT_MODEL.",
        ),
        (failure(402), "says that the account has no credit left: check its plan and billing."),
        (
            failure(404, "The model `scripted` does not exist", "model_not_found"),
            "has no model named scripted: check CITEBOT_MODEL.",
        ),
        (Reply(status=404, body="<html>Not found</html>", content_type="text/html"), BASE_URL),
        (Reply(status=404, body='{"detail": "Not Found"}'), BASE_URL),
        (Reply(status=405, body="<html>Not allowed</html>", content_type="text/html"), BASE_URL),
        (Reply(body="<html>Welcome</html>", content_type="text/html"), BASE_URL),
        (Reply(body='{"hello": 1}'), BASE_URL),
        (Reply(body='{"hello": '), BASE_URL),
        (Reply(body=""), BASE_URL),
        (Reply(body="data: {nonsense\n\n", content_type="text/event-stream"), BASE_URL),
        (Reply(body="data: [1, 2]\n\n", content_type="text/event-stream"), BASE_URL),
        (Reply(ends="unfinished"), BASE_URL),
        (failure(400), "rejects the request: check that scripted (CITEBOT_MODEL) is the right kind of model."),
        (failure(422), "rejects the request: check that scripted (CITEBOT_MODEL) is the right kind of model."),
        (
            failure(400, "maximum context length is 8192 tokens", "context_length_exceeded"),
            "finds the text too long for scripted: ask with fewer passages or set a model with more context.",
        ),
        (
            failure(400, "the request exceeds the available context size, try increasing it"),
            "finds the text too long for scripted: ask with fewer passages or set a model with more context.",
        ),
        (
            Reply(pieces=({"error": {"message": "Input exceeds the context window"}},)),
            "finds the text too long for scripted: ask with fewer passages or set a model with more context.",
        ),
        (
            failure(400, "filtered", "content_filter"),
            "refuses the question because of its content policy: ask in other words.",
        ),
        (
            Reply("Half", finish="content_filter"),
            "stopped the answer because of its content policy: ask in other words.",
        ),
        (Reply(""), "gave an empty answer: ask again, or set another CITEBOT_MODEL."),
        (Reply(" \n "), "gave an empty answer: ask again, or set another CITEBOT_MODEL."),
        (Reply("Half", ends="unfinished"), "broke off in the middle of the answer: ask again."),
        (
            Reply("Half", ends="cut"),
            "broke the connection: ask again, and check OPENAI_BASE_URL if that does not help.",
        ),
        (Reply(pieces=("Half", {"error": {"message": PROMPT}})), "failed in the middle of the answer: ask again."),
    ],
)
def test_each_failure_is_one_sentence(llm_server: LLMServer, reply: Reply, sentence: str) -> None:
    """What an endpoint refuses or garbles says what to do, and repeats neither the key nor the prompt."""
    llm_server.enqueue(reply)
    assert error_of(llm_server.url) == sentence


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (failure(429), "limits the rate of requests: wait a minute and ask again."),
        (
            failure(429, code="insufficient_quota"),
            "says that the account has no credit left: check its plan and billing.",
        ),
        (failure(503), "fails with HTTP status 503, also when asked again: try later."),
    ],
)
def test_retries(llm_server: LLMServer, reply: Reply, sentence: str) -> None:
    """Rate limits and failing servers are asked three times, as the server says when; then the sentence."""
    llm_server.enqueue(reply, reply, "Good morning.")
    assert complete(chat_model(settings(llm_server.url)), PROMPT) == "Good morning."
    llm_server.enqueue(reply, reply, reply, "too late")
    assert error_of(llm_server.url) == sentence
    assert len(llm_server.chats) == 6


@pytest.mark.parametrize("message", ["'temperature' does not support 0", "Unknown field: stream_options"])
def test_options_a_model_rejects(llm_server: LLMServer, message: str) -> None:
    """A model that takes no temperature, or an endpoint that counts no streamed tokens, is asked without."""
    llm_server.enqueue(failure(400, message), "Good morning.")
    assert complete(chat_model(settings(llm_server.url)), PROMPT) == "Good morning."
    assert not {"temperature", "stream_options"} & set(llm_server.chats[1].body)


def test_a_silent_endpoint(llm_server: LLMServer) -> None:
    """An endpoint that takes the question and says nothing, or stops in the middle, times out."""
    never = threading.Event()
    llm_server.default = Reply(gate=never)
    assert error_of(llm_server.url, timeout=0.05) == "does not answer in time: try later or set a faster model."
    llm_server.default = Reply(pieces=("Half", never))
    assert error_of(llm_server.url, timeout=0.2) == "does not answer in time: try later or set a faster model."


def test_addresses_where_nothing_is() -> None:
    """A port where nothing listens, a host that does not exist, a server that speaks no TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert error_of(f"http://127.0.0.1:{port}/v1") == "is not running: start it or check OPENAI_BASE_URL."


def test_tls_to_a_server_without(llm_server: LLMServer) -> None:
    """https:// to a server that speaks plain HTTP."""
    sentence = "has no valid certificate or does not speak TLS: check OPENAI_BASE_URL."
    assert error_of(llm_server.url.replace("http:", "https:")) == sentence


def test_an_unknown_host() -> None:
    """A host name that does not resolve; a password in the address is not repeated."""
    with pytest.raises(ProviderError) as caught:
        complete(chat_model(settings("http://user:pass@nowhere.invalid/v1")), PROMPT)
    assert str(caught.value) == "The model endpoint nowhere.invalid has an unknown host name: check OPENAI_BASE_URL."


def test_missing_settings() -> None:
    """Without a model name, or without any endpoint, the sentence names the setting."""
    with pytest.raises(UsageError, match="CITEBOT_MODEL is not set"):
        chat_model(settings(None, model=None))
    bare = Settings(model="scripted")
    with pytest.raises(UsageError, match="set OPENAI_API_KEY, or OPENAI_BASE_URL"):
        chat_model(bare)
    with pytest.raises(UsageError, match="set OPENAI_API_KEY, or OPENAI_BASE_URL"):
        embedder(bare, "openai:small")


def test_embeddings(llm_server: LLMServer) -> None:
    """Texts go out as they are, in batches; vectors come back in order, with length 1; an empty text has one too."""
    embed = embedder(settings(llm_server.url), "openai:small")
    texts = [f"text {n}" for n in range(299)] + ["", "text 5"]
    vectors = np.array(embed.embed_documents(texts))
    assert embed.name == "openai:small"
    assert embed.dimensions == DIMENSIONS
    assert vectors.shape == (301, DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert np.allclose(vectors[5], vectors[300])
    assert np.allclose(vectors[7], embed.embed_query("text 7"))
    batches = [request.body["input"] for request in llm_server.requests]
    assert [len(batch) for batch in batches] == [256, 45, 1, 1]
    assert batches[0][0] == "text 0"
    assert llm_server.requests[0].body["model"] == "small"
    assert embed.embed_documents([]) == []


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (failure(401, KEY), "refuses the key: check OPENAI_API_KEY."),
        (failure(404, "no such model"), "has no model named small: check CITEBOT_EMBEDDINGS."),
        (Reply(body="<html>", content_type="text/html"), BASE_URL),
        (Reply(body=json.dumps({"object": "list", "data": []})), BASE_URL),
        (Reply(body=json.dumps({"object": "list", "data": [{"index": 0, "embedding": [0.0, 0.0]}]})), BASE_URL),
        (Reply(body=json.dumps({"object": "list", "data": [{"index": 0, "embedding": None}]})), BASE_URL),
        (
            failure(400, "maximum context length is 8192 tokens"),
            "finds the text too long for small: ask with fewer passages or set a model with more context.",
        ),
    ],
)
def test_embeddings_that_fail(llm_server: LLMServer, reply: Reply, sentence: str) -> None:
    """An embedding endpoint that refuses or garbles gives one sentence."""
    llm_server.enqueue_embeddings(reply)
    with pytest.raises(ProviderError) as caught:
        embedder(settings(llm_server.url), "openai:small").embed_query(PROMPT)
    assert str(caught.value).split(" ", 4)[4] == sentence
    assert KEY not in str(caught.value)
