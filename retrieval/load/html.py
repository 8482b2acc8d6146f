"""HTML: the text a reader sees, headings marked as in Markdown ("## "), one table row a line ("cell | cell").

What is plainly not the document (scripts, menus, forms, hidden parts) is left out; what only may not be it stays, for
`retrieval.clean` to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.html_properties import Display, WhiteSpace
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement as Style
from lxml import html
from lxml.etree import ParserError

from retrieval.dates import dateline, parsed
from retrieval.errors import DocumentError
from retrieval.load.content import Content, one_line, tidied
from retrieval.load.encoding import decode
from retrieval.load.text import headline

_NEVER_TEXT = ("script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "canvas")
_CONTROLS = ("button", "select", "textarea", "input", "datalist", "dialog")
_AROUND_TEXT = "self::nav or self::footer or self::form or self::menu"
_ROLES = "navigation search contentinfo complementary dialog alertdialog menu menubar"
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_LINES = ("section details summary dt dd fieldset form center caption legend hr").split()
_SET_OFF = ("ul ol dl blockquote figcaption").split()
_CONFIG = ParserConfig(
    css=STRICT_CSS_PROFILE
    | {tag: Style(display=Display.block) for tag in _LINES}
    | {tag: Style(display=Display.block, margin_before=1, margin_after=1) for tag in _SET_OFF}
    | {"pre": Style(display=Display.block, margin_before=1, margin_after=1, whitespace=WhiteSpace.pre)}
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml[^>]*\?>")
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_META_DATES = (
    "article:published_time og:published_time datepublished date pubdate publishdate publish-date publication_date "
    "dc.date dc.date.issued dcterms.date dcterms.created dcterms.issued parsely-pub-date sailthru.date citation_date "
    "citation_publication_date"
).split()
_BLOCKS_IN_CELLS = ".//table | .//h1 | .//h2 | .//h3 | .//ul | .//article"
_LAYOUT_CELL_WORDS = 60
_MAX_DATELINE_WORDS = 12
_MAX_DEPTH = 200


def extract(data: bytes) -> Content:
    """Raises DocumentError for binary data."""
    declared = _CHARSET.search(data[:4096])
    tree = _parsed(decode(data, declared[1].decode("ascii") if declared else ""))
    title, day = _title(tree), _date(tree)
    _remove_what_is_no_text(tree)
    _mark_structure(tree)
    text = tidied(Inscriptis(tree, _CONFIG).get_text()).strip("\n")
    return Content(text, title or headline(text), day or dateline(text))


def _parsed(markup: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    markup = _XML.sub("", markup, count=1)
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except ParserError as error:
        raise DocumentError("it holds no text: write something into it or remove it") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):  # the rest is not in the tree
        raise DocumentError("its elements are nested too deeply: save it as plain text and ingest again")
    _flatten_depths(tree)
    return tree


def _flatten_depths(tree: html.HtmlElement) -> None:
    """Elements nested deeper than any page is keep their text alone: inscriptis recurses into each level."""
    level = [tree]
    for _ in range(_MAX_DEPTH):
        level = [child for element in level for child in element]
    for element in level:
        _replace(element, "\n".join(element.itertext()))


def _title(tree: html.HtmlElement) -> str:
    shared = _first(tree, "//meta[@property='og:title']/@content")
    heading, page = _first(tree, "//h1"), _first(tree, "//head/title")
    # <title> mostly adds the site's name to the headline.
    return shared or (heading if heading in page else page) or heading


def _first(tree: html.HtmlElement, path: str) -> str:
    for found in tree.xpath(path):
        text = one_line(found if isinstance(found, str) else _flat(found))
        if text:
            return text
    return ""


def _date(tree: html.HtmlElement) -> date | None:
    return next((day for stated in _stated_dates(tree) if (day := parsed(stated))), None)


def _stated_dates(tree: html.HtmlElement) -> Iterator[str]:
    stated = {
        (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower(): meta.get("content", "")
        for meta in reversed(tree.xpath("//meta[@content]"))
    }
    yield from (stated[name] for name in _META_DATES if name in stated)
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        yield from _JSON_DATE.findall(script)
    yield from tree.xpath("//*[@itemprop='datePublished']/@datetime")
    for time in tree.xpath("(//body//time)[1]"):
        paragraph = next(time.iterancestors("p"), time)
        if len(paragraph.text_content().split()) <= _MAX_DATELINE_WORDS:
            yield time.get("datetime") or time.text_content()


def _remove_what_is_no_text(tree: html.HtmlElement) -> None:
    for button in tree.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4 or self::dt or self::summary]//button"):
        button.tag = "span"  # the heading of a part that folds
    for element in list(tree.iter(*_NEVER_TEXT, *_CONTROLS)):
        _drop(element)
    whole = len(tree.text_content().split())
    for element in _removable(tree):
        # A form or a hidden part that wraps the whole page is how some sites are built.
        if len(element.text_content().split()) * 2 <= whole and not element.xpath(".//main"):
            _drop(element)


def _removable(tree: html.HtmlElement) -> list[html.HtmlElement]:
    around = list(tree.xpath(f"//body//*[({_AROUND_TEXT}) and not(ancestor::blockquote)]"))
    roles = [element for element in tree.xpath("//body//*[@role]") if element.get("role").lower() in _ROLES.split()]
    hidden = [
        element
        for element in tree.xpath("//body//*[@hidden or @style]")
        if element.get("hidden") is not None or _HIDDEN.search(element.get("style", ""))
    ]
    return around + roles + hidden + [aside for aside in tree.iter("aside") if _is_beside(aside)]


def _is_beside(aside: html.HtmlElement) -> bool:
    """A box inside an article may hold facts; one outside, or one of links, does not belong to the document."""
    links = sum(len(link.text_content()) for link in aside.iter("a"))
    inside = any(parent.tag in ("article", "main") for parent in aside.iterancestors())
    return not inside or links * 2 > len(aside.text_content().strip())


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _mark_structure(tree: html.HtmlElement) -> None:
    for raised in list(tree.iter("sup")):
        _replace(raised, _superscript(raised))
    for level in range(1, 7):
        for heading in list(tree.iter(f"h{level}")):
            _replace(heading, f"{'#' * level} {_flat(heading)}" if _flat(heading) else "")
    for table in list(tree.iter("table")):
        if _is_data(table):
            rows = [[_flat(cell) for cell in row.iterchildren("td", "th")] for row in table.iter("tr")]
            captions = [_flat(caption) for caption in table.iter("caption")]
            _replace(table, "\n".join([*captions, "", *(" | ".join(row) for row in rows)]))
            table.tag = "pre"
        for part in list(table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th")):
            part.tag = "div"


def _superscript(raised: html.HtmlElement) -> str:
    """Its text such that it does not run into what it follows: "10^5" for 10⁵, "hours[1]" for a note's number."""
    text, before = _flat(raised), raised.getprevious()
    preceding = (before.tail if before is not None else raised.getparent().text) or ""
    if text.isdecimal() and raised.find(".//a") is not None:
        return f"[{text}]"
    return f"^{text}" if preceding[-1:].isdecimal() and text[:1] in "0123456789-−" else text


def _is_data(table: html.HtmlElement) -> bool:
    """Whether rows and columns mean something: old pages use tables to place paragraphs beside each other."""
    if table.get("role") in ("presentation", "none") or table.xpath(_BLOCKS_IN_CELLS):
        return False
    cells = list(table.iter("td", "th"))
    return len(cells) > 1 and all(
        len(cell.text_content().split()) <= _LAYOUT_CELL_WORDS and len(cell.xpath(".//p")) < 2 for cell in cells
    )


def _replace(element: html.HtmlElement, text: str) -> None:
    """Put plain `text` in place of everything inside `element`."""
    for child in list(element):
        element.remove(child)
    element.text = text


def _flat(element: html.HtmlElement) -> str:
    """The text of `element` on one line; what stands in lines or blocks of its own does not run together."""
    pieces = []
    for node in element.iter():
        pieces += [" " if node.tag in ("br", "p", "div", "li") else "", node.text or ""]
        pieces += ["" if node is element else node.tail or ""]
    return " ".join("".join(pieces).split())
