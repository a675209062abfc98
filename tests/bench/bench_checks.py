"""What the checks on who gets what cost a message: by its size, by what it is made of, by how many get it.

Run with `python -m tests.bench.bench_checks`. "Read" takes the message apart (`read_step`); "decide" is all of these
checks under the demo council's policy, `moderation` turned on, on what was read; nothing is written or signed.
"Library" is Python's own `email` on the same octets: it parses them, walks the parts and gets addresses and texts.
Times are processor milliseconds a message, the best of a few rounds. Ends with 1 where a unit (a kilobyte, a
recipient) costs more than twice what it cost in the cheapest smaller message.
"""

from __future__ import annotations

import email
import email.policy
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

from config.address import canonical
from config.council import Council
from config.policy import Stage
from filters.analysis import Reading, read_step
from filters.answers import Answers, KnownMail
from filters.context import Context, Envelope, Profile, Recipient
from filters.decide import decide
from filters.finding import Decision
from gateway.demo.installation import example_council
from tests.bench.bench_block import HEADER, OWN, files, page, plain
from tests.bench.stopwatch import milliseconds
from tests.ordinary import WHO_GETS_WHAT
from tests.policies import only

SIZES = {
    "1 kB": (1_000, 60),
    "4 kB": (4_000, 40),
    "10 kB": (10_000, 20),
    "100 kB": (100_000, 5),
    "1 MB": (1_000_000, 1),
}
COUNTS = {10: 40, 50: 20, 200: 10, 500: 4, 1000: 2}
STEEPEST = 2.0
"""How much more a unit may cost than in the cheapest smaller message."""

ANNE = "cllr.a@littlewickham-pc.example"
SAYS = b"Please see what is attached to the fence by the gate; I will send the minutes of the meeting.\r\n"
WROTE = (
    b"From: Resident Number %(n)d <resident.%(n)d@gmail.com>\r\nSent: 20 November 2026 14:05\r\n"
    b"To: Anne Archer <" + ANNE.encode() + b">; Officer %(n)d <officer.%(n)d@county.example>\r\n"
    b"Subject: RE: Hedge\r\n\r\nThe quick brown fox jumps over the lazy dog by the hedge.\r\n\r\n"
)


def words(size: int) -> bytes:
    """A new message, all of it the author's own words."""
    return (
        HEADER
        + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
        + OWN
        + SAYS * max(1, (size - 500) // len(SAYS))
    )


def thread(size: int) -> bytes:
    """A reply above very many earlier messages, each with its copied header."""
    earlier = b"".join(WROTE % {b"n": n} for n in range(max(1, (size - 500) // len(WROTE))))
    return HEADER + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + OWN + earlier


SHAPES: dict[str, Callable[[int], bytes]] = {
    "own words": words,
    "plain trail": plain,
    "text and HTML": page,
    "earlier mail": thread,
    "attachment": files,
}


def people(count: int) -> list[str]:
    """So many recipients: officers and residents, by turns."""
    return [f"person.{n}@{'gmail.com' if n % 2 else f'body{n % 40}.example'}" for n in range(count)]


def to_many(count: int) -> bytes:
    """A reply to so many, above a trail."""
    named = ",\r\n ".join(f"Person Number {n} <{each}>" for n, each in enumerate(people(count)))
    return plain(2_000).replace(b"To: Jill Fenwick <jill.fenwick@resident.example>", b"To: " + named.encode())


def council() -> Council:
    """The demo council with these checks alone, all of them in force."""
    house = only(example_council(), *WHO_GETS_WHAT)
    checks = {
        name: each.model_copy(update={"stage": Stage.ENFORCE}) for name, each in house.policy.checks.items()
    }
    assert checks.keys() == set(WHO_GETS_WHAT)
    return house.model_copy(update={"policy": house.policy.model_copy(update={"checks": checks})})


HOUSE = council()


def context(addresses: Iterable[str]) -> Context:
    """Of a member who writes to these; the archive knows every third, and has what is answered."""
    recipients = tuple(Recipient(address=each, canonical=canonical(each)) for each in addresses)
    known = tuple(each.canonical for each in recipients[::3])
    parent = KnownMail(message="Q1", message_id="<hedge@resident.example>", author=ANNE, people=known)
    return Context(
        council=HOUSE,
        person=ANNE,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(mail_from=ANNE, recipients=recipients),
        received_at=datetime(2026, 11, 20, 16, 13, tzinfo=UTC),
        today=date(2026, 11, 20),
        answers=Answers(parents=(parent,), known=known, known_domains=("body3.example",)),
    )


def library(raw: bytes) -> int:
    """What a filter would do at the least with Python's own parser; returns how much it has seen."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    seen = sum(len(message[name].addresses) for name in ("From", "To", "Cc") if message[name])
    for part in message.walk():
        if part.get_content_maintype() == "text":
            seen += len(part.get_content())
    return seen


def decided(reading: Reading, about: Context) -> Decision:
    """All the checks, each of which must have been able to complete."""
    decision = decide(reading.anatomy, about)
    assert not any(finding.incomplete for finding in decision.findings), decision.findings
    return decision


def main() -> int:
    """Print the tables, and what is not as it should be."""
    faults: list[str] = []
    one = context(["jill.fenwick@resident.example"])
    print(f"{'':15}{'size':>8}{'library':>10}{'read':>10}{'decide':>10}{'ratio':>8}{'ms/kB':>10}")
    for shape, make in SHAPES.items():
        costs = Costs(shape, "kB", faults)
        for name, (size, times) in SIZES.items():
            raw = make(size)
            row = measured(raw, one, times)
            each = costs.add(name, sum(row[1:]), len(raw) / 1000)
            print(f"{shape:15}{name:>8}{told(row)}{each:10.3f}", flush=True)
    print(f"{'recipients':>23}{'library':>10}{'read':>10}{'decide':>10}{'ratio':>8}{'ms each':>10}")
    costs = Costs("recipients", "recipient", faults)
    for count, times in COUNTS.items():
        row = measured(to_many(count), context(people(count)), times)
        each = costs.add(str(count), sum(row[1:]), count)
        print(f"{count:23}{told(row)}{each:10.3f}", flush=True)
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


def measured(raw: bytes, about: Context, times: int) -> tuple[float, float, float]:
    """What the library takes, what reading takes and what deciding takes."""
    reading = read_step(raw)
    return (
        milliseconds(lambda: library(raw), times),
        milliseconds(lambda: read_step(raw), times),
        milliseconds(lambda: decided(reading, about), times),
    )


def told(row: tuple[float, float, float]) -> str:
    theirs, read, decide = row
    return f"{theirs:10.2f}{read:10.2f}{decide:10.2f}{(read + decide) / theirs:8.1f}"


class Costs:
    """What a unit costs as there are more of them."""

    def __init__(self, of: str, unit: str, faults: list[str]) -> None:
        self._of, self._unit, self._faults = of, unit, faults
        self._cheapest = float("inf")

    def add(self, name: str, milliseconds: float, units: float) -> float:
        """What one costs here; a fault where that is far more than among fewer."""
        each = milliseconds / units
        if each > self._cheapest * STEEPEST:
            self._faults.append(
                f"{self._of}, {name}: a {self._unit} costs {each / self._cheapest:.1f} times as much"
            )
        self._cheapest = min(self._cheapest, each)
        return each


if __name__ == "__main__":
    sys.exit(main())
