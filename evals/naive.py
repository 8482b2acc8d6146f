"""The pipeline of LangChain's tutorial, to be measured beside the bot: 1,000-character splits, the four nearest, and
what a model makes of them; without a model, the first of the four is the answer."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from bot.answer import Answer, Citation, Claim, Question, Trace
from prompts import render
from retrieval.model import Chunk, Kind, Passage, Scope, Scores, Sentence, Source
from retrieval.models import NamedEmbedder

CHUNK, OVERLAP, FOUND = 1_000, 200, 4
DONT_KNOW = re.compile(r"\b(?:do not|don['’]t|cannot|can['’]t) (?:know|answer|find|determine)\b", re.IGNORECASE)


class Naive:
    """Answers as the tutorial does. `complete` sends a prompt to a model, None where there is none; vectors are kept
    in the folder `cache`."""

    def __init__(
        self,
        embedder: NamedEmbedder,
        sources: Sequence[Source],
        cache: Path,
        complete: Callable[[str], str] | None = None,
    ) -> None:
        self._embedder = embedder
        self._sources = {source.name: source for source in sources}
        self._cache = cache
        self._complete = complete

    def ask(self, question: Question) -> Answer:
        """One claim that cites everything it was made from. The history is not looked at, as in the tutorial."""
        passages = self.search(question.text, FOUND, question.scope)
        read = passages if self._complete else passages[:1]
        text = self._written(question.text, passages)
        refused = not passages or bool(self._complete and DONT_KNOW.search(text))
        if refused:
            return Answer(question.text, question.text, "refused", text or "I do not know.", answerer="naive")
        citations = tuple(self._citation(number, passage) for number, passage in enumerate(read, 1))
        numbers = tuple(citation.number for citation in citations)
        marked = text + "".join(f" [{number}]" for number in numbers)
        return Answer(
            question.text,
            question.text,
            "answered",
            marked,
            claims=(Claim(text, numbers),),
            citations=citations,
            answerer="naive",
            trace=Trace(passages),
        )

    def search(self, query: str, k: int = 10, scope: Scope = Scope()) -> tuple[Passage, ...]:
        """The nearest splits by cosine."""

        def allowed(document: Document) -> bool:
            return scope.allows(document.metadata["source"])

        found = self._store.similarity_search_with_score(query, k=k, filter=allowed)
        return tuple(self._passage(number, document, score) for number, (document, score) in enumerate(found))

    def show(self, name: str) -> Source:
        return self._sources[name]

    def _written(self, question: str, passages: Sequence[Passage]) -> str:
        if not self._complete:
            return " ".join(passages[0].chunk.text.split()) if passages else ""
        context = "\n\n".join(passage.chunk.text for passage in passages)
        return self._complete(render("naive", context=context, question=question)).strip()

    @cached_property
    def _store(self) -> InMemoryVectorStore:
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
        splits = splitter.split_documents(
            [Document(source.text, metadata={"source": source.name}) for source in self._sources.values()]
        )
        store = InMemoryVectorStore(_Kept(self._embedder, self._cache))
        store.add_documents(splits)
        return store

    def _passage(self, number: int, document: Document, score: float) -> Passage:
        source = self._sources[document.metadata["source"]]
        start = document.metadata["start_index"]
        end = start + len(document.page_content)
        chunk = Chunk(source.name, start, end, document.page_content, "", (Sentence(start, end, Kind.PROSE),))
        return Passage(
            id=number,
            source=source.name,
            title=source.title,
            date=source.date,
            chunk=chunk,
            lines=source.lines(start, end),
            page=source.page(start),
            score=score,
            scores=Scores(dense=score),
        )

    def _citation(self, number: int, passage: Passage) -> Citation:
        chunk = passage.chunk
        return Citation(
            number, passage.source, passage.title, chunk.text, chunk.start, chunk.end, passage.lines, passage.page
        )


class _Kept(Embeddings):
    """An embedder that keeps the vectors of the documents in a file, by the hash of their texts."""

    def __init__(self, embedder: NamedEmbedder, folder: Path) -> None:
        self._embedder = embedder
        self._folder = folder

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.embed_query(text)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        key = hashlib.sha256(json.dumps([self._embedder.name, *texts]).encode()).hexdigest()[:16]
        file = self._folder / f"naive-{key}.npy"
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            with file.with_suffix(".part").open("wb") as part:
                np.save(part, np.array(self._embedder.embed_documents(texts), dtype=np.float32))
            file.with_suffix(".part").rename(file)
        vectors: Any = np.load(file)
        rows: list[list[float]] = vectors.tolist()
        return rows
