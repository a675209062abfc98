"""`vestry person`: people and their passwords."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from config.council import Council, Role
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

app = typer.Typer(help="People: add, list, disable, enable.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="Login, an address in one of the council's domains.")]


@app.command()
def add(
    login: Login,
    name: Annotated[str | None, typer.Option(help="Name, for someone new.")] = None,
    role: Annotated[list[Role] | None, typer.Option(help="Role, for someone new; may be repeated.")] = None,
    from_: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, for someone new.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day, for someone new.")
    ] = None,
    council: CouncilId = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Give no local password (pass-through login).")
    ] = False,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Add someone to a council, or give someone a new password. The password is asked for, never shown."""
    from gateway.store import councils, people

    with desk(config) as it:
        council_id = it.council(council)
        now = datetime.now(UTC)
        version, found = it.read(lambda c: councils.load(c, council_id))
        if found.person(login) is None:
            if name is None or not role:
                fail(f"{login} is new to {found.name}: say --name and --role", 2)
            changed = _with(found, login, name, role, _day(from_), _day(until))
            version = it.write(lambda c: councils.save(c, changed, now, "vestry person add"))
        if not no_password:
            hashed = _asked_password(login, password_stdin, name or "", found.name)
            it.write(lambda c: people.set_password(c, login, hashed))
    typer.echo(f"{login} may log in for {found.name} (version {version}).")


@app.command("list")
def list_(council: CouncilId = None, config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """List a council's people."""
    from gateway.store import acknowledgements, councils, people

    today = datetime.now(UTC).date()
    with desk(config) as it:
        council_id = it.council(council)
        _, found = it.read(lambda c: councils.load(c, council_id))
        logins = {login.login: login for login in it.read(people.everyone)}
        read = it.read(lambda c: acknowledgements.versions_read(c, council_id))
    rows = [
        {
            "login": person.login,
            "name": person.name,
            "roles": sorted(person.roles_on(today)),
            "may_send_as": [i.address for i in person.identities if i.holds(today)],
            "password": logins[person.login].password_hash is not None,
            "disabled": logins[person.login].disabled,
            "acknowledged": sorted(read.get(person.login, {})),
        }
        for person in found.people
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ["Login", "Name", "Roles", "May send as", "State"],
        [
            [
                str(row["login"]),
                str(row["name"]),
                ", ".join(row["roles"]),  # type: ignore[arg-type]  # A list of words, as made above.
                ", ".join(row["may_send_as"]),  # type: ignore[arg-type]  # A list of addresses.
                "disabled" if row["disabled"] else "password set" if row["password"] else "no password",
            ]
            for row in rows
        ],
    )


@app.command()
def disable(login: Login, config: Config = DEFAULT_CONFIG) -> None:
    """Shut someone out, from the next command of any connection on."""
    from gateway.store import people

    with desk(config) as it:
        it.write(lambda c: people.set_disabled(c, login, datetime.now(UTC)))
    typer.echo(f"{login} is disabled.")


@app.command()
def enable(login: Login, config: Config = DEFAULT_CONFIG) -> None:
    """Let someone in again."""
    from gateway.store import people

    with desk(config) as it:
        it.write(lambda c: people.set_disabled(c, login, None))
    typer.echo(f"{login} may log in again.")


@app.command()
def acknowledge(
    login: Login,
    version: Annotated[
        str | None, typer.Option(help="Version of the monitoring notice; the one in force if left out.")
    ] = None,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Record that someone has read the council's monitoring notice. What of theirs waited for that alone is sent."""
    from gateway.store import acknowledgements, councils

    with desk(config) as it:
        council_id = it.council(council)
        _, found = it.read(lambda c: councils.load(c, council_id))
        now = datetime.now(UTC)
        new = it.write(lambda c: acknowledgements.acknowledge(c, found, login, now, version=version))
    typer.echo(f"Recorded for {login}." if new else f"{login} had acknowledged it before.")


def _with(
    council: Council, login: str, name: str, roles: list[Role], from_: date | None, until: date | None
) -> Council:
    """The council with somebody new, checked as its file would be. Raises ConfigError."""
    from config.council_file import council_from
    from signatures.block.proof import prove

    term = {"from": from_, "until": until}
    person = {
        "login": login,
        "name": name,
        "roles": [{"role": role, **term} for role in roles],
        "identities": [{"address": login, **term}],
    }
    values = council.model_dump(by_alias=True)
    changed = council_from({**values, "people": [*values["people"], person]}, council.id)
    prove(changed, council.id)
    return changed


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _asked_password(login: str, from_stdin: bool, *words: str) -> str:
    from gateway.submission.auth.passwords import check_new_password, hash_password

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    if complaints := check_new_password(password, [login, *words]):
        fail("; ".join(complaints))
    return hash_password(password)
