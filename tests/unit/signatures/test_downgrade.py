"""Messages put into seven bits: every part says what it said, every header says how, or it is not done."""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from email.policy import compat32

import pytest
from hypothesis import given

from signatures.message.downgrade import NotSevenBit, downgrade
from signatures.message.scanner import scan_parts
from signatures.message.splices import apply
from tests.quick import within
from tests.unit.signatures.messages import CHANGED, UNCHANGED, fit_messages

OURS = {"content-transfer-encoding", "mime-version", "content-type", "dkim-signature"}
SEVEN = {"", "7bit", "quoted-printable", "base64"}
HEAD = b"From: a@b.example\r\nMIME-Version: 1.0\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
CAFE = "café ŵ\r\n".encode()


def part(header: bytes, content: bytes) -> bytes:
    return b"--b\r\n" + header + b"\r\n" + content + b"\r\n"


def mixed(*parts: bytes) -> bytes:
    return MIXED + b"".join(parts) + b"--b--\r\n"


TEXT = part(b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", CAFE)
PDF = part(b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n", b"%PDF\xe2\xe3\r\nx")
ASCII = part(b"Content-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n", b"<p>x</p>")


def leaves(message: Message) -> list[Message]:
    return [each for each in message.walk() if not each.is_multipart()]


def truthful(before: bytes, after: bytes) -> None:
    """To Python's parser: the same parts, fields and contents, in seven bits and on lines that may be sent."""
    assert after.isascii()
    assert max(map(len, after.split(b"\r\n"))) <= 998
    old, new = message_from_bytes(before, policy=compat32), message_from_bytes(after, policy=compat32)
    assert [one.get_content_type() for one in old.walk()] == [one.get_content_type() for one in new.walk()]
    for one, other in zip(old.walk(), new.walk(), strict=True):
        kept = [
            [(name, str(value)) for name, value in m.items() if name.lower() not in OURS]
            for m in (one, other)
        ]
        assert kept[0] == kept[1]
    for one, other in zip(leaves(old), leaves(new), strict=True):
        assert one.get_payload(decode=True) == other.get_payload(decode=True)
        if one.get_payload(decode=True) != other.get_payload().encode():
            assert other["Content-Transfer-Encoding"] in {"quoted-printable", "base64"}
    for now in scan_parts(after):
        assert now.sealed or now.encoding in SEVEN


def downgraded(raw: bytes) -> bytes:
    return apply(raw, downgrade(raw))


def test_what_is_in_seven_bits_stays():
    assert downgrade(mixed(ASCII)) == ()


def test_text_and_attachment_each_in_its_encoding():
    raw = mixed(TEXT, PDF, ASCII)
    after = downgraded(raw)
    truthful(raw, after)
    encodings = [one["Content-Transfer-Encoding"] for one in message_from_bytes(after).walk()]
    assert encodings == ["7bit", "quoted-printable", "base64", "7bit"]
    assert b"caf=C3=A9 =C5=B5\r\n" in after
    text = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    assert text in after


def test_parts_of_enclosed_messages():
    inner = b"From: c@d.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + CAFE
    raw = mixed(part(b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n", inner))
    after = downgraded(raw)
    truthful(raw, after)
    enclosed = message_from_bytes(after).get_payload(0)
    assert enclosed["Content-Transfer-Encoding"] == "7bit"
    assert enclosed.get_payload(0)["MIME-Version"] == "1.0"
    assert enclosed.get_payload(0)["Content-Transfer-Encoding"] == "quoted-printable"


def test_a_message_that_was_no_mime_is_one():
    raw = b"Subject: x\r\n\r\n" + CAFE
    after = downgraded(raw)
    parsed = message_from_bytes(after)
    assert parsed["MIME-Version"] == "1.0"
    assert parsed.get_content_charset() == "utf-8"
    assert parsed.get_payload(decode=True) == CAFE


def test_signatures_of_others_that_broke_go():
    raw = b"DKIM-Signature: v=1; h=from\r\n" + mixed(TEXT)
    assert b"DKIM" not in downgraded(raw)


def test_a_soft_break_never_makes_a_boundary():
    for fill in range(60, 80):
        raw = mixed(
            part(b"Content-Type: text/plain; charset=utf-8\r\n", b"x" * fill + b"--b" + CAFE),
        )
        after = downgraded(raw)
        truthful(raw, after)
        assert len(scan_parts(after)) == 2


SIGNED = (
    b"Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\n%b--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n"
)
PGP = b"-----BEGIN PGP SIGNED MESSAGE-----\r\n\r\n" + CAFE


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (HEAD + SIGNED % CAFE, "signed or encrypted"),
        (mixed(TEXT, b"--b\r\n" + SIGNED % CAFE), "signed or encrypted"),
        (mixed(part(b"", PGP)), "signed or encrypted"),
        (HEAD + b"Content-Type: application/pkcs7-mime\r\n\r\n\x80\r\n", "signed or encrypted"),
        ("Subject: café\r\n\r\nx\r\n".encode(), "in a header"),
        (mixed(part(b"Content-Disposition: attachment; filename=\xe9\r\n", b"x")), "in a header"),
        (MIXED + CAFE + TEXT + b"--b--\r\n", "between its parts"),
        (mixed(TEXT) + CAFE, "between its parts"),
        (HEAD + b"Content-Type: message/delivery-status\r\n\r\n\xe9\r\n", "may not be encoded"),
        (HEAD + b"Content-Type: multipart/mixed\r\n\r\n\xe9\r\n", "may not be encoded"),
        (HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n\xe9\r\n", "transfer encoding"),
        (HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n\xe9\r\n", "transfer encoding"),
        (HEAD + b"Content-Transfer-Encoding: x-odd\r\n\r\n\xe9\r\n", "transfer encoding"),
        (b"Subject: x\r\n\r\n\xe9\r\n", "which letters"),
        (mixed(part(b" folded: nothing\r\n", CAFE)), "no header line"),
        (mixed(TEXT * 1001), "parts"),
    ],
)
def test_what_cannot_be_put_into_seven_bits(raw, where):
    with pytest.raises(NotSevenBit, match=where):
        downgrade(raw)


def test_what_is_signed_and_in_seven_bits_stays_beside_what_is_not():
    signed = SIGNED % b"plain\r\n"
    after = downgraded(mixed(TEXT, b"--b\r\n" + signed))
    assert after.isascii()
    assert signed in after


@pytest.mark.parametrize("file", [*UNCHANGED, *CHANGED], ids=lambda file: file.stem)
def test_the_corpus(file):
    check(file.read_bytes())


@given(fit_messages())
def test_any_message(raw):
    check(raw)


def check(raw: bytes) -> None:
    try:
        after = downgraded(raw)
    except NotSevenBit:
        assert not raw.isascii()
        return
    if after == raw:
        assert raw.isascii()
        return
    assert after.isascii()
    for one, other in zip(scan_parts(raw), scan_parts(after), strict=True):
        assert one.kind == other.kind
        assert other.sealed or other.encoding in SEVEN | {one.encoding} - {"8bit", "binary"}
    old, new = message_from_bytes(raw), message_from_bytes(after)
    for one, other in zip(leaves(old), leaves(new), strict=True):
        assert (one.get_payload(decode=True) or b"") == (other.get_payload(decode=True) or b"")


@pytest.mark.parametrize(
    "raw",
    [
        mixed(*[TEXT] * 900) + b"x\r\n" * 100_000,
        HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + CAFE * 1_500_000,
        HEAD + b"Content-Type: image/png\r\n\r\n" + b"\x89" * 15_000_000 + b"\r\n",
    ],
    ids=["parts", "text", "image"],
)
def test_it_takes_linear_time(raw):
    with within(3):
        downgrade(raw)
