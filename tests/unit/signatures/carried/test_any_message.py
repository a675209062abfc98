from __future__ import annotations

import base64
import contextlib

from hypothesis import given
from hypothesis import strategies as st

from signatures.message.anatomy import Anatomy, read
from signatures.message.carried.locked import MAGIC
from signatures.message.scanner import Unscannable
from tests.unit.signatures.carried.letters import with_file
from tests.unit.signatures.messages import fit_messages

PIECES = st.lists(
    st.sampled_from(
        [
            "From: ", "Sent: ", "To: ", "Cc: ", "Subject: ", "De : ", "Ynt: ", "Fw: ", "> ", ">", "\n", "\n\n", " ",
            "On 8 Nov 2026 at 18:02, ", " wrote:", "ysgrifennodd ", "a@b.example", "<a@b.example>", "Bell, Brian", ";",
            ",", '"', "'", "(", "<", "@", "mailto:", "%40", "-----Original Message-----", "_" * 32, "8 Nov 2026",
            "---------- Forwarded message ---------", "<div class=gmail_quote>", "<blockquote type=cite>", "</div>",
            "<div id=divRplyFwdMsg>", "<a href=mailto:", "\N{FULLWIDTH COLON}", "é", "\u202e", "=?utf-8?B?", "?=",
            "Re[2]: ", "[x] ", "-----BEGIN PGP MESSAGE-----",
        ]
    ),
    max_size=40,
).map("".join)  # fmt: skip

FIELDS = st.sampled_from(
    [
        "Subject", "To", "References", "Thread-Index", "X-Forwarded-Message-Id", "X-Forwarded-For", "Auto-Submitted",
        "Content-Disposition", "X-MS-Exchange-Generated-Message-Source", "Content-ID",
    ]
)  # fmt: skip


def _told(raw: bytes) -> None:
    with contextlib.suppress(Unscannable):
        anatomy = read(raw)
        assert Anatomy.model_validate_json(anatomy.model_dump_json()) == anatomy


@given(st.sampled_from(["plain", "html"]), FIELDS, PIECES, PIECES)
def test_any_text_and_field(kind, name, value, text):
    value = value.replace("\n", " ")
    raw = f"From: a@b.example\n{name}: {value}\nContent-Type: text/{kind}; charset=utf-8\n\n{text}"
    _told(raw.replace("\n", "\r\n").encode())


@given(fit_messages())
def test_any_fit_message(raw):
    _told(raw)


@given(
    st.sampled_from([*MAGIC, b"\x85\x01", b"\x30\x82", b"From: a@b.example\n", b""]),
    st.binary(max_size=200),
    st.sampled_from(["a.zip", "a.rar", "a.7z", "a.pdf", "a.doc", "a.gpg", "a.p7m", "a.eml", "a.msg", "a"]),
    st.sampled_from(
        ["application/octet-stream", "message/rfc822", "application/pkcs7-mime", "text/plain", "x"]
    ),
)
def test_any_attachment(magic, content, name, kind):
    anatomy = with_file(
        magic + content, f'Content-Type: {kind}; name="{name}"\nContent-Disposition: attachment'
    )
    assert len(anatomy.attachments) == 1


@given(st.binary(max_size=400))
def test_any_attached_message(content):
    raw = b"From: a@b.example\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    anatomy = read(raw + base64.encodebytes(content).replace(b"\n", b"\r\n"))
    assert len(anatomy.earlier) >= 1
