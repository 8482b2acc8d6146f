"""The retriever as LangChain's own kind, so that an ordinary LCEL chain can use it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from retrieval.model import Passage, Scope

if TYPE_CHECKING:
    from retrieval.reader import Snapshot
    from retrieval.retrieve import Retriever


class Snapshots(Protocol):
    """What hands out consistent views of the index: `retrieval.reader.Reader`."""

    def snapshot(self) -> AbstractContextManager[Snapshot]: ...


class PassageRetriever(BaseRetriever):
    """`invoke(query)` gives the best `k` passages within `scope` as documents.

    `page_content` is a chunk's exact text; `metadata` has source, title, date, start, end, page, lines and score.
    """

    retriever: Any  # retrieval.retrieve.Retriever; pydantic would want to import it
    reader: Any  # Snapshots
    k: int = 8
    scope: Scope = Scope()

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002  # LangChain's signature
        retriever: Retriever = self.retriever
        reader: Snapshots = self.reader
        with reader.snapshot() as snapshot:
            return [_document(p) for p in retriever.retrieve(snapshot, query, self.k, self.scope)]


def _document(passage: Passage) -> Document:
    chunk = passage.chunk
    metadata = {
        "source": passage.source,
        "title": passage.title,
        "date": passage.date.isoformat() if passage.date else None,
        "start": chunk.start,
        "end": chunk.end,
        "page": passage.page,
        "lines": list(passage.lines),
        "score": passage.score,
    }
    return Document(page_content=chunk.text, metadata=metadata)
