from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.message.splices import Splice, SplicesOverlap, apply, composed, in_order


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


@st.composite
def splicings(draw, size: int) -> list[Splice]:
    """Splices in order that fit a message of `size` octets."""
    found, position = [], 0
    for _ in range(draw(st.integers(0, 4))):
        offset = draw(st.integers(position, size))
        length = draw(st.integers(0, size - offset))
        found.append(Splice(offset, length, draw(st.binary(max_size=5))))
        position = offset + length
    return sorted(found, key=lambda each: (each.offset, each.length > 0))


@given(st.data(), st.binary(max_size=30))
def test_splices_on_splices_are_splices(data, raw):
    first = data.draw(splicings(len(raw)))
    middle = apply(raw, first)
    second = data.draw(splicings(len(middle)))
    both = composed(len(raw), first, second)
    assert apply(raw, both) == apply(middle, second)
    assert sum(each.length for each in both) <= sum(each.length for each in (*first, *second))
    if not second:
        assert list(both) == first


def test_splices_that_are_not_reached_into_stay():
    """A field taken out, one put in, and the text after them written anew."""
    first = [Splice(0, 0, b"Date: x\r\n"), Splice(0, 4, b""), Splice(4, 4, b""), Splice(12, 1, b"NEW")]
    raw = b"B:a\r\nC:b\r\ntext text"
    middle = apply(raw, first)
    both = composed(len(raw), first, [Splice(0, 0, b"CTE: y\r\n"), Splice(11, len(middle) - 11, b"TEXT")])
    assert set(first[:3]) < set(both)
    assert apply(raw, both) == b"CTE: y\r\n" + middle[:11] + b"TEXT"


def test_what_is_composed_must_fit():
    with pytest.raises(SplicesOverlap):
        composed(3, [Splice(0, 1, b"")], [Splice(2, 1, b"")])
