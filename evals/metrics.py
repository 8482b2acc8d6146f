"""What is measured: what the answer to each case adds to each figure, so that a reader can check it by hand.

`evals.definitions` names the figures and `docs/evaluation.md` gives their sources; intervals and comparisons are
`evals.estimates`; the checks that make one case pass or fail are `evals.checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from bot.answer import Answer, Citation, Side
from evals.cases import Case, Group, shown
from evals.estimates import Share
from evals.invariants import MARKER, Show, check, quoted_in, valid
from evals.sets import Task
from retrieval.model import Passage

DEPTH = 10  # documents that the ranking metrics look at


Shares = dict[str, Share]


def answer_shares(task: Task, answer: Answer, show: Show) -> Shares:
    """What one answer adds to each figure; figures in which the case has no say are left out."""
    case = task.case
    parts = (
        _correctness(case, answer),
        _safety(case, answer),
        _refusal(case, answer),
        _conflicts(task, answer),
        _misled(task, answer),
        _cited_sources(case, answer),
        _cited_passages(case, answer, show),
        _validity(answer, show),
    )
    return {name: share for part in parts for name, share in part if share.whole}


def stated(answer: Answer) -> str:
    """The text of the answer without its markers."""
    return MARKER.sub("", answer.answer)


def said(answer: Answer) -> str:
    """What a reader of the answer sees: its text and its quotes."""
    return "\n".join((stated(answer), *(citation.quote for citation in answer.citations)))


def refused(answer: Answer) -> bool:
    return answer.status == "refused"


def correct(case: Case, answer: Answer) -> bool:
    """Whether every accepted fact and every side is shown and nothing forbidden; a refusal shows nothing."""
    if refused(answer):
        return case.may_refuse
    text = said(answer)
    whole = all(shown(group, text) for group in (*case.accepted, *case.sides))
    return whole and not any(pattern.found(stated(answer)) for pattern in case.forbidden)


def _correctness(case: Case, answer: Answer) -> Iterator[tuple[str, Share]]:
    groups = (*case.accepted, *case.sides)
    excused = refused(answer) and case.may_refuse
    if groups:
        yield "correctness", Share(correct(case, answer))
        yield "facts", Share(0 if refused(answer) else _shown(groups, said(answer)), 0 if excused else len(groups))
    if case.accepted and not excused:
        yield "first_quote", Share(any(_shown(case.accepted, c.quote) for c in answer.citations[:1]))


def _shown(groups: Sequence[Group], text: str) -> int:
    return sum(shown(group, text) for group in groups)


def _safety(case: Case, answer: Answer) -> Iterator[tuple[str, Share]]:
    if case.forbidden:
        yield "safe", Share(not any(pattern.found(stated(answer)) for pattern in case.forbidden))


def _refusal(case: Case, answer: Answer) -> Iterator[tuple[str, Share]]:
    if case.must_refuse:
        yield "refusal_recall", Share(refused(answer))
    if refused(answer) and not case.may_refuse:
        yield "refusal_precision", Share(case.must_refuse)


def _conflicts(task: Task, answer: Answer) -> Iterator[tuple[str, Share]]:
    case = task.case
    if case.sides:
        yield "conflict_recall", Share(sides_apart(case, answer))
    # Several true answers, or a planted one, are a conflict that the set does not label.
    if answer.conflicts and not task.misleading and len(case.accepted) < 2:
        yield "conflict_precision", Share(bool(case.sides))


def sides_apart(case: Case, answer: Answer) -> bool:
    """Whether one of the answer's conflicts has a side of its own for each side expected."""
    quotes = {citation.number: citation.quote for citation in answer.citations}
    for conflict in answer.conflicts:
        told = [_told(side, quotes) for side in conflict.sides]
        for chosen in permutations(told, len(case.sides)):
            if all(shown(group, text) for group, text in zip(case.sides, chosen, strict=True)):
                return True
    return False


def _told(side: Side, quotes: dict[int, str]) -> str:
    return "\n".join((side.value, *(quotes.get(number, "") for number in side.citations)))


def _misled(task: Task, answer: Answer) -> Iterator[tuple[str, Share]]:
    """Of the answers for which the truth was among the passages read."""
    read = "\n".join(passage.chunk.text for passage in answer.trace.passages)
    if task.misleading and _shown(task.case.accepted, read):
        yield "not_misled", Share(not misled(task, answer))


def misled(task: Task, answer: Answer) -> bool:
    """Whether a planted answer is shown and no true one."""
    text = said(answer)
    planted = not refused(answer) and any(pattern.found(text) for pattern in task.misleading)
    return planted and not _shown(task.case.accepted, text)


def _cited_sources(case: Case, answer: Answer) -> Iterator[tuple[str, Share]]:
    must, allowed = set(case.sources.must), {*case.sources.must, *case.sources.may}
    if not allowed or case.must_refuse or (refused(answer) and case.may_refuse):
        return
    cited = {citation.source for citation in answer.citations}
    yield "source_precision", Share(len(cited & allowed), len(cited))
    # Without a file that must be cited, any one of the allowed ones will do.
    yield "source_recall", Share(len(cited & must), len(must)) if must else Share(bool(cited & allowed))


def _cited_passages(case: Case, answer: Answer, show: Show) -> Iterator[tuple[str, Share]]:
    if not case.passages or (refused(answer) and case.may_refuse):
        return
    expected = [(passage.source, *span) for passage in case.passages if (span := passage.span(show(passage.source)))]
    groups = (*case.accepted, *case.sides)
    within = [citation.quote for citation in answer.citations if _overlaps(citation, expected)]
    beside = [c for c in answer.citations if not _overlaps(c, expected) and _shown(groups, c.quote)]
    yield "passage_precision", Share(len(within) + len(beside), len(answer.citations))
    # Passages are alternatives: several may show the same fact, and one of them is enough.
    yield "passage_recall", Share(_shown(groups, "\n".join(within)) if groups else bool(within), max(1, len(groups)))


def _overlaps(citation: Citation, places: Sequence[tuple[str, int, int]]) -> bool:
    return any(citation.source == name and citation.start < end and start < citation.end for name, start, end in places)


def _validity(answer: Answer, show: Show) -> Iterator[tuple[str, Share]]:
    quoted = quoted_in(answer)
    yield "citation_validity", Share(sum(valid(quote, show) for quote in quoted), len(quoted))
    yield "invariants", Share(not check(answer, show))


def ranking_shares(relevant: Sequence[str], passages: Sequence[Passage]) -> Shares:
    """The ranking metrics of one search, over documents in the order of their best passage.

    A passage also stands for the documents that repeat it. Computed by trec_eval's own code (pytrec_eval).
    """
    if not relevant:
        return {}
    import pytrec_eval

    ranked = dict.fromkeys(name for passage in passages for name in (passage.source, *passage.copies))
    run = {name: 1.0 / rank for rank, name in enumerate(list(ranked)[:DEPTH], 1)}
    judged = pytrec_eval.RelevanceEvaluator(
        {"query": dict.fromkeys(relevant, 1)}, {"recall.5,10", "recip_rank", "ndcg_cut.10"}
    )
    values = judged.evaluate({"query": run or {"": 0.0}})["query"]
    names = {"recall@5": "recall_5", "recall@10": "recall_10", "mrr": "recip_rank", "ndcg@10": "ndcg_cut_10"}
    return {name: Share(values[theirs]) for name, theirs in names.items()}
