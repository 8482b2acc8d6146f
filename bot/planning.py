"""What a message looks up: its questions one by one, each as it is searched for, with its pieces and its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import lists, outlets
from bot.answer import Turn
from bot.conversation import standalone
from bot.decompose import Compound
from bot.evidence import distinct
from bot.message import essence, lead, parts, plain
from bot.orders import gives_orders
from bot.premise import corrected, turned
from bot.reading import Part
from bot.refusal import judge
from bot.subquestions import divided
from bot.terms import content
from bot.timewords import Wish, dated, event_question, wished, within
from bot.together import compared

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_SAID = 200  # characters that may lead up to a question
TELLING = 2  # content words from which a question says itself what it is about
COMPARED = 2  # questions of one message up to which each may compare things, which are searched for one by one


@dataclass(frozen=True, slots=True)
class Plan:
    """A question as it is searched for; `compound` are its pieces if it compares, `wish` the time it asks for.

    `led` is the question behind what the message says before it, "" where it says nothing.
    """

    text: str
    compound: Compound | None = None
    wish: Wish | None = None
    led: str = ""

    @property
    def beside(self) -> tuple[str, ...]:
        """What is searched for beside `text`.

        Because of what leads up to it, the question behind that; because of its time, the question without its event
        and the event's; because of its premise, whether it is so.
        """
        led = (self.led,) if self.led else ()
        if self.wish and self.wish.event:
            return (*led, self.wish.bare, event_question(self.wish))
        denied = "" if self.compound else turned(self.text)
        return (*led, denied) if denied else led


def planned(whole: str, model: BaseChatModel | None) -> list[Plan]:
    """The questions of a message, at least one; a later one may refer to the one before."""
    texts: list[str] = []
    said = lead(whole)
    for text in parts(essence(whole)):
        alone = _led_up_to(said, standalone(plain(text), [Turn("user", t) for t in texts], None))
        texts.append(outlets.as_question(lists.as_question(alone)))
    texts = texts or [whole]
    plans = [_plan(text, model if len(texts) == 1 else None, len(texts) <= COMPARED) for text in texts]
    if said and len(plans) == 1 and not plans[0].compound and _may_lead(said) and not plans[0].text.startswith(said):
        return [replace(plans[0], led=f"{said} {plans[0].text}")]
    return plans


def _led_up_to(said: str, text: str) -> str:
    """A question that leans on what its message says before: "My badge is broken. What should I do?"."""
    if not said or not _may_lead(said):
        return text
    alone = standalone(text, [Turn("user", said)], None)
    return f"{said} {text}" if alone == text and len(content(text)) < TELLING else alone


def _may_lead(said: str) -> bool:
    return len(said) <= MAX_SAID and not gives_orders(said)


def _plan(text: str, model: BaseChatModel | None, divides: bool) -> Plan:
    if divides and (compound := divided(text, model)):
        return Plan(text, compound)
    searched, wish = wished(text)
    return Plan(searched, None, wish)


def assembled(plan: Plan, found: Sequence[Part]) -> Part:
    """What was found for a question, for each of its pieces, and for what is beside it, as one part."""
    whole, *rest = (replace(p, judgement=outlets.judged(p.asked, p.evidence, p.judgement)) for p in found)
    if plan.compound:
        return compared(whole, plan.compound, rest)
    if plan.led:
        led, *rest = rest
        judgement = judge(whole.asked, led.evidence, led.passages)
        if judgement.probability > whole.judgement.probability:
            whole = replace(led, asked=whole.asked, judgement=judgement)
    if not plan.wish:
        return _righted(whole, rest)
    return _righted(_timed(plan.wish, whole, rest if plan.wish.event else ()), ())


def _righted(part: Part, beside: Sequence[Part]) -> Part:
    """`part` with what contradicts the premise of its question, which is then its answer."""
    correction = corrected(part.asked, part.evidence, [e for other in beside for e in other.evidence])
    if not correction:
        return part
    return replace(part, correction=correction, judgement=replace(part.judgement, answers=True, reason=""))


def _timed(wish: Wish, whole: Part, beside: Sequence[Part]) -> Part:
    """`whole` with the evidence of the time wished for.

    Where its event can be dated and nothing of that time answers, what was found without naming the event serves, too.
    """
    if not beside:
        return _bounded(wish, whole)
    bare, event = beside
    wish = dated(wish, event.evidence) if event.judgement.answers else wish
    part = _bounded(wish, whole)
    if part.judgement.answers or not wish.day:
        return part
    evidence = distinct(sorted((*whole.evidence, *bare.evidence), key=lambda e: -e.score))
    judgement = max(whole.judgement, bare.judgement, key=lambda judged: judged.probability)
    return _bounded(wish, replace(whole, evidence=tuple(evidence), judgement=judgement))


def _bounded(wish: Wish, part: Part) -> Part:
    evidence, judgement = within(wish, part.evidence, part.judgement)
    return replace(part, evidence=evidence, judgement=judgement, wish=wish)
