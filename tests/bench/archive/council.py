"""An archive of a parish council of any size: seven years of what its people wrote, in the order that they wrote it.

    for letter in letters(10_000, seed=1): ...

The same seed and size give the same octets. Nothing but the cast, the conversations that are still going on and the
files that are sent often is in memory. What other people wrote is there as the council's own answers quote it, as it is
in the archive of a post room that outgoing mail goes through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from tests.bench.archive.days import moments
from tests.bench.archive.files import Cabinet, File
from tests.bench.archive.letters import Facts, Language
from tests.bench.archive.mail import Mail, Style, quoted, written
from tests.bench.archive.people import DOMAIN, Cast, Person, cast

_GOING_ON = 400
_LONGEST = 5
"""Earlier letters that an answer quotes, at most."""

ATTACHED = 0.23
"""How many letters have something attached."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the council's, and the truth about it. `own` is what its author wrote, with the
    signature, `trail` what is quoted; `author`, `recipients` and `copied` people as the header has them, `hidden` addresses;
    `outsiders` those residents whom it is to.
    """

    number: int
    at: datetime
    sender: Person
    raw: bytes
    subject: str
    message_id: str
    references: tuple[str, ...]
    author: str
    recipients: str
    copied: str
    hidden: tuple[str, ...]
    envelope: tuple[str, ...]
    own: str
    trail: str
    files: tuple[File, ...]
    facts: Facts
    outsiders: tuple[Person, ...]


@dataclass(slots=True)
class _Conversation:
    """Letters that answer one another: between whom, about what, and what has been said, the latest first."""

    facts: Facts
    ours: Person
    theirs: tuple[Person, ...]
    style: Style
    left: int
    references: list[str] = field(default_factory=list)
    earlier: str = ""
    depth: int = 0


def letters(size: int, seed: int = 1) -> Iterator[Letter]:
    """So many messages, oldest first."""
    return _Archive(Random(seed)).letters(size)


class _Archive:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._cast: Cast = cast(random)
        self._language = Language(random, self._cast)
        self._cabinet = Cabinet(random, self._language)
        self._going_on: list[_Conversation] = []

    def letters(self, size: int) -> Iterator[Letter]:
        for number, at in enumerate(moments(size, self._random), 1):
            yield self._letter(number, at, self._conversation(at))

    def _conversation(self, at: datetime) -> _Conversation:
        """One that goes on, or a new one."""
        random, going_on = self._random, self._going_on
        if going_on and random.random() < 0.55:
            place = random.randrange(len(going_on))
            found = going_on[place]
            found.left -= 1
            if found.left <= 0:
                going_on[place] = going_on[-1]
                going_on.pop()
            return found
        new = _Conversation(
            facts=self._language.facts(at.year),
            ours=random.choices(self._cast.council, _BUSY)[0],
            theirs=self._others(),
            style=random.choices(tuple(Style), (4, 3, 3))[0],
            left=int(random.expovariate(0.4)) + 1,
        )
        if random.random() < 0.6:
            # It began with a letter of theirs, which is here as the answer quotes it.
            self._heard(new, at - timedelta(minutes=random.randrange(20, 4000)), new.theirs[0])
        going_on.append(new)
        if len(going_on) > _GOING_ON:
            going_on.pop(0)
        return new

    def _others(self) -> tuple[Person, ...]:
        random, cast = self._random, self._cast
        kind = random.random()
        if kind < 0.42:
            return (cast.residents[int(random.paretovariate(0.5)) % len(cast.residents)],)
        if kind < 0.58:
            return (random.choice(cast.officers),)
        if kind < 0.72:
            return (random.choice(cast.contractors),)
        if kind < 0.80:
            return tuple(random.sample(cast.council[2:], 9))
        return tuple(random.sample(cast.council, random.choices((1, 2, 4), (6, 3, 1))[0]))

    def _heard(self, talk: _Conversation, at: datetime, by: Person) -> None:
        """Somebody else's letter, which is not in the archive but where it is quoted."""
        said = "\r\n\r\n".join(
            self._language.letter(talk.facts, int(self._random.paretovariate(1.6) * 3) % 20 + 1)
        )
        self._quote(talk, f"{said}\r\n\r\n{by.name}", by, at, (talk.ours,))
        talk.references.append(self._message_id(by.address.partition("@")[2]))

    def _quote(
        self, talk: _Conversation, said: str, by: Person, at: datetime, to: tuple[Person, ...]
    ) -> None:
        """Let the next letter quote this one."""
        earlier = talk.earlier if talk.depth < _LONGEST else ""
        talk.depth = talk.depth + 1 if earlier else 1
        talk.earlier = quoted(talk.style, said, earlier, by, at, to, talk.facts.subject)

    def _letter(self, number: int, at: datetime, talk: _Conversation) -> Letter:
        random = self._random
        sender = talk.ours
        answer = bool(talk.references)
        own = self._language.letter(talk.facts, int(random.paretovariate(1.3) * 3) % 40 + 1)
        mail = Mail(
            sender=sender,
            to=tuple(each for each in talk.theirs if each is not sender) or (self._cast.council[1],),
            copied=tuple(random.sample(self._cast.council, random.choices((0, 1, 2), (75, 20, 5))[0])),
            at=at,
            subject=("Re: " if answer else "") + talk.facts.subject,
            message_id=self._message_id(DOMAIN),
            references=tuple(talk.references[-10:]),
            own=own,
            earlier=talk.earlier,
            files=self._cabinet.drawn(talk.facts) if random.random() < ATTACHED else (),
            html=random.random() < 0.45,
            style=talk.style,
        )
        hidden = (random.choice(self._cast.residents),) if random.random() < 0.02 else ()
        made = written(mail)
        talk.references.append(mail.message_id)
        self._quote(talk, f"{made.own}\r\n{made.signature}", sender, at, mail.to)
        if random.random() < 0.6:
            self._heard(talk, at + timedelta(minutes=5), talk.theirs[0])
        else:
            talk.ours, talk.theirs = self._turned(talk, sender)
        return Letter(
            number=number,
            at=at,
            sender=sender,
            raw=made.raw,
            subject=mail.subject,
            message_id=mail.message_id,
            references=mail.references,
            author=_shown((sender,)),
            recipients=_shown(mail.to),
            copied=_shown(mail.copied),
            hidden=tuple(each.address for each in hidden),
            envelope=tuple(dict.fromkeys(each.address for each in (*mail.to, *mail.copied, *hidden))),
            own=f"{made.own}\r\n\r\n{made.signature}",
            trail=mail.earlier,
            files=mail.files,
            facts=talk.facts,
            outsiders=tuple(each for each in mail.to if not each.role),
        )

    def _turned(self, talk: _Conversation, sender: Person) -> tuple[Person, tuple[Person, ...]]:
        """Who answers next: where it is among themselves, the first of the others."""
        first, *rest = talk.theirs
        if not first.address.endswith(DOMAIN):
            return talk.ours, talk.theirs
        return first, tuple(dict.fromkeys((sender, *(each for each in rest if each is not first))))

    def _message_id(self, domain: str) -> str:
        return f"<{self._random.getrandbits(64):016x}@{domain}>"


_BUSY = (40, 15, 10, 8, 6, 5, 4, 4, 3, 3, 2)


def _shown(people: tuple[Person, ...]) -> str:
    return ", ".join(f"{each.name} <{each.address}>" for each in people)
