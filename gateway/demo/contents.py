"""Sample mail that is sent, asked about, held and noted for what is written in it, or attached to it."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from gateway.demo.sample import Outcome, Reply, Sample, Word, Writer

_RESIDENT = "j.smith@resident.example"
_FIRM = "sam@oakes-paving.example"
_COUNTY = "adults@wickhamshire-dc.example"

_A_PROGRAM = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 44 + b"\x40\0\0\0PE\0\0" + b"\0" * 64
"""As much of a Windows program as shows that it is one; it does nothing."""


def contents(writer: Writer) -> Iterator[Sample]:
    """The samples, in the order in which they are sent."""
    yield from _for_the_council(writer)
    yield from _about_people(writer)
    yield from _in_confidence(writer)
    yield from _how_it_is_said(writer)
    yield from _attached(writer)
    yield from _reported(writer)


def _for_the_council(writer: Writer) -> Iterator[Sample]:
    a, b, clerk = (f"{name}@{writer.domain}" for name in ("cllr.a", "cllr.b", "clerk"))
    yield writer.write(
        "binds",
        f"Your quotation, {writer.time}",
        b,
        (_FIRM, clerk),
        "Dear Sam,\n\nWe accept your quotation of £4,200 for the paving.\n",
        expected=Outcome.HELD,
        checks=("authority",),
        words=(Word(clerk, "reject", "I will order it after the meeting on Tuesday"),),
    )
    yield writer.write(
        "may.bind",
        f"The bench, {writer.time}",
        a,
        (_FIRM, clerk),
        "Dear Sam,\n\nMonday suits us, see you at the pond with the new bench.\n",
        expected=Outcome.ASKED,
        checks=("authority",),
        words=(Reply(a, "NOT BINDING"),),
    )


def _about_people(writer: Writer) -> Iterator[Sample]:
    a, b, clerk = (f"{name}@{writer.domain}" for name in ("cllr.a", "cllr.b", "clerk"))
    yield writer.write(
        "resident",
        f"Help for a resident, {writer.time}",
        a,
        (_COUNTY, clerk),
        "Dear colleagues,\n\nMrs Jean Lightfoot, 7 Church Row, Little Wickham, has dementia and is often alone.\n",
        expected=Outcome.ASKED,
        checks=("personal_data", "naming"),
        words=(Reply(a, "BASIS Her daughter asked me on Monday to tell you"),),
    )
    yield writer.write(
        "password",
        f"The website, {writer.time}",
        b,
        (_FIRM, clerk),
        "Sam,\n\nThe login is office and the password: Wickham-Green-42\n",
        expected=Outcome.ASKED,
        checks=("secrets",),
        words=(Reply(b, "CANCEL"),),
    )


def _in_confidence(writer: Writer) -> Iterator[Sample]:
    b, clerk = (f"{name}@{writer.domain}" for name in ("cllr.b", "clerk"))
    yield writer.write(
        "confidential",
        f"Offer for Pound Field, {writer.time}",
        b,
        (_RESIDENT, clerk),
        "NOT FOR PUBLICATION\n\nThe price that the Council is ready to pay.\n",
        expected=Outcome.HELD,
        checks=("confidential",),
    )


def _how_it_is_said(writer: Writer) -> Iterator[Sample]:
    a, b, clerk = (f"{name}@{writer.domain}" for name in ("cllr.a", "cllr.b", "clerk"))
    yield writer.write(
        "rude",
        f"Your hedge, {writer.time}",
        b,
        (_RESIDENT, clerk),
        "I am sick of your bloody hedge, you idiot.\n",
        expected=Outcome.ASKED,
        checks=("language",),
        words=(Reply(b, "CANCEL"),),
    )
    yield writer.write(
        "canvassing",
        f"Thursday, {writer.time}",
        a,
        (_RESIDENT, clerk),
        "Vote for me on Thursday, and tell your neighbours.\n",
        expected=Outcome.ASKED,
        checks=("solicitation",),
        words=(Reply(a, "CANCEL"),),
    )
    welsh = (
        "Annwyl gyfaill,\n\nBydd y cyngor yn cyfarfod nos Fawrth yn neuadd y pentref am saith o'r gloch, ac mae croeso "
        "i bawb ddod i glywed am y cynllun newydd ar gyfer y cae chwarae.\n"
    )
    yield writer.write(
        "all.welsh",
        "Cyfarfod nos Fawrth",
        b,
        (_RESIDENT, clerk),
        welsh,
        checks=("authority", "confidential", "language", "solicitation"),
    )


def _attached(writer: Writer) -> Iterator[Sample]:
    b, clerk = (f"{name}@{writer.domain}" for name in ("cllr.b", "clerk"))
    yield writer.write(
        "program",
        f"A viewer for the plans, {writer.time}",
        b,
        (_RESIDENT, clerk),
        _with_file("Here is the viewer.\n", "viewer.exe", "application/octet-stream", _A_PROGRAM),
        header='Content-Type: multipart/mixed; boundary="part"\n',
        expected=Outcome.HELD,
        checks=("attachments", "malware"),
        words=(Word(clerk, "reject", "Please send the plans themselves"),),
    )


def _reported(writer: Writer) -> Iterator[Sample]:
    a = f"cllr.a@{writer.domain}"
    heading = f"Subject: Prize\nFrom: Prize <win@prize.example>\nTo: {a}\n"
    letter = f"-------- Forwarded Message --------\n{heading}\nYou have won.\n"
    yield writer.write(
        "reported",
        "Fwd: Prize",
        a,
        (f"report@{writer.domain}",),
        f"Is this real?\n\n{letter}",
        expected=Outcome.REPORTED,
    )


def _with_file(text: str, name: str, kind: str, content: bytes) -> str:
    encoded = base64.encodebytes(content).decode("ascii")
    return (
        f"--part\nContent-Type: text/plain; charset=utf-8\n\n{text}--part\nContent-Type: {kind}\n"
        f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n{encoded}--part--\n'
    )
