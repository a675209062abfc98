"""What the commands on the archive share: who asks and why, and the record of what they did."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.archive.wording import clean
from gateway.cli.common import Desk, fail

if TYPE_CHECKING:
    from config.person import Person
    from gateway.store.audit import Act

Message = Annotated[str, typer.Argument(help="Queue id of the message.")]
By = Annotated[
    str, typer.Option(help="Login of who asks: the Clerk, who stands in for the Clerk, or the FOI officer.")
]
Why = Annotated[str, typer.Option(help="Reason, for the record, such as the number of a request.")]
ByOrHost = Annotated[
    str, typer.Option(help="Login of who looks; by default whoever is logged in at this machine.")
]
WhyOptional = Annotated[str, typer.Option(help="Reason, for the record.")]


def host_user() -> str:
    """Who is logged in at this machine, as the record names them: no login of a council's."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    return f"host:{name}"


def said(text: str) -> str:
    """What somebody typed, fit for the record: on one line, without what is not seen or no text at all."""
    return " ".join(clean(text).split())


def typed(query: str) -> str:
    """A query as it was typed. Octets that are no text, which a terminal may send, are question marks."""
    return query.encode("utf-8", "replace").decode()


def asked_by(it: Desk, council: str, by: str, why: str) -> Person:
    """The person who asks, who may. Ends the command where no reason is given; raises Conflict."""
    from gateway.archive.entitled import entitled
    from gateway.clock import now, today_in_london
    from gateway.store import councils

    if not why.strip():
        fail("say why (--why): it stands in the record, such as the number of a request", 2)
    _, found = it.read(lambda c: councils.load(c, council))
    return entitled(found, by, today_in_london(now()))


def looked_by(it: Desk, council: str, by: str) -> str:
    """Who looks, for the record: a login that may, or whoever is at the machine. Raises Conflict."""
    from gateway.archive.entitled import entitled
    from gateway.clock import now, today_in_london
    from gateway.store import councils

    if not by:
        return host_user()
    _, found = it.read(lambda c: councils.load(c, council))
    return entitled(found, by, today_in_london(now())).login


def put_on_record(
    it: Desk,
    council: str,
    act: Act,
    by: str,
    why: str,
    message: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Write down what was done. Nothing is shown before this is durable. Returns the number of the record."""
    from gateway.store.audit import Audited, record

    done = Audited(act, by, said(why), datetime.now(UTC), message, detail)
    return it.write(lambda c: record(c, council, done))


def open_casework(it: Desk, council: str, messages: Iterable[str], by: str, why: str) -> None:
    """Have it recorded that somebody opens members' casework, and the members told. Raises Conflict, and NotFound."""
    from gateway.clock import today_in_london
    from gateway.delivery.wake import ring
    from gateway.holds.casework import open_body
    from gateway.holds.decisions import Act

    now = datetime.now(UTC)
    act = Act(by=by, why=why, now=now, today=today_in_london(now), hostname=it.settings.hostname)
    it.write(lambda c: [open_body(c, council, each, act) for each in messages])
    ring(it.settings)
