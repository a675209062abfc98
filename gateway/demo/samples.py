"""Sample mail of the demonstration council: what is sent, what is asked, held and refused, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.demo.contents import contents
from gateway.demo.sample import Consented, Outcome, Reply, Road, Sample, Word, Writer

_RESIDENT = "j.smith@resident.example"
_PRIVATE = "cllr.a.home@gmail.com"

_REPLY_WITH_TRAIL = """\
Thank you, I will be there.

On Mon, 9 Nov 2026 at 10:12, Little Wickham Parish Council wrote:
> The meeting starts at 7.30 pm.
>
> Margaret Hale
> Clerk to the Council
"""

_FROM_A_PHONE = """\
The hall is free on Friday.

Sent from my iPhone
"""

_RESIDENTS_LETTER = """\
-------- Forwarded Message --------
Subject: Noise in Church Lane
Date: Mon, 9 Nov 2026 10:12:00 +0000
From: J. Smith <j.smith@resident.example>
To: {to}

The music went on until two. My neighbour at no. 4, anna.reed@resident.example,
heard it too.
"""


def samples(writer: Writer) -> Iterator[Sample]:
    """The samples, in the order in which they are sent."""
    yield from _ordinary(writer)
    yield from _in_whose_name(writer)
    yield from _who_gets_what(writer)
    yield from _to_private_addresses(writer)
    yield from contents(writer)


def _ordinary(writer: Writer) -> Iterator[Sample]:
    a, b, clerk, chair = (f"{name}@{writer.domain}" for name in ("cllr.a", "cllr.b", "clerk", "chair"))
    copied = ("clerk_copy",)
    pothole = "Dear Mr Smith,\n\nI have reported it.\n"
    yield writer.write(
        "plain", "Pothole in Mill Lane", a, (_RESIDENT,), pothole, checks=copied, added=(clerk,)
    )
    yield writer.write(
        "bcc",
        "Agenda for Monday",
        clerk,
        (chair, "press@newspaper.example"),
        "The agenda is on the website.\n",
        road=Road.TLS,
        header="Bcc: press@newspaper.example\n",
        gone="press@newspaper.example",
    )
    welsh = "Diolch yn fawr. The grant is £1,250.\n"
    yield writer.write(
        "welsh", "Cyfarfod – £1,250 grant", b, (_RESIDENT,), welsh, checks=copied, added=(clerk,)
    )
    yield writer.write(
        "shared",
        "Comment on 24/01234/FUL",
        b,
        (_RESIDENT, clerk),
        "The planning group has no objection.\n",
        sender=f"planning@{writer.domain}",
        shown=(_RESIDENT, clerk),
        road=Road.TLS,
    )
    yield writer.write("trail", "Re: Meeting on Monday", a, (clerk,), _REPLY_WITH_TRAIL)
    yield writer.write(
        "phone",
        "Hall on Friday",
        chair,
        (_RESIDENT,),
        _FROM_A_PHONE,
        checks=(*copied, "signature"),
        added=(clerk,),
    )
    yield writer.write(
        "trusted", "From the council's scanner", chair, (clerk,), "One page scanned.\n", road=Road.TRUSTED
    )
    yield writer.write(
        "personal",
        "[personal] The bypass",
        a,
        (_RESIDENT,),
        "As I see it the bypass comes too late.\n",
        seen="\r\nSubject: The bypass\r\n",
        gone="[personal]",
    )
    yield writer.write(
        "again", "Pothole in Mill Lane", a, (_RESIDENT,), pothole, id="plain", expected=Outcome.REPEATED
    )


def _in_whose_name(writer: Writer) -> Iterator[Sample]:
    a, b, clerk = (f"{name}@{writer.domain}" for name in ("cllr.a", "cllr.b", "clerk"))
    identity = ("sender_identity",)
    yield writer.write(
        "other",
        "Sent in another's name",
        b,
        (_RESIDENT,),
        "Signed by nobody.\n",
        sender=clerk,
        expected=Outcome.REFUSED,
        checks=identity,
    )
    yield writer.write(
        "title",
        f"Grass cutting, {writer.time}",
        a,
        (_RESIDENT, clerk),
        "The grass by the pond is very high.\n",
        display='"Clerk to the Council"',
        expected=Outcome.HELD,
        checks=identity,
        words=(Word(clerk, "return", "Please send it in your own name"),),
    )
    yield writer.write(
        "title.amended",
        f"Grass cutting, {writer.time}",
        a,
        (_RESIDENT, clerk),
        "The grass by the pond is very high.\n",
        display='"Anne Archer"',
        amends="title",
    )
    yield writer.write(
        "signature",
        f"Your complaint, {writer.time}",
        b,
        (_RESIDENT, clerk),
        "Thank you for writing.\n\nB. Brown\nParish Clerk\n",
        expected=Outcome.HELD,
        checks=identity,
    )


def _who_gets_what(writer: Writer) -> Iterator[Sample]:
    a, b, clerk = (f"{name}@{writer.domain}" for name in ("cllr.a", "cllr.b", "clerk"))
    # Who has answered once is not asked about the same people and thread again, also in the next run.
    roof, boiler = (f"{about}.{writer.run}@hall.example" for about in ("roof", "boiler"))
    group = (_RESIDENT, clerk, *(f"group.{number}@hall.example" for number in range(1, 6)))
    yield writer.write(
        "everybody",
        "Re: Village hall roof",
        a,
        group,
        "I agree with all of you.\n",
        shown=group,
        header=f"In-Reply-To: <{roof}>\nReferences: <{roof}>\n",
        expected=Outcome.ASKED,
        checks=("reply_all",),
        words=(Reply(a, "SEND"),),
    )
    fewer = tuple(f"roof.{number}@hall.example" for number in range(1, 7))
    yield writer.write(
        "fewer",
        "Re: Village hall boiler",
        a,
        (clerk, *fewer),
        "The boiler comes on Thursday.\n",
        shown=(clerk, *fewer),
        header=f"In-Reply-To: <{boiler}>\nReferences: <{boiler}>\n",
        expected=Outcome.ASKED,
        checks=("reply_all",),
        words=(Reply(a, "LEAVE OUT 2"),),
        left_out=fewer[:1],
        gone=fewer[0],
    )
    yield writer.write(
        "trail.out",
        "Fwd: Noise in Church Lane",
        b,
        ("licensing@wickhamshire-dc.example", clerk),
        "This came in today.\n\n" + _RESIDENTS_LETTER.format(to=b),
        shown=("licensing@wickhamshire-dc.example", clerk),
        expected=Outcome.ASKED,
        checks=("trail",),
        words=(Word(b, "release", without_trail=True),),
        seen="This came in today.",
        gone="anna.reed@resident.example",
    )
    yield writer.write(
        "forgotten",
        "Plan of the playground",
        clerk,
        (_RESIDENT,),
        "Dear Mr Smith,\n\nPlease find attached the plan.\n",
        expected=Outcome.ASKED,
        checks=("missing_attachment",),
        words=(Reply(clerk, "CANCEL"),),
    )
    yield writer.write(
        "typing",
        f"Allotment 12, {writer.time}",
        clerk,
        ("anna.reed@gmial.com",),
        "Dear Ms Reed,\n\nThe plot is yours.\n",
        expected=Outcome.ASKED,
        checks=("recipients",),
    )


def _to_private_addresses(writer: Writer) -> Iterator[Sample]:
    a, clerk = (f"{name}@{writer.domain}" for name in ("cllr.a", "clerk"))
    letter = _RESIDENTS_LETTER.format(to=a)
    yield writer.write(
        "home",
        "Fwd: Noise in Church Lane",
        a,
        (_PRIVATE, clerk),
        "To read tonight.\n\n" + letter,
        shown=(_PRIVATE, clerk),
        expected=Outcome.HELD,
        checks=("forwarding",),
        words=(Word(clerk, "release", "For tonight's meeting"),),
    )
    thread = f"<minutes.{writer.run}@resident.example>"
    yield writer.write(
        "agreed",
        "Fwd: Minutes to read",
        a,
        (_PRIVATE, clerk),
        letter,
        shown=(_PRIVATE, clerk),
        header=f"In-Reply-To: {thread}\nReferences: {thread}\n",
        checks=("forwarding",),
        consent=Consented(by=clerk, person=a, address=_PRIVATE, thread=thread),
    )
    yield writer.write(
        "robot",
        "Fwd: Noise in Church Lane",
        a,
        ("cllr.a.home@gmail.com",),
        letter,
        header="X-MS-Exchange-Inbox-Rules-Loop: cllr.a@littlewickham-pc.example\n",
        expected=Outcome.REFUSED,
        checks=("forwarding",),
    )
