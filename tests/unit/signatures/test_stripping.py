from __future__ import annotations

import base64
import quopri
import re
from pathlib import Path

import pytest

from filters.analysis import stripped
from signatures.message.anatomy import Anatomy, read
from signatures.message.carried.kinds import How
from signatures.message.scanner import scan_parts
from signatures.message.splices import Splice, apply, composed
from signatures.message.stripping import CannotStrip, strip
from tests.unit.signatures.cases.visible import parsed, texts

CORPUS = Path(__file__).parents[2] / "corpus"
CLIENTS = sorted(
    str(file.relative_to(CORPUS))[:-4]
    for file in (CORPUS / "clients").rglob("*.eml")
    if file.parent.name != "who_gets_what"  # Written for other checks, by the same clients.
)
WORDS_OF_THE_TRAIL = re.compile(r"(?i)jill\.fenwick@|who cuts the hedge|have to walk in the road|wrote:\Z")


def message(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def taken(raw: bytes) -> bytes:
    """The message without its trail."""
    return apply(raw, strip(raw, scan_parts(raw)))


def has_trail(anatomy: Anatomy) -> bool:
    return any(span.zone.value in {"trail", "forwarded"} for part in anatomy.divided for span in part.spans)


def refusal(raw: bytes) -> str:
    with pytest.raises(CannotStrip) as caught:
        strip(raw, scan_parts(raw))
    return str(caught.value)


def _strippable() -> list[str]:
    found = []
    for name in CLIENTS:
        raw = message(name)
        try:
            if has_trail(read(raw)) and strip(raw, scan_parts(raw)):
                found.append(name)
        except CannotStrip:
            pass
    return found


STRIPPABLE = _strippable()
CANNOT = {
    "apple-mail/answer-attachment-between": "pieces",
    "apple-mail/forward-no-text": "nothing left",
    "apple-mail/interleaved": "between the quoted lines",
    "apple-mail/reply-bottom": "below the quoted lines",
    "gmail-web/forward-no-text": "nothing left",
    "gmail-web/interleaved": "between the quoted lines",
    "gmail-web/reply-bottom": "below the quoted lines",
    "k9/forward-no-text": "nothing left",
    "k9/interleaved": "between the quoted lines",
    "k9/reply-bottom": "below the quoted lines",
    "outlook-desktop/bottom-plain": "below the quoted lines",
    "outlook-desktop/forward-no-text": "nothing left",
    "outlook-desktop/interleaved-plain": "between the quoted lines",
    "owa/forward-no-text": "nothing left",
    "proton/interleaved": "between the quoted lines",
    "roundcube/interleaved": "between the quoted lines",
    "roundcube/reply-plain-bottom": "below the quoted lines",
    "sogo/interleaved": "between the quoted lines",
    "sogo/reply-bottom": "below the quoted lines",
    "thunderbird/forward-no-text": "nothing left",
    "thunderbird/interleaved": "between the quoted lines",
    "thunderbird/interleaved-plain": "between the quoted lines",
    "thunderbird/reply-bottom": "below the quoted lines",
    "thunderbird/reply-plain-bottom": "below the quoted lines",
    "yahoo/reply-bottom": "below the quoted lines",
}


def test_the_corpus_has_what_can_be_stripped_and_what_cannot():
    with_trail = {name for name in CLIENTS if has_trail(read(message(name)))}
    assert with_trail == {*STRIPPABLE, *(f"clients/{name}" for name in CANNOT)}
    assert len(STRIPPABLE) > 90
    assert len({name.split("/")[1] for name in STRIPPABLE}) == 19


@pytest.mark.parametrize("name", STRIPPABLE)
def test_no_trail_is_left_and_the_authors_words_are(name):
    raw = message(name)
    result = taken(raw)
    before, after = read(raw), read(result)
    assert not has_trail(after)
    assert {each.how for each in after.earlier} <= {How.ATTACHED}
    # Of a trail that is not attested, the checks read the words as the author's, and they are gone.
    unsure = any(not span.attested for part in before.divided for span in part.spans)
    for was, now in zip(before.own_texts, after.own_texts, strict=True):
        assert was.replace("\n", "").startswith(now.replace("\n", "")) if unsure else _same(was, now)
    assert taken(result) == result


def _same(was: str, now: str) -> bool:
    """The same words; what stood around the trail has come together, with a blank line more or less."""
    return re.sub(r"\n+", "\n", was) == re.sub(r"\n+", "\n", now)


@pytest.mark.parametrize("name", STRIPPABLE)
def test_other_programs_show_the_authors_lines_alone_and_all_of_them(name):
    raw = message(name)
    for was, now in zip(texts(raw), texts(taken(raw)), strict=True):
        assert not [line for line in now.lines if WORDS_OF_THE_TRAIL.search(line)]
        position = 0
        for line in now.lines:
            position = was.lines.index(line, position) + 1
        assert now.lines
        assert (now.kind, now.charset, now.encoding) == (was.kind, was.charset, was.encoding)


@pytest.mark.parametrize("name", STRIPPABLE)
def test_only_text_parts_change_and_every_html_tag_is_still_ended(name):
    raw = message(name)
    parts = scan_parts(raw)
    splices = strip(raw, parts)
    for splice in splices:
        assert any(
            part.start <= splice.offset and splice.offset + splice.length <= part.end
            for part in parts
            if part.kind in {"text/plain", "text/html"} and not part.enclosed
        )
    assert len(scan_parts(apply(raw, splices))) == len(parts)
    for was, now in zip(texts(raw), texts(taken(raw)), strict=True):
        if now.kind == "text/html":
            assert _open(now.source) == _open(was.source)


def _open(source: str) -> dict[str, int]:
    """How many elements of each name are left open (or ended too often)."""
    tags = re.findall(
        r"<(/?)(div|span|table|tr|td|blockquote|body|html|font|b|i|a|p)\b[^>]*>", source, re.IGNORECASE
    )
    count: dict[str, int] = {}
    for slash, name in tags:
        count[name.lower()] = count.get(name.lower(), 0) + (-1 if slash else 1)
    return {name: number for name, number in count.items() if number and name != "p"}


@pytest.mark.parametrize(("name", "why"), CANNOT.items())
def test_what_cannot_be_taken_apart_is_left_whole(name, why):
    assert why in refusal(message(f"clients/{name}"))


@pytest.mark.parametrize("name", ["smime-signed", "smime-enveloped", "pgp-mime-signed", "pgp-mime-encrypted"])
def test_what_is_sealed_is_left_whole(name):
    assert refusal(message(name)) == "it is signed or encrypted"


@pytest.mark.parametrize(
    "name", ["clients/gmail-web/new", "clients/gmail-web/forward-attached", "format-flowed"]
)
def test_where_nothing_is_quoted_nothing_is_done(name):
    assert stripped(message(name)) == ()


def test_the_analysis_offers_it():
    raw = message("clients/owa/reply")
    assert stripped(raw) == strip(raw, scan_parts(raw)) != ()


# Messages made for one thing.

TRAIL = "On Fri, 20 Nov 2026 at 14:05, Jill <jill@gmail.com> wrote:\n\n> Who cuts it?\n"
QUOTE = (
    '<div class="gmail_quote"><div class="gmail_attr">On Fri, 20 Nov 2026 at 14:05, Jill '
    '&lt;jill@gmail.com&gt; wrote:<br></div><blockquote class="gmail_quote">Who cuts it? {more}</blockquote></div>'
)


def plain(text: str, kind: str = "text/plain; charset=utf-8", encoding: str = "8bit") -> bytes:
    content = text.replace("\n", "\r\n").encode()
    content = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(
        content
    )
    content = re.sub(rb"\r?\n", b"\r\n", content)
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + content


def multipart(subtype: str, *parts: bytes, boundary: str = "b") -> bytes:
    inner = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    return (
        f"Content-Type: multipart/{subtype}; boundary={boundary}\r\n\r\n".encode()
        + inner
        + f"--{boundary}--\r\n".encode()
    )


def whole(part: bytes) -> bytes:
    return b"From: anne@x.example\r\nTo: jill@gmail.com\r\nSubject: Re: Hedge\r\nMIME-Version: 1.0\r\n" + part


@pytest.mark.parametrize("encoding", ["7bit", "8bit", "quoted-printable", "base64"])
def test_the_encoding_stays(encoding):
    raw = whole(plain("Thank you. " + "Words. " * 30 + "\n\n" + TRAIL * 20, encoding=encoding))
    result = parsed(taken(raw))
    assert result.get_payload(decode=True).decode() == "Thank you. " + "Words. " * 30 + "\r\n\r\n"
    assert result["Content-Transfer-Encoding"] == encoding


def test_a_signature_below_the_trail_stays():
    raw = whole(plain(f"Thank you.\n\n{TRAIL}\n-- \nAnne Archer\n"))
    assert parsed(taken(raw)).get_payload() == "Thank you.\r\n\r\n-- \r\nAnne Archer\r\n"


def picture(name: str) -> bytes:
    return f"Content-Type: image/png\r\nContent-ID: <{name}>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA".encode()


def test_a_picture_that_only_the_trail_shows_goes_with_it():
    page = '<div>Thank you.<img src="cid:mine@x"></div>' + QUOTE.format(
        more='<img src="cid:mine@x"><img src="cid:hers%40x"><img src="cid:road@x">'
    )
    raw = whole(
        multipart(
            "related",
            plain(page, "text/html"),
            picture("hers@x"),
            picture("mine@x"),
            picture("road@x"),
            picture("other@x"),
        )
    )
    left = [part["Content-ID"] for part in parsed(taken(raw)).get_payload()]
    assert left == [None, "<mine@x>", "<other@x>"]
    assert "Who cuts it" not in parsed(taken(raw)).get_payload(0).get_payload()
    assert not parsed(taken(raw)).defects


@pytest.mark.parametrize(
    ("part", "why"),
    [
        # One version shows a trail and the other does not.
        (multipart("alternative", plain("Thank you.\n\nWho cuts it?\n"), plain("Thank you." + QUOTE, "text/html")), "not all"),
        (multipart("alternative", plain(f"Thank you.\n\n{TRAIL}"), plain("BEGIN:VCALENDAR\n", "text/calendar")), "format"),
        (multipart("mixed", plain(f"Thank you.\n\n{TRAIL}"), plain("x", "application/ms-tnef")), "format"),
        # A text in two pieces, either of which may be anybody's.
        (multipart("mixed", plain(f"Thank you.\n\n{TRAIL}"), plain(f"And this.\n\n{TRAIL}")), "pieces"),
        (multipart("mixed", plain(f"Thank you.\n\n{TRAIL}"), plain("The hedge is long.\n")), "not all"),
        # A quotation by its indentation alone, below a line with a number.
        (plain("Thank you.\n\nRule 4.2 says:\n> No dogs on the green.\n"), "for sure"),
        (plain(f"Thank you.\n\n{TRAIL}", "text/plain; charset=x-unknown"), "cannot be changed"),
        (plain(f"Thank you.\n\n{TRAIL}", "text/plain; charset=utf-8; name=notes.txt"), "text file"),
        (plain(f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nThank you.\n\n{TRAIL}"), "PGP"),
        (plain(TRAIL), "nothing left"),
    ],
)  # fmt: skip
def test_where_it_is_not_for_sure_nothing_is_taken_out(part, why):
    assert why in refusal(whole(part))


def test_an_attached_file_and_an_attached_message_stay():
    raw = whole(
        multipart(
            "mixed",
            plain(f"Thank you.\n\n{TRAIL}"),
            b"Content-Disposition: attachment; filename=notes.txt\r\n" + plain(f"Notes.\n\n{TRAIL}"),
            b"Content-Type: message/rfc822\r\n\r\n" + whole(plain(f"Yes.\n\n{TRAIL}")),
        )
    )
    splices = strip(raw, scan_parts(raw))
    result = apply(raw, splices)
    assert len(splices) == 1
    assert result.count(b"> Who cuts it?") == 2


def test_elements_that_begin_above_the_trail_are_ended_where_they_were():
    page = f"<html><body><div class=WordSection1><p>Thank you.</p>{QUOTE.format(more='<div>')}</div></div></body></html>"
    result = parsed(taken(whole(plain(page, "text/html")))).get_payload()
    assert result.strip() == "<html><body><div class=WordSection1><p>Thank you.</p></div></body></html>"


def test_a_long_trail_of_very_many_tags():
    rows = "<p>One <b>more</b> row</p>" * 20_000
    raw = whole(plain("<div>Thank you.</div>" + QUOTE.format(more=rows), "text/html"))
    assert parsed(taken(raw)).get_payload().strip() == "<div>Thank you.</div>"


def test_many_runs_of_quoted_lines_are_refused_rather_than_gone_through():
    raw = whole(plain("Thank you.\n" + f"{TRAIL}-- \nAnne\n" * 100))
    assert refusal(raw)


@pytest.mark.parametrize("splice", [Splice(0, 0, b"X-Added: 1\r\n"), Splice(0, 5, b"FROM:")])
def test_what_is_stripped_can_be_changed_again(splice):
    raw = message("clients/outlook-desktop/reply")
    first = strip(raw, scan_parts(raw))
    assert apply(raw, composed(len(raw), first, [splice])) == apply(apply(raw, first), [splice])
