"""A council: its domains, its people with their roles and addresses, its policy.

An official address hosted elsewhere (a county councillor's at the county council, say) is neither personal
nor sendable here. One login may stand in several councils, so a login need not be in a council's domains;
an address to send from must be.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from config.address import domain_of
from config.archive import ArchiveRules
from config.base import Address, Day, Domain, Frozen, Line, london_day
from config.consent import Consent, faults_of_consents
from config.content import ContentRules, faults_of_content
from config.destination import EmergencyEntry, ProtectedEntry, covered, faults_of_destinations
from config.errors import Complaint, Faults
from config.mailing_list import MailingList, faults_of_lists
from config.office import Leave, MonitoringNotice, Reminders, WorkingHours, faults_of_leave
from config.person import (
    OFFICERS,
    Identity,
    IdentityKind,
    Person,
    PersonalAddress,
    Role,
    RoleHeld,
    Term,
)
from config.policy import ALWAYS_IN_FORCE, BUILT_IN, Policy, Stage
from config.sent_copy import SentCopy
from config.signature import SignatureBook
from config.telling import Digest, Language, Telephone

__all__ = [
    "OFFICERS",
    "Address",
    "Council",
    "Domain",
    "ElsewhereAddress",
    "Identity",
    "IdentityKind",
    "Person",
    "PersonalAddress",
    "Role",
    "RoleHeld",
    "Term",
]


def _council_id(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text):
        raise ValueError("1 to 63 small letters, digits and hyphens, not a hyphen first")
    return text


class ElsewhereAddress(Frozen):
    """An official address of somebody here that another body hosts."""

    address: Address
    person: Address | None = None
    body: Line = ""


class Council(Frozen):
    """One parish, town or community council, whole, as its file describes it.

    Until `record_only_until` the council is paused: what its checks find is recorded and nothing is held for
    it (`vestry council pause`). The pause ends by itself. `trial_until` is the last day of a new council's trial,
    during which everything is recorded only. `language` is that of notices; `telephones` stand in every notice that
    mail was not sent, for what cannot wait; `digest` says when the Clerk is told. Mail to `protected` recipients
    (Monitoring Officer, auditor, police, union) is never held for what is in it, and the Clerk never sees it; mail to
    `emergency` recipients does not wait. `bank_holidays` of England and Wales are no working days; `leave` says who
    is away when. `content` is what the checks on what is written go by, `archive` who is sent the ledger's signed
    heads. Nobody's mail leaves before they have acknowledged the `monitoring_notice`, where there is one.
    """

    id: Annotated[str, AfterValidator(_council_id)]
    name: Line = Field(min_length=1, max_length=200)
    domains: tuple[Domain, ...] = Field(min_length=1)
    upstream: Line = Field(default="default", min_length=1)
    notices_from: Address | None = None
    people: tuple[Person, ...] = ()
    elsewhere: tuple[ElsewhereAddress, ...] = ()
    lists: tuple[MailingList, ...] = ()
    consents: tuple[Consent, ...] = ()
    protected: tuple[ProtectedEntry, ...] = ()
    emergency: tuple[EmergencyEntry, ...] = ()
    policy: Policy = BUILT_IN
    signatures: SignatureBook = SignatureBook()
    sent_copy: SentCopy = SentCopy()
    language: Language = Language.ENGLISH
    telephones: tuple[Telephone, ...] = Field(default=(), max_length=5)
    digest: Digest = Digest()
    working_hours: tuple[WorkingHours, ...] = Field(default=(WorkingHours(),), min_length=1, max_length=50)
    bank_holidays: bool = True
    leave: tuple[Leave, ...] = ()
    reminders: Reminders = Reminders()
    monitoring_notice: MonitoringNotice | None = None
    content: ContentRules = ContentRules()
    archive: ArchiveRules = ArchiveRules()
    record_only_until: AwareDatetime | None = None
    trial_until: Day | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        complaints = [
            *_faults_of_council(self),
            *_faults_of_addresses(self),
            *_faults_of_holders(self),
            *faults_of_lists(self.lists, {person.login for person in self.people}, _not_lists(self)),
            *_faults_of_consents(self),
            *_faults_of_signatures(self),
            *faults_of_destinations("protected", self.protected, self.domains),
            *faults_of_destinations("emergency", self.emergency, self.domains),
            *faults_of_leave(self.leave, {person.login for person in self.people}),
            *faults_of_content(self.content, _taken(self), self.domains, reports=_takes_reports(self)),
        ]
        if complaints:
            raise Faults(complaints)
        return self

    def stage_of(self, check: str, at: datetime) -> Stage:
        """The stage at which a check is in force at a moment: as the policy says, but for a pause and the trial."""
        stage = self.policy.checks[check].stage
        if stage is Stage.OFF or check in ALWAYS_IN_FORCE:
            return stage
        paused = self.record_only_until is not None and at < self.record_only_until
        return Stage.TRIAL if paused or self.on_trial(at) else stage

    def on_trial(self, at: datetime) -> bool:
        """Whether a moment falls within the council's trial, by the calendar of Europe/London."""
        return self.trial_until is not None and london_day(at) <= self.trial_until

    def review_passed(self, on: date) -> bool:
        """Whether the policy's review date lies before a day."""
        return self.policy.review is not None and self.policy.review < on

    @property
    def notice_sender(self) -> str:
        """The address that notices and bounces to this council's people are written from."""
        return self.notices_from or f"postroom@{self.domains[0]}"

    def person(self, login: str) -> Person | None:
        """The person with this login, if any."""
        return next((person for person in self.people if person.login == login), None)

    def list_at(self, address: str) -> MailingList | None:
        """The list or alias with this address, in canonical form, if any."""
        return next((each for each in self.lists if each.address == address), None)

    def is_internal(self, address: str) -> bool:
        """Whether an address, in canonical form, is the council's own, or an official one of somebody here."""
        return domain_of(address) in self.domains or any(each.address == address for each in self.elsewhere)

    def is_protected(self, address: str) -> bool:
        """Whether one may write to an address, in canonical form, without the Clerk knowing."""
        return covered(self.protected, address)

    def is_emergency(self, address: str) -> bool:
        """Whether mail to an address, in canonical form, does not wait."""
        return covered(self.emergency, address)

    def away(self, login: str, on: date) -> bool:
        """Whether somebody is on leave on a day."""
        return any(each.login == login and each.from_ <= on <= each.until for each in self.leave)

    def holders_of(self, address: str, on: date) -> tuple[Person, ...]:
        """Everyone who may send from `address` on a day."""
        return tuple(person for person in self.people if person.may_send_as(address, on))

    def officers(self, on: date) -> tuple[Person, ...]:
        """Those who act as Proper Officer on a day."""
        return tuple(person for person in self.people if person.roles_on(on) & OFFICERS)


