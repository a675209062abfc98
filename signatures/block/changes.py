"""What Vestry changed in a message, for people: sentences, and the words that came in and went out.

Made from the message as received, the splices that it left with, and the record of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from signatures.block.bodies import bodies
from signatures.block.placement import Place
from signatures.block.record import Placed, Record
from signatures.block.rows import html_page
from signatures.message.body import decoded
from signatures.message.charsets import decode
from signatures.message.headers import mailboxes, to_text
from signatures.message.scanner import CAPS, Caps, Field, Part, scan_fields, scan_parts
from signatures.message.splices import Splice, apply

_NAMED = {"signature": "the agreed signature", "waiver": "the waiver"}
_MOST_LINES = 2000
"""Lines between which a comparison is made; of more, all that is not alike at both ends is shown."""

_WHERE = {
    Place.AFTER_OWN_TEXT: "below the author's text, above the quoted message",
    Place.END_OF_TEXT: "at the end of the message",
    Place.NEW_PART: "in a text of its own, beside what was there",
}
_GONE = {
    "signature": "Took out the signature that the mail program had put in, as the agreed one stands in its place",
    "waiver": "Took out the waiver that stood in the text already",
    "tag_line": "Removed the line",
    "contact": "Removed the sender's own contact lines",
    "suspected": "Left lines that look like another signature",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done, in a sentence. `removed` and `added` are the words, where there are any."""

    sentence: str
    removed: str = ""
    added: str = ""


def changes(raw: bytes, splices: Sequence[Splice], record: Record, caps: Caps = CAPS) -> tuple[Change, ...]:
    """All changes to a message as received. Raises Unscannable."""
    parts = scan_parts(raw, caps)
    found = [*_of_header(raw, parts[0], splices), *_of_fields(raw, parts[0], splices), *_of_block(record)]
    found += _of_readers(raw, parts[0], splices, caps)
    found += _of_texts(raw, parts, splices, caps)
    found += _of_form(raw, parts, splices)
    if record.dkim_removed:
        found.append(Change("Took out the DKIM signature of the mail program, which the changes had broken."))
    return tuple(found)


def _of_header(raw: bytes, top: Part, splices: Iterable[Splice]) -> Iterator[Change]:
    """Fields that came in and went out whole; those that speak of the content are told of with the content."""
    fields = {(field.start, field.end - field.start): field.name for field in top.fields}
    for splice in splices:
        if splice.offset > top.body:
            return
        name = fields.get((splice.offset, splice.length), "")
        gone = name if not splice.replacement and not name.startswith("content-") else ""
        if gone and gone != "dkim-signature":
            yield Change(f"Took out the header field {_title(gone)}.")
        if splice.offset == top.start and not splice.length:
            for line in splice.replacement.decode("utf-8", "replace").split("\r\n"):
                said = line.partition(":")[0].lower()
                if line and not line[0].isspace() and not said.startswith(("content-", "mime-")):
                    yield Change(f"Added the header field {_title(said)}, which was missing.", added=line)


def _of_fields(raw: bytes, top: Part, splices: Iterable[Splice]) -> Iterator[Change]:
    """What policy changed in fields that stay: the subject's tag, and the Clerk in Cc."""
    fields = [field for field in top.fields if field.name in {"subject", "cc"}]
    for splice in splices:
        if splice.offset > top.body:
            return
        if splice.replacement.startswith(b"Cc: ") and not splice.length:
            yield _copied(splice.replacement[len(b"Cc: ") :])
        field = next((each for each in fields if each.value <= splice.offset < each.end), None)
        if field is not None and field.name == "subject":
            yield from _retitled(raw, field, splice)
        elif field is not None and splice.replacement.strip():
            yield _copied(splice.replacement)


def _of_readers(raw: bytes, top: Part, splices: Sequence[Splice], caps: Caps) -> Iterator[Change]:
    """Recipients who are seen no longer: they were left out, or moved to Bcc."""
    if not any(each.length and each.offset < top.body for each in splices):
        return
    left = set(_readers(after := apply(raw, splices), scan_fields(after, caps=caps)))
    gone = [
        written for address, written in dict(_readers(raw, top)).items() if (address, written) not in left
    ]
    if gone:
        yield Change("Took recipients out of To and Cc, where everybody saw them.", removed="\n".join(gone))


def _readers(raw: bytes, top: Part) -> Iterator[tuple[str, str]]:
    for field in top.fields:
        if field.name in {"to", "cc"}:
            yield from ((box.address, box.written) for box in mailboxes(field.text(raw)) if box.address)


