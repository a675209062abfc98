"""How often ordinary mail of a council is held or asked about: `python -m tests.evaluation.false_alarms`.

Every message goes through the real road (`read_step`, its attachments read, `decide_step`) of the demo council, every
content check enforced. Printed are, for each check, how many messages were held, asked about or noted, in a hundred
with Wilson's 95 % interval, and each of those by its name, with the words found and the reason. A message that is
rightly asked about stands in `explained.toml` with why. Ends with 1 where more than five in a hundred of the written
messages are held or asked about, or one of any is that is not explained.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.council import Council
from config.policy import Verdict
from filters.finding import Finding
from tests.evaluation import everyday
from tests.evaluation.authority.__main__ import row
from tests.evaluation.everyday import Mail, judged, strict

EXPLAINED = Path(__file__).parent / "explained.toml"
MOST = 5
"""Of a hundred written messages so many may be held or asked about, in all."""

_STOPS = Verdict.ASK
_NAMES = {Verdict.NOTE: "noted", Verdict.ASK: "asked", Verdict.HOLD: "held", Verdict.REFUSE: "refused"}


@dataclass(frozen=True, slots=True)
class Alarm:
    """A finding on an ordinary message."""

    id: str
    finding: Finding

    @property
    def stops(self) -> bool:
        """Whether the message waits for somebody because of it."""
        return self.finding.effect >= _STOPS

    @property
    def key(self) -> tuple[str, str]:
        """The message and the check."""
        return self.id, self.finding.check

    def __str__(self) -> str:
        seen = "; ".join(f"{each.where}: {each.text!r}" for each in self.finding.evidence)
        return f"{self.id} {self.finding.check} {self.finding.effect.word}: {seen or '-'}\n    {self.finding.reason}"


def run(mails: Iterable[Mail], council: Council) -> Iterator[tuple[Mail, list[Alarm]]]:
    """Each message and what was found in it."""
    for mail in mails:
        yield mail, [Alarm(mail.id, each) for each in judged(mail, council).decision.findings]


def explained() -> dict[tuple[str, str], str]:
    """Why a check is right to stop a message, by message and check."""
    told = tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("explained", [])
    return {(each["id"], check): each["why"] for each in told for check in each["checks"]}


def report(results: Sequence[tuple[Mail, list[Alarm]]], names: Iterable[str]) -> Iterator[str]:
    """The figures, one on a line."""
    count = len(results)
    yield row("held, asked about or refused, in a hundred", stopped(results), count, 100)
    for name in names:
        for verdict, word in _NAMES.items():
            hits = sum(
                any(each.finding.check == name and each.finding.effect is verdict for each in alarms)
                for _, alarms in results
            )
            if hits:
                yield row(f"  {name}: {word}", hits, count, 100)


def stopped(results: Sequence[tuple[Mail, list[Alarm]]]) -> int:
    """How many messages wait for anybody."""
    return sum(any(each.stops for each in alarms) for _, alarms in results)


COLLECTIONS: Mapping[str, tuple[Callable[[], Iterable[Mail]], bool]] = {
    "false_alarms": (everyday.false_alarms, False),
    "ordinary": (everyday.as_mail_programs_wrote_it, False),
    "clients": (everyday.clients, True),
}
"""The messages of each collection, and whether content checks alone look at it: what `clients` has is meant to be odd
to the others.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and say whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="*", default=list(COLLECTIONS), metavar="collection")
    parser.add_argument("--notes", action="store_true", help="show what was only noted, too")
    asked = parser.parse_args(arguments)
    known, faults = explained(), []
    for name in asked.collections:
        mails, only_content = COLLECTIONS[name]
        council = strict(only_content=only_content)
        results = list(run(mails(), council))
        print(f"{name}: {len(results)} messages")
        print("\n".join(report(results, council.policy.checks)))
        for alarm in (each for _, alarms in results for each in alarms):
            if alarm.stops or (asked.notes and alarm.finding.check in everyday.CONTENT):
                why = known.get(alarm.key)
                print(alarm if why is None else f"{alarm}\n    Explained: {why}")
                if alarm.stops and why is None:
                    faults.append(f"{alarm.id}: {alarm.finding.check} is not explained")
        if name == "false_alarms" and stopped(results) * 100 > MOST * len(results):
            faults.append(f"{stopped(results)} of {len(results)} messages are held or asked about")
        print()
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
