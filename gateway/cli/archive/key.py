"""`vestry archive key`: a new key that the archive is encrypted with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import fail


def key(file: Annotated[Path, typer.Argument(help="A new file for the key.")]) -> None:
    """Make a key for the encryption of the archive at rest, in a file that its owner alone can read."""
    from gateway.archive.key import make

    try:
        make(file)
    except FileExistsError:
        fail(f"{file} exists already; it was not overwritten")
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")
    typer.echo(f'{file} is written. Name it in the settings:\n\n[archive]\nkey = "{file.absolute()}"\n')
    typer.echo("Keep a copy elsewhere, and not with the backups: without it nobody can read the archive.")
