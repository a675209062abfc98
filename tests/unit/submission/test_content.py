from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.submission.budget import Budget
from gateway.submission.content import Content, DotContent, Fault

MESSAGE, LINE = 4000, 60

PIECES = st.sampled_from(
    [
        b"\r\n",
        b"\r",
        b"\n",
        b".",
        b"..",
        b"\0",
        b"a",
        b"Subject: x",
        b"\r\n.\r\n",
        b"\r\n..",
        b"x" * 59,
        b"y" * 60,
        b"z" * 61,
    ]
)
STREAMS = st.lists(PIECES, max_size=60).map(b"".join)
CUTS = st.lists(st.integers(1, 7), max_size=400)


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    pieces, position = [], 0
    for cut in cuts:
        pieces.append(data[position : position + cut])
        position += cut
    return [piece for piece in [*pieces, data[position:]] if piece]


def take(
    pieces: list[bytes], message_bytes: int = MESSAGE, line_bytes: int = LINE
) -> tuple[Content, bytes | None]:
    """Content taken from pieces, and what was left behind its end; None where there was no end."""
    content = Content(message_bytes, line_bytes, Budget(10**9))
    reader = DotContent(content, line_bytes)
    buffer = bytearray()
    for number, piece in enumerate(pieces):
        buffer += piece
        if reader.take(buffer):
            return content, bytes(buffer) + b"".join(pieces[number + 1 :])
    return content, None


def reference(stream: bytes) -> tuple[bytes, bytes] | None:
    """What RFC 5321 §4.5.2 says of a stream: content and rest, or None where it has no end."""
    end = (b"\r\n" + stream).find(b"\r\n.\r\n")
    if end < 0:
        return None
    lines = stream[:end].split(b"\r\n")
    return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines), stream[end + 3 :]


def faults(stuffed: bytes) -> set[Fault]:
    """Everything that is wrong with content."""
    found = set()
    plain = stuffed.replace(b"\r\n", b"")
    if b"\r" in plain or b"\n" in plain:
        found.add(Fault.BARE_CR_OR_LF)
    if b"\0" in stuffed:
        found.add(Fault.NUL)
    if any(len(line) > LINE for line in stuffed.split(b"\r\n")):
        found.add(Fault.LONG_LINE)
    if len(stuffed) > MESSAGE:
        found.add(Fault.TOO_BIG)
    return found


@settings(deadline=None)
@given(STREAMS, CUTS)
def test_content_ends_where_the_rfc_says_however_it_is_cut(stream: bytes, cuts: list[int]) -> None:
    content, rest = take(split(stream, cuts))
    expected = reference(stream)
    if expected is None:
        assert rest is None
        return
    wanted, wanted_rest = expected
    assert rest == wanted_rest
    raw, _ = content.finish()
    wrong = faults(wanted)
    if not wrong:
        assert content.fault is None
        assert raw == wanted
    else:
        assert content.fault is not None
        assert raw == b""


@settings(deadline=None)
@given(STREAMS, CUTS)
def test_what_is_kept_never_has_bare_line_ends_or_nul(stream: bytes, cuts: list[int]) -> None:
    content, _ = take([*split(stream, cuts), b"\r\n.\r\n"])
    raw, _ = content.finish()
    assert b"\0" not in raw
    assert raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n")
    assert not raw or raw.endswith(b"\r\n")
    assert len(raw) <= MESSAGE


@settings(deadline=None)
@given(STREAMS, CUTS)
def test_chunks_are_judged_the_same_however_they_are_cut(stream: bytes, cuts: list[int]) -> None:
    whole, parts = Content(MESSAGE, LINE, Budget(10**9)), Content(MESSAGE, LINE, Budget(10**9))
    whole.add(stream)
    for piece in split(stream, cuts):
        parts.add(piece)
    assert parts.finish()[0] == whole.finish()[0]
    assert (parts.fault is None) == (whole.fault is None)
    assert parts.size == whole.size == len(stream)


