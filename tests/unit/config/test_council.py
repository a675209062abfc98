from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.council import Council, IdentityKind, Role, Term
from config.council_file import council_from
from config.errors import ConfigError

CLERK = "clerk@stoke.example"
ANN = "ann@stoke.example"
POLLING_DAY = date(2027, 5, 6)


def person(login: str, *identities: dict, **more) -> dict:
    return {"login": login, "name": login.partition("@")[0].title(), "identities": list(identities), **more}


def holds(address: str, kind: str = "own", **days) -> dict:
    return {"address": address, "kind": kind, **days}


def council(*people: dict, **more) -> Council:
    values = {"id": "stoke", "name": "Stoke Parish Council", "domains": ["stoke.example"], **more}
    return council_from({**values, "people": list(people)}, "stoke.toml")


def complaints(*people: dict, **more) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        council(*people, **more)
    return [str(complaint) for complaint in caught.value.complaints]


# Terms: first and last day inclusive.

days = st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 12))


def test_what_has_ended_on_polling_day_can_no_longer_send_the_day_after():
    ann = council(person(ANN, holds(ANN, until=POLLING_DAY))).people[0]
    assert ann.may_send_as(ANN, POLLING_DAY)
    assert not ann.may_send_as(ANN, POLLING_DAY + timedelta(days=1))


def test_what_has_not_begun_cannot_send_the_day_before():
    ann = council(person(ANN, holds(ANN, **{"from": POLLING_DAY}))).people[0]
    assert not ann.may_send_as(ANN, POLLING_DAY - timedelta(days=1))
    assert ann.may_send_as(ANN, POLLING_DAY)


def test_roles_end_as_addresses_do():
    clerk = person(
        CLERK,
        roles=[{"role": "clerk", "until": POLLING_DAY}, {"role": "volunteer", "from": POLLING_DAY}],
    )
    made = council(clerk)
    day_after = POLLING_DAY + timedelta(days=1)
    assert made.people[0].roles_on(POLLING_DAY) == {Role.CLERK, Role.VOLUNTEER}
    assert made.people[0].roles_on(day_after) == {Role.VOLUNTEER}
    assert made.officers(POLLING_DAY) == made.people
    assert made.officers(day_after) == ()


@given(days, days, days, days)
def test_terms_overlap_exactly_when_a_day_is_in_both(a, b, c, d):
    if (a and b and b < a) or (c and d and d < c):
        return
    one, other = Term(from_=a, until=b), Term(from_=c, until=d)
    calendar = [date(2019, 12, 1) + timedelta(days=n) for n in range(80)]
    together = any(one.holds(day) and other.holds(day) for day in calendar)
    assert one.overlaps(other) == other.overlaps(one) == together


def test_a_term_cannot_end_before_it_begins():
    assert complaints(person(ANN, holds(ANN, **{"from": POLLING_DAY, "until": date(2026, 1, 1)}))) == [
        "people[0].identities[0].until: found 2026-01-01; allowed: a day on or after `from` (2027-05-06)"
    ]


# Whose address is whose.


def test_the_clerk_of_three_has_one_login_in_all():
    ours = council(person("jo@clerks.example", holds(CLERK)))
    theirs = council_from(
        {
            "id": "trent",
            "name": "Trent",
            "domains": ["trent.example"],
            "people": [person("jo@clerks.example", holds("clerk@trent.example"))],
        },
        "trent.toml",
    )
    assert ours.people[0].login == theirs.people[0].login
    assert not ours.people[0].may_send_as("clerk@trent.example", POLLING_DAY)


def test_a_shared_mailbox_is_one_address_on_several_people():
    made = council(
        person(CLERK, holds("office@stoke.example", "shared")),
        person(ANN, holds("Office@Stoke.Example", "shared")),
    )
    assert made.holders_of("office@stoke.example", POLLING_DAY) == made.people
    assert made.people[1].identities[0].kind is IdentityKind.SHARED


def test_a_delegated_address_has_its_owner_and_others():
    made = council(person(CLERK, holds(CLERK)), person(ANN, holds(ANN), holds(CLERK, "delegated")))
    assert made.holders_of(CLERK, POLLING_DAY) == made.people


@pytest.mark.parametrize("kind", ["own", "alias"])
@pytest.mark.parametrize("other", ["own", "alias"])
def test_two_people_cannot_hold_an_address_as_theirs_at_once(kind, other):
    assert complaints(person(CLERK, holds(CLERK, kind)), person(ANN, holds(CLERK, other))) == [
        f"people[1].identities[0]: found {CLERK} as {other}, which {CLERK} has as {kind}; allowed: one person "
        "at a time with an address of their own; for others it is `delegated` or `shared`"
    ]


