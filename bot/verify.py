"""Whether the documents support a statement: every check that stands between a draft and the reader.

A claim is laid beside the sentences that come closest to it. It passes if its numbers, dates and names stand there, if
nothing is turned round (negation, hedge, speaker), and if its words or its meaning are covered; otherwise the reason
says in words what is missing. Nothing is repaired: a claim is shown as it is, or withheld.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from bot.comparatives import degrees
from bot.compose import Quote
from bot.dates import Date, dates
from bot.echoes import Told, demands, echoes
from bot.orders import without_orders
from bot.polarity import denied, denies, leaves_open, unsettled
from bot.quantities import Quantity, quantities
from bot.terms import IRREGULAR_VERBS, Name, content, missing, names, same_word, stem, words
from retrieval.model import Passage, Reranker, Sentence

CANDIDATES = 6  # sentences compared by meaning, those that share most words with the claim
QUOTES = 3  # sentences that may carry one claim
FRAGMENT = 8  # words; a longer claim has a verb, even if it is none that is known
_JOINING = 0.34  # share of its words that a further sentence must hold: a name alone lends itself to any statement
_ALIKE = 0.15  # of its words, which a sentence may hold less of than the best and still be the one that is meant
_NEXT = 0.15  # share that is enough for the sentence behind the first: two sentences told as one
_COVERED = 0.8  # share of a claim's content words that, found in the quotes, needs no look at the meaning
_MEANT = 0.5  # share that is enough if the cross-encoder finds the quote relevant, too
LEFT_OPEN = "the sources leave open what it states as a fact"
TELLING = 4  # content words; fewer may stand in any sentence, so its meaning is looked at as well
_UNRELATED = 0.0  # the logit below which the cross-encoder finds that a sentence has nothing to do with the claim
_RELEVANT = 2.0  # the logit from which it does
_FEW = 3  # content words up to which none may be new
_COPULA = re.compile(r"\b(?:is|are|was|were|be|been|being|becomes?|became|remains?|remained)\b", re.I)

_SAY = (
    r"(?:said|says?|told|tells?|stated|states|added|adds|noted|notes|stressed|stresses|warned|claimed|claims|insisted|argued"
    r"|argues|explained|declared|announced|reported|reports|emphasi[sz]ed|reiterated|called|urged|accused|predict(?:s|ed)"
    r"|wrote|writes|believes|confirmed|denied|demanded|critici[sz]ed)"
)
_PART = r"[^\W\d_a-z][\w.’'-]*"  # of a name
_BODY = (
    r"(?:state|media|officials?|government|ministry|diplomats?|sources|reports|authorities|police)"  # speaks for a name
)
_SPEAKER_FIRST = re.compile(
    rf"((?:{_PART}\s+){{0,4}}{_PART})(?:\s+{_BODY}){{0,2}}(?:,[^,]{{0,60}},)?\s+"
    rf"(?:has |had |have |also |then |later |reportedly )*{_SAY}\b"
)
_NO_TITLE = "that|in|on|at|to|of|by|for|as|it|he|she|they|we|there|after|before|during|this|his|her"
_TITLE = rf"(?:(?!(?:{_NO_TITLE})\b)[a-z][\w’'-]*,?\s+){{0,4}}"  # "said envoy Pella Corrigane"
_ADDRESSING = r"(?:told|tells?|warned|called|urged|accused|critici[sz]ed|denied|demanded)"  # whom, not who
_SPEAKER_LAST = re.compile(
    rf"(?:(?<=[,”\"’'] )(?!{_ADDRESSING}\b){_SAY}|[Aa]ccording to|[Aa]s per)\s+{_TITLE}((?:{_PART}\s?)+)"
)
_ATTRIBUTION = re.compile(rf"^[^,;]{{0,80}}?\b{_SAY}\b(?: reporters| journalists)?(?: that)?|,? [Aa]ccording to [^,]+")
_OFFICES = frozenset(
    """president vice prime minister premier foreign secretary state chancellor king queen prince princess governor
    mayor senator general director chairman chairwoman chair chief spokesman spokeswoman spokesperson envoy
    ambassador professor dr mr mrs ms sir lord lady us u.s of""".split()
)
_VERB = re.compile(
    rf"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|shall|should|{_SAY}"
    r"|[a-z]{2,}ed)\b|n['’]t\b"
)
_SPOKEN = re.compile(r"^[\"“]|\b(?:he|she|they)\b", re.I)
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]?")
_OWN = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur)\b")
_SENTENCE_END = re.compile(r"(?:(?<=[A-Za-z]{3}[.!?])|(?<=[ap]\.m\.))\s+(?=[A-Z](?:\S+\s+){4})")
_GENDERS = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she", "hers": "she"}
_YES_NO = re.compile(r"^(?:yes|no)\b", re.I)
_PRONOUN = re.compile(r"\b(?:he|she|they|his|her|their|him|them|both|the two)\b", re.I)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The quotes that carry a claim, or the reason why none do."""

    quotes: tuple[Quote, ...] = ()
    reason: str = ""

    @property
    def supported(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Span:
    """A sentence of a passage, with its content stems."""

    passage: Passage
    sentence: Sentence
    text: str
    stems: frozenset[str]
    around: str  # the passage without the sentences that give orders


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
    stems = frozenset(content(_without_figures(whole))) or frozenset(content(whole))
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


def _own_words(claim: str, whole: str, spans: Sequence[_Span]) -> str:
    """Why a claim that leans on its question is still none: the quotes hold the question's words alone."""
    own = frozenset(content(_without_figures(claim))) - {"yes", "no"}
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
    return not verb or (bool(_PRONOUN.search(claim)) and not names(_YES_NO.sub("", claim)))


def _bearers(name: Sequence[str], texts: tuple[str, ...]) -> int:
    """How many people (or things) of its last word the texts know, if they hold `name` in full; else 0."""
    found = _full_names(texts)
    alike = {tuple(w for w in other[:-1] if w not in _OFFICES) for other in found if other[-1] == name[-1]}
    return max(1, len(alike - {()})) if tuple(name) in found else 0


@lru_cache(maxsize=1_000)
def _full_names(texts: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The names of two words and more, in lower-case words."""
    return frozenset(tuple(words(name.text)) for text in texts for name in names(text) if " " in name.text)


def _without_figures(claim: str) -> str:
    """The claim without what is compared by value, not by word: "420 million" may stand as "0.42 billion"."""
    spans = [(q.start, q.end) for q in quantities(claim)] + [(d.start, d.end) for d in dates(claim)]
    for start, end in sorted(spans, reverse=True):
        claim = claim[:start] + claim[end:]
    return claim


def _closest(stems: frozenset[str], cited: Sequence[int], passages: Sequence[Passage]) -> list[_Span]:
    spans: list[tuple[float, _Span]] = []
    for n, passage in enumerate(passages):
        told = without_orders(passage.chunk)
        around = " ".join(text for _, text in told)
        for sentence, text in told:
            span = _Span(passage, sentence, text, frozenset(content(text)), around)
            share = _share(stems, span.stems)
            if share:
                spans.append((share + (0.15 if n in cited else 0.0), span))
    spans.sort(key=lambda pair: -pair[0])
    return [span for _, span in spans[:CANDIDATES]]


def _share(wanted: frozenset[str], have: frozenset[str]) -> float:
    return len(wanted & have) / len(wanted) if wanted else 0.0


def _cover(claim: str, stems: frozenset[str], ranked: Sequence[_Span], question: str, most: int) -> list[_Span]:
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


def _follows(first: _Span, span: _Span) -> bool:
    """Whether `span` is the sentence behind `first`."""
    return span.passage.source == first.passage.source and 0 <= span.sentence.start - first.sentence.end <= 2


def _lacking(claim: str, stems: frozenset[str], spans: Sequence[_Span], question: str) -> list[str]:
    """Figures, dates and names that the spans do not hold, and "words" if too many words are missing."""
    have = frozenset().union(*(s.stems for s in spans))
    lacking = [*_wrong_numbers(claim, spans, question), *_wrong_dates(claim, spans, question)]
    lacking += _unknown_names(claim, spans, question)
    return lacking + (["words"] if _share(stems, have) < _COVERED else [])


def _objection(claim: str, stems: frozenset[str], spans: Sequence[_Span], question: str, logit: float) -> str:
    """Why the claim is not supported by `spans`, in words; "" if it is."""
    checks: tuple[tuple[str, Callable[[], list[str]]], ...] = (
        ("the sources do not give this figure", lambda: _wrong_numbers(claim, spans, question)),
        ("the sources do not compare", lambda: _compared(claim, spans)),
        ("no source gives these figures together", lambda: _scattered(claim, spans)),
        ("the sources do not give this date", lambda: _wrong_dates(claim, spans, question)),
        ("the sources do not name this here", lambda: _unknown_names(claim, spans, question)),
        ("the sources name another speaker", lambda: _wrong_speakers(claim, spans)),
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
    ours, theirs = denied(_without_figures(claim)), denied(_without_figures(sentence))
    both = {stem(w) for w in words(claim)} & {stem(w) for w in words(sentence)}
    if (ours | theirs) & both:
        return bool((ours ^ theirs) & both)
    return denies(claim) != denies(clause)


def _too_far(claim: str, stems: frozenset[str], spans: Sequence[_Span], question: str, logit: float) -> str:
    have = frozenset().union(*(s.stems for s in spans))
    known = have.union(
        content(question), *(content(f"{s.passage.title} {s.passage.chunk.heading} {s.around}") for s in spans)
    )
    if news := _news(claim, stems, known) | _swapped(claim, stems - known, spans[0].text):
        return f"no passage speaks of this: {', '.join(sorted(news))}"
    share, said = _share(stems, have), stems - {stem(w) for name in names(claim) for w in words(name.text)}
    if said and _share(said, have) < _MEANT:  # a long name is no statement
        share = min(share, _MEANT)
    if (share >= _COVERED and (len(stems) >= TELLING or logit >= _UNRELATED)) or (
        share >= _MEANT and logit >= _RELEVANT
    ):
        return ""
    return f"no passage says this (words covered: {share:.0%}, relevance {logit:.1f})"


def _news(claim: str, stems: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Words that passages and question lack where a claim without figures cannot do without: in one of a few words, or
    all that it says its subject is ("the nurse is a quack")."""
    if _without_figures(claim) != claim:
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


def _wrong_numbers(claim: str, spans: Sequence[_Span], question: str) -> list[str]:
    """Figures that no span gives, or that the first span gives otherwise."""
    first, claimed = quantities(spans[0].text), quantities(claim)
    known = [*first, *(q for s in spans[1:] for q in quantities(s.text)), *quantities(question)]
    passed_over = [k for k in first if not any(_states(k, q) for q in claimed)]
    return [
        claim[q.start : q.end]
        for q in claimed
        if not any(_states(k, q) for k in known)
        or (not any(_states(k, q) for k in first) and any(k.unit == q.unit and k.noun == q.noun for k in passed_over))
    ]


def _compared(claim: str, spans: Sequence[_Span]) -> list[str]:
    """In which ways the claim compares ("more", "most") and no span does: a comparison may be wrong with every word."""
    told = set().union(*(degrees(_without_figures(s.text)) for s in spans))
    return sorted(degrees(_without_figures(claim)) - told)


def _scattered(claim: str, spans: Sequence[_Span]) -> list[str]:
    """Figures of one kind ("three hours", "five hours") that no one sentence gives: two statements made one."""
    claimed = quantities(claim)
    alike = [q for q in claimed if len({o.value for o in claimed if (o.unit, o.noun) == (q.unit, q.noun)}) > 1]
    given = [quantities(s.text) for s in spans]
    if not alike or any(all(any(_states(k, q) for k in known) for q in alike) for known in given):
        return []
    return [claim[q.start : q.end] for q in alike]


def _states(known: Quantity, claimed: Quantity) -> bool:
    """Whether a source's quantity carries the claimed one: same figure, and no qualifier turned round."""
    if claimed.unit and known.unit and claimed.unit != known.unit:
        return False
    if claimed.high > 1.5 * claimed.low:  # a range: both ends
        return _near(claimed.low, known.low) and _near(claimed.high, known.high)
    figures = {known.value, known.low, known.high} if known.low != known.high else {known.value}
    overlap = known.low <= claimed.high * (1 + 1e-9) and claimed.low <= known.high * (1 + 1e-9)
    return overlap and any(_near(figure, claimed.value) for figure in figures)


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b), 1.0)


