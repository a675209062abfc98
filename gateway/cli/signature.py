"""`vestry signature`: the agreed signatures and the waiver, their versions, and how they look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.capacity import Capacity
from config.council import Council
from config.signature import Version, in_force
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

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from signatures.block.render import Block

app = typer.Typer(
    help="Signatures and waiver: list, show, preview, add, activate, logo.", no_args_is_help=True
)
VersionName = Annotated[str, typer.Argument(metavar="VERSION", help="Name of the version.")]
OfWaiver = Annotated[bool, typer.Option("--waiver", help="A version of the waiver, not of the signatures.")]
_KEYS = {False: "agreed", True: "waivers"}


@app.command("list")
def list_(council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List the versions of signatures and waiver, and from when each is in force."""
    found, today = _found(config, council)
    rows = []
    for waiver, key in _KEYS.items():
        versions: tuple[Version, ...] = getattr(found.signatures, key)
        now = in_force(versions, today)
        kind = "waiver" if waiver else "signature"
        if now is None:
            rows.append({"kind": kind, "version": "built-in-1", "from": None, "state": "in force"})
        rows += [
            {
                "kind": kind,
                "version": each.version,
                "from": each.from_.isoformat() if each.from_ else None,
                "state": _state(each, now, today),
            }
            for each in versions
        ]
    if as_json:
        print_json(rows)
        return
    columns = ("kind", "version", "from", "state")
    table = [[row[column] or "" for column in columns] for row in rows]
    print_table(["What", "Version", "From", "State"], table)


@app.command()
def show(
    version: VersionName, waiver: OfWaiver = False, council: CouncilId = None, config: Config = DEFAULT_CONFIG
) -> None:
    """Print a version as the file that `vestry signature add` reads."""
    from config.council_file import dump_versions

    found, _ = _found(config, council)
    typer.echo(dump_versions(_KEYS[waiver], [_version(found, version, waiver)]), nl=False)


@app.command()
def preview(
    person: Annotated[str, typer.Option(help="Login of whom to show it for.")],
    address: Annotated[
        str | None, typer.Option(help="Address they write from; by default their login.")
    ] = None,
    capacity: Annotated[Capacity, typer.Option(help="In what capacity they write.")] = Capacity.COUNCIL,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day; by default today.")] = None,
    council: Annotated[
        str | None,
        typer.Option(help="Council id, or its TOML file: then no database is needed."),
    ] = None,
    as_html: Annotated[bool, typer.Option("--html", help="Print the HTML instead of the text.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print both as JSON.")] = False,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Print the signature and the waiver as somebody's mail carries them."""
    from config.address import BadAddress, canonical
    from signatures.block.render import TemplateError, render

    found, today = _found(config, council)
    try:
        login, sender = canonical(person), canonical(address or person)
    except BadAddress as error:
        fail(f"--person and --address: wanted {error}", 2)
    who = found.person(login)
    if who is None:
        fail(f"{found.name} has no {login}; there is: {', '.join(each.login for each in found.people)}")
    try:
        block = render(found, who, sender, capacity, on.date() if on else today)
    except TemplateError as error:
        fail(str(error))
    if as_json:
        print_json(_as_json(block))
        return
    pieces = [piece for piece in (block.signature, block.waiver) if piece]
    typer.echo("\n\n".join(piece.html if as_html else piece.text for piece in pieces))


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="TOML with `[[agreed]]` or `[[waivers]]`.")],
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Take in versions, new ones or ones whose day has not come.

    The file has what stands under `[signatures]` in a council's file. A version that has been in force stays as
    it is, so that it is recognised in mail.
    """
    from config.toml_file import read_toml

    given = read_toml(file)
    folder = {"folder": file.resolve().parent}

    def change(found: Council, today: date) -> Council:
        values = found.model_dump(by_alias=True)
        book = values["signatures"] | {key: each for key, each in given.items() if key not in _KEYS.values()}
        for key in _KEYS.values():
            book[key] = _merged(getattr(found.signatures, key), given.get(key, ()), today)
        return _checked({**values, "signatures": book}, str(file), folder)

    version, changed = _change(config, council, f"vestry signature add of {file.name}", change)
    names = [each.version for key in _KEYS.values() for each in getattr(changed.signatures, key)]
    typer.echo(f"{changed.name} is at version {version}; its signatures and waivers: {', '.join(names)}.")


@app.command()
def activate(
    version: VersionName,
    from_: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, from today on.")
    ],
    waiver: OfWaiver = False,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Put a version in force from a day. One that has begun stays: add it again under a new name."""
    first = from_.date()

    def change(found: Council, today: date) -> Council:
        if _version(found, version, waiver).begun(today):
            fail(f"{version} has begun already; to return to it, add it again under a new name")
        if first < today:
            fail(f"{first} is over; the first day is today ({today}) or later", 2)
        values = found.model_dump(by_alias=True)
        for each in values["signatures"][_KEYS[waiver]]:
            if each["version"] == version:
                each["from"] = first
        return _checked(values, found.id)

    _, changed = _change(config, council, f"vestry signature activate {version} from {first}", change)
    typer.echo(f"{version} is in force for {changed.name} from {first}.")


