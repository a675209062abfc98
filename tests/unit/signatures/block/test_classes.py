from __future__ import annotations

import pytest

from config.message_class import MessageClass
from signatures.block.bodies import bodies
from signatures.block.classes import REASONS, class_of, inline_pgp
from signatures.message.scanner import Caps, scan_parts
from tests.unit.signatures.block.letters import HEAD, multipart, part

PLAIN = part("text/plain", "Hello")
KEY = part("application/pkcs7-signature", "x")


def of(raw: bytes, **options) -> MessageClass | None:
    parts = scan_parts(raw)
    return class_of(raw, parts, bodies(raw, parts), **({"null_sender": False} | options))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (HEAD + PLAIN, None),
        (HEAD + b"Auto-Submitted: auto-generated\r\n" + PLAIN, None),
        (HEAD + b"Auto-Submitted: no\r\n" + PLAIN, None),
        (HEAD + b"X-Auto-Response-Suppress: All\r\nSubject: Agenda\r\n" + PLAIN, None),
        (HEAD + b"Auto-Submitted: auto-replied (vacation)\r\n" + PLAIN, "out_of_office"),
        (HEAD + b"X-Auto-Response-Suppress: All\r\nSubject: Automatic reply: x\r\n" + PLAIN, "out_of_office"),
        (HEAD + b"Precedence: auto_reply\r\n" + PLAIN, "out_of_office"),
        (HEAD + b"List-Id: <x.y>\r\n" + PLAIN, "list_post"),
        (HEAD + b"Precedence: list\r\n" + PLAIN, "list_post"),
        (
            HEAD + multipart("signed", PLAIN, KEY, more='; protocol="application/pkcs7-signature"'),
            "smime_signed",
        ),
        (HEAD + multipart("signed", PLAIN, KEY, more='; protocol="application/pgp-signature"'), "pgp_signed"),
        (
            HEAD + multipart("encrypted", KEY, KEY, more='; protocol="application/pgp-encrypted"'),
            "pgp_encrypted",
        ),
        (HEAD + part("application/pkcs7-mime; smime-type=enveloped-data", "x"), "smime_encrypted"),
        (HEAD + part("application/x-pkcs7-mime; smime-type=signed-data", "x"), "smime_signed"),
        (HEAD + part("application/pkcs7-mime; name=smime.p7m", "x"), "smime_encrypted"),
        (HEAD + multipart("mixed", multipart("signed", PLAIN, KEY, boundary="c"), PLAIN), None),
        (HEAD + part("text/calendar; method=REQUEST", "x"), "calendar"),
        (HEAD + multipart("alternative", PLAIN, part("text/calendar; method=REPLY", "x")), "calendar"),
        (
            HEAD
            + multipart(
                "mixed", PLAIN, part("text/calendar", "x", "Content-Disposition: attachment; filename=a.ics")
            ),
            None,
        ),
        (HEAD + multipart("mixed", PLAIN, part("application/ms-tnef", "x")), "tnef"),
        (HEAD + multipart("report", PLAIN, PLAIN, more="; report-type=delivery-status"), "delivery_report"),
        (
            HEAD + multipart("report", PLAIN, PLAIN, more="; report-type=disposition-notification"),
            "read_receipt",
        ),
        (HEAD + multipart("mixed", PLAIN, part("message/rfc822", "List-Id: <x.y>\n\nHello")), None),
    ],
)
def test_the_class_of_a_message(raw, expected):
    assert of(raw) == expected


def test_whatever_has_the_null_sender_is_a_report_or_an_automatic_reply():
    assert of(HEAD + PLAIN, null_sender=True) is MessageClass.DELIVERY_REPORT
    raw = HEAD + b"Auto-Submitted: auto-replied\r\n" + PLAIN
    assert of(raw, null_sender=True) is MessageClass.OUT_OF_OFFICE


def test_a_message_over_the_hosts_limit_is_oversize():
    raw = HEAD + PLAIN
    assert of(raw, caps=Caps(written_bytes=len(raw))) is None
    assert of(raw, caps=Caps(written_bytes=len(raw) - 1)) is MessageClass.OVERSIZE


def test_armour_counts_only_where_the_author_wrote_it():
    text = "Hello\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n"
    assert inline_pgp(text, 0, len(text)) is MessageClass.PGP_INLINE
    assert inline_pgp(text, 0, 6) is None
    assert inline_pgp("> " + text[7:], 0, len(text)) is None
    assert inline_pgp("-----BEGIN PGP MESSAGE-----\n", 0, 28) is MessageClass.PGP_ENCRYPTED


def test_every_class_says_why():
    assert set(REASONS) == set(MessageClass)
