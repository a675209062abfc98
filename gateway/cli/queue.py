"""`vestry queue`: what waits to be delivered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    CouncilId,
    desk,
    fail,
    moment,
    print_json,
    print_table,
)

app = typer.Typer(help="The delivery queue: list, show, retry.", no_args_is_help=True)


@app.command("list")
def list_(council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List what waits, oldest first."""
    from gateway.store import departures

    with desk(config) as it:
        council_id = it.council(council) if council else None
        rows = it.read(lambda c: departures.listing(c, council_id))
    if as_json:
        print_json(rows)
        return
    print_table(
        ["Departure", "Council", "Message", "Since", "Tries", "Next try", "Waiting for", "Said last"],
        [
            [
                row["departure"],
                row["council"],
                row["message"],
                moment(row["created_at"]),
                str(row["attempts"]),
                moment(row["next_attempt"]),
                f"{sum(r['state'] == 'queued' for r in row['recipients'])} recipients",
                _said_last(row),
            ]
            for row in rows
        ],
    )


@app.command()
def show(
    message: Annotated[str, typer.Argument(help="Queue id of the message.")],
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show a message's departures and what the upstream said of each recipient."""
    from gateway.store import departures

    with desk(config) as it:
        council_id = it.council(council)
        rows = it.read(lambda c: departures.of_message(c, council_id, message))
    if not rows:
        fail(f"{message} has no departure in {council_id}")
    if as_json:
        print_json(rows)
    else:
        print_table(["Departure", "Recipient", "State", "At", "Next try", "Reply"], _recipient_rows(rows))


@app.command()
def retry(
    departure: Annotated[str | None, typer.Argument(help="Departure id; all of them if left out.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Try again now."""
    from gateway.delivery.wake import ring
    from gateway.store import departures

    with desk(config) as it:
        count = it.write(lambda c: departures.retry(c, departure, datetime.now(UTC)))
        ring(it.settings, anew=True)
    if departure is not None and count == 0:
        fail(f"{departure} does not wait: it is done, being tried, or unknown")
    typer.echo(f"{count} due now.")


def _said_last(row: dict[str, Any]) -> str:
    """What the upstream, or Vestry itself, said last of those who wait."""
    waiting = [one for one in row["recipients"] if one["state"] == "queued"]
    return str(max(waiting, key=lambda one: one["changed_at"])["reply"])[:80] if waiting else ""


def _recipient_rows(rows: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [
            row["departure"],
            recipient["address"],
            recipient["state"],
            moment(recipient["changed_at"]),
            moment(recipient["next_attempt"]) if recipient["state"] == "queued" else "",
            recipient["reply"],
        ]
        for row in rows
        for recipient in row["recipients"]
    ]
