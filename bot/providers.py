"""Chat models and embedders behind OpenAI-compatible endpoints; every error of theirs becomes one plain sentence.

Importing this takes seconds (langchain-openai): import it where a model is about to be asked.
"""

from __future__ import annotations

import atexit
import json
import math
import socket
import ssl
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import cache, cached_property
from time import perf_counter
from typing import Any, cast
from urllib.parse import urlsplit

import numpy as np
import openai
from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import SecretStr

from bot.answer import Usage
from bot.settings import Settings
from retrieval.errors import ProviderError, UsageError

# They show parts of what an endpoint sent; that it is nonsense is said by a ProviderError.
warnings.filterwarnings("ignore", message="Pydantic serializer warnings")

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 5.0
READ_SECONDS = 90.0  # to the first word and between two: a model on a CPU reads a long prompt for a minute
RETRIES = 2  # after 429, 5xx, timeouts and lost connections; the client backs off and honours Retry-After
EMBEDDING_BATCH = 256  # texts a request; OpenAI's own limit is 2,048


def chat_model(settings: Settings, *, timeout: float = READ_SECONDS, retries: int = RETRIES) -> BaseChatModel:
    """The chat model of the settings; it streams, also when invoked, and raises ProviderError for whatever fails.

    `timeout` is in seconds, to the first word and between two. Raises UsageError where a setting is missing.
    """
    if not settings.model:
        raise UsageError("CITEBOT_MODEL is not set: set it to the name of a chat model at your endpoint.")
    url, key = _endpoint(settings)
    return _Chat(
        model=settings.model,
        base_url=url,
        api_key=key,
        timeout=openai.Timeout(timeout, connect=CONNECT_SECONDS),
        max_retries=retries,
        http_client=_connections(),
        temperature=0,
        streaming=True,
        stream_usage=True,
        use_responses_api=False,
    )


def complete(
    model: BaseChatModel,
    prompt: str,
    limit: int = 4_000,
    seconds: float = math.inf,
    spent: Callable[[Usage], None] = lambda _: None,
) -> str:
    """The model's answer to one message, cut after `limit` characters.

    `spent` is told what the endpoint counted, where it counts. Raises ProviderError, also where the answer is not
    there after `seconds`.
    """
    text, deadline = "", perf_counter() + seconds
    with closing(cast("Generator[AIMessageChunk]", model.stream(prompt))) as chunks:
        for chunk in chunks:
            text += chunk.text
            if used := chunk.usage_metadata:
                spent(Usage(used["input_tokens"], used["output_tokens"]))
            if len(text) > limit:
                break
            if perf_counter() > deadline:
                raise ProviderError(f"The model was still writing after {seconds:g} seconds: set a faster one.")
    return text[:limit]


def embedder(settings: Settings, name: str) -> OpenAIEmbedder:
    """The embedder `openai:<model>` at the endpoint of the settings. Raises UsageError where a setting is missing."""
    url, key = _endpoint(settings)
    return OpenAIEmbedder(name.removeprefix("openai:"), url, key)


