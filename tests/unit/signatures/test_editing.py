"""Text parts changed: the words as they should be, everything else as it was, and the header true."""

from __future__ import annotations

import base64
import quopri
from email import message_from_bytes
from email.policy import compat32, default

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from signatures.message.editing import Edit, NotEditable, editable, edited
from signatures.message.long_lines import LONGEST, long_lines
from signatures.message.scanner import scan_parts
from signatures.message.splices import Splice, apply, in_order
from signatures.message.transfer import MOST_ENCODED
from tests.quick import within

PLAIN = "Anne Archer\nClerk\n"
WELSH = "Ymwadiad: Cyngor y Dŵr, £5\n"


def message(body: bytes, kind: str = "text/plain", encoding: str = "7bit", more: str = "") -> bytes:
    header = f"Subject: Hedge\r\nMIME-Version: 1.0\r\n{more}"
    header += f"Content-Type: {kind}\r\n" if kind else ""
    header += f"Content-Transfer-Encoding: {encoding}\r\n" if encoding else ""
    return header.encode() + b"\r\n" + body


def text_part(raw: bytes, number: int = 0):
    return editable(raw, number, scan_parts(raw)[number])


def with_edits(raw: bytes, *edits: Edit, number: int = 0) -> bytes:
    return apply(raw, edited(raw, text_part(raw, number), edits))


def appended(raw: bytes, text: str, number: int = 0) -> bytes:
    at = len(text_part(raw, number).text)
    return with_edits(raw, Edit(at, at, text), number=number)


def seen(raw: bytes, number: int = 0) -> str:
    """What Python's own reader makes of a part."""
    part = list(message_from_bytes(raw, policy=compat32).walk())[number]
    charset = part.get_content_charset() or "us-ascii"
    return part.get_payload(decode=True).decode("cp1252" if charset == "iso-8859-1" else charset)


def head(raw: bytes) -> bytes:
    return raw.partition(b"\r\n\r\n")[0]


TWO = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n%s--b\r\n"
    b"Content-Type: text/html\r\n\r\n<p>x\r\n--b--\r\n"
)


def test_case_1_ascii_stays_what_it_was():
    raw = message(b"Dear all,\r\n", "text/plain; charset=us-ascii")
    out = appended(raw, "\n-- \n" + PLAIN)
    assert out == raw + b"\r\n-- \r\nAnne Archer\r\nClerk\r\n"


@pytest.mark.parametrize("kind", ["text/plain; charset=us-ascii", "text/plain", ""])
@pytest.mark.parametrize("encoding", ["7bit", "8bit", ""])
def test_case_2_ascii_becomes_utf_8_and_says_so(kind, encoding):
    raw = message(b"Dear all,\r\n", kind, encoding)
    out = appended(raw, "\n" + WELSH)
    assert seen(out) == "Dear all,\r\n\r\n" + WELSH.replace("\n", "\r\n")
    read = message_from_bytes(out, policy=default)
    assert read["content-type"].params["charset"] == "utf-8"
    assert read["content-transfer-encoding"] == "quoted-printable"
    assert out.isascii()
    assert [each.lower() for each in read].count("content-transfer-encoding") == 1
    assert [each.lower() for each in read].count("content-type") == 1


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_case_3_latin_1_becomes_utf_8_where_it_must(encoding):
    body = "Caf\u00e9\r\n".encode("latin-1")
    body = {"quoted-printable": b"Caf=E9\r\n", "base64": base64.encodebytes(body).strip()}.get(encoding, body)
    raw = message(body, "text/plain; charset=iso-8859-1", encoding)
    kept = appended(raw, "£5\n")
    assert head(kept) == head(raw)
    assert seen(kept) == "Café\r\n£5\r\n"
    out = appended(raw, WELSH)
    assert head(out) == head(raw).replace(b"iso-8859-1", b"utf-8")
    assert seen(out) == "Café\r\n" + WELSH.replace("\n", "\r\n")


