"""`vestry held`: messages that wait for the Clerk."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from filters.finding import Decision
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

if TYPE_CHECKING:
    from gateway.holds import decisions

app = typer.Typer(help="Held messages: list, show, release, reject.", no_args_is_help=True)
Message = Annotated[str, typer.Argument(help="Queue id of the message.")]
By = Annotated[str, typer.Option(help="Login of the Clerk, deputy or locum who decides.")]


@app.command("list")
def list_(council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List what is held, oldest first."""
    from gateway.store import holds

    with desk(config) as it:
        council_id = it.council(council)
        rows = it.read(lambda c: holds.listing(c, council_id))
    if as_json:
        print_json([{**row._mapping, "findings": _findings(row.findings)} for row in rows])
        return
    print_table(
        ["Message", "Since", "From", "Subject", "Why"],
        [
            [row.id, moment(row.received_at), row.header_from, row.subject, _reasons(row.findings)]
            for row in rows
        ],
    )


@app.command()
def show(
    message: Message, council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Show a message, why it was held, and what was decided since."""
    from gateway.archive.told import what_changed
    from gateway.store import archive

    with desk(config) as it:
        council_id = it.council(council)
        changed = it.read(lambda c: what_changed(c, council_id, message))
        row = it.read(lambda c: archive.message(c, council_id, message))
        recipients = it.read(lambda c: [r.address for r in archive.recipients(c, council_id, message)])
        decisions = it.read(lambda c: archive.decisions(c, council_id, message))
    findings = _findings(decisions[0].findings)
    if as_json:
        print_json(
            {
                "message": message,
                "state": row.state,
                "from": row.header_from,
                "person": row.person,
                "to": recipients,
                "subject": row.subject,
                "received_at": row.received_at,
                "findings": findings,
                "changes": [asdict(each) for each in changed],
                "decisions": [
                    {"at": d.at, "by": d.by, "act": d.act, "why": d.why, "policy_version": d.policy_version}
                    for d in decisions
                ],
            }
        )
        return
    typer.echo(f"Message  {message} ({row.state}), received {moment(row.received_at)}")
    typer.echo(f"From     {row.header_from} (login: {row.person or 'none'})")
    typer.echo(f"To       {', '.join(recipients)}")
    typer.echo(f"Subject  {row.subject}")
    for finding in Decision.model_validate_json(decisions[0].findings).findings:
        typer.echo(f"\n{finding.reason}\n  Policy: {finding.clause}")
        for evidence in finding.evidence:
            typer.echo(f"  {evidence.where}: {evidence.text}")
    for change in changed:
        typer.echo(f"\n{change.sentence}")
        for mark, words in (("-", change.removed), ("+", change.added)):
            for line in words.split("\n") if words else ():
                typer.echo(f"  {mark} {line}")
    for decision in decisions[1:]:
        typer.echo(f"\n{moment(decision.at)}: {decision.act} by {decision.by}: {decision.why}")


@app.command()
def release(
    message: Message,
    by: By,
    why: Annotated[str, typer.Option(help="Reason, for the record.")] = "",
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Let a held message go to all its recipients."""
    from gateway.delivery.wake import ring
    from gateway.holds import decisions
    from gateway.holds.ready import make_ready
    from gateway.store import archive

    with desk(config) as it:
        council_id = it.council(council)
        act = _act(it, by, why)
        ready = None
        if it.read(lambda c: archive.message(c, council_id, message)).splices is None:
            ready = it.read(lambda c: make_ready(c, council_id, message, act, it.settings))
        departure = it.write(lambda c: decisions.release(c, council_id, message, act, ready))
        ring(it.settings)
    typer.echo(f"{message} is released and leaves as departure {departure}.")


@app.command()
def reject(
    message: Message,
    by: By,
    why: Annotated[str, typer.Option(help="Reason, told to the sender.")],
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Decide that a held message will not go, and tell its sender why."""
    from gateway.delivery.wake import ring
    from gateway.holds import decisions

    with desk(config) as it:
        council_id = it.council(council)
        act = _act(it, by, why)
        it.write(lambda c: decisions.reject(c, council_id, message, act))
        ring(it.settings)
    typer.echo(f"{message} is rejected; its sender is told.")


def _act(it: Desk, by: str, why: str) -> decisions.Act:
    from gateway.clock import today_in_london
    from gateway.holds.decisions import Act

    now = datetime.now(UTC)
    return Act(by=by, why=why, now=now, today=today_in_london(now), hostname=it.settings.hostname)


def _findings(text: str) -> list[dict[str, object]]:
    return [finding.as_json() for finding in Decision.model_validate_json(text).findings]


def _reasons(text: str) -> str:
    return " ".join(finding.reason for finding in Decision.model_validate_json(text).findings)
