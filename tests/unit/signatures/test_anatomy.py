from __future__ import annotations

import base64

import pytest

from signatures.message.anatomy import Anatomy, read
from signatures.message.scanner import Caps, Unscannable
from tests.quick import within
from tests.unit.signatures.messages import CHANGED, CORPUS, UNCHANGED


def made(text: str) -> Anatomy:
    return read(text.replace("\n", "\r\n").encode())


def own(name: str) -> tuple[str, ...]:
    return read((CORPUS / f"{name}.eml").read_bytes()).own_texts


@pytest.mark.parametrize("file", [*UNCHANGED, *CHANGED], ids=lambda file: file.stem)
def test_the_corpus_is_read_and_comes_back_from_json_the_same(file):
    anatomy = read(file.read_bytes())
    assert Anatomy.model_validate_json(anatomy.model_dump_json()) == anatomy
    assert [mailbox.address for mailbox in anatomy.authors] == ["cllr.a@littlewickham-pc.example"]


@pytest.mark.parametrize(
    ("header", "count", "authors"),
    [
        ("", 0, []),
        ("From: a@b.example", 1, ["a@b.example"]),
        ("From: a@b.example\nfrom: c@d.example", 2, ["a@b.example", "c@d.example"]),
        ("From: a@b.example, c@d.example", 1, ["a@b.example", "c@d.example"]),
        ("From:", 1, []),
    ],
)
def test_authors(header, count, authors):
    anatomy = made(f"{header}\nX: y\n\n")
    assert anatomy.from_fields == count
    assert [mailbox.address for mailbox in anatomy.authors] == authors


def test_all_senders_and_recipients_are_found():
    anatomy = made(
        "Sender: a@b.example\nSender: c@d.example\nTo: e@f.example\nCc: g@h.example, i@j.example\nBcc: k@l.example\n\n"
    )
    assert [m.address for m in anatomy.senders] == ["a@b.example", "c@d.example"]
    assert {m.address for m in anatomy.recipients} == {
        "e@f.example",
        "g@h.example",
        "i@j.example",
        "k@l.example",
    }


def test_of_resendings_the_newest_counts():
    anatomy = made(
        "Resent-From: new@b.example\nResent-To: to@b.example\nResent-From: old@b.example\nResent-Sender: s@b.example\n"
        "From: first@b.example\nSender: x@b.example\nTo: y@b.example\n\n"
    )
    assert anatomy.resent
    assert [m.address for m in anatomy.authors] == ["new@b.example"]
    assert anatomy.senders == ()
    assert [m.address for m in anatomy.recipients] == ["to@b.example"]
    assert [m.address for m in anatomy.original_authors] == ["first@b.example"]


def test_a_trace_between_parts_two_resendings():
    anatomy = made(
        "Resent-From: new@b.example\nReceived: x\nResent-Sender: old@b.example\nResent-From: old@b.example\nFrom: f@b.example\n\n"
    )
    assert [m.address for m in anatomy.authors] == ["new@b.example"]
    assert anatomy.senders == ()


def test_a_newest_resending_without_its_from_has_no_author():
    anatomy = made("Resent-To: t@b.example\nReceived: x\nResent-From: old@b.example\nFrom: f@b.example\n\n")
    assert anatomy.resent
    assert anatomy.authors == ()


def test_ids_subject_and_date():
    anatomy = made(
        "Message-ID: (c) <1@x>\nIn-Reply-To: <2@x>\nReferences: <3@x>\n <4@x>\nSubject: =?utf-8?q?=C5=B5?=\n two\nDate: x\n\n"
    )
    assert anatomy.message_id == "<1@x>"
    assert anatomy.references == ("<2@x>", "<3@x>", "<4@x>")
    assert anatomy.subject == "ŵ two"


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-generated; x=y", True),
        ("Auto-Submitted: (c) no (c)", False),
        ("Auto-Submitted: NO", False),
        ("Auto-Submitted:", False),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", True),
        ("Content-Type: message/disposition-notification", True),
        ("Content-Type: multipart/mixed; boundary=report", False),
        ("Subject: Automatic reply", False),
    ],
)
def test_automatic(header, automatic):
    assert made(f"{header}\n\n").automatic is automatic