def _copied(replacement: bytes) -> Change:
    words = to_text(replacement.replace(b"\r\n", b"").strip(b" \t,"))
    return Change("The Clerk was added as a copy, which everybody sees.", added=words)


def _retitled(raw: bytes, field: Field, splice: Splice) -> Iterator[Change]:
    inside = Splice(splice.offset - field.value, splice.length, splice.replacement)
    before = to_text(field.text(raw))
    after = to_text(apply(raw[field.value : field.end], [inside]).replace(b"\r\n", b"").strip())
    if before != after:
        yield Change(f"Took “{before.removesuffix(after).strip()}” off the start of the subject.")


def _title(name: str) -> str:
    return "-".join("ID" if piece == "id" else piece.capitalize() for piece in name.split("-"))


def _of_block(record: Record) -> Iterator[Change]:
    versions = dict(each.partition(" ")[::2] for each in record.versions)
    told: set[tuple[tuple[str, ...], Place]] = set()
    for placed in record.placed:
        if (placed.what, placed.place) not in told:
            told.add((placed.what, placed.place))
            yield Change(f"Added {_what(placed, versions)} {_WHERE[placed.place]}{_doubt(placed)}.")
    if record.logo:
        yield Change("Added the council's logo as a picture in the text.")
    for what, sentence in _GONE.items():
        for words in dict.fromkeys(each.words for each in record.removed if each.what == what):
            short = what == "tag_line" and "\n" not in words
            yield Change(
                f"{sentence} “{words}”." if short else f"{sentence}.", removed="" if short else words
            )
    for name in record.without:
        yield Change(f"Did not add {_NAMED[name]}: {record.reason}.")


def _what(placed: Placed, versions: dict[str, str]) -> str:
    named = [
        f"{_NAMED[name]} (version {versions[name]})" if name in versions else _NAMED[name]
        for name in placed.what
    ]
    return " and ".join(named)


def _doubt(placed: Placed) -> str:
    return ", where the author's text most likely ends" if placed.confidence == "guess" else ""


def _of_texts(raw: bytes, parts: tuple[Part, ...], splices: Sequence[Splice], caps: Caps) -> Iterator[Change]:
    """The words of each text that came in and went out, HTML as it is shown."""
    after = apply(raw, splices)
    after_parts = scan_parts(after, caps)
    before_texts = sorted(bodies(raw, parts).texts)
    after_texts = sorted(bodies(after, after_parts).texts)
    for position, number in enumerate(after_texts):
        old: list[str] = []
        if position < len(before_texts):
            old = _lines(raw, parts[before_texts[position]], caps)
        new = _lines(after, after_parts[number], caps)
        kind = "formatted" if after_parts[number].kind == "text/html" else "plain"
        for removed, added in _differences(old, new):
            yield Change(f"In the {kind} text:", removed="\n".join(removed), added="\n".join(added))


def _lines(raw: bytes, part: Part, caps: Caps) -> list[str]:
    text = decode(decoded(raw, part)[0], part.media.text(b"charset") or "utf-8")[0]
    if part.kind == "text/html":
        return [row.words for row in html_page(text, caps.tags).rows]
    return text.replace("\r\n", "\n").split("\n")


def _differences(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    end = 0
    while end < min(len(old), len(new)) - same and old[-1 - end] == new[-1 - end]:
        end += 1
    old, new = old[same : len(old) - end], new[same : len(new) - end]
    if len(old) > _MOST_LINES or len(new) > _MOST_LINES:
        yield old, new
        return
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal" and ("".join(old[i1:i2]).strip() or "".join(new[j1:j2]).strip()):
            yield old[i1:i2], new[j1:j2]


def _of_form(raw: bytes, parts: tuple[Part, ...], splices: Sequence[Splice]) -> Iterator[Change]:
    """How parts are written: their transfer encoding and their character set."""
    told: set[str] = set()
    for splice in splices:
        said = splice.replacement.lower()
        if any(part.start <= splice.offset < part.body for part in parts):
            if b"charset=utf-8" in said and b"multipart/" not in said:
                told.add("Wrote a text in UTF-8, which can hold every letter of it.")
            if b"content-transfer-encoding: quoted-printable" in said:
                told.add("Wrote a text in quoted-printable, so that every mail server can carry it.")
            if b"content-transfer-encoding: base64" in said and b"image/" not in said:
                told.add("Wrote a part in base64, so that every mail server can carry it.")
    yield from map(Change, sorted(told))
