"""Any bytes at all as a text part that is to be changed: changed as wanted, or said why not."""

from __future__ import annotations

import os
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from signatures.message.charsets import Undecodable, exactly
from signatures.message.editing import Edit, NotEditable, editable, edited
from signatures.message.encodings import Doubtful, quoted, undone
from signatures.message.long_lines import LONGEST
from signatures.message.scanner import Unscannable, scan_parts
from signatures.message.splices import apply
from tests.fuzz.signatures.test_message import MESSAGES, SOUP

MANY = int(os.environ.get("VESTRY_FUZZ", "300"))
fuzzed = settings(max_examples=MANY, deadline=None, print_blob=True)
NAMES = st.sampled_from(
    [
        "us-ascii",
        "utf-8",
        "iso-8859-1",
        "windows-1252",
        "iso-8859-14",
        "iso-2022-jp",
        "hz-gb-2312",
        "gb2312",
        "big5",
        "shift_jis",
        "euc-kr",
        "utf-7",
        "utf-16",
        "utf-16le",
        "utf-32",
        "cp037",
        "cp864",
        "koi8-r",
        "iso-8859-8-i",
        "unknown-8bit",
    ]
)


def unnamed(text: str) -> str:
    """HTML without the charsets that it names, which are made true."""
    return re.sub(r"""(?i)(charset\s*=\s*["']?\s*)[A-Za-z0-9_.:-]+""", r"\1", text)


@fuzzed
@given(
    MESSAGES.map(lambda raw: raw.replace(b"\r", b"").replace(b"\0", b"").replace(b"\n", b"\r\n")), st.data()
)
def test_any_text_part_is_changed_as_wanted_or_not_at_all(raw, data):
    try:
        parts = scan_parts(raw)
    except Unscannable:
        return
    for number, part in enumerate(parts):
        try:
            text = editable(raw, number, part)
        except NotEditable:
            continue
        at = data.draw(st.integers(0, len(text.text)))
        at -= text.text[at - 1 : at + 1] == "\r\n" and at > 0
        new = data.draw(st.sampled_from(["Clerk\n", "\n-- \nDŵr £5\n", "x" * 1200]))
        splices = edited(raw, text, [Edit(at, at, new)])
        out = apply(raw, splices)
        again = scan_parts(out)
        assert len(again) == len(parts)
        now = editable(out, number, again[number])
        expected = text.text[:at] + new.replace("\n", text.newline) + text.text[at:]
        if part.kind == "text/html":
            expected = unnamed(expected)
        assert (unnamed(now.text) if part.kind == "text/html" else now.text) in {
            expected,
            expected + text.newline,
        }
        lines = out[again[number].body : again[number].end].split(b"\r\n")
        assert max(map(len, lines)) <= LONGEST


@fuzzed
@given(st.one_of(SOUP, st.binary(max_size=300)), NAMES)
def test_text_that_is_exact_is_the_octets_again(content, charset):
    try:
        exact = exactly(content, charset)
    except Undecodable:
        return
    if exact.codec in {"utf_8", "cp1252", "ascii", "latin_1"}:
        assert exact.mark + exact.text.encode(exact.codec) == content
    if exact.plain:
        assert "abc 1.\r\n".encode(exact.codec) == b"abc 1.\r\n"
    exact.holds("Dŵr £5 日本")


@fuzzed
@given(st.one_of(SOUP, st.binary(max_size=300)))
def test_quoted_printable_says_the_octets_again(octets):
    written = quoted(octets)
    assert undone(written, "quoted-printable") == octets
    assert max(map(len, written.split(b"\r\n"))) <= 76
    assert not [line for line in written.split(b"\r\n") if line.endswith((b" ", b"\t"))]


@fuzzed
@given(st.one_of(SOUP, st.binary(max_size=100), st.text("QUJD=\r\n -").map(str.encode)))
def test_base64_is_read_in_one_way_or_not_at_all(content):
    try:
        octets = undone(content, "base64")
    except Doubtful:
        return
    assert len(octets) == len(content.translate(None, b"=\r\n\t ")) * 3 // 4
