"""What the commands share: finding the settings, opening the database, printing data."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import structlog
import typer
from rich.console import Console
from rich.table import Table

from config.settings import Settings, load

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from config.council import Council
    from gateway.scanning.scanner import Scanner
    from gateway.store.database import Database

T = TypeVar("T")
Config = Annotated[
    Path, typer.Option("--config", "-c", envvar="VESTRY_CONFIG", help="The host's settings file.")
]
CouncilId = Annotated[
    str | None, typer.Option("--council", help="Council id; may be left out where there is only one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
DEFAULT_CONFIG = Path("vestry.toml")


class Desk:
    """The database, opened for one command."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database

    def read(self, act: Callable[[Connection], T]) -> T:
        """What `act` returns from a connection of its own."""
        return self.database.read_blocking(act)

    def write(self, act: Callable[[Connection], T]) -> T:
        """What `act` returns, once its transaction is durably committed."""
        return self.database.write_blocking(act)

    def council(self, wanted: str | None) -> str:
        """The council named, or the only one there is."""
        from gateway.store import councils

        known = [council for council, _, _ in self.read(councils.everyone)]
        if wanted is None and len(known) == 1:
            return known[0]
        if wanted in known:
            return wanted
        there_is = f"there is: {', '.join(known) or 'none yet'}"
        if wanted is None:
            return fail(f"which council? Say --council; {there_is}", 2)
        return fail(f"there is no council {wanted}; {there_is}")


@contextlib.contextmanager
def desk(config: Path) -> Iterator[Desk]:
    """Open the database that the settings in `config` name."""
    from gateway.archive.key import key_of
    from gateway.store.database import Database

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = load(config)
    database = Database(settings.database_url, readers=1, key=key_of(settings))
    database.start()
    try:
        yield Desk(settings, database)
    finally:
        database.stop()


def scanner_for(council: Council, config: Path | None) -> Scanner | None:
    """The virus scanner of the settings in `config`, for a dry run. Where there is none and the council's policy asks
    for one, that is said aloud.
    """
    from gateway.scanning.scanner import scanner_of

    scanner = scanner_of(load(config).malware) if config is not None else None
    if scanner is None and "malware" in council.policy.checks:
        typer.echo(
            "vestry: nothing is scanned for viruses here; --config names settings with a scanner.", err=True
        )
    return scanner


def fail(text: str, code: int = 1) -> NoReturn:
    """Say what went wrong and end the command."""
    typer.echo(f"vestry: {text}", err=True)
    raise typer.Exit(code)


def print_json(data: Any) -> None:
    """One line of JSON; moments as ISO 8601."""
    typer.echo(json_of(data))


def json_of(data: Any) -> str:
    """JSON on one line; moments as ISO 8601."""
    return json.dumps(data, default=_plain, ensure_ascii=False)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table as wide as the terminal, or as needed where there is none."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=200)
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False, highlight=False) if rows else typer.echo("Nothing.", err=True)


def moment(value: datetime) -> str:
    """A moment as people read it, in the machine's own time zone."""
    return value.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")