@pytest.mark.parametrize("text", [PLAIN, "£5\n", WELSH, "“quoted”\n"])
def test_case_4_quotes_under_a_wrong_name_survive(text):
    raw = message("“Hedge” – Caf\u00e9\r\n".encode("cp1252"), "text/plain; charset=iso-8859-1", "8bit")
    assert text_part(raw).text == "“Hedge” – Café\r\n"
    assert seen(appended(raw, text)) == "“Hedge” – Café\r\n" + text.replace("\n", "\r\n")


@pytest.mark.parametrize("charset", ["us-ascii", "utf-8", ""])
def test_windows_octets_under_the_name_of_another_charset_are_said(charset):
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    raw = message(b"\x93Hedge\x94\r\n", kind, "7bit")
    out = appended(raw, PLAIN)
    assert b"charset=windows-1252" in head(out)
    assert b"Content-Transfer-Encoding: 8bit" in head(out)
    assert out.endswith(b"\r\n\r\n\x93Hedge\x94\r\nAnne Archer\r\nClerk\r\n")
    assert seen(appended(raw, WELSH)) == "“Hedge”\r\n" + WELSH.replace("\n", "\r\n")


def test_utf_8_that_says_ascii_says_utf_8():
    raw = message("Dŵr\r\n".encode(), "text/plain; charset=us-ascii", "8bit")
    out = appended(raw, PLAIN)
    assert out == raw.replace(b"us-ascii", b"utf-8") + b"Anne Archer\r\nClerk\r\n"


@pytest.mark.parametrize("width", [72, 76, 60])
def test_case_5_base64_from_a_telephone(width):
    text = ("Dear all,\r\n" * 40).encode()
    letters = base64.b64encode(text)
    body = b"".join(letters[at : at + width] + b"\r\n" for at in range(0, len(letters), width))
    raw = message(body, "text/plain; charset=utf-8", "base64")
    out = appended(raw, WELSH)
    assert seen(out) == text.decode() + WELSH.replace("\n", "\r\n")
    kept = body.rindex(b"\r\n", 0, -2) + 2
    assert out.startswith(head(raw) + b"\r\n\r\n" + body[:kept])
    assert {len(line) for line in out.partition(b"\r\n\r\n")[2].split(b"\r\n")[:-2]} == {width}


def test_base64_whose_lines_end_with_line_feeds_keeps_them():
    raw = message(base64.encodebytes(b"Dear all,\n").replace(b"\n", b"\r\n"), "text/plain", "base64")
    assert seen(appended(raw, PLAIN)) == "Dear all,\n" + PLAIN


def test_case_6_other_parameters_stay_octet_for_octet():
    said = 'Text/Plain; (a "comment)\r\n\tFormat=flowed; charset="US-ASCII" ; delsp=yes;x*0="a;b"'
    raw = message(b"Dear all,\r\n", said)
    part = text_part(raw)
    assert (part.flowed, part.delsp) == (True, True)
    assert said.replace('"US-ASCII"', "utf-8").encode() in appended(raw, WELSH)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (message(b"x\r\n", "text/plain; charset=x-nobody-knows"), "x-nobody-knows is unknown"),
        (message(b"eA==\r\n", "text/plain; charset=x-nobody-knows", "base64"), "x-nobody-knows is unknown"),
        (message(b"\xff\xfe\r\n\x81", "text/plain; charset=utf-8", "8bit"), "not in the character set utf-8"),
        (message("ŵ\x81\r\n".encode("latin-1", "replace") + b"\x81", "text/plain", "8bit"), "us-ascii"),
        (message("ŵ".encode() + b"\x93", "text/plain; charset=utf-8", "8bit"), "not in the character set"),
        (message(b"\xe9\x01", "text/plain; charset=utf-8", "8bit"), "not in the character set"),
        (message(b"\x81", "text/plain; charset=windows-1252", "8bit"), "windows-1252"),
        (message(b"\x81", "text/plain; charset=shift_jis", "8bit"), "shift_jis"),
        (message(b"x", "text/plain", "x-uuencode"), "transfer encoding is unknown"),
        (message(b"YWJj=", "text/plain", "base64"), "base64 encoding is broken"),
        (message(b"YWJjZ", "text/plain", "base64"), "base64 encoding is broken"),
        (message(b"YQ==YQ==", "text/plain", "base64"), "base64 encoding is broken"),
        (message(b"YWJj\r\n-- \r\nlist footer", "text/plain", "base64"), "base64 encoding is broken"),
        (message(b"a=b\r\n", "text/plain", "quoted-printable"), "quoted-printable encoding is broken"),
        (message(b"a= \r\nb", "text/plain", "quoted-printable"), "quoted-printable encoding is broken"),
        (message(b"+2AA-", "text/plain; charset=utf-7"), "halves of characters"),
        (message(b"YWI=", "text/plain; charset=utf-16", "base64"), "order"),
        (message(b"x", "application/pdf"), "not text"),
        (b" x\r\n\r\nx\r\n", "begins with a line"),
        (message(b"x", more="Content-Transfer-Encoding: 8bit\r\n"), "encoding is said in two ways"),
        (message(b"x", more="Content-Type: text/plain; charset=utf-8\r\n"), "content-type is said in two"),
        (b"Subject: x", "no end"),
        (TWO % b"Content-Type: text/plain\r\n", "no end"),
        (message(b"x", "multipart/mixed"), "not text"),
        (message(b"x", f"text/plain; name={'n' * 1000}"), "content-type field is too long"),
    ],
)
def test_case_7_what_is_in_doubt_is_not_changed(raw, why):
    with pytest.raises(NotEditable, match=why):
        text_part(raw, int(raw.startswith(TWO[:60])))


