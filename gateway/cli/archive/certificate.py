"""`vestry archive certificate`: a search sealed for a reply, and a certificate checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.archive.options import asked_by, said, typed
from gateway.cli.archive.output import write_new
from gateway.cli.archive.progress import progress
from gateway.cli.archive.wording import clean, number
from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, CouncilId, desk, fail, print_json
from gateway.clock import in_words

if TYPE_CHECKING:
    from gateway.archive.certificate_file import Checked


def certificate(
    query: Annotated[str, typer.Argument(help="What to look for; docs/foi-officer.md tells how.")] = "",
    by: Annotated[str, typer.Option(help="Login of who searches, as for search.")] = "",
    why: Annotated[str, typer.Option(help="Reason, which stands in it, such as a request's number.")] = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A new file for it; by default it is printed.")
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Check the certificate in this file instead.")
    ] = None,
    key: Annotated[
        str,
        typer.Option(
            help="With --check: the installation's public key, in hex, as anchors show it; by default the one here."
        ),
    ] = "",
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Search, and seal what was searched, found and not searched in a signed certificate, for a reply "not held".

    With --check: whether a certificate is as it was made. That needs neither archive nor settings; exit code 1 where it
    is not.
    """
    if check is not None:
        _check(check, key, config, as_json)
        return
    for value, name in ((query, "what to look for"), (by, "who searches (--by)"), (why, "why (--why)")):
        if not value.strip():
            fail(f"say {name}", 2)
    _issue(typed(query), by, said(why), out, council, config)


def _issue(query: str, by: str, why: str, out: Path | None, council: str | None, config: Path) -> None:
    from gateway.archive.certificate import Asked, made
    from gateway.archive.issuing import issue
    from gateway.archive.query import QueryError
    from gateway.clock import now

    with desk(config) as it, progress("Searching"):
        council_id = it.council(council)
        asked_by(it, council_id, by, why)
        asked = Asked(by, why, now())
        try:
            one = it.read(lambda c: made(c, council_id, query, asked))
        except QueryError as error:
            fail(str(error), 2)
        if out is not None and out.exists():
            fail(f"{out} exists already; nothing was certified")
        issued = it.write(lambda c: issue(c, one))
    if out is None:
        sys.stdout.buffer.write(issued.file)
        return
    write_new(out, issued.file)
    found = number(one.found, "message") if one.found else "nothing"
    typer.echo(f"{out}: {found} found in {number(one.searched, 'message')}; record {issued.number}.")
    if one.not_searched or one.pending:
        typer.echo(
            f"{number(one.not_searched, 'message')} could not be searched in full and {one.pending:,} "
            "are still being read; it says so.",
            err=True,
        )


def _check(file: Path, key: str, config: Path, as_json: bool) -> None:
    from gateway.archive.certificate_file import NotGenuine, checked

    try:
        found = checked(file.read_bytes())
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", 2)
    except NotGenuine as error:
        fail(f"{file} is not genuine: {error}")
    wanted, record = (key.strip().lower(), None) if key else _here(found, config)
    if wanted and wanted != found.public_key:
        fail(f"{file} is signed, but with the key {found.public_key}, and not with {wanted}")
    if as_json:
        told = found.certificate.model_dump(mode="json")
        print_json({**told, "key": found.public_key, "key_known": bool(wanted), "record": record})
        return
    one = found.certificate
    typer.echo(f"{file} is as it was made on {in_words(one.at)} for {clean(one.council_name)}, by {one.by}.")
    if record is not None:
        typer.echo(f"The council's ledger has it: record {record}.")
    if not wanted:
        typer.echo(
            f"Whether the key {found.public_key} is that council's, compare with its anchors.", err=True
        )


def _here(found: Checked, config: Path) -> tuple[str, int | None]:
    """The key of this installation, where there is one, and the number of its record of the certificate, if any."""
    from gateway.archive.issuing import on_record
    from gateway.store import anchors

    if not config.exists():
        return "", None
    with desk(config) as it:
        return it.read(lambda c: (anchors.public_key(c) or "none", on_record(c, found)))