def _wrong_dates(claim: str, spans: Sequence[_Span], question: str) -> list[str]:
    """Dates that neither the quotes nor, where these give none of their kind, their passages hold."""
    told = [d for s in spans for d in dates(s.text, s.passage.date)] + dates(question)
    around = [d for s in spans for d in dates(s.around)]
    meant = [day for s in spans if s.passage.date for d in dates(s.text) for day in d.days_meant(s.passage.date)]
    implied = [d for s in spans for d in _in_its_year(s)]
    said = " ".join(s.text.lower() for s in spans)
    wrong = []
    for d in dates(claim):
        rivals = [k for k in told if k.comparable(d)]
        known = [*(rivals or around), *meant, *implied]
        if not any(_gives(k, d) for k in known) and claim[d.start : d.end].lower() not in said:
            wrong.append(claim[d.start : d.end])
    return wrong


def _in_its_year(span: _Span) -> Iterator[Date]:
    """Days that a report gives without a year, in the year that brings them closest to its own date.

    None where its passage speaks of other years.
    """
    written = span.passage.date
    if written is None or any(d.year not in (None, written.year) for d in dates(span.around)):
        return
    for d in dates(span.text):
        if d.month and d.day and not d.year:
            months = 12 * written.year + written.month - d.month
            yield replace(d, year=(months + 6) // 12)


def _gives(known: Date, claimed: Date) -> bool:
    """Whether every component of the claimed date is given, and given so, by the known one."""
    parts = ("year", "month", "day", "weekday")
    claimed_parts = [(p, getattr(claimed, p)) for p in parts if getattr(claimed, p) is not None]
    return bool(claimed_parts) and all(getattr(known, p) == value for p, value in claimed_parts)


def _unknown_names(claim: str, spans: Sequence[_Span], question: str) -> list[str]:
    """Names that neither the quotes nor the question hold, or that stand where the first quote names another.

    What only the question names may stand there no more than that, whoever reports it aside, and has to stand in the
    passage. A quote that refers back ("he said") may take a name from its passage, if it names nobody that the claim
    leaves out.
    """
    first = words(spans[0].text)
    nearby = words(f"{spans[0].around} {spans[0].passage.title} {spans[0].passage.chunk.heading}")
    quoted = [w for s in spans for w in words(s.text)]
    known = quoted + _known_from(question, claim, spans)
    around = [w for s in spans if _refers_back(s.text, claim) for w in words(s.around)]
    calendar = [(d.start, d.end) for d in dates(claim)]  # "Oct" is no name
    unknown: list[str] = []
    borrowed: list[Name] = []
    asked: list[Name] = []
    for name in names(claim):
        own = words(name.text)
        bearers = 0 if missing(own[-1:], first) else _bearers(own, tuple(s.around for s in spans))
        if bearers == 1 or any(start <= name.start < end for start, end in calendar):
            continue
        absent = [w for w in missing(own, known) if missing([w], around)]
        begins = name.start == 0 and " " not in name.text and bool(absent) and absent[0] in _common(spans)
        if bearers == 0 and name.text in spans[0].around and missing(own, first) != own:
            continue  # "Wang" in the quote is "Wang Yi" in its passage
        if (absent and not begins) or (bearers > 1 and missing(own, first)):
            unknown.append(name.text)
        elif missing(own, first) and missing(own, [w for w in words(question) if w in nearby]):
            borrowed.append(name)
        elif missing(own, quoted) == own:
            asked.append(name)
    passed_over = bool(borrowed) and _passed_over(claim, spans[0].text, spans)
    unknown += [n.text for n in borrowed if passed_over or _displaces(claim, n, spans[0].text)]
    told = spans[0].text if _speakers(claim) else _ATTRIBUTION.sub("", spans[0].text)
    return unknown + ([n.text for n in asked] if asked and _passed_over(claim, told, spans) else [])


def _displaces(claim: str, name: Name, sentence: str) -> bool:
    """Whether the sentence has another name in the place of this one: behind or before the same two words."""
    before, after = (re.findall(r"\w+", part) for part in (claim[: name.start], claim[name.end :]))
    places = [rf"\b{_run(before[-2:])}\W+(\w+)"] if len(before) > 1 else []
    places += [rf"(\w+)\W+{_run(after[:2])}\b"] if len(after) > 1 else []
    own = words(name.text)
    found = [m.group(1) for place in places for m in re.finditer(place, sentence, re.I)]
    rivals = [word.lower() for word in found if word[0].isupper() and not _PRONOUN.fullmatch(word)]
    return any(missing([rival], own) for rival in rivals)


def _run(told: Sequence[str]) -> str:
    return r"\W+".join(map(re.escape, told))


def _passed_over(claim: str, text: str, spans: Sequence[_Span]) -> bool:
    """Whether `text`, of the first span, names somebody whom the claim does not."""
    here, ordinary = words(claim), _common(spans[:1])
    others = [[w for w in words(n.text) if content(w)] for n in names(text)]
    left_out = [own for own in others if own and len(missing(own, here)) == len(own)]
    return any(len(own) > 1 or own[0] not in ordinary for own in left_out)


def _known_from(question: str, claim: str, spans: Sequence[_Span]) -> list[str]:
    """Words of the question that the claim may use as names: those of the passages, and all for a denial."""
    if denies(claim):
        return words(question)
    told = {w for s in spans for text in (s.around, s.passage.title) for w in words(text)}
    return [w for w in words(question) if not missing([w], told)]


def _refers_back(text: str, claim: str) -> bool:
    """Whether a sentence speaks of somebody it does not name, by a pronoun that the claim does not keep."""
    kept = {m.group().lower() for m in _PRONOUN.finditer(claim)}
    return not names(text) or any(m.group().lower() not in kept for m in _PRONOUN.finditer(text))


def _common(spans: Sequence[_Span]) -> set[str]:
    """Lower-case words of the passages: a claim's first word is capitalised without being a name."""
    return {w for s in spans for w in re.findall(r"\b[^\W\d_A-Z]\w*", s.around)}


def _wrong_speakers(claim: str, spans: Sequence[_Span]) -> list[str]:
    """Speakers of the claim whom no quote has speak; where none has anybody speak, whom none names, nor its file.

    That the question names somebody says nothing about what they said. An office in common is no name.
    """
    speaking = [w for s in spans for name in _speakers(s.text) for w in words(name)]
    if not speaking:
        speaking = [w for s in spans for text in (s.text, s.passage.source) for w in words(text)]
        speaking += [w for s in spans if _SPOKEN.search(s.text) for w in words(s.around)]
    own = {s: [w for w in words(s) if content(w)] for s in _speakers(claim)}
    own = {s: [w for w in parts if w not in _OFFICES] or parts for s, parts in own.items() if parts}
    return [s for s, parts in own.items() if not any(same_word(a, b) for a in parts for b in speaking)]


def _speakers(text: str) -> list[str]:
    return [m.group(1).strip() for m in (*_SPEAKER_FIRST.finditer(text), *_SPEAKER_LAST.finditer(text))]


def _nearest_clause(stems: frozenset[str], spans: Sequence[_Span]) -> str:
    """The clause of the first quote that shares most words with the claim; the whole quote where it is one clause."""
    clauses = re.split(r"[,;:–—]\s+|(?<=[a-z])[.!?][\"”’]?\s+|\s+(?:but|while|although|whereas)\s+", spans[0].text)
    return max(clauses, key=lambda c: (len(stems & {stem(w) for w in words(c)}), -len(c)))
