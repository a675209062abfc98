"""`vestry sign`: a message as it would be sent, without a database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import fail, scanner_for

if TYPE_CHECKING:
    from gateway.intake.dry_run import Dry
    from gateway.signing.keys import KeyRing


def sign(
    file: Annotated[Path, typer.Argument(help="The message; `-` for standard input.", allow_dash=True)],
    council: Annotated[Path, typer.Option("--council", help="The council's TOML file.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="Envelope sender; by default the address in From.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            help="Settings file whose DKIM keys sign and whose virus scanner is asked; by default none.",
        ),
    ] = None,
    dkim_key: Annotated[
        Path | None, typer.Option(help="File with a private key that signs for the domain in From.")
    ] = None,
    dkim_selector: Annotated[str | None, typer.Option(help="The selector of that key.")] = None,
) -> None:
    """Write a message as it would be sent to standard output, byte for byte: signature, waiver, DKIM.

    What a policy has on trial is not written. The verdict goes to standard error. A message whose lines end in
    LF alone is taken as its client would send it, with CR LF.

    Exit code 0 when what is written is what would be sent, once it may be; 1 when it would not be sent like
    that: it is refused, or could not be checked, or is held because it cannot carry signature and waiver.
    """
    from config.council_file import load_council
    from gateway.intake.dry_run import CannotCheck, dry_run
    from signatures.block.proof import prove
    from signatures.message.splices import apply

    found = load_council(council)
    prove(found, str(council))
    ring = _keys(config, dkim_key, dkim_selector, found.domains)
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        scanner = scanner_for(found, config)
        outcome = dry_run(raw, found, from_, (), scanner=scanner)
    except OSError as error:
        fail(f"{file}: {error.strerror}")
    except CannotCheck as error:
        fail(f"{file}: {error}")
    sent = apply(outcome.raw, outcome.analysis.rewrite)
    sys.stdout.buffer.write(_dkim(outcome, sent, ring) + sent)
    sys.stdout.buffer.flush()
    decision = outcome.analysis.decision
    typer.echo(f"verdict: {decision.verdict.word}", err=True)
    for finding in decision.findings:
        typer.echo(f"{finding.effect.word} ({finding.check}): {finding.reason}", err=True)
    raise typer.Exit(0 if _goes_like_this(outcome) else 1)


def _goes_like_this(outcome: Dry) -> bool:
    from config.policy import Verdict
    from filters.registry import WRITTEN

    decision = outcome.analysis.decision
    held_for_it = any(
        finding.check in WRITTEN and finding.effect is Verdict.HOLD for finding in decision.findings
    )
    return outcome.complete and decision.verdict is not Verdict.REFUSE and not held_for_it


def _keys(config: Path | None, file: Path | None, selector: str | None, domains: tuple[str, ...]) -> KeyRing:
    """The keys of the settings, and the one named for the council's domains. Raises ConfigError."""
    from pydantic import ValidationError

    from config.settings import DkimKeySettings, load
    from gateway.signing.keys import load_keys

    if (file is None) != (selector is None):
        raise typer.BadParameter("--dkim-key and --dkim-selector go together", param_hint="--dkim-key")
    wanted = list(load(config).dkim) if config is not None else []
    if file is not None and selector is not None:
        try:
            wanted += [DkimKeySettings(domain=each, selector=selector, key=file) for each in domains]
        except ValidationError:
            raise typer.BadParameter(
                "letters, digits, dots, hyphens and underscores", param_hint="--dkim-selector"
            ) from None
    return load_keys(wanted)


def _dkim(outcome: Dry, message: bytes, ring: KeyRing) -> bytes:
    """The DKIM-Signature fields that go in front, none where no key is for the domain in From."""
    from gateway import clock
    from gateway.signing.sign import SigningFailed, sign_for

    if not len(ring) or not outcome.from_domain:
        return b""
    try:
        return sign_for(outcome.from_domain, message, ring, clock.now())
    except SigningFailed as error:
        return fail(f"it cannot be signed: {error.reason}")
