"""Wording that publishers put around an article: recognised line by line, and never at the price of reporting.

A pattern must fit the whole line or sentence that it judges, so that a report *about* cookies or comments stays.
"""

from __future__ import annotations

import re

_MAX_CHARACTERS = 400

_NETWORK = (
    r"(?:facebook|twitter|x|instagram|linkedin|whatsapp|telegram|reddit|pinterest|tumblr|youtube|tiktok|threads|"
    r"bluesky|mastodon|flipboard|messenger|google news|apple news|(?:e-?)?mail|print|copy link|rss)"
)
_PAGE = r"(?:article|story|report|post|page|content|text|item)"

# Labels, buttons and links: a sentence with a full stop is none of these. In lower case, as the line is made.
_LABELS = (
    # Advertisements
    r"advertisements?|advertorial|sponsored(?: content| post)?|ads?|promoted",
    r"(?:article|story|post) continues (?:after|below)\b.{0,40}|scroll (?:down )?to continue\b.{0,40}",
    r"skip (?:this )?advert(?:isement)?",
    r"listen to (?:this|the) \w+(?: \([^)]{1,12}\))?",
    # Links to other pages
    r"(?:also read|read also|read more|read next|must read|related(?: articles?| stories| news| posts| links)?|"
    r"recommended(?: for you)?|you (?:may|might) (?:also )?(?:like|be interested in)|don['’]t miss|up next|"
    r"trending(?: now)?|most (?:read|popular)|watch|listen|in pictures)(?:\s*[:|»›>→].*)?",
    r"more from .{1,40}|read\s*:.*",
    rf"(?:read|view|see) (?:the |our )?(?:original|full|complete|whole) {_PAGE}(?: (?:here|on|at)\b.*)?",
    r"(?:for|to) .{1,90}\b(?:click|tap) here|(?:continue|keep) reading(?:\s*[:>»…→].*)?",
    r"(?:previous|next|older|newer) (?:article|post|story)(?:\s*:.*)?|back to top|skip to (?:main )?content",
    r"home(?:\s*[/›»>|]\s*[^/›»>|]{1,40}){1,5}",
    r"source (?:site|link|url)\W*\w{0,4}|source\s*:\s*https?://\S+|originally published (?:at|on|in|by) .{1,60}",
    # Following, sharing, liking
    rf"share (?:this(?: {_PAGE})?|the {_PAGE}|it)(?: (?:on|via|with)\b.{{0,40}})?(?:\s*:.*)?",
    rf"(?:share|tweet|pin|like|{_NETWORK})(?:\W+(?:share|tweet|pin|like|on|via|this|{_NETWORK}))*",
    r"(?:like (?:it|this)\W*)?(?:like\W*)?loading|like this",
    r"\d+ (?:shares|likes|views|comments?)|comments? \(\d+\)|send to a friend",
    # Comments
    r"(?:leave|post|add|write) (?:a |your )?(?:reply|comment|response)(?: to .{0,40})?(?:\s*cancel reply)?",
    r"cancel reply|(?:join|start) the (?:conversation|discussion)",
    r"no comments(?: yet)?|comments? (?:are )?(?:closed|off)",
    r"(?:show|view|load)(?: all| more)? comments|(?:name|email|website|comment)\s?\*",
    # Subscriptions and cookies
    r"subscribe(?: now| today| here)?|sign up(?: now| today)?|sign in|log in|register|newsletters?",
    r"enter your e-?mail(?: address)?(?: here)?|already (?:a|an) (?:subscriber|member)\b.{0,40}",
    r"(?:accept|reject|manage|allow)(?: all)? cookies|cookie (?:settings|preferences|policy|notice)",
    r"privacy policy|terms (?:of|and) (?:use|service|conditions)",
    r"(?:file )?(?:photo|image|picture|video|graphic)s?(?: credits?| source)?",
)  # fmt: skip

# These may be sentences too.
_NOTICES = (
    r"(?:advertisement|advertising|advert|advertorial|sponsored|promoted)\s?(?:[\]:|–—]|- ).*",
    r"see also\b.*",
    r"(?:click|tap) here\b.{0,80}",
    rf"follow .{{1,60}} on {_NETWORK}\b.{{0,60}}",
    rf"(?:for .{{1,60}},\s*)?(?:follow|like|join|find) us on {_NETWORK}\b.{{0,60}}",
    r"(?:for .{1,60},\s*)?follow us(?: @\S+| for .{1,40})?",
    r"your e-?mail address will not be published.*|required fields are marked\W*",
    r"save my name,? e-?mail.{0,80}|notify me of (?:new|follow-?up) .{0,60}",
    r"this site uses akismet\b.*|learn how your comment data is processed",
    r"(?:please )?(?:subscribe|sign up|register)\b.{0,60}"
    r"\b(?:newsletters?|e-?mails?|alerts|mailing list|inbox|channel)\b.{0,60}",
    r"(?:please )?(?:subscribe|sign up|sign in|log in|register) (?:now |here )?"
    r"to (?:continue reading|read|comment|post)\b.{0,60}",
    r"subscribe (?:now |today )?(?:for|from) .{1,60}",
    r"(?:support|help keep|buy) .{1,60}\b(?:donation|donate|coffee|patreon)\b.{0,60}",
    r"(?:get|receive) .{1,80}\b(?:in|to|into) your inbox\b.{0,40}",
    r"(?:we|this (?:web)?site|our (?:web)?site|this page)(?: and our partners)? uses? cookies\b.*",
    r"by (?:continuing|using|browsing|clicking|closing)\b.{0,120}"
    r"\b(?:cookies|cookie policy|privacy policy|terms of (?:use|service))\b.{0,60}",
    r"all trademarks belong to\b.*",
    r".{0,120}\ball rights reserved\b.{0,60}",
    r"(?:copyright )?(?:©|\(c\)(?= ?\d{4})|copyright (?=\d{4})) ?\S+(?: \S+){0,8}",
    rf"this {_PAGE} (?:may|must) not be (?:published|reproduced|copied|republished|redistributed)\b.*",
    r"(?:the )?(?:views|opinions)(?: and (?:views|opinions))? expressed "
    r"(?:in this|here|are those|by the author)\b.{0,200}",
    rf"(?:this|the) {_PAGE} (?:was |has been )?(?:originally|first) (?:published|appeared|posted)\b.{{0,100}}",
    r"(?:columns?|articles?|comments?|posts?|blogs?|letters?) .{0,40}\b(?:opinions?|views?)\b.{0,80}"
    r"\bnot (?:necessarily )?(?:of|those)\b.{0,60}",
    rf"this {_PAGE} has not been edited\b.*|if you are the (?:owner|author) of (?:the|this) {_PAGE}\b.*",
)  # fmt: skip