@pytest.mark.parametrize(
    ("body", "sealed"),
    [
        ("Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n", True),
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/signed; boundary=c\n\n--c\n\nx\n--c--\n--b--\n",
            True,
        ),
        ("Content-Type: application/pkcs7-mime\n\nx\n", True),
        ("Content-Type: multipart/encrypted; boundary=b\n\n--b--\n", True),
        ("A: b\n\n-----BEGIN PGP MESSAGE-----\n\nx\n", True),
        ("A: b\n\nHi\n-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n", True),
        (
            f"Content-Transfer-Encoding: base64\n\n{base64.b64encode(b'-----BEGIN PGP MESSAGE-----').decode()}\n",
            True,
        ),
        ("A: b\n\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n", False),
        ("A: b\n\n> -----BEGIN PGP MESSAGE-----\n", False),
        ("A: b\n\nWrite -----BEGIN PGP MESSAGE----- first\n", False),
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: message/rfc822\n\nContent-Type: application/pkcs7-mime\n\nx\n--b--\n",
            False,
        ),
    ],
)
def test_sealed(body, sealed):
    assert made(body).sealed is sealed


def test_every_version_of_the_text_is_the_authors():
    anatomy = made(
        "Content-Type: multipart/alternative; boundary=b\n\n--b\n\nplain\n--b\nContent-Type: text/html\n\n<p>other</p>\n"
        "--b\nContent-Type: text/html\n\n<p>plain</p>\n--b--\n"
    )
    assert anatomy.own_texts == ("plain", "other")


def test_text_after_an_enclosed_message_is_the_authors():
    anatomy = made(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: s\n\ninner\n"
        "--b\n\nmine\n--b--\n"
    )
    assert anatomy.own_texts == ("mine",)


def test_attachments_are_not_the_authors_text():
    anatomy = made(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: attachment\n\nfile\n"
        "--b\nContent-Disposition: inline\n\nmine\n--b--\n"
    )
    assert anatomy.own_texts == ("mine",)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("reply-gmail", ("Thank you, good news.",)),
        ("reply-apple", ("Lovely.\n\nAnne",)),
        ("reply-outlook", ("Thanks both.\n\nKind regards\nAnne Archer\nCouncillor",)),
        ("reply-thunderbird-below", ("Noted, and thank you.\n\nAnne",)),
        ("forward-thunderbird", ("For information.",)),
        ("welsh-outlook-reply", ("Diolch yn fawr.\n\nCofion\nAnne",)),
        ("nested-rfc822", ("See below.",)),
        ("only-a-message", ()),
    ],
)
def test_own_text_of_what_mail_programs_write(name, texts):
    assert own(name) == texts


def test_how_each_version_was_divided_is_told():
    plain, page = read((CORPUS / "reply-outlook.eml").read_bytes()).divided
    assert (plain.number, plain.kind, plain.style, plain.rule) == (1, "text/plain", "top", "header_block")
    assert (page.number, page.kind, page.rule) == (2, "text/html", "outlook_reply_header")
    assert [span.zone for span in page.spans] == ["own", "trail"]
    assert page.confidence == "certain"


def test_of_very_many_spans_the_first_are_told_and_how_many_there_are():
    answers = "> q\na\n" * 300
    [part] = made(f"A: b\n\nOn 8 Nov 2026, M wrote:\n{answers}").divided
    assert (len(part.spans), part.more, part.style) == (200, 400, "interleaved")


