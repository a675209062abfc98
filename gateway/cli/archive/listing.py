"""`vestry archive list`: the messages of some days."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from gateway.cli.archive.options import ByOrHost, WhyOptional, looked_by, put_on_record
from gateway.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    CouncilId,
    desk,
    moment,
    print_json,
    print_table,
)

_DAY = ["%Y-%m-%d"]


def list_(
    without_waiver: Annotated[
        bool,
        typer.Option("--without-waiver", help="Only messages that go without the waiver they should have."),
    ] = False,
    since: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="First day, by the machine's own time zone.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day.")] = None,
    by: ByOrHost = "",
    why: WhyOptional = "",
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List messages, oldest first, and why any of them goes without a waiver. That it was done is recorded."""
    from gateway.store import archive
    from gateway.store.audit import Act

    begin = None if since is None else since.astimezone()
    end = None if until is None else (until + timedelta(days=1)).astimezone()
    with desk(config) as it:
        council_id = it.council(council)
        who = looked_by(it, council_id, by)
        rows = it.read(lambda c: archive.listing(c, council_id, begin, end, without_waiver=without_waiver))
        detail = {
            "messages": len(rows),
            "since": begin.isoformat() if begin else None,
            "until": end.isoformat() if end else None,
            "without_waiver": without_waiver,
        }
        put_on_record(it, council_id, Act.LISTED, who, why, detail=detail)
    if as_json:
        print_json(
            [
                {
                    **row._mapping,
                    "subject": _subject(row),
                    "written": json.loads(row.written) if row.written else None,
                }
                for row in rows
            ]
        )
        return
    print_table(
        ["Message", "Received", "State", "From", "Subject", "Without waiver"],
        [
            [
                row.id,
                moment(row.received_at),
                row.state,
                row.header_from,
                _subject(row),
                row.without_waiver or "",
            ]
            for row in rows
        ],
    )


def _subject(row: Any) -> str:
    """The subject as a list shows it: residents are named in that of casework."""
    from gateway.holds.casework import is_casework
    from gateway.notices import mask

    return mask.hidden(row.subject) if is_casework(row) else str(row.subject)
