"""`vestry held`: messages that wait for their sender's word, the Clerk's or a moderator's."""

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
By = Annotated[
    str, typer.Option(help="Login of who decides: the Clerk, deputy or locum, a moderator, or the sender.")
]


@app.command("list")
def list_(council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List what is held, oldest first, and whose word each still needs."""
    from gateway.store import holds

    with desk(config) as it:
        council_id = it.council(council)
        rows = it.read(lambda c: holds.listing(c, council_id))
        acts = it.read(lambda c: holds.acts_on_held(c, council_id))
    waits = {row.id: _waits_for(row.findings, acts.get(row.id, ())) for row in rows}
    if as_json:
        print_json(
            [
                {**row._mapping, "findings": _findings(row.findings), "waits_for": waits[row.id]}
                for row in rows
            ]
        )
        return
    print_table(
        ["Message", "Since", "From", "Subject", "Waits for", "Why"],
        [
            [
                row.id,
                moment(row.received_at),
                row.header_from,
                row.subject,
                ", ".join(waits[row.id]),
                _reasons(row.findings),
            ]
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
                "waits_for": _waits_for(decisions[0].findings, tuple(d.act for d in decisions[1:]))
                if row.state == "held"
                else [],
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
    if row.state == "held":
        waits = _waits_for(decisions[0].findings, tuple(d.act for d in decisions[1:]))
        typer.echo(f"Needs    the word of: {', '.join(waits)}")
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
        said = f": {decision.why}" if decision.why else ""
        typer.echo(f"\n{moment(decision.at)}: {decision.act} by {decision.by}{said}")


@app.command()
def release(
    message: Message,
    by: By,
    why: Annotated[str, typer.Option(help="Reason, for the record.")] = "",
    without_trail: Annotated[
        bool,
        typer.Option(
            "--without-trail", help="The sender's choice: leave out the earlier messages it quotes."
        ),
    ] = False,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Give your word for a held message. It goes to all its recipients once it has every word that it needs."""
    from gateway.delivery.wake import ring
    from gateway.holds import decisions
    from gateway.holds.ready import make_ready

    with desk(config) as it:
        council_id = it.council(council)
        act = _act(it, by, why)
        ready = None
        if it.read(lambda c: decisions.must_be_made_ready(c, council_id, message, without_trail)):
            strip = without_trail or it.read(lambda c: decisions.trail_goes(c, council_id, message))
            ready = it.read(lambda c: make_ready(c, council_id, message, act, it.settings, strip=strip))
        given = it.write(lambda c: decisions.release(c, council_id, message, act, ready))
        ring(it.settings)
    if given.departure is None:
        typer.echo(f"Your word is recorded. {message} now waits for {given.waits_for}.")
    else:
        typer.echo(f"{message} is released and leaves as departure {given.departure}.")


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


def _waits_for(text: str, acts: tuple[str, ...]) -> list[str]:
    """Whose words a message still needs."""
    from gateway.holds.words import given

    return sorted(need.value for need in Decision.model_validate_json(text).needs - given(acts))


def _reasons(text: str) -> str:
    return " ".join(finding.reason for finding in Decision.model_validate_json(text).findings)