def test_parts_that_are_not_the_authors_or_signed_are_not_changed():
    enclosed = message(b"Subject: x\r\n\r\nold\r\n", "message/rfc822")
    with pytest.raises(NotEditable, match="enclosed"):
        text_part(enclosed, 1)
    signed = message(b"--b\r\n\r\nx\r\n--b--\r\n", "multipart/signed; boundary=b")
    with pytest.raises(NotEditable, match="signed"):
        text_part(signed, 1)


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "binary"])
def test_case_8_a_long_line_leaves_as_quoted_printable(encoding):
    raw = message(b"<p>" + b"word " * 240 + b"</p>\r\n", "text/html; charset=utf-8", encoding)
    out = appended(raw, "<p>Clerk</p>")
    assert b"Content-Transfer-Encoding: quoted-printable" in head(out)
    assert max(map(len, out.split(b"\r\n"))) <= 76
    assert seen(out) == text_part(raw).text + "<p>Clerk</p>\r\n"


def test_a_long_line_in_what_is_put_in_counts_too():
    out = appended(message(b"x\r\n"), "word " * 240)
    assert b"Content-Transfer-Encoding: quoted-printable" in head(out)
    assert seen(out) == "x\r\n" + "word " * 240 + "\r\n"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("quoted-printable", b"word" * 300 + b"=C5=B5\r\n"),
        ("base64", base64.b64encode("wordŵ".encode() * 300) + b"\r\n"),
    ],
)
def test_encoded_lines_that_are_too_long_are_made_short(encoding, body):
    raw = message(body, "text/plain; charset=utf-8", encoding)
    out = appended(raw, PLAIN)
    assert seen(out) == text_part(raw).text + PLAIN.replace("\n", "\r\n")
    assert max(map(len, out.split(b"\r\n"))) <= 76


@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("end", [b"", b"\r\n"])
def test_case_9_lines_end_with_crlf_and_the_last_one_ends(encoding, end):
    plain = b"Dear all," + end
    raw = message(base64.b64encode(plain) if encoding == "base64" else plain, "text/plain", encoding)
    out = appended(raw, "\nClerk")
    assert seen(out) == "Dear all," + end.decode() + "\r\nClerk\r\n"
    assert out.count(b"\n") == out.count(b"\r") == out.count(b"\r\n")
    top = with_edits(raw, Edit(0, 0, "Clerk\n\n"))
    assert seen(top) == "Clerk\r\n\r\nDear all," + end.decode()


