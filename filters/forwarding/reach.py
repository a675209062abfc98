"""Whom a message reaches: every recipient of its envelope, lists opened up where their members are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from config.mailing_list import by_address, opened
from filters.context import Context
from filters.finding import Evidence
from signatures.message.anatomy import Anatomy
from signatures.message.headers import Mailbox


@dataclass(frozen=True, slots=True)
class Target:
    """A mailbox that the message reaches: its canonical address, and the recipient through whom it does."""

    address: str
    recipient: str

    @property
    def through_list(self) -> bool:
        """Whether the recipient is a list or alias, and the mailbox somebody behind it."""
        return self.address != self.recipient


def targets(context: Context) -> Iterator[Target]:
    """Each once for each recipient. Blind copies are among them: the envelope is what a message goes by."""
    lists = by_address(context.council.lists)
    for recipient in dict.fromkeys(each.canonical for each in context.envelope.recipients):
        for address in opened(recipient, lists):
            yield Target(address, recipient)


class Shown:
    """Where a message shows its recipients, and under what name."""

    def __init__(self, anatomy: Anatomy) -> None:
        prefix = "Resent-" if anatomy.resent else ""
        self._seen: dict[str, tuple[str, Mailbox]] = {}
        for field, boxes in (("To", anatomy.to), ("Cc", anatomy.cc), ("Bcc", anatomy.recipients)):
            for box in boxes:
                if box.address:
                    self._seen.setdefault(box.address, (prefix + field, box))

    def name(self, address: str) -> str:
        """The name beside an address in To or Cc; empty where there is none."""
        field, box = self._seen.get(address, ("", None))
        return box.name if box is not None and not field.endswith("Bcc") else ""

    def evidence(self, address: str) -> Evidence:
        """Where an address stands, and as it is written there."""
        field, box = self._seen.get(address, ("", None))
        if box is None:
            return Evidence(where="recipient that no line of the message names", text=address)
        return Evidence(where=field, text=box.written)
