"""The findings on a held message as they stand after what was done: what its sender handed over is the Clerk's."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from config.verdict import Verdict
from filters.finding import Decision, Finding, Need, Wants
from gateway.holds.words import Act
from gateway.store import holds
from gateway.store.acknowledgements import CHECK


def standing(decision: Decision, acts: Collection[str]) -> Decision:
    """The decision after these acts, oldest first. What its sender was asked is the Clerk's to decide, once they have
    handed the message over; that they have read the monitoring notice was their own to say, and is said.
    """
    if Act.HANDED_OVER.value not in acts:
        return decision
    return Decision(findings=tuple(_handed(each) for each in decision.findings))


def findings(connection: Connection, council: str, message: str) -> Decision:
    """What the policy found in a message, as it stands. Raises NotFound."""
    found = holds.findings(connection, council, message)
    return standing(found, holds.acts(connection, council, message))


def _handed(finding: Finding) -> Finding:
    if finding.need is not Need.SENDER:
        return finding
    if finding.check == CHECK:
        return finding.model_copy(update={"verdict": Verdict.NOTE})
    # Whether it binds the Council is of no matter where the Clerk sends it.
    wants = Wants.NOTHING if finding.wants is Wants.NOT_BINDING else finding.wants
    return finding.model_copy(update={"verdict": Verdict.HOLD, "wants": wants})
