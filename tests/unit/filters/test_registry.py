"""The catalogue of checks and the checks that there are say the same."""

from __future__ import annotations

from config.checks import KINDS
from filters.registry import CHECKS, WRITTEN


def test_what_a_policy_may_speak_of_is_there_and_the_other_way_round():
    built = {name for name, kind in KINDS.items() if kind.built}
    assert CHECKS.keys() | WRITTEN == built
    assert not CHECKS.keys() & WRITTEN
