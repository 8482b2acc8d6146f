"""Whether a text and its translation give the same numbers, dates, names and denial. Works without a model.

Of other languages it knows how they write numbers, the names of days and months, and the common words of denial. What
it cannot check counts as not the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from bot.dates import dates
from bot.quantities import quantities
from bot.terms import Name, names, words

# Beginnings of the words, Monday and January first: German, French, Spanish, Italian, Portuguese, Dutch, Russian.
_WEEKDAYS = (
    "montag lundi lunes lunedì segunda-feira maandag понедельник",
    "dienstag mardi martes martedì terça-feira dinsdag вторник",
    "mittwoch mercredi miércoles mercoledì quarta-feira woensdag сред",
    "donnerstag jeudi jueves giovedì quinta-feira donderdag четверг",
    "freitag vendredi viernes venerdì sexta-feira vrijdag пятниц",
    "samstag sonnabend samedi sábado sabato zaterdag суббот",
    "sonntag dimanche domingo domenica zondag воскресен",
)
_MONTHS = (
    "januar janvier enero gennaio janeiro январ",
    "februar février febrero febbraio fevereiro феврал",
    "märz mars marzo março maart март",
    "april avril abril aprile апрел",
    "mai mayo maggio maio mei мая май мае",
    "juni juin junio giugno junho июн",
    "juli juillet julio luglio julho июл",
    "august août agosto augustus август",
    "september septembre septiembre settembre setembro сентябр",
    "oktober octobre octubre ottobre outubro октябр",
    "november novembre noviembre novembro ноябр",
    "dezember décembre diciembre dicembre dezembro december декабр",
)
_SCALES = {
    "thousand": r"thousand|tausend|mille|mil|mila|duizend|тысяч\w*|тыс",
    "million": r"million(?:en|s)?|mill(?:ón|ones|ion[ei]|oni)|milione|milh(?:ão|ões)|miljoen|миллион\w*|млн",
    "billion": r"billion|milliarden?|milliards?|mil millones|miliard[oi]|bilh(?:ão|ões)|miljard|миллиард\w*|млрд",
}
_COUNTED = tuple((name, re.compile(rf"\b(?:{pattern})\b", re.I)) for name, pattern in reversed(_SCALES.items()))
_DENIES = re.compile(r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot)\b|n['’]t\b", re.I)
_DENIES_ELSEWHERE = re.compile(
    r"\b(?:nicht|kein\w*|nie|niemals|niemand|nichts|weder|ohne|ne|n['’]\w+|pas|jamais|aucune?|rien|sans|no|nunca"
    r"|nadie|nada|ningun\w*|sin|non|nessun\w*|niente|senza|não|nenhum\w*|ninguém|sem|niet|geen|nooit|zonder|не|нет"
    r"|ни|никто|никогда|ничего|никак\w*|без)\b",
    re.I,
)
_DIGITS = re.compile(r"\d+(?:[.,:\u00a0\u202f' ]\d+)*")
_FOREIGN = re.compile(r"https?:|www\.|[<>\[\]|@]")
_LONGEST, _SHORTEST, _SLACK = 3.0, 0.25, 40  # a translation's length, in shares of the text's, and characters beside it


def same_content(text: str, translation: str, known: Collection[str] = ()) -> bool:
    """Whether `translation` gives the numbers, dates, names and denial of the English `text`, as far as can be told.

    `known` are lower-case words of the names that may be spoken of: the text must not have turned into another of them.
    """
    kept = [name for name in names(text) if not name.initial or " " in name.text or name.text.lower() in known]
    return (
        _SHORTEST * len(text) <= len(translation) <= _LONGEST * len(text) + _SLACK
        and not _FOREIGN.search(translation)
        and _numbers(text) == _numbers(translation)
        and _calendar(text) == _foreign_calendar(translation)
        and all(_keeps(name, translation) for name in kept)
        and set(words(translation)).isdisjoint(set(known) - set(words(text)))
        and bool(_DENIES.search(text)) == bool(_DENIES_ELSEWHERE.search(translation))
    )


def same_figures(question: str, translation: str) -> bool:
    """Whether both hold the same digits."""
    return Counter(_figures(question)) == Counter(_figures(translation))


def _numbers(text: str) -> Counter[str]:
    """The figures of a text, English number words as digits, and its words for thousands and millions."""
    spelled = [q for q in quantities(text) if not re.search(r"\d", text[q.start : q.end])]
    found = Counter(f"{q.number:g}" for q in spelled if 1 < q.number < 1000)
    found.update(_figures(text))
    for name, pattern in _COUNTED:
        found.update([name] * len(pattern.findall(text)))
        text = pattern.sub(" ", text)
    return found


def _figures(text: str) -> list[str]:
    return [_plain(m.group()) for m in _DIGITS.finditer(text)]


def _plain(figure: str) -> str:
    """A figure with a decimal point and nothing between thousands, however a language writes it."""
    figure = re.sub(r"[\u00a0\u202f' ](?=\d)", "", figure)
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", figure):
        return re.sub(r"[.,]", "", figure)
    return re.sub(r"[,:]", ".", figure)


def _calendar(text: str) -> Counter[str]:
    """The months and weekdays that an English text names."""
    found = Counter[str]()
    for d in dates(text):
        found.update([f"m{d.month}"] if d.month and re.search(r"[A-Za-z]{3}", text[d.start : d.end]) else [])
        found.update([f"d{d.weekday}"] if d.weekday is not None else [])
    return found


def _foreign_calendar(text: str) -> Counter[str]:
    """The months and weekdays that a text in one of the languages known here names."""
    found = Counter[str]()
    for word in re.findall(r"[^\W\d_]+(?:-feira)?", text.lower()):
        for kind, table in (("d", _WEEKDAYS), ("m", _MONTHS)):
            place = next((n for n, forms in enumerate(table) if _is_form(word, forms)), None)
            if place is not None:
                found[f"{kind}{place + (kind == 'm')}"] += 1
    return found


def _is_form(word: str, forms: str) -> bool:
    """Whether a word is one of `forms` with at most an ending: "montags", "октября"."""
    return any(
        word == form or (len(form) > 3 and word.startswith(form) and len(word) <= len(form) + 3)
        for form in forms.split()
    )


def _keeps(name: Name, translation: str) -> bool:
    """Whether each word of the name stands in the translation, or an adjective made of it: "Russian", "russische"."""
    there = words(translation)
    return all(any(w == t or (len(w) > 3 and t.startswith(w[:4])) for t in there) for w in words(name.text))
