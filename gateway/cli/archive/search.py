"""`vestry archive search`: what is found, and what could not be searched."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gateway.cli.archive.options import By, Why, asked_by, put_on_record, typed
from gateway.cli.archive.progress import Step, progress
from gateway.cli.common import DEFAULT_CONFIG, AsJson, Config, CouncilId, Desk, desk, fail, print_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.archive.search import Found, Result
    from gateway.store.search import Unread

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be shown of what is found, or, where `unsearched`, of what could not be searched."""

    order: str
    limit: int
    offset: int
    all: bool
    unsearched: bool

    @property
    def every(self) -> bool:
        return self.all and not self.unsearched

    @property
    def at_first(self) -> int:
        if self.unsearched:
            return 0
        return _AT_ONCE if self.all else self.limit


def search(
    by: By,
    why: Why,
    query: Annotated[str, typer.Argument(help="What to look for; docs/foi-officer.md tells how.")] = "",
    order: Annotated[
        Literal["newest", "oldest", "relevance"], typer.Option(help="What comes first.")
    ] = "newest",
    limit: Annotated[int, typer.Option(min=0, help="How many messages to show.")] = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to leave out before them.")] = 0,
    all_: Annotated[bool, typer.Option("--all", help="Show every message that is found.")] = False,
    unsearched: Annotated[
        bool,
        typer.Option("--unsearched", help="List instead what could not be searched, and why."),
    ] = False,
    attached: Annotated[
        Path | None,
        typer.Option(
            "--attached",
            exists=True,
            dir_okay=False,
            help="Only messages that carried this very file, whatever its name.",
        ),
    ] = None,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Search the archive. The count is exact, and what could not be searched is told with it. Each search is recorded."""
    from gateway.cli.archive import printing

    asked = _with_file(typed(query), attached)
    wanted = _Wanted(order, limit, offset, all_, unsearched)
    with desk(config) as it, progress("Searching") as step:
        council_id = it.council(council)
        person = asked_by(it, council_id, by, why)
        result, found, things = it.read(lambda c: _looked(c, council_id, asked, wanted, step))
        _record(it, council_id, person.login, why, result, wanted, len(found))
    if as_json:
        told = printing.as_json(result, order, offset)
        told["found"] = [asdict(each) for each in found]
        if unsearched:
            told["not_searched"] = [asdict(each) for each in things]
        print_json(told)
        return
    printing.print_head(result, order)
    printing.print_found(found, offset + 1)
    if unsearched:
        printing.print_unread(things)


def _with_file(query: str, attached: Path | None) -> str:
    """The query, with the file's SHA-256 where one is looked for. Ends the command where there is neither."""
    if attached is None:
        return query if query.strip() else fail("say what to look for, or --attached FILE", 2)
    try:
        with attached.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        fail(f"{attached} cannot be read: {error.strerror}", 2)
    return f"({query}) hash:{digest}" if query.strip() else f"hash:{digest}"


def _looked(
    connection: Connection, council: str, asked: str, wanted: _Wanted, step: Step
) -> tuple[Result, list[Found], list[Unread]]:
    """The result, what is to be shown of what is found, and what could not be searched where that is wanted.

    Ends the command where the query says nothing.
    """
    from gateway.archive.query import QueryError, parse, scope
    from gateway.archive.search import search as look
    from gateway.archive.unread import unread
    from gateway.clock import now, today_in_london
    from gateway.store.search import Order

    today, order = today_in_london(now()), Order(wanted.order)
    try:
        result = look(connection, council, asked, today, order, wanted.at_first, wanted.offset)
    except QueryError as error:
        fail(str(error), 2)
    found = list(result.found)
    while wanted.every and wanted.offset + len(found) < result.total:
        step(wanted.offset + len(found), result.total)
        more = look(connection, council, asked, today, order, _AT_ONCE, wanted.offset + len(found)).found
        if not more:
            break
        found += more
    things = unread(connection, council, scope(parse(asked, today).term)) if wanted.unsearched else ()
    return result, found, list(things)


def _record(it: Desk, council: str, by: str, why: str, result: Result, wanted: _Wanted, shown: int) -> None:
    """Write down who searched for what, why, and how much there was."""
    from gateway.store.audit import Act

    detail = {
        "query": result.query,
        "order": wanted.order,
        "total": result.total,
        "shown": shown,
        "not_searched": result.unsearched.messages,
        "pending": result.unsearched.pending,
        "not_searched_listed": wanted.unsearched,
    }
    put_on_record(it, council, Act.SEARCHED, by, why, detail=detail)
