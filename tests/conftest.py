"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from llm_server import LLMServer


@pytest.fixture
def llm_server() -> Iterator[LLMServer]:
    """A scripted OpenAI-compatible server on loopback; see tests/llm_server.py."""
    with LLMServer() as server:
        yield server
