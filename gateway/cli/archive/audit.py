"""`vestry archive audit`: who did what with the archive, when and why."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.archive.wording import clean
from gateway.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    CouncilId,
    desk,
    fail,
    print_json,
    print_table,
)
from gateway.clock import in_words

if TYPE_CHECKING:
    from gateway.store.audit import Numbered

_DAY = ["%Y-%m-%d"]
_HASH = re.compile("[0-9a-f]{64}")
_COLUMNS = ("number", "at", "by", "act", "why", "message", "detail")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a field."""


def audit(
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="First day, in Europe/London.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="Last day.")] = None,
    act: Annotated[
        str, typer.Option(help="Only this: searched, viewed, listed, exported, certified or anchored.")
    ] = "",
    by: Annotated[str, typer.Option(help="Only what was done by this login, or host:NAME.")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Say who searched, read, exported or certified what in the archive, when and why, the first first."""
    from gateway.clock import start_of_day
    from gateway.store import audit as store

    if act and act not in {each.value for each in store.Act}:
        fail(f"--act {act!r}: there is {', '.join(each.value for each in store.Act)}", 2)
    begin = None if since is None else start_of_day(since.date())
    end = None if until is None else start_of_day(until.date() + timedelta(days=1))
    with desk(config) as it:
        council_id = it.council(council)
        wanted = store.Act(act) if act else None
        rows = it.read(lambda c: store.rows(c, council_id, begin, end, wanted, by or None))
    if as_json:
        print_json([_told(row) for row in rows])
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\r\n")
        writer.writerow(_COLUMNS)
        writer.writerows([_field(value) for value in _told(row).values()] for row in rows)
    else:
        print_table(["No.", "When", "By", "Did", "Why", "Message", "What"], [_line(row) for row in rows])


def _told(row: Numbered) -> dict[str, Any]:
    done = row.done
    values = (row.number, done.at, done.by, str(done.act), done.why, done.message, dict(done.detail or {}))
    return dict(zip(_COLUMNS, values, strict=True))


def _field(value: object) -> str:
    """A value as a field of CSV, which no spreadsheet computes."""
    if isinstance(value, datetime):
        return value.isoformat()
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value or "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _line(row: Numbered) -> list[str]:
    done = row.done
    return [
        str(row.number),
        in_words(done.at),
        done.by,
        str(done.act),
        clean(done.why),
        done.message or "",
        clean(_what(done.detail or {})),
    ]


def _what(detail: Mapping[str, Any]) -> str:
    """What it was about, as said in a table: the query first, nothing that is not so, and of hashes the beginning."""
    said = {
        name: value for name, value in detail.items() if value is not False and value not in (None, "", [])
    }
    if (query := said.pop("query", None)) is not None:
        said = {"query": query, **said}
    return ", ".join(f"{name.replace('_', ' ')} {_short(value)}" for name, value in said.items())


def _short(value: object) -> str:
    if value is True:
        return "yes"
    if isinstance(value, list):
        return " ".join(map(str, value))
    text = str(value)
    return f"{text[:16]}…" if _HASH.fullmatch(text) else text