@app.command()
def logo(
    file: Annotated[Path | None, typer.Argument(help="A PNG, JPEG or GIF.")] = None,
    alt: Annotated[str, typer.Option(help="What is read in its place; by default the council's name.")] = "",
    width: Annotated[int | None, typer.Option(min=16, max=600, help="Width shown, in pixels.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Have no logo any more.")] = False,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Set or remove the council's logo."""
    if (file is None) is not remove:
        fail("say the picture's file, or --remove", 2)

    def change(found: Council, today: date) -> Council:
        values = found.model_dump(by_alias=True)
        given = None if file is None else {"file": file.name, "alt": alt, "width": width}
        folder = {"folder": file.resolve().parent} if file else None
        book = {**values["signatures"], "logo": given}
        return _checked({**values, "signatures": book}, str(file or found.id), folder)

    _, changed = _change(config, council, "vestry signature logo", change)
    typer.echo(f"{changed.name} has {'no' if remove else 'a new'} logo.")


def _found(config: Path, council: str | None) -> tuple[Council, date]:
    """The council, from its file or from the database, and today's date."""
    from config.council_file import load_council
    from gateway import clock
    from gateway.store import councils
    from signatures.block.proof import prove

    today = clock.today_in_london(clock.now())
    if council is not None and council.endswith(".toml"):
        found = load_council(Path(council))
        prove(found, council)
        return found, today
    with desk(config) as it:
        council_id = it.council(council)
        return it.read(lambda c: councils.load(c, council_id))[1], today


def _change(
    config: Path, council: str | None, by: str, act: Callable[[Council, date], Council]
) -> tuple[int, Council]:
    """Save what `act` makes of the council as it is; its version number, and the council. Raises Conflict."""
    from gateway import clock
    from gateway.store import councils
    from gateway.store.errors import Conflict

    now = clock.now()

    with desk(config) as it:
        council_id = it.council(council)
        seen, found = it.read(lambda c: councils.load(c, council_id))
        changed = act(found, clock.today_in_london(now))

        def save(connection: Connection) -> int:
            if councils.version(connection, council_id) != seen:
                raise Conflict(f"{council_id} has been changed meanwhile; nothing was saved, so do it again")
            return councils.save(connection, changed, now, by)

        return it.write(save), changed


def _checked(values: dict[str, Any], name: str, folder: dict[str, Path] | None = None) -> Council:
    """The council that `values` describe, every text of which can be made. Raises ConfigError."""
    from config.council_file import council_from
    from signatures.block.proof import prove

    council = council_from(values, name, folder)
    prove(council, name)
    return council


def _merged(known: tuple[Version, ...], given: Any, today: date) -> Any:
    """The versions known, with those given after them or, where their day has not come, in their place."""
    if not isinstance(given, list | tuple):
        return given  # Validation says what is wrong.
    new = {each.get("version"): each for each in given if isinstance(each, dict)}
    for each in known:
        if each.version in new and each.begun(today):
            fail(
                f"{each.version} has begun already and stays as it was agreed; give the new one another name"
            )
    kept = [each.model_dump(by_alias=True) for each in known if each.version not in new]
    return [*kept, *given]


def _version(council: Council, name: str, waiver: bool) -> Version:
    versions: tuple[Version, ...] = getattr(council.signatures, _KEYS[waiver])
    found = next((each for each in versions if each.version == name), None)
    if found is None:
        there_is = ", ".join(each.version for each in versions) or "none of the council's own"
        fail(f"there is no version {name}; there is: {there_is}")
    return found


def _state(version: Version, now: Version | None, today: date) -> str:
    if version is now:
        return "in force"
    if version.from_ is None:
        return "not activated"
    return "earlier" if version.begun(today) else "to come"


def _as_json(block: Block) -> dict[str, Any]:
    pieces = {"signature": block.signature, "waiver": block.waiver}
    return {
        **{key: piece and {"text": piece.text, "html": piece.html} for key, piece in pieces.items()},
        "versions": list(block.versions),
        "waiver_position": block.waiver_position,
        "logo": block.logo is not None,
    }
