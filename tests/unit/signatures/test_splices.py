from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.message.splices import Splice, SplicesOverlap, apply, in_order


def test_nothing_to_do_gives_the_very_same_bytes():
    raw = b"abc"
    assert apply(raw, ()) is raw


@pytest.mark.parametrize(
    ("splices", "result"),
    [
        ([Splice(0, 0, b"x")], b"xabcdef"),
        ([Splice(6, 0, b"x")], b"abcdefx"),
        ([Splice(0, 6, b"")], b""),
        ([Splice(1, 2, b"XYZ")], b"aXYZdef"),
        ([Splice(4, 1, b""), Splice(0, 1, b"")], b"bcdf"),
        ([Splice(2, 0, b"1"), Splice(2, 0, b"2")], b"ab12cdef"),
        ([Splice(2, 1, b"R"), Splice(2, 0, b"1")], b"ab1Rdef"),
        ([Splice(0, 2, b""), Splice(2, 0, b"1")], b"1cdef"),
    ],
)
def test_apply(splices, result):
    assert apply(b"abcdef", splices) == result


@pytest.mark.parametrize(
    "splices",
    [
        [Splice(0, 3, b""), Splice(2, 1, b"")],
        [Splice(2, 1, b""), Splice(2, 1, b"")],
        [Splice(1, 3, b""), Splice(2, 0, b"x")],
        [Splice(6, 1, b"")],
        [Splice(7, 0, b"")],
        [Splice(-1, 1, b"")],
        [Splice(3, -1, b"")],
    ],
)
def test_what_does_not_fit_is_refused(splices):
    with pytest.raises(SplicesOverlap):
        apply(b"abcdef", splices)


@given(st.binary(max_size=40), st.data())
def test_bytes_outside_are_untouched_and_in_their_order(raw, data):
    edges = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    splices = [Splice(a, b - a, data.draw(st.binary(max_size=4))) for a, b in spans]
    shuffled = data.draw(st.permutations(splices))
    try:
        ordered = in_order(shuffled, len(raw))
    except SplicesOverlap:
        return
    expected, position = b"", 0
    for each in ordered:
        expected += raw[position : each.offset] + each.replacement
        position = each.offset + each.length
    assert apply(raw, shuffled) == expected + raw[position:]
