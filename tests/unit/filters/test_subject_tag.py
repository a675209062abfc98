"""The subject tag that chooses a capacity is taken off the message as it is sent, and nothing else is."""

from __future__ import annotations

import base64

import pytest

from filters.capacity import capacity_of, tag_of
from signatures.block.changes import changes
from signatures.message.headers import to_text
from signatures.message.scanner import scan_parts
from tests.unit.filters.official_mail import DOMAIN, RESIDENT, analysed, as_sent, council, message

COUNCIL = council(
    policy={
        "title": "P",
        "version": "1",
        "checks": {},
        "capacity_tags": {"[personal]": "personal", "[my view]": "personal", "[fy marn i â]": "personal"},
    }
)


def sent(*fields: str) -> bytes:
    """The Subject fields as they are sent, of a message with these; everything else is as it came in."""
    raw = message(f"From: anne@{DOMAIN}", *fields, f"To: {RESIDENT}")
    return _left(raw)


def _left(raw: bytes) -> bytes:
    gone = as_sent(raw, analysed(raw, council=COUNCIL))
    start, end = raw.index(b"\r\n") + 2, raw.index(b"To: ")
    tail = raw[end:]
    assert gone.startswith(raw[:start])
    assert gone.endswith(tail)
    return gone[start : len(gone) - len(tail)].removesuffix(b"\r\n")


def b(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        # Plain: the very octets are cut.
        ("Subject: [personal] Bins", b"Subject: Bins"),
        ("Subject: [PERSONAL]   Bins", b"Subject: Bins"),
        ("Subject:[personal]Bins", b"Subject:Bins"),
        ("SUBJECT :  [personal] Bins  and   bags ", b"SUBJECT :  Bins  and   bags "),
        ("Subject: [my view] Bins", b"Subject: Bins"),
        ("Subject: [personal] [personal] Bins", b"Subject: [personal] Bins"),
        ("Subject: [personal] Re: Bins", b"Subject: Re: Bins"),
        ("Subject: [personal]", b"Subject:"),
        ("Subject:   [personal]  ", b"Subject:"),
        ("Subject: [personal] Llwybr ŵ", "Subject: Llwybr ŵ".encode()),
        ("Subject: [fy marn i â] Biniau", b"Subject: Biniau"),
        # Folded.
        ("Subject: [personal]\n Bins", b"Subject: Bins"),
        ("Subject:\n [personal] Bins\n and bags", b"Subject:\r\n Bins\r\n and bags"),
        ("Subject: [my\n view] Bins\n\tand bags", b"Subject: Bins\r\n\tand bags"),
        ("Subject:\n [personal]", b"Subject:"),
        # Before and in encoded words.
        ("Subject: [personal] =?utf-8?q?Caf=C3=A9?=", b"Subject: =?utf-8?q?Caf=C3=A9?="),
        ("Subject: =?utf-8?Q?[personal]_Caf=C3=A9?=", b"Subject: =?utf-8?Q?Caf=C3=A9?="),
        ("Subject: =?utf-8?q?[personal]?= Bins =?utf-8?q?=C3=A9?=", b"Subject: Bins =?utf-8?q?=C3=A9?="),
        ("Subject: =?utf-8?q?=5Bpersonal=5D?=\n =?utf-8?q?_Caf=C3=A9?=", b"Subject: =?utf-8?q?_Caf=C3=A9?="),
        ("Subject: =?utf-8?q?[pers?= =?utf-8?q?onal]_Caf=C3=A9?= x", b"Subject: =?utf-8?q?Caf=C3=A9?= x"),
        ("Subject: =?iso-8859-1?Q?[personal]_Caf=E9?=", b"Subject: =?iso-8859-1?Q?Caf=E9?="),
        ("Subject: =?utf-8*en?Q?[personal]_Caf=C3=A9?=", b"Subject: =?utf-8?Q?Caf=C3=A9?="),
        (f"Subject: {b('[personal] Café')}", b"Subject: " + b("Café").encode()),
        (f"Subject: {b('[pers')}\n {b('onal] Café')}\n {b(' a thé')}",
         f"Subject: {b('Café')}\r\n {b(' a thé')}".encode()),
        (f"Subject: {b('[personal]')}", b"Subject:"),
        (f"Subject: {b('[fy marn i â] Biniau')}", b"Subject: " + b("Biniau").encode()),
        # None.
        ("Subject: Re: [personal] Bins", b"Subject: Re: [personal] Bins"),
        ("Subject: Bins [personal]", b"Subject: Bins [personal]"),
        ("Subject: [other] Bins", b"Subject: [other] Bins"),
        ("Subject: [personality] Bins", b"Subject: [personality] Bins"),
        ("Subject: [personal Bins", b"Subject: [personal Bins"),
        ("Subject: =?utf-8?q?Re:_[personal]_Bins?=", b"Subject: =?utf-8?q?Re:_[personal]_Bins?="),
        # Two: the first is the one that is read, and the other stays.
        ("Subject: [personal] A\nSubject: [personal] B", b"Subject: A\r\nSubject: [personal] B"),
    ],
)  # fmt: skip
def test_what_stays_of_a_subject(subject, left):
    assert sent(subject) == left


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        # A character is divided between two words, or the tag stands partly in one.
        ("=?utf-8?q?[personal]_Caf=C3?= =?utf-8?q?=A9_bach?=", "Café bach"),
        ("[pers=?utf-8?q?onal]_Caf=C3=A9?=", "Café"),
        (b("[personal] 日本", "iso-2022-jp"), "日本"),
        (b("[personal] Café", "utf-16"), "Café"),
        (b("[personal] x\r\nBcc: evil@x.example"), "x\r\nBcc: evil@x.example"),
        (b("[personal] =?utf-8?q?x?="), "=?utf-8?q?x?="),
        ("[personal] " + "a" * 500 + "\n " + "b" * 980, "a" * 500 + " " + "b" * 980),
        ("[personal] " + "é" * 600, "é" * 600),
    ],
)
def test_where_it_cannot_be_cut_out_the_field_is_written_anew(subject, text):
    field = sent("Subject: " + subject)
    assert to_text(field.replace(b"\r\n", b"").removeprefix(b"Subject:").strip()) == text
    assert all(len(line) <= 998 for line in field.split(b"\r\n"))
    [subject_field] = scan_parts(field + b"\r\n\r\n")[0].fields
    assert subject_field.name == "subject"


