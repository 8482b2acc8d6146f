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

BLINKEN = (
    "How long did Blinken and Qin talk on Sunday?",
    'Reports differ: "nearly six hours" [1], "seven and a half hours" [2].',
)
XI = ("Did Blinken meet Xi?", "Yes, Blinken met Xi Jinping on Monday [1].")
MASLOV = ("Who is Alexei Maslov?", "Alexei Maslov is director of the Institute of Asian and African Studies [1].")
DAM = (
    "What is the minimum release from the Orrin Dam in summer?",
    "The treaty sets 310 cubic metres per second for summer [1].",
)
FIRE = ("What caused the fire at the paper mill?", "A faulty dryer caused the fire at the paper mill in Dunsk [1].")
COURSE = ("How much is the pottery course for adults?", "The pottery course costs 90 euros for adults [1].")
BAKERY = ("Who opened the bakery on Elm Street?", "Rosa Adeyemi opened the bakery on Elm Street in 2011 [1].")
RAISE = ("Has the union accepted the offer?", 'No, the union called the offer "an insult" [1].')
LAPTOP = ("Which laptops have a fingerprint reader?", "The Nova 13 and the Nova 15 have a fingerprint reader [1].")

CASES = (
    Case(MASLOV, "Where does he work?", ("Alexei Maslov", "work"), ("he",)),
    Case(MASLOV, "What is his view on Taiwan?", ("Maslov's", "view", "Taiwan"), ("his",)),
    Case(BLINKEN, "And on Monday?", ("how long", "Blinken", "talk", "Monday"), ("Sunday", "six")),
    Case(BLINKEN, "Where?", ("where", "Blinken", "Qin", "talk", "Sunday"), ("how long",)),
    Case(BLINKEN, "What did they talk about?", ("Blinken and Qin", "talk about"), ("they", "six")),
    Case(XI, "Why?", ("why did Blinken meet Xi",)),
    Case(XI, "Why not?", ("Blinken", "meet", "Xi", "why")),
    Case(XI, "When was that?", ("when", "Blinken", "meet", "Xi"), ("that",)),
    Case(XI, "What did he say to him?", ("Blinken", "say")),
    Case(DAM, "And in winter?", ("minimum release", "Orrin Dam", "winter"), ("summer",)),
    Case(DAM, "Who decided that?", ("minimum release", "Orrin Dam", "decided")),
    Case(FIRE, "When?", ("when", "fire", "paper mill"), ("dryer",)),
    Case(FIRE, "Was anyone hurt?", ("hurt", "fire", "paper mill")),
    Case(FIRE, "How did it spread?", ("the fire", "spread"), ("it",)),
    Case(COURSE, "And for children?", ("pottery course", "children", "how much"), ("adults",)),
    Case(COURSE, "How long is it?", ("pottery course", "how long"), ("it",)),
    Case(COURSE, "what about the weaving course?", ("how much", "weaving course"), ("pottery",)),
    Case(BAKERY, "When did she open it?", ("Rosa Adeyemi", "bakery"), ("she", "it")),
    Case(BAKERY, "Does she own other shops?", ("Rosa Adeyemi", "own", "shops"), ("she",)),
    Case(BAKERY, "What is sold there?", ("sold", "Elm Street"), ("there",)),
    Case(RAISE, "why not", ("why", "union", "accepted", "offer")),
    Case(RAISE, "What was in it?", ("offer",), ("insult",)),
    Case(LAPTOP, "Which of them is lighter?", ("laptops", "fingerprint reader", "lighter"), ("them",)),
    Case(LAPTOP, "Which one has more memory?", ("laptops", "memory")),
    Case(
        ("who leads the coast guard", "Commander Idris Bello leads the coast guard [1]."),
        "since when",
        ("since when", "leads", "coast guard"),
    ),
    Case(
        ("What is the capital of Portugal?", "Lisbon is the capital of Portugal [1]."),
        "And Spain?",
        ("capital", "Spain"),
        ("Portugal",),
    ),
    Case(
        ("How many delegates did Norland send?", "Norland sent 58 delegates [1]."),
        "and sudria?",
        ("how many delegates", "sudria", "send"),
        ("Norland",),
    ),
    Case(
        (
            "Is the east wing open?",
            "Yes, the east wing opened in June [1].",
            "How do I get there?",
            "Take the lift [2].",
        ),
        "Is it far?",
        ("east wing", "far"),
        ("lift",),
    ),
    Case(
        ("When was the tram line closed?", "The tram line was closed in 1961 [1]."),
        "who ordered it?",
        ("tram line", "ordered"),
        ("1961",),
    ),
    Case(
        ("Who spoke at the vigil?", "Pastor Lund and Mayor Osei spoke at the vigil [1][2]."),
        "Who else?",
        ("who else", "spoke", "vigil"),
    ),
    Case(
        ("Are dogs allowed on the beach?", "Dogs are allowed on the beach from October [1]."),
        "What happens if I break the rule?",
        None,
    ),
    Case(
        ("How is vellum made?", "Vellum is made from calf skin [1]."),
        "How much does that cost?",
        ("vellum", "cost"),
    ),
    Case(MASLOV, "Who is Zheng Anguang?"),
    Case(MASLOV, "How long did Blinken and Qin Gang talk on Sunday?"),
    Case(BLINKEN, "What did Wang Yi say about Taiwan?"),
    Case(BLINKEN, "Did the Pope say what he thinks of the treaty?"),
    Case(XI, "Has Germany closed its last coal mine?"),
    Case(XI, "How many people live in Beijing?"),
    Case(XI, "Why did the balloon fly over Montana?"),
    Case(DAM, "Was it raining in Orrin on Thursday?"),
    Case(DAM, "Is there a hydropower plant near the border?"),
    Case(FIRE, "What is the fire brigade's phone number?"),
    Case(FIRE, "How does it feel to run a marathon?"),
    Case(COURSE, "Can children who swim bring their parents?"),
    Case(COURSE, "opening hours of the town library"),
    Case(BAKERY, "Who is the mayor of Dunsk?"),
    Case(BAKERY, "When Rosa Adeyemi was young, where did she live?"),
    Case(RAISE, "Which countries signed the accord and when did they sign it?"),
    Case(RAISE, "What does the contract say about overtime?"),
    Case(LAPTOP, "What's the best way to clean a keyboard?"),
    Case(LAPTOP, "Summarise the minutes of the June meeting."),
    Case(LAPTOP, "In which year was the company founded?"),
    Case(LAPTOP, "At what temperature does water boil?"),
    Case(RAISE, "For how long is the museum closed?"),
    Case(COURSE, "Tell me about the history of glass."),
    Case(DAM, "Explain how a heat pump works."),
    Case(BAKERY, "How many people were hurt in the ferry accident on Wednesday?"),
    Case(BLINKEN, "Who said that there is no room for compromise?"),
    Case(MASLOV, "What time is it in Tokyo?"),
    Case(XI, "Is it legal to fish in the lake without a licence?"),
    Case(FIRE, "And how many seats does the new theatre have?"),
    Case(RAISE, "Who won the cycling race in Dorn?"),
    Case(RAISE, "What is inflation?"),
    Case(COURSE, "Where can I park near the stadium?"),
    Case(BLINKEN, "What did the spokesman say that evening about the hostages?"),
    Case(LAPTOP, "Do all of the new trams have air conditioning?"),
)

