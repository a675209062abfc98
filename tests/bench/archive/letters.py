"""What people write: sentences on council business, put together from patterns and the words of `words`."""

# ruff: noqa: SIM905  # Words are read most easily as words.

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from random import Random

from tests.bench.archive.people import Cast
from tests.bench.archive.words import Draw, common, names, stream

_SLOT = re.compile(r"\{(\w)\}")

_GENERAL = """
The {n} of the {a} {n} was {d} by the {n} on {D}.
I have {d} the {n} and the {s} that you sent, and will {v} the {n} with the {n} on {W}.
Please could you {v} the {n} for the {a} {n} and let me know by {D}?
We {r} {d} the {n} at the {n}, but the {s} are still {a}.
The {s} in {R} are {a} and the {n} has been {g} since {D}.
Thank you for your {n} about the {n}, which I have {d} to the {n}.
{P} has {d} that the {n} is not {a}, and that the {s} of the {n} should be {d}.
It was {d} that the {n} would {v} the {n} at a cost of {c}.
There is a {n} in the {n} which is {r} {a}.
I do not think that the {n} of {s} is a {n} for the {n}.
If the {n} is {a} then we will have to {v} the {n} and {v} the {s} before {D}.
The {a} {n} has been {d} to {P} of {R}, {p}.
Can the {n} be {d} to the {n} of the {s}, or is it for the {n} to {v}?
As {d} at the {n}, the {a} {s} are to be {d} by the {n} in {M}.
You can telephone me on {t} about the {n} or the {s}.
I am {g} the {n} now and will {v} you when it is with us.
The {n} for {g} the {s} was {c} and the {n} for {g} them {c}.
We have had {k} {s} from {R} about the {a} {n} and the {n}.
My {n} is that the {n} and the {n} are {a}, and that it is the {n} who should {v} them.
With the {n} in {M} there was no {n} to {v}, so the {s} had to be {d}.
The {n} was {a} when {P} {d} it on {W}, and nobody had {d} it.
All of the {s} on the {n} have been {d} and are in the {n}.
This is to {v} that the {n} has been {d} for {M}.
I have not {d} the {n} from {P} yet, but it is on my {n}.
At the {n} on {D} it was {d} to {v} the {n} to the {n} of {F}.
{F} would {v} the {s} for {c}, which is {a} than the {n} that we had in {M}.
There are {k} {s} in the {n}, and {k} of them are {r} {a}.
Would you be {a} for me to {v} the {n} in the {n} at {h}?
She said that he had {d} it, and that they were to {v} what was in the {n}.
Our {n} is {d} from the {n} {n} by the {a} {n} of the {s}.
The {n} is to {v} the {s} and to {v} the {n} of a {a} {n}.
It is in the {n} of the {n} that the {s} are {a}, not {a}.
I am {a} to say that the {n} has {d} and that we can {v} it from {D}.
Your {n} was {r} {d} to us in {M} and we {d} to it on {D}.
That is for you and the {n} to {v}, but I would {v} the {n} first.
"""

_SHORT = """
Thank you for this.
Many thanks for your email.
Please see below.
I will come back to you when I know more.
I hope that this is helpful.
Please let me know if you have any questions.
Can we speak about this on {W}?
I agree with {P}.
Noted, and thank you.
Please see what is attached.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a conversation is about, the same in each of its letters."""

    topic: str
    subject: str
    place: str
    who: str
    ref: str
    amount: str
    firm: str


@dataclass(frozen=True, slots=True)
class _Topic:
    """A matter of council business: how often it comes, its subjects, and sentences about it."""

    weight: int
    subjects: tuple[str, ...]
    said: tuple[str, ...]


