"""Whether the documents support a statement: every check that stands between a draft and the reader.

A claim is laid beside the sentences that come closest to it. It passes if its numbers, dates and names stand there, if
nothing is turned round (negation, hedge, speaker), and if its words or its meaning are covered; otherwise the reason
says in words what is missing. Nothing is repaired: a claim is shown as it is, or withheld.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.compose import Quote
from bot.echoes import Told, demands, echoes
from bot.figures import scattered, uncompared, without_figures, wrong_dates, wrong_numbers
from bot.grammar import CLAUSE_END
from bot.named import PRONOUN, unknown_names
from bot.orders import without_orders
from bot.polarity import denied, denies, leaves_open, unsettled
from bot.quantities import quantities
from bot.span import Span
from bot.speakers import SAY, wrong_speakers
from bot.terms import IRREGULAR_VERBS, content, names, stem, words
from retrieval.model import Passage, Reranker

CANDIDATES = 6  # sentences compared by meaning, those that share most words with the claim
QUOTES = 3  # sentences that may carry one claim
FRAGMENT = 8  # words; a longer claim has a verb, even if it is none that is known
_JOINING = 0.34  # share of its words that a further sentence must hold: a name alone lends itself to any statement
_ALIKE = 0.15  # of its words, which a sentence may hold less of than the best and still be the one that is meant
_NEXT = 0.15  # share that is enough for the sentence behind the first: two sentences told as one
_COVERED = 0.8  # share of a claim's content words that, found in the quotes, needs no look at the meaning
_MEANT = 0.5  # share that is enough if the cross-encoder finds the quote relevant, too
LEFT_OPEN = "the sources leave open what it states as a fact"
# The logit below which the cross-encoder finds that a sentence does not say what the claim does. "180 minutes" beside
# "three hours" is seen at -0.3; figures are checked by themselves.
_UNSAID = -2.0
_RELEVANT = 2.0  # the logit from which it may
_SAID = 8.0  # the logit from which it does, in whatever words; 7.4 was seen for a new word that nothing says
_FEW = 3  # content words up to which none may be new
_COPULA = re.compile(r"\b(?:is|are|was|were|be|been|being|becomes?|became|remains?|remained)\b", re.I)
_VERB = re.compile(
    rf"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|shall|should|{SAY}"
    r"|[a-z]{2,}ed)\b|n['’]t\b"
)
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]?")
_OWN = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur)\b")
_SENTENCE_END = re.compile(r"(?:(?<=[A-Za-z]{3}[.!?])|(?<=[ap]\.m\.))\s+(?=[A-Z](?:\S+\s+){4})")
_GENDERS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she", "hers": "she"}
_YES_NO = re.compile(r"^(?:yes|no)\b", re.I)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The quotes that carry a claim, or the reason why none do."""

    quotes: tuple[Quote, ...] = ()
    reason: str = ""

    @property
    def supported(self) -> bool:
        return not self.reason


def verify(
    claim: str,
    cited: Sequence[int],
    passages: Sequence[Passage],
    question: str,
    reranker: Reranker | None,
    aside: str = "",
) -> Verdict:
    """Lays each sentence of `claim` beside `passages`, those at the indexes `cited` first; all have to be supported.

    `question` may hold names and numbers that the claim repeats; `aside` is what else was said to the bot, from which
    a claim may take nothing. Sentences of the passages that give orders carry no claim.
    """
    verdicts = [_verified(part, cited, passages, question, reranker, aside) for part in _sentences(claim)]
    unsupported = next((v for v in verdicts if not v.supported), None)
    return unsupported or Verdict(tuple(dict.fromkeys(quote for v in verdicts for quote in v.quotes)))


def _verified(
    claim: str,
    cited: Sequence[int],
    passages: Sequence[Passage],
    question: str,
    reranker: Reranker | None,
    aside: str,
) -> Verdict:
    """The verdict on one sentence."""
    if not content(claim):
        return Verdict(reason="it states nothing that could be checked")
    whole, asked, most = claim, question, QUOTES
    if _leans(claim):  # a bare figure may not borrow what it counts from a second quote
        whole, asked, most = f"{question} {claim}", "", 1 if quantities(claim) else QUOTES
    stems = frozenset(content(without_figures(whole))) or frozenset(content(whole))
    spans = _closest(stems, cited, passages)
    if not spans:
        return Verdict(reason="no passage shares a word with it")
    logits = reranker.rerank(whole, [s.text for s in spans]) if reranker else [_RELEVANT] * len(spans)
    order = sorted(range(len(spans)), key=lambda i: -(logits[i] + 4 * _share(stems, spans[i].stems)))
    others = [i for i in order[1:] if _share(stems, spans[i].stems) >= _COVERED]
    reason = ""
    for lead in (order[0], *others):
        ranked = [spans[i] for i in (lead, *(i for i in order if i != lead))]
        chosen = _cover(whole, stems, ranked, asked, most)
        reason = (
            _objection(whole, stems, chosen, asked, logits[lead])
            or _own_words(claim, whole, chosen)
            or echoes(
                claim,
                Told([s.text for s in chosen], [f"{s.passage.chunk.heading} {s.around}" for s in chosen], question),
                demands(aside, passages),
            )
        )
        if not reason:
            return Verdict(tuple(Quote(s.passage, s.sentence.start, s.sentence.end) for s in chosen))
        if reason != LEFT_OPEN:  # what one report leaves open another may know
            break
    return Verdict(reason=reason)


