"""`vestry archive show`: one message, as a record, as it came, as it left, or as the text that it is found by."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from gateway.cli.archive.options import (
    ByOrHost,
    Message,
    host_user,
    looked_by,
    open_casework,
    put_on_record,
)
from gateway.cli.archive.record import record_of, text_of
from gateway.cli.common import DEFAULT_CONFIG, Config, CouncilId, Desk, desk, fail, json_of


def show(
    message: Message,
    version: Annotated[
        Literal["record", "received", "sent", "text"],
        typer.Option(
            "--as",
            help="The record of it; the message itself as received or as sent; or the text that it is found by.",
        ),
    ] = "record",
    departure: Annotated[str | None, typer.Option(help="Which departure, for --as sent.")] = None,
    by: ByOrHost = "",
    why: Annotated[str, typer.Option(help="Reason, for the record; of casework the member is told.")] = "",
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Print a message's record as JSON, its very bytes, or its text. What casework says needs --by and --why.

    That it was done is recorded.
    """
    from gateway.holds.casework import concerned
    from gateway.store import archive
    from gateway.store.audit import Act

    with desk(config) as it:
        council_id = it.council(council)
        row = it.read(lambda c: archive.open_message(c, council_id, message))
        casework = it.read(lambda c: concerned(c, council_id, row))
        if version != "record" and casework is not None:
            open_casework(it, council_id, [casework], by, why)
            who = by or host_user()
        else:
            who = looked_by(it, council_id, by)
        data = _version(it, council_id, message, version, departure)
        put_on_record(it, council_id, Act.VIEWED, who, why, message, {"as": version})
    sys.stdout.buffer.write(data)


def _version(it: Desk, council: str, message: str, version: str, departure: str | None) -> bytes:
    """What is to be printed. Ends the command where the message is not as it was; raises NotFound."""
    if version == "record":
        return json_of(it.read(lambda c: record_of(c, council, message))).encode() + b"\n"
    if version == "text":
        return it.read(lambda c: text_of(c, council, message)).encode("utf-8", "replace") + b"\n"
    return _bytes(it, council, message, version, departure)


def _bytes(it: Desk, council: str, message: str, version: str, departure: str | None) -> bytes:
    """The message itself. Ends the command where it is not as it was; raises NotFound."""
    from gateway.archive.versions import Altered, as_received, as_sent

    try:
        if version == "received":
            return it.read(lambda c: as_received(c, council, message))
        return it.read(lambda c: as_sent(c, council, message, departure))
    except Altered as error:
        fail(str(error))
