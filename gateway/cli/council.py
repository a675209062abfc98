"""`vestry council`: councils, from and to their files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, desk, fail, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(help="Councils: import, export, list, pause, resume.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The council's TOML file.")], config: Config = DEFAULT_CONFIG
) -> None:
    """Take in a council from its file, new or changed."""
    from config.council_file import load_council
    from filters.registry import CHECKS, WRITTEN, unknown_checks
    from gateway.store import councils
    from signatures.block.proof import prove

    council = load_council(file)
    prove(council, str(file))
    if unknown := unknown_checks(council.policy):
        known = ", ".join(sorted(CHECKS.keys() | WRITTEN))
        fail(f"{file}: policy.checks: found {', '.join(sorted(unknown))}; allowed: {known}", 2)
    with desk(config) as it:
        if it.settings.upstreams and council.upstream not in it.settings.upstreams:
            names = ", ".join(sorted(it.settings.upstreams))
            fail(f"{file}: upstream: found {council.upstream!r}; allowed: {names}", 2)
        version = it.write(lambda c: councils.save(c, council, datetime.now(UTC), f"import of {file.name}"))
    typer.echo(f"{council.name} ({council.id}) is at version {version}, with {len(council.people)} people.")


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
    """List the councils."""
    from gateway.store import councils

    with desk(config) as it:
        rows = it.read(councils.everyone)
    if as_json:
        print_json([{"id": i, "name": name, "version": version} for i, name, version in rows])
    else:
        print_table(["Id", "Name", "Version"], [[i, name, str(version)] for i, name, version in rows])


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
