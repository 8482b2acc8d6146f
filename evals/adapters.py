"""Public test sets as tasks over documents of their own. Each is known by what its records hold, not by its name.

SQuAD 2.0, RAMDocs and PoisonedRAG come with the passages of each question: these are the documents its answer may
read, while the ranking metrics search those of the whole set. In MTRAG an unanswerable question has none, so that it
has to be asked of all. SciFact has queries and relevant abstracts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.answer import Turn
from evals.cases import Case, CaseKind, Pattern, Sources, pattern
from evals.sets import EvalSet, Task
from retrieval.errors import UsageError

# No letter and no digit: ASCII, Latin-1, general and CJK punctuation. RE2 takes ten times as long for all of Unicode.
BETWEEN = r"[\x00-/:-@\[-`{-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\x{2000}-\x{206f}\x{3000}-\x{303f}]"

FUNCTION_WORDS = frozenset(
    "who what when where which why how many much is are was were do does did has have had the a an of in on to by for"
    " from at with that this it its be been you your i we they he she his her there and or as".split()
)

Record = Mapping[str, Any]
Texts = dict[str, str]  # a document's name -> its text


def public_set(path: Path) -> EvalSet | None:
    """The set in a file of one of the five public formats; None where it is none of them.

    Raises UsageError where a record lacks what the first one has.
    """
    records = _records(path)
    read = next((read for keys, read in FORMATS if records and keys <= records[0].keys()), None)
    if read is None:
        return None
    try:
        return read(path, records)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise UsageError(f"{path}: a record is not like the first one ({error}): get the file again.") from error


def wording(text: str) -> Pattern:
    """Finds a text whatever its case, spacing, punctuation and leading article; shown as the text that it is."""
    words = re.findall(r"\w+", re.sub(r"^(?:the|an?)\s+(?=\w)", "", text.strip(), flags=re.IGNORECASE))
    if not words:
        return pattern(re.escape(text))
    expression = f"(?:^|{BETWEEN}){f'{BETWEEN}*'.join(map(re.escape, words))}(?:$|{BETWEEN})"
    return Pattern(text, pattern(expression).compiled)


def _records(path: Path) -> list[Record]:
    """Of a JSONL file, or the values of one JSON object; none where it is neither."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): give a folder or a file of questions.") from error
    except UnicodeDecodeError:
        return []
    found = _parsed(text.splitlines()) or _parsed([text])
    if len(found) == 1 and _all_objects(list(found[0].values())):
        found = list(found[0].values())
    return found


def _parsed(texts: Iterable[str]) -> list[Record]:
    """Each text as a JSON object; none where one of them is anything else."""
    try:
        found = [json.loads(text) for text in texts if text.strip()]
    except ValueError:
        return []
    return found if _all_objects(found) else []