@pytest.mark.parametrize(
    "part",
    [
        b"\r\nDear all,\r\n",
        b"Content-Type: text/plain\r\n\r\nDear all,\r\n",
        b"Content-Type: text/plain\r\n\r\n\r\n",
        b"Content-Type: text/plain\r\n\r\n",
    ],
)
@pytest.mark.parametrize("text", [PLAIN, WELSH])
def test_a_part_in_a_multipart_ends_before_its_boundary(part, text):
    raw = TWO % part
    before = text_part(raw, 1).text
    out = appended(raw, text, 1)
    parts = message_from_bytes(out).get_payload()
    assert parts[0].get_payload(decode=True).decode() == before + text.replace("\n", "\r\n")
    assert out.endswith(raw[raw.rindex(b"\r\n--b\r\n") :])
    assert b"MIME-Version" not in parts[0].as_bytes()


def test_a_message_without_a_body_is_given_one():
    out = appended(b"Subject: x\r\n", PLAIN)
    assert out == b"Subject: x\r\n\r\nAnne Archer\r\nClerk\r\n"
    assert seen(appended(b"Subject: x\r\n", WELSH)) == WELSH.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("meta", "now"),
    [
        (
            '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">',
            '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
        ),
        ("<META charset='Windows-1252'/>", "<META charset='utf-8'/>"),
        ("<meta charset=UTF-8>", "<meta charset=UTF-8>"),
        ("<meta name=x content=y>", "<meta name=x content=y>"),
    ],
)
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_html_that_names_its_charset_names_the_new_one(meta, now, encoding):
    text = f"<html><head>{meta}</head><body>Caf\u00e9<meta charset=iso-8859-1></body></html>"
    plain = text.encode("latin-1")
    written = {"quoted-printable": quopri.encodestring(plain), "base64": base64.b64encode(plain)}
    body = written.get(encoding, plain).replace(b"\n", b"\r\n")
    raw = message(body, "text/html; charset=iso-8859-1", encoding)
    at = text.index("</body>")
    assert seen(with_edits(raw, Edit(at, at, "Clerk"))) == text.replace("</body>", "Clerk</body>")
    expected = text.replace("</body>", "ŵ</body>").replace(meta, now)
    assert seen(with_edits(raw, Edit(at, at, "ŵ"))) == expected


def test_html_whose_charset_stands_inside_alone_is_read_by_it():
    raw = message("<meta charset=iso-8859-15><p>5 €".encode("iso-8859-15"), "text/html", "8bit")
    assert text_part(raw).text.endswith("5 €")
    out = appended(raw, "<p>10 €</p>\n")
    assert seen(out) == "<meta charset=iso-8859-15><p>5 €<p>10 €</p>\r\n"


@pytest.mark.parametrize(
    ("charset", "octets", "keeps"),
    [
        ("utf-16", "\ufeffDŵr\r\n".encode("utf-16-le"), True),
        ("utf-16", "\ufeffDŵr\r\n".encode("utf-16-be"), True),
        ("utf-16", "Dear all,\r\n".encode("utf-16-le"), True),
        ("utf-16be", "Dŵr\r\n".encode("utf-16-be"), True),
        ("iso-8859-14", "Dŵr\r\n".encode("iso-8859-14"), True),
        ("iso-8859-15", "5 €\r\n".encode("iso-8859-15"), False),
        ("windows-1252", "“5 €”\r\n".encode("cp1252"), False),
        ("iso-2022-jp", "日本\r\n".encode("iso-2022-jp"), False),
        ("shift_jis", "日本\r\n".encode("shift_jis"), False),
        ("gb2312", "中文\r\n".encode("gb2312"), False),
        ("utf-7", "Dŵr\r\n".encode("utf-7"), False),
        ("utf-8", "\ufeffDŵr\r\n".encode(), True),
    ],
)
def test_every_charset_holds_the_block_or_becomes_utf_8(charset, octets, keeps):
    raw = message(base64.b64encode(octets), f"text/plain; charset={charset}", "base64")
    part = text_part(raw)
    out = appended(raw, "Ŵŷ £\n")
    assert text_part(out).text == part.text + "Ŵŷ £\r\n"
    assert (f"charset={charset}\r\n".encode() in head(out) + b"\r\n") == keeps
    if charset != "utf-16":
        assert seen(out).lstrip("\ufeff") == part.text + "Ŵŷ £\r\n"
    kept = appended(raw, "Clerk\n")
    assert (f"charset={charset}\r\n".encode() in head(kept) + b"\r\n") == (charset != "utf-7")


