from __future__ import annotations

import pytest

from signatures.message.headers import count_encoded_words, decode_text, mailboxes, recipients, to_text
from tests.quick import within


def boxes(value: str | bytes) -> list[tuple[str, str]]:
    raw = value.encode() if isinstance(value, str) else value
    return [(box.name, box.address) for box in mailboxes(raw)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        ("a@b.example", [("", "a@b.example")]),
        ("<a@b.example>", [("", "a@b.example")]),
        ("A.Name@B.Example", [("", "a.name@b.example")]),
        ("Anne Archer <a@b.example>", [("Anne Archer", "a@b.example")]),
        ('"Archer, Anne" <a@b.example>, c@d.example', [("Archer, Anne", "a@b.example"), ("", "c@d.example")]),
        ('"A \\"B\\" C" <a@b.example>', [('A "B" C', "a@b.example")]),
        ('"<x@y.example>" <a@b.example>', [("<x@y.example>", "a@b.example")]),
        ("a@b.example (Anne Archer)", [("Anne Archer", "a@b.example")]),
        ("<a@b.example> (Anne (the) Archer)", [("Anne (the) Archer", "a@b.example")]),
        ("Anne <a@b.example> (not shown)", [("Anne", "a@b.example")]),
        ("a (c) . b (c) @ (c) d.example", [("c c c", "a.b@d.example")]),
        ("a@b.example (an \\) escaped one)", [("an ) escaped one", "a@b.example")]),
        ('"john smith"@b.example', [("", '"john smith"@b.example')]),
        ("root@[IPv6:2001:db8::1]", [("", "root@[ipv6:2001:db8::1]")]),
        ("<@r.example,@s.example:a@b.example>", [("", "a@b.example")]),
        ("a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        (",, a@b.example,,", [("", "a@b.example")]),
        ("gŵyl@llanfair.example", [("", "gŵyl@llanfair.example")]),
        ("=?utf-8?q?Anne?= <a@b.example>", [("Anne", "a@b.example")]),
        ('"=?utf-8?q?Anne?=" <a@b.example>', [("Anne", "a@b.example")]),
        ("Anne Archer", [("", "")]),
        ("Hale, Margaret <a@b.example>", [("", ""), ("Margaret", "a@b.example")]),
        ("<a@b.example> <c@d.example>", [("", "")]),
        ("<<a@b.example>>", [(">", "")]),
        ("Anne <a@b.example", [("Anne", "a@b.example")]),
        ("<>", [("", "")]),
        ("a b@c.example", [("", "")]),
        ("a@b.example c@d.example", [("", "")]),
        ("a@b@c.example", [("", "")]),
        ("cl\u200bérk@b.example", [("", "")]),
        (b"caf\xe9@b.example", [("", "caf\ufffd@b.example")]),
    ],
)
def test_mailboxes(value, expected):
    assert boxes(value) == expected


def test_what_was_written_is_kept():
    [box] = mailboxes(b"Anne <A@B.Example>")
    assert box.written == "A@B.Example"


def test_groups_are_opened_and_remembered():
    found = mailboxes(b'The "parish" council: a@b.example, B <b@b.example>;, nobody:;, c@d.example')
    assert [(box.address, box.group) for box in found] == [
        ("a@b.example", "The parish council:"),
        ("b@b.example", "The parish council:"),
        ("c@d.example", ""),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"plain", "plain"),
        ("ŵ".encode(), "ŵ"),
        (b"caf\xe9", "caf\ufffd"),
        (b"=?utf-8?q?a?=", "a"),
        (b"=?UTF-8?Q?=C5=B5_x?=", "ŵ x"),
        (b"=?utf-8?b?xbU=?=", "ŵ"),
        (b"=?utf-8?b?xbU?=", "ŵ"),
        (b"=?iso-8859-1?q?=A35?=", "£5"),
        (b"=?utf-8*cy?q?a?=", "a"),
        (b"=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q?a?=\t =?iso-8859-1?q?b?=", "ab"),
        (b"=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"),
        (b"=?utf-8?q?=C5?= =?utf-8?q?=B5?=", "ŵ"),
        (b"=?utf-8?q?Parish Clerk?=", "Parish Clerk"),
        (b"=?utf-8?q?never ends", "=?utf-8?q?never ends"),
        (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
        (b"=?idna?q?a?=", "a"),
        (b"=?no-such-charset?q?=C5=B5?=", "ŵ"),
        (b"=?zlib?b?eJw=?=", "x\x9c"),
        (b"x=?utf-8?q?a?=y", "xay"),
        (b"=?utf-8?q??=", ""),
        (b"=?utf-8?q?=?==3D?=", "=3D?="),
        ("=?utf-8?q?ŵ?=".encode(), "=?utf-8?q?ŵ?="),
    ],
)
def test_encoded_words(value, text):
    assert to_text(value) == text


def test_encoded_words_are_counted_at_the_most():
    assert count_encoded_words(b"=?a?q?b?= =? =?") >= 3


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("utf-8", "ŵ".encode(), "ŵ"),
        ("us-ascii", "ŵ".encode(), "ŵ"),
        ("us-ascii", b"\xa3", "£"),
        ("utf-16", "a".encode("utf-16"), "a"),
        ("utf-7", b"+AEM-lerk", "Clerk"),
        ("idna", b"xn--", "xn--"),
        ("punycode", b"abc-", "abc-"),
        ("unicode_escape", b"\\x41", "\\x41"),
        ("base64", b"QQ==", "QQ=="),
        ("", b"a", "a"),
        ("x" * 1000, b"a", "a"),
        ("../../etc/passwd", b"a", "a"),
    ],
)
def test_decode_text(charset, content, text):
    assert decode_text(content, charset) == text


@pytest.mark.parametrize(
    "value",
    [
        b'"' * 20_000,
        b'"\\' * 50_000,
        b"(" * 100_000,
        b"(()" * 33_000,
        b"(" * 5000 + b")" * 5000 + b" a@b.example",
        b"<" * 100_000,
        b"<>" * 50_000,
        b"a:" * 50_000,
        b"a," * 50_000,
        b"a;" * 50_000,
        b"a@" * 50_000,
        b" " * 100_000 + b"@b.example",
        b"a" * 100_000 + b"@" + b"b." * 50_000,
        b"=?utf-8?q?x?= " * 7000,
        b"=?utf-8?q?" * 10_000,
        b"=?" * 50_000,
        b"=?" * 50_000 + b"?=",
        b"=?utf-8?b?" + b"A" * 99_000 + b"?=",
        b"[" * 100_000,
        b"\\" * 100_000,
        ("\u0301\u0316" * 25_000 + "@b.example").encode(),
        b"=?utf-16?q?=D8?= " * 5000,
    ],
    ids=lambda value: repr(value[:12]),
)
def test_a_hostile_value_takes_no_time(value):
    with within(3):
        mailboxes(value)
        to_text(value)


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("Jill <jill@gmail.com.>", "jill@gmail.com"),
        ("jill@gmail.com.", "jill@gmail.com"),
        ("jill@gmail.com", "jill@gmail.com"),
        ("jill@gmail.com..", ""),
        ("jill.", ""),
    ],
)
def test_a_recipient_with_a_dot_behind_the_domain_is_who_has_it_without(value, address):
    [box] = recipients(value.encode())
    assert box.address == address
    assert box.written == value.partition("<")[2].rstrip(">") or box.written == value