def test_the_next_clerk_takes_the_address_over_the_day_after():
    last, first = date(2026, 3, 31), date(2026, 4, 1)
    old = person("old@stoke.example", holds(CLERK, until=last))
    made = council(old, person("new@stoke.example", holds(CLERK, **{"from": first})))
    assert [p.login for p in made.holders_of(CLERK, last)] == ["old@stoke.example"]
    assert [p.login for p in made.holders_of(CLERK, first)] == ["new@stoke.example"]
    assert complaints(old, person("new@stoke.example", holds(CLERK, **{"from": last})))


@pytest.mark.parametrize("kind", ["own", "alias", "delegated"])
def test_a_shared_mailbox_is_shared_for_everyone(kind):
    found = complaints(person(CLERK, holds(CLERK, kind)), person(ANN, holds(CLERK, "shared")))
    assert len(found) == 1
    assert "`shared` for everyone who has a shared mailbox" in found[0]


def test_one_person_holds_an_address_once_at_a_time():
    twice = person(ANN, holds(ANN), holds(ANN, "alias"))
    assert "each address once for a person at a time" in complaints(twice)[0]
    again = person(ANN, holds(ANN, until=date(2023, 5, 4)), holds(ANN, **{"from": date(2025, 5, 1)}))
    assert not council(again).people[0].may_send_as(ANN, date(2024, 5, 1))


def test_nobody_sends_from_another_domain():
    assert complaints(person(ANN, holds("ann@gmail.com"))) == [
        "people[0].identities[0].address: found ann@gmail.com; "
        "allowed: an address in the council's own domains (stoke.example)"
    ]
    assert complaints(person(ANN, holds("ann@mail.stoke.example")))


def test_an_official_address_hosted_elsewhere_is_neither_sendable_nor_personal():
    county = [{"address": "ann@county.example", "person": ANN, "body": "The county"}]
    assert council(person(ANN, holds(ANN)), elsewhere=county).elsewhere[0].body == "The county"
    found = complaints(
        person(ANN, holds("ann@county.example"), personal_addresses=[{"address": "Ann@County.example"}]),
        elsewhere=county,
    )
    assert [line.partition(":")[0] for line in found] == [
        "people[0].identities[0].address",
        "people[0].personal_addresses[0].address",
    ]
    assert "hosted elsewhere" in found[0]


def test_an_address_hosted_elsewhere_is_not_in_our_domains_and_somebodys_here():
    found = complaints(person(ANN), elsewhere=[{"address": "x@stoke.example", "person": "bob@stoke.example"}])
    assert {line.partition(":")[0] for line in found} == {"elsewhere[0].address", "elsewhere[0].person"}


def test_a_personal_address_is_not_one_of_the_councils():
    found = complaints(person(ANN, personal_addresses=[{"address": "ann.home@stoke.example"}]))
    assert found == [
        "people[0].personal_addresses[0].address: found ann.home@stoke.example; "
        "allowed: an address outside the council's own domains"
    ]


def test_each_login_and_each_domain_once():
    found = complaints(
        person(ANN), person("ANN@stoke.example"), domains=["stoke.example", "trent.example", "STOKE.example"]
    )
    assert found == [
        "domains[2]: found stoke.example; allowed: each domain once",
        f"people[1].login: found {ANN}; allowed: each login once",
    ]


def test_every_fault_is_told_at_once():
    found = complaints(
        person(ANN, holds("a@x.example"), holds("b@x.example")), notices_from="postroom@y.example"
    )
    assert len(found) == 3


def test_notices_come_from_the_councils_own_domain():
    assert council().notice_sender == "postroom@stoke.example"
    assert council(notices_from="office@stoke.example").notice_sender == "office@stoke.example"
    assert complaints(notices_from="office@trent.example")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "Stoke"),
        ("id", "-stoke"),
        ("id", "stoke\n"),
        ("id", "s" * 64),
        ("id", ""),
        ("name", ""),
        ("name", "Stoke\r\nBcc: all@stoke.example"),
        ("name", "n" * 201),
        ("domains", []),
        ("domains", ["[192.0.2.1]"]),
        ("domains", ["stoke example"]),
        ("domains", "stoke.example"),
        ("upstream", ""),
        ("notices_from", "Post room <postroom@stoke.example>"),
        ("people", {}),
    ],
)
def test_a_bad_value_names_its_key(key, value):
    found = complaints(**{key: value}) if key != "people" else None
    if found is None:
        with pytest.raises(ConfigError) as caught:
            council_from({"id": "x", "name": "X", "domains": ["x.example"], "people": value}, "stoke.toml")
        found = [str(complaint) for complaint in caught.value.complaints]
    assert len(found) == 1
    assert found[0].startswith(key)
    assert "; allowed: " in found[0]


