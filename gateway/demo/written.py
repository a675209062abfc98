"""Whether a sample left with its sender's agreed signature and the waiver, where they belong."""

from __future__ import annotations

from config.council import Council
from filters.capacity import capacity_of
from gateway import clock
from gateway.demo.sample import Sample
from gateway.demo.upstream import Delivered
from signatures.block.render import Block, render

_QUOTED = "\r\nOn "


def written(council: Council, sample: Sample, delivered: Delivered) -> str:
    """`written` where each stands once in the plain text, in its place; otherwise what is wrong.

    The samples' texts are neither base64 nor quoted-printable, so that they can be read as they stand.
    """
    text = delivered.content.partition(b"\r\n\r\n")[2].decode("utf-8", "replace")
    for name, lines in _wanted(council, sample):
        if text.count(lines) != 1:
            return f"{text.count(lines)} times a {name}"
    signature, waiver = (lines for _, lines in _wanted(council, sample))
    quoted = text.find(_QUOTED)
    above = quoted < 0 or text.find(signature) < quoted
    return (
        "written" if above and text.find(waiver) > max(quoted, text.find(signature)) else "not in its place"
    )


def _wanted(council: Council, sample: Sample) -> tuple[tuple[str, str], tuple[str, str]]:
    block = _block(council, sample)
    if block.signature is None or block.waiver is None:
        raise ValueError("the demo council has a signature and a waiver for everyone")
    signature, waiver = (
        piece.text.replace("\n", "\r\n") + "\r\n" for piece in (block.signature, block.waiver)
    )
    return ("signature", signature), ("waiver", waiver)


def _block(council: Council, sample: Sample) -> Block:
    today = clock.today_in_london(clock.now())
    person = council.person(sample.login)
    identity = person.identity(sample.mail_from, today) if person else None
    capacity = capacity_of(council, identity, sample.title, person)
    return render(council, person, sample.mail_from, capacity, today)
