"""The model's answer: passages into a prompt, the model's stream into draft sentences.

What a model says is raw material: `bot.verify` decides what of it is shown.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import RunnableLambda

from bot.answer import Usage
from bot.drafting import Draft, Reader
from bot.orders import without_orders
from prompts import render
from retrieval.model import Chunk, Passage

__all__ = ["Draft", "Prompt", "drafts", "prompt"]

# No vowels, so that no pair is a word; no P, which begins every id, and no X, which stands in the prompt's example.
_CONSONANTS = "BCDFGHJKLMNQRSTVWZ"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent: the rules, and the passages with the question. `ids[i]` stands for the passage of index i."""

    question: str
    system: str
    human: str
    ids: tuple[str, ...]

    @property
    def text(self) -> str:
        """Both messages, as `/why` shows them."""
        return f"{self.system}\n\n{self.human}"

    def messages(self) -> list[BaseMessage]:
        return [SystemMessage(self.system), HumanMessage(self.human)]


def prompt(question: str, passages: Sequence[Passage]) -> Prompt:
    """The prompt for a question. The same question and passages always give the same text, so that it can be cached.

    Ids and the fence around the passages depend on the content: who writes a document cannot know either.
    """
    texts = [_line(passage.chunk.indexed) for passage in passages]
    seed = hashlib.sha256("\x00".join((question, *texts)).encode("utf-8", "replace")).hexdigest()
    ids = _ids(len(texts), seed, " ".join((question, *texts)))
    fence = f"<<<{seed[:12]}>>>"
    blocks = (f"[{id}] {_heading(x)}\n{_cited(x.chunk, id)}" for id, x in zip(ids, passages, strict=True))
    human = render("passages", fence=fence, passages="\n\n".join(blocks), question=_line(question))
    return Prompt(question, render("answer"), human, ids)


def _ids(count: int, seed: str, taken: str) -> tuple[str, ...]:
    """Ids such as "P-KT" that do not occur in `taken`. Unlike numbers, no model mixes them up with the text."""
    pairs = [a + b for a in _CONSONANTS for b in _CONSONANTS if a != b and f"P-{a}{b}" not in taken]
    random.Random(seed).shuffle(pairs)  # noqa: S311  # reproducible on purpose
    return tuple(f"P-{pair}" for pair in pairs[:count])


def _heading(passage: Passage) -> str:
    """Where a passage comes from, so that the model can say who reports what and when."""
    parts = (passage.title, passage.source, passage.date.isoformat() if passage.date else "")
    return _line(" · ".join(part for part in parts if part))


def _cited(chunk: Chunk, id: str) -> str:
    """The chunk's sentences, each ending with the id: a weak model that copies one copies the right id with it.

    Those that give orders are left out.
    """
    sentences = (_line(text) for _, text in without_orders(chunk))
    return " ".join(f"{sentence} [{id}]" for sentence in sentences if sentence)


def _line(text: str) -> str:
    """`text` on one line without control characters, so that a passage looks like one paragraph."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def drafts(
    model: BaseChatModel, question: str, passages: Sequence[Passage], usage_sink: Callable[[Usage], None]
) -> Iterator[Draft]:
    """The model's answer sentence by sentence, each as soon as it is whole.

    `usage_sink` is called once, at the end, with zeros where the endpoint counts no tokens. Raises ProviderError, also
    after sentences were yielded.
    """
    request = prompt(question, passages)
    # The reader is no step of the chain: LangChain would read an endless reply to its end before it let go.
    chain = RunnableLambda(Prompt.messages) | model
    with closing(cast("Generator[AIMessageChunk]", chain.stream(request))) as chunks:
        yield from _read(chunks, request, usage_sink)


def _read(chunks: Iterator[AIMessageChunk], request: Prompt, usage_sink: Callable[[Usage], None]) -> Iterator[Draft]:
    reader = Reader({id: index for index, id in enumerate(request.ids)}, request.question)
    usage, finish = Usage(), None
    try:
        for chunk in chunks:
            if chunk.usage_metadata:
                usage = Usage(chunk.usage_metadata["input_tokens"], chunk.usage_metadata["output_tokens"])
            finish = chunk.response_metadata.get("finish_reason") or finish
            yield from reader.feed(chunk.text)
            if reader.exhausted:
                break
        yield from reader.close(truncated=finish == "length" or reader.exhausted)
    finally:
        usage_sink(usage)
