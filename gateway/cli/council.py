"""`vestry council`: councils, from and to their files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, desk, fail, print_json, print_table

app = typer.Typer(help="Councils: import, export, list.", no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The council's TOML file.")], config: Config = DEFAULT_CONFIG
) -> None:
    """Take in a council from its file, new or changed."""
    from config.council_file import load_council
    from filters.registry import CHECKS, unknown_checks
    from gateway.store import councils

    council = load_council(file)
    if unknown := unknown_checks(council.policy):
        known = ", ".join(sorted(CHECKS))
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