TOPICS: Mapping[str, _Topic] = {
    "planning": _Topic(
        26,
        ("{ref} {place}", "Planning application {ref}", "Consultation on {ref}: {place}", "{ref}"),
        (
            "The planning application {ref} at {place} was considered by the planning committee.",
            "The council has no objection to {ref}.",
            "The council objects to {ref} because of the loss of light to the neighbours of {place}.",
            "Could the case officer for {ref} please allow an extension of time for our comments?",
            "{who} of {place} has written about the access and the visibility splay.",
        ),
    ),
    "burials": _Topic(
        8,
        ("Burial fees", "Interment of ashes, {who}", "Memorial application: {who}", "Churchyard extension"),
        (
            "The burial fees for the plot of {who} come to {amount}.",
            "The exclusive right of burial was granted to {who} of {place}.",
            "The memorial mason is {firm}, and the headstone is within the regulations.",
            "The interment of ashes is arranged with the undertaker.",
        ),
    ),
    "allotments": _Topic(
        9,
        ("Allotment plot {ref}", "Allotment waiting list", "Allotment rent {amount}", "Allotments: water"),
        (
            "The allotment rent of {amount} is due, and {who} has not paid.",
            "{who} of {place} has asked to be put on the allotment waiting list.",
            "The allotment holders would like a second water trough.",
        ),
    ),
    "potholes": _Topic(
        11,
        ("Potholes in {place}", "Pothole outside {place}", "Road surface, {place}"),
        (
            "There is a deep pothole outside {place}, which I have reported to the highways team.",
            "The potholes near {place} were filled with tarmac and have opened again.",
            "The highways reference is {ref}.",
        ),
    ),
    "play areas": _Topic(
        8,
        ("Play area inspection", "Play area: broken swing", "Quote for safety surfacing"),
        (
            "The play area inspection found {ref} and a broken swing.",
            "{firm} quoted {amount} for the safety surfacing under the swings of the play area.",
            "The playground is closed until the slide has been repaired.",
        ),
    ),
    "precept": _Topic(
        6,
        ("Precept and budget", "Draft budget", "Precept request"),
        (
            "The precept would rise to {amount}, which is for a Band D dwelling less than last year.",
            "The draft budget and the precept go to the finance committee.",
            "The general reserve is too low for the auditor.",
        ),
    ),
    "grants": _Topic(
        7,
        ("Grant application: {firm}", "Grant of {amount}", "Grants policy"),
        (
            "The grant of {amount} to the village hall was approved under the General Power of Competence.",
            "{who} asks whether the grant application can be considered before the end of the year.",
        ),
    ),
    "elections": _Topic(
        4,
        ("Casual vacancy", "Election of councillors", "Notice of vacancy"),
        (
            "The notice of vacancy was put on the noticeboard, and ten electors may call for an election.",
            "Nomination papers for the election are to be with the returning officer.",
        ),
    ),
    "invoices": _Topic(
        12,
        ("Invoice {ref}", "Payment of {ref}", "{firm}: invoice {ref}"),
        (
            "The invoice {ref} from {firm} for {amount} is approved for payment.",
            "Please could you send {ref} again, as the amount of {amount} does not agree with the order?",
        ),
    ),
    "meetings": _Topic(
        14,
        ("Agenda", "Draft minutes", "Apologies", "Parish council meeting"),
        (
            "The agenda and the draft minutes of the parish council meeting are attached.",
            "{who} sends apologies for the meeting.",
            "The minutes of the last meeting were approved as a correct record.",
        ),
    ),
    "footpaths": _Topic(
        5,
        ("Footpath {ref}", "Overgrown footpath, {place}", "Stile"),
        (
            "The footpath {ref} behind {place} is overgrown and the stile is rotten.",
            "The landowner, {who}, has ploughed the footpath.",
        ),
    ),
}

_KINDS = ("FUL", "HH", "LBC", "OUT", "TCA", "TPO", "DIS", "LDC", "ADV", "COU")
_MONTHS = "January February March April May June July August September October November December".split()
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


