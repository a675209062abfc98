"""`vestry dkim`: keys for signing outgoing mail."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Keys for signing outgoing mail (DKIM).", no_args_is_help=True)


class Kind(StrEnum):
    """The two kinds of key that receivers understand."""

    RSA = "rsa"
    ED25519 = "ed25519"


@app.callback()
def _group() -> None:
    """Keys for signing outgoing mail (DKIM)."""


@app.command()
def key(
    domain: Annotated[str, typer.Option(help="Domain that signs: what comes after the @ of the senders.")],
    selector: Annotated[
        str, typer.Option(help="Name of the key under that domain, for example `vestry2026`.")
    ],
    out: Annotated[Path, typer.Option(help="File to write the private key to; must not exist.")],
    algorithm: Annotated[
        Kind, typer.Option(help="`rsa` (2048 bits, understood everywhere) or `ed25519` (beside an RSA key).")
    ] = Kind.RSA,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Make a new private key; print the DNS record to publish and the lines for vestry.toml."""
    from gateway.signing.generate import dns_record, new_private_key, write_private_key
    from gateway.signing.keys import Key

    made = Key(*_name(domain, selector, out), new_private_key(algorithm.value))
    try:
        write_private_key(made.private, out)
    except FileExistsError:
        typer.echo(f"{out} exists already, and a key is never written over. Nothing was changed.", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        typer.echo(f"{out} cannot be written: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    record = dns_record(made)
    snippet = _snippet(made.domain, made.selector, out)
    if as_json:
        data = {
            "domain": made.domain,
            "selector": made.selector,
            "algorithm": made.algorithm,
            "file": str(out.resolve()),
            "record": {
                "name": record.name,
                "type": "TXT",
                "value": record.value,
                "strings": record.strings,
                "zone": record.zone_line,
            },
            "settings": snippet,
        }
        typer.echo(json.dumps(data))
        return
    typer.echo(
        f"The private key is in {out}, readable by you alone. Vestry must be able to read it.\n\n"
        f"Publish this TXT record in the DNS of {made.domain}.\n\n"
        f"In a form that asks for name and value:\n\n  {record.name}\n  {record.value}\n\n"
        f"In a zone file:\n\n  {record.zone_line}\n\n"
        f"When it can be looked up, add to vestry.toml and reload:\n"
    )
    typer.echo(snippet, nl=False)


def _name(domain: str, selector: str, out: Path) -> tuple[str, str]:
    """Domain and selector, checked as those in the settings file will be. Exits with a usage error."""
    from pydantic import ValidationError

    from config.address import BadAddress
    from config.settings import DkimKeySettings
    from gateway.signing.keys import signing_domain

    try:
        DkimKeySettings(domain=domain, selector=selector, key=out)
        return signing_domain(domain), selector
    except BadAddress:
        raise typer.BadParameter(f"{domain!r} is no domain name", param_hint="--domain") from None
    except ValidationError:
        raise typer.BadParameter(
            f"{selector!r}: letters, digits, dots, hyphens and underscores", param_hint="--selector"
        ) from None


def _snippet(domain: str, selector: str, out: Path) -> str:
    import tomli_w

    return "[[dkim]]\n" + tomli_w.dumps({"domain": domain, "selector": selector, "key": str(out.resolve())})
