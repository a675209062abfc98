"""The `vestry` command.

Exit codes: 0 done; 1 it could not be done, or not all of it; 2 it was not asked for rightly (the command
line, a configuration file). Data goes to standard output, everything else to standard error.
"""

from __future__ import annotations

import sys

import typer

from config.errors import ConfigError
from gateway.cli import (
    archive,
    backup,
    check,
    consent,
    council,
    db,
    deciding,
    demo,
    dkim,
    feedback,
    held,
    host,
    opening,
    paper,
    person,
    policy,
    queue,
    report,
    sign,
    signature,
)

app = typer.Typer(
    name="vestry",
    help="The outgoing post room of a parish or town council.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("init")(host.init)
app.command("serve")(host.serve)
app.command("check")(check.check)
app.command("sign")(sign.sign)
app.add_typer(council.app, name="council")
app.add_typer(person.app, name="person")
app.add_typer(consent.app, name="consent")
app.add_typer(paper.app, name="paper")
app.add_typer(policy.app, name="policy")
app.add_typer(signature.app, name="signature")
app.add_typer(queue.app, name="queue")
held.app.command("open")(opening.open_)
for name, command in deciding.COMMANDS.items():
    held.app.command(name)(command)
app.add_typer(held.app, name="held")
app.add_typer(archive.app, name="archive")
app.add_typer(feedback.app, name="feedback")
app.add_typer(report.app, name="report")
app.add_typer(dkim.app, name="dkim")
app.add_typer(db.app, name="db")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)


def main() -> None:
    """Run the command, and say in a sentence what went wrong where something did."""
    from gateway.store.errors import StoreError

    try:
        app()
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except StoreError as error:
        print(f"vestry: {error}", file=sys.stderr)
        sys.exit(1)