def test_japanese_in_seven_bits_is_kept_around_the_edit():
    body = "日本\r\nx\r\n日本\r\n".encode("iso-2022-jp")
    raw = message(body, "text/plain; charset=iso-2022-jp")
    out = with_edits(raw, Edit(4, 5, "Clerk"))
    assert out == raw.replace(b"\r\nx\r\n", b"\r\nClerk\r\n")


def test_utf_16_in_eight_bits_becomes_utf_8():
    raw = message("ab".encode("utf-16-le"), "text/plain; charset=utf-16le", "8bit")
    assert seen(with_edits(raw, Edit(1, 1, "x"))) == "axb"


QP = (
    b"Dear =\r\nall, caf=C3=A9 x\r\n"
    b"a line that is seventy-six characters wide, and that has not one soft break=\r\n\r\n"
    b"trailing =20\r\n.\r\nlast=\r\n"
)


@pytest.mark.parametrize("new", ["", "\n", "X", " ", "=", "\n\nBlock ŵ \n.\n", "w " * 80, " \n", "é" * 30])
def test_quoted_printable_is_spliced_at_every_place(new):
    raw = message(QP, "text/plain; charset=utf-8", "quoted-printable")
    part = text_part(raw)
    for start in range(len(part.text) + 1):
        for end in {start, start + 1, start + 9, len(part.text)}:
            inside = [text for at in (start, end) if (text := part.text[at - 1 : at + 1]) == "\r\n"]
            if inside or end > len(part.text) or end < start:
                continue
            out = with_edits(raw, Edit(start, end, new))
            expected = part.text[:start] + new.replace("\n", "\r\n") + part.text[end:]
            if end == len(part.text) and new and not new.endswith("\n"):
                expected += "\r\n"
            if expected == part.text:
                assert out == raw
                continue
            assert seen(out) == expected
            body = out.partition(b"\r\n\r\n")[2]
            assert max(map(len, body.split(b"\r\n"))) <= 76
            assert not [line for line in body.split(b"\r\n") if line.endswith(b" ")]


def test_edits_on_one_line_of_quoted_printable_fit_together():
    raw = message(b"one two =\r\nthree four\r\nfive\r\n", "text/plain", "quoted-printable")
    out = with_edits(raw, Edit(0, 3, "1" * 60), Edit(8, 13, "3" * 60), Edit(14, 18, ""), Edit(20, 24, "5"))
    assert seen(out) == "1" * 60 + " two " + "3" * 60 + " \r\n5\r\n"
    assert max(map(len, out.split(b"\r\n"))) <= 76


def test_edits_that_do_not_fit_are_refused():
    raw = message(b"one\r\ntwo\r\n")
    for edits in ([Edit(0, 2, ""), Edit(1, 3, "")], [Edit(0, 99, "")], [Edit(3, 2, "")], [Edit(4, 4, "x")]):
        with pytest.raises(ValueError):
            with_edits(raw, *edits)
    assert edited(raw, text_part(raw), [Edit(0, 3, "one"), Edit(3, 5, "\n")]) == ()


def test_together_with_long_lines_nothing_overlaps():
    raw = (
        b"Subject: "
        + b"word " * 300
        + b"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
        b"\r\n--b\r\nContent-Description: "
        + b"word " * 300
        + b"\r\n\r\n"
        + b"x" * 1500
        + b"\r\n--b\r\n\r\n"
        + b"y" * 1500
        + b"\r\n--b--\r\n"
    )
    parts = scan_parts(raw)
    at = len(text_part(raw, 1).text)
    splices = edited(raw, text_part(raw, 1), [Edit(at, at, WELSH)])
    both = (*splices, *long_lines(raw, parts, (), {1}))
    in_order(both, len(raw))
    out = apply(raw, both)
    assert max(map(len, out.split(b"\r\n"))) <= LONGEST
    one, other = message_from_bytes(out).get_payload()
    assert one.get_payload(decode=True).decode() == "x" * 1500 + WELSH.replace("\n", "\r\n")
    assert other.get_payload(decode=True) == b"y" * 1500


