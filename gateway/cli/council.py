"""`vestry council`: councils, from and to their files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, desk, fail, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from config.council import Council

app = typer.Typer(help="Councils: import, export, list, pause, resume.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The council's TOML file.")], config: Config = DEFAULT_CONFIG
) -> None:
    """Take in a council from its file, new or changed.

    A council that is new is on trial for 28 days: what its checks find is recorded, and mail passes. Who may send
    as whom is in force at once. With `trial_until` its file may name another last day of the trial, a day that is
    over for none at all.
    """
    from config.council_file import load_council
    from gateway.clock import today_in_london
    from signatures.block.proof import prove

    council = load_council(file)
    prove(council, str(file))
    now = datetime.now(UTC)
    with desk(config) as it:
        if it.settings.upstreams and council.upstream not in it.settings.upstreams:
            names = ", ".join(sorted(it.settings.upstreams))
            fail(f"{file}: upstream: found {council.upstream!r}; allowed: {names}", 2)
        version, taken = it.write(lambda c: _take_in(c, council, now, file))
    typer.echo(f"{taken.name} ({taken.id}) is at version {version}, with {len(taken.people)} people.")
    if taken.on_trial(now):
        typer.echo(
            f"It is on trial until {taken.trial_until}: what the checks find is recorded, and mail passes. Who may "
            "send as whom is in force. To enforce the policy sooner, put `trial_until` with an earlier day at the top "
            "of the file and import it again."
        )
    if taken.review_passed(today_in_london(now)):
        typer.echo(f"The review date of its policy, {taken.policy.review}, has passed.")


def _take_in(connection: Connection, council: Council, now: datetime, file: Path) -> tuple[int, Council]:
    from config.kept import kept, on_first_import
    from gateway.clock import today_in_london
    from gateway.store import councils
    from gateway.store.errors import NotFound

    try:
        _, recorded = councils.load(connection, council.id)
    except NotFound:
        taken = on_first_import(council, today_in_london(now))
    else:
        taken = kept(recorded, council, str(file))
    return councils.save(connection, taken, now, f"import of {file.name}"), taken


@app.command()
def export(
    council: Annotated[str, typer.Argument(help="Council id.")], config: Config = DEFAULT_CONFIG
) -> None:
    """Print a council's file."""
    from config.council_file import dump
    from gateway.store import councils

    with desk(config) as it:
        _, found = it.read(lambda c: councils.load(c, council))
    typer.echo(dump(found), nl=False)


@app.command("list")
def list_(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the councils, with the last day of a trial that goes on and a review date that has passed."""
    from gateway.clock import today_in_london
    from gateway.store import councils

    with desk(config) as it:
        rows = it.read(lambda c: [councils.load(c, council) for council, _, _ in councils.everyone(c)])
    now = datetime.now(UTC)
    listed = [
        {
            "id": council.id,
            "name": council.name,
            "version": version,
            "trial_until": str(council.trial_until) if council.on_trial(now) else None,
            "review_passed": str(council.policy.review)
            if council.review_passed(today_in_london(now))
            else None,
        }
        for version, council in rows
    ]
    if as_json:
        print_json(listed)
    else:
        columns = ["Id", "Name", "Version", "On trial until", "Review date that has passed"]
        print_table(columns, [[str(value or "") for value in row.values()] for row in listed])


@app.command()
def pause(
    council: Annotated[str, typer.Argument(help="Council id.")],
    hours: Annotated[float, typer.Option(min=0.1, max=72, help="For how long; it ends by itself.")],
    by: Annotated[str, typer.Option(help="Who decided so.")],
    why: Annotated[str, typer.Option(help="Why.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Only record what the checks find, and hold nothing for it, until the time is over.

    Who may send as whom stays in force.
    """
    until = datetime.now(UTC) + timedelta(hours=hours)
    _set_pause(config, council, until, f"vestry council pause by {by}: {why}")
    typer.echo(f"{council} only records until {until.astimezone():%Y-%m-%d %H:%M}.")


@app.command()
def resume(
    council: Annotated[str, typer.Argument(help="Council id.")],
    by: Annotated[str, typer.Option(help="Who decided so.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """End a pause before its time."""
    _set_pause(config, council, None, f"vestry council resume by {by}")
    typer.echo(f"{council} enforces its policy again.")


def _set_pause(config: Path, council: str, until: datetime | None, by: str) -> None:
    from gateway.store import councils

    def change(connection: Connection) -> None:
        _, found = councils.load(connection, council)
        changed = found.model_copy(update={"record_only_until": until})
        councils.save(connection, changed, datetime.now(UTC), by)

    with desk(config) as it:
        it.write(change)
