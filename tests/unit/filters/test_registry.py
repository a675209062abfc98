"""The catalogue of checks and the checks that there are say the same."""

from __future__ import annotations

from config.checks import KINDS
from filters.registry import CHECKS, ELSEWHERE, WRITTEN


def test_what_a_policy_may_speak_of_is_there_and_the_other_way_round():
    assert CHECKS.keys() | WRITTEN | ELSEWHERE == KINDS.keys()
    assert not CHECKS.keys() & (WRITTEN | ELSEWHERE)
    assert not WRITTEN & ELSEWHERE
