from __future__ import annotations

import pytest

from config.capacity import Capacity
from config.council import Council, Identity
from config.council_file import loads
from config.errors import ConfigError
from filters.capacity import capacity_of

POLICY = """
id = "stoke"
name = "Stoke"
domains = ["stoke.example"]
[policy]
title = "P"
version = "1"
checks = {}
"""
TAGS = '[policy.capacity_tags]\n"[Personal]" = "personal"\n"[casework]" = "casework"\n'


def council(text: str = TAGS) -> Council:
    return loads(POLICY + text, "stoke.toml")


def identity(capacity: Capacity | None) -> Identity:
    return Identity(address="ann@stoke.example", capacity=capacity)


@pytest.mark.parametrize(
    ("subject", "capacity"),
    [
        ("[personal] Bins", Capacity.PERSONAL),
        ("[PERSONAL] Bins", Capacity.PERSONAL),
        ("  [personal]", Capacity.PERSONAL),
        ("[casework] [personal] Bins", Capacity.CASEWORK),
        ("[personal] Re: Bins", Capacity.PERSONAL),
        ("Re: [personal] Bins", Capacity.COUNCIL),
        ("Bins [personal]", Capacity.COUNCIL),
        ("personal: Bins", Capacity.COUNCIL),
        ("[personality] Bins", Capacity.COUNCIL),
        ("", Capacity.COUNCIL),
    ],
)
def test_a_tag_at_the_start_of_the_subject_chooses(subject, capacity):
    assert capacity_of(council(), identity(None), subject) is capacity


def test_the_tag_goes_before_the_address_and_the_address_before_the_policy():
    of = council('default_capacity = "casework"\n' + TAGS)
    assert capacity_of(of, identity(Capacity.COUNCIL), "[personal] x") is Capacity.PERSONAL
    assert capacity_of(of, identity(Capacity.PERSONAL), "x") is Capacity.PERSONAL
    assert capacity_of(of, identity(None), "x") is Capacity.CASEWORK
    assert capacity_of(of, None, "x") is Capacity.CASEWORK


def test_a_council_without_tags_has_none():
    assert capacity_of(council(""), identity(None), "[personal] x") is Capacity.COUNCIL


@pytest.mark.parametrize(
    "tag", ["personal", "[]", "[ ]", "[a", "[[a]]", "[" + "a" * 41 + "]", "[a\\tb]", "[ a]"]
)
def test_what_is_no_tag_is_refused(tag):
    with pytest.raises(ConfigError, match=r"1 to 40 characters in square brackets, such as \[personal\]"):
        council(f'[policy.capacity_tags]\n"{tag}" = "personal"\n')
