from __future__ import annotations

from itertools import pairwise

import pytest

from signatures.message.scanner import CAPS, Caps, Unscannable, scan_fields, scan_parts
from tests.quick import within
from tests.unit.signatures.messages import CHANGED, UNCHANGED


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def contents(raw: bytes) -> list[bytes]:
    """The contents of all parts that have none inside."""
    return [raw[part.body : part.end] for part in scan_parts(raw) if not part.inner]


def multipart(body: str, boundary: str = "b") -> bytes:
    return crlf(f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n{body}')


def check_offsets(raw: bytes) -> None:
    """What holds for all bytes: offsets in range, in order, fields end to end, parts inside their parts."""
    parts = scan_parts(raw)
    assert (parts[0].start, parts[0].end, parts[0].depth) == (0, len(raw), 0)
    for part in parts:
        assert 0 <= part.start <= part.body <= part.end <= len(raw)
        ends = [part.start, *(field.end for field in part.fields)]
        assert [field.start for field in part.fields] == ends[:-1]
        assert ends[-1] in {part.body, part.body - 2}
        for field in part.fields:
            assert field.start <= field.value <= field.end
    for before, after in pairwise(parts):
        assert before.start <= after.start
        assert after.depth <= before.depth + 1
        if after.depth > before.depth:
            assert before.body <= after.start <= after.end <= before.end
        elif after.depth == before.depth:
            assert before.end <= after.start


@pytest.mark.parametrize("file", [*UNCHANGED, *CHANGED], ids=lambda file: file.stem)
def test_offsets_of_the_corpus(file):
    check_offsets(file.read_bytes())


@pytest.mark.parametrize(
    ("raw", "names", "body"),
    [
        (b"", [], b""),
        (b"\r\n", [], b""),
        (b"\r\nbody", [], b"body"),
        (b"A: 1", ["a"], b""),
        (b"A: 1\r\n", ["a"], b""),
        (b"A: 1\r\n\r\n", ["a"], b""),
        (b"A: 1\r\n\r\nbody", ["a"], b"body"),
        (b"A: 1\r\n b\r\n\tc\r\nB:2\r\n\r\n", ["a", "b"], b""),
        (b"A : 1\r\nB\t \t: 2\r\n\r\n", ["a", "b"], b""),
        (b"not a field\r\nA: 1\r\n\r\n", ["", "a"], b""),
        (b" continues nothing\r\nA: 1\r\n\r\n", ["", "a"], b""),
        (b"A\x80: 1\r\n\r\n", [""], b""),
        (b": 1\r\n\r\n", [""], b""),
        (b"A: 1\r\n \r\nB: 2\r\n\r\nbody", ["a", "b"], b"body"),
    ],
)
def test_fields_and_body(raw, names, body):
    found = scan_fields(raw)
    assert [field.name for field in found.fields] == names
    assert raw[found.body :] == body


def test_a_value_is_unfolded():
    raw = b"A: one\r\n two\r\n\t three \r\n\r\n"
    assert scan_fields(raw).first(raw, "a") == b"one two\t three"


def test_of_fields_with_one_name_the_first_counts():
    raw = b"A: 1\r\nA: 2\r\n\r\n"
    assert scan_fields(raw).first(raw, "a") == b"1"
    assert scan_fields(raw).first(raw, "b") == b""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("--b\n\none\n--b\n\ntwo\n--b--\n", [b"one", b"two"]),
        ("preamble\n--b\n\none\n--b--\nepilogue\n--b\n\nnot a part\n", [b"one"]),
        ("--b\n\nnever closed\n", [b"never closed\r\n"]),
        ("--b \t\n\none\n--b--  \n", [b"one"]),
        ("--b\n\n--bx\n --b\n--b-\n--b--\n", [b"--bx\r\n --b\r\n--b-"]),
        ("--b\n--b\n--b--", [b"", b""]),
        ("--b\n\n--b--", [b""]),
        ("--b\n\none\n--b", [b"one"]),
        ("--b--\n", [crlf("--b--\n")]),
    ],
)
def test_parts_between_boundaries(body, expected):
    assert contents(multipart(body)) == expected


def test_lines_like_boundaries_never_hide_the_parts_after_them():
    body = "--bogus\n" * (CAPS.parts + 10) + "--b\n\nhidden\n--b--\n"
    assert contents(multipart(body)) == [b"hidden"]


def test_an_outer_boundary_ends_what_is_inside():
    raw = multipart(
        "--b\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\ninner\n--b\n\nouter\n--b--\n--i--\n"
    )
    assert contents(raw) == [b"inner", b"outer"]


def test_a_boundary_that_begins_another():
    raw = multipart(
        "--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\none\n--bb--\n--b\n\ntwo\n--b--\n"
    )
    assert contents(raw) == [b"one", b"two"]