def _own_words(claim: str, whole: str, spans: Sequence[Span]) -> str:
    """Why a claim that leans on its question is still none: the quotes hold the question's words alone."""
    own = frozenset(content(without_figures(claim))) - {"yes", "no"}
    absent = own - frozenset(content(whole.removesuffix(claim))) - frozenset().union(*(s.stems for s in spans))
    return f"no passage speaks of this: {', '.join(sorted(absent))}" if whole != claim and absent else ""


def _sentences(claim: str) -> list[str]:
    """The sentences of a claim; one, where it quotes, or where one of them says nothing alone ("Yes. They met.")."""
    parts = _SENTENCE_END.split(claim)
    return parts if all(map(content, parts)) and not re.search(r"[\"“”]", claim) else [claim]


def _leans(claim: str) -> bool:
    """Whether the claim says something only together with its question: no sentence ("132"), or "Yes, they met"."""
    if len(words(claim)) > FRAGMENT:
        return False
    sentence = len(words(claim)) > 3 and claim.rstrip().endswith((".", "!"))
    verb = sentence or _VERB.search(claim) or not IRREGULAR_VERBS.isdisjoint(words(claim))
    return not verb or (bool(PRONOUN.search(claim)) and not names(_YES_NO.sub("", claim)))


def _closest(stems: frozenset[str], cited: Sequence[int], passages: Sequence[Passage]) -> list[Span]:
    spans: list[tuple[float, Span]] = []
    for n, passage in enumerate(passages):
        told = without_orders(passage.chunk)
        around = " ".join(text for _, text in told)
        for sentence, text in told:
            span = Span(passage, sentence, text, frozenset(content(text)), around)
            share = _share(stems, span.stems)
            if share:
                spans.append((share + (0.15 if n in cited else 0.0), span))
    spans.sort(key=lambda pair: -pair[0])
    return [span for _, span in spans[:CANDIDATES]]


def _share(wanted: frozenset[str], have: frozenset[str]) -> float:
    return len(wanted & have) / len(wanted) if wanted else 0.0


def _cover(claim: str, stems: frozenset[str], ranked: Sequence[Span], question: str, most: int) -> list[Span]:
    """The best sentence and more, `most` in all, that hold what it lacks.

    Of sentences with nearly as many of its words ("there were 5,000 people ..."), the first that lacks nothing is best.
    """
    least = _share(stems, ranked[0].stems) - _ALIKE
    alike = (s for s in ranked if _share(stems, s.stems) >= least)
    chosen = [next((s for s in alike if not _lacking(claim, stems, [s], question)), ranked[0])]
    for span in ranked:
        if len(chosen) == most or not _lacking(claim, stems, chosen, question):
            break
        if span in chosen:
            continue
        before, after = (_lacking(claim, stems, c, question) for c in (chosen, [*chosen, span]))
        enough = _NEXT if _follows(chosen[0], span) else _JOINING
        if len(after) < len(before) and _share(stems, span.stems) >= enough:
            chosen.append(span)
    return chosen


def _follows(first: Span, span: Span) -> bool:
    """Whether `span` is the sentence behind `first`."""
    return span.passage.source == first.passage.source and 0 <= span.sentence.start - first.sentence.end <= 2


def _lacking(claim: str, stems: frozenset[str], spans: Sequence[Span], question: str) -> list[str]:
    """Figures, dates and names that the spans do not hold, and "words" if too many words are missing."""
    have = frozenset().union(*(s.stems for s in spans))
    lacking = [*wrong_numbers(claim, spans, question), *wrong_dates(claim, spans, question)]
    lacking += unknown_names(claim, spans, question)
    return lacking + (["words"] if _share(stems, have) < _COVERED else [])


