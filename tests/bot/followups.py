"""Conversations for the rewriting of follow-ups, as tables.

`HELD_BACK` was written before the code and is only counted; `CASES` was there while the code was written. Half of
each are complete questions, which must come out exactly as they went in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """`history` alternates user and assistant. `needs` is None where the question must stay as it is; otherwise the
    words (or word pairs) that the rewritten question must contain, and `lacks` those that it must not."""

    history: tuple[str, ...]
    question: str
    needs: tuple[str, ...] | None = None
    lacks: tuple[str, ...] = ()


HELD_BACK = (
    Case(
        ("Who founded Harlow Ceramics?", "Harlow Ceramics was founded by Petra Lindqvist in 1987 [1]."),
        "When was she born?",
        ("Petra Lindqvist", "born"),
        ("she", "Harlow"),
    ),
    Case(
        ("How many people attended the Tuesday session?", "Forty people attended the Tuesday session [1]."),
        "And on Wednesday?",
        ("people", "attended", "session", "Wednesday"),
        ("Tuesday", "Forty"),
    ),
    Case(
        (
            "Why was the ferry service suspended?",
            "The ferry service was suspended because of a cracked propeller shaft [1].",
        ),
        "When will it resume?",
        ("ferry service", "resume"),
        ("it", "propeller"),
    ),
    Case(
        ("What does the warranty cover?", "The warranty covers the motor and the blades [1]."),
        "For how long?",
        ("warranty", "how long"),
    ),
    Case(
        ("What is the boiling point of ethanol?", "Ethanol boils at 78.4 °C [1]."),
        "What about methanol?",
        ("boiling point", "methanol"),
        ("ethanol",),
    ),
    Case(("Did the mayor resign?", "Yes, the mayor resigned on Friday [1]."), "Why?", ("why", "mayor", "resign")),
    Case(
        ("Which rooms have projectors?", "The rooms Aurora and Borealis have projectors [1]."),
        "How many of them are on the second floor?",
        ("rooms", "second floor"),
        ("them",),
    ),
    Case(
        ("Who won the regional chess final?", "Tomasz Wilk beat Irina Sobol in the regional chess final [1][2]."),
        "Who did he beat?",
        ("Tomasz Wilk", "beat"),
        ("he", "1"),
    ),
    Case(
        ("Where is the Kestrel telescope located?", "The Kestrel telescope stands on Mount Orlo in Chile [1]."),
        "What is the weather like there?",
        ("Mount Orlo", "weather"),
        ("there",),
    ),
    Case(
        ("How do I reset my password?", "Open the profile page and choose Reset [1]."),
        "And if I forgot my user name?",
        ("password", "user name"),
    ),
    Case(
        (
            "What did Ambassador Okoye say about the grain tariff?",
            "Ambassador Okoye called the grain tariff a mistake [1].",
        ),
        "And Minister Duarte?",
        ("Minister Duarte", "say", "grain tariff"),
        ("Okoye", "mistake"),
    ),
    Case(
        ("When does the museum open on weekdays?", "On weekdays the museum opens at ten [1]."),
        "On Sundays?",
        ("museum", "open", "Sundays"),
        ("weekdays",),
    ),
    Case(
        ("What is the parental leave policy?", "Parents get 16 weeks of paid leave [1]."),
        "Does that apply to part-time staff?",
        ("parental leave", "part-time staff"),
    ),
    Case(
        (
            "Who wrote the Delmar report?",
            "The Delmar report was written by Anneke Visser [1].",
            "Where does she teach?",
            "Visser teaches hydrology in Leiden [1].",
        ),
        "Since when?",
        ("Visser", "teach", "since when"),
        ("she",),
    ),
    Case(
        ("Compare the plans Basic and Pro.", "Basic has one seat; Pro has ten [1][2]."),
        "Which one is cheaper?",
        ("Basic", "Pro", "cheaper"),
    ),
    Case(("Who is the chair?", "Olga Brandt is the chair [1]."), "Where does Maria Teller work and what does she do?"),
    Case(
        ("How many people does Varga Steel employ?", "Varga Steel employs 900 people [1]."),
        "What did Norvik say about its plant in Ohio when it reported earnings?",
    ),
    Case(("Did it snow in May?", "Yes, it snowed on 3 May [1]."), "Who is the director of the observatory?"),
    Case(("Who built the bridge?", "Arno Weiss built it [1]."), "Is it true that the tunnel was closed in March?"),
    Case(("What is the oven's wattage?", "The oven has 900 watts [1]."), "How long does it take to boil an egg?"),
    Case(("When does the canteen open?", "At eleven [1]."), "Are there any vegetarian dishes on the menu?"),
    Case(("Who chairs the board?", "Olga Brandt chairs the board [1]."), "What happened at the meeting on 4 May?"),
    Case(("When did Hungary join NATO?", "Hungary joined NATO in 1999 [1]."), "When did Poland join the EU?"),
    Case(
        ("Who leads the opposition?", "Senator Ana Prado leads the opposition [1]."),
        "Did Senator Ruiz say that he would vote against the bill?",
    ),
    Case(
        ("What is a good phone?", "The guide recommends the Lumo 3 [1]."),
        "Which laptop does the guide recommend for students?",
    ),
    Case(("What was the revenue in 2021?", "The revenue was 4 million [1]."), "What is this year's budget?"),
    Case(
        ("What is the VAT rate in Denmark?", "The VAT rate in Denmark is 25% [1]."),
        "And what is the capital gains tax rate in Norway?",
    ),
    Case(("Where is the server room?", "It is in the cellar [1]."), "Why is the sky blue?"),
    Case(("Who is the CEO?", "Lena Holm is the CEO [1]."), "Refund policy for damaged goods"),
    Case(("Where do I find my invoices?", "Under Billing [1]."), "Thanks! How do I cancel my subscription?"),
    Case(("How far is Oslo airport?", "Oslo airport is 50 km away [1]."), "What do they call the wind from the Alps?"),
    Case(("When did the festival start?", "It started in 1970 [1]."), "List all cities where the festival was held."),
)
