"""Slips of the fingers in addresses that the council's own file names."""

from __future__ import annotations

import pytest

from config.council import Council
from tests.quick import within
from tests.unit.filters.people import COUNCIL
from tests.unit.filters.test_recipients import found

HERE = "little.example"


def with_more(**changes) -> Council:
    return Council.model_validate(COUNCIL.model_dump(by_alias=True) | changes)


def declaring(people: list[dict]) -> list[dict]:
    own = [{"address": "brian.bell@talktalk.net"}]
    return [each | ({"personal_addresses": own} if each["name"] == "Brian Bell" else {}) for each in people]


MORE = with_more(
    people=declaring(COUNCIL.model_dump(by_alias=True)["people"]),
    protected=["monitoring.officer@county.example"],
    lists=[
        {"address": f"newsletter@{HERE}", "size": 100},
        {"address": f"all@{HERE}", "members": ["jill.carter@gmail.com"]},
    ],
    consents=[
        {
            "id": "1",
            "address": "groundworks.hill@outlook.com",
            "granted_by": f"clerk@{HERE}",
            "granted_at": "2026-01-10T09:00:00Z",
        }
    ],
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (f"clerks@{HERE}", f"clerk@{HERE}"),
        (f"planing@{HERE}", f"planning@{HERE}"),
        (f"newsleter@{HERE}", f"newsletter@{HERE}"),
        ("brian.bel@county.example", "brian.bell@county.example"),
        ("monitoring.oficer@county.example", "monitoring.officer@county.example"),
        ("groundworks.hil@outlook.com", "groundworks.hill@outlook.com"),
        ("jill@little.exampel", "jill@little.example"),
        ("jill@little.exarnple", "jill@little.example"),
    ],
)
def test_a_near_miss_is_asked_about(written, meant):
    [finding] = found(written, council=MORE)
    assert f"Did you mean {meant}?" in finding.reason
    assert finding.about == (written,)


@pytest.mark.parametrize(
    "address",
    [
        f"clerk@{HERE}",
        f"allotments@{HERE}",
        f"website@{HERE}",
        f"bookings@{HERE}",
        f"jill@{HERE}",
        "wendy.bell@county.example",
        "planning@county.example",
        "jil.carter@gmail.com",
        "brian.bells@talktalk.net",
        "jill@little.com",
    ],
)
def test_what_is_right_or_another_or_not_to_be_told_is_not(address):
    assert found(address, council=MORE) == []


TALKED_OF = (
    f"See below.\n\nFrom: Margaret Hale <clerk@{HERE}>\nSent: 8 November 2026 18:02\nTo: Anne Archer <anne@{HERE}>\n"
    "Subject: Path\n\nThe quotation is too high.\n"
)


def test_who_has_the_clerks_consent_may_get_what_the_council_talked_of():
    contractor = "groundworks.hill@outlook.com"
    [finding] = found(contractor, body=TALKED_OF)
    assert "only people of the council" in finding.reason
    assert found(contractor, body=TALKED_OF, council=MORE) == []
    assert found(contractor, "other@outlook.com", body=TALKED_OF, council=MORE)[0].about == (
        "other@outlook.com",
    )


def test_the_senders_own_private_address_is_known_to_the_sender_alone():
    mistyped = "brian.bel@talktalk.net"
    [finding] = found(mistyped, login="brian", council=MORE)
    assert "Did you mean brian.bell@talktalk.net?" in finding.reason
    assert found(mistyped, council=MORE) == []


def test_only_a_consent_that_is_live_is_told_of():
    [consent] = (each.model_dump(by_alias=True) for each in MORE.consents)
    for change in (
        {"until": "2026-11-08"},
        {"revoked_by": f"clerk@{HERE}", "revoked_at": "2026-02-10T09:00:00Z"},
        {"person": f"brian@{HERE}"},
    ):
        other = with_more(consents=[consent | change])
        assert found("groundworks.hil@outlook.com", council=other) == []


def test_letters_of_another_alphabet_do_not_make_it_the_councils():
    [finding] = found(f"cl\N{CYRILLIC SMALL LETTER IE}rk@{HERE}")
    assert "several alphabets" in finding.reason


def test_many_recipients_in_a_large_council_take_time_in_proportion():
    people = [
        {
            "login": f"member{n}@{HERE}",
            "name": f"Member {n}",
            "identities": [{"address": f"member{n}@{HERE}"}],
        }
        for n in range(300)
    ]
    large = with_more(people=[*COUNCIL.model_dump(by_alias=True)["people"], *people])
    unknown = [f"nobody.at.all.{n}@{HERE}" for n in range(1000)]
    with within(3):
        found(*unknown, council=large)
