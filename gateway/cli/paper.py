"""`vestry paper`: the council's confidential papers, whose passages are found in mail and in what is attached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    CouncilId,
    desk,
    fail,
    moment,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from gateway.store.consents import Act

app = typer.Typer(
    help="Confidential papers whose passages are found in mail: add, list, remove.", no_args_is_help=True
)
By = Annotated[str, typer.Option(help="Login of the Clerk, deputy or locum who decides.")]
_LONGEST_TITLE = 200


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="The paper: PDF, Word, ODF, text and what else can be read.")],
    title: Annotated[
        str, typer.Option(help="What to call it when a passage is found; the sender is told this.")
    ],
    by: By,
    why: Annotated[str, typer.Option(help="Reason, for the record.")] = "",
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Have a confidential paper watched. Its title and fingerprints are kept, its text is not."""
    from gateway.papers import paper_of
    from gateway.store import councils, papers

    said = " ".join(title.split())
    if not 0 < len(said) <= _LONGEST_TITLE:
        fail(f"--title: say what it is called, in at most {_LONGEST_TITLE} characters", 2)
    try:
        content = file.read_bytes()
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    with desk(config) as it:
        council_id = it.council(council)
        act = _act(by, why)
        _, found = it.read(lambda c: councils.load(c, council_id))
        paper = paper_of(content, file.name, said, found, it.settings)
        paper_id = it.write(lambda c: papers.add(c, council_id, paper, act))
    if as_json:
        print_json({"id": paper_id, "title": said, "fingerprints": len(paper.prints)})
        return
    typer.echo(
        f"“{said}” is watched as {paper_id}, by {len(paper.prints)} fingerprints. Its text was not kept."
    )


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that were removed, too.")] = False,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """List the papers that are watched."""
    from gateway.store import papers

    with desk(config) as it:
        council_id = it.council(council)
        found = it.read(lambda c: papers.list_(c, council_id))
    shown = [row for row in found if everything or row.removed_at is None]
    if as_json:
        print_json(
            [
                {
                    "id": row.id,
                    "title": row.title,
                    "fingerprints": row.count,
                    "added_at": row.added_at,
                    "added_by": row.added_by,
                    "why": row.why,
                    "removed_at": row.removed_at,
                    "removed_by": row.removed_by,
                    "removed_why": row.removed_why,
                }
                for row in shown
            ]
        )
        return
    print_table(
        ["Paper", "Title", "Fingerprints", "Added", "Removed"],
        [
            [
                row.id,
                row.title,
                str(row.count),
                f"{moment(row.added_at)} by {row.added_by}",
                "" if row.removed_at is None else f"{moment(row.removed_at)} by {row.removed_by}",
            ]
            for row in shown
        ],
    )


@app.command()
def remove(
    paper: Annotated[str, typer.Argument(help="Id of the paper.")],
    by: By,
    why: Annotated[str, typer.Option(help="Reason, for the record: it was published, for example.")],
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Watch a paper no longer. Its fingerprints are deleted; that it was watched stays in the record."""
    from gateway.store import papers

    with desk(config) as it:
        council_id = it.council(council)
        act = _act(by, why)
        if not why.strip():
            fail("--why: say why, for the record", 2)
        title = it.write(lambda c: papers.remove(c, council_id, paper, act))
    typer.echo(f"“{title}” is watched no longer.")


def _act(by: str, why: str) -> Act:
    from config.address import BadAddress, canonical
    from gateway import clock
    from gateway.store.consents import Act

    now = clock.now()
    try:
        return Act(by=canonical(by), why=why, now=now, today=clock.today_in_london(now))
    except BadAddress as error:
        fail(f"--by: found {by!r}; allowed: {error}", 2)
