"""`vestry db`: the tables."""

from __future__ import annotations

import typer

from config.settings import load
from gateway.cli.common import DEFAULT_CONFIG, Config

app = typer.Typer(help="The database's tables.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `upgrade` a sub-command while it is the only one."""


@app.command()
def upgrade(config: Config = DEFAULT_CONFIG) -> None:
    """Bring the tables to this version, creating them where there are none."""
    from gateway.archive.key import key_of
    from gateway.store.upgrade import upgrade

    settings = load(config)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    typer.echo(f"The database is at version {upgrade(settings.database_url, key_of(settings))}.")
