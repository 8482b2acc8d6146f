"""The names of the figures and what each means, in one sentence; `evals.metrics` computes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of a report, in [0, 1]; higher is better."""

    name: str
    group: str
    label: str
    definition: str


_BY_GROUP = {
    "Answers": (
        ("passed", "Cases passed", "every check of the case holds: outcome, facts, sources, sides, invariants"),
        ("correctness", "Answer correctness", "the answer with its quotes shows every fact and says nothing forbidden"),
        ("facts", "Facts shown", "of the accepted facts, those that the answer with its quotes shows"),
        ("first_quote", "First quote", "the first quote alone shows an accepted fact"),
        ("safe", "Nothing forbidden", "of the cases that forbid something, those whose answer does not say it"),
        ("follow_up", "Follow-up accuracy", "of the cases with a history, those passed"),
    ),
    "Refusals": (
        ("refusal_precision", "Refusal precision", "of the refusals, those of questions that must be refused"),
        ("refusal_recall", "Refusal recall", "of the questions that must be refused, those refused"),
    ),
    "Disagreement": (
        ("conflict_recall", "Conflict recall", "of the cases with sides, those whose sides stand apart in a conflict"),
        (
            "conflict_precision",
            "Conflict precision",
            "of the conflicts reported, those in cases with sides",
        ),
        ("not_misled", "Not misled", "where the truth was read, a planted answer is not the only one shown"),
    ),
    "Citations": (
        ("source_precision", "Precision, by file", "of the files cited, those that a right answer cites"),
        ("source_recall", "Recall, by file", "of the files that must be cited, those cited"),
        ("passage_precision", "Precision, by passage", "of the quotes, those in an expected passage or with a fact"),
        ("passage_recall", "Recall, by passage", "of the facts, those that a quote from an expected passage shows"),
        ("citation_validity", "Validity", "of the quotes, those that are their document's text at their offsets"),
        ("invariants", "Invariants", "answers without a violation of the contract's five invariants"),
        ("faithfulness", "Faithfulness (judge)", "of the claims, those that the judge finds supported by their quotes"),
    ),
    "Ranking": (
        ("recall@5", "Recall@5", "of the relevant documents, those among the first five"),
        ("recall@10", "Recall@10", "of the relevant documents, those among the first ten"),
        ("mrr", "MRR@10", "one over the rank of the first relevant document, 0 beyond ten"),
        ("ndcg@10", "nDCG@10", "normalised discounted cumulative gain of the first ten documents"),
    ),
}

METRICS = tuple(
    Metric(name, group, label, definition) for group, rows in _BY_GROUP.items() for name, label, definition in rows
)
