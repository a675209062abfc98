from __future__ import annotations

import base64
import io
import zipfile

import pytest

from signatures.message.anatomy import read
from tests.quick import within
from tests.unit.signatures.carried.letters import client, made, page, plain, with_file


def attached(content: bytes, header: str):
    (found,) = with_file(content, header).attachments
    return found


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('Content-Type: image/png; name="a b.png"', "a b.png"),
        ("Content-Type: image/png\nContent-Disposition: attachment; filename=b.png", "b.png"),
        ("Content-Type: image/png; name=a.png\nContent-Disposition: attachment; filename=b.png", "b.png"),
        (
            "Content-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''M%C3%A2p%20b.png",
            "Mâp b.png",
        ),
        (
            "Content-Type: image/png\nContent-Disposition: inline; filename*0*=utf-8''M%C3%A2; filename*1=p.png",
            "Mâp.png",
        ),
        ('Content-Type: image/png; name="=?utf-8?B?TcOicC5wbmc=?="', "Mâp.png"),
        (
            'Content-Type: image/png\nContent-Disposition: attachment; filename="=?iso-8859-1?Q?M=E2p.png?="',
            "Mâp.png",
        ),
        ("Content-Type: image/png", ""),
        ("Content-Disposition: attachment", ""),
    ],
)
def test_names(header, name):
    assert attached(b"x", header).name == name


def test_what_is_attached_is_told_with_its_number_kind_and_size():
    found = client("apple-mail/new-attachment-between").attachments
    assert [(each.number, each.name, each.kind, each.size) for each in found] == [
        (4, "Hedge survey.pdf", "application/pdf", 4212)
    ]


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("outlook-desktop/reply-with-picture", [("image001.png", True)]),
        ("apple-mail/text-picture-text", [("IMG_2041.jpeg", False)]),
        ("cases/41-inline-text-with-name", [("notes.txt", False)]),
        ("cases/41-the-message-is-an-attachment", [("minutes.txt", False)]),
        ("cases/43-calendar-google", [("", True), ("invite.ics", False)]),
        ("cases/43-winmail-dat", [("winmail.dat", False)]),
        ("gmail-web/new", []),
        ("outlook-desktop/new", []),
        ("thunderbird/new-plain", []),
    ],
)
def test_what_is_shown_in_the_text_is_told_from_what_is_attached(name, names):
    assert [(each.name, each.inline) for each in client(name).attachments] == names


def test_a_paper_is_attached_even_where_a_phone_says_inline_and_gives_it_an_id():
    found = attached(
        b"%PDF-1.4 x",
        'Content-Type: application/pdf; name="m.pdf"\nContent-Disposition: inline\nContent-ID: <1>',
    )
    assert not found.inline


def test_the_seal_of_a_signed_message_is_not_attached_to_it():
    anatomy = made(
        'From: a@b.example\nContent-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="b"\n\n'
        "--b\n\nHello\n--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n"
        "Content-Disposition: attachment; filename=smime.p7s\nContent-Transfer-Encoding: base64\n\nAAAA\n--b--\n"
    )
    assert anatomy.attachments == ()
    assert not anatomy.encrypted


