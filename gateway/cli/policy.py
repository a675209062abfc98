"""`vestry policy`: the policies that are shipped, to start from."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli.common import AsJson, print_json, print_table

app = typer.Typer(help="Policies: what five councils adopted, to start from.", no_args_is_help=True)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the policies that are shipped."""
    from config.shipped import SHIPPED, shipped

    listed = [
        {"name": name, "title": policy.title, "clauses": len(policy.clauses), "source": policy.source}
        for name, policy in ((name, shipped(name)) for name in SHIPPED)
    ]
    if as_json:
        print_json(listed)
    else:
        rows = [[str(value) for value in row.values()] for row in listed]
        print_table(["Name", "Title", "Clauses", "Source"], rows)


@app.command()
def show(name: Annotated[str, typer.Argument(help="A name that `vestry policy list` gives.")]) -> None:
    """Print a shipped policy as it would stand in a council's file: the table `policy` and all that is below it.

    Change title, version and dates to those of your council's own, and whatever it decided otherwise.
    """
    from config.shipped import shipped_text

    typer.echo(shipped_text(name), nl=False)
