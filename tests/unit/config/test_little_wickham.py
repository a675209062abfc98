"""The demo council, as the plan of the house and the guides describe it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.capacity import Capacity
from config.council import IdentityKind, Role
from config.policy import Stage, Verdict, WaiverPosition
from config.signature import in_force

TODAY = date(2026, 5, 11)
DOMAIN = "littlewickham-pc.example"


def test_its_people_have_the_roles_that_their_addresses_say(little_wickham):
    assert little_wickham.name == "Little Wickham Parish Council"
    assert little_wickham.domains == (DOMAIN,)
    roles = {p.login.removesuffix(f"@{DOMAIN}"): p.roles_on(TODAY) for p in little_wickham.people}
    assert roles == {
        "clerk": {Role.CLERK},
        "deputy": {Role.DEPUTY},
        "chair": {Role.CHAIR, Role.COUNCILLOR},
        "cllr.a": {Role.COUNCILLOR},
        "cllr.b": {Role.COUNCILLOR},
        "foi": {Role.FOI_OFFICER, Role.STAFF},
    }


def test_everyone_may_send_from_their_own_address_and_no_councillor_from_the_clerks(little_wickham):
    for person in little_wickham.people:
        assert person.may_send_as(person.login, TODAY)
    holders = little_wickham.holders_of(f"clerk@{DOMAIN}", TODAY)
    assert [person.login for person in holders] == [f"clerk@{DOMAIN}"]


def test_it_has_every_kind_of_address(little_wickham):
    kinds = {identity.kind for person in little_wickham.people for identity in person.identities}
    assert kinds == set(IdentityKind)
    shared = little_wickham.holders_of(f"planning@{DOMAIN}", TODAY)
    assert [person.login for person in shared] == [f"clerk@{DOMAIN}", f"cllr.b@{DOMAIN}"]
    assert [entry.person for entry in little_wickham.elsewhere] == [f"cllr.b@{DOMAIN}"]


def test_councillor_a_has_declared_a_personal_address(little_wickham):
    declared = little_wickham.person(f"cllr.a@{DOMAIN}").personal_addresses
    assert [entry.address for entry in declared] == ["cllr.a.home@gmail.com"]


@pytest.mark.parametrize(("day", "may"), [(date(2024, 3, 31), True), (date(2024, 4, 1), False)])
def test_councillor_b_kept_the_allotments_until_the_spring_of_2024(little_wickham, day, may):
    assert little_wickham.person(f"cllr.b@{DOMAIN}").may_send_as(f"allotments@{DOMAIN}", day) is may


def test_nearly_everything_is_enforced_and_every_clause_says_where_it_stands(little_wickham):
    checks = little_wickham.policy.checks
    assert checks["sender_identity"].verdict is Verdict.REFUSE
    assert checks["clerk_copy"].verdict is Verdict.NOTE
    for name, check in checks.items():
        assert check.stage is (Stage.OFF if name in {"moderation", "spelling"} else Stage.ENFORCE), name
        for clause in (check.clause, *check.also):
            assert clause.document
            assert clause.heading
            assert clause.item or clause.heading == "Reporting and sanctions"  # It has none.
            assert clause.wording


def test_it_enforces_from_the_first_day_and_has_nothing_to_review(little_wickham):
    assert not little_wickham.on_trial(datetime(2026, 5, 11, tzinfo=UTC))
    assert not little_wickham.review_passed(TODAY)


def test_its_newsletter_is_approved_and_the_members_are_known_and_are_not(little_wickham):
    newsletter = little_wickham.list_at(f"newsletter@{DOMAIN}")
    assert newsletter.approved
    assert newsletter.count == 140
    assert newsletter.owner in {person.login for person in little_wickham.people}
    members = little_wickham.list_at(f"councillors@{DOMAIN}")
    assert not members.approved
    councillors = {p.login for p in little_wickham.people if Role.COUNCILLOR in p.roles_on(TODAY)}
    assert set(members.members) == councillors


def test_it_signs_in_the_agreed_way_and_waives_at_the_end_of_the_message(little_wickham):
    policy = little_wickham.policy
    assert policy.waiver_position is WaiverPosition.END_OF_MESSAGE
    for name, item in (("signature", "1"), ("waiver", "3")):
        check = policy.checks[name]
        assert check.verdict is Verdict.HOLD
        assert check.clause.document.startswith("Thorrington Parish Council")
        assert (check.clause.heading, check.clause.item) == ("Email etiquette", item)
    book = little_wickham.signatures
    assert in_force(book.agreed, TODAY).version == "2024-1"
    assert in_force(book.agreed, date(2023, 5, 11)).version == "2022-1"
    assert in_force(book.waivers, TODAY).version == "2024-1"
    assert book.logo.picture.subtype == "png"
    assert policy.capacity_tags == {"[personal]": Capacity.PERSONAL, "[casework]": Capacity.CASEWORK}