def zipped(encrypted: int = -1, entries: int = 2, size: int = 10) -> bytes:
    """A zip file, one entry of which says that it is encrypted."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for number in range(entries):
            archive.writestr(f"{number}.txt", bytes(range(256)) * size)
    octets = bytearray(held.getvalue())
    at = -1
    for number in range(entries):
        at = octets.index(b"PK\x01\x02", at + 1)
        if number == encrypted:
            octets[at + 8] |= 1
    return bytes(octets)


def ole(*names: str, first: bytes = b"") -> bytes:
    streams = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + first.ljust(512, b"\0") + streams


RAR5 = b"Rar!\x1a\x07\x01\x00"
RAR4 = b"Rar!\x1a\x07\x00"
SIGNED = bytes.fromhex("3082010006092a864886f70d010702a0")
ENVELOPED = bytes.fromhex("3082010006092a864886f70d010703a0")
PGP = b"-----BEGIN PGP %s-----\n\nabc=\n"


@pytest.mark.parametrize(
    ("content", "name", "locked"),
    [
        pytest.param(zipped(), "a.zip", False, id="zip"),
        pytest.param(zipped(0), "a.zip", True, id="zip-first-locked"),
        pytest.param(zipped(1), "a.zip", True, id="zip-last-locked"),
        pytest.param(zipped(1, size=800), "a.zip", True, id="long-zip-last-locked"),
        pytest.param(zipped(size=800), "a.zip", False, id="long-zip"),
        pytest.param(zipped(1), "a.docx", True, id="zip-by-another-name"),
        pytest.param(zipped(1), "holiday", True, id="zip-without-a-name-to-go-by"),
        pytest.param(b"PK\x03\x04\x14\x00\x01\x00", "a.zip", True, id="zip-cut-short"),
        pytest.param(ole("WordDocument"), "a.doc", False, id="word"),
        pytest.param(ole("EncryptedPackage", "EncryptionInfo"), "a.docx", True, id="office-locked"),
        pytest.param(ole("WordDocument", first=b"\xec\xa5\xc1\x00" + bytes(6) + b"\x00\x01"), "a.doc", True, id="old-word-locked"),
        pytest.param(ole("WordDocument", first=b"\xec\xa5\xc1\x00" + bytes(6) + b"\x00\x02"), "a.doc", False, id="old-word"),
        pytest.param(ole("Workbook", first=b"\x09\x08\x10\x00" + bytes(16) + b"\x2f\x00\x36\x00"), "a.xls", True, id="old-excel-locked"),
        pytest.param(b"%PDF-1.7\n" + b"x" * 300_000 + b"trailer <</Root 1 0 R>>\n%%EOF", "a.pdf", False, id="pdf"),
        pytest.param(b"%PDF-1.7\n" + b"x" * 300_000 + b"trailer <</Encrypt 5 0 R>>\n%%EOF", "a.pdf", True, id="pdf-locked"),
        pytest.param(b"%PDF-1.7\n<</Linearized 1>> <</Encrypt 5 0 R>>" + b"x" * 300_000, "a.pdf", True, id="linear-pdf-locked"),
        pytest.param(b"%PDF-1.7\n<</EncryptMetadata true>> (about /Encryption)", "a.pdf", False, id="pdf-about-it"),
        pytest.param(b"7z\xbc\xaf\x27\x1c" + bytes(14) + b"\x20" + bytes(11) + b"y" * 90 + b"\x06\xf1\x07\x01".rjust(32), "a.7z", True, id="7z-locked"),
        pytest.param(b"7z\xbc\xaf\x27\x1c" + bytes(14) + b"\x20" + bytes(11) + b"y" * 90 + b"\x03\x01\x01".rjust(32), "a.7z", False, id="7z"),
        pytest.param(RAR4 + b"\x00\x00\x73\x80\x00\x0d\x00" + bytes(20), "a.rar", True, id="rar-headers-locked"),
        pytest.param(RAR4 + b"\x00\x00\x73\x00\x00\x0d\x00" + bytes(6) + b"\x00\x00\x74\x04\x80", "a.rar", True, id="rar-file-locked"),
        pytest.param(RAR4 + b"\x00\x00\x73\x00\x00\x0d\x00" + bytes(6) + b"\x00\x00\x74\x00\x80", "a.rar", False, id="rar"),
        pytest.param(RAR5 + b"\0\0\0\0\x21\x04\x00", "a.rar", True, id="rar5-headers-locked"),
        pytest.param(RAR5 + b"\0\0\0\0\x03\x01\x00\x00" + b"\0\0\0\0\x08\x02\x01\x03\x00\x00\x02\x01\x00", "a.rar", True, id="rar5-file-locked"),
        pytest.param(RAR5 + b"\0\0\0\0\x03\x01\x00\x00" + b"\0\0\0\0\x05\x02\x00\x00\x00\x00", "a.rar", False, id="rar5"),
        pytest.param(PGP % b"MESSAGE", "a.asc", True, id="pgp"),
        pytest.param(PGP % b"PUBLIC KEY BLOCK", "a.asc", False, id="pgp-key"),
        pytest.param(PGP % b"SIGNATURE", "a.pdf.asc", False, id="pgp-signature"),
        pytest.param(b"\x85\x01\x0c\x03" + bytes(50), "a.pdf.gpg", True, id="pgp-octets"),
        pytest.param(b"\xc1\xc0\x4c\x03" + bytes(50), "a.pgp", True, id="pgp-octets-new"),
        pytest.param(b"\x99\x01\x0d\x04" + bytes(50), "key.gpg", False, id="pgp-key-octets"),
        pytest.param(ENVELOPED, "smime.p7m", True, id="cms-enveloped"),
        pytest.param(SIGNED, "smime.p7m", False, id="cms-signed"),
        pytest.param(b"anything", "message.rpmsg", True, id="rights-managed"),
        pytest.param(b"", "a.zip", False, id="empty"),
        pytest.param(b"minutes", "minutes.txt", False, id="text"),
    ],
)  # fmt: skip
def test_what_nobody_can_look_into(content, name, locked):
    found = attached(
        content, f'Content-Type: application/octet-stream; name="{name}"\nContent-Disposition: attachment'
    )
    assert found.locked is locked


def test_content_that_is_locked_is_known_whatever_it_is_called():
    assert attached(zipped(1), "Content-Type: image/png; name=a.png").locked
    assert attached(PGP % b"MESSAGE", "Content-Type: text/plain; name=a.txt").locked


def test_an_attached_message_is_locked_where_something_in_it_is():
    encoded = base64.encodebytes(zipped(1)).decode()
    inner = (
        'From: j@x.example\nContent-Type: multipart/mixed; boundary="c"\n\n--c\n\nHi\n--c\n'
        f"Content-Type: application/zip; name=a.zip\nContent-Transfer-Encoding: base64\n\n{encoded}\n--c--\n"
    )
    anatomy = made(
        f'From: a@b.example\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\n{inner}--b--\n'
    )
    assert [(each.mail, each.locked) for each in anatomy.attachments] == [(True, True)]


def sealed(kind: str, content: bytes = b"") -> str:
    encoded = base64.encodebytes(content).decode()
    return f"From: a@b.example\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n\n{encoded}\n"


@pytest.mark.parametrize(
    ("text", "encrypted"),
    [
        (sealed("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", ENVELOPED), True),
        (sealed("application/x-pkcs7-mime; name=smime.p7m", ENVELOPED), True),
        (sealed("application/pkcs7-mime; smime-type=signed-data", ENVELOPED), True),
        (sealed("application/pkcs7-mime; smime-type=signed-data", SIGNED), False),
        ('From: a@b.example\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n\n--b\n'
         "Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n", True),
        ("From: a@b.example\n\nHi\n-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n", True),
        ("From: a@b.example\n\n-----BEGIN PGP SIGNED MESSAGE-----\n\nabc\n", False),
        ("From: a@b.example\n\nIt begins with -----BEGIN PGP MESSAGE-----\n", False),
        ("From: a@b.example\n\nHello\n", False),
    ],
)  # fmt: skip
def test_encrypted_bodies(text, encrypted):
    assert made(text).encrypted is encrypted


def test_pgp_in_html_is_seen():
    assert page("<pre>-----BEGIN PGP MESSAGE-----\n\nabc</pre>").encrypted


def test_an_armoured_message_in_the_corpus():
    assert client("cases/42-inline-pgp").sealed


def test_large_attachments_are_not_decoded_whole():
    header = (
        b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHi\r\n--b\r\n'
        b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    raw = (
        header
        + base64.encodebytes(b"%PDF-1.7" + bytes(24_000_000)).replace(b"\n", b"\r\n")
        + b"\r\n--b--\r\n"
    )
    with within(0.5):
        (found,) = read(raw).attachments
    assert not found.locked


def test_text_alone_has_nothing_attached():
    assert plain("The map is attached.\n").attachments == ()
