"""`vestry consent`: the Clerk's consents to council mail at personal addresses."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from config.consent import Consent
from gateway.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    CouncilId,
    Desk,
    desk,
    fail,
    moment,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from gateway.store import consents

app = typer.Typer(
    help="The Clerk's consents to mail at personal addresses: grant, list, revoke.", no_args_is_help=True
)
By = Annotated[str, typer.Option(help="Login of the Clerk, deputy or locum who decides.")]
Why = Annotated[str, typer.Option(help="Reason, for the record.")]
_DAY = ["%Y-%m-%d"]


@app.command()
def grant(
    address: Annotated[str, typer.Option(help="Personal address that council mail may go to.")],
    by: By,
    why: Why,
    person: Annotated[
        str | None,
        typer.Option(help="Login of whom it is given to: whose own address it is, or who may send there."),
    ] = None,
    for_everyone: Annotated[
        bool,
        typer.Option(
            "--for-everyone", help="Everyone of the council may; for a contact with such an address."
        ),
    ] = False,
    thread: Annotated[
        str | None, typer.Option(help="Only for mail of the thread with this Message-ID.")
    ] = None,
    message: Annotated[
        str | None, typer.Option(help="Only for mail of the thread of the message with this queue id.")
    ] = None,
    sender: Annotated[str | None, typer.Option(help="Only for mail that this address wrote.")] = None,
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="First day; by default at once.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Last day; by default until it is revoked.")
    ] = None,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Grant consent, in force at once or from a day on. Nobody grants it to themselves."""
    from gateway.store import consents

    if (person is None) is not for_everyone:
        fail("say whom the consent is for: --person, or --for-everyone", 2)
    if thread is not None and message is not None:
        fail("name the thread by --thread or by --message, not by both", 2)
    with desk(config) as it:
        council_id = it.council(council)
        act = _act(by, why)
        last = _day(until)
        if last is not None and last < act.today:
            fail(f"{last} is over; the last day is today ({act.today}) or later", 2)
        wanted = consents.Wanted(
            address=_address(address, "--address"),
            person=_address(person, "--person") if person else None,
            thread=_thread_of(it, council_id, message) if message else _bracketed(thread),
            sender=_address(sender, "--sender") if sender else None,
            first=_day(from_),
            until=last,
        )
        version, granted = it.write(lambda c: consents.grant(c, council_id, wanted, act))
    typer.echo(f"Consent {granted.id}: {_said(granted)} (version {version}).")


@app.command("list")
def list_(
    everything: Annotated[
        bool, typer.Option("--all", help="Those that have ended or were revoked, too.")
    ] = False,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List the consents that are in force or to come."""
    from gateway import clock
    from gateway.store import councils

    with desk(config) as it:
        council_id = it.council(council)
        _, found = it.read(lambda c: councils.load(c, council_id))
    today = clock.today_in_london(clock.now())
    rows = [(each, _state(each, today)) for each in found.consents]
    shown = [(each, state) for each, state in rows if everything or state in {"in force", "to come"}]
    if as_json:
        print_json([{**each.model_dump(mode="json", by_alias=True), "state": state} for each, state in shown])
        return
    print_table(
        ["Consent", "Address", "For", "Only", "From", "Until", "Granted", "State"],
        [
            [
                each.id,
                each.address,
                each.person or "everyone",
                _scope(each),
                str(each.from_ or ""),
                str(each.until or ""),
                f"{moment(each.granted_at)} by {each.granted_by}: {each.why}",
                state if each.revoked_at is None else f"{state} by {each.revoked_by}: {each.revoked_why}",
            ]
            for each, state in shown
        ],
    )


@app.command()
def revoke(
    consent: Annotated[str, typer.Argument(help="Id of the consent.")],
    by: By,
    why: Why,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """End a consent at once. It stays in the record."""
    from gateway.store import consents

    with desk(config) as it:
        council_id = it.council(council)
        act = _act(by, why)
        version, revoked = it.write(lambda c: consents.revoke(c, council_id, consent, act))
    typer.echo(
        f"Consent {revoked.id} is revoked: no more mail goes to {revoked.address} by it (version {version})."
    )


def _act(by: str, why: str) -> consents.Act:
    from gateway import clock
    from gateway.store.consents import Act

    if not why.strip():
        fail("--why: say why, for the record", 2)
    now = clock.now()
    return Act(by=_address(by, "--by"), why=why, now=now, today=clock.today_in_london(now))


def _address(text: str, option: str) -> str:
    from config.address import BadAddress, canonical

    try:
        return canonical(text)
    except BadAddress as error:
        fail(f"{option}: found {text!r}; allowed: {error}", 2)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _bracketed(message_id: str | None) -> str | None:
    """A Message-ID as it stands in a header; people leave the brackets out, which a shell reads otherwise."""
    return f"<{message_id.strip().strip('<>')}>" if message_id is not None else None


def _thread_of(it: Desk, council_id: str, message: str) -> str:
    """The first message of a thread, as far as a later one tells: what is sent in it from now on names it too."""
    from gateway.archive.versions import as_received
    from gateway.holds.consenting import thread_of
    from gateway.store import archive
    from signatures.message.anatomy import read
    from signatures.message.scanner import Unscannable

    row = it.read(lambda c: archive.open_message(c, council_id, message))
    try:
        anatomy = read(it.read(lambda c: as_received(c, council_id, message)))
    except Unscannable as error:
        fail(f"{message} cannot be read: {error}; name the thread by --thread")
    return thread_of(anatomy, row.message_id)


def _said(consent: Consent) -> str:
    whom = consent.person or "everyone of the council"
    days = f"{f' from {consent.from_}' if consent.from_ else ''}{f' until {consent.until}' if consent.until else ''}"
    scope = _scope(consent)
    return f"{whom} may send council mail to {consent.address}{days}{f', {scope} only' if scope else ''}"


def _scope(consent: Consent) -> str:
    thread = f"thread {consent.thread}" if consent.thread else ""
    sender = f"mail from {consent.sender}" if consent.sender else ""
    return ", ".join(filter(None, (thread, sender)))


def _state(consent: Consent, today: date) -> str:
    if consent.revoked_at is not None:
        return "revoked"
    if consent.until is not None and consent.until < today:
        return "ended"
    return "to come" if consent.from_ is not None and today < consent.from_ else "in force"
