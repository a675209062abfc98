"""`vestry archive thread`: an exchange in order, with its gaps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from gateway.cli.archive.options import By, Why, asked_by, put_on_record
from gateway.cli.archive.wording import clean, listed
from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, CouncilId, desk, print_json
from gateway.clock import in_words


def thread(
    message: Annotated[str, typer.Argument(help="Queue id or Message-ID of a message of it.")],
    by: By,
    why: Why,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List an exchange, oldest first, and where a message of it is not in the archive. That it was done is recorded."""
    from gateway.archive.thread import Gap
    from gateway.archive.thread import thread as found
    from gateway.store.audit import Act

    with desk(config) as it:
        council_id = it.council(council)
        person = asked_by(it, council_id, by, why)
        steps = it.read(lambda c: found(c, council_id, message))
        detail = {"thread": message, "messages": sum(not isinstance(each, Gap) for each in steps)}
        put_on_record(it, council_id, Act.LISTED, person.login, why, detail=detail)
    if as_json:
        print_json([{"gap": isinstance(each, Gap), **asdict(each)} for each in steps])
        return
    for step in steps:
        if isinstance(step, Gap):
            typer.echo(f"[a message that is not in the archive: {clean(step.message_id)}]")
            continue
        typer.echo(f"{in_words(step.at)}  {step.state}  {step.message}")
        typer.echo(f"    {clean(step.subject) or '(no subject)'}")
        typer.echo(f"    From: {clean(step.author)}")
        if step.recipients:
            typer.echo(f"    To: {listed(step.recipients)}")
