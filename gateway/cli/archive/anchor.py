"""`vestry archive anchor` and `proof`: what shows outsiders that the archive is whole."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.archive.options import (
    By,
    ByOrHost,
    Why,
    WhyOptional,
    asked_by,
    looked_by,
    open_casework,
    put_on_record,
    said,
)
from gateway.cli.archive.progress import progress
from gateway.cli.archive.wording import number
from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, CouncilId, Desk, desk, fail, print_json

if TYPE_CHECKING:
    from sqlalchemy import Connection


def anchor(
    last: Annotated[
        bool, typer.Option("--print", help="Print the last one again, for the minutes, and make none.")
    ] = False,
    by: ByOrHost = "",
    why: WhyOptional = "",
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Sign the head of the council's ledger now, and print that, to be kept where nobody of this host can change it."""
    from gateway import clock
    from gateway.archive.anchoring import make_anchor, printed
    from gateway.store import anchors

    with desk(config) as it:
        council_id = it.council(council)
        if last:
            there = it.read(lambda c: anchors.latest(c, council_id))
            made = there[1] if there else fail(f"{council_id} has no anchor yet; without --print one is made")
        else:
            who = looked_by(it, council_id, by)
            reason = said(why) or "made by hand"
            made = it.write(lambda c: make_anchor(c, council_id, clock.now(), who, reason))
    if as_json:
        print_json(asdict(made))
    else:
        typer.echo(printed(made).rstrip("\n"))


def proof(
    out: Annotated[
        Path, typer.Option("-o", "--out", help="A new folder for it, or a zip file where it ends in .zip.")
    ],
    by: By,
    why: Why,
    message: Annotated[
        list[str] | None,
        typer.Argument(help="Queue ids of the messages to go into it; by default all there are."),
    ] = None,
    with_casework: Annotated[
        bool,
        typer.Option(
            "--with-casework", help="Those named that are members' casework, too; the members are told."
        ),
    ] = False,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Write messages and the whole ledger out, for anybody to check with `python -m gateway.archive.offline`.

    It holds the messages themselves. Of members' casework only the ledger's entries are in it, unless the messages are
    named and it is asked for; mail to protected recipients is never in it.
    """
    from gateway.archive.offline.write import write_proof
    from gateway.store.audit import Act

    with desk(config) as it, progress("Writing") as step, _told(out):
        council_id = it.council(council)
        person = asked_by(it, council_id, by, why)
        opened = _casework(it, council_id, message, out) if with_casework else []
        if opened:
            open_casework(it, council_id, opened, person.login, why)
        written, left_out = it.read(lambda c: write_proof(c, council_id, out, message or None, step, opened))
        detail: dict[str, Any] = {"messages": sorted(message) if message else "all", "written": written}
        if opened:
            detail["casework"] = opened
        try:
            put_on_record(it, council_id, Act.EXPORTED, person.login, why, detail=detail)
        except BaseException:
            _remove(out)  # What nobody is on the record for is not given out.
            raise
    typer.echo(f"{out}: {number(written, 'message')}, and the whole ledger.")
    if left_out:
        are = "is" if left_out == 1 else "are"
        typer.echo(
            f"{number(left_out, 'message')} of members' casework, or about it, {are} left out: "
            f"{'its' if left_out == 1 else 'their'} entries are in the ledger."
        )


def _casework(it: Desk, council: str, messages: list[str] | None, out: Path) -> list[str]:
    """The casework that the messages are or are about. Ends the command where none are named; raises NotFound."""
    from gateway.holds.casework import concerned
    from gateway.store import archive

    if not messages:
        fail("--with-casework wants the messages named: a member is told of each that is opened", 2)
    if out.exists():
        fail(f"there is something at {out} already")

    def look(connection: Connection) -> set[str | None]:
        rows = [archive.open_message(connection, council, each) for each in messages]
        return {concerned(connection, council, row) for row in rows}

    return sorted(each for each in it.read(look) if each is not None)


@contextlib.contextmanager
def _told(out: Path) -> Iterator[None]:
    """End the command with a sentence where something cannot be written there."""
    try:
        yield
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror}")


def _remove(out: Path) -> None:
    if out.is_dir():
        shutil.rmtree(out)
    else:
        out.unlink()
