"""What must hold of a message after the signature and the waiver were written, whoever wrote it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence

from tests.unit.signatures.cases.sending import AFTER, SIGNATURE, WAIVER, Sent
from tests.unit.signatures.cases.visible import Text, is_body, leaves, parsed, texts

TRAIL = re.compile(
    r"(?:> ?)?(?:On (?:Fri|Thu|20)|Ar (?:Gwen|20)|From: ?Jill|Oddi wrth: Jill|-{3,10} ?(?:Original|Forwarded)"
    r"|_{32}$|Begin forwarded|Sent: Friday|Gesendet: |Subject: Hedge)"
)
"""How the first line of what is quoted or forwarded looks in the messages of the corpus."""

TAG_LINE = re.compile(
    r"(?:Sent from my (?:iPhone|Galaxy)|Get Outlook for (?:iOS|Android)(?:<https://\S+>)?"
    r"|Sent with (?:\[Proton Mail\]\(\S+\)|Proton Mail) secure email\.)"
)

_MAY_CHANGE = {"content-type", "content-transfer-encoding"}


def found(lines: Sequence[str], wanted: str) -> list[tuple[int, int]]:
    """Where `wanted` stands: from which line to which, however it is broken into lines."""
    places = []
    for start in range(len(lines)):
        said = ""
        for end in range(start, len(lines)):
            said = f"{said} {lines[end]}".strip()
            if said == wanted:
                places.append((start, end + 1))
            if not wanted.startswith(said):
                break
    return places


def the_only(lines: Sequence[str], wanted: str) -> tuple[int, int]:
    """Where `wanted` stands, which it must do exactly once."""
    places = found(lines, wanted)
    assert len(places) == 1, f"{len(places)} times {wanted!r} in\n" + "\n".join(lines)
    return places[0]


def block(
    text: Text,
    position: str = AFTER,
    *,
    signature: Iterable[str] = SIGNATURE,
    waiver: str = WAIVER,
    last: str | None = "Anne",
    trail: bool = True,
) -> list[str]:
    """Signature and waiver stand once, in their places: below the line `last`, above the trail if there is one.

    Returns the lines without them. Without `last`, nothing stands above the signature.
    """
    lines = text.lines
    top, bottom = the_only(lines, " ".join(signature))
    start, end = the_only(lines, waiver)
    delimited = top > 0 and lines[top - 1] == "--"
    above = top - 1 if delimited else top
    if last is None:
        assert above == 0, lines[:above]
    else:
        assert above > 0, lines
        assert lines[above - 1] == last, lines
    if not trail:
        assert (start, end) == (bottom, len(lines)), lines
        return lines[:above]
    assert not delimited, "a delimiter above a trail"
    if position == AFTER:
        assert start == bottom, lines
        below = lines[end:]
    else:
        assert end == len(lines), lines
        below = lines[bottom:start]
        if below and below[-1] == "--":
            below = below[:-1]
    assert TRAIL.match(below[0]), lines
    return lines[:above] + below


def own_and_trail(
    sent: Sent, position: str = AFTER, *, trail: bool = True, last: str | None = "Anne"
) -> None:
    """Each text of the message carries the block in its place, and says besides what it said before."""
    before, after = texts(sent.received, tolerant=True), texts(sent.raw)
    assert len(before) == len(after)
    assert before, "no text"
    for was, now in zip(before, after, strict=True):
        said = block(now, position, trail=trail, last=last)
        assert said == [line for line in was.lines if not TAG_LINE.fullmatch(line)]
    alone(sent)


def alone(sent: Sent) -> None:
    """Nothing but texts, and what their own headers say of them, was touched; and what left is well formed."""
    fit(sent.raw)
    outside(sent)
    before, after = list(leaves(parsed(sent.received))), list(leaves(parsed(sent.raw)))
    assert [place for place, _ in before] == [place for place, _ in after]
    for (place, was), (_, now) in zip(before, after, strict=True):
        assert was.get_content_type() == now.get_content_type()
        if is_body(was):
            assert fixed_fields(was) == fixed_fields(now), place
        else:
            assert was.items() == now.items(), place
            assert was.as_bytes() == now.as_bytes(), place
    assert fixed_fields(parsed(sent.received)) == fixed_fields(parsed(sent.raw))


def fixed_fields(part: object) -> list[tuple[str, str]]:
    """The header of a part, without what may change with its text."""
    return [(name, value) for name, value in part.items() if name.lower() not in _MAY_CHANGE]


def outside(sent: Sent) -> None:
    """Between the splices every byte is as received."""
    was = now = 0
    for splice in sorted(sent.splices, key=lambda each: (each.offset, each.length)):
        kept = splice.offset - was
        assert sent.received[was : splice.offset] == sent.raw[now : now + kept]
        now += kept + len(splice.replacement)
        was = splice.offset + splice.length
    assert sent.received[was:] == sent.raw[now:]


def fit(raw: bytes) -> None:
    """The message can be sent: CR LF alone, no line too long, a final line end; each encoding is what it says."""
    pairs = raw.count(b"\r\n")
    assert raw.count(b"\r") == pairs == raw.count(b"\n")
    assert raw.endswith(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    for place, part in leaves(parsed(raw)):
        if not is_body(part):
            continue
        content = part.get_payload(decode=False)
        encoding = (part.get("Content-Transfer-Encoding") or "7bit").strip().lower()
        lines = content.splitlines()
        if encoding in {"7bit", "quoted-printable", "base64"}:
            assert content.isascii(), place
        if encoding == "quoted-printable":
            assert all(len(line) <= 76 for line in lines), place
            assert not re.search(r"=(?![0-9A-F]{2}|$)", content.replace("\r", ""), re.MULTILINE), place
        if encoding == "base64":
            assert all(len(line) <= 76 for line in lines), place
            base64.b64decode("".join(lines), validate=True)


def same_first_line(sent: Sent) -> None:
    """No blank line was put at the top of a text."""
    for was, now in zip(texts(sent.received, tolerant=True), texts(sent.raw), strict=True):
        assert was.lines[0] == now.lines[0]
        assert _blank_lines(was.source) == _blank_lines(now.source)


def _blank_lines(source: str) -> int:
    """How many blank lines stand on top."""
    return len(source) - len(source.lstrip())
