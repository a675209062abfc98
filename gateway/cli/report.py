"""`vestry report`: what people of a council reported, each a case until it is closed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, desk, moment, print_json, print_table

if TYPE_CHECKING:
    from gateway.holds.decisions import Act

app = typer.Typer(help="Reported messages: list, show, close.", no_args_is_help=True)
CouncilArgument = Annotated[str, typer.Argument(help="Council id.")]
Message = Annotated[str, typer.Argument(help="Queue id of the report.")]
By = Annotated[str, typer.Option(help="Login of the officer who looks at it.")]
_WHY = {"asked": "not the Clerk, as asked", "own": "not the Clerk, whose mail it is"}


@app.command("list")
def list_(
    council: CouncilArgument,
    all_: Annotated[bool, typer.Option("--all", help="Those that are closed, too.")] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List reports, oldest first: who made them, when, and who looks at them. What they are about is in `show`."""
    from gateway.reports import cases

    with desk(config) as it:
        council_id = it.council(council)
        rows = it.read(lambda c: cases.listing(c, council_id, closed=all_))
    if as_json:
        print_json(rows)
        return
    print_table(
        ["Report", "When", "By", "State", "Looked at by", "Note"],
        [
            [
                row["id"],
                moment(row["at"]),
                row["by"],
                "open" if row["closed_at"] is None else f"closed by {row['closed_by']}",
                ", ".join(row["lookers"]) or "nobody at present",
                _WHY.get(row["alternate"], ""),
            ]
            for row in rows
        ],
    )


@app.command()
def show(
    council: CouncilArgument,
    report: Message,
    by: By,
    original: Annotated[
        bool, typer.Option("--original", help="Print the very bytes of what was reported instead.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show a report and what it says of itself. Only who is to look at it can."""
    from gateway.reports import cases

    with desk(config) as it:
        council_id = it.council(council)
        act = _act(by, "", it.settings.hostname)
        if original:
            sys.stdout.buffer.write(it.read(lambda c: cases.original_of(c, council_id, report, act)))
            return
        found: dict[str, Any] = it.read(lambda c: cases.shown(c, council_id, report, act))
    if as_json:
        print_json(found)
        return
    typer.echo(f"Report   {found['id']} by {found['by']}, taken {moment(found['at'])}")
    typer.echo(f"About    {found['subject'] or '(no subject)'}")
    typer.echo(f"From     {found['author'] or 'unknown'} (as it says itself; came {found['original']})")
    if found["known_as"]:
        typer.echo(f"         It was sent from here, as {found['known_as']}.")
    if found["alternate"]:
        typer.echo(f"Note     {_WHY[found['alternate']]}")
    if found["note"]:
        typer.echo(f"\n{found['note']}")
    typer.echo(f"\n{found['text']}" if found["text"] else "")
    if found["closed_at"] is not None:
        typer.echo(f"\n{moment(found['closed_at'])}: closed by {found['closed_by']}: {found['outcome']}")


@app.command()
def close(
    council: CouncilArgument,
    report: Message,
    by: By,
    outcome: Annotated[str, typer.Option(help="What was done about it, for the record.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Close a report with a word on what was done. Only who is to look at it can."""
    from gateway.reports import cases

    with desk(config) as it:
        council_id = it.council(council)
        act = _act(by, outcome, it.settings.hostname)
        it.write(lambda c: cases.close(c, council_id, report, act))
    if as_json:
        print_json({"report": report, "closed_by": by})
    else:
        typer.echo(f"{report} is closed.")


def _act(by: str, why: str, hostname: str) -> Act:
    from gateway import clock
    from gateway.holds.decisions import Act

    now = clock.now()
    return Act(by=by, why=why, now=now, today=clock.today_in_london(now), hostname=hostname)
