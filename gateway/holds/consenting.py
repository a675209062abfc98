"""The Clerk's consent, granted for what a held message is addressed to, and the message released with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from config.consent import Consent
from gateway.holds.asking import wants_consent
from gateway.holds.decisions import Act, Given, Ready, release
from gateway.holds.standing import findings
from gateway.store import archive, consents
from gateway.store.errors import Conflict
from signatures.message.anatomy import Anatomy


@dataclass(frozen=True, slots=True)
class Scope:
    """What a consent is for, besides its sender and address: a thread alone, and until when."""

    thread: str | None = None
    until: date | None = None


def release_with_consent(
    connection: Connection,
    council_id: str,
    message: str,
    act: Act,
    scope: Scope,
    made_ready: Ready | None = None,
) -> tuple[Given, tuple[Consent, ...]]:
    """Grant its sender consent for each address that a message waits for consent for, and give the Clerk's word.

    Both or neither. Raises NotFound, Conflict as `gateway.store.consents.grant` and `release` do, and Conflict where
    it waits for no consent.
    """
    row = archive.open_message(connection, council_id, message)
    left_out = set() if made_ready is None else set(made_ready.change.left_out)
    gone = {
        each.canonical
        for each in archive.recipients(connection, council_id, message)
        if each.number in left_out
    }
    addresses = [
        each for each in wants_consent(findings(connection, council_id, message)) if each not in gone
    ]
    if not addresses:
        raise Conflict(f"{message} does not wait for the Clerk's consent to any address")
    if row.person is None:
        raise Conflict(f"nobody is known to have sent {message}, so there is nobody to grant consent to")
    why = act.why.strip() or f"granted with the release of {message}"
    before = None if made_ready is None else made_ready.version
    granted: list[Consent] = []
    for address in addresses:
        wanted = consents.Wanted(address, person=row.person, thread=scope.thread, until=scope.until)
        version, consent = consents.grant(
            connection, council_id, wanted, consents.Act(act.by, why, act.now, act.today)
        )
        granted.append(consent)
        if made_ready is not None and before in {None, version - 1}:
            # The only change since it was made ready is this very consent.
            before, made_ready = version, replace(made_ready, version=version)
    return release(connection, council_id, message, act, made_ready), tuple(granted)


def thread_of(anatomy: Anatomy, message_id: str) -> str:
    """The first message of a thread, as far as a later one tells: what is sent in it from now on names it too."""
    # In-Reply-To comes before References, whose first is the oldest.
    told = (*anatomy.references[1:2], *anatomy.references[:1], *anatomy.marks.forwards)
    attached = (each.message_id for each in anatomy.earlier if each.message_id)
    return next(iter((*told, *attached)), "") or message_id
