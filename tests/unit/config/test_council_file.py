from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.checks import KINDS
from config.content import ContentRules
from config.council import Council, Identity, IdentityKind, Person, PersonalAddress, Role, RoleHeld
from config.council_file import dump, load_council, loads
from config.errors import ConfigError
from config.policy import BUILT_IN, CheckPolicy, Clause, Policy, Stage, Verdict

SMALLEST = 'id = "stoke"\nname = "Stoke"\ndomains = ["stoke.example"]\n'

lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=20)
names = st.from_regex(r"\A[a-z]{1,8}\Z")


@st.composite
def terms(draw) -> dict:
    first, last = sorted([draw(st.dates()), draw(st.dates())])
    return {"from_": draw(st.none() | st.just(first)), "until": draw(st.none() | st.just(last))}


@st.composite
def persons(draw, name: str) -> Person:
    return Person(
        login=f"{name}@stoke.example",
        name=draw(lines),
        roles=tuple(
            RoleHeld(role=role, **draw(terms())) for role in draw(st.lists(st.sampled_from(Role), max_size=3))
        ),
        identities=tuple(
            Identity(address=f"{name}.{number}@stoke.example", kind=kind, **draw(terms()))
            for number, kind in enumerate(draw(st.lists(st.sampled_from(IdentityKind), max_size=3)))
        ),
        personal_addresses=tuple(
            PersonalAddress(address=f"{home}@home.example", **draw(terms()))
            for home in draw(st.lists(names, max_size=2, unique=True))
        ),
    )


clauses = st.builds(Clause, document=lines, heading=lines, item=st.just("") | lines, wording=lines)
policies = st.just(BUILT_IN) | st.builds(
    Policy,
    title=lines,
    version=st.from_regex(r"\A[A-Za-z0-9._-]{1,40}\Z"),
    adopted=st.none() | st.dates(),
    source=lines,
    checks=st.fixed_dictionaries(
        {},
        optional={
            name: st.builds(
                CheckPolicy,
                stage=st.sampled_from(Stage),
                verdict=st.sampled_from([Verdict.from_word(word) for word in kind.verdicts]),
                clause=clauses,
                also=st.lists(clauses, max_size=2).map(tuple),
            )
            for name, kind in KINDS.items()
        },
    ),
)


@st.composite
def councils(draw) -> Council:
    people = [draw(persons(name)) for name in draw(st.lists(names, max_size=4, unique=True))]
    return Council(
        id="stoke",
        name=draw(lines),
        domains=("stoke.example", "xn--bcher-kva.example"),
        upstream=draw(st.sampled_from(["default", "county"])),
        content=ContentRules(
            published=tuple(draw(st.lists(lines, max_size=2))), report_address="report@stoke.example"
        ),
        people=tuple(people),
        elsewhere=(),
        policy=draw(policies),
    )


@given(councils())
def test_what_is_written_is_read_back(council):
    assert loads(dump(council), "stoke.toml") == council


@given(councils())
def test_what_is_kept_as_json_is_read_back(council):
    assert Council.model_validate_json(council.model_dump_json(by_alias=True)) == council


def test_a_file_without_a_policy_has_the_built_in_one_and_stays_without():
    council = loads(SMALLEST, "stoke.toml")
    assert council.policy == BUILT_IN
    assert "policy" not in tomllib.loads(dump(council))


def test_people_read_what_is_held_before_when():
    text = dump(
        Council(
            id="stoke",
            name="Stoke",
            domains=("stoke.example",),
            people=(
                Person(
                    login="ann@stoke.example",
                    name="Ann",
                    roles=(RoleHeld(role=Role.CLERK, from_=date(2024, 4, 1)),),
                ),
            ),
        )
    )
    assert '{ role = "clerk", from = 2024-04-01 }' in text


def test_a_fault_names_file_key_found_and_allowed(tmp_path):
    path = tmp_path / "stoke.toml"
    path.write_text(SMALLEST + '[[people]]\nlogin = "ann"\nname = "Ann"\nfax = "01632 960001"\n')
    with pytest.raises(ConfigError) as caught:
        load_council(path)
    assert str(caught.value).splitlines() == [
        f"{path}: people[0].login: found 'ann'; allowed: an address of the form name@example.org.uk",
        f"{path}: people[0].fax: found an unknown key; "
        "allowed: login, name, roles, identities, personal_addresses, default_capacity, title, title_cy, ward, "
        "ward_cy, phone, hours, hours_cy, pronouns, details",
    ]


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(ConfigError, match="No such file"):
        load_council(tmp_path / "stoke.toml")


@pytest.mark.parametrize(
    "content", [b'id = "stoke', b"\xff\xfe", b"id = 1\nid = 2", b"[[[", b"x = " + b"[" * 5000]
)
def test_what_is_not_toml_is_a_fault(tmp_path, content):
    path = tmp_path / "stoke.toml"
    path.write_bytes(content)
    with pytest.raises(
        ConfigError, match=r"stoke\.toml: \(the whole file\): found .*; allowed: (TOML|text in UTF-8)"
    ):
        load_council(path)


def test_an_empty_file_says_what_must_be_there():
    with pytest.raises(ConfigError) as caught:
        loads("", "stoke.toml")
    assert [complaint.key for complaint in caught.value.complaints] == ["id", "name", "domains"]
