"""What the archive finds a message by: nothing that mail programs show of it is missing."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from filters.analysis import read_step
from filters.archived import archived
from filters.extract.document import Document, Documents
from filters.extract.room import Room
from filters.indexed import heading_alone, indexed
from gateway.intake.found_by import PICTURE, RECORDING, content_of, found_by
from gateway.store.index.content import Content, Said
from gateway.store.index.envelope import with_envelope
from gateway.store.index.tokens import tokens
from signatures.message.anatomy import apart
from signatures.message.scanner import CAPS, Unscannable
from tests.files import zipped


def message(text: str = "Hello", html: str = "", **fields: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Jo Bloggs <jo@nether.example>"
    made["To"] = '"O\'Brien, Pat" <pat@b.example>, Ann <ann@b.example>'
    made["Cc"] = "The Clerk <clerk@nether.example>"
    made["Subject"] = "=?utf-8?q?The_caf=C3=A9_24/01234/FUL?="
    made["Message-ID"] = "<1@x>"
    for name, value in fields.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def raw(made: EmailMessage) -> bytes:
    return made.as_bytes(policy=made.policy.clone(linesep="\r\n", max_line_length=200))


def read(octets: bytes):
    return indexed(octets, apart(octets))


def test_header_fields_are_decoded_and_people_named():
    found = read(raw(message(Bcc="Secret <s@b.example>", In_Reply_To="<0@x>", References="<a@x> <0@x>")))
    assert found.subject == "The caf\u00e9 24/01234/FUL"
    assert found.author == "Jo Bloggs <jo@nether.example>"
    assert "O'Brien, Pat <pat@b.example>" in found.recipients
    assert found.copied == "The Clerk <clerk@nether.example>"
    assert found.hidden == "Secret <s@b.example>"
    assert found.message_id == "<1@x>"
    assert set(found.references) == {"<0@x>", "<a@x>"}
    assert "pat@b.example" in found.named
    assert "s@b.example" not in found.named


def test_own_words_and_the_rest_are_told_apart():
    quoted = (
        "Mine here.\n\nOn Mon, 2 Nov 2026 at 10:00, Pat <pat@b.example> wrote:\n> Theirs there.\n> More.\n"
    )
    found = read(raw(message(quoted)))
    assert "Mine here." in found.own
    assert "Theirs there." not in found.own
    assert "Theirs there." in found.trail
    assert "wrote" in found.trail


def test_versions_with_the_same_words_come_once_and_others_all():
    same = read(raw(message("The pond is dry.", "<p>The <b>pond</b> is dry.</p>")))
    assert same.own.count("pond") == 1
    other = read(raw(message("The pond is dry.", "<p>The lake is full.</p>")))
    assert "pond" in other.own
    assert "lake" in other.own


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].rglob("*.eml"))[::7], ids=lambda path: path.stem
)
def test_no_word_of_a_message_is_missing(path):
    octets = path.read_bytes()
    try:
        taken = apart(octets)
    except Unscannable:
        pytest.skip("nobody can take it apart")
    found = indexed(octets, taken)
    known = set(tokens(found.own)) | set(tokens(found.trail))
    for _, text in taken.texts:
        assert set(tokens(text.text)) <= known


def test_what_cannot_be_read_says_why():
    locked = raw(message("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"))
    assert read(locked).unread == "it is encrypted"
    odd = raw(message()).replace(b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: x-odd")
    assert "not known" in read(odd).unread


def test_of_what_cannot_be_taken_apart_the_heading_is_found():
    octets = b"From: Jo <jo@x.example>\r\nTo: a@b.example\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n more\r\n\r\nbody\r\n"
    found = heading_alone(octets, "it is odd")
    assert (found.subject, found.author, found.recipients) == (
        "caf\u00e9 more",
        "Jo <jo@x.example>",
        "a@b.example",
    )
    assert found.unread == "it is odd"
    assert heading_alone(b"", "it is empty").subject == ""
    assert heading_alone(b"\xff\x00: \x00\r\n\r\n" * 9, "x").unread == "x"


def test_the_archive_reads_what_intake_may_not():
    octets = raw(message("needle " + "word " * 1_200_000))
    with pytest.raises(Unscannable):
        apart(octets)
    assert "needle" in archived(octets, CAPS).indexed.own
    deep = (
        b"Content-Type: multipart/mixed; boundary=b\r\nSubject: pond\r\n\r\n"
        + b"--b\r\n\r\nx\r\n" * 20_000
        + b"--b--\r\n"
    )
    found = archived(deep, CAPS)
    assert found.indexed.subject == "pond"
    assert found.indexed.unread


def test_what_is_attached_is_read_with_its_digest_or_its_reason():
    made = message()
    files = {
        "papers.zip": zipped(("lease.txt", b"the lease of the hall")),
        "broken.zip": b"PK\x03\x04" + bytes(50),
        "page.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(30_000),
        "logo.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(300),
        "voice.mp3": b"ID3\x03\0\0\0\0\0\x0a" + bytes(30_000),
    }
    for name, content in files.items():
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    octets = raw(made)
    found = archived(octets, CAPS)
    pieces = {each.name: each for each in content_of(found.indexed, found.documents).pieces}
    assert pieces["lease.txt in papers.zip"].text == "the lease of the hall"
    assert pieces["broken.zip"].unread
    assert pieces["page.jpg"].unread == PICTURE
    assert pieces["logo.jpg"].unread == ""
    assert pieces["voice.mp3"].unread == RECORDING
    assert all(len(each.sha256) == 64 for name, each in pieces.items())


def test_needle_in_attachment_40():
    made = message()
    for number in range(1, 41):
        made.add_attachment(
            f"straw {number}".encode(), maintype="text", subtype="plain", filename=f"{number}.txt"
        )
    pieces = content_of(*_both(archived(raw(made), CAPS))).pieces
    assert len(pieces) == 40
    assert pieces[39].text.strip() == "straw 40"


def test_attachments_beyond_all_room_are_listed_with_the_reason(monkeypatch):
    monkeypatch.setattr(Room, "of_archive", lambda: Room(files=2))
    made = message()
    for number in range(4):
        made.add_attachment(b"straw", maintype="text", subtype="plain", filename=f"{number}.txt")
    pieces = content_of(*_both(archived(raw(made), CAPS))).pieces
    assert [each.name for each in pieces] == ["0.txt", "1.txt", "2.txt", "3.txt"]
    assert [bool(each.unread) for each in pieces] == [False, True, True, True]


def _both(found):
    return found.indexed, found.documents


def test_what_an_answer_address_is_answered_by_is_not_found_and_not_shown():
    token = "abcdefghijklmnopqrstuvwxyz234567"
    said = Said(
        author=f"The Clerk <answer-{token}@notices.example>", own=f"Write to answer-{token}@notices.example."
    )
    known = with_envelope(Content(said=said), [])
    assert known.said.author == "The Clerk <answer-…@notices.example>"
    assert known.said.own == "Write to answer-…@notices.example."
    assert with_envelope(Content(said=Said(own="My answer-to that")), []).said.own == "My answer-to that"


@pytest.mark.parametrize(
    ("reason", "pending"),
    [
        ("", False),
        ("it is of a kind that cannot be read here", False),
        ("it is encrypted, and opens with a password only", False),
        ("it has more text than can be checked in time", True),
        ("its text is longer than 5242880 bytes", True),
    ],
)
def test_what_more_room_would_not_help_is_not_read_again(reason, pending):
    made = message()
    made.add_attachment(b"octets", maintype="application", subtype="octet-stream", filename="a.bin")
    documents = Documents(found=(Document(number=1, path=("a.bin",), kind="x/y", size=1, unread=reason),))
    found = found_by(read_step(raw(made)), documents)
    assert found.pending is pending
    assert [each.unread for each in found.pieces] == ([] if pending else [reason])
