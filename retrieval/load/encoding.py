"""Bytes → text: byte order marks, UTF-8, then a guess among the encodings in real use; binary data is refused."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from retrieval.errors import DocumentError
from retrieval.load.content import tidied

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Left to itself the detector also proposes DOS and Macintosh code pages and, for short texts, UTF-16.
_CANDIDATES = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 iso8859_2 koi8_r koi8_u "
    "cp932 euc_jp gb18030 big5 cp949"
).split()
_SAMPLE = 200_000
_FOREIGN = re.compile(r"[^\x00-\x7fÀ-ÖØ-öø-ÿŒœŠšŽžŸ‘’“”„‚‹›«»–—…•€£¢¥§©®™°º²½¿¡·\xa0\xad]")
# The code pages of these languages put their letters where the Western one has letters too.
_CENTRAL = frozenset({"Czech", "Hungarian", "Polish", "Turkish"})
_CONTROLS = bytes({*range(9), *range(14, 27), *range(28, 32)})


def decode(data: bytes, declared: str = "") -> str:
    """The tidied text of `data` without its byte order mark; `declared` is the encoding the document itself names.

    Raises DocumentError when `data` is not text.
    """
    for attempt in (_marked(data), _wide(data)):
        if attempt is not None:
            return tidied(attempt)
    text = _utf8(data)
    _refuse_binary(data, limit=0.05 if text is None else 0.3)
    return tidied(text if text is not None else _declared(data, declared) or _guessed(data))


def _marked(data: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every other byte is zero."""
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if len(data) % 2 or len(data) < 8 or max(even, odd) < len(sample) * 0.2 or min(even, odd) > len(sample) * 0.02:
        return None
    try:
        return data.decode("utf-16-be" if even > odd else "utf-16-le")
    except UnicodeDecodeError:
        return None


def _utf8(data: bytes) -> str | None:
    """UTF-8, also where a few bytes of a long text are damaged."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    beyond_ascii = len(re.findall(r"[^\x00-\x7f]", text))
    return text if beyond_ascii > 5 * damaged else None


def _refuse_binary(data: bytes, limit: float) -> None:
    if len(data) - len(data.translate(None, _CONTROLS)) > limit * len(data):
        raise DocumentError("it is not text: save it in a format that citebot reads or remove it")


def _declared(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding) if encoding else None
    except (LookupError, UnicodeDecodeError):
        return None


def _guessed(data: bytes) -> str:
    sample = data[:_SAMPLE]
    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    western = sample.decode("cp1252", "replace")
    if not _FOREIGN.search(western) and (best is None or best.language not in _CENTRAL):
        return data.decode("cp1252", "replace")
    if best is None:
        raise DocumentError("it is not text in any encoding that is known: save it as UTF-8 and ingest again")
    return data.decode(best.encoding, "replace")
