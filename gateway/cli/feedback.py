"""`vestry feedback`: what the Clerk said of checks, listed, and as a labelled set to judge them by."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, desk, fail, moment, print_json, print_table

app = typer.Typer(
    help="What was held wrongly and what should have been held: list, export.", no_args_is_help=True
)
CouncilArgument = Annotated[str, typer.Argument(help="Council id.")]
_SAID = {"wrongly_held": "wrongly held", "should_have_been_held": "should have been held"}


@app.command("list")
def list_(
    council: CouncilArgument,
    check: Annotated[str | None, typer.Option(help="Of this check alone.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List what was said of checks, oldest first: `held release --wrongly-held` and `archive mark` say it."""
    from gateway.store import feedback

    with desk(config) as it:
        council_id = it.council(council)
        rows = it.read(lambda c: feedback.of_council(c, council_id, check))
    if as_json:
        print_json(
            [
                {
                    "message": row.message_id,
                    "check": row.check,
                    "kind": row.kind,
                    "by": row.by,
                    "at": row.at,
                    "why": row.why,
                }
                for row in rows
            ]
        )
        return
    print_table(
        ["Message", "When", "Check", "What", "By", "Why"],
        [[row.message_id, moment(row.at), row.check, _SAID[row.kind], row.by, row.why] for row in rows],
    )


@app.command()
def export(
    council: CouncilArgument,
    check: Annotated[str, typer.Option(help="The check that the set is for.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Print a labelled set, in TOML, of the messages that something was said of about a check. No casework is in it."""
    from config.checks import KINDS
    from gateway.holds.feedback import labelled

    if check not in KINDS:
        fail(f"--check: found {check!r}; allowed: {', '.join(KINDS)}", 2)
    with desk(config) as it:
        council_id = it.council(council)
        text = it.read(lambda c: labelled(c, council_id, check))
    typer.echo(text, nl=False)
