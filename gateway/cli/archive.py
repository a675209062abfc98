"""`vestry archive`: what is kept, in both versions, and proof that it is whole."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    CouncilId,
    Desk,
    desk,
    moment,
    print_json,
    print_table,
)

app = typer.Typer(help="The archive: list, show, verify.", no_args_is_help=True)
_DAY = ["%Y-%m-%d"]


@app.command("list")
def list_(
    without_waiver: Annotated[
        bool,
        typer.Option("--without-waiver", help="Only messages that go without the waiver they should have."),
    ] = False,
    since: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="First day, by the machine's own time zone.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day.")] = None,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List messages, oldest first, and why any of them goes without a waiver."""
    from gateway.store import archive

    begin = None if since is None else since.astimezone()
    end = None if until is None else (until + timedelta(days=1)).astimezone()
    with desk(config) as it:
        council_id = it.council(council)
        rows = it.read(lambda c: archive.listing(c, council_id, begin, end, without_waiver=without_waiver))
    if as_json:
        print_json(
            [
                {
                    **row._mapping,
                    "subject": _subject(row),
                    "written": json.loads(row.written) if row.written else None,
                }
                for row in rows
            ]
        )
        return
    print_table(
        ["Message", "Received", "State", "From", "Subject", "Without waiver"],
        [
            [
                row.id,
                moment(row.received_at),
                row.state,
                row.header_from,
                _subject(row),
                row.without_waiver or "",
            ]
            for row in rows
        ],
    )


@app.command()
def show(
    message: Annotated[str, typer.Argument(help="Queue id of the message.")],
    version: Annotated[
        Literal["record", "received", "sent"],
        typer.Option("--as", help="The record of it, or the message itself as received or as sent."),
    ] = "record",
    departure: Annotated[str | None, typer.Option(help="Which departure, for --as sent.")] = None,
    by: Annotated[str, typer.Option(help="Login of who opens residents' casework.")] = "",
    why: Annotated[str, typer.Option(help="Reason for opening casework; the member is told.")] = "",
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Print a message's record as JSON, or its very bytes. The bytes of casework need --by and --why."""
    from gateway.archive.versions import Altered, as_received, as_sent
    from gateway.holds.casework import is_casework
    from gateway.store import archive

    with desk(config) as it:
        council_id = it.council(council)
        row = it.read(lambda c: archive.open_message(c, council_id, message))
        if version != "record" and is_casework(row):
            _open(it, council_id, message, by, why)
        if version == "record":
            print_json(it.read(lambda c: _record(c, council_id, message)))
            return
        try:
            if version == "received":
                data = it.read(lambda c: as_received(c, council_id, message))
            else:
                data = it.read(lambda c: as_sent(c, council_id, message, departure))
        except Altered as error:
            typer.echo(f"vestry: {error}", err=True)
            raise typer.Exit(1) from None
    sys.stdout.buffer.write(data)


@app.command()
def mark(
    message: Annotated[str, typer.Argument(help="Queue id of the message.")],
    by: Annotated[str, typer.Option(help="Login of the Clerk, deputy or locum who says so.")],
    should_have_been_held: Annotated[
        tuple[str, str], typer.Option(help="Which check should have held it for the Clerk, and why.")
    ],
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say that a message that left should have been held. It is kept as feedback (`vestry feedback`)."""
    from gateway import clock
    from gateway.holds import feedback
    from gateway.holds.decisions import Act

    check, why = should_have_been_held
    with desk(config) as it:
        council_id = it.council(council)
        now = clock.now()
        act = Act(by=by, why=why, now=now, today=clock.today_in_london(now), hostname=it.settings.hostname)
        it.write(lambda c: feedback.should_have_been_held(c, council_id, message, act, check, why))
    if as_json:
        print_json({"message": message, "check": check})
    else:
        typer.echo(f"{message} is marked: {check} should have held it.")


@app.command()
def verify(council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Check the whole archive against its ledger; exit code 1 where anything is amiss."""
    from gateway.archive.verify import verify as faults_in
    from gateway.store import councils, ledger

    amiss = False
    with desk(config) as it:
        wanted = [it.council(council)] if council else [i for i, _, _ in it.read(councils.everyone)]
        for council_id in wanted:
            faults, (length, head) = it.read(
                lambda c, i=council_id: (list(faults_in(c, i)), ledger.head(c, i))  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
            )
            amiss = amiss or bool(faults)
            if as_json:
                found = [{"link": f.sequence, "message": f.message, "fault": f.what} for f in faults]
                print_json({"council": council_id, "links": length, "head": head, "faults": found})
                continue
            for fault in faults:
                typer.echo(f"{council_id}: link {fault.sequence}, message {fault.message}: {fault.what}")
            typer.echo(f"{council_id}: {length} links, {len(faults) or 'no'} faults, head {head[:16]}")
    raise typer.Exit(1 if amiss else 0)


def _subject(row: Any) -> str:
    """The subject as a list shows it: residents are named in that of casework."""
    from gateway.holds.casework import is_casework
    from gateway.notices import mask

    return mask.hidden(row.subject) if is_casework(row) else str(row.subject)


def _open(it: Desk, council: str, message: str, by: str, why: str) -> None:
    """Have it recorded that somebody opens casework, and the member told."""
    from gateway.clock import today_in_london
    from gateway.delivery.wake import ring
    from gateway.holds.casework import open_body
    from gateway.holds.decisions import Act

    now = datetime.now(UTC)
    act = Act(by=by, why=why, now=now, today=today_in_london(now), hostname=it.settings.hostname)
    it.write(lambda c: open_body(c, council, message, act))
    ring(it.settings)


def _record(connection: Any, council: str, message: str) -> dict[str, Any]:
    from gateway.archive.told import what_changed
    from gateway.holds.casework import is_casework
    from gateway.notices import mask
    from gateway.store import archive, departures

    found = archive.open_message(connection, council, message)
    closed = is_casework(found)
    row = dict(found._mapping)
    del row["submission_key"], row["splices"], row["prints"], row["sealed"]
    if closed:
        row["subject"] = mask.hidden(row["subject"])
    addresses = [r.address for r in archive.recipients(connection, council, message)]
    return {
        **row,
        "written": json.loads(row["written"]) if row["written"] else None,
        "changes": [] if closed else [asdict(each) for each in what_changed(connection, council, message)],
        "recipients": [mask.address(each) if closed else each for each in addresses],
        "decisions": [
            {
                "number": d.number,
                "at": d.at,
                "by": d.by,
                "act": d.act,
                "why": d.why,
                "detail": None if d.detail is None else json.loads(d.detail),
                "policy_version": d.policy_version,
                **_findings(d.findings, closed),
            }
            for d in archive.decisions(connection, council, message)
        ],
        "departures": [] if closed else departures.of_message(connection, council, message),
    }


def _findings(text: str, closed: bool) -> dict[str, Any]:
    """The findings of a decision; those on casework without what was seen."""
    from filters.finding import Decision
    from gateway.holds.casework import veiled

    decision = Decision.model_validate_json(text)
    found: dict[str, Any] = json.loads((veiled(decision) if closed else decision).model_dump_json())
    return found
