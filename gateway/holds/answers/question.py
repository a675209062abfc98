"""What the sender of a held message can still choose about it: what a notice asks, and an answer is read by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from config.council import Council
from filters.finding import Decision, Need
from gateway.holds.answers.options import Option, Purpose, answered, offered, purpose_of
from gateway.holds.standing import standing
from gateway.holds.words import given
from gateway.store import acknowledgements, archive, holds
from gateway.store.kinds import MessageState


@dataclass(frozen=True, slots=True)
class Question:
    """A message and what may be chosen about it.

    `recipients` are the canonical addresses of those whom its author named, in the archive's order: notices number
    them from 1. `written` are the same as the author wrote them. `needs` are the words that it still needs; `author`
    is the number of whom it answers, from 0, where that is known. `purpose` is what its sender is asked now.
    """

    council: Council
    message: Row[Any]
    decision: Decision
    acts: tuple[str, ...]
    needs: frozenset[Need]
    recipients: tuple[str, ...]
    written: tuple[str, ...]
    author: int | None
    purpose: Purpose
    on: date

    @property
    def waits(self) -> bool:
        """Whether anything is left to be decided."""
        return bool(self.message.state == MessageState.HELD.value)

    def options(self, purpose: Purpose) -> tuple[Option, ...]:
        """What may be chosen in answer to a notice of this purpose; nothing once that was decided."""
        if not self.waits or (purpose is Purpose.QUESTION and Need.SENDER not in self.needs):
            return ()
        if purpose is Purpose.NOTICE and self.purpose is not Purpose.NOTICE:
            return ()
        person = self.message.person
        return offered(
            self.council, self.decision, self.recipients, sender=person, on=self.on, purpose=purpose
        )


def question(connection: Connection, council: Council, message: str, on: date) -> Question:
    """The question about a message on a day in Europe/London. Raises NotFound."""
    row = archive.message(connection, council.id, message)
    acts = holds.acts(connection, council.id, message)
    decision = standing(holds.findings(connection, council.id, message), acts)
    listed = [each for each in archive.recipients(connection, council.id, message) if each.added_by is None]
    recipients = tuple(each.canonical for each in listed)
    needs = decision.needs - given(acts)
    read = row.person is not None and acknowledgements.acknowledged(connection, council, row.person)
    return Question(
        council=council,
        message=row,
        decision=decision,
        acts=acts,
        needs=needs,
        recipients=recipients,
        written=tuple(each.address for each in listed),
        author=answered(council, decision, recipients, row.person, on),
        purpose=purpose_of(decision, needs, acknowledged=read),
        on=on,
    )
