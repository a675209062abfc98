"""Who writes and is written to: a council of nine with clerk and deputy, and everybody around it."""

# ruff: noqa: SIM905  # Words are read most easily as words.

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.bench.archive.words import names

DOMAIN = "ashcombe-parva.example"
DISTRICT = "northvale-dc.example"

_FIRST = """Jane John Mary Peter Susan David Margaret Michael Elizabeth Robert Patricia James Linda William Barbara Richard
Jennifer Thomas Helen Paul Sarah Andrew Karen Mark Nicola Stephen Alison Ian Fiona Graham Heather Colin Julie Keith
Wendy Malcolm Priya Imran Agnieszka Tomasz Kwame Aisha Siân Zoë Chloë Renée Owen Rhys Megan Callum Isla Hamish Ravi
Deepa Mohammed Fatima Grace Oliver Amelia Harry Poppy Alfie""".split()

_PROVIDERS = ("post.example", "webmail.example", "broadband.example", "villagenet.example")
_TRADES = """Groundworks Landscapes Roofing Electrical Plumbing Joinery Fencing Printing Playgrounds Memorials Solicitors
Surveyors Arboriculture Heating Cleaning Catering Insurance Signs Lighting Drainage""".split()
_ROADS = "Lane Road Street Close Avenue Way Green Hill Rise Drive Gardens Court Mews Row".split()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody: name, address, and what stands below their letters."""

    name: str
    address: str
    role: str = ""
    firm: str = ""
    telephone: str = ""

    @property
    def surname(self) -> str:
        """The last of their names."""
        return self.name.rpartition(" ")[2]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, the busiest first. `council` are the clerk, the deputy, and nine members."""

    council: tuple[Person, ...]
    residents: tuple[Person, ...]
    contractors: tuple[Person, ...]
    officers: tuple[Person, ...]
    roads: tuple[str, ...]


def cast(random: Random, residents: int = 2500) -> Cast:
    """Everybody whom this seed makes."""
    surnames = names()
    random.shuffle(surnames)
    return Cast(
        council=_council(surnames),
        residents=tuple(
            _resident(random, surnames[(n * 7 + 11) % len(surnames)], n) for n in range(residents)
        ),
        contractors=tuple(_contractor(random, surnames[-n - 1], n) for n in range(80)),
        officers=tuple(_officer(random, surnames[-n - 200], n) for n in range(45)),
        roads=tuple(f"{each} {random.choice(_ROADS)}" for each in surnames[300:480]),
    )


def _council(surnames: list[str]) -> tuple[Person, ...]:
    clerk = Person("Ann Thornbury", f"clerk@{DOMAIN}", "Clerk and Proper Officer", telephone="01632 960110")
    deputy = Person("Siân O'Brien", f"deputy.clerk@{DOMAIN}", "Deputy Clerk", telephone="01632 960111")
    members = []
    for number in range(9):
        first, last = _FIRST[number * 4], surnames[number]
        role = ("Chairman", "Vice-Chairman")[number] if number < 2 else "Councillor"
        members.append(Person(f"Cllr {first} {last}", f"{first}.{last}@{DOMAIN}".lower(), role))
    return (clerk, deputy, *members)


def _resident(random: Random, last: str, number: int) -> Person:
    first = random.choice(_FIRST)
    local = _plain(f"{first}.{last}{number % 97 if number % 3 else ''}")
    telephone = f"07700 9{random.randrange(100_000):05}" if number % 4 == 0 else ""
    return Person(f"{first} {last}", f"{local}@{random.choice(_PROVIDERS)}", telephone=telephone)


def _contractor(random: Random, last: str, number: int) -> Person:
    trade = _TRADES[number % len(_TRADES)]
    name = f"{random.choice(_FIRST)} {random.choice(names()[:900])}"
    domain = f"{last}-{trade}.example".lower()
    return Person(
        name,
        _plain(name.replace(" ", ".")) + "@" + domain,
        "Manager",
        f"{last} {trade} Ltd",
        f"01632 {random.randrange(10**6):06}",
    )


def _officer(random: Random, last: str, number: int) -> Person:
    first = random.choice(_FIRST)
    role = (
        "Planning Officer",
        "Monitoring Officer",
        "Highways Officer",
        "Elections Officer",
        "Tree Officer",
    )[number % 5]
    return Person(
        f"{first} {last}",
        _plain(f"{first}.{last}") + f"@{DISTRICT}",
        role,
        "Northvale District Council",
        f"01632 96{random.randrange(10_000):04}",
    )


def _plain(name: str) -> str:
    folded = name.lower().translate(str.maketrans("âëéö", "aeeo"))
    return "".join(each for each in folded if each.isalnum() or each in ".-_")