@pytest.mark.parametrize(
    ("body", "defect"),
    [
        ("Content-Type: multipart/mixed\n\nx\n", "no parts"),
        ("Content-Transfer-Encoding: rot13\n\nx\n", "transfer encoding"),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\nnot a field\n\nx\n--b--\n", "no field"),
    ],
)
def test_defects(body, defect):
    assert any(defect in each for each in made(body).defects)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"Subject: " + b"=?utf-8?q?x?= " * 1001 + b"\r\n\r\n", "encoded words"),
        (b"".join(b"To: " + b"a," * 700 + b"\r\n" for _ in range(3)) + b"\r\n", "addresses"),
        (b"To: a:" + b"b;" * 2001 + b"\r\n\r\n", "addresses"),
        (b"Resent-Cc: " + b"a," * 2001 + b"\r\n\r\n", "addresses"),
        (b"X: y\r\n\r\n" + b"x" * 6_000_000, "text is longer"),
        (b"Content-Type: text/html\r\n\r\n" + b"<b>" * 600_000, "tags"),
        (b"To: " + b"=?x?=" * 20_000, "encoded words"),
        (b"To:" + (b"\r\n " + b'"' * 40) * 500 + b"\r\n\r\n", "an address"),
        (b"To:" + (b"\r\n " + b'"\\a"' * 10) * 2000 + b"\r\n\r\n", "an address"),
        (b"Cc:" + (b"\r\n " + b"(" * 50) * 100 + b"\r\n\r\n", "an address"),
        (b"To: a@b.example, " + b"(" * 51 + b'"' * 50 + b"\r\n\r\n", "quotes or comments"),
        (b"Sender: " + b"\\" * 101 + b"\r\n\r\n", "quotes or comments"),
        (b"Reply-To: a@b.example;" + b"x" * 2049 + b"\r\n\r\n", "longer than 2048"),
    ],
)
def test_beyond_a_cap_is_unscannable_at_once(raw, why):
    with within(1.5), pytest.raises(Unscannable, match=why):
        read(raw)


def test_a_long_list_of_people_with_quoted_names_and_comments_is_read():
    """As a mail program writes it to all households of a parish."""
    number = 500
    people = [
        f'"Ms J. \\"Jo\\" O\'Leary-Smith, Flat {n} (rear)" (tenant {n}) <resident.{n}@long-road.village.example>'
        for n in range(number)
    ]
    anatomy = made("To: " + ",\n ".join(people) + "\nX: y\n\n")
    assert len(anatomy.recipients) == number
    assert anatomy.recipients[-1].name.startswith('Ms J. "Jo" O\'Leary-Smith, Flat 499 (rear)')


def test_what_is_no_address_field_may_be_as_long_as_it_likes():
    assert made("X-Notes: " + '("' * 5000 + "\nSubject: " + '"' * 3000 + "\n\n").subject == '"' * 3000


def test_the_worst_of_headers_is_read_in_bounded_time():
    fields = b"".join(b"X-%d: " % n + b'"(<=?' * 15 + b"\r\n" for n in range(600))
    raw = (
        b'From: "'
        + b"\\" * 10_000
        + b"\r\nTo: "
        + b"(" * 10_000
        + b"\r\n"
        + fields.replace(b"=?", b"=")
        + b"\r\n"
    )
    with within(3), pytest.raises(Unscannable, match="an address"):
        read(raw)
    with within(3):  # Also where the host's caps would let it through.
        read(raw, Caps(address_bytes=100_000, address_marks=100_000))


def test_a_thousand_parts_are_read_in_bounded_time():
    part = b"--b\r\nContent-Type: message/rfc822\r\n\r\n\r\nx\r\n"
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 499 + b"--b--\r\n"
    with within(3):
        assert read(raw).own_texts == ()


def test_fifty_megabytes_of_attachment_are_read_in_bounded_time():
    content = base64.encodebytes(b"\xff" * 37_000_000).replace(b"\n", b"\r\n")
    raw = b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + content
    with within(3):
        assert read(raw).own_texts == ()
