"""`vestry backup` and `vestry restore`: a copy of everything while mail flows, and its way back."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
import typer

from config.settings import load
from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, moment


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder for the backup: a new one, or an empty one.")],
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Copy the whole database while mail flows, with each ledger's head. Keys and certificates are not in it."""
    from gateway.backup.take import take

    _prepare()
    settings = load(config)
    taken = take(settings.database_url, config, folder, datetime.now(UTC))
    if as_json:
        typer.echo(taken.model_dump_json())
        return
    for council, head in taken.councils.items():
        typer.echo(f"{council}: {head.links} links, head {head.hash[:16]}")
    octets = sum(file.octets for file in taken.files.values())
    typer.echo(f"{folder} is a complete backup of {moment(taken.taken_at)}, {octets:,} octets.")
    typer.echo("DKIM keys, certificates and password files are not in it.", err=True)
    if taken.encrypted:
        typer.echo("Nor is the archive's key, without which nobody can read it.", err=True)


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of the backup.")],
    resume_queue: Annotated[
        bool, typer.Option("--resume-queue", help="Deliver what waited at the time of the backup.")
    ] = False,
    despite_faults: Annotated[
        bool, typer.Option("--despite-faults", help="Restore an archive even if it does not verify.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Bring a backup back into an empty database, and verify every archive. What waited is held back."""
    from gateway.archive.key import key_of
    from gateway.backup.restore import restore as bring_back
    from gateway.supervisor import lock

    _prepare()
    settings = load(config)
    with lock(settings.data_dir):
        restored = bring_back(
            folder,
            settings.database_url,
            datetime.now(UTC),
            key=key_of(settings),
            resume_queue=resume_queue,
            despite_faults=despite_faults,
        )
    taken = restored.manifest
    for fault in restored.faults:
        typer.echo(fault)
    for council, head in taken.councils.items():
        whole = "verified" if not restored.faults else "restored"
        typer.echo(f"{council}: {whole}, {head.links} links, head {head.hash[:16]}")
    typer.echo(f"Restored as it was at {moment(taken.taken_at)}. What was changed since is not there:")
    typer.echo("people disabled, passwords, consents, decisions on held mail. Look before you start.")
    if restored.held_back:
        typer.echo(
            f"{restored.waiting} departures waited then, and may have been delivered since. They are held back:"
        )
        typer.echo("`vestry queue list` shows them, `vestry queue retry [DEPARTURE]` lets one go, or all.")
    elif restored.waiting:
        typer.echo(f"{restored.waiting} departures waited then; they are delivered when Vestry runs.")
    if taken.held:
        typer.echo(f"{taken.held} messages are held; some may have been released or rejected since.")
    if restored.faults:
        raise typer.Exit(1)


def _prepare() -> None:
    """What is written is nobody else's to read; what is logged is for when something is wrong."""
    os.umask(0o077)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
