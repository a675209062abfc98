"""Header fields that say how a part is written: true afterwards, and otherwise octet for octet as they were."""

from __future__ import annotations

from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.message.heading import headed
from signatures.message.media import media
from signatures.message.scanner import scan_parts
from signatures.message.splices import apply


def made(header: bytes, **said: str) -> bytes:
    raw = header + b"\r\nbody\r\n"
    return apply(raw, headed(raw, scan_parts(raw)[0], **said)).removesuffix(b"\r\nbody\r\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"text/plain; charset=us-ascii", b"text/plain; charset=utf-8"),
        (b'Text/HTML;charset="a;b" ; x=y', b"Text/HTML;charset=utf-8 ; x=y"),
        (
            b"text/plain;\r\n\tCHARSET = x (why);\r\n\tformat=flowed",
            b"text/plain;\r\n\tcharset=utf-8 (why);\r\n\tformat=flowed",
        ),
        (b"text/plain; charset*=us-ascii'en'x; a=b", b"text/plain; charset=utf-8; a=b"),
        (b"text/plain; charset*0=us-; a=b; charset*1=ascii", b"text/plain; charset=utf-8; a=b"),
        (b"text/plain; charset=a; charset=b", b"text/plain; charset=utf-8"),
        (b"text/plain; charset", b"text/plain; charset=utf-8"),
        (b"text/plain; charset=", b"text/plain; charset=utf-8"),
        (b"text/plain", b"text/plain; charset=utf-8"),
        (b"text/plain;", b"text/plain; charset=utf-8"),
        (b"text/plain; (charset=x)", b"text/plain; charset=utf-8 (charset=x)"),
        (b'text/plain; name="charset=x"', b'text/plain; name="charset=x"; charset=utf-8'),
        (b"text/plain; name=" + b"n" * 60, b"text/plain; name=" + b"n" * 60 + b";\r\n charset=utf-8"),
        (b"text", b"text/plain; charset=utf-8"),
        (b"", b"text/plain; charset=utf-8"),
    ],
)
def test_the_charset_alone_is_said_anew(before, after):
    header = b"MIME-Version: 1.0\r\nContent-Type: %s\r\nSubject:  x \r\n"
    assert made(header % before, charset="utf-8") == header % after
    if b"(" not in before:
        assert message_from_bytes(header % after).get_content_charset() == "utf-8"


@given(
    st.lists(
        st.sampled_from(["; ", ";", "charset", "=", '"', "x", "(", ")", "\\", "*", "0", " ", "\r\n ", "é"])
    )
)
def test_whatever_stood_there_the_charset_counts_afterwards(tokens):
    value = b"text/plain;" + "".join(tokens).encode() + b"\r\n"
    out = made(b"MIME-Version: 1.0\r\nContent-Type: " + value + b"Subject: x\r\n", charset="utf-8")
    part = scan_parts(out)[0]
    assert [field.name for field in part.fields if field.name] == ["mime-version", "content-type", "subject"]
    said = media(part.first(out, "content-type"))
    before = media(value.replace(b"\r\n", b""))
    assert said.text(b"charset") == "utf-8"
    if not value.count(b'"') % 2 and b"(" not in value and b"\\" not in value:
        assert {k: v for k, v in said.parameters.items() if not k.startswith(b"charset")} == {
            k: v for k, v in before.parameters.items() if not k.startswith(b"charset")
        }


def test_what_is_missing_is_added_and_what_is_double_goes():
    assert made(b"A: 1\r\n", encoding="8bit", charset="utf-8") == (
        b"Content-Transfer-Encoding: 8bit\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nA: 1\r\n"
    )
    double = (
        b"MIME-Version: 1.0\r\ncontent-transfer-encoding: 7bit\r\nA: 1\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Type: text/html; a=b\r\nContent-Type: text/plain\r\n"
    )
    assert made(double, encoding="8bit", charset="utf-8") == (
        b"MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\nA: 1\r\n"
        b"Content-Type: text/html; a=b; charset=utf-8\r\n"
    )
    assert made(double) == double


def test_only_the_message_itself_says_its_mime_version():
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"
    out = apply(raw, headed(raw, scan_parts(raw)[1], encoding="8bit"))
    assert out == raw.replace(b"--b\r\n\r\n", b"--b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
