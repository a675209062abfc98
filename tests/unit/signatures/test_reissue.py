"""A message made another author's: its text, its readers and its thread stay, and nothing of who wrote it first."""

from __future__ import annotations

from pathlib import Path

import pytest

from signatures.message.headers import mailboxes
from signatures.message.reissue import CannotReissue, reissued
from signatures.message.scanner import scan_parts
from signatures.message.splices import apply

CLIENTS = sorted((Path(__file__).parents[2] / "corpus" / "clients").rglob("*.eml"))
AUTHOR = b"Ann Clerk <clerk@little.example>"
READERS = ("to", "cc", "subject", "in-reply-to", "references", "content-type", "content-transfer-encoding")
FIRSTS = (
    "sender",
    "reply-to",
    "message-id",
    "date",
    "dkim-signature",
    "received",
    "user-agent",
    "x-mailer",
    "bcc",
)


def of(raw: bytes) -> bytes:
    return apply(raw, reissued(raw, scan_parts(raw), AUTHOR))


def can_be(raw: bytes) -> bool:
    parts = scan_parts(raw)
    resent = any(field.name.startswith("resent-") for field in parts[0].fields)
    sealed = any(part.sealed and not part.enclosed for part in parts)
    return not (sealed or resent or parts[0].malformed)


@pytest.mark.parametrize("path", CLIENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_of_a_clients_message_stays_what_it_says_and_to_whom(path):
    raw = path.read_bytes()
    before = scan_parts(raw)[0]
    if not can_be(raw):
        with pytest.raises(CannotReissue):
            of(raw)
        return
    sent = of(raw)
    after = scan_parts(sent)[0]
    assert sent[after.body :] == raw[before.body :]
    assert [box.address for box in mailboxes(after.first(sent, "from"))] == ["clerk@little.example"]
    assert [field.name for field in after.fields].count("from") == 1
    for name in READERS:
        assert after.first(sent, name) == before.first(raw, name)
    assert not {field.name for field in after.fields} & set(FIRSTS)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"From: a@b.example\r\nResent-From: c@d.example\r\n\r\nx\r\n", "sent on as it is"),
        (b"From: a@b.example\r\nno field\r\n\r\nx\r\n", "no header line"),
        (b"From: a@b.example\r\nContent-Type: application/pkcs7-mime\r\n\r\nMIIB\r\n", "signed or encrypted"),
    ],
)
def test_what_cannot_be_anothers(raw, why):
    with pytest.raises(CannotReissue, match=why):
        of(raw)


def test_without_a_from_it_gets_one():
    assert of(b"To: a@b.example\r\n\r\nx\r\n") == b"From: " + AUTHOR + b"\r\nTo: a@b.example\r\n\r\nx\r\n"
