"""The Clerk's consents, in the council's record: each one granted or revoked makes a new version of the council.

So what was decided on the version before is decided anew before it is committed, and each version says who had consent.
Nothing is ever taken out: one that was revoked stays, with who revoked it and why.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from config.consent import Consent
from config.consumer_domains import mailbox_of
from config.council import Council
from config.council_file import council_from
from gateway.store import councils
from gateway.store.errors import Conflict, NotFound

_NUMBERED = re.compile(r"(\d{4})-(\d{1,6})\Z")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a consent is to be for: see `config.consent.Consent`. Addresses and logins are canonical."""

    address: str
    person: str | None = None
    thread: str | None = None
    sender: str | None = None
    first: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Who decides, why, and when; `today` is the day in Europe/London, on which roles are held."""

    by: str
    why: str
    now: datetime
    today: date


def grant(connection: Connection, council_id: str, wanted: Wanted, act: Act) -> tuple[int, Consent]:
    """Record a consent; the council's version then, and the consent.

    Only who acts as Proper Officer today may grant one, and never to themselves. Raises NotFound, Conflict, and
    ConfigError where it cannot stand in the council's file.
    """

    def change(found: Council) -> Council:
        _require_officer(found, act)
        _require_another(found, wanted, act)
        values = found.model_dump(by_alias=True)
        terms = {key: value for key, value in asdict(wanted).items() if key != "first"}
        new = {**terms, "from": wanted.first, "id": _next_id(found, act.today)}
        granted = {**new, "why": act.why, "granted_by": act.by, "granted_at": act.now}
        return council_from({**values, "consents": [*values["consents"], granted]}, council_id)

    by = f"vestry consent grant by {act.by}: {act.why}"
    version, changed = councils.change(connection, council_id, change, act.now, by)
    return version, changed.consents[-1]


def revoke(connection: Connection, council_id: str, consent_id: str, act: Act) -> tuple[int, Consent]:
    """End a consent at once; the council's version then, and the consent. Raises NotFound, Conflict."""

    def change(found: Council) -> Council:
        _require_officer(found, act)
        standing = next((each for each in found.consents if each.id == consent_id), None)
        if standing is None:
            raise NotFound(f"{found.id} has no consent {consent_id}")
        if standing.revoked_at is not None:
            raise Conflict(f"{consent_id} was revoked by {standing.revoked_by} already")
        values = found.model_dump(by_alias=True)
        for each in values["consents"]:
            if each["id"] == consent_id:
                each |= {"revoked_by": act.by, "revoked_at": act.now, "revoked_why": act.why}
        return council_from(values, council_id)

    by = f"vestry consent revoke {consent_id} by {act.by}: {act.why}"
    version, changed = councils.change(connection, council_id, change, act.now, by)
    return version, next(each for each in changed.consents if each.id == consent_id)


def _require_officer(council: Council, act: Act) -> None:
    if act.by not in {person.login for person in council.officers(act.today)}:
        raise Conflict(f"{act.by} is neither Clerk, deputy nor locum of {council.name} today")


def _require_another(council: Council, wanted: Wanted, act: Act) -> None:
    """Nobody consents to their own use of an address, be it by way of a consent for everyone."""
    if wanted.person == act.by:
        raise Conflict("nobody grants themselves consent; another officer can")
    officer = council.person(act.by)
    own = {mailbox_of(each.address) for each in officer.personal_addresses} if officer else set()
    if wanted.person is None and mailbox_of(wanted.address) in own:
        raise Conflict(f"{wanted.address} is a personal address of {act.by}; another officer can grant this")


def _next_id(council: Council, today: date) -> str:
    """The year and the next number in it: `2026-7`."""
    numbers = [
        int(found[2])
        for each in council.consents
        if (found := _NUMBERED.match(each.id)) and int(found[1]) == today.year
    ]
    return f"{today.year}-{max(numbers, default=0) + 1}"
