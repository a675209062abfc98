"""An anchor as text: for people, for paper, and for what mail programs make of it."""

from __future__ import annotations

import email
import email.policy
import quopri
import textwrap

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.telling import Language
from gateway.archive.offline.check import Anchor, anchors_in, printed, statement
from gateway.notices.anchor import anchored
from tests.unit.store.conftest import NOW, council  # noqa: F401  # fixture

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def signed(links: int = 1234) -> Anchor:
    said = ("nether-poppleton", links, "0123456789abcdef" * 4, 567, "2026-11-21T06:00:00Z")
    public = KEY.public_key().public_bytes_raw().hex()
    return Anchor(*said, public, KEY.sign(statement(*said)).hex())


ANCHOR = signed()
TEXT = printed(ANCHOR)

MANGLED = {
    "as it is": TEXT,
    "quoted": textwrap.indent(TEXT, "> "),
    "quoted twice, without blanks": textwrap.indent(TEXT, ">>"),
    "with CRLF": TEXT.replace("\n", "\r\n"),
    "wrapped": "\n".join(textwrap.fill(line, 24, subsequent_indent="> ") for line in TEXT.splitlines()),
    "all on one line": TEXT.replace("\n", " "),
    "double spaced": TEXT.replace("\n", "\n\n"),
    "in capitals": TEXT.replace("abcdef", "ABCDEF"),
    "blanks that do not break": TEXT.replace(" ", "\u00a0"),
    "among other words": f"Dear Ann,\n\nplease keep: Links: 7\n{TEXT}\nKey: under the mat.\nYours",
}


@pytest.mark.parametrize("how", MANGLED)
def test_it_survives_mail_and_people(how):
    assert anchors_in(MANGLED[how]) == [ANCHOR]
    assert anchors_in(MANGLED[how].encode()) == [ANCHOR]


def test_it_is_short_lines_of_ascii():
    assert TEXT.isascii()
    assert max(map(len, TEXT.splitlines())) <= 60


def test_several_are_found_and_the_same_once():
    other = signed(1300)
    assert anchors_in(printed(other) + TEXT + TEXT) == [other, ANCHOR]


def test_the_signature_is_of_all_that_it_says():
    assert ANCHOR.is_signed()
    for change in ("Links: 1235", "Messages: 568", "Moment: 2026-11-21T06:00:01Z", "Council: other"):
        label = change.partition(":")[0]
        lines = [change if line.startswith(label) else line for line in TEXT.splitlines()]
        [altered] = anchors_in("\n".join(lines))
        assert not altered.is_signed()
    [altered] = anchors_in(TEXT.replace("01234567", "01234568", 1))
    assert not altered.is_signed()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BEGIN VESTRY ANCHOR",
        "-----BEGIN VESTRY ANCHOR-----\nLinks: x\n-----END VESTRY ANCHOR-----",
        TEXT.replace("Council:", "Concil:"),
        TEXT.replace("1234\n", "9" * 5000 + "\n", 1),
        "BEGIN VESTRY ANCHOR" + "-" * 4000 + "BEGIN VESTRY ANCHOR" * 2000,
        "<" * 100_000,
    ],
)
def test_what_is_none_is_none(text):
    assert anchors_in(text) == []
    assert anchors_in(text.encode()) == []


@pytest.mark.parametrize("language", Language)
def test_the_letter_as_it_is_saved_holds_the_anchor(council, language):
    council = council.model_copy(update={"language": language})
    new = anchored(council, "audit@auditor.example", ANCHOR, NOW, upstream="default")
    assert anchors_in(new.raw) == [ANCHOR]
    message = email.message_from_bytes(new.raw, policy=email.policy.default)
    assert message["To"] == "audit@auditor.example"
    text = message.get_body(("plain",)).get_content()
    assert anchors_in(text) == [ANCHOR]
    assert max(map(len, text.splitlines())) <= 76
    page = message.get_body(("html",)).get_content()
    assert anchors_in(page.encode()) == [ANCHOR]  # Saved as a page, or forwarded as one.


def test_the_words_are_for_people_who_know_nothing_of_it(council):
    new = anchored(council, "audit@auditor.example", ANCHOR, NOW, upstream="default")
    text = email.message_from_bytes(new.raw, policy=email.policy.default).get_body(("plain",)).get_content()
    said = " ".join(text.split())
    assert (
        "e-mail archive of Nether Poppleton Parish Council, as the archive stood on 11 May 2026 at 10:30"
        in said
    )
    assert "Entries in the archive's record: 1,234. Messages: 567." in said
    assert "Keep this message" in said
    assert "an auditor can show that nothing was changed" in said


def test_a_message_of_one_part_in_quoted_printable():
    body = quopri.encodestring(TEXT.replace(" ", "=20").encode())
    head = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    assert anchors_in(head + quopri.encodestring(("é " + TEXT).encode())) == [ANCHOR]
    assert anchors_in(b"nothing" + body) == []