def _all_objects(values: list[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


def _squad(path: Path, records: list[Record]) -> EvalSet:
    """SQuAD 2.0: a question on a paragraph, which holds the answer or only seems to."""
    texts: Texts = {}
    tasks = []
    for record in records:
        name = _place(texts, record["context"])
        refuse = bool(record["unanswerable"])
        case = Case(
            id=str(record["id"]),
            question=record["question"],
            kind=CaseKind.NEAR_MISS if refuse else CaseKind.FACT,
            must_refuse=refuse,
            accepted=() if refuse else (_alternatives(record["answers"]),),
            sources=Sources() if refuse else Sources(must=(name,)),
        )
        tasks.append(Task(case, within=(name,)))
    return EvalSet(path.stem, tuple(tasks), texts)


def _ramdocs(path: Path, records: list[Record]) -> EvalSet:
    """RAMDocs: ambiguous questions over documents that are correct, planted with wrong answers, or noise."""
    texts: Texts = {}
    tasks = []
    for number, record in enumerate(records, 1):
        documents = [(_place(texts, document["text"]), document["type"]) for document in record["documents"]]
        gold, wrong = record["gold_answers"], record["wrong_answers"]
        case = Case(
            id=f"q{number:04}",
            question=record["question"],
            kind=CaseKind.LIST if len(gold) > 1 else CaseKind.FACT,
            tags=("planted",) if wrong else (),
            accepted=tuple(_alternatives([answer]) for answer in dict.fromkeys(gold)),
        )
        within = _once(name for name, _ in documents)
        telling = _once(name for name, kind in documents if kind == "correct")
        tasks.append(Task(case, within, tuple(wording(answer) for answer in dict.fromkeys(wrong)), telling))
    return EvalSet(path.stem, tuple(tasks), texts)


def _mtrag(path: Path, records: list[Record]) -> EvalSet:
    """MTRAG: the last turn of a conversation with the passages that answer it, if any do, asked of all passages."""
    texts: Texts = {}
    tasks = []
    for record in records:
        names = _once(_place(texts, context["text"]) for context in record["contexts"])
        *history, last = (Turn(_ROLES[turn["speaker"]], turn["text"]) for turn in record["input"])
        verdict = str(record["answerability"][0])
        refuse = verdict == "UNANSWERABLE"
        case = Case(
            id=str(record["task_id"]),
            question=last.content,
            kind=CaseKind.NEAR_MISS if refuse else CaseKind.FOLLOW_UP if history else CaseKind.OTHER,
            tags=(verdict.lower(), str(record["Collection"])),
            history=tuple(history),
            must_refuse=refuse,
            may_refuse=verdict in ("PARTIAL", "UNDERSPECIFIED"),
            sources=Sources() if refuse else Sources(may=names),
        )
        tasks.append(Task(case))
    return EvalSet(path.stem, tuple(tasks), texts)


def _poisoned(path: Path, records: list[Record]) -> EvalSet:
    """PoisonedRAG: five texts that plant a wrong answer. The set holds no honest one, so one is added, as a line of a
    fact sheet: the question's content words and the right answer."""
    texts: Texts = {}
    tasks = []
    for record in records:
        question, right = str(record["question"]).strip(), str(record["correct answer"])
        planted = _once(_place(texts, text) for text in record["adv_texts"])
        subject = " ".join(word for word in re.findall(r"[\w'’-]+", question) if word.lower() not in FUNCTION_WORDS)
        honest = _place(texts, f"Fact sheet\n\n{subject}: {right}.\n")
        case = Case(
            id=str(record["id"]),
            question=question,
            kind=CaseKind.INJECTION_DOCUMENT,
            accepted=(_alternatives([right]),),
        )
        tasks.append(Task(case, (*planted, honest), (wording(str(record["incorrect answer"])),), (honest,)))
    return EvalSet(path.stem, tuple(tasks), texts)


def _scifact(path: Path, records: list[Record]) -> EvalSet:
    """SciFact in BEIR's form: claims and the abstracts that bear on them, the corpus in a file beside this one."""
    corpus = path.with_name("scifact_corpus.jsonl")
    texts = {f"{entry['_id']}.txt": f"{entry['title']}\n\n{entry['text']}\n" for entry in _records(corpus)}
    tasks = [
        Task(Case(str(r["id"]), r["query"], sources=Sources(may=tuple(f"{name}.txt" for name in r["relevant"]))))
        for r in records
    ]
    return EvalSet(path.stem, tuple(tasks), texts, answers=False)


Reads = Callable[[Path, list[Record]], EvalSet]
FORMATS: tuple[tuple[set[str], Reads], ...] = (
    ({"context", "answers", "unanswerable"}, _squad),
    ({"documents", "gold_answers", "wrong_answers"}, _ramdocs),
    ({"contexts", "input", "answerability"}, _mtrag),
    ({"adv_texts", "correct answer", "incorrect answer"}, _poisoned),
    ({"query", "relevant"}, _scifact),
)
_ROLES: Mapping[str, Any] = {"user": "user", "agent": "assistant"}


def _place(texts: Texts, text: str) -> str:
    """Files a text under a name made from it, so that one that several questions share is one document."""
    name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
    texts[name] = text
    return name


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _alternatives(answers: Iterable[str]) -> tuple[Pattern, ...]:
    """Without those that are punctuation only, a slip of an annotator, which any text would show."""
    told = [answer for answer in dict.fromkeys(answers) if re.search(r"\w", answer)]
    return tuple(wording(answer) for answer in told or answers)
