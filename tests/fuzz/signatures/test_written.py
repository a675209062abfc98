"""Whatever a message is built like, the block stands once in each of its texts, and nothing else has changed."""

from __future__ import annotations

import base64
import email
import hashlib
import os
from collections.abc import Iterator, Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.council import Council
from tests.fuzz.signatures.trees import Letter, Words, attachments, encoded, letters, trees
from tests.unit.config.pictures import png
from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import (
    AFTER,
    END,
    SIGNATURE,
    WAIVER,
    WELSH_WAIVER,
    Sent,
    council,
    send,
    with_waiver,
)
from tests.unit.signatures.cases.visible import is_body, leaves, texts

MANY = int(os.environ.get("VESTRY_FUZZ", "300")) // 2
fuzzed = settings(max_examples=MANY, deadline=None, print_blob=True)

HOUSES = {
    (position, waiver): council(position, with_waiver(waiver))
    for position in (AFTER, END)
    for waiver in (WAIVER, WELSH_WAIVER)
}
CHOICES = st.sampled_from(sorted(HOUSES))


def expected(words: Words, position: str, waiver: str) -> str:
    """All that a text says once the block is in it."""
    signature = " ".join(SIGNATURE)
    if not words.trail:
        delimiter = ["--"] if words.kind == "plain" else []
        return " ".join([*words.own, *delimiter, signature, waiver])
    if position == AFTER:
        return " ".join([*words.own, signature, waiver, *words.trail])
    return " ".join([*words.own, signature, *words.trail, waiver])


def build(raw: bytes) -> Iterator[tuple[str, str, list[tuple[str, str]], str]]:
    """A message's parts in order: place, kind, header but for what goes with its text, and its content's hash."""
    for place, part in leaves(email.message_from_bytes(raw)):
        text = is_body(part)
        fields = expect.fixed_fields(part) if text else part.items()
        content = b"" if text else part.as_bytes()
        yield place, part.get_content_type(), fields, hashlib.sha256(content).hexdigest()


def multiparts(raw: bytes) -> list[tuple[str, object, object, object]]:
    """A message's multiparts: kind, boundary, and the text before and after their parts."""
    return [
        (part.get_content_type(), part.get_boundary(), part.preamble, part.epilogue)
        for part in email.message_from_bytes(raw).walk()
        if part.is_multipart() and part.get_content_maintype() == "multipart"
    ]


@fuzzed
@given(letters(), CHOICES)
def test_each_text_says_what_it_said_and_the_block_once_in_its_place(letter: Letter, choice):
    position, waiver = choice
    sent = send(letter.raw, HOUSES[choice])
    found = texts(sent.raw)
    assert [text.kind for text in found] == [f"text/{words.kind}" for words in letter.texts]
    for text, words in zip(found, letter.texts, strict=True):
        assert " ".join(text.lines) == expected(words, position, waiver)


@fuzzed
@given(letters(), CHOICES)
def test_nothing_else_has_changed_and_what_leaves_is_fit_to_be_sent(letter: Letter, choice):
    sent = send(letter.raw, HOUSES[choice])
    assert sent.splices
    expect.outside(sent)
    expect.fit(sent.raw)
    assert list(build(sent.raw)) == list(build(letter.raw))
    now, was = multiparts(sent.raw), multiparts(letter.raw)
    if not letter.raw.endswith(b"\r\n"):
        # The last line is given an end; where a preamble or epilogue is last, it ends with it.
        now, was = _stripped(now), _stripped(was)
    assert now == was