def _faults_of_council(council: Council) -> Iterator[Complaint]:
    """Domains and logins stand once; who and what is referred to is there."""
    for index, domain in enumerate(council.domains):
        if domain in council.domains[:index]:
            yield Complaint(f"domains[{index}]", domain, "each domain once")
    logins = [person.login for person in council.people]
    for index, login in enumerate(logins):
        if login in logins[:index]:
            yield Complaint(f"people[{index}].login", login, "each login once")
    for index, entry in enumerate(council.elsewhere):
        if entry.person is not None and entry.person not in logins:
            yield Complaint(f"elsewhere[{index}].person", entry.person, "the login of somebody in this file")
    if council.notices_from is not None and domain_of(council.notices_from) not in council.domains:
        yield Complaint("notices_from", council.notices_from, _in_own_domains(council))


def _faults_of_addresses(council: Council) -> Iterator[Complaint]:
    """Each address is one thing: to send from, in our domains; personal or hosted elsewhere, outside them."""
    for index, entry in enumerate(council.elsewhere):
        if domain_of(entry.address) in council.domains:
            yield Complaint(
                f"elsewhere[{index}].address", entry.address, "an address outside the council's own domains"
            )
    elsewhere = {entry.address for entry in council.elsewhere}
    for number, person in enumerate(council.people):
        for index, identity in enumerate(person.identities):
            key = f"people[{number}].identities[{index}].address"
            if identity.address in elsewhere:
                yield Complaint(
                    key, f"{identity.address}, which is hosted elsewhere", "an address that can send here"
                )
            elif domain_of(identity.address) not in council.domains:
                yield Complaint(key, identity.address, _in_own_domains(council))
        for index, personal in enumerate(person.personal_addresses):
            key = f"people[{number}].personal_addresses[{index}].address"
            if domain_of(personal.address) in council.domains:
                yield Complaint(key, personal.address, "an address outside the council's own domains")
            elif personal.address in elsewhere:
                yield Complaint(key, f"{personal.address}, which is an official one", "a personal address")