@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable"])
@pytest.mark.parametrize("line", ["--b", "--b--", "--b  "])
def test_a_line_that_is_a_boundary_does_not_divide_the_message(encoding, line):
    part = f"Content-Transfer-Encoding: {encoding}\r\n\r\nDear all,\r\n".encode()
    raw = TWO % part
    out = appended(raw, f"\n{line}\n-- \n--c\n", 1)
    assert len(scan_parts(out)) == len(scan_parts(raw)) == 3
    assert seen(out, 1) == f"Dear all,\r\n{line}\r\n-- \r\n--c\r\n"
    assert b"7bit" in appended(TWO % part.replace(b"quoted-printable", b"7bit"), "\n-- \n--c\n----\n", 1)


@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable"])
def test_nor_does_a_line_that_becomes_one(encoding):
    raw = TWO % f"Content-Transfer-Encoding: {encoding}\r\n\r\n-b\r\n-x-b\r\n".encode()
    assert seen(with_edits(raw, Edit(0, 0, "-"), Edit(5, 6, ""), number=1), 1) == "--b\r\n--b"


def test_nor_does_a_line_that_was_in_another_charset():
    raw = TWO % b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AC0-+AC0-b\r\n\r\n"
    out = appended(raw, "Clerk\n", 1)
    assert len(scan_parts(out)) == 3
    assert seen(out, 1) == "--b\r\n" + "Clerk\r\n"


def test_a_message_whose_last_line_does_not_end_can_be_ended_by_others():
    raw = b"Subject: x\r\n\r\nhello"
    splices = edited(raw, text_part(raw), [Edit(5, 5, "\nClerk\n")])
    for both in ((Splice(len(raw), 0, b"\r\n"), *splices), (*splices, Splice(len(raw), 0, b"\r\n"))):
        assert apply(raw, both) == b"Subject: x\r\n\r\nhello\r\nClerk\r\n\r\n"


def test_a_byte_order_mark_stays_in_front():
    raw = message(b"\xef\xbb\xbfD\xc5\xb5r\r\n", "text/plain; charset=utf-8", "8bit")
    out = with_edits(raw, Edit(0, 0, "Clerk\n"), Edit(2, 3, "w"))
    assert out.endswith(b"\r\n\r\n\xef\xbb\xbfClerk\r\nD\xc5\xb5w\r\n")


LETTERS = st.text(st.sampled_from("ab =.-é€ŵ“日\t\n"), max_size=60)
WRITTEN = [
    ("us-ascii", "ascii"),
    ("utf-8", "utf-8"),
    ("iso-8859-1", "cp1252"),
    ("iso-8859-15", "iso-8859-15"),
    ("windows-1252", "cp1252"),
    ("iso-8859-14", "iso-8859-14"),
    ("iso-2022-jp", "iso-2022-jp"),
    ("shift_jis", "shift_jis"),
    ("utf-16", "utf-16"),
    ("utf-7", "utf-7"),
]


@st.composite
def written(draw) -> tuple[bytes, str]:
    """A message as some client writes it, and its text."""
    charset, codec = draw(st.sampled_from(WRITTEN))
    text = draw(st.lists(LETTERS, max_size=8).map("".join)) * draw(st.sampled_from([1, 1, 1, 40]))
    text = text.encode(codec, "ignore").decode(codec).replace("\n", "\r\n")
    octets = text.encode(codec)
    ways = ["base64"]
    if codec != "utf-16":
        ways += ["quoted-printable", "7bit", *([""] if octets.isascii() else ["8bit", "binary"])]
    encoding = draw(st.sampled_from(ways))
    if encoding == "quoted-printable":
        octets = b"\r\n".join(
            quopri.encodestring(line).replace(b"\n", b"\r\n") for line in octets.split(b"\r\n")
        )
    if encoding == "base64":
        octets = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    kind = f"text/plain; charset={charset}; x=y"
    return message(octets, kind, encoding, "X-Odd:  value \r\n"), text


def nested(raw: bytes) -> bytes:
    """The message as the first part of one."""
    outer = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    return outer + raw + b"\r\n--b\r\n\r\nother\r\n--b--\r\n"


