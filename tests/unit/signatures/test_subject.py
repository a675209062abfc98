"""Whatever a subject is made of, taking a tag off it leaves what it said behind the tag, in one whole field."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signatures.message.headers import to_text
from signatures.message.scanner import scan_parts
from signatures.message.splices import apply
from signatures.message.subject import untagged

TAG = "[Fy marn â]"
PIECES = st.sampled_from(
    [
        "[Fy",
        " marn",
        " â",
        "]",
        TAG,
        " ",
        "\r\n ",
        "\r\n\t",
        "é",
        "=?",
        "?=",
        "x",
        "Re: ",
        "[",
        "=?utf-8?q?",
        "=C3",
        "=A9",
    ]
)
CHARSETS = st.sampled_from(
    ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-7", "iso-2022-jp", "no-such"]
)


@st.composite
def words(draw):
    text = draw(st.lists(PIECES, max_size=4).map("".join))
    charset = draw(CHARSETS)
    octets = text.encode("utf-8" if charset == "no-such" else charset, "replace")
    octets = octets[: draw(st.integers(0, len(octets)))]
    if draw(st.booleans()):
        return f"=?{charset}?B?{base64.b64encode(octets).decode()}?="
    return f"=?{charset}?Q?" + "".join(f"={octet:02X}" for octet in octets) + "?="


VALUES = st.lists(st.one_of(PIECES, words()), max_size=8).map("".join)


@given(VALUES, st.booleans())
@example("=?utf-8?Q?[Fy_marn_=C3=A2]=C3?= =?utf-8?Q?=A9?=", True)
@example(TAG + "\r\n \r\n x", True)
def test_what_is_left_is_what_stood_behind_the_tag(value, first):
    value = (TAG if first else "") + value
    raw = b"Subject: " + value.encode() + b"\r\nTo: a@b.example\r\n\r\nx\r\n"
    top = scan_parts(raw)[0]
    field = top.fields[0]
    said = to_text(field.text(raw)).lstrip()
    if field.name != "subject" or not said.startswith(TAG):
        return
    sent = apply(raw, [untagged(raw, field, TAG)])
    left = scan_parts(sent)[0].fields
    assert [each.name for each in left] == [each.name for each in top.fields]
    wanted = said[len(TAG) :].lstrip()
    clean = wanted.encode("utf-8", "replace").decode()
    assert to_text(left[0].text(sent)).strip() == clean.strip()
    assert sent[left[0].end :] == raw[field.end :]


@pytest.mark.parametrize("count", [1, 2, 10, 49, 60, 400])
def test_a_tag_over_many_words_goes_with_all_of_them(count):
    octets = TAG.encode() + "é".encode() * count
    value = b" ".join(b"=?utf-8?Q?=%02X?=" % octet for octet in octets)
    raw = b"Subject: " + value + b"\r\n\r\n"
    field = scan_parts(raw)[0].fields[0]
    sent = apply(raw, [untagged(raw, field, TAG)])
    assert to_text(scan_parts(sent)[0].fields[0].text(sent)) == "é" * count
    assert max(map(len, sent.split(b"\r\n"))) <= 998
