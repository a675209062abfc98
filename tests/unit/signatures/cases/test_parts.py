"""Cases 40 and 41: the logo joins what is there, and attachments are not texts."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from email.message import Message
from typing import Any

import pytest

from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import AFTER, END, SIGNATURE, WAIVER, Sent, client, council, send
from tests.unit.signatures.cases.visible import is_body, leaves, parsed, texts

BOTH = pytest.mark.parametrize("position", [AFTER, END])


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = b"".join(b"\0" + b"\x20\x60\x40" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


LOGO = _png(48, 32)


def with_logo(values: dict[str, Any]) -> None:
    """Everybody's signature shows the council's logo in HTML."""
    values["signatures"]["logo"] = {"content": base64.b64encode(LOGO).decode(), "alt": "Little Wickham"}
    variant = values["signatures"]["agreed"][-1]["variants"][0]
    variant["html"] = "<p>{{ logo }}</p><p>" + "<br>".join(
        variant["text"].strip().replace("\\\n", "").split("\n")
    ) + "</p>"  # fmt: skip


def tree(part: Message) -> Any:
    """The types of a message's parts, as they are nested; an enclosed message is one leaf."""
    if part.get_content_type() == "message/rfc822" or not part.is_multipart():
        return part.get_content_type()
    return part.get_content_type(), [tree(each) for each in part.get_payload()]


def hashes(raw: bytes, *, but: bytes = b"") -> list[tuple[str, str]]:
    """Type and hash of every part that is no text of the body, in order; without pictures that are `but`."""
    return [
        (part.get_content_type(), hashlib.sha256(part.as_bytes()).hexdigest())
        for _, part in leaves(parsed(raw))
        if not is_body(part) and not (but and part.get_payload(decode=True) == but)
    ]


def the_logo(sent: Sent) -> Message:
    """The one part that is the logo, referred to by exactly one HTML text."""
    (logo,) = [part for _, part in leaves(parsed(sent.raw)) if part.get_payload(decode=True) == LOGO]
    assert logo.get_content_type() == "image/png"
    assert logo.get_content_disposition() == "inline"
    name = logo["Content-ID"].strip("<>")
    assert "@" in name
    assert sum(text.source.count(f"cid:{name}") for text in texts(sent.raw)) == 1
    ids = [part["Content-ID"] for part in parsed(sent.raw).walk() if part["Content-ID"]]
    assert len(ids) == len(set(ids)), "a Content-ID stands twice"
    return logo


@BOTH
def test_case_40_the_logo_joins_the_related_that_is_there_and_everything_else_stays(position):
    sent = send("cases/40-everything", council(position, with_logo))
    before, after = tree(parsed(sent.received)), tree(parsed(sent.raw))
    assert before[1][0] == (
        "multipart/alternative",
        ["text/plain", ("multipart/related", ["text/html", "image/png"])],
    )
    assert after[1][0] == (
        "multipart/alternative",
        ["text/plain", ("multipart/related", ["text/html", "image/png", "image/png"])],
    )
    assert after[1][1:] == before[1][1:] == ["application/pdf", *["message/rfc822"] * 18]
    the_logo(sent)
    assert hashes(sent.raw, but=LOGO) == hashes(sent.received)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        assert expect.block(now, position) == was.lines
    expect.fit(sent.raw)
    expect.outside(sent)


@BOTH
def test_case_40_eighteen_enclosed_messages_stay_byte_for_byte(position):
    sent = send("cases/40-everything", position)
    expect.own_and_trail(sent, position)
    assert hashes(sent.raw) == hashes(sent.received)
    assert sent.raw.count(b"Content-Type: message/rfc822\r\n") == 18
    start = sent.received.index(b"Content-Type: application/pdf")
    assert sent.raw.endswith(sent.received[start:])


@BOTH
@pytest.mark.parametrize("name", ["gmail-web/reply", "gmx/reply", "outlook-desktop/reply", "thunderbird/new"])
def test_case_40_where_there_is_no_related_one_is_made_around_the_html(name, position):
    sent = send(name, council(position, with_logo))
    the_logo(sent)
    related = [part for part in parsed(sent.raw).walk() if part.get_content_type() == "multipart/related"]
    assert len(related) == 1
    assert tree(related[0]) == ("multipart/related", ["text/html", "image/png"])
    assert related[0].get_param("type") in {None, "text/html"}
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        assert expect.block(now, position, trail="reply" in name) == was.lines
    expect.fit(sent.raw)
    expect.outside(sent)


@BOTH
def test_case_40_it_joins_a_related_around_the_alternatives_as_outlook_writes_it(position):
    sent = send("outlook-desktop/reply-with-picture", council(position, with_logo))
    the_logo(sent)
    related = [part for part in parsed(sent.raw).walk() if part.get_content_type() == "multipart/related"]
    assert len(related) == 1
    assert tree(parsed(sent.raw)) == (
        "multipart/related",
        [("multipart/alternative", ["text/plain", "text/html"]), "image/png", "image/png"],
    )
    assert hashes(sent.raw, but=LOGO) == hashes(sent.received)
    for was, now in zip(texts(sent.received), texts(sent.raw), strict=True):
        assert expect.block(now, position) == was.lines
    expect.fit(sent.raw)
    expect.outside(sent)


def test_case_40_a_plain_text_gets_no_picture():
    sent = send("thunderbird/new-plain", council(AFTER, with_logo))
    assert tree(parsed(sent.raw)) == "text/plain"
    assert "cid:" not in texts(sent.raw)[0].source
    expect.own_and_trail(sent, trail=False)


@BOTH
@pytest.mark.parametrize(
    "name",
    ["cases/41-text-attachment-first", "cases/41-html-attachment-first", "cases/41-inline-text-with-name"],
)
def test_case_41_texts_with_a_file_name_are_attachments_and_stay_untouched(name, position):
    sent = send(name, position)
    expect.own_and_trail(sent, position, trail=False)
    assert hashes(sent.raw) == hashes(sent.received)


@pytest.mark.parametrize("name", ["cases/41-only-a-text-attachment", "cases/41-only-a-pdf"])
def test_case_41_attachments_alone_get_a_text_for_the_block(name):
    sent = send(name)
    assert hashes(sent.raw) == hashes(sent.received)
    (now,) = texts(sent.raw)
    assert now.kind == "text/plain"
    expect.the_only(now.lines, " ".join(SIGNATURE))
    expect.the_only(now.lines, WAIVER)
    assert is_body(next(leaves(parsed(sent.raw)))[1]), "the text comes first"
    expect.fit(sent.raw)
    expect.outside(sent)


def test_case_41_a_message_that_is_itself_an_attachment_stays_one():
    name = "cases/41-the-message-is-an-attachment"
    sent = send(name)
    (kept,) = [part for _, part in leaves(parsed(sent.raw)) if part.get_filename() == "minutes.txt"]
    assert kept.get_payload(decode=True).rstrip() == parsed(client(name)).get_payload(decode=True).rstrip()
    assert kept.get_content_disposition() == "attachment"
    (now,) = texts(sent.raw)
    expect.the_only(now.lines, WAIVER)
    expect.fit(sent.raw)
    expect.outside(sent)