def test_a_line_that_is_too_long_is_written_in_shorter_ones():
    field = sent("Subject: [personal] " + "ab " * 400)
    assert max(map(len, field.split(b"\r\n"))) <= 998
    assert to_text(field.replace(b"\r\n", b"").removeprefix(b"Subject:").strip()) == ("ab " * 400).strip()


def test_a_signature_over_the_subject_is_broken_and_goes():
    raw = message(
        "DKIM-Signature: v=1; h=from:subject; b=x",
        f"From: anne@{DOMAIN}",
        "Subject: [personal] Bins",
        f"To: {RESIDENT}",
    )
    analysis = analysed(raw, council=COUNCIL)
    assert b"DKIM-Signature" not in as_sent(raw, analysis)
    assert analysis.record.dkim_removed == 1
    other = raw.replace(b":subject", b":to")
    assert b"DKIM-Signature" in as_sent(other, analysed(other, council=COUNCIL))


def test_what_is_only_sent_on_keeps_its_subject():
    raw = message(
        f"Resent-From: anne@{DOMAIN}",
        f"Resent-To: {RESIDENT}",
        "From: x@y.example",
        "Subject: [personal] Bins",
    )
    assert b"Subject: [personal] Bins" in as_sent(raw, analysed(raw, council=COUNCIL))


def test_people_are_told():
    raw = message(subject="[Personal] Bins")
    analysis = analysed(raw, council=COUNCIL)
    assert "Took “[Personal]” off the start of the subject." in [
        change.sentence for change in changes(raw, analysis.rewrite, analysis.record)
    ]


def test_the_default_of_the_person_goes_before_the_policys():
    of = council()
    brian, anne = of.person(f"brian@{DOMAIN}"), of.person(f"anne@{DOMAIN}")
    surgery = anne.identities[1]
    assert capacity_of(of, brian.identities[0], "x", brian) == "personal"
    assert capacity_of(of, brian.identities[0], "[council] x", brian) == "council"
    assert capacity_of(of, surgery, "x", brian) == "casework"
    assert capacity_of(of, None, "x", brian) == "personal"
    assert capacity_of(of, anne.identities[0], "x", anne) == "council"


def test_a_tag_is_found_as_it_is_written():
    policy = COUNCIL.policy
    assert tag_of(policy, "  [Personal] x") == "[Personal]"
    assert tag_of(policy, "[Personal x") == tag_of(policy, "x [personal]") == tag_of(policy, "[") == ""
