"""Whose word does not count yet: who has not acknowledged the council's monitoring notice."""

from __future__ import annotations

from sqlalchemy import Connection

from config.council import Council
from filters.finding import Decision, Need
from gateway.store import acknowledgements
from gateway.store.acknowledgements import CHECK
from gateway.store.errors import Conflict

FIRST = (
    "Before your first message goes, please read how the Council may look at mail that is sent from here, and answer "
    "READ. The message then goes by itself."
)
AGAIN = (
    "You have not yet said that you have read how the Council may look at mail that is sent from here. This message "
    "waits with the one before it, and goes by itself once you have answered READ."
)
"""Why a message waits: the first of somebody, who is shown the notice, and those after it."""


def asked_before(decision: Decision) -> bool:
    """Whether the notice was shown to a message's sender already, about an earlier one."""
    return any(each.check == CHECK and each.reason == AGAIN for each in decision.findings)


def waits_for_acknowledgement(decision: Decision) -> bool:
    """Whether a message was kept until its sender acknowledges the notice."""
    return any(each.check == CHECK and each.need for each in decision.findings)


def asks_more(decision: Decision) -> bool:
    """Whether the sender is asked something besides."""
    return any(each.check != CHECK and each.need is Need.SENDER for each in decision.findings)


def require_acknowledged(connection: Connection, council: Council, decision: Decision, login: str) -> None:
    """The sender's word on such a message is worth nothing before the acknowledgement. Raises Conflict."""
    if waits_for_acknowledgement(decision) and not acknowledgements.acknowledged(connection, council, login):
        raise Conflict(
            f"{login} has not acknowledged the Council's monitoring notice yet: answer READ to it (or use `vestry "
            "person acknowledge`), and the message goes by itself"
        )
