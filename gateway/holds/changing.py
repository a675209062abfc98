"""A held message as it is worked on: what was chosen about it, whom that is about, and taking out what is to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from config.checks import KINDS, switch
from config.council import Council
from filters.finding import Decision
from gateway.archive.versions import as_received
from gateway.holds.change import Change
from gateway.holds.decisions import change_kept
from gateway.holds.standing import standing
from gateway.store import archive, councils, holds
from gateway.store.errors import Conflict
from gateway.workers.analysis import Analyst, Unreadable
from gateway.workers.pool import WorkerFailed
from signatures.message.splices import Splice, apply, composed

NOT_OUT = (
    "the earlier messages cannot be taken out of {}: they are attached, or it cannot be told where they begin"
)


@dataclass(frozen=True, slots=True)
class Held:
    """A held message as the archive has it, what was done and chosen about it so far, and its findings as they stand."""

    row: Row[Any]
    raw: bytes
    recipients: Sequence[Row[Any]]
    decision: Decision
    acts: tuple[str, ...]
    kept: Change
    council: Council
    version: int


def held_message(connection: Connection, council_id: str, message: str) -> Held:
    """What the archive has of a message. Raises NotFound."""
    version, council = councils.load(connection, council_id)
    acts = holds.acts(connection, council_id, message)
    return Held(
        row=archive.message(connection, council_id, message),
        raw=as_received(connection, council_id, message),
        recipients=archive.recipients(connection, council_id, message),
        decision=standing(holds.findings(connection, council_id, message), acts),
        acts=acts,
        kept=change_kept(connection, council_id, message),
        council=council,
        version=version,
    )


def whole_change(held: Held, change: Change) -> Change:
    """The change with what was chosen before, for every recipient with the same address. Raises Conflict."""
    by_number = {each.number: each for each in held.recipients}
    for number in (*change.left_out, *change.blind):
        if number not in by_number:
            raise Conflict(f"{held.row.id} has no recipient with the number {number + 1}")
    if any(by_number[number].added_by is not None for number in change.blind):
        raise Conflict("a copy that policy adds is one that everybody sees; it cannot be moved to Bcc")
    whole = held.kept.also(change)
    alike = {name: _alike(held.recipients, getattr(whole, name)) for name in ("left_out", "blind")}
    whole = Change(without_trail=whole.without_trail).also(Change(**alike))
    if all(each.number in whole.left_out for each in held.recipients if each.added_by is None):
        raise Conflict(f"nobody would be left for {held.row.id} to go to; cancel or reject it instead")
    return whole


def _alike(recipients: Sequence[Row[Any]], numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Everybody who has the address of one of these."""
    addresses = {each.canonical for each in recipients if each.number in numbers}
    return tuple(each.number for each in recipients if each.canonical in addresses)


def require_bcc(held: Held) -> None:
    """Recipients are moved to Bcc where every check that asks about so many permits it. Raises Conflict."""
    for finding in held.decision.findings:
        policy = held.council.policy.checks.get(finding.check)
        if policy is None or finding.need is None or "bcc" not in KINDS[finding.check].switches:
            continue
        if not switch(finding.check, policy.switches, "bcc"):
            raise Conflict(f"the council's policy does not permit Bcc here ({finding.clause})")


async def taken_out(analyst: Analyst, held: Held, change: Change, deadline: float) -> tuple[Splice, ...]:
    """The splices on the message as received that take out of it what is to go. Raises Conflict."""
    message, raw = held.row.id, held.raw
    unseen = {each.canonical for each in held.recipients if each.number in (*change.left_out, *change.blind)}
    removed: tuple[Splice, ...] = ()
    try:
        if change.without_trail:
            removed = await analyst.strip(raw, deadline)
            if not removed:
                raise Conflict(NOT_OUT.format(message))
    except Unreadable as error:
        raise Conflict(f"the earlier messages cannot be taken out of {message}: {error.reason}") from None
    except WorkerFailed as error:
        raise Conflict(unread(message, error.reason)) from None
    try:
        if unseen:
            hidden = await analyst.readdress(apply(raw, removed), unseen, deadline)
            removed = composed(len(raw), removed, hidden)
    except Unreadable as error:
        raise Conflict(f"recipients cannot be taken out of {message}: {error.reason}") from None
    except WorkerFailed as error:
        raise Conflict(unread(message, error.reason)) from None
    return removed


def unread(message: str, why: str) -> str:
    """That a message cannot be looked at, for people."""
    return (
        f"{message} still cannot be read ({why}), so it cannot be made ready to leave; "
        "reject it, and its sender will be told"
    )
