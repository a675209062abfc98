"""`vestry held open`: the body of a member's casework, for a reason that is recorded and told."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from gateway.cli.common import DEFAULT_CONFIG, Config, CouncilId, desk


def open_(
    message: Annotated[str, typer.Argument(help="Queue id of the message.")],
    by: Annotated[str, typer.Option(help="Login of who opens it: an officer or a moderator.")],
    why: Annotated[str, typer.Option(help="Reason, for the record; the member is told.")],
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Open residents' casework and print it as received. It is recorded, and the member is told who opened it and why."""
    from gateway.clock import today_in_london
    from gateway.delivery.wake import ring
    from gateway.holds.casework import open_body
    from gateway.holds.decisions import Act

    with desk(config) as it:
        council_id = it.council(council)
        now = datetime.now(UTC)
        act = Act(by=by, why=why, now=now, today=today_in_london(now), hostname=it.settings.hostname)
        raw = it.write(lambda c: open_body(c, council_id, message, act))
        ring(it.settings)
    sys.stdout.buffer.write(raw)
