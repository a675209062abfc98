"""`vestry held`: messages that wait for their sender's word, the Clerk's or a moderator's."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
    desk,
    moment,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from gateway.holds.shown import Shown

app = typer.Typer(
    help="Held messages: list, show, claim, release, return, reject, send as Clerk.", no_args_is_help=True
)
_STANDS = {"joined": "is the same as, and waits with"}
Message = Annotated[str, typer.Argument(help="Queue id of the message.")]


@app.command("list")
def list_(council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List what is held, oldest first, and whose word each still needs."""
    from gateway.holds.shown import listing
    from gateway.store import claims, councils

    with desk(config) as it:
        council_id = it.council(council)
        _, found = it.read(lambda c: councils.load(c, council_id))
        now = datetime.now(UTC)
        rows = it.read(lambda c: listing(c, found, now))
        looking = it.read(lambda c: claims.standing(c, council_id, now))
    if as_json:
        print_json(
            [
                {
                    "id": row.id,
                    "received_at": row.received_at,
                    "person": row.person,
                    "header_from": row.header_from,
                    "subject": row.subject,
                    "size": row.size,
                    "casework": row.casework,
                    "findings": [finding.as_json() for finding in row.decision.findings],
                    "waits_for": row.waits_for,
                    "reviewers": row.reviewers,
                    "unanswered": row.unanswered,
                    "telephone": row.telephone,
                    "left_behind": row.left_behind,
                    "claimed_by": looking[row.id].by if row.id in looking else None,
                }
                for row in rows
            ]
        )
        return
    print_table(
        ["Message", "Since", "From", "Subject", "Waits for", "Looked at by", "Why"],
        [
            [
                row.id,
                moment(row.received_at),
                row.header_from,
                row.subject,
                _waiting(row),
                looking[row.id].by if row.id in looking else "",
                " ".join(finding.reason for finding in row.decision.findings),
            ]
            for row in rows
        ],
    )


@app.command()
def show(
    message: Message, council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False
) -> None:
    """Show a message, why it was held, and what was decided since. Of casework only a masked extract: see open."""
    from gateway.archive.told import what_changed
    from gateway.holds.casework import extract, is_casework, veiled
    from gateway.notices import mask
    from gateway.store import again, archive, claims
    from gateway.store.latest import of_people, of_policy

    with desk(config) as it:
        council_id = it.council(council)
        row = it.read(lambda c: archive.open_message(c, council_id, message))
        casework = is_casework(row)
        changed = () if casework else it.read(lambda c: what_changed(c, council_id, message))
        recipients = it.read(lambda c: [r.address for r in archive.recipients(c, council_id, message)])
        decisions = it.read(lambda c: archive.decisions(c, council_id, message))
        looking = it.read(lambda c: claims.standing(c, council_id, datetime.now(UTC), message)).get(message)
        linked = it.read(lambda c: again.linked(c, council_id, message))
        beginning = it.read(lambda c: extract(c, council_id, message)) if casework else ""
    stands = of_policy(decisions).findings
    decision = Decision.model_validate_json(stands)
    subject = row.subject
    if casework:
        decision, subject = veiled(decision), mask.hidden(row.subject)
        recipients = [mask.address(each) for each in recipients]
    findings = [finding.as_json() for finding in decision.findings]
    if as_json:
        print_json(
            {
                "message": message,
                "state": row.state,
                "from": row.header_from,
                "person": row.person,
                "to": recipients,
                "about": row.about,
                "linked": [{"message": each.id, "state": each.state} for each in linked],
                "claimed_by": looking.by if looking else None,
                "subject": subject,
                "received_at": row.received_at,
                "casework": casework,
                "extract": beginning,
                "findings": findings,
                "waits_for": _waits_for(stands, tuple(d.act for d in of_people(decisions)))
                if row.state == "held"
                else [],
                "changes": [asdict(each) for each in changed],
                "decisions": [
                    {
                        "at": d.at,
                        "by": d.by,
                        "act": d.act,
                        "why": d.why,
                        "policy_version": d.policy_version,
                        "detail": None if d.detail is None else json.loads(d.detail),
                    }
                    for d in decisions
                ],
            }
        )
        return
    typer.echo(f"Message  {message} ({row.state}), received {moment(row.received_at)}")
    typer.echo(f"From     {row.header_from} (login: {row.person or 'none'})")
    for number, address in enumerate(recipients, 1):
        typer.echo(f"{'To' if number == 1 else '':8} {number}. {address}")
    typer.echo(f"Subject  {subject}")
    if row.about is not None:
        typer.echo(f"About    {row.about}, which it {_STANDS.get(row.state, 'amends or sends on')}")
    for each in linked:
        typer.echo(f"Later    {each.id} ({each.state}), by {each.person}")
    if looking is not None:
        typer.echo(f"Claimed  being looked at by {looking.by} since {moment(looking.at)}")
    if casework:
        typer.echo(f"Casework {beginning}")
        typer.echo("         To read it whole: vestry held open, with --by and --why. The member is told.")
    if row.state == "held":
        waits = _waits_for(stands, tuple(d.act for d in of_people(decisions)))
        typer.echo(f"Needs    the word of: {', '.join(waits)}")
    for finding in decision.findings:
        typer.echo(f"\n{finding.reason}\n  Policy: {finding.clause}")
        for evidence in finding.evidence:
            typer.echo(f"  {evidence.where}: {evidence.text}")
    for change in changed:
        typer.echo(f"\n{change.sentence}")
        for mark, words in (("-", change.removed), ("+", change.added)):
            for line in words.split("\n") if words else ():
                typer.echo(f"  {mark} {line}")
    for each in decisions[1:]:
        said = f": {each.why}" if each.why else ""
        typer.echo(f"\n{moment(each.at)}: {each.act} by {each.by}{said}")
        for line in _chosen(each.detail, recipients):
            typer.echo(f"  {line}")


def _waiting(row: Shown) -> str:
    """Whom a message waits for, in a line of the list."""
    at_hand = ", ".join(row.reviewers) or "nobody at present"
    if row.left_behind:
        return f"its sender has left; to be cancelled by {at_hand}"
    said = [", ".join(row.waits_for)]
    if {"clerk", "moderator"} & {*row.waits_for}:
        said.append(f"now with {at_hand}")
    if row.unanswered:
        said.append(f"not answered, telephone {row.telephone or 'unknown'}")
    return "; ".join(said)


def _chosen(detail: str | None, recipients: list[str]) -> Iterator[str]:
    """What somebody chose with a decision, in lines."""
    told = json.loads(detail) if detail else {}
    for name, said in (("left_out", "left out"), ("blind", "moved to Bcc")):
        if told.get(name):
            yield f"{said}: {', '.join(recipients[number] for number in told[name])}"
    if told.get("without_trail"):
        yield "without the earlier messages"
    if told.get("not_binding"):
        yield "stated: it does not bind the Council"
    if told.get("basis"):
        yield f"stated, on what basis a resident's details go on: {told['basis']}"
    if "sent_as" in told:
        yield f"sent as {told['sent_as']}"


def _waits_for(text: str, acts: tuple[str, ...]) -> list[str]:
    """Whose words a message still needs."""
    from gateway.holds.standing import standing
    from gateway.holds.words import given

    decision = standing(Decision.model_validate_json(text), acts)
    return sorted(need.value for need in decision.needs - given(acts))
