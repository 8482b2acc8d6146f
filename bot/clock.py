"""Times of day in running text, as quantities: found and compared on a twelve-hour dial.

"2.20 p.m.", "half past six", "six o'clock" and "noon" are times; which half of the day is meant is often not said, so
two times are the same if the hands stand alike.
"""

from __future__ import annotations

import re
from string import digits

from bot.quantities import Quantity

UNIT = "o'clock"
_DIAL = 12 * 60  # minutes
_HOURS = "one two three four five six seven eight nine ten eleven twelve".split()
_MINUTES = {"five": 5, "ten": 10, "quarter": 15, "twenty": 20, "twenty-five": 25, "half": 30}
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_UNEVEN = {word: n for n, word in enumerate([*_HOURS, *_TEENS], 1)}  # told with "minutes"
_NAMED = {
    "noon": 0,
    "midday": 0,
    "midnight": 0,
    "dawn": 360,
    "daybreak": 360,
    "sunrise": 360,
    "sunset": 1080,
    "dusk": 1080,
}
_HOUR = rf"(?:{'|'.join(_HOURS)}|[01]?\d|2[0-4])"
_TIME = re.compile(
    r"\b(?P<h1>[01]?\d|2[0-4])(?:[.:](?P<m1>[0-5]\d))?\s*[ap]\.?\s?m\b\.?"
    r"|(?<![\d.:])(?P<h2>[01]?\d|2[0-4]):(?P<m2>[0-5]\d)\b(?![:.]\d)"
    r"|\bat (?P<h3>[01]?\d|2[0-4])\.(?P<m3>[0-5]\d)\b(?!\s*[ap]\.?m)"
    r"|^(?P<h6>[01]\d|2[0-3])\.(?P<m6>[0-5]\d)(?= +(?-i:[A-Z“\"]))"  # an entry of a running report: "09.30 Breaking:"
    rf"|\b(?P<h4>{_HOUR}) o['’]clock\b"
    r"|\bat (?P<h8>[01]?\d|2[0-4]) hours(?: and)? (?P<m8>[0-5]?\d) minutes\b"  # as it is left in translations
    rf"|\b(?P<part>{'|'.join(_MINUTES)})(?: minutes)? (?P<side>past|to) (?P<h5>{_HOUR})\b"
    r"(?! (?:hours?|days?|minutes?|weeks?|months?|years?|people|percent|per cent|million))"
    rf"|\b(?P<uneven>{'|'.join(_UNEVEN)}|\d\d?) minutes (?P<side6>past|to) (?P<h7>{_HOUR})\b"
    rf"|\b(?P<named>{'|'.join(_NAMED)})\b",
    re.I | re.M,
)


def times(text: str) -> list[Quantity]:
    """Every time of day in `text`, in order; `value` is in minutes on the dial, 0 to 719."""
    return [_time(m) for m in _TIME.finditer(text)]


def _time(m: re.Match[str]) -> Quantity:
    told = {name.rstrip(digits): value.lower() for name, value in m.groupdict().items() if value}
    if named := told.get("named"):
        minutes = _NAMED[named]
    else:
        hour = told["h"]
        minutes = 60 * (_HOURS.index(hour) + 1 if hour in _HOURS else int(hour)) + int(told.get("m", "0"))
        part = told.get("part") or told.get("uneven", "0")
        shift = int(part) if part.isdigit() else (_UNEVEN | _MINUTES)[part]
        minutes += -shift if told.get("side") == "to" else shift
    value = float(minutes % _DIAL)
    return Quantity(m.start(), m.end(), value, value, value, value, UNIT, "")