class OpenAIEmbedder:
    """An `Embedder` over /v1/embeddings: batched, vectors L2-normalised. Raises ProviderError for whatever fails."""

    def __init__(self, model: str, url: str, key: SecretStr) -> None:
        self.name = f"openai:{model}"
        self._endpoint = _Endpoint(model, url, "CITEBOT_EMBEDDINGS")
        self._client = OpenAIEmbeddings(
            model=model,
            base_url=url,
            api_key=key,
            timeout=openai.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            max_retries=RETRIES,
            http_client=_connections(),
            chunk_size=EMBEDDING_BATCH,
            check_embedding_ctx_length=False,  # else texts go out as tokens, which only OpenAI itself understands
        )

    @cached_property
    def dimensions(self) -> int:
        return len(self.embed_query("dimensions"))

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text; an empty text is embedded as a full stop, since endpoints refuse it."""
        if not texts:
            return []
        try:
            vectors = self._client.embed_documents([text if text.strip() else "." for text in texts])
            return _normalised(vectors, len(texts))
        except Exception as error:  # whatever vendor libraries make of whatever an endpoint sends
            raise self._endpoint.error(error) from error


def _normalised(vectors: list[list[float]], count: int) -> list[list[float]]:
    matrix = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    if matrix.ndim != 2 or len(matrix) != count or not np.isfinite(lengths).all() or not lengths.all():
        raise ValueError("not one usable vector for each text")
    rows: list[list[float]] = (matrix / lengths).tolist()
    return rows


def _endpoint(settings: Settings) -> tuple[str, SecretStr]:
    """Base URL and key. Both are passed explicitly, so that the client reads neither from the environment."""
    if not settings.has_endpoint:
        raise UsageError("No model endpoint is set: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.")
    return settings.openai_base_url or OPENAI_URL, settings.openai_api_key or SecretStr("none")


@cache
def _connections() -> openai.DefaultHttpxClient:
    """One pool of connections for the process; clients that came and went with their models would leave theirs open."""
    client = openai.DefaultHttpxClient()
    atexit.register(client.close)
    return client


class _Chat(ChatOpenAI):
    """ChatOpenAI whose streams end whole or in a ProviderError."""

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        """Ask for a temperature of 0 and for usage; a model that rejects either is asked again without both."""
        try:
            yield from _whole(super()._stream(*args, **kwargs))
        except Exception as error:
            if self.stream_usage and _rejected_option(error):
                yield from self.model_copy(update={"temperature": None, "stream_usage": False})._stream(*args, **kwargs)
            else:
                # whatever vendor libraries make of whatever an endpoint sends
                raise _Endpoint(self.model_name, str(self.openai_api_base), "CITEBOT_MODEL").error(error) from error


class _Incomplete(Exception):
    """A stream that ended without an answer; the text says how."""


def _whole(chunks: Iterator[ChatGenerationChunk]) -> Iterator[ChatGenerationChunk]:
    """Pass chunks on; raise _Incomplete at the end of a stream that is no whole answer."""
    written, finish = "", None
    for chunk in chunks:
        written = written or chunk.text.strip()
        finish = (chunk.generation_info or {}).get("finish_reason") or finish
        yield chunk
    if finish == "content_filter":
        raise _Incomplete("stopped the answer because of its content policy: ask in other words")
    if finish is None:
        raise _Incomplete("broke off in the middle of the answer: ask again" if written else _NOT_AN_ENDPOINT)
    if not written:
        raise _Incomplete("gave an empty answer: ask again, or set another CITEBOT_MODEL")


def _rejected_option(error: Exception) -> bool:
    return isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError) and any(
        option in error.message for option in ("temperature", "stream_options", "include_usage")
    )


_NOT_AN_ENDPOINT = "does not answer as a model endpoint does: check OPENAI_BASE_URL, which usually ends in /v1"
_TOO_LONG = (
    "context_length",
    "context length",
    "context size",
    "context window",
    "prompt is too long",
    "too many tokens",
)


class _Endpoint:
    """What errors are told about: host, model, and the setting that names the model."""

    def __init__(self, model: str, url: str, setting: str) -> None:
        parts = urlsplit(url)
        self.host = (parts.hostname or url) + (f":{parts.port}" if parts.port else "")
        self.model = model
        self.setting = setting

    def error(self, error: Exception) -> ProviderError:
        """The sentence for `error`, without anything that the endpoint or the user wrote."""
        return ProviderError(f"The model endpoint {self.host} {self._predicate(error)}.")

    def _predicate(self, error: Exception) -> str:
        if isinstance(error, _Incomplete):
            return str(error)
        if isinstance(error, openai.APIError) and _is_too_long(error):
            return f"finds the text too long for {self.model}: ask with fewer passages or set a model with more context"
        if isinstance(error, openai.APITimeoutError):
            return _timeout(error)
        if isinstance(error, openai.APIConnectionError):
            return _connection(error)
        if isinstance(error, openai.APIStatusError):
            return self._status(error)
        if isinstance(error, openai.APIError):
            return "failed in the middle of the answer: ask again"
        return _NOT_AN_ENDPOINT

    def _status(self, error: openai.APIStatusError) -> str:
        status, code = error.status_code, error.code or ""
        if status == 401:
            return "refuses the key: check OPENAI_API_KEY"
        if status == 402 or "quota" in code:
            return "says that the account has no credit left: check its plan and billing"
        if status == 403:
            return f"gives this key no access to {self.model}: check OPENAI_API_KEY and {self.setting}"
        if status == 404 and "model" in error.message.lower() and isinstance(error.body, dict):
            return f"has no model named {self.model}: check {self.setting}"
        if status == 429:
            return "limits the rate of requests: wait a minute and ask again"
        if status in (400, 422):
            if "content" in code and ("filter" in code or "policy" in code):
                return "refuses the question because of its content policy: ask in other words"
            return f"rejects the request: check that {self.model} ({self.setting}) is the right kind of model"
        if status >= 500:
            return f"fails with HTTP status {status}, also when asked again: try later"
        return _NOT_AN_ENDPOINT


def _is_too_long(error: openai.APIError) -> bool:
    told = f"{error.code} {error.type} {error.message}".lower()
    return isinstance(error, ContextOverflowError) or any(words in told for words in _TOO_LONG)


def _timeout(error: openai.APITimeoutError) -> str:
    if "ConnectTimeout" in {type(cause).__name__ for cause in _causes(error)}:
        return "cannot be reached in time: check OPENAI_BASE_URL and the network"
    return "does not answer in time: try later or set a faster model"


def _connection(error: openai.APIConnectionError) -> str:
    causes = _causes(error)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "has an unknown host name: check OPENAI_BASE_URL"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "has no valid certificate or does not speak TLS: check OPENAI_BASE_URL"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "is not running: start it or check OPENAI_BASE_URL"
    if any(isinstance(cause, json.JSONDecodeError) for cause in causes):
        return _NOT_AN_ENDPOINT
    return "broke the connection: ask again, and check OPENAI_BASE_URL if that does not help"


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
