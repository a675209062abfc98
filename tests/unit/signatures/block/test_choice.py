"""Which version and which variant is whose."""

from __future__ import annotations

from datetime import date

import pytest

from config.capacity import Capacity
from config.council import Role
from signatures.block.words import IN_WORDS, senior
from tests.unit.signatures.block.books import (
    CHAIR,
    CLERK,
    DOMAIN,
    HELPER,
    MEMBER,
    TODAY,
    agreed,
    block,
    council,
    person,
    text,
    version,
)

PLANNING = f"planning@{DOMAIN}"


def test_a_version_is_in_force_from_its_day_until_a_newer_one_is():
    of = council(
        agreed=[
            version("2025", "2025-01-01", {"text": "old {{ name }}"}),
            version("2026", "2026-06-01", {"text": "new {{ name }}"}),
            version("draft", None, {"text": "draft {{ name }}"}),
        ]
    )
    days = [
        (date(2024, 12, 31), "built-in-1", "Bob Bell\nCouncillor"),
        (date(2025, 1, 1), "2025", "old Bob Bell"),
        (date(2026, 5, 31), "2025", "old Bob Bell"),
        (date(2026, 6, 1), "2026", "new Bob Bell"),
    ]
    for day, name, start in days:
        found = block(of, MEMBER, today=day)
        assert found.versions == (f"signature {name}", "waiver built-in-1")
        assert found.signature.text.startswith(start)


def test_the_waiver_has_versions_of_its_own():
    of = council(waivers=[version("w1", "2026-01-01", {"text": "Waiver of {{ council }}"})])
    assert block(of, MEMBER).waiver.text == "Waiver of Stoke Parish Council"
    assert block(of, MEMBER).versions == ("signature built-in-1", "waiver w1")
    assert block(of, MEMBER, today=date(2025, 12, 31)).versions[1] == "waiver built-in-1"


@pytest.mark.parametrize("backwards", [False, True])
def test_address_goes_before_person_before_role_before_everyone(backwards):
    variants = [
        {"text": "everyone"},
        {"text": "role", "roles": ["clerk", "councillor"]},
        {"text": "person", "people": [MEMBER]},
        {"text": "address", "addresses": [PLANNING]},
    ]
    of = agreed(*(reversed(variants) if backwards else variants))
    assert text(of, HELPER) == "everyone"
    assert text(of, CLERK) == "role"
    assert text(of, MEMBER) == "person"
    assert text(of, MEMBER, address=PLANNING) == "address"
    assert text(of, CLERK, address=PLANNING) == "address"


def test_every_condition_that_is_given_must_hold():
    of = agreed(
        {"text": "everyone"},
        {"text": "clerk for planning", "roles": ["clerk"], "addresses": [PLANNING]},
        {"text": "planning", "addresses": [PLANNING]},
    )
    assert text(of, CLERK, address=PLANNING) == "clerk for planning"
    assert text(of, MEMBER, address=PLANNING) == "planning"
    assert text(of, CLERK) == "everyone"


def test_of_two_roles_the_more_senior_signs():
    of = agreed(
        {"text": "member: {{ role }}", "roles": ["councillor"]},
        {"text": "chair: {{ role }}", "roles": ["chair"]},
    )
    assert text(of, CHAIR) == "chair: Chair of the Council"
    assert text(of, MEMBER) == "member: Councillor"


def test_a_role_is_had_on_its_days_only():
    term = {"role": "chair", "from": date(2026, 5, 11), "until": date(2027, 5, 10)}
    of = agreed({"text": "{{ name }}\n{{ role }}"}, people=[person(CHAIR, "Eve", "councillor", term)])
    assert text(of, CHAIR, today=date(2026, 5, 10)) == "Eve\nCouncillor"
    assert text(of, CHAIR, today=date(2026, 5, 11)) == "Eve\nChair of the Council"
    assert text(of, CHAIR, today=date(2027, 5, 10)) == "Eve\nChair of the Council"
    assert text(of, CHAIR, today=date(2027, 5, 11)) == "Eve\nCouncillor"


def test_who_has_no_role_signs_with_none():
    of = agreed({"text": "{{ name }}\n{{ role }}"}, people=[person(HELPER, "Eve")])
    assert text(of, HELPER) == "Eve"


def test_a_variant_for_the_capacity_goes_first_and_one_for_none_is_never_for_personal_views():
    of = agreed(
        {"text": "official", "addresses": [PLANNING]},
        {"text": "official"},
        {"text": "casework", "capacity": "casework"},
    )
    assert text(of, MEMBER, Capacity.COUNCIL) == "official"
    assert text(of, MEMBER, Capacity.CASEWORK) == "casework"
    assert text(of, MEMBER, Capacity.CASEWORK, address=PLANNING) == "casework"
    assert text(of, MEMBER, Capacity.PERSONAL).startswith("Bob Bell\nThe views in this message are personal.")
    assert block(of, MEMBER, Capacity.PERSONAL).versions == ("signature built-in-1", "waiver built-in-1")


def test_a_council_may_word_personal_views_itself():
    of = agreed({"text": "official"}, {"text": "just {{ name }}", "capacity": "personal"})
    assert text(of, MEMBER, Capacity.PERSONAL) == "just Bob Bell"
    assert text(of, MEMBER) == "official"


def test_whom_no_variant_is_for_the_built_in_text_is_for():
    of = agreed({"text": "chair", "roles": ["chair"]})
    assert text(of, CHAIR) == "chair"
    found = block(of, MEMBER)
    assert found.signature.text.startswith("Bob Bell\nCouncillor")
    assert found.versions[0] == "signature built-in-1"


def test_every_role_has_words_in_both_languages_and_a_rank():
    assert set(IN_WORDS) == set(Role)
    assert all(english and welsh for english, welsh in IN_WORDS.values())
    assert senior(set(Role)) is Role.CLERK
    assert senior({Role.COUNCILLOR, Role.VICE_CHAIR}) is Role.VICE_CHAIR
    assert senior({Role.STAFF, Role.FOI_OFFICER}) is Role.FOI_OFFICER
    assert senior(()) is None
    assert TODAY.year == 2026
