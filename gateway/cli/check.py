"""`vestry check`: a dry run of the policy on messages in files, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.common import AsJson, print_json, scanner_for


def check(
    files: Annotated[list[Path], typer.Argument(help="Messages, one in each file.")],
    council: Annotated[Path, typer.Option("--council", help="The council's TOML file.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="Envelope sender; by default the address in From.")
    ] = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Recipient; by default those in To, Cc and Bcc.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", help="Settings file whose virus scanner is asked; by default none is."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what would become of each message. Exit code 0 when all could be checked, whatever the verdicts."""
    from config.council_file import load_council
    from gateway.intake.dry_run import CannotCheck, dry_run
    from signatures.block.proof import prove

    found = load_council(council)
    prove(found, str(council))
    scanner = scanner_for(found, config)
    incomplete = False
    for file in files:
        try:
            outcome = dry_run(file.read_bytes(), found, from_, tuple(to or ()), scanner=scanner)
        except OSError as error:
            typer.echo(f"vestry: {file}: {error.strerror}", err=True)
            incomplete = True
            continue
        except CannotCheck as error:
            typer.echo(f"vestry: {file}: {error}", err=True)
            incomplete = True
            continue
        incomplete = incomplete or not outcome.complete
        decision = outcome.analysis.decision
        if as_json:
            findings = [finding.as_json() for finding in decision.findings]
            print_json({"file": str(file), "verdict": decision.verdict.word, "findings": findings})
            continue
        typer.echo(f"{file}: {decision.verdict.word}")
        for finding in decision.findings:
            typer.echo(f"  {finding.verdict.word} ({finding.check}, {finding.stage}): {finding.reason}")
            for evidence in finding.evidence:
                typer.echo(f"    {evidence.where}: {evidence.text}")
            typer.echo(f"    Policy: {finding.clause}")
    raise typer.Exit(1 if incomplete else 0)
