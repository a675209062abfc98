"""An officer's word on whether a check was right: what it held wrongly, and what it should have held.

It changes nothing of the message. Collected, and exported with the messages, it is what a check is judged by on a
council's own mail (`vestry feedback export`); what was written to somebody in confidence is never among it, nor is
residents' casework.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tomli_w
from sqlalchemy import Connection

from config.base import london_day
from config.checks import KINDS
from config.council import Council
from config.person import Role
from filters.analysis import read_step
from filters.finding import Need
from gateway.archive.versions import as_received
from gateway.holds.casework import is_casework
from gateway.holds.decisions import Act, require_held
from gateway.holds.standing import findings
from gateway.holds.words import Act as Done
from gateway.holds.words import require_officer
from gateway.store import archive, councils, feedback, ledger
from gateway.store.errors import Conflict
from gateway.store.feedback import Kind
from gateway.store.kinds import MessageKind, MessageState
from signatures.message.scanner import Unscannable

_LEFT = frozenset({MessageState.PASSED.value, MessageState.RELEASED.value})


def wrongly_held(connection: Connection, council_id: str, message: str, act: Act, why: str) -> None:
    """Say that a message is held wrongly, by every check that holds it for the Clerk.

    Raises NotFound, and Conflict where `by` is no officer, no reason is given, or no check holds it for the Clerk.
    """
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    require_held(archive.open_message(connection, council_id, message))
    _require_may(council, act, why)
    decision = findings(connection, council_id, message)
    checks = {each.check for each in decision.findings if each.need is Need.CLERK and each.check in KINDS}
    if not checks:
        raise Conflict(f"no check holds {message} for the Clerk, so none is wrong about it")
    feedback.keep(
        connection,
        council,
        version,
        message,
        Kind.WRONGLY_HELD,
        checks,
        act=Done.WRONGLY_HELD.value,
        by=act.by,
        why=why.strip(),
        now=act.now,
    )


def should_have_been_held(
    connection: Connection, council_id: str, message: str, act: Act, check: str, why: str
) -> None:
    """Say that a check should have held a message that has left. Raises as `wrongly_held`, and Conflict where it has
    not left, there is no such check, or that check had it wait.
    """
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.open_message(connection, council_id, message)
    _require_may(council, act, why)
    if row.kind != MessageKind.SUBMITTED.value or row.state not in _LEFT:
        raise Conflict(f"{message} has not left: it is {row.state}")
    if check not in KINDS:
        raise Conflict(f"there is no check {check}; there is: {', '.join(KINDS)}")
    decision = findings(connection, council_id, message)
    if any(each.check == check and each.need is Need.CLERK for each in decision.findings):
        raise Conflict(f"{check} did hold {message} for the Clerk")
    feedback.keep(
        connection,
        council,
        version,
        message,
        Kind.SHOULD_HAVE_BEEN_HELD,
        [check],
        act=Done.SHOULD_HAVE_BEEN_HELD.value,
        by=act.by,
        why=why.strip(),
        now=act.now,
    )


def labelled(connection: Connection, council_id: str, check: str) -> str:
    """What was said of a check with the messages that it was said of, as a labelled set in TOML: `[[message]]`, in the
    form of `tests/evaluation`. Casework, and what cannot be read, is left out.
    """
    _, council = councils.load(connection, council_id)
    made = list(_messages(connection, council, check))
    return tomli_w.dumps({"message": made}, multiline_strings=True) if made else ""


def _messages(connection: Connection, council: Council, check: str) -> Iterator[dict[str, Any]]:
    for said in feedback.of_council(connection, council.id, check):
        row = archive.open_message(connection, council.id, said.message_id)
        if is_casework(row):
            continue
        try:
            anatomy = read_step(as_received(connection, council.id, row.id)).anatomy
        except Unscannable:
            continue
        listed = archive.recipients(connection, council.id, row.id)
        yield {
            "id": row.id,
            "binds": said.kind == Kind.SHOULD_HAVE_BEEN_HELD.value,
            "wording": "",
            "role": _role(council, row),
            "to": [each.canonical for each in listed if each.added_by is None],
            "subject": row.subject,
            "body": anatomy.own_texts[0].replace("\r\n", "\n") if anatomy.own_texts else "",
            "why": said.why,
        }


def _role(council: Council, row: Any) -> str:
    person = council.person(row.person) if row.person else None
    roles = person.roles_on(london_day(row.received_at)) if person else frozenset()
    return next((role.value for role in Role if role in roles), "")


def _require_may(council: Council, act: Act, why: str) -> None:
    require_officer(council, act.by, act.today)
    if not why.strip():
        raise Conflict("say in a few words why")
