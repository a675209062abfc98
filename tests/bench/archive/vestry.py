"""A Vestry archive that letters are put into as accepted mail is: by `messages.record_all`, in real transactions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import text

from config.council import Council
from config.policy import BUILT_IN
from filters.analysis import CAPS, read_step
from filters.context import Envelope, Profile, Recipient
from filters.extract.read import documents_of
from filters.finding import Decision
from gateway.intake.found_by import content_of as content_of_reading
from gateway.intake.found_by import found_by
from gateway.intake.submission import Origin
from gateway.store import councils, messages, sheet
from gateway.store.database import Database
from gateway.store.index.content import Content
from gateway.store.recipes import Stretch
from gateway.store.vault import OPEN
from signatures.message.scanner import scan_parts
from signatures.message.splices import Splice
from tests.bench.archive import truth
from tests.bench.archive.council import Letter, letters
from tests.bench.archive.days import FIRST
from tests.bench.archive.people import DOMAIN

COUNCIL = "ashcombe-parva"
_BEGUN = datetime.combine(FIRST, datetime.min.time(), UTC)
_OFFICERS = (("clerk", "Ann Thornbury", "clerk"), ("deputy.clerk", "Siân O'Brien", "deputy"))
BATCH = 64
"""Messages in a transaction, the most that group commit puts into one."""


def council() -> Council:
    """The council that writes."""
    return Council.model_validate(
        {
            "id": COUNCIL,
            "name": "Ashcombe Parva Parish Council",
            "domains": [DOMAIN],
            "people": [
                {
                    "login": f"{local}@{DOMAIN}",
                    "name": name,
                    "roles": [{"role": role}],
                    "identities": [{"address": f"{local}@{DOMAIN}"}],
                }
                for local, name, role in _OFFICERS
            ],
        }
    )


def entry(letter: Letter, content: Content) -> messages.Entry:
    """A letter as it is written into the archive, passed by the policy."""
    hidden = set(letter.hidden)
    return messages.Entry(
        id=messages.new_id(letter.at),
        council=COUNCIL,
        council_version=1,
        policy_version=BUILT_IN.version,
        received_at=letter.at,
        raw=letter.raw,
        envelope=Envelope(
            mail_from=letter.sender.address,
            recipients=tuple(Recipient(address=each, canonical=each) for each in letter.envelope),
        ),
        origin=Origin(Profile.SUBMISSION, letter.sender.address, (COUNCIL,), "192.0.2.1", "pc", "ESMTPSA"),
        person=letter.sender.address,
        heading=messages.Heading(letter.message_id, letter.subject, letter.sender.address, DOMAIN),
        decision=Decision(),
        splices=(Splice(5, 0, b"x\x00\r\n"),),
        trace=b"Received: by us\r\n",
        upstream="default",
        shown=frozenset(each for each in letter.envelope if each not in hidden),
        stretches=stretches(letter),
        content=content,
    )


def stretches(letter: Letter) -> tuple[Stretch, ...]:
    """Where what is attached stands in it, as a reader would tell."""
    found, at = [], 0
    for file in letter.files:
        at = letter.raw.index(file.encoded, at)
        found.append(Stretch(at, at + len(file.encoded) - 2, True))
    return tuple(found)


def known(letter: Letter) -> Content:
    """What it is found by, as the generator knows it. Its hidden recipients the archive knows from its envelope."""
    content = truth.content_of(letter)
    return content.model_copy(update={"said": content.said.model_copy(update={"hidden": ""})})


def read(letter: Letter) -> Content:
    """What it is found by, read from its octets by the very code that a worker has."""
    reading = read_step(letter.raw)
    documents = documents_of(letter.raw, scan_parts(letter.raw), reading.anatomy, CAPS)
    content = found_by(reading, documents)
    return content_of_reading(reading.indexed, documents) if content.pending else content


def new(url: str) -> Database:
    """An archive with the council and nothing in it, at an address where the tables are."""
    database = Database(url)
    database.start()
    database.write_blocking(lambda connection: councils.save(connection, council(), _BEGUN, "bench"))
    return database


@dataclass
class Rate:
    """How many messages went in within how many seconds, and what they came to in octets."""

    messages: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    raw: int = 0
    text: int = 0

    @property
    def per_second(self) -> float:
        """Messages a second."""
        return self.messages / self.seconds if self.seconds else 0.0


def fill(database: Database, several: Iterable[tuple[Letter, Content]]) -> Rate:
    """Put letters in, as many in a transaction as group commit has. The time to make letters is not counted."""
    rate = Rate()
    dialect = database.engine.dialect.name
    for batch in _batches(several):
        began, used = time.monotonic(), time.process_time()
        sheets = [sheet.of_submission(entry(letter, content), OPEN, dialect) for letter, content in batch]
        outcomes = database.write_blocking(lambda c, sheets=sheets: messages.record_all(c, sheets))
        rate.seconds += time.monotonic() - began
        rate.processor += time.process_time() - used
        assert not any(isinstance(each, Exception) for each in outcomes), outcomes
        rate.messages += len(batch)
        rate.raw += sum(len(letter.raw) for letter, _ in batch)
        rate.text += sum(truth.size_of(content) for _, content in batch)
    return rate


def singly(database: Database, number: int, seed: int) -> tuple[Rate, list[float]]:
    """Put so many more in, each in a transaction of its own, and the seconds that each took."""
    rate, each_took = Rate(), []
    for letter in letters(number, seed):
        content = known(letter)
        began, used = time.monotonic(), time.process_time()
        one = entry(letter, content)
        database.write_blocking(lambda c, one=one: messages.record(c, one))
        each_took.append(time.monotonic() - began)
        rate.processor += time.process_time() - used
    rate.messages, rate.seconds = number, sum(each_took)
    return rate, each_took


def number_of(database: Database) -> int:
    """The council's number, by which its tables are named."""
    asked = text("SELECT number FROM council WHERE id = :id")
    return int(database.read_blocking(lambda c: c.execute(asked, {"id": COUNCIL}).scalar_one()))


def _batches(
    several: Iterable[tuple[Letter, Content]],
) -> Iterator[Sequence[tuple[Letter, Content]]]:
    left = iter(several)
    while batch := list(islice(left, BATCH)):
        yield batch
