"""What people think of answers: stored with all that is needed to judge them, and exported as evaluation cases."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from bot.slack import blocks as kit
from bot.slack.database import connect, feedback
from bot.slack.store import Asked, Outcome

if TYPE_CHECKING:
    from bot.settings import Settings

Json = dict[str, Any]

Verdict = Literal["up", "down"]

CALLBACK, REASONS_BLOCK, COMMENT_BLOCK, FIELD = "feedback_reasons", "reasons", "comment", "value"
COMMENT = 2000
REASONS = {
    "wrong": "The answer is wrong",
    "incomplete": "Something is missing",
    "wrong-source": "It cites the wrong source",
    "outdated": "It is out of date",
    "other": "Something else",
}


@dataclass(frozen=True)
class Opinion:
    """One person's verdict on one answer, as it was."""

    id: str
    user: str
    verdict: Verdict
    reasons: tuple[str, ...]
    comment: str
    question: str
    answer: Json
    history: tuple[Json, ...]
    versions: dict[str, str]
    at: float


class Opinions:
    """The verdicts in the database; a later one of the same person replaces the earlier."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def give(self, asked: Asked, words: str, outcome: Outcome, user: str, verdict: Verdict) -> None:
        """Store a verdict with the question in plain words and the answer it is about."""
        row: Json = {"verdict": verdict, "reasons": [], "comment": "", "question": words, "at": time.time()}
        row |= {"answer": outcome.answer or {}, "history": list(outcome.history), "versions": outcome.versions or {}}
        mine = sa.and_(feedback.c.id == asked.id, feedback.c.user == user)
        with self._engine.begin() as connection:
            given = connection.execute(sa.select(feedback.c.verdict).where(mine)).scalar()
            if given is None:
                connection.execute(sa.insert(feedback).values(row | {"id": asked.id, "user": user}))
            elif given != verdict:  # the same again, pressed twice: what was explained stays
                connection.execute(sa.update(feedback).where(mine).values(row))

    def explain(self, key: str, user: str, reasons: Sequence[str], comment: str) -> None:
        """Add why somebody is not content."""
        mine = sa.and_(feedback.c.id == key, feedback.c.user == user, feedback.c.verdict == "down")
        with self._engine.begin() as connection:
            connection.execute(sa.update(feedback).where(mine).values(reasons=list(reasons), comment=comment[:COMMENT]))

    def all(self) -> list[Opinion]:
        """Every verdict, oldest first."""
        with self._engine.begin() as connection:
            rows = connection.execute(sa.select(feedback).order_by(feedback.c.at)).mappings().all()
        return [_opinion(row) for row in rows]

    def disliked(self, most: int) -> list[Opinion]:
        """The latest thumbs down, newest first."""
        query = sa.select(feedback).where(feedback.c.verdict == "down").order_by(feedback.c.at.desc()).limit(most)
        with self._engine.begin() as connection:
            return [_opinion(row) for row in connection.execute(query).mappings()]


def _opinion(row: sa.RowMapping) -> Opinion:
    values = {name: row[name] for name in Opinion.__dataclass_fields__}
    return Opinion(**values | {"reasons": tuple(row["reasons"]), "history": tuple(row["history"])})


def reasons_modal(key: str) -> Json:
    """Asks why an answer is not good."""
    options = [{"text": kit.plain(text), "value": value} for value, text in REASONS.items()]
    which = {"type": "checkboxes", "action_id": FIELD, "options": options}
    words = {"type": "plain_text_input", "action_id": FIELD, "multiline": True, "max_length": COMMENT}
    fields = [
        _input(REASONS_BLOCK, "What is wrong with it?", which),
        _input(COMMENT_BLOCK, "What would be right?", words),
    ]
    return kit.modal(
        "What went wrong?",
        fields,
        close="Skip",
        submit=kit.plain("Send"),
        callback_id=CALLBACK,
        private_metadata=key,
    )


def _input(block_id: str, label: str, element: Json) -> Json:
    return {"type": "input", "block_id": block_id, "label": kit.plain(label), "element": element, "optional": True}


def submitted(view: Json) -> tuple[list[str], str]:
    """The reasons and the comment in a submitted modal."""
    state = (view.get("state") or {}).get("values") or {}
    chosen = ((state.get(REASONS_BLOCK) or {}).get(FIELD) or {}).get("selected_options") or []
    comment = ((state.get(COMMENT_BLOCK) or {}).get(FIELD) or {}).get("value") or ""
    return [option["value"] for option in chosen if option.get("value") in REASONS], str(comment)


def export(settings: Settings) -> list[Json]:
    """Every verdict as an evaluation case, oldest first.

    What was liked says what a right answer cites, or that a refusal is right. What was disliked says only what was
    asked: somebody has to add what is accepted; `meta` holds the answer and what was wrong with it.
    """
    engine = connect(settings.data_dir, settings.database_url)
    try:
        return [_case(opinion) for opinion in Opinions(engine).all()]
    finally:
        engine.dispose()


def _case(opinion: Opinion) -> Json:
    case: Json = {"id": f"feedback-{opinion.id}-{opinion.user}", "question": opinion.question, "kind": "other"}
    if opinion.history:
        case["history"] = list(opinion.history)
    case["tags"] = ["feedback", f"thumbs-{opinion.verdict}", *opinion.reasons]
    if opinion.verdict == "up":
        case |= _expected(opinion.answer)
    case["meta"] = {
        "comment": opinion.comment,
        "answer": opinion.answer.get("answer", ""),
        "status": opinion.answer.get("status", ""),
        "citations": opinion.answer.get("citations", []),
        "versions": opinion.versions,
        "at": opinion.at,
    }
    return case


def _expected(answer: Json) -> Json:
    citations = answer.get("citations", [])
    if answer.get("status") == "refused":
        return {"must_refuse": True}
    passages = [{"source": citation["source"], "quote": citation["quote"]} for citation in citations]
    return {"sources": {"may": sorted({citation["source"] for citation in citations})}, "passages": passages}