_NAME = r"[A-Z][\w.'’-]*"
_NAMES = rf"{_NAME}(?:[ ,/]+{_NAME}){{0,7}}"
_AGENCY = (
    r"(?:AFP|AP|dpa|EPA(?:-EFE)?|EFE|Reuters|REUTERS|Getty(?: Images)?|Xinhua|TASS|ANSA|PTI|ANI|IANS|Bloomberg|AAP|"
    r"Kyodo(?: News)?|Anadolu(?: Agency)?|UPI|Shutterstock|iStock|Alamy|Unsplash)"
)
_PERSON = rf"{_NAME}(?: {_NAME}){{1,3}}"

# Who took the picture. Names are told by their capitals.
_CREDITS = (
    r"©\s*\S+(?:\s\S+){0,7}",
    r"\(?(?i:photo|image|picture|graphic)(?i:graph|s)?(?i: credit)?\s*(?:[:/©-]|(?i:by|courtesy(?: of)?)\b)\s*"
    rf"{_NAMES}(?: via {_NAMES})?\)?",
    rf"(?:{_NAMES}[ /]+)?via (?:{_AGENCY}|Flickr|Wikimedia Commons)\)?",
    rf"[\[(]?{_NAMES} ?/ ?{_AGENCY}(?: ?/ ?\w+){{0,3}}[\])]?",
)  # fmt: skip
_REPORTER = rf"{_PERSON}(?: in {_NAME}(?: {_NAME})?)?"
_PERSONS = rf"{_REPORTER}(?:(?:, | and | & ){_REPORTER}){{0,4}}"
_DESK = r"(?i:(?:additional )?(?:reporting|writing|editing|compiled) by)"
_BYLINES = (
    rf"\(?{_DESK} {_PERSONS}(?:[;,.] {_DESK} {_PERSONS}){{0,3}}\)?",
    rf"(?i:by) {_PERSON}(?:,? (?:and|&) {_PERSON})?(?: (?:in|for|at) {_NAME}(?: {_NAME})?)?",
    rf"(?i:by |source: )?{_AGENCY}(?: ?[/|,] ?{_AGENCY}){{0,4}}",
    r"[A-Z]{2,}(?:[-/][A-Z]{2,}){2,5}",  # an agency's keyword: CHINA-US-DIPLOMACY
)

# A paragraph that opens like this is one notice to its end.
_DISCLAIMER = re.compile(
    r"denial of responsibility\b|"
    r"disclaimer\s*[:!].{0,200}\b(?:website|article|content|author|publisher|views|aggregat\w+)\b",
    re.IGNORECASE,
)
_LABEL = re.compile("|".join(_LABELS))
_NOTICE = re.compile("|".join(_NOTICES))
_CREDIT = re.compile("|".join(_CREDITS))
_BYLINE = re.compile("|".join(_BYLINES))

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*\)")
_BAR = re.compile(r"\s*[|•·]\s*")
_DECORATION = " \t\n\xa0-–—*_|•·<>#:…»›→[]"


def is_boilerplate(line: str) -> bool:
    """Whether a line, sentence or paragraph belongs to the publisher's page rather than to the document."""
    if _DISCLAIMER.match(line):
        return True
    if len(line) > _MAX_CHARACTERS:
        return False
    words = " ".join(_LINK.sub(r"\1", line).replace("...", "…").strip(_DECORATION).split())
    if not any(map(str.isalnum, words)):
        return True
    lower = words.lower()
    label = not words.endswith(".") and all(_LABEL.fullmatch(part) for part in _BAR.split(lower))
    return bool(label or _NOTICE.fullmatch(lower.rstrip(".!*")) or is_credit(words) or _BYLINE.fullmatch(words))


def is_credit(line: str) -> bool:
    """Whether a line only names who took a picture."""
    return len(line) <= _MAX_CHARACTERS and bool(_CREDIT.fullmatch(line.strip(_DECORATION + ".")))