# Written when the code was done, and only counted.
FRESH = (
    Case(
        ("Who is the head of the water board?", "Since 2021 the water board has been led by Greta Nowak [1]."),
        "And before 2021?",
        ("head", "water board", "before 2021"),
    ),
    Case(
        ("who is the head of the water board", "Greta Nowak heads the water board [1]."),
        "how long has she been doing this?",
        ("Greta Nowak", "how long"),
        ("she",),
    ),
    Case(
        ("When was the Lindau treaty signed?", "The Lindau treaty was signed on 3 June 1921 [1]."),
        "By whom?",
        ("by whom", "Lindau treaty", "signed"),
    ),
    Case(
        ("How many species of frog live in the reserve?", "There are 14 species of frog in the reserve [1]."),
        "And of newt?",
        ("how many", "species", "newt", "reserve"),
        ("frog",),
    ),
    Case(
        ("What did the inspectors find in the kitchen?", "The inspectors found mould in the kitchen [1]."),
        "What did they recommend?",
        ("inspectors", "recommend"),
        ("they",),
    ),
    Case(
        ("Does the new tariff apply to steel?", "Yes, the new tariff applies to steel [1]."),
        "And to aluminium?",
        ("tariff", "apply", "aluminium"),
        ("steel",),
    ),
    Case(
        ("Where did the expedition start?", "The expedition started in Port Vell [1]."),
        "How many ships sailed from there?",
        ("ships", "sailed", "Port Vell"),
        ("there",),
    ),
    Case(
        ("What is the deadline for grant applications?", "The deadline for grant applications is 30 April [1]."),
        "Can it be extended?",
        ("deadline", "extended"),
        ("it",),
    ),
    Case(
        ("Why did the minister of transport step down?", "The minister stepped down over a rail contract [1]."),
        "Who replaced him?",
        ("minister", "replaced"),
        ("him",),
    ),
    Case(
        ("What did Dr. Amara Singh study?", "Dr. Amara Singh studied coral reefs [1]."),
        "Where did she do it?",
        ("Amara Singh",),
        ("she",),
    ),
    Case(
        ("Was the dam damaged in the earthquake?", "Yes, the dam was damaged in the earthquake [1]."),
        "How badly?",
        ("dam", "damaged", "earthquake"),
    ),
    Case(
        ("How much does a monthly bus pass cost?", "A monthly bus pass costs 40 euros [1]."),
        "What about for pensioners?",
        ("monthly bus pass", "cost", "pensioners"),
    ),
    Case(
        ("Which companies bid for the contract?", "Orlo Rail and Tennby bid for the contract [1]."),
        "Which of them won?",
        ("companies", "contract", "won"),
        ("them",),
    ),
    Case(
        ("Did the pilots strike in March?", "No, they did not strike in March [1]."),
        "In April?",
        ("pilots", "strike", "April"),
        ("March",),
    ),
    Case(
        ("What was the turnout in the first round?", "The turnout in the first round was 61% [1]."),
        "And in the second?",
        ("turnout", "second"),
    ),
    Case(
        ("Who painted the mural in the station?", "Iker Sola painted the mural in the station in 1988 [1]."),
        "What else did he paint?",
        ("Iker Sola", "paint"),
        ("he",),
    ),
    Case(
        ("Who painted the mural in the station?", "Iker Sola painted it [1]."),
        "Who painted the ceiling of the opera house?",
    ),
    Case(("What is the deadline for grants?", "It is 30 April [1]."), "How do I get from the airport to the centre?"),
    Case(("Did the pilots strike?", "Yes [1]."), "Is there any truth in the rumour that the mine will reopen?"),
    Case(("What did the inspectors find?", "Mould [1]."), "How do whales know where they are?"),
    Case(
        ("Where did the expedition start?", "In Port Vell [1]."), "What does the law say about keeping bees in a city?"
    ),
    Case(("How many species live there?", "There are 14 [1]."), "When will the results of the census be published?"),
    Case(("Who is the head of the board?", "Greta Nowak [1]."), "Why is Jupiter bigger than the other planets?"),
    Case(("When was the treaty signed?", "In 1921 [1]."), "Did Anna Roth ever apologise for her remarks?"),
    Case(("Which companies bid?", "Orlo and Tennby bid [1]."), "Which vaccine is given to babies first?"),
    Case(("Was the dam damaged?", "Yes [1]."), "how do i renew my passport if it has expired"),
    Case(("Was the dam damaged?", "Yes [1]."), "what is the population of lagos"),
    Case(("What was the turnout?", "61% [1]."), "Give me the main findings of the audit."),
    Case(("How much is a bus pass?", "40 euros [1]."), "So what are the symptoms of measles?"),
    Case(("Did the minister step down?", "Yes [1]."), "What happened in Oslo on 22 July 2011?"),
)
