from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from signatures.message.long_lines import LONGEST, TooLong, long_lines
from signatures.message.scanner import scan_parts
from signatures.message.splices import apply
from tests.quick import within
from tests.unit.signatures.messages import CHANGED, UNCHANGED, fit_messages

LONG = [file for file in CHANGED if file.stem.startswith("long-")]
UNTOUCHED_FIELDS = {"content-transfer-encoding", "mime-version", "content-type"}


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def shortened(raw: bytes) -> bytes:
    return apply(raw, long_lines(raw, scan_parts(raw)))


def longest(raw: bytes) -> int:
    return max(map(len, raw.split(b"\r\n")))


def leaves(message: Message) -> list[Message]:
    return [part for part in message.walk() if not part.is_multipart()]


def content(part: Message) -> bytes:
    return part.get_payload(decode=True).rstrip(b"\r\n")


def same_to_a_reader(before: bytes, after: bytes) -> None:
    """To Python's parser: the same fields but for the encoding, the same content of every part."""
    old, new = message_from_bytes(before, policy=compat32), message_from_bytes(after, policy=compat32)
    for one, other in zip(leaves(old), leaves(new), strict=True):
        assert content(one) == content(other)
        unfolded = [
            [(k, re.sub(r"\r?\n", "", str(v))) for k, v in m.items() if k.lower() not in UNTOUCHED_FIELDS]
            for m in (one, other)
        ]
        assert unfolded[0] == unfolded[1]
    assert [part.get_content_type() for part in old.walk()] == [
        part.get_content_type() for part in new.walk()
    ]


@pytest.mark.parametrize("file", UNCHANGED, ids=lambda file: file.stem)
def test_messages_without_long_lines_stay(file):
    raw = file.read_bytes()
    assert longest(raw) <= LONGEST
    assert long_lines(raw, scan_parts(raw)) == ()


@pytest.mark.parametrize("file", LONG, ids=lambda file: file.stem)
def test_long_lines_of_the_corpus_become_short_and_say_the_same(file):
    raw = re.sub(rb"Bcc: [^\r]*\r\n", b"", file.read_bytes())
    out = shortened(raw)
    assert longest(out) <= LONGEST
    same_to_a_reader(raw, out)


@pytest.mark.parametrize("length", [997, 998, 999, 1000, 1001, 1996, 1997, 100_000])
@pytest.mark.parametrize("tail", ["\n", "\n\nend\n"])
def test_the_limit_is_998_octets(length, tail):
    raw = crlf("A: 1\n\n" + "x" * length + tail)
    assert bool(long_lines(raw, scan_parts(raw))) == (length > 998)
    assert longest(shortened(raw)) <= LONGEST
    same_to_a_reader(raw, shortened(raw))


@pytest.mark.parametrize("end", ["", "\r\n"])
def test_a_last_line_without_its_end_counts_too(end):
    raw = b"A: 1\r\n\r\n" + b"x" * 999 + end.encode()
    assert longest(shortened(raw)) <= LONGEST


def test_only_the_part_with_the_long_line_changes():
    head = crlf(
        "Content-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\nfirst = untouched \n--b\nX: y\n"
    )
    tail = crlf("\n--b\nContent-Transfer-Encoding: 8bit\n\nlast\n--b--\nepilogue\n")
    out = shortened(head + b"\r\n" + b"x " * 600 + tail)
    assert out.startswith(head[: head.rindex(b"X: y")])
    assert out.endswith(tail)
    assert b"Content-Transfer-Encoding: quoted-printable\r\nX: y\r\n\r\n" in out


def test_text_becomes_quoted_printable_and_says_so_once():
    raw = (
        crlf(
            "MIME-Version: 1.0\nContent-Type: text/html\ncontent-TRANSFER-encoding : 8bit\nA: 1\nContent-Transfer-Encoding: 7bit\n\n"
        )
        + "ŵ".encode() * 600
        + b" \r\n.\r\n"
    )
    out = shortened(raw)
    assert out.startswith(
        crlf(
            "MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\nA: 1\n\n=C5=B5"
        )
    )
    assert out.endswith(b"=20\r\n=2E\r\n")


def test_other_content_becomes_base64():
    raw = (
        crlf("Content-Type: application/octet-stream\nContent-Transfer-Encoding: binary\n\n")
        + b"\xff" * 1500
        + b"\r\n"
    )
    out = shortened(raw)
    assert b"Content-Transfer-Encoding: base64\r\n\r\n////" in out
    assert content(message_from_bytes(out)) == b"\xff" * 1500