def _stripped(found: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [
        tuple((each or "").rstrip("\r\n") if isinstance(each, str | None) else each for each in part)
        for part in found
    ]


@fuzzed
@given(letters(), CHOICES)
def test_what_was_written_once_is_never_written_again(letter: Letter, choice):
    house = HOUSES[choice]
    first = send(letter.raw, house)
    assert send(letter.raw, house).splices == first.splices
    assert send(first.raw, house).raw == first.raw


@settings(fuzzed, max_examples=max(1, MANY // 2))
@given(letters(), st.sampled_from(sorted(HOUSES)), st.sampled_from(sorted(HOUSES)))
def test_a_text_that_comes_by_under_another_waiver_carries_the_new_one_alone(letter: Letter, one, other):
    # Where the first stood at the end of a trail, it is part of the trail by now: the same place is kept.
    if one[0] != other[0]:
        other = (one[0], other[1])
    known = _both_waivers(*other)
    sent = send(send(letter.raw, HOUSES[one]).raw, known)
    for text, words in zip(texts(sent.raw), letter.texts, strict=True):
        said = " ".join(text.lines)
        assert said.count(" ".join(SIGNATURE)) == 1
        assert said.count(other[1]) == 1
        if one[0] == AFTER or not words.trail:
            assert said == expected(words, *other)


_KNOWN: dict[tuple[str, str], Council] = {}


def _both_waivers(position: str, waiver: str) -> Council:
    """The council to which the other waiver is an earlier version of its own."""

    def change(values):
        versions = values["signatures"]["waivers"]
        versions[0]["variants"] = [{"text": WAIVER if waiver == WELSH_WAIVER else WELSH_WAIVER}]
        versions[-1]["variants"] = [{"text": waiver}]

    if (position, waiver) not in _KNOWN:
        _KNOWN[position, waiver] = council(position, change)
    return _KNOWN[position, waiver]


def contents(raw: bytes) -> list[tuple[str, list[tuple[str, str]], str]]:
    """A message's parts in order, wherever they stand: kind, what the header says of it, and its content's hash."""
    found = []
    for _, part in leaves(email.message_from_bytes(raw)):
        payload = part.get_payload()
        content = (
            payload[0].as_bytes() if isinstance(payload, list) else payload.encode("utf-8", "surrogateescape")
        )
        fields = [(name, value) for name, value in part.items() if name.lower().startswith("content-")]
        found.append((part.get_content_type(), fields, hashlib.sha256(content).hexdigest()))
    return found


FILES = st.one_of(
    attachments(),
    st.lists(attachments(), min_size=1, max_size=3).flatmap(lambda files: trees("mixed", tuple(files))),
)


@settings(fuzzed, max_examples=max(1, MANY // 2))
@given(letters(FILES), CHOICES)
def test_a_message_of_files_alone_gets_a_text_beside_them(letter: Letter, choice):
    sent = send(letter.raw, HOUSES[choice])
    expect.outside(sent)
    expect.fit(sent.raw)
    new = [each for each in contents(sent.raw) if each not in contents(letter.raw)]
    assert len(new) == 1
    assert [each for each in contents(sent.raw) if each not in new] == contents(letter.raw)
    (text,) = texts(sent.raw)
    assert " ".join(text.lines) == " ".join([*SIGNATURE, choice[1]])
    assert send(sent.raw, HOUSES[choice]).raw == sent.raw


def _pictured(values):
    values["signatures"]["logo"] = {"content": base64.b64encode(png(40, 20)).decode(), "alt": "Crest"}


WITH_LOGO = {position: council(position, _pictured) for position in (AFTER, END)}
CLERK = "clerk@littlewickham-pc.example"


NEVER_CLOSED = Letter(
    b"From: Anne Archer <cllr.a@littlewickham-pc.example>\r\nDate: Fri, 20 Nov 2026 16:12:44 +0000\r\n"
    b"Message-ID: <1@littlewickham-pc.example>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>A</p>\r\n',
    (Words("html", ("A",), ()),),
)


@settings(fuzzed, max_examples=max(1, MANY // 2))
@example(NEVER_CLOSED, AFTER)
@given(letters(), st.sampled_from([AFTER, END]))
def test_a_logo_comes_as_a_picture_of_its_own_and_nothing_else_changes(letter: Letter, position):
    raw = letter.raw.replace(b"Anne Archer <cllr.a@", b"Margaret Hale <clerk@", 1)
    sent = _by_the_clerk(raw, position)
    expect.outside(sent)
    expect.fit(sent.raw)
    was = [each for each in contents(raw) if each[0] not in {"text/plain", "text/html"}]
    now = [each for each in contents(sent.raw) if each[0] not in {"text/plain", "text/html"}]
    new = [each for each in now if each not in was]
    assert [each for each in now if each not in new] == was
    pages = [text for text in texts(sent.raw) if text.kind == "text/html"]
    assert len(new) == len(pages)
    for page, (kind, fields, _) in zip(pages, new, strict=True):
        assert kind == "image/png"
        name = dict(fields)["Content-ID"].strip("<>")
        assert page.source.count(f'src="cid:{name}"') == 1
    for text, words in zip(texts(sent.raw), letter.texts, strict=True):
        assert " ".join(text.lines).startswith(" ".join(words.own) + " ")
        assert " ".join(text.lines).count("Margaret Hale Parish Clerk") == 1
    assert _by_the_clerk(sent.raw, position).raw == sent.raw


def _by_the_clerk(raw: bytes, position: str) -> Sent:
    return send(raw, WITH_LOGO[position], login=CLERK, mail_from=CLERK)


ODD = st.sampled_from(
    [
        *(
            "-- ",
            "--",
            "> What do you think?",
            "From: the hall",
            "On Friday we wrote:",
            "x" * 1200,
            "é" * 700,
        ),
        *("________________", "Sent from my iPhone", " indented", "\tTab", "a  b", "From here on", ".", ""),
        *(" ".join(SIGNATURE), SIGNATURE[0], WAIVER, "<b>not HTML</b>", "&amp;", "</body>", "-->", "<!--"),
        *("--b", "--b--", "=20", "=", "trailing  ", "-----BEGIN PGP", "http://x.example/" + "y" * 990),
    ]
)


@fuzzed
@example(["-- "], "8bit", "html", (AFTER, WAIVER))
@example(["-- ", "--", "-- ", "--"], "8bit", "plain", (AFTER, WAIVER))
@example(["-- ", "-- ", " ".join(SIGNATURE), "--"], "8bit", "plain", (AFTER, WAIVER))
@example(["-- ", "> What do you think?", "--"], "8bit", "plain", (AFTER, WAIVER))
@example(["-- ", "> What do you think?", "-- ", "________________"], "8bit", "plain", (AFTER, WAIVER))
@example(["Hello", "-- ", "Anne Archer", "-- ", "01632 960001"], "8bit", "plain", (AFTER, WAIVER))
@given(
    st.lists(ODD, min_size=1, max_size=8),
    st.sampled_from(["8bit", "quoted-printable", "base64"]),
    st.sampled_from(["plain", "html", "plain; format=flowed"]),
    CHOICES,
)
def test_odd_words_of_an_author_s_neither_keep_the_block_out_nor_make_two(lines, encoding, kind, choice):
    _, waiver = choice
    content = "".join(line + "\r\n" for line in lines).encode()
    raw = (
        b"From: Anne Archer <cllr.a@littlewickham-pc.example>\r\nTo: jill.fenwick@resident.example\r\n"
        b"Date: Fri, 20 Nov 2026 16:12:44 +0000\r\nMessage-ID: <1@littlewickham-pc.example>\r\nMIME-Version: 1.0\r\n"
        + f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
        + encoded(content, encoding)
    )
    house = HOUSES[choice]
    sent = send(raw, house)
    expect.outside(sent)
    expect.fit(sent.raw)
    (text,) = texts(sent.raw)
    said = " ".join(text.lines)
    asked = " ".join(texts(raw)[0].lines)
    for piece in (" ".join(SIGNATURE), waiver):
        # Words of ours that the author quotes are the author's, and those that a client put in are replaced.
        assert 1 <= said.count(piece) <= asked.count(piece) + 1
    assert send(sent.raw, house).raw == sent.raw
