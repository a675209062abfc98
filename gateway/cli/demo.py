"""`vestry demo`: the whole system with a demonstration council and sample mail."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.common import fail, print_table

if TYPE_CHECKING:
    from gateway.demo.installation import Installation
    from gateway.demo.run import Result
    from gateway.demo.searched import Searched

_BECAME = {"passed": "sent", "released": "sent", "rejected": "not sent", "returned": "given back"}


def demo(
    data_dir: Annotated[Path, typer.Option(help="Folder to keep the demonstration in.")] = Path(
        "vestry-demo"
    ),
    no_samples: Annotated[bool, typer.Option("--no-samples", help="Send no sample mail.")] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Exit after the samples; non-zero if anything was unexpected.")
    ] = False,
    submission_port: Annotated[int, typer.Option(help="Port for mail clients, STARTTLS.")] = 2587,
    submissions_port: Annotated[int, typer.Option(help="Port for mail clients, implicit TLS.")] = 2465,
    trusted_port: Annotated[int, typer.Option(help="Port without login, for this machine alone.")] = 2525,
    upstream_port: Annotated[int, typer.Option(help="Port of the stand-in upstream.")] = 2526,
    metrics_port: Annotated[int, typer.Option(help="Port for metrics and health.")] = 9580,
) -> None:
    """Run the whole system with a demonstration council, and show what becomes of sample mail."""
    from gateway.demo.client import DemoFailed
    from gateway.demo.installation import Ports, set_up
    from gateway.demo.run import running, send_samples
    from gateway.demo.searched import searched
    from gateway.demo.upstream import Upstream

    ports = Ports(submission_port, submissions_port, trusted_port, metrics_port, upstream_port)
    installation = set_up(data_dir.resolve(), ports)
    upstream = Upstream(ports.upstream, installation.mailbox)
    try:
        upstream.start()
    except OSError as error:
        fail(f"the stand-in upstream cannot listen on port {ports.upstream}: {error.strerror}")
    try:
        with running(installation):
            _print_addresses(installation)
            results = [] if no_samples else send_samples(installation, upstream)
            looked = None
            if results:
                _print_results(installation, results)
                looked = searched(installation, results)
                _print_searched(looked)
            if not once:
                _wait()
    except DemoFailed as error:
        fail(str(error))
    finally:
        upstream.stop()
    if not all(result.expected for result in results) or (looked is not None and not looked.expected):
        fail("not everything went as expected")


def _wait() -> None:
    """Until Ctrl-C or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    typer.echo("\nRunning. Ctrl-C stops it.")
    stop.wait()


def _print_addresses(installation: Installation) -> None:
    from gateway.demo.installation import PASSWORD

    ports = installation.ports
    typer.echo(f"{installation.council.name} ({installation.council.domains[0]})\n")
    print_table(
        ["Where", "Address"],
        [
            ["Mail clients, STARTTLS", f"127.0.0.1:{ports.starttls}"],
            ["Mail clients, implicit TLS", f"127.0.0.1:{ports.tls}"],
            ["Trusted listener, no login", f"127.0.0.1:{ports.trusted}"],
            ["Stand-in upstream", f"127.0.0.1:{ports.upstream}"],
            ["Its mailbox (Maildir)", str(installation.mailbox)],
            ["Metrics and health", f"http://127.0.0.1:{ports.metrics}/metrics, /healthz, /readyz"],
            ["Settings", str(installation.settings)],
        ],
    )
    typer.echo(f"\nLogins, each with the password {PASSWORD}:")
    print_table(
        ["Login", "Name", "Roles"],
        [
            [person.login, person.name, ", ".join(held.role for held in person.roles)]
            for person in installation.council.people
        ],
    )


def _then(result: Result) -> str:
    """What people decided, and what came of it."""
    words = "; ".join(
        f"{'NOT TAKEN: ' if word in result.failed else ''}{word}" for word in result.sample.words
    )
    if result.kept.about:
        words = "is the one given back, amended" if result.kept.about == result.amends else "LINKED WRONGLY"
    if not words:
        return ""
    return f"{words}: {_BECAME.get(result.kept.state, result.kept.state)}"


def _print_results(installation: Installation, results: list[Result]) -> None:
    typer.echo("\nSample mail, sent through the real ports:")
    print_table(
        ["", "Sample", "By", "From", "Became", "Found", "Then", "Signature and waiver", "DKIM"],
        [
            [
                "ok" if result.expected else "NOT AS EXPECTED",
                result.sample.title,
                result.sample.road,
                result.sample.login.partition("@")[0],
                str(result.outcome or result.reply),
                ", ".join(f"{check} ({verdict})" for check, verdict in result.kept.found),
                _then(result),
                result.block,
                {True: "valid", False: "INVALID", None: ""}[result.signature_valid],
            ]
            for result in results
        ],
    )
    typer.echo(
        f"\nLook closer:  vestry held list -c {installation.settings}\n"
        f"              vestry archive list -c {installation.settings}\n"
        f"              vestry archive verify -c {installation.settings}"
    )


def _print_searched(looked: Searched) -> None:
    typer.echo(f"\nThe archive, searched:  {looked.command}\n")
    typer.echo("".join(f"    {line}\n" for line in looked.said.splitlines()))
    typer.echo("ok" if looked.expected else "NOT AS EXPECTED")