def test_what_is_no_mime_becomes_mime():
    plain = shortened(b"A: 1\r\n\r\n" + b"x" * 1000 + b"\r\n")
    assert plain.startswith(b"Content-Transfer-Encoding: quoted-printable\r\nMIME-Version: 1.0\r\nA: 1\r\n")
    utf8 = message_from_bytes(shortened(b"A: 1\r\n\r\n" + "ŵ".encode() * 600 + b"\r\n"))
    assert utf8.get_content_charset() == "utf-8"
    assert content(utf8).decode() == "ŵ" * 600


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        (b"A: " + b"x" * 1000 + b"\r\n\r\n", "header, in a"),
        (b"A: x" + b" " * 1000 + b"x\r\n\r\n", "header, in a"),
        (b"A: " + b"x" * 2000 + b" y\r\n\r\n", "header, in a"),
        (b"A: y " + b"x" * 2000 + b"\r\n\r\n", "header, in a"),
        (b"A: 1\r\n\r\n" + b"\xa3" * 1000 + b"\r\n", "which letters"),
        (
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"x" * 1000 + b"\r\n--b\r\n\r\n\r\n--b--",
            "between",
        ),
        (
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\r\n--b--\r\n" + b"x" * 1000,
            "between",
        ),
        (b"Content-Type: multipart/mixed\r\n\r\n" + b"x" * 1000, "may not be encoded"),
        (b"Content-Type: message/partial\r\n\r\n" + b"x" * 1000, "may not be encoded"),
        (b"Content-Transfer-Encoding: x-uue\r\n\r\n" + b"x" * 1000, "unknown transfer encoding"),
        (b"Content-Type: application/pkcs7-mime\r\n\r\n" + b"x" * 1000, "signed or encrypted"),
        (
            b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + b"x" * 1000,
            "signed",
        ),
        (b"A: 1\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\n" + b"x" * 1000, "signed or encrypted"),
        (
            b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n" + b"x" * 1000 + b"\r\n--b--\r\n",
            "signed",
        ),
        (
            b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\nA: "
            + b"x " * 600
            + b"\r\n\r\n\r\n--b--\r\n",
            "signed",
        ),
        (b"A: 1\r\n\r\n" + b"x" * 17_000_000, "too large"),
    ],
)
def test_what_cannot_be_made_shorter_is_said(raw, where):
    with pytest.raises(TooLong, match=where):
        long_lines(raw, scan_parts(raw))


def test_the_header_of_a_signed_message_may_be_folded():
    raw = (
        b"Subject: "
        + b"word " * 300
        + b"\r\n"
        + crlf("Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n")
    )
    out = shortened(raw)
    assert longest(out) <= LONGEST
    assert out.endswith(crlf("Content-Type: multipart/signed; boundary=b\n\n--b\n\nx\n--b--\n"))


def test_fields_that_do_not_go_out_are_left_alone():
    raw = b"Bcc: " + b"x" * 2000 + b"\r\n\r\n"
    parts = scan_parts(raw)
    assert long_lines(raw, parts, frozenset(parts[0].fields)) == ()


WORDS = st.lists(st.integers(1, 1200).map(lambda n: b"w" * n), min_size=1, max_size=8)


@given(WORDS, st.sampled_from([b" ", b"\t", b"  ", b" \t "]))
def test_folding_changes_nothing_but_line_ends(words, blank):
    raw = b"Subject: " + blank.join(words) + b"\r\n\r\n"
    try:
        out = shortened(raw)
    except TooLong:
        assert any(len(word) > LONGEST - 12 for word in words)
        return
    assert longest(out) <= LONGEST
    assert out.replace(b"\r\n", b"") == raw.replace(b"\r\n", b"")
    assert all(line.strip() for line in out.split(b"\r\n")[:-2])


TEXT = st.lists(
    st.one_of(
        st.binary(max_size=60), st.integers(900, 3000).map(lambda n: b"\xc5\xb5 =" * (n // 4)), st.just(b". ")
    ),
    min_size=1,
    max_size=6,
).map(lambda lines: b"".join(re.sub(rb"[\r\n\0]", b"", line) + b"\r\n" for line in lines))


@given(
    TEXT,
    st.sampled_from([b"text/plain; charset=utf-8", b"text/html", b"application/x-y"]),
    st.sampled_from([b"8bit", b"binary"]),
)
def test_content_decodes_to_what_it_was(body, kind, encoding):
    assume(b"-----BEGIN PGP " not in body)  # Sealed text is never touched; random bytes may hit on the mark.
    raw = (
        b"MIME-Version: 1.0\r\nContent-Type: "
        + kind
        + b"\r\nContent-Transfer-Encoding: "
        + encoding
        + b"\r\n\r\n"
        + body
    )
    out = shortened(raw)
    assert longest(out) <= LONGEST
    assert message_from_bytes(out).get_payload(decode=True) == body


QP = st.lists(
    st.sampled_from([b"=C5=B5", b"=3D", b"x", b" ", b"=20", b"."]), min_size=400, max_size=2000
).map(b"".join)


@given(QP)
def test_soft_breaks_decode_to_what_it_was(line):
    raw = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + line + b"\r\nend\r\n"
    out = shortened(raw)
    assert longest(out) <= LONGEST
    assert message_from_bytes(out).get_payload(decode=True) == message_from_bytes(raw).get_payload(
        decode=True
    )


@given(fit_messages())
def test_generated_messages_without_long_lines_stay(raw):
    assert long_lines(raw, scan_parts(raw)) == ()


def test_fifty_megabytes_are_looked_through_in_no_time():
    short = b"A: 1\r\n\r\n" + b"x" * 70 + b"\r\n" + b"\r\n" * 24_000_000
    with within(2):
        assert long_lines(short, scan_parts(short)) == ()
    lines = (
        b"Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + (b"A" * 1000 + b"\r\n") * 50_000
    )
    with within(3):
        assert len(long_lines(lines, scan_parts(lines))) == 50_000
