"""Publishers' lines are recognised, and reporting about the same things is not taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import ARTICLES, PROSE, kinds, of_kind

from retrieval.boilerplate import is_boilerplate, is_credit
from retrieval.clean import sentences
from retrieval.load import load
from retrieval.model import Kind

NOTICES = """
- Advertisement -
ADVERTISEMENT
[Advertisement] Buy our lamps. They glow.
Sponsored content
See also  What to know about lamps. It is much
Read: Ministers go on
READ MORE: Who is who
Read more
[Read more](http://a.b/c)
Related: Other talks
You may also like
Read original article here
Follow Jane Doe on Twitter at @jane
Follow us on X
For the latest, follow us on Google News
Follow us for more updates
Share: Facebook Mail Copy link
- Advertisement - Weak knees? Try our balm.
(Reporting by Jane Doe in Bern and John Roe; Editing by Ann Poe)
Like it Loading…
Loading...
Share This Article
Share on Facebook
Facebook | Twitter | Print
Leave a Reply
Your email address will not be published. Required fields are marked *
3 comments
Save my name, email, and website in this browser for the next time I comment.
Click here
For all the latest Garden News Click Here
We use cookies to improve your experience.
Accept all cookies
By continuing to use this site you agree to our cookie policy.
Subscribe to our newsletter
Sign up for our daily newsletter.
Get the news delivered to your inbox.
Log in to continue reading
JANE DOE/POOL / AFP via Getty Images
© Jane Doe/Reuters Pool/AP/dpa
(Photo by Jane Doe/Getty Images)
Photo: Jane Doe / AFP
dpa
AFP / Reuters
By Jane Doe
By Jane Doe and John Roe
photo
CHINA-US-DIPLOMACY
source site-3
© 2024 The Firm. All rights reserved.
Copyright 2024 The Firm
Disclaimer: the views in this article are the author's.
This article was originally published by The Post.
All trademarks belong to their rightful owners.
The views expressed in this article are those of the author.
Home / World / Talks
***
---
.
""".strip().split("\n")

REPORTING = """
The site uses cookies, the court said.
He asked followers to click here.
Follow the rules on page 3.
The talks lasted six hours
Read the report carefully.
Advertisement spending rose 5 per cent.
Share prices fell on Monday.
Sign in to the console with your badge.
Register by 5 May.
First published in 1954, the novel sold well.
By Tuesday the talks had ended.
Source: Eurostat
Reporting by the agency showed that the deal was near.
Reuters reported that the ministers met.
Photo: ministers shake hands in Beijing on Sunday
The photo by Jane Doe shows the minister.
Copyright law was changed.
2024-03-14
555-123-4567
Enter your email address and click Next.
Comments by the minister were harsh.
Join us on Friday.
Follow-up talks on Twitter policy were held.
Loading the trucks took six hours.
Print run: 5,000
(c) the tenant pays the rent.
Blinken via Twitter said that talks were good
More from him is expected.
The ministers shake hands in Beijing.
Xi
Related work was done in Bern.
The comments are closed to us.
""".strip().split("\n")


@pytest.mark.parametrize("line", NOTICES)
def test_notices(line: str) -> None:
    """What a publisher puts around an article is recognised, also as a part of a text."""
    assert is_boilerplate(line)
    assert line in " ".join(of_kind("b", f"{PROSE}\n\n{line}\n\n{PROSE[:-1]} again."))


@pytest.mark.parametrize("line", REPORTING)
def test_reporting_stays(line: str) -> None:
    """Reporting about the same things, instructions and captions stay prose."""
    assert not is_boilerplate(line)


def test_disclaimer_is_one_notice() -> None:
    """A paragraph that opens as a disclaimer is one to its end, however long."""
    disclaimer = "Denial of responsibility! " + "We only copy what others wrote about the summit. " * 20
    assert of_kind("b", f"{PROSE}\n\n{disclaimer}") == [disclaimer.strip()]


def test_caption_before_its_credit() -> None:
    """A caption states a fact; only the credit, on its own line or behind it, is marked."""
    text = f"{PROSE}\n\nThe ministers shake hands in Bern. Photo: Jane Doe/Reuters\n\n{PROSE[:-1]} again."
    assert ("p", "The ministers shake hands in Bern.") in kinds(text)
    assert ("b", "Photo: Jane Doe/Reuters") in kinds(text)
    assert is_credit("Photo: Jane Doe/Reuters")


def test_names_and_dates_below_the_title() -> None:
    """Author, outlet and date between title and text are marked; a section's name is not."""
    text = f"Talks go on\n\nJane Doe\n\nGlobal Post\n\n14 March 2024\n\n{PROSE}"
    assert of_kind("b", text) == ["Jane Doe", "Global Post", "14 March 2024"]
    assert of_kind("b", f"Talks go on\n\nBy Jane Doe, our woman in Bern\n\n{PROSE}") == [
        "By Jane Doe, our woman in Bern"
    ]
    assert of_kind("b", f"Talks go on\n\nExecutive Summary\n\n{PROSE}") == []


def test_tags_between_notices_at_the_end() -> None:
    """Short lines between the last notices (the title again, tags) belong to them; elsewhere they are told."""
    text = f"Talks go on\n\n{PROSE}\n\nLoading…\n\nTalks go on\n\nRegion News, Big Things\n\nShare This Article"
    assert of_kind("b", text) == ["Loading…", "Talks go on", "Region News, Big Things", "Share This Article"]
    assert of_kind("p", f"Talks go on\n\n{PROSE}\n\nRead more\n\nNobody signed") == [PROSE, "Nobody signed"]


def test_any_length_is_judged_quickly() -> None:
    """No line makes the patterns backtrack without end."""
    for unit in ("A", "A ", "A/", "share ", "like ", "photo: A/", "by A ", "A-", "[(", "for , ", "click "):
        is_boilerplate(unit * (390 // len(unit)))


# How each marked line begins.
MARKED = {
    "000": [],
    "001": ["Omar", "Global", *["- Advert"] * 3, "Read:", "Read:", "Follow", "Like it", "China and", "Asia R", "Share"],
    "002": ["CHINA-US-", "LEAH ", "For all ", "For the latest ", "Read original ", "Denial of "],
    "003": ["photo", "© ", "dpa", "source site"],
    "004": ["See also", "See also", "Leave a ", "Your email "],
}


@pytest.mark.skipif(not ARTICLES, reason="needs the shared articles")
@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name[:3])
def test_boilerplate_of_real_articles(path: Path) -> None:
    """In five scraped articles exactly the publishers' lines are marked, each known by its beginning."""
    document = load(path, path.name)
    marked = [document.text[s.start : s.end] for s in sentences(document) if s.kind is Kind.BOILERPLATE]
    expected = MARKED[path.name[:3]]
    assert len(marked) == len(expected)
    assert all(line.startswith(beginning) for line, beginning in zip(marked, expected, strict=True))
