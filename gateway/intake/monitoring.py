"""Asking whoever sends mail for the first time to acknowledge the council's monitoring notice."""

from __future__ import annotations

from config.council import Council
from config.policy import MONITORING, Verdict
from filters.finding import Decision, Finding, finding_of
from filters.spared import at_once, in_confidence
from gateway.holds.acknowledged import AGAIN, FIRST
from gateway.intake.submission import Submission
from gateway.store import acknowledgements
from gateway.store.database import Database

NAME = acknowledgements.CHECK


class Monitoring:
    """Knows who has acknowledged the notice. Who has, has for good, so that is asked once in a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: set[tuple[str, str, str]] = set()

    async def asked(
        self, decision: Decision, submission: Submission, council: Council, person: str | None
    ) -> Decision:
        """The decision on a message of `person`, with the question where it is to be asked. Raises Unavailable.

        It is not asked about a refused message, nor where the message goes to somebody who is written to in
        confidence or for whom nothing waits: those are never kept.
        """
        notice = council.monitoring_notice
        if notice is None or person is None or council.person(person) is None:
            return decision
        if decision.verdict is Verdict.REFUSE or not _may_wait(council, submission):
            return decision
        key = (council.id, notice.version, person)
        if key in self._read:
            return decision
        read, waiting = await self._database.read(
            lambda c: (
                acknowledgements.acknowledged(c, council, person),
                acknowledgements.waiting(c, council.id, person),
            )
        )
        if read:
            self._read.add(key)
            return decision
        return Decision(findings=(*decision.findings, finding(again=bool(waiting))))


def finding(*, again: bool) -> Finding:
    """What keeps a message until its sender has acknowledged the notice; `again` where they were asked before."""
    return finding_of(NAME, MONITORING, AGAIN if again else FIRST)


def _may_wait(council: Council, submission: Submission) -> bool:
    return not in_confidence(council, submission.envelope) and not at_once(council, submission.envelope)
