"""`vestry archive mark`: an officer's word that a message that left should have been held."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.archive.options import Message
from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, CouncilId, desk, print_json


def mark(
    message: Message,
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