class Language:
    """Sentences without end, of one seed."""

    def __init__(self, random: Random, cast: Cast) -> None:
        self._random, self._cast = random, cast
        draws: dict[str, Draw] = {letter: stream(random, words) for letter, words in common().items()}
        surnames = names()
        random.shuffle(surnames)
        self._surname = stream(random, surnames)
        self._topic = stream(random, [name for name, each in TOPICS.items() for _ in range(each.weight)], 0.0)
        self._resident = stream(random, [each.name for each in cast.residents], 0.7)
        self._firm = stream(random, [each.firm for each in cast.contractors], 0.8)
        draws |= {
            "P": self.somebody,
            "R": self.address,
            "p": self.postcode,
            "D": self.day,
            "M": stream(random, [f"{month} {year}" for year in range(2019, 2027) for month in _MONTHS], 0.0),
            "W": stream(random, _WEEKDAYS, 0.0),
            "h": stream(
                random, [f"{hour}.{minute:02}" for hour in range(8, 20) for minute in (0, 15, 30)], 0.2
            ),
            "k": stream(random, [str(each) for each in range(2, 2000)], 1.4),
            "c": self.amount,
            "t": self.telephone,
            "F": self._firm,
        }
        self._general = [_compiled(each, draws) for each in _varied(_GENERAL.strip()).splitlines()]
        self._short = [_compiled(each, draws) for each in _SHORT.strip().splitlines()]

    def facts(self, year: int) -> Facts:
        """What a new conversation is about."""
        topic = self._topic()
        said = {
            "place": self.address(),
            "who": self.somebody(),
            "amount": self.amount(),
            "firm": self._firm(),
            "ref": self._reference(topic, year),
        }
        subject = self._random.choice(TOPICS[topic].subjects).format(**said)
        return Facts(topic, subject, **said)

    def letter(self, facts: Facts, sentences: int) -> list[str]:
        """Paragraphs of a letter, of about so many sentences."""
        random = self._random
        about = TOPICS[facts.topic].said
        said = [self._about(facts, about)] if random.random() < 0.85 else []
        if random.random() < 0.5:
            said.insert(0, _sentence(random.choice(self._short)))
        said += self.sentences(sentences - len(said))
        if len(said) > 5:
            said.insert(4, self._about(facts, about))
        cut = max(1, min(4, len(said) // 2 + 1))
        return [" ".join(said[at : at + cut]) for at in range(0, len(said), cut)]

    def sentences(self, number: int) -> list[str]:
        """So many sentences about anything."""
        if number <= 0:
            return []
        return [_sentence(each) for each in self._random.choices(self._general, k=number)]

    def somebody(self) -> str:
        """A name: now of a resident, now of somebody of whom nothing else is known."""
        if self._random.random() < 0.6:
            return self._resident()
        return ("Mr ", "Mrs ", "Ms ", "Dr ")[self._random.randrange(4)] + self._surname()

    def address(self) -> str:
        """A house."""
        random = self._random
        return f"{int(random.paretovariate(0.6)) % 240 + 1} {random.choice(self._cast.roads)}"

    def postcode(self) -> str:
        """A postcode of an area that there is not."""
        number = self._random.randrange(30 * 9 * 400)
        area, rest = divmod(number, 9 * 400)
        sector, unit = divmod(rest, 400)
        return f"QX{area + 1} {sector + 1}{_LETTERS[unit // 20]}{_LETTERS[unit % 20]}"

    def day(self) -> str:
        """A date."""
        random = self._random
        return f"{random.randrange(1, 29)} {random.choice(_MONTHS)} {random.randrange(2019, 2027)}"

    def amount(self) -> str:
        """Money."""
        random = self._random
        pounds = int(random.paretovariate(0.55) * 20) % 60_000 + 1
        return f"£{pounds:,}" if random.random() < 0.4 else f"£{pounds:,}.{random.randrange(100):02}"

    def telephone(self) -> str:
        """A number with an area code that nobody has."""
        return f"01632 {self._random.randrange(10**6):06}"

    def _about(self, facts: Facts, said: Sequence[str]) -> str:
        return self._random.choice(said).format(
            ref=facts.ref, place=facts.place, who=facts.who, amount=facts.amount, firm=facts.firm
        )

    def _reference(self, topic: str, year: int) -> str:
        random = self._random
        if topic == "planning":
            if random.random() < 0.2:
                return f"P{year % 100:02}/S{random.randrange(4000):04}/{random.choice(_KINDS)}"
            return f"{year % 100:02}/{random.randrange(4000):05}/{random.choice(_KINDS)}"
        if topic == "invoices":
            return f"INV-{year}-{random.randrange(3000):04}"
        if topic == "footpaths":
            return f"AP/{random.randrange(1, 60)}"
        return f"{random.choice('ABCDEH')}{random.randrange(1, 4000)}"


_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
_Compiled = tuple[str, tuple[Callable[[], str], ...]]


def _varied(patterns: str) -> str:
    """The patterns with not every noun behind "the": it is a fifteenth of English, and not more."""
    instead = cycle(("the", "our", "the", "this", "a", "your", "the", "their", "that", "any"))
    return re.sub(r"\bthe (?=\{n\}|\{a\} \{n\})", lambda _: next(instead) + " ", patterns)


def _compiled(pattern: str, draws: Mapping[str, Draw]) -> _Compiled:
    slots = tuple(draws[letter] for letter in _SLOT.findall(pattern))
    return _SLOT.sub("%s", pattern), slots


def _sentence(compiled: _Compiled) -> str:
    pattern, slots = compiled
    return pattern % tuple([draw() for draw in slots])