@pytest.mark.parametrize(
    "header",
    [
        "multipart/mixed; boundary=b",
        'multipart/mixed; boundary="b"',
        'multipart/mixed; boundary="\\b"',
        "MULTIPART/Mixed;\n\tBoundary = b",
        "multipart/mixed; boundary=b; boundary=c",
        'multipart/mixed; name="; boundary=c"; boundary=b',
        "multipart/mixed; (boundary=c) boundary=b",
        "multipart/mixed; boundary*0=b",
        "multipart/mixed; boundary*=us-ascii''%62",
        'multipart/mixed; boundary="b "',
        "multipart / mixed ; boundary=b",
    ],
)
def test_where_the_boundary_is_said(header):
    assert contents(crlf(f"Content-Type: {header}\n\n--b\n\none\n--b--\n")) == [b"one"]


@pytest.mark.parametrize(
    "header", ["multipart/mixed", 'multipart/mixed; boundary=""', "multipart/mixed; boundary"]
)
def test_a_multipart_without_boundary_is_a_part_with_content(header):
    [part] = scan_parts(crlf(f"Content-Type: {header}\n\n--b\n\none\n--b--\n"))
    assert (part.kind, part.inner) == ("multipart/mixed", 0)


def test_enclosed_messages_are_taken_apart_and_marked():
    raw = multipart("--b\nContent-Type: message/rfc822\n\nSubject: s\n\ninner\n--b\n\nown\n--b--\n")
    parts = scan_parts(raw)
    assert [(part.kind, part.enclosed) for part in parts] == [
        ("multipart/mixed", False),
        ("message/rfc822", False),
        ("text/plain", True),
        ("text/plain", False),
    ]
    assert parts[2].first(raw, "subject") == b"s"


def test_an_enclosed_message_in_base64_is_not_looked_into():
    [part] = scan_parts(crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nUw==\n"))
    assert part.inner == 0


def test_parts_of_a_digest_are_messages_by_default():
    raw = crlf("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: s\n\ninner\n--b--\n")
    assert [part.kind for part in scan_parts(raw)] == ["multipart/digest", "message/rfc822", "text/plain"]


def test_what_is_signed_or_encrypted_is_sealed_with_all_that_is_inside():
    raw = multipart(
        "--b\nContent-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: multipart/mixed; boundary=i\n\n"
        "--i\n\nsigned\n--i--\n--s\nContent-Type: application/pgp-signature\n\nx\n--s--\n--b\n\nopen\n--b--\n"
    )
    assert [part.sealed for part in scan_parts(raw)] == [False, True, True, True, True, False]


def nested(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: s\r\n\r\nx\r\n"


def nested_multiparts(depth: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(depth)
    )
    return opened + b"\r\nx\r\n"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        pytest.param(nested(101), "nested", id="messages"),
        pytest.param(nested_multiparts(1000), "nested", id="multiparts"),
        pytest.param(multipart("--b\n\n\n" * 100_000), "more than 1000 parts", id="parts"),
        pytest.param(b"A: " + b"x" * 200_000 + b"\r\n\r\n", "header is longer", id="header"),
        pytest.param(b"x" * 50_000_000, "header is longer", id="no newline"),
        pytest.param(b"A: 1\r\n" * 1001 + b"\r\n", "1000 fields", id="fields"),
        pytest.param(multipart(("--b\n" + "A: 1\n" * 900 + "\n") * 30), "header fields", id="all fields"),
        pytest.param(multipart("--bb\n" * 30_000), "look like boundaries", id="boundary-like"),
        pytest.param(
            nested_multiparts(90) + b"x" * 50_000_000, "too large and too deeply", id="large and deep"
        ),
        pytest.param(
            nested_multiparts(90) + b"\r\n--" * 12_000_000, "look like|too large", id="hyphens, deep"
        ),
    ],
)
def test_what_is_beyond_a_cap_is_unscannable_at_once(raw, why):
    with within(2), pytest.raises(Unscannable, match=why):
        scan_parts(raw)


def test_just_below_the_caps_is_scanned():
    assert len(scan_parts(nested(100))) == 101
    assert len(scan_parts(multipart("--b\n\n\n" * 999 + "--b--\n"))) == 1000
    assert len(scan_fields(b"A: 1\r\n" * 1000 + b"\r\n").fields) == 1000
    limit = b"A: " + b"x" * (CAPS.header_bytes - 5) + b"\r\n"
    assert len(scan_fields(limit + b"\r\n" + b"x" * 1000).fields) == 1
    with pytest.raises(Unscannable):
        scan_fields(b"A" + limit + b"\r\nx")


def test_caps_may_be_smaller():
    with pytest.raises(Unscannable, match="more than 2 parts"):
        scan_parts(multipart("--b\n\n\n--b\n\n\n--b--\n"), Caps(parts=2))


def test_fifty_megabytes_are_scanned_in_no_time():
    base64 = b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 19 + b"\r\n"
    raw = multipart("--b\nContent-Type: application/pdf\n") + base64 * 1
    raw += (b"QUJD" * 19 + b"\r\n") * 640_000 + b"--b--\r\n"
    with within(3):
        assert len(scan_parts(raw)) == 2
