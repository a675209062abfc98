"""`vestry init` and `vestry serve`: set up, and run."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from config.settings import load
from gateway.cli.common import DEFAULT_CONFIG, Config, fail


def init(
    folder: Annotated[Path, typer.Argument(help="Folder for the settings file and the data.")] = Path(),
    hostname: Annotated[str | None, typer.Option(help="This host's name, as mail clients know it.")] = None,
    upstream: Annotated[
        str | None, typer.Option(help="The council's mail server, as host or host:port.")
    ] = None,
) -> None:
    """Write a commented settings file and make the database. Nothing that exists is overwritten."""
    from gateway.archive.key import key_of
    from gateway.setup import starting_settings
    from gateway.store.upgrade import upgrade

    path = folder / "vestry.toml"
    if path.exists():
        fail(f"{path} exists already; nothing was changed")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(starting_settings(hostname, upstream), encoding="utf-8")
    settings = load(path)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    upgrade(settings.database_url, key_of(settings))
    typer.echo(f"Wrote {path} and made the database in {settings.data_dir}.")
    typer.echo("Next: put your certificate where the settings say, then")
    typer.echo("  vestry council import COUNCIL.toml    the council, its people, its policy")
    typer.echo("  vestry person add LOGIN               a password for each")
    typer.echo("  vestry dkim key --domain DOMAIN       a key to sign with, and its DNS record")
    typer.echo("  vestry serve")


def serve(config: Config = DEFAULT_CONFIG) -> None:
    """Run the post room until told to stop."""
    settings = load(config)
    folder = settings.run_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    # The metrics library looks at this once, when it is first imported.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    from gateway import supervisor

    sys.exit(supervisor.main(config))
