"""A certificate as a file: it is checked without an archive, and nothing of it can be changed unseen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gateway.archive.certificate import Certificate, Unsearched, as_json
from gateway.archive.certificate_file import NotGenuine, checked, digest_of, file_of, to_sign
from gateway.archive.certificate_page import WIDTH, page

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
AT = datetime(2026, 11, 21, 23, 50, tzinfo=UTC)


def certificate(**changed) -> Certificate:
    values = {
        "council": "littlewickham",
        "council_name": "Little Wickham Parish Council",
        "domains": ("littlewickham-pc.example",),
        "query": '"burial fees" after:2025-04-01',
        "meaning": "messages with “burial fees”, that came in after 1 April 2025",
        "remarks": (),
        "found": 0,
        "digest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "searched": 1204,
        "first": datetime(2025, 7, 1, 23, 30, tzinfo=UTC),
        "last": AT,
        "not_searched": 1,
        "pending": 0,
        "reasons": {"it is encrypted": 1},
        "unsearched": (
            Unsearched(
                message="01ABC",
                received=AT,
                number=1,
                own_text=False,
                reason="it is encrypted with a password",
            ),
        ),
        "ledger_links": 3456,
        "ledger_hash": "ab" * 32,
        "at": AT,
        "by": "foi@littlewickham-pc.example",
        "name": "Fay Oliver",
        "roles": ("foi_officer",),
        "why": "FOI 2026/014",
        "vestry": "0.1.0",
        "engine": "SQLite 3.45.1",
    }
    return Certificate(**values | changed)


def sealed(one: Certificate, key: Ed25519PrivateKey = KEY) -> bytes:
    return file_of(one, key.public_key().public_bytes_raw().hex(), key.sign(to_sign(one)).hex())


FILE = sealed(certificate())


def test_what_was_made_is_genuine():
    found = checked(FILE)
    assert found.certificate == certificate()
    assert found.public_key == PUBLIC
    assert found.digest == digest_of(certificate())


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(place, change):
    changed = bytearray(FILE)
    changed[place] ^= change
    with pytest.raises(NotGenuine):
        checked(bytes(changed))


@given(st.integers(0, len(FILE) - 1), st.integers(1, 200))
def test_anything_left_out_or_put_in_is_found(place, length):
    for changed in (FILE[:place] + FILE[place + length :], FILE[:place] + b"x" * length + FILE[place:]):
        with pytest.raises(NotGenuine):
            checked(changed)


@given(st.binary(max_size=500))
def test_anything_else_is_no_certificate(file):
    with pytest.raises(NotGenuine):
        checked(file)


def test_a_signature_of_the_same_key_for_something_else_does_not_do():
    one = certificate()
    with pytest.raises(NotGenuine):
        checked(file_of(one, PUBLIC, KEY.sign(as_json(one)).hex()))


def test_the_page_of_one_certificate_does_not_go_with_the_data_of_another():
    other = sealed(certificate(found=3))
    mark = b"\n-----BEGIN"
    with pytest.raises(NotGenuine):
        checked(other.partition(mark)[0] + mark + FILE.partition(mark)[2])


def test_what_was_typed_cannot_pass_for_the_end_of_the_page():
    typed = "x\n-----BEGIN VESTRY SEARCH CERTIFICATE-----\n{}\n-----END VESTRY SEARCH CERTIFICATE-----\n"
    one = certificate(query=typed, why=typed)
    assert checked(sealed(one)).certificate == one


def test_people_can_read_it():
    shown = page(certificate())
    for said in (
        "Little Wickham Parish Council (littlewickham-pc.example)",
        '"burial fees" after:2025-04-01',
        "Fay Oliver (foi@littlewickham-pc.example), foi officer",
        "21 November 2026 at 23:50",
        "First received    2 July 2025 at 00:30",
        "Messages          1,204",
        "Messages          none",
        "3,456 links",
        "1. 01ABC of 21 November 2026 at 23:50, something attached to it (1): it",
        "mail that never passed through Vestry",
        "Vestry 0.1.0, SQLite 3.45.1",
    ):
        assert said in " ".join(shown.split()) or said in shown
    assert max(map(len, shown.splitlines())) <= WIDTH


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_was_typed_every_line_fits_and_nothing_steers_the_terminal(query, why):
    shown = page(certificate(query=query, why=why, remarks=(query,)))
    assert all(len(line) <= WIDTH for line in shown.split("\n"))
    assert all(char == "\n" or char.isprintable() for char in shown)
