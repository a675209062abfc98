"""Any bytes at all: what looks at them first never fails in a way that nobody foresaw, and never takes long.

What once failed is kept in `found/` and tried first. `VESTRY_FUZZ=20000` tries so many more of each.
"""

from __future__ import annotations

import os
import time
from email.header import decode_header
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from filters.analysis import Reading, decide_step, read_step
from filters.names import folded
from signatures.message.anatomy import Anatomy, read
from signatures.message.division.own import read_plain
from signatures.message.division.page import shown
from signatures.message.downgrade import NotSevenBit, downgrade
from signatures.message.headers import mailboxes, to_text
from signatures.message.long_lines import LONGEST, TooLong, long_lines
from signatures.message.media import first_token, media
from signatures.message.scanner import CAPS, Caps, Unscannable, scan_fields, scan_parts
from signatures.message.splices import apply
from tests.unit.filters.test_analysis import SITUATION
from tests.unit.signatures.messages import CHANGED, UNCHANGED
from tests.unit.signatures.test_scanner import check_offsets

FOUND = sorted((Path(__file__).parent / "found").iterdir())
MANY = int(os.environ.get("VESTRY_FUZZ", "300"))
SMALL = Caps(header_bytes=500, fields=20, all_fields=60, depth=4, parts=12, boundary_like=10, searched=20_000)
LONG_ADDRESSES = Caps(address_bytes=100_000, address_marks=100_000)
"""So that the readers of addresses are tried, and not only what keeps such addresses from them."""

PIECES = st.sampled_from(
    b'\\r\\n|\\r\\n\\r\\n|\\r|\\n|--|--b|--b--|--bb|\\r\\n--b\\r\\n|\\r\\n--b--\\r\\n|\\r\\n |\\r\\n\\t|:|;|,|=|"|(|)|<|>|[|]|@|\\\\|/|?| |\\t|.|'
    b"From: |from : |To:|Bcc:|Bcc :|Resent-From: |Resent-Sender: |Date:|Message-ID: <1@x>|Subject: |Content-Type: |"
    b"Content-Transfer-Encoding: |MIME-Version: 1.0|multipart/mixed|multipart/signed|multipart/digest|message/rfc822|"
    b'text/plain|text/html|application/pkcs7-mime|; boundary=b|; boundary="b"|; boundary*0=b|; charset=utf-8|; charset=utf-7|'
    b"base64|quoted-printable|8bit|=?utf-8?q?|=?utf-8?b?|?=|=C5=B5|xbU=|a@b.example|cllr.a@littlewickham-pc.example|"
    b"Anne Archer|Parish Clerk|Margaret Hale|Regards|-- |> |On 8 Nov 2026, X wrote:|Sent: 8 Nov|-----BEGIN PGP MESSAGE-----|"
    b"<p>|</p>|<!--|-->|<script>|<blockquote type=cite>|</blockquote>|<div class=gmail_quote>|&#67;|&nbsp;|<a b=\"|'|"
    b"\\xff|\\xc5\\xb5|\\xe2\\x80\\x8b|\\x00|+2AA-|not a field".replace(b"\\r", b"\r")
    .replace(b"\\n", b"\n")
    .replace(b"\\t", b"\t")
    .replace(b"\\xff", b"\xff")
    .replace(b"\\xc5\\xb5", b"\xc5\xb5")
    .replace(b"\\xe2\\x80\\x8b", b"\xe2\x80\x8b")
    .replace(b"\\x00", b"\0")
    .split(b"|")
)
SOUP = st.lists(
    st.one_of(PIECES, PIECES, PIECES, st.binary(max_size=8), st.just(b"x" * 400)), max_size=60
).map(b"".join)
KNOWN = st.sampled_from([file.read_bytes() for file in (*UNCHANGED, *CHANGED)])


@st.composite
def mutilated(draw) -> bytes:
    """A message of the corpus with pieces cut out, put in and said again."""
    raw = draw(KNOWN)
    for _ in range(draw(st.integers(1, 4))):
        at, to = sorted((draw(st.integers(0, len(raw))), draw(st.integers(0, len(raw)))))
        raw = draw(
            st.sampled_from([raw[:at] + raw[to:], raw[:at] + draw(SOUP) + raw[at:], raw[:to] + raw[at:]])
        )
    return raw


MESSAGES = st.one_of(SOUP, mutilated(), st.binary(max_size=300))
fuzzed = settings(max_examples=MANY, deadline=None, print_blob=True)


def every_step(raw: bytes, council, caps: Caps = CAPS) -> None:
    """All that is done with a message, each result as it goes between processes. Raises Unscannable."""
    reading = Reading.model_validate_json(read_step(raw, caps).model_dump_json())
    analysis = decide_step(raw, reading, SITUATION, council, caps)
    analysis.model_dump_json()
    out = apply(raw, analysis.rewrite)
    if analysis.rewrite:
        names = [field.name for field in scan_fields(out).fields]
        assert names.count("date") == names.count("message-id") == 1
        assert not {"bcc", "resent-bcc"} & set(names)


