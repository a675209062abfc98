"""Octets closed and opened: as they were, or not at all."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gateway.store.errors import Altered
from gateway.store.vault import MOST, Vault, about

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
PLAIN, ENCRYPTED = Vault(), Vault(KEY)
ABOUT = about("body", "little", "0ABC")
WORDS = b"The clerk will bring the plan. " * 40


@pytest.fixture(params=[PLAIN, ENCRYPTED], ids=["plain", "encrypted"])
def vault(request) -> Vault:
    return request.param


@given(st.binary(max_size=3000), st.booleans())
def test_what_is_closed_opens_again(octets, repeated):
    octets = octets * 20 if repeated else octets
    for vault in (PLAIN, ENCRYPTED):
        form, data = vault.close(octets, ABOUT)
        assert vault.open(form, data, ABOUT) == octets


def test_words_shrink_and_what_does_not_is_left_as_it_is(vault):
    form, data = vault.close(WORDS, ABOUT)
    assert form.startswith("z")
    assert len(data) < len(WORDS) / 5
    noise = os.urandom(5000)
    form, data = vault.close(noise, ABOUT)
    assert form.startswith("p")
    assert len(data) <= len(noise) + 28


def test_without_a_form_octets_are_as_they_are(vault):
    assert vault.open(None, b"\0\xffold", ABOUT) == b"\0\xffold"


def test_nothing_of_it_is_seen_where_it_is_encrypted():
    for octets in (WORDS, b"short words", os.urandom(100)):
        form, data = ENCRYPTED.close(octets, ABOUT)
        assert form.endswith("e")
        assert octets[:8] not in data


def test_every_nonce_is_another():
    closed = [ENCRYPTED.close(b"the same", ABOUT)[1] for _ in range(2000)]
    assert len({data[:12] for data in closed}) == len(set(closed)) == 2000


@pytest.mark.parametrize(
    "place",
    [
        about("body", "little", "0ABD"),
        about("body", "great", "0ABC"),
        about("recipe", "little", "0ABC"),
        "",
    ],
)
def test_in_the_place_of_something_else_it_does_not_open(place):
    with pytest.raises(Altered):
        ENCRYPTED.open(*ENCRYPTED.close(WORDS, ABOUT), place)


@pytest.mark.parametrize(("wrong"), [Vault(OTHER), PLAIN], ids=["another key", "no key"])
def test_it_opens_with_its_key_only(wrong):
    with pytest.raises(Altered):
        wrong.open(*ENCRYPTED.close(WORDS, ABOUT), ABOUT)


def test_another_form_does_not_open():
    noise = os.urandom(100)
    for octets, other in ((WORDS, "pe"), (noise, "ze")):
        _, data = ENCRYPTED.close(octets, ABOUT)
        with pytest.raises(Altered):
            ENCRYPTED.open(other, data, ABOUT)
    with pytest.raises(Altered):
        PLAIN.open("q", b"", ABOUT)


def test_every_changed_octet_is_found_where_it_is_encrypted():
    form, data = ENCRYPTED.close(WORDS, ABOUT)
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(Altered):
            ENCRYPTED.open(form, bytes(changed), ABOUT)


@given(st.integers(0, 10_000), st.integers(1, 255), st.integers(0, 3))
def test_compressed_octets_that_were_changed_never_open_to_others(place, bits, cut):
    form, data = PLAIN.close(WORDS, ABOUT)
    changed = bytearray(data)
    changed[place % len(changed)] ^= bits
    try:
        assert PLAIN.open(form, bytes(changed[: len(changed) - cut]), ABOUT) == WORDS
    except Altered:
        pass


@given(st.sampled_from(["p", "z", "pe", "ze", "", "zz", "rz"]), st.binary(max_size=200))
def test_any_octets_open_or_are_said_to_be_altered(form, data):
    for vault in (PLAIN, ENCRYPTED):
        try:
            vault.open(form, data, ABOUT)
        except Altered:
            pass


def test_no_more_is_made_of_it_than_it_says_and_never_very_much():
    bomb = zstandard.ZstdCompressor(write_content_size=False).compress(b"\0" * 1_000_000)
    with pytest.raises(Altered):
        PLAIN.open("z", bomb, ABOUT)
    # A frame of one segment, which says in eight octets that it is of more than is allowed.
    enormous = b"\x28\xb5\x2f\xfd\xe0" + (MOST + 1).to_bytes(8, "little") + b"\x01\0\0"
    assert zstandard.get_frame_parameters(enormous).content_size == MOST + 1
    with pytest.raises(Altered):
        PLAIN.open("z", enormous, ABOUT)
    honest = zstandard.ZstdCompressor().compress(b"\0" * 1000)
    with pytest.raises(Altered):
        PLAIN.open("z", honest + honest, ABOUT)


def test_threads_do_not_disturb_each_other():
    def many(number: int) -> bool:
        octets = [os.urandom(10) * (number + n) for n in range(1, 200)]
        return all(ENCRYPTED.open(*ENCRYPTED.close(each, ABOUT), ABOUT) == each for each in octets)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(many, range(8)))


def test_a_key_is_known_again_by_its_mark_and_by_no_other():
    marks = {ENCRYPTED.mark() for _ in range(5)}
    assert len(marks) == 5
    assert all(ENCRYPTED.made(mark) for mark in marks)
    assert not any(Vault(OTHER).made(mark) or PLAIN.made(mark) for mark in marks)
    assert not ENCRYPTED.made(b"")
    assert all(KEY not in mark for mark in marks)


def test_the_key_is_in_no_repr():
    assert repr(KEY)[2:10] not in repr(ENCRYPTED)
    assert KEY.hex() not in repr(ENCRYPTED)


def test_a_key_has_32_octets():
    with pytest.raises(ValueError, match="32"):
        Vault(b"short")