@pytest.mark.parametrize(
    ("line", "fault"),
    [(LINE, None), (LINE + 1, Fault.LONG_LINE), (LINE + 2, Fault.LONG_LINE), (500, Fault.LONG_LINE)],
)
@pytest.mark.parametrize("step", [1, 2, 61, 62, 1000])
@pytest.mark.parametrize("before", [b"", b"a\r\n", b"a\r\nb\r\n"])
def test_the_limit_of_a_line_is_exact(line: int, fault: Fault | None, step: int, before: bytes) -> None:
    data = before + b"x" * line + b"\r\nz\r\n"
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    content, rest = take([*pieces, b".\r\n"])
    assert rest == b""
    content.finish()
    assert content.fault is fault
    chunks = Content(MESSAGE, LINE, Budget(10**9))
    for piece in pieces:
        chunks.add(piece)
    chunks.finish()
    assert chunks.fault is fault


def test_a_stuffed_dot_does_not_count_towards_the_line() -> None:
    content, rest = take([b"..", b"x" * (LINE - 1), b"\r", b"\n.\r\n"])
    assert rest == b""
    assert content.finish()[0] == b"." + b"x" * (LINE - 1) + b"\r\n"


def test_content_beyond_the_limit_is_counted_and_not_kept() -> None:
    content = Content(100, 1000, Budget(10**9))
    reader = DotContent(content, 1000)
    buffer = bytearray()
    for _ in range(1000):
        buffer += b"0123456789\r\n"
        assert not reader.take(buffer)
        assert len(buffer) < 100
    assert content.fault is Fault.TOO_BIG
    assert content.size == 12_000
    assert content.finish()[0] == b""


def test_an_endless_line_is_not_kept() -> None:
    content = Content(10**9, 1000, Budget(10**9))
    reader = DotContent(content, 1000)
    buffer = bytearray()
    for _ in range(1000):
        buffer += b"x" * 1000
        assert not reader.take(buffer)
        assert len(buffer) <= 2000
    assert content.fault is Fault.LONG_LINE
    buffer += b"\r\n.\r\nNOOP\r\n"
    assert reader.take(buffer)
    assert buffer == b"NOOP\r\n"


def test_the_work_grows_with_the_content_and_not_with_its_pieces() -> None:
    """A line of a mebibyte, octet by octet: looking at it anew each time would take half an hour."""
    content = Content(10**8, 1 << 20, Budget(10**9))
    reader = DotContent(content, 1 << 20)
    buffer = bytearray()
    began = time.process_time()
    for _ in range(1 << 19):
        buffer += b"x"
        reader.take(buffer)
    assert time.process_time() - began < 20
    buffer += b"\r\n.\r\n"
    assert reader.take(buffer)
    assert len(content.finish()[0]) == (1 << 19) + 2


def test_what_is_kept_is_held_in_the_budget_until_it_is_given_back() -> None:
    budget = Budget(100)
    content = Content(MESSAGE, LINE, budget)
    content.add(b"0123456789\r\n")
    assert budget.held == 12
    raw, held = content.finish()
    assert (len(raw), held, budget.held) == (12, 12, 12)
    content.drop()
    assert budget.held == 12, "it was the caller's to give back"
    budget.give_back(held)
    assert budget.held == 0


@pytest.mark.parametrize("piece", [b"\0", b"a\nb", b"x" * 101])
def test_content_that_is_refused_holds_nothing(piece: bytes) -> None:
    budget = Budget(100)
    content = Content(MESSAGE, LINE, budget)
    content.add(b"0123456789\r\n")
    content.add(piece)
    assert content.fault is not None
    assert budget.held == 0
    content.add(b"0123456789\r\n")
    assert budget.held == 0


def test_content_beyond_the_budget_is_refused_for_want_of_room() -> None:
    budget = Budget(20)
    first, second = Content(MESSAGE, LINE, budget), Content(MESSAGE, LINE, budget)
    first.add(b"0123456789\r\n")
    second.add(b"0123456789\r\n")
    assert first.fault is None
    assert second.fault is Fault.NO_ROOM
    assert budget.held == 12
    assert second.finish() == (b"", 0)
