"""The Clerk's consent to use a personal address for council mail."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from config.address import domain_of
from config.base import Address, Line
from config.errors import Complaint, Faults
from config.person import Term


def _consent_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", text):
        raise ValueError("1 to 40 letters, digits and hyphens")
    return text


def _message_id(text: str) -> str:
    if not re.fullmatch(r"<[^<>\s]{1,900}>", text):
        raise ValueError("a Message-ID in angle brackets")
    return text


class Consent(Term):
    """The Proper Officer's prior consent: council mail may go to `address`, from `from` until `until`.

    `person` is the login it is given to: they may send there and, where the address is one they have declared as
    their own, everyone of the council may write to them there. None for everyone, where a correspondent's own address
    is at one of the great providers. With `thread`, a Message-ID, it is for mail of that thread alone, with `sender`
    for mail that this address wrote. `granted_by` is never the person themselves. From `revoked_at` on it stands
    no more.
    """

    id: Annotated[str, AfterValidator(_consent_id)]
    address: Address
    person: Address | None = None
    thread: Annotated[str, AfterValidator(_message_id)] | None = None
    sender: Address | None = None
    why: Line = Field(default="", max_length=500)
    granted_by: Address
    granted_at: AwareDatetime
    revoked_by: Address | None = None
    revoked_at: AwareDatetime | None = None
    revoked_why: Line = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _revoked_by_somebody(self) -> Self:
        if (self.revoked_by is None) is not (self.revoked_at is None):
            missing = "revoked_by" if self.revoked_by is None else "revoked_at"
            raise Faults([Complaint(missing, "nothing", "both `revoked_by` and `revoked_at`, or neither")])
        return self

    @model_validator(mode="after")
    def _not_by_oneself(self) -> Self:
        if self.person is not None and self.granted_by == self.person:
            raise Faults([Complaint("granted_by", self.granted_by, "an officer other than the person")])
        return self


def faults_of_consents(
    consents: tuple[Consent, ...],
    logins: Collection[str],
    domains: Collection[str],
    elsewhere: Collection[str],
) -> Iterator[Complaint]:
    """What is wrong with a council's consents as a whole; `elsewhere` are official addresses hosted elsewhere.

    Whoever granted one may have left office since, so nothing is asked of them but that they are in the file.
    """
    seen: set[str] = set()
    for number, each in enumerate(consents):
        key = f"consents[{number}]"
        if each.id in seen:
            yield Complaint(f"{key}.id", each.id, "each consent once")
        seen.add(each.id)
        for name, login in (
            ("person", each.person),
            ("granted_by", each.granted_by),
            ("revoked_by", each.revoked_by),
        ):
            if login is not None and login not in logins:
                yield Complaint(f"{key}.{name}", login, "the login of somebody in this file")
        if domain_of(each.address) in domains:
            yield Complaint(f"{key}.address", each.address, "an address outside the council's own domains")
        elif each.address in elsewhere:
            yield Complaint(
                f"{key}.address", f"{each.address}, which is an official one", "a personal address"
            )


def with_recorded(recorded: Iterable[Consent], given: Iterable[Consent]) -> tuple[Consent, ...]:
    """The consents on record, in their order, and behind them those given that are new.

    A file says nothing of what was granted since it was written, and takes nothing back: that is done by revoking.
    Raises Faults where a consent is given otherwise than it is on record.
    """
    known = {each.id: each for each in recorded}
    faults = []
    for number, each in enumerate(given):
        if known.setdefault(each.id, each) != each:
            allowed = "a new id, or the consent as it is on record (see `vestry council export`)"
            faults.append(Complaint(f"consents[{number}].id", f"{each.id} with other content", allowed))
    if faults:
        raise Faults(faults)
    return tuple(known.values())
