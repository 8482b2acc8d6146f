"""What the reranker learns from: questions and claims over short documents, with the sentences that answer or support.

`groups.jsonl` has one group a line: one to five documents on one matter, each a title and sentences with the heading
above them; questions, and claims, with every sentence that answers or supports, as "document:sentence". An empty list
says that none does: most of these are near misses. Behind many questions stand, by sentence, the words in it that are
the answer; behind yes-no questions what it says: "yes", "no" or "open". All of it was written for this purpose; no
document, question or claim of `evals/cases`, `evals/other` or a public set is among it, so these stay a measure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.question import understand
from retrieval.context import headed, under

FILE = Path(__file__).with_name("groups.jsonl")
_NEAREST, _OTHERS = 4, 2  # sentences that do not answer: those that share most words with the question, and any
_CONSIDERED = 6  # of the former those among which the hardest are looked for
_ANSWERS = 3  # sentences that answer, of a question in one epoch
_IN_CONTEXT, _WITH_BEFORE = 0.4, 0.12  # share read under title or heading, share read behind the sentence before

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """A title and sentences, each behind its heading ("" for none)."""

    title: str
    sentences: tuple[tuple[str, str], ...]

    def readings(self, n: int) -> list[str]:
        """Sentence `n` as the reranker may read it: by itself, under the title, under the heading."""
        heading, text = self.sentences[n]
        plain = headed(text, heading)
        return [plain, *under(plain, self.title, heading)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question or a claim, and the places of all sentences that answer or support it.

    `words` gives, for some of them, the words that are the answer, as they stand there, or "yes", "no" or "open".
    """

    text: str
    places: frozenset[Place]
    words: tuple[tuple[Place, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Documents on one matter with what is asked of them; `held_out` ones are measured on, never trained on."""

    held_out: bool
    documents: tuple[Document, ...]
    questions: tuple[Asked, ...]
    claims: tuple[Asked, ...]

    @property
    def places(self) -> list[Place]:
        return [(d, n) for d, document in enumerate(self.documents) for n in range(len(document.sentences))]

    def readings(self, place: Place) -> list[str]:
        return self.documents[place[0]].readings(place[1])

    def text(self, place: Place) -> str:
        return self.documents[place[0]].sentences[place[1]][1]


@dataclass(frozen=True, slots=True)
class Pair:
    """A query, a text, and whether the text answers it; `marked` are the words that are the answer, where known."""

    query: str
    text: str
    answers: bool
    marked: tuple[int, int] | None = None


def groups(file: Path = FILE) -> Iterator[Group]:
    """Every group in the order of the file. Raises ValueError where a place is none of the group's sentences."""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        values = json.loads(line)
        documents = tuple(Document(d["title"], tuple(map(tuple, d["sentences"]))) for d in values["documents"])
        group = Group(values["held_out"], documents, _asked(values["questions"]), _asked(values["claims"]))
        known = set(group.places)
        for asked in (*group.questions, *group.claims):
            if not asked.places <= known:
                raise ValueError(f"{file}:{number}: a place of {asked.text!r} is no sentence")
        yield group


def question_pairs(
    every: Sequence[Group], chance: Random, confused: Mapping[tuple[Group, Asked], Sequence[Place]] | None = None
) -> list[Pair]:
    """One epoch: for each question the sentences that answer, those nearest to it that do not, and some others.

    `confused` are those that a network took for answers, where one has been asked; else shared words tell. The group
    belongs to its key: some questions are asked of several.
    """
    made: list[Pair] = []
    for group in every:
        for asked in group.questions:
            answers = chance.sample(sorted(asked.places), min(_ANSWERS, len(asked.places)))
            others = _nearest(group, asked, chance)
            nearest = (confused or {}).get((group, asked), others[:_NEAREST])
            rest = [place for place in others[_NEAREST:] if place not in nearest]
            chosen = [*answers, *nearest, *chance.sample(rest, min(_OTHERS, len(rest)))]
            made += [_pair(group, asked, place, chance) for place in chosen]
            made.append(_stranger(every, asked, chance))
    return made


def near_misses(group: Group, asked: Asked, chance: Random) -> list[Place]:
    """The sentences that do not answer and share most words with the question, among which the hardest may be."""
    return _nearest(group, asked, chance)[:_CONSIDERED]


def claim_pairs(every: Sequence[Group], chance: Random) -> list[Pair]:
    """One epoch: for each claim a sentence that supports it and the nearest that does not, or the two nearest."""
    made: list[Pair] = []
    for group in every:
        for asked in group.claims:
            others = _nearest(group, asked, chance)
            chosen = [chance.choice(sorted(asked.places)), others[0]] if asked.places else others[:2]
            made += [_pair(group, asked, place, chance) for place in chosen]
    return made


def statement_pairs(every: Sequence[Group], chance: Random) -> list[Pair]:
    """One epoch: each yes-no question as a statement and as its denial, with what each sentence says to it."""
    made = []
    for group in every:
        for asked in group.questions:
            statement = understand(asked.text).statement
            if statement is None:
                continue
            for place, said in asked.words:
                readings = group.readings(place)
                for text in dict.fromkeys((readings[0], chance.choice(readings))):
                    made += [Pair(told, text, said == yes) for told, yes in zip(statement, ("yes", "no"), strict=True)]
    return made


def _asked(values: Sequence[tuple[str, Sequence[str], Mapping[str, str]]]) -> tuple[Asked, ...]:
    return tuple(
        Asked(text, frozenset(map(_place, places)), tuple((_place(at), said) for at, said in told.items()))
        for text, places, told in values
    )


def _place(written: str) -> Place:
    document, _, sentence = written.partition(":")
    return int(document), int(sentence)


def _nearest(group: Group, asked: Asked, chance: Random) -> list[Place]:
    """The sentences that do not answer, those first that share most of the query's words."""
    wanted = _stems(asked.text)
    others = [place for place in group.places if place not in asked.places]
    return sorted(others, key=lambda place: -len(wanted & _stems(group.text(place))) - chance.random())


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[a-z0-9]+", text.lower()) if len(word) > 3 or word.isdigit()}


def _pair(group: Group, asked: Asked, place: Place, chance: Random) -> Pair:
    d, n = place
    document = group.documents[d]
    if n and chance.random() < _WITH_BEFORE and document.sentences[n - 1][0] == document.sentences[n][0]:
        text, answers = f"{group.text((d, n - 1))} {group.text(place)}", bool({place, (d, n - 1)} & asked.places)
    else:
        readings = document.readings(n)
        text = chance.choice(readings) if chance.random() < _IN_CONTEXT else readings[0]
        answers = place in asked.places
    return Pair(asked.text, text, answers, _marked(text, group.text(place), dict(asked.words).get(place, "")))


def _marked(text: str, sentence: str, said: str) -> tuple[int, int] | None:
    """Where `said` stands in the sentence that ends `text`."""
    at = text.find(said, len(text) - len(sentence)) if said else -1
    return (at, at + len(said)) if at >= 0 else None


def _stranger(every: Sequence[Group], asked: Asked, chance: Random) -> Pair:
    """A sentence of some other document, as most that a search finds are."""
    document = chance.choice(chance.choice(every).documents)
    return Pair(asked.text, document.readings(chance.randrange(len(document.sentences)))[0], False)