@given(written(), st.booleans(), st.data())
def test_the_text_is_as_edited_and_everything_else_as_it_was(written, inside, data):
    raw, text = written
    number = int(inside)
    raw = nested(raw) if inside else raw
    assume(len(scan_parts(raw)) == 1 + 2 * inside)
    part = text_part(raw, number)
    assert part.text == text
    places = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n" or at == 0]
    chosen = sorted(data.draw(st.sampled_from(places)) for _ in range(2 * data.draw(st.integers(1, 3))))
    edits = [
        Edit(start, end, data.draw(LETTERS)) for start, end in zip(chosen[::2], chosen[1::2], strict=True)
    ]
    expected, position = "", 0
    for edit in edits:
        expected += text[position : edit.start] + edit.text.replace("\n", "\r\n")
        position = edit.end
    expected += text[position:]
    splices = edited(raw, part, edits)
    out = apply(raw, splices)
    if expected == text:
        assert seen(out, number).removesuffix("\r\n") == seen(raw, number).removesuffix("\r\n")
        return
    again = text_part(out, number)
    assert again.text in {expected, expected + "\r\n"}
    assert max(map(len, out.split(b"\r\n"))) <= LONGEST
    assert long_lines(out, scan_parts(out)) == ()
    assert len(scan_parts(out)) == len(scan_parts(raw))

    read = list(message_from_bytes(out, policy=default).walk())[number]
    body = out[scan_parts(out)[number].body : scan_parts(out)[number].end]
    assert body.isascii() or str(read["content-transfer-encoding"]) in {"8bit", "binary"}
    assert out.isascii() or not raw.isascii()
    assert b"\r\nX-Odd:  value \r\n" in out
    assert read["content-type"].params["x"] == "y"
    assert seen(out, number) == again.text
    assert out.count(b"\n") == out.count(b"\r") == out.count(b"\r\n")
    if inside:
        assert out.endswith(b"\r\n--b\r\n\r\nother\r\n--b--\r\n")


@given(LETTERS, LETTERS, st.sampled_from(["8bit", "quoted-printable"]))
def test_octets_that_can_stay_do(before, after, encoding):
    """Where charset and encoding hold the new text, only it is new."""
    pieces = [f"{each}|".replace("\n", "\r\n").encode() for each in ("é" + before, after)]
    if encoding == "quoted-printable":
        pieces = [b"\r\n".join(map(quopri.encodestring, each.split(b"\r\n"))) for each in pieces]
        pieces = [each.replace(b"=\n", b"=\r\n") for each in pieces]
    raw = message(b"\r\n".join(pieces), "text/plain; charset=utf-8", encoding)
    at = text_part(raw).text.index("|\r\n") + 3
    out = with_edits(raw, Edit(at, at, "Clerk\n"))
    assert out == raw.replace(b"\r\n".join(pieces), b"\r\nClerk\r\n".join(pieces))


BIG = "Dear councillor, the hedge on Mill Lane is 2 metres high.\r\n" * 430_000


@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_twenty_five_megabytes_take_no_time(encoding):
    text = BIG.encode()
    body = base64.encodebytes(text).replace(b"\n", b"\r\n") if encoding == "base64" else text
    raw = message(body, "text/plain; charset=utf-8", encoding)
    with within(3):
        part = text_part(raw)
        splices = edited(raw, part, [Edit(len(part.text), len(part.text), "Clerk\n")])
    assert sum(len(each.replacement) + each.length for each in splices) < 300


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("7bit", b"word \r\n" * (MOST_ENCODED // 7 + 1), WELSH),
        ("7bit", b"word \r\n" * (MOST_ENCODED // 7 + 1), "x" * 999),
        ("quoted-printable", b"=E9" * (MOST_ENCODED // 2 + 1), WELSH),
        ("base64", base64.b64encode(b"word" * (MOST_ENCODED // 4)), PLAIN),
    ],
    ids=["charset", "line", "quoted-printable", "base64"],
)
def test_what_is_too_large_to_be_written_anew_is_left(encoding, body, text):
    raw = message(body, "text/plain; charset=iso-8859-1", encoding)
    with pytest.raises(NotEditable, match="too large"):
        with_edits(raw, Edit(0, 0, text))
