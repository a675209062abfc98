from __future__ import annotations

import base64

import pytest

from signatures.message.body import is_attachment, text_of
from signatures.message.scanner import Unscannable, scan_parts
from tests.quick import within


def part_text(header: str, body: bytes):
    raw = header.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body
    [part] = scan_parts(raw)
    return text_of(raw, part)


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("", b"a\r\nb", "a\nb"),
        ("7bit", b"=41", "=41"),
        ("8BIT", "ŵ".encode(), "ŵ"),
        ("binary", b"a", "a"),
        ("quoted-printable", b"=C5=B5=\r\nx =\r\n", "ŵx "),
        ("Quoted-Printable (comment)", b"=41", "A"),
        ("quoted-printable", b"=" * 9, "===="),
        ("base64", b"xbU=", "ŵ"),
        ("base64", b"x bU\r\n\r\n=\r\n", "ŵ"),
        ("base64", b"xbU", "ŵ"),
        ("base64", b"xbU=xbU=", "ŵŵ"),
        ("base64", b"QUFBQ", "AAA"),
        ("base64", b"", ""),
        ("base64", b"====", ""),
    ],
)
def test_transfer_encodings_are_undone(encoding, body, text):
    header = f"Content-Transfer-Encoding: {encoding}" if encoding else "X: y"
    assert part_text(header, body).text == text


@pytest.mark.parametrize(
    ("encoding", "body", "defect"),
    [
        ("base64", b"xbU=xbU=", "base64"),
        ("base64", b"QUFBQ", "base64"),
        ("x-uuencode", b"abc", "unknown transfer encoding"),
        ("base64", b"QUFB", None),
    ],
)
def test_defects_are_told(encoding, body, defect):
    defects = part_text(f"Content-Transfer-Encoding: {encoding}", body).defects
    assert (defect is None and defects == ()) or defect in defects[0]


def test_html_is_shown_in_its_charset():
    found = part_text("Content-Type: text/html; charset=iso-8859-1", b"<p>\xa35</p>")
    assert found.text == "£5"


def test_charset_in_quotes_and_unknown_ones():
    assert part_text('Content-Type: text/plain; charset="utf-8"', "ŵ".encode()).text == "ŵ"
    assert part_text("Content-Type: text/plain; charset=x-unknown", "ŵ".encode()).text == "ŵ"
    assert part_text("Content-Type: text/plain; charset=idna", b"xn--a" * 10_000).text.startswith("xn--a")


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ("attachment", True),
        ("ATTACHMENT; filename=a", True),
        ("inline", False),
        ("attachments", False),
        ("", False),
    ],
)
def test_attachments(disposition, expected):
    raw = f"Content-Disposition: {disposition}\r\n\r\n".encode()
    assert is_attachment(raw, scan_parts(raw)[0]) is expected


def test_too_many_tags_are_unscannable():
    with pytest.raises(Unscannable):
        part_text("Content-Type: text/html", b"<b>" * 600_000)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", base64.encodebytes(b"x" * 37_000_000)),
        ("base64", b"QQ==" * 10_000_000),
        ("base64", b"=" * 50_000_000),
        ("base64", b"!" * 50_000_000),
        ("quoted-printable", b"=" * 50_000_000),
        ("quoted-printable", b"=\r\n" * 15_000_000),
    ],
    ids=lambda value: repr(value[:6]),
)
def test_fifty_megabytes_are_decoded_in_bounded_time(encoding, body):
    with within(4):
        part_text(f"Content-Transfer-Encoding: {encoding}", body)