def _objection(claim: str, stems: frozenset[str], spans: Sequence[Span], question: str, logit: float) -> str:
    """Why the claim is not supported by `spans`, in words; "" if it is."""
    checks: tuple[tuple[str, Callable[[], list[str]]], ...] = (
        ("the sources do not give this figure", lambda: wrong_numbers(claim, spans, question)),
        ("the sources do not compare", lambda: uncompared(claim, spans)),
        ("no source gives these figures together", lambda: scattered(claim, spans)),
        ("the sources do not give this date", lambda: wrong_dates(claim, spans, question)),
        ("the sources do not name this here", lambda: unknown_names(claim, spans, question)),
        ("the sources name another speaker", lambda: wrong_speakers(claim, spans)),
    )
    for text, check in checks:
        if found := check():
            return f"{text}: {', '.join(found)}"
    if _first_person(claim) and not any(_first_person(s.text) for s in spans):
        return "the sources do not speak in the first person"
    if (theirs := _genders(spans[0].text)) and _genders(claim) - theirs:
        return "the sources speak of somebody else"
    clause = _nearest_clause(stems, spans)
    if words(claim) == words(spans[0].text):
        return ""
    if _turned(claim, spans[0].text, clause):
        return "the sources say the opposite, or only one of the two is a denial"
    if unsettled(claim) and not any(unsettled(s.text) for s in spans):
        return "the sources do not say that this is open"
    if leaves_open(clause) and not leaves_open(claim):
        return LEFT_OPEN
    return _too_far(claim, stems, spans, question, logit)


def _genders(text: str) -> set[str]:
    """Of whom `text` speaks by a pronoun: "he", "she"."""
    return {_GENDERS[w] for w in words(text) if w in _GENDERS}


def _first_person(text: str) -> bool:
    """Whether `text` says "I" or "we" outside a quotation."""
    return bool(_OWN.search(_QUOTED.sub("", text)))


def _turned(claim: str, sentence: str, clause: str) -> bool:
    """Whether a word that both use is denied in one of them only; without such a word the clause decides."""
    ours, theirs = denied(without_figures(claim)), denied(without_figures(sentence))
    both = {stem(w) for w in words(claim)} & {stem(w) for w in words(sentence)}
    if (ours | theirs) & both:
        return bool((ours ^ theirs) & both)
    return denies(claim) != denies(clause)


def _too_far(claim: str, stems: frozenset[str], spans: Sequence[Span], question: str, logit: float) -> str:
    have = frozenset().union(*(s.stems for s in spans))
    known = have.union(
        content(question), *(content(f"{s.passage.title} {s.passage.chunk.heading} {s.around}") for s in spans)
    )
    news = _news(claim, stems, known) | _swapped(claim, stems - known, spans[0].text)
    if news and logit < _SAID:
        return f"no passage speaks of this: {', '.join(sorted(news))}"
    share, said = _share(stems, have), stems - {stem(w) for name in names(claim) for w in words(name.text)}
    if said and _share(said, have) < _MEANT:  # a long name is no statement
        share = min(share, _MEANT)
    if (share >= _COVERED and logit >= _UNSAID) or (share >= _MEANT and logit >= _RELEVANT):
        return ""
    return f"no passage says this (words covered: {share:.0%}, relevance {logit:.1f})"


def _news(claim: str, stems: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Words that passages and question lack where a claim without figures cannot do without: in one of a few words, or
    all that it says its subject is ("the nurse is a quack")."""
    if without_figures(claim) != claim:
        return frozenset()
    if len(stems) <= _FEW:
        return stems - known
    complement = frozenset(content(_COPULA.split(claim)[-1])) & stems
    return complement if not complement & known else frozenset()


def _swapped(claim: str, new: frozenset[str], sentence: str) -> frozenset[str]:
    """The new words that follow a content word behind which the sentence has another: "painted purple" for "green"."""
    said = {stem(w) for w in words(claim)}
    behind: dict[str, set[str]] = {}
    for word, following in pairwise(words(sentence)):
        behind.setdefault(word, set()).update(content(following))
    pairs = ((word, stem(following)) for word, following in pairwise(words(claim)) if content(word))
    return frozenset(following for word, following in pairs if following in new and behind.get(word, set()) - said)


def _nearest_clause(stems: frozenset[str], spans: Sequence[Span]) -> str:
    """The clause of the first quote that shares most words with the claim; the whole quote where it is one clause."""
    clauses = CLAUSE_END.split(spans[0].text)
    return max(clauses, key=lambda c: (len(stems & {stem(w) for w in words(c)}), -len(c)))
