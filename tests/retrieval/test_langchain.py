"""The retriever inside an ordinary LCEL chain."""

from __future__ import annotations

from pathlib import Path

from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from retrieval import models
from retrieval.ingest import ingest
from retrieval.langchain import PassageRetriever
from retrieval.model import Scope
from retrieval.reader import Reader
from retrieval.retrieve import Retriever


def test_chain_over_the_index(tmp_path: Path) -> None:
    """`retriever | prompt | model` works as in LangChain's own documentation, with exact offsets in the metadata."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lake.txt").write_text("The ferry crosses the lake in forty minutes.\n")
    (folder / "bread.txt").write_text("Bread is baked at dawn in the old mill.\n")
    embedder = models.embedder()
    ingest([folder], data_dir=tmp_path / "data", database_url=None, chroma_url=None, embedder=embedder)
    reader = Reader(tmp_path / "data", None, None, embedder.name)
    retriever = PassageRetriever(retriever=Retriever(embedder, models.reranker()), reader=reader, k=1)

    (found,) = retriever.invoke("How long does the ferry take?")
    with reader.snapshot() as snapshot:
        text = snapshot.source(found.metadata["source"]).text
    assert text[found.metadata["start"] : found.metadata["end"]] == found.page_content

    model = GenericFakeChatModel(messages=iter([AIMessage("Forty minutes.")]))
    prompt = ChatPromptTemplate.from_template("{context}\n\n{question}")
    chain = {"context": retriever, "question": RunnablePassthrough()} | prompt | model | StrOutputParser()
    assert chain.invoke("How long does the ferry take?") == "Forty minutes."

    narrow = PassageRetriever(
        retriever=Retriever(embedder, None), reader=reader, k=2, scope=Scope().narrowed(["bread*"])
    )
    assert {d.metadata["source"] for d in narrow.invoke("ferry")} == {"bread.txt"}
    reader.close()