@pytest.mark.parametrize("file", FOUND, ids=lambda file: file.name)
def test_what_was_found_before(file, little_wickham):
    raw = file.read_bytes()
    for text in (raw.decode("utf-8", "replace"), raw.decode("latin-1")):
        shown(text, 1000)
        read_plain(text)
        folded(text)
    mailboxes(raw)
    to_text(raw)
    media(raw)
    check_offsets(raw)
    every_step(raw, little_wickham, LONG_ADDRESSES)


@fuzzed
@given(MESSAGES, st.booleans())
def test_offsets_are_in_range_and_in_order(raw, small):
    try:
        if small:
            scan_parts(raw, SMALL)
        else:
            check_offsets(raw)
    except Unscannable:
        pass


@fuzzed
@given(raw=MESSAGES)
def test_every_step_ends_in_an_answer(raw, little_wickham):
    try:
        every_step(raw, little_wickham)
    except Unscannable:
        pass


@fuzzed
@given(MESSAGES)
def test_an_anatomy_survives_json(raw):
    try:
        anatomy = read(raw)
    except Unscannable:
        return
    assert Anatomy.model_validate_json(anatomy.model_dump_json()) == anatomy


@fuzzed
@given(MESSAGES.map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b"\r\n")))
def test_lines_are_short_afterwards_or_it_is_said_where_not(raw):
    try:
        out = apply(raw, long_lines(raw, scan_parts(raw)))
    except (Unscannable, TooLong):
        return
    assert max(map(len, out.split(b"\r\n"))) <= LONGEST
    assert out.count(b"\r") == out.count(b"\n") == out.count(b"\r\n")


@fuzzed
@given(MESSAGES.map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b"\r\n")))
def test_every_message_is_put_into_seven_bits_or_it_is_said_why_not(raw):
    try:
        splices = downgrade(raw)
    except NotSevenBit:
        assert not raw.isascii()
        return
    assert apply(raw, splices).isascii()


@fuzzed
@given(st.one_of(SOUP, st.binary(max_size=200)))
def test_any_header_value_is_read(value):
    for mailbox in mailboxes(value):
        assert mailbox.model_dump_json()
        assert folded(mailbox.name) == folded(mailbox.name).strip()
    to_text(value).encode()
    media(value)
    first_token(value)


@fuzzed
@given(st.one_of(st.text(), SOUP.map(lambda raw: raw.decode("utf-8", "replace"))))
@example("=?utf-8?q?a?=")
def test_any_text_is_read(text):
    assert "\n\n\n" not in shown(text, 10_000)
    kept = read_plain(text.replace("\r", "")).own
    assert len(kept) <= len(text)
    folded(text).encode("utf-8", "surrogatepass")


@fuzzed
@given(
    st.lists(
        st.sampled_from(["=?utf-8?q?a?=", "=?utf-8?b?YQ==?=", " ", "b", "=?iso-8859-1?q?=A3?="]), max_size=8
    ).map("".join)
)
def test_encoded_words_read_as_pythons_own_reader_does(value):
    """Where words stand apart from other text, as they must, both agree."""
    spaced = " ".join(value.replace("?==?", "?= =?").split())
    if any(word.startswith("=?") != word.endswith("?=") or word.count("=?") > 1 for word in spaced.split()):
        return
    expected = "".join(
        part.decode(charset or "ascii") if isinstance(part, bytes) else part
        for part, charset in decode_header(spaced)
    )
    assert to_text(spaced.encode()).replace(" ", "") == expected.replace(" ", "")


GROWING = [
    b'"',
    b"(",
    b"<",
    b"=?",
    b"a,",
    b"a:",
    b"\\",
    b"<!--",
    b"<a ",
    b"--b\r\n",
    b"A: b\r\n",
    b"\r\n ",
    b"> ",
    b"&#",
    b"From: x\r\n",
]


@pytest.mark.parametrize("piece", GROWING, ids=repr)
def test_twice_as_much_takes_about_twice_as_long(piece):
    """Quadratic time would be sixteen times as long for four times as much."""

    def cost(count: int) -> float:
        raw = b"Subject: " + piece * count
        text = raw.decode("latin-1")
        best = 1e9
        for _ in range(3):
            began = time.process_time()
            try:
                scan_parts(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + raw)
            except Unscannable:
                pass
            mailboxes(raw)
            to_text(raw)
            media(raw)
            shown(text, 10**9)
            read_plain(text.replace("\r", ""))
            folded(text)
            best = min(best, time.process_time() - began)
        return best

    cost(1000)
    assert cost(40_000) < 10 * max(cost(10_000), 0.01)