def _faults_of_holders(council: Council) -> Iterator[Complaint]:
    """At no time is an address to send from held in two ways that exclude each other."""
    held: dict[str, list[tuple[str, Person, Identity]]] = {}
    for number, person in enumerate(council.people):
        for index, identity in enumerate(person.identities):
            key = f"people[{number}].identities[{index}]"
            held.setdefault(identity.address, []).append((key, person, identity))
    for address, holdings in held.items():
        for (_, first, earlier), (key, second, later) in itertools.combinations(holdings, 2):
            if earlier.overlaps(later) and (rule := _excluded(first, earlier, second, later)):
                yield Complaint(
                    key, f"{address} as {later.kind}, which {first.login} has as {earlier.kind}", rule
                )


def _excluded(first: Person, earlier: Identity, second: Person, later: Identity) -> str:
    """The rule against these two holding one address on one day; empty where there is none."""
    kinds = {earlier.kind, later.kind}
    if first is second:
        return "each address once for a person at a time"
    if IdentityKind.SHARED in kinds:
        return "" if len(kinds) == 1 else "`shared` for everyone who has a shared mailbox"
    if IdentityKind.DELEGATED in kinds:
        return ""
    return "one person at a time with an address of their own; for others it is `delegated` or `shared`"


def _not_lists(council: Council) -> dict[str, str]:
    """Addresses that are somebody's, with what they are."""
    taken = {entry.address: "which is hosted elsewhere" for entry in council.elsewhere}
    for person in council.people:
        taken |= {each.address: "which is a personal one" for each in person.personal_addresses}
        taken |= {each.address: f"which {person.login} may send from" for each in person.identities}
    return taken


def _taken(council: Council) -> frozenset[str]:
    lists = (each.address for each in council.lists)
    return frozenset((*_not_lists(council), *lists, council.notice_sender))


def _takes_reports(council: Council) -> bool:
    policy = council.policy.checks.get("report")
    return policy is not None and policy.stage is not Stage.OFF


def _faults_of_consents(council: Council) -> Iterator[Complaint]:
    logins = {person.login for person in council.people}
    elsewhere = {entry.address for entry in council.elsewhere}
    return faults_of_consents(council.consents, logins, council.domains, elsewhere)


def _faults_of_signatures(council: Council) -> Iterator[Complaint]:
    """Templates name fields that there are; variants are for people and addresses that there are."""
    details = frozenset(name for person in council.people for name in person.details)
    yield from council.signatures.faults_of_fields(details)
    logins = {person.login for person in council.people}
    addresses = {identity.address for person in council.people for identity in person.identities}
    for key, versions in (("agreed", council.signatures.agreed), ("waivers", council.signatures.waivers)):
        for number, version in enumerate(versions):
            for place, variant in enumerate(version.variants):
                where = f"signatures.{key}[{number}].variants[{place}]"
                for login in variant.people:
                    if login not in logins:
                        yield Complaint(f"{where}.people", login, "the login of somebody in this file")
                for address in variant.addresses:
                    if address not in addresses:
                        yield Complaint(
                            f"{where}.addresses", address, "an address that somebody here may send from"
                        )


def _in_own_domains(council: Council) -> str:
    return f"an address in the council's own domains ({', '.join(council.domains)})"
