"""The bot: settings in, answers out. Wiring only; every step is a function of another module.

Heavy modules are imported where they are first needed, so that `citebot --help` pays for none of them.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING

from bot import answering
from bot.answer import Answer, Done, Event, Progress, Question
from bot.conversation import standalone
from bot.evidence import gather
from bot.planning import Plan, assembled, planned
from bot.question import understand
from bot.reading import Part, Reading, Timings
from bot.refusal import judge
from bot.second_look import SecondLook
from bot.settings import Settings
from bot.spelling import corrected
from bot.together import titled
from bot.translation import Tongue, in_english
from retrieval.model import Passage, Reranker, Scope, Source
from retrieval.models import vocabulary

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from retrieval.ingest import IngestReport
    from retrieval.models import NamedEmbedder
    from retrieval.reader import DocumentInfo, Reader, Snapshot
    from retrieval.retrieve import Retriever

POOL = 24  # passages read for an answer


class Bot:
    """Answers questions over the indexed documents. Loads nothing before it is needed; safe to use from threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loading = RLock()

    def __enter__(self) -> Bot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ingest(
        self,
        paths: Sequence[Path] = (),
        *,
        rebuild: bool = False,
        dry_run: bool = False,
        allow_empty: bool = False,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> IngestReport:
        """Brings the index up to date with `paths`, or with all remembered roots if there are none."""
        from retrieval.ingest import ingest

        s = self._settings
        return ingest(
            paths,
            data_dir=s.data_dir,
            database_url=s.database_url,
            chroma_url=s.chroma_url,
            embedder=self._embedder,
            rebuild=rebuild,
            dry_run=dry_run,
            allow_empty=allow_empty,
            progress=progress,
        )

    def forget(self, root: str) -> int:
        """Drops a root; the number of documents that went with it."""
        from retrieval.ingest import forget

        s = self._settings
        return forget(root, data_dir=s.data_dir, database_url=s.database_url, chroma_url=s.chroma_url)

    def search(self, query: str, k: int = 10, scope: Scope = Scope()) -> list[Passage]:
        """The best `k` passages, best first."""
        retriever = self._retriever
        with self._reader.snapshot() as snapshot:
            return retriever.retrieve(snapshot, query, k, scope)

    def ask(self, question: Question) -> Answer:
        """One cited answer."""
        *_, last = self.stream(question)
        assert isinstance(last, Done)
        return last.answer

    def stream(self, question: Question) -> Iterator[Event]:
        """The events of one answer, `Done` last. Every statement in them is verified."""
        began = perf_counter()
        model = self._model if self._writes(question) else None
        whole = standalone(question.text, question.history, model)
        english = in_english(whole, model) if model else whole
        reading = self._read(question, whole, english, model, began)
        yield Progress(f"Reading {len({p.source for p in reading.passages})} documents")
        tongue = Tongue(model, whole, reading.passages) if model and english != whole else None
        notice = "" if model or all(part.asked.english for part in reading.parts) else answering.NOT_ENGLISH
        if not reading.answered:
            yield from answering.refuse(reading, tongue, notice=notice)
        elif model is None or any(part.correction for part in reading.parts):  # a correction is told by its quote
            yield from answering.quote(reading, tongue, notice=notice)
        else:
            look = SecondLook(self._judge_model, english) if self._settings.judge else None
            yield from answering.write(reading, model, self._settings.model or "", self._reranker, tongue, look)

    def sources(self, scope: Scope = Scope()) -> list[DocumentInfo]:
        """The indexed documents."""
        with self._reader.snapshot() as snapshot:
            return snapshot.documents(scope)

    def show(self, name: str) -> Source:
        """The exact extracted text of one document."""
        with self._reader.snapshot() as snapshot:
            return snapshot.source(name)

    def warm(self) -> None:
        """Loads the models, so that the first question does not wait for them."""
        self._embedder.embed_query("warm")
        if self._reranker:
            self._reranker.rerank("warm", ["warm"])

    def close(self) -> None:
        """Lets go of the index."""
        if "_reader" in self.__dict__:
            self._reader.close()

    def _read(self, question: Question, whole: str, english: str, model: BaseChatModel | None, began: float) -> Reading:
        """Reads what each question of the message needs."""
        plans = planned(english, model)
        with self._reader.snapshot() as snapshot:
            found = [self._found(snapshot, plan, question.scope) for plan in plans]
        searched, k = perf_counter(), question.k or POOL
        judged = [[self._judge(text, passages, k) for text, passages in row] for row in found]
        read = tuple(assembled(plan, row) for plan, row in zip(plans, judged, strict=True))
        return Reading(question, whole, english, read, Timings(searched - began, perf_counter() - searched), began)

    def _found(self, snapshot: Snapshot, plan: Plan, scope: Scope) -> list[tuple[str, list[Passage]]]:
        """What is found for a question, for each piece of it, and for what is beside it.

        A piece is searched for in the documents that bear the name of its thing, if there are such.
        """
        rows = [self._search(snapshot, plan.text, scope)]
        for piece in plan.compound.pieces if plan.compound else ():
            asked, found = self._search(snapshot, piece.question, scope)
            if own := piece.bare and titled(piece.label, found):
                asked, found = self._search(snapshot, piece.bare, scope.narrowed([glob.escape(name) for name in own]))
            rows.append((asked, found))
        return [*rows, *(self._search(snapshot, text, scope) for text in plan.beside)]

    def _search(self, snapshot: Snapshot, text: str, scope: Scope) -> tuple[str, list[Passage]]:
        """The question with its spelling mended by what it finds, and what it finds."""
        found = self._retriever.search(snapshot, text, scope)
        mended = corrected(text, found, vocabulary())
        return mended, found if mended == text else self._retriever.search(snapshot, mended, scope)

    def _judge(self, text: str, found: Sequence[Passage], k: int) -> Part:
        asked = understand(text)
        passages = self._retriever.rank(asked.sought, found)[:k]
        evidence = tuple(gather(asked, passages, self._reranker))
        return Part(asked, tuple(passages), evidence, judge(asked, evidence, passages))

    def _writes(self, question: Question) -> bool:
        """Whether the model writes the answer to this question."""
        return (question.answerer or self._settings.default_answerer) == "llm"

    @cached_property
    def _embedder(self) -> NamedEmbedder:
        name = self._settings.embeddings
        if name and name.startswith("openai:"):
            from bot import providers

            return providers.embedder(self._settings, name)
        from retrieval import models

        return models.embedder(name)

    @cached_property
    def _reranker(self) -> Reranker | None:
        from retrieval import models

        return models.reranker(self._settings.reranker)

    @cached_property
    def _reader(self) -> Reader:
        from retrieval.reader import Reader

        s = self._settings
        with self._loading:
            return Reader(s.data_dir, s.database_url, s.chroma_url, self._embedder.name)

    @cached_property
    def _retriever(self) -> Retriever:
        from retrieval.retrieve import Retriever

        with self._loading:
            return Retriever(self._embedder, self._reranker)

    @cached_property
    def _model(self) -> BaseChatModel:
        from bot import providers

        with self._loading:
            return providers.chat_model(self._settings)

    @cached_property
    def _judge_model(self) -> BaseChatModel:
        """The same model for second looks: it has little time and is not asked again where it fails."""
        from bot import providers, second_look

        with self._loading:
            return providers.chat_model(self._settings, timeout=second_look.SECONDS, retries=0)
