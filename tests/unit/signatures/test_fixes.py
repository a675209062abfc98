from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import compat32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.message.fixes import Stamp, header_splices
from signatures.message.scanner import scan_fields
from signatures.message.splices import apply
from tests.unit.signatures.messages import BODIES, NAMES, fit_messages, values

STAMP = Stamp(
    date="Mon, 9 Nov 2026 10:00:00 +0000", message_id="<queue@post.example>", authserv_id="Post.Example"
)
DATE = b"Date: Mon, 9 Nov 2026 10:00:00 +0000\r\n"
ID = b"Message-ID: <queue@post.example>\r\n"


def fixed(raw: bytes) -> bytes:
    return apply(raw, header_splices(raw, scan_fields(raw), STAMP))


@pytest.mark.parametrize(
    ("raw", "result"),
    [
        (b"Date: d\r\nMessage-ID: <1>\r\n\r\nbody\r\n", b"Date: d\r\nMessage-ID: <1>\r\n\r\nbody\r\n"),
        (b"", DATE + ID + b"\r\n"),
        (b"\r\n", DATE + ID + b"\r\n"),
        (b"\r\nbody\r\n", DATE + ID + b"\r\nbody\r\n"),
        (b"A: 1\r\n", DATE + ID + b"A: 1\r\n"),
        (b"A: 1", DATE + ID + b"A: 1\r\n"),
        (b"A: 1\r\n\r\nbody", DATE + ID + b"A: 1\r\n\r\nbody\r\n"),
        (b"Bcc: x\r\n", DATE + ID),
        (b"Bcc: x", DATE + ID + b"\r\n"),
        (b"Bcc: x\r\n\r\nBcc: y\r\n", DATE + ID + b"\r\nBcc: y\r\n"),
        (b"Bcc: x\r\n y\r\n\tz\r\nA: 1\r\n\r\n", DATE + ID + b"A: 1\r\n\r\n"),
        (b"DATE:x\r\nmessage-id :y\r\nA: 1\r\nbCC : x\r\n\r\n", b"DATE:x\r\nmessage-id :y\r\nA: 1\r\n\r\n"),
        (
            b"Date: 1\r\nDate: 2\r\nMessage-ID: 1\r\nMessage-ID: 2\r\n\r\n",
            b"Date: 1\r\nMessage-ID: 1\r\n\r\n",
        ),
        (b"Date:\r\nDate: \r\n \r\nMessage-ID: 1\r\n\r\n", DATE + b"Message-ID: 1\r\n\r\n"),
        (b"Date:\r\nDate: 2\r\nMessage-ID: 1\r\n\r\n", b"Date: 2\r\nMessage-ID: 1\r\n\r\n"),
        (
            b"Return-Path: <x>\r\nX-Vestry-A: 1\r\nX-Vestryman: 1\r\n\r\n",
            DATE + ID + b"X-Vestryman: 1\r\n\r\n",
        ),
        (
            b"Authentication-Results: POST.example; a\r\nAuthentication-Results: other.example; a\r\n\r\n",
            DATE + ID + b"Authentication-Results: other.example; a\r\n\r\n",
        ),
        (b"Authentication-Results: (c)\r\n post.example 1; a\r\n\r\n", DATE + ID + b"\r\n"),
        (b"Resent-Bcc: x\r\nResent-Bcc\t:\r\n\r\n", DATE + ID + b"\r\n"),
    ],
)
def test_header_changes(raw, result):
    assert fixed(raw) == result


BLIND = st.one_of(
    st.sampled_from(["Bcc", "bcc", "BCC", "bCc", "Resent-Bcc", "RESENT-BCC"]),
).flatmap(lambda name: st.sampled_from([f"{name}:", f"{name} :", f"{name}\t \t:"]))


@given(st.data())
def test_whatever_the_header_bcc_goes_date_and_id_stand_once_and_nothing_else_changes(data):
    others = [
        f"{name}:{value}" for name, value in data.draw(st.lists(st.tuples(NAMES, values()), max_size=5))
    ]
    blind = [
        name + value + "secret@b.example"
        for name, value in data.draw(st.lists(st.tuples(BLIND, values()), max_size=3))
    ]
    once = data.draw(
        st.lists(
            st.sampled_from(["Date: d", "date:", "Message-ID: <1>", "MESSAGE-ID :", "Date: e"]), max_size=4
        )
    )
    fields = data.draw(st.permutations([*others, *blind, *once]))
    header = "".join(f"{field}\r\n" for field in fields).encode()
    body = data.draw(BODIES)
    raw = header + data.draw(st.sampled_from([b"\r\n" + body, b""])) if fields else b"\r\n" + body
    out = fixed(raw)
    names = [field.name for field in scan_fields(out).fields]
    assert names.count("date") == names.count("message-id") == 1
    assert not {"bcc", "resent-bcc"} & set(names)
    assert b"secret@b.example" not in out[: scan_fields(out).body]
    assert out[scan_fields(out).body :] == raw[scan_fields(raw).body :]
    kept = [
        raw[f.start : f.end]
        for f in scan_fields(raw).fields
        if f.name not in {"bcc", "resent-bcc", "date", "message-id"}
    ]
    assert [
        out[f.start : f.end] for f in scan_fields(out).fields if f.name not in {"date", "message-id"}
    ] == kept


@given(fit_messages())
def test_a_message_that_needs_no_change_gets_none(raw):
    assert header_splices(raw, scan_fields(raw), STAMP) == ()


@given(fit_messages(colons=(b":",)))
def test_an_independent_reader_sees_the_same_header_and_body(raw):
    """Python's own parser agrees where header ends and which fields there are, once all is as it leaves."""
    without = re.sub(rb"\r\nDate: Mon, 9 Nov 2026 10:00:00 \+0000", b"", raw, count=1)
    out = fixed(without)
    read = message_from_bytes(out, policy=compat32)
    assert [name.lower() for name in read] == [field.name for field in scan_fields(out).fields]
    assert len(read.get_all("date")) == 1
