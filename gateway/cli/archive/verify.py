"""`vestry archive verify`: whether the archive is whole."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.archive.progress import Step, progress
from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, CouncilId, Desk, desk, fail, print_json

if TYPE_CHECKING:
    from gateway.archive.offline.check import Anchor
    from gateway.archive.verify import Fault

_STRETCH = 500


def verify(
    anchor: Annotated[
        list[Path] | None,
        typer.Option(
            "--anchor", help="An anchor that was kept elsewhere: the letter, or its text from the minutes."
        ),
    ] = None,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Check the whole archive against its ledger, and against anchors; exit code 1 where anything is amiss.

    Only an anchor that was kept elsewhere shows that nobody cut the ledger's end off, or made it anew.
    """
    from gateway.store import councils, ledger

    given = _given(anchor or ())
    amiss = False
    with desk(config) as it:
        wanted = [it.council(council)] if council else [i for i, _, _ in it.read(councils.everyone)]
        for each in given:
            if each.council not in wanted:
                fail(f"the anchor is of {each.council}, and not of {', '.join(wanted) or 'any council here'}")
        for council_id in wanted:
            anchors = [each for each in given if each.council == council_id]
            with progress(f"Verifying {council_id}") as step:
                faults = _walk(it, council_id, anchors, step)
            length, head = it.read(lambda c, i=council_id: ledger.head(c, i))  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
            amiss = amiss or bool(faults)
            if as_json:
                found = [{"link": f.sequence, "message": f.message, "fault": f.what} for f in faults]
                told = {"council": council_id, "links": length, "head": head, "anchors": len(anchors)}
                print_json({**told, "faults": found})
                continue
            for fault in faults:
                typer.echo(_line(council_id, fault))
            against = f", held against {', '.join(each.of() for each in anchors)}" if anchors else ""
            typer.echo(
                f"{council_id}: {length} links, {len(faults) or 'no'} faults, head {head[:16]}{against}"
            )
    raise typer.Exit(1 if amiss else 0)


def _line(council: str, fault: Fault) -> str:
    message = f", message {fault.message}" if fault.message else ""
    return f"{council}: link {fault.sequence}{message}: {fault.what}"


def _given(files: Sequence[Path]) -> list[Anchor]:
    """The anchors in files. Ends the command where there is none in one."""
    from gateway.archive.offline.check import anchors_in

    found: list[Anchor] = []
    for file in files:
        try:
            there = anchors_in(file.read_bytes())
        except OSError as error:
            fail(f"{file} cannot be read: {error.strerror}", 2)
        if not there:
            fail(f"there is no anchor in {file}", 2)
        found += there
    return found


def _walk(it: Desk, council: str, anchors: Sequence[Anchor], step: Step) -> list[Fault]:
    """Every fault. Each stretch is read by itself, so that mail goes on."""
    from gateway.archive.verify import Position, verify_stretch
    from gateway.store import ledger

    of, _ = it.read(lambda c: ledger.head(c, council))
    found: list[Fault] = []
    position, over = Position(), False
    while not over:
        stretch = it.read(lambda c, p=position: verify_stretch(c, council, p, _STRETCH, anchors))  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
        found += stretch.faults
        position, over = stretch.position, stretch.over
        step(position.sequence, max(of, position.sequence))
    return found