@pytest.mark.parametrize("role", ["host", "Clerk", "mayor", ""])
def test_the_host_is_no_role_and_neither_is_what_we_do_not_know(role):
    found = complaints(person(ANN, roles=[{"role": role}]))
    assert found[0].startswith("people[0].roles[0].role: found ")
    assert "'clerk', 'deputy', 'locum'" in found[0]


@pytest.mark.parametrize("day", [20260507, 0, 1.5, True, "yesterday", "2026-02-30"])
def test_a_day_is_a_day(day):
    found = complaints(person(ANN, roles=[{"role": "clerk", "from": day}]))
    assert found[0].startswith("people[0].roles[0].from: found ")
    assert found[0].endswith("a day such as 2026-05-07")


def test_a_person_is_found_by_login():
    made = council(person(CLERK), person(ANN))
    assert made.person(ANN) is made.people[1]
    assert made.person("nobody@stoke.example") is None


def test_a_council_is_never_changed():
    with pytest.raises(ValueError, match="frozen"):
        council().name = "Another"


# Lists.


def lists(*entries: dict) -> dict:
    return {
        "lists": [{"address": f"list{number}@stoke.example", **entry} for number, entry in enumerate(entries)]
    }


def test_a_list_is_approved_with_an_owner_a_lawful_basis_and_a_way_out():
    whole = {"owner": CLERK, "lawful_basis": "consent", "unsubscribe": "leave@stoke.example"}
    made = council(
        person(CLERK), **lists(whole, *({**whole, key: ""} for key in ("lawful_basis", "unsubscribe")))
    )
    assert [each.approved for each in made.lists] == [True, False, False]


@pytest.mark.parametrize(
    "way", ["leave@stoke.example", "https://stoke.example/leave?a=b", "mailto:leave@stoke.example"]
)
def test_ways_out_of_a_list(way):
    assert council(**lists({"unsubscribe": way})).lists[0].unsubscribe == way


@pytest.mark.parametrize(
    ("entry", "count"), [({}, 1), ({"size": 0}, 1), ({"size": 240}, 240), ({"members": [ANN, CLERK]}, 2)]
)
def test_how_many_are_behind_a_list(entry, count):
    assert council(**lists(entry)).lists[0].count == count


def test_a_list_may_be_in_another_and_at_a_providers_domain():
    made = council(
        **lists(
            {"members": ["list1@stoke.example", ANN]},
            {"members": [CLERK]},
            {"address": "stoke@lists.example"},
        )
    )
    assert [each.count for each in made.lists] == [2, 1, 1]


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        (
            [{}, {"address": "list0@stoke.example"}],
            "lists[1].address: found list0@stoke.example; allowed: each list once",
        ),
        (
            [{"address": ANN}],
            f"lists[0].address: found {ANN}, which {ANN} may send from; allowed: an address of nobody's own",
        ),
        (
            [{"address": "ann@gmail.com"}],
            "lists[0].address: found ann@gmail.com, which is a personal one; allowed: an address of nobody's own",
        ),
        (
            [{"address": "ann@county.example"}],
            "lists[0].address: found ann@county.example, which is hosted elsewhere; allowed: an address of nobody's own",
        ),
        ([{"owner": CLERK}], f"lists[0].owner: found {CLERK}; allowed: the login of somebody in this file"),
        (
            [{"members": [CLERK, "list0@stoke.example"]}],
            "lists[0].members[1]: found list0@stoke.example; allowed: a member that does not lead back to the list",
        ),
        (
            [{"address": "list"}],
            "lists[0].address: found 'list'; allowed: an address of the form name@example.org.uk",
        ),
        (
            [{"unsubscribe": "write to us"}],
            "lists[0].unsubscribe: found 'write to us'; allowed: an address, or a link such as https://example.org.uk/leave",
        ),
    ],
)
def test_faults_of_lists(entries, fault):
    ann = person(ANN, holds(ANN), personal_addresses=[{"address": "ann@gmail.com"}])
    assert complaints(ann, elsewhere=[{"address": "ann@county.example"}], **lists(*entries)) == [fault]


def test_lists_that_lead_back_to_each_other():
    found = complaints(
        **lists(
            {"members": ["list1@stoke.example"]},
            {"members": ["list2@stoke.example"]},
            {"members": ["list0@stoke.example"]},
        )
    )
    assert [each.partition(":")[0] for each in found] == [
        f"lists[{number}].members[0]" for number in range(3)
    ]
