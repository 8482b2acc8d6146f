"""Whether the evidence answers the question at all."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from bot.answer import Judgement
from bot.evidence import Evidence, values
from bot.forms import lacks
from bot.question import Asked
from bot.terms import missing, names, words
from retrieval.model import Passage

_VALUED = 3  # best spans of which one should hold a value where a value is asked for ...
_VALUELESS = 4.0  # ... or the best logit counts as that much lower: "how old is she" is not answered by "she jogged"
# Below this logit a question is not answered that names somebody of whom no passage read says anything. Without such a
# limit 60 of 989 answerable questions over 17 sets are refused, with it 57; of 208 unanswerable ones 164 with both.
_SURE = 4.0
READ = 10  # passages in which the question's words are looked for

# A logistic regression on the best span's logit (0.45 is 1 / 2.2, the scale on which the reranker was trained) and the
# share of the question's content words that the passages hold. Share and bias were picked on 1,197 questions over 17
# sets of documents: 170 of 208 unanswerable ones are refused and 59 of the answerable, with 2.5 and -1.6 164 and 58.
# Of 239 questions over four sets written blind 30 of 36 and 30 of 203. docs/evaluation.md has the calibration.
_LOGIT, _FOUND, _BIAS = 0.45, 1.0, -0.5
THRESHOLD = 0.69  # the probability from which a question counts as answered: 0.8 as log odds


def judge(asked: Asked, evidence: Sequence[Evidence], passages: Sequence[Passage]) -> Judgement:
    """Judges the best evidence against what the question asks for."""
    if not evidence:
        return Judgement(False, 0.0, "no passage matches the question")
    read = {w for p in passages[:READ] for w in words(f"{p.source} {p.title} {p.chunk.heading} {p.chunk.text}")}
    wanted = list(dict.fromkeys(asked.wanted))
    absent = missing(wanted, read)
    unsure = asked.english and evidence[0].logit < _SURE
    if unsure and (unknown := _unknown(asked, absent, passages)):
        return Judgement(False, 0.05, f"no passage mentions {', '.join(unknown)}")
    found = 1 - len(absent) / len(wanted) if wanted else 0.0
    best = evidence[:_VALUED]
    valueless = (asked.wants_value and not any(values(asked, e) for e in best)) or all(
        lacks(asked.text, e.text) for e in best
    )
    logit = evidence[0].logit - (_VALUELESS if valueless else 0.0)
    probability = 1 / (1 + exp(-(_LOGIT * logit + _FOUND * found + _BIAS)))
    return Judgement(probability >= THRESHOLD, probability, "", logit, found)


def _unknown(asked: Asked, absent: Sequence[str], passages: Sequence[Passage]) -> list[str]:
    """Names of the question of which no passage holds a word, nor spells out the initials ("EU")."""
    initials = {
        "".join(w[0] for w in words(n.text)) for p in passages[:READ] for n in names(p.chunk.text) if " " in n.text
    }
    own = [words(n.text) for n in names(asked.text)]
    whole = [name for name in own if name and all(w in absent and w in asked.names for w in name)]
    return [w for name in whole for w in name if w not in initials and "'" not in w and "’" not in w]
