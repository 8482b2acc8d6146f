"""Whether a text compares: says that something is more than something else, or the most of all."""

from __future__ import annotations

import re

_ADJECTIVES = (
    "bigg|bright|broad|cheap|clos|cold|dark|deep|dense|fast|fierc|grav|great|hard|harsh|heavi|high|hott|larg|light|long|low"
    "|mild|new|old|poor|quick|rich|safe|sharp|short|slow|small|soft|strict|strong|tall|tough|warm|weak|wid|young"
)
_MORE = re.compile(rf"\b(?:more|less|fewer|better|worse|(?<!no )(?:{_ADJECTIVES})er|[a-z]{{3,}}er (?=than\b))\b", re.I)
_MOST = re.compile(rf"\b(?:most|least|best|worst|(?:{_ADJECTIVES})est)\b", re.I)


def degrees(text: str) -> set[str]:
    """The ways in which `text` compares: "more", "most", both or none."""
    found = {"more": _MORE.search(text), "most": _MOST.search(text)}
    return {degree for degree, match in found.items() if match}
