"""The relaxed canonical form, held against dkimpy's, against the RFC's examples and against the clock."""

from __future__ import annotations

import hashlib
import time

import pytest
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st

from gateway.signing import canonical
from gateway.signing.canonical import NotCanonical, body_hash, relaxed_fields, split


def test_rfc_6376_example() -> None:
    # RFC 6376 §3.4.5, example 1.
    message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n"
    fields, body = split(message)
    assert relaxed_fields(fields) == [(b"a", b"X\r\n"), (b"b", b"Y Z\r\n")]
    assert body_hash(message, body) == hashlib.sha256(b" C\r\nD E\r\n").digest()


@pytest.mark.parametrize(
    ("body", "relaxed"),
    [
        (b"", b""),
        (b"\r\n", b""),
        (b" \t\r\n\r\n  \r\n", b""),
        (b"a", b"a\r\n"),
        (b"a \t", b"a\r\n"),
        (b"a\r\n\r\nb\r\n\r\n", b"a\r\n\r\nb\r\n"),
        (b" a\t\tb \r\n", b" a b\r\n"),
        (b"\x0b\x0c\xff \x80\r\n", b"\x0b\x0c\xff \x80\r\n"),
    ],
)
def test_bodies(body: bytes, relaxed: bytes) -> None:
    assert body_hash(b"A: b\r\n\r\n" + body, 8) == hashlib.sha256(relaxed).digest()


LINES = st.lists(
    st.text(alphabet=" \tab.\x0b\xe9", max_size=12).map(lambda line: line.encode("latin-1")), max_size=40
)


@given(lines=LINES, piece=st.integers(1, 64))
def test_bodies_come_out_as_dkimpy_has_them(lines: list[bytes], piece: int) -> None:
    body = b"".join(line + b"\r\n" for line in lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(canonical, "PIECE", piece)
        assert body_hash(body, 0) == hashlib.sha256(Relaxed.canonicalize_body(body)).digest()


def test_a_message_may_end_with_its_header() -> None:
    for message in (b"A: b\r\nC: d\r\n", b"A: b\r\nC: d\r\n\r\n", b"A: b\r\nC: d"):
        fields, body = split(message)
        assert fields == [(b"A", b" b\r\n"), (b"C", b" d\r\n")]
        assert body_hash(message, body) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize(
    "message",
    [
        b"A: b\nC: d\r\n\r\nx\r\n",
        b"A: b\rC: d\r\n\r\nx\r\n",
        b"A: b\r\n\r\nx\ny\r\n",
        b"A: b\r\n\r\nx\ry\r\n",
        b"A: b\r\n\r\nx\r",
        b"A: b\r\n\r\nx\n",
        b"A: b\r\n\r\nx\r\r\n",
        b"A: b\r\n\r\nx\0y\r\n",
        b"A: b\r\n\r\n" + b"x" * canonical.PIECE + b"\r\n" + b"y\n" + b"z\r\n",
        b"A: b\r\nno colon here\r\n\r\nx\r\n",
        b" A: b\r\n\r\nx\r\n",
        b"\xff: b\r\n\r\nx\r\n",
        b": b\r\n\r\nx\r\n",
    ],
)
def test_what_has_no_canonical_form_is_refused(message: bytes) -> None:
    with pytest.raises(NotCanonical):
        body_hash(message, split(message)[1])


@pytest.mark.parametrize("across", [-2, -1, 0, 1, 2])
def test_a_line_end_across_two_pieces(across: int) -> None:
    body = b"x" * (canonical.PIECE + across) + b"\r\nend\r\n"
    assert body_hash(body, 0) == hashlib.sha256(body).digest()


@pytest.mark.parametrize("unit", [b" ", b"\t", b" \t", b"\r\n", b" \r\n", b"x "])
def test_five_megabytes_of_anything_take_no_longer_than_a_second(unit: bytes) -> None:
    # A pattern that tries every place anew needs hours for this.
    body = unit * (5_000_000 // len(unit)) + b"x\r\n"
    begun = time.process_time()
    body_hash(body, 0)
    assert time.process_time() - begun < 1
