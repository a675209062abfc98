"""`vestry held`: what is decided about a held message, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.chosen import act_of, change_of, one_line, thread_of
from gateway.cli.common import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    CouncilId,
    Desk,
    desk,
    fail,
    moment,
    print_json,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.holds.decisions import Given

Message = Annotated[str, typer.Argument(help="Queue id of the message.")]
By = Annotated[
    str, typer.Option(help="Login of who decides: the Clerk, deputy or locum, a moderator, or the sender.")
]
Officer = Annotated[str, typer.Option(help="Login of the Clerk, deputy or locum who decides.")]
Why = Annotated[str, typer.Option(help="Reason, for the record.")]
Only = Annotated[
    str | None,
    typer.Option(help="Release to these recipients alone: their numbers in `held show`, such as 1,3-5."),
]
LeaveOut = Annotated[
    str | None,
    typer.Option(help="Leave these recipients out, and their names too: their numbers in `held show`."),
]
Basis = Annotated[
    str,
    typer.Option(
        help="On what consent or other lawful basis a resident's details are passed on, where that is asked."
    ),
]


def release(
    message: Message,
    by: By,
    why: Why = "",
    only: Only = None,
    leave_out: LeaveOut = None,
    bcc: Annotated[
        str | None, typer.Option(help="The sender's choice: move these recipients to Bcc, by their numbers.")
    ] = None,
    without_trail: Annotated[
        bool,
        typer.Option(
            "--without-trail", help="The sender's choice: leave out the earlier messages it quotes."
        ),
    ] = False,
    not_binding: Annotated[
        bool,
        typer.Option("--not-binding", help="The sender's statement: it does not bind the Council."),
    ] = False,
    basis: Basis = "",
    wrongly_held: Annotated[
        str,
        typer.Option(help="The Clerk's word that it should not have been held, and why: kept as feedback."),
    ] = "",
    consent: Annotated[
        bool,
        typer.Option(
            "--consent",
            help="Grant the sender the Clerk's consent for the addresses it is held for, and release it.",
        ),
    ] = False,
    for_thread: Annotated[
        bool, typer.Option("--for-thread", help="With --consent: for mail of this thread alone.")
    ] = False,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="With --consent: last day; by default until it is revoked."),
    ] = None,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Give your word for a held message. It goes once it has every word that it needs, to all or to some."""
    from gateway.delivery.wake import ring
    from gateway.holds import consenting, decisions, feedback
    from gateway.holds.ready import make_ready
    from gateway.holds.statement import Statement

    if (for_thread or until is not None) and not consent:
        fail("--for-thread and --until say what a consent is for: add --consent", 2)
    with desk(config) as it:
        council_id = it.council(council)
        _warn(it, council_id, message, by)
        act = act_of(it, by, why, Statement(not_binding=not_binding, basis=one_line(basis, "--basis")))
        change = change_of(it, council_id, message, only, leave_out, bcc, without_trail)
        ready = None
        if it.read(lambda c: decisions.must_be_made_ready(c, council_id, message, change)):
            ready = it.read(lambda c: make_ready(c, council_id, message, act, it.settings, change))
        thread = thread_of(it, council_id, message) if consent and for_thread else None
        scope = consenting.Scope(thread, until.date() if until else None) if consent else None

        def give(connection: Connection) -> tuple[Given, tuple[Any, ...]]:
            if wrongly_held:
                feedback.wrongly_held(connection, council_id, message, act, wrongly_held)
            if scope is None:
                return decisions.release(connection, council_id, message, act, ready), ()
            return consenting.release_with_consent(connection, council_id, message, act, scope, ready)

        given, granted = it.write(give)
        ring(it.settings)
    if as_json:
        print_json(
            {
                "message": message,
                "departure": given.departure,
                "waits_for": given.waits_for,
                "consents": [each.id for each in granted],
            }
        )
        return
    for each in granted:
        typer.echo(f"Consent {each.id} is granted: {each.person} may send council mail to {each.address}.")
    if given.departure is None:
        typer.echo(f"Your word is recorded. {message} now waits for {given.waits_for}.")
    else:
        typer.echo(f"{message} is released and leaves as departure {given.departure}.")


def reject(
    message: Message,
    by: By,
    why: Annotated[str, typer.Option(help="Reason, told to the sender.")],
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Decide that a held message will not go, and tell its sender why."""
    from gateway.holds import decisions

    state = _decide(
        config, council, message, by, lambda c, id, it: decisions.reject(c, id, message, act_of(it, by, why))
    )
    _say(message, state, as_json, f"{message} is rejected; its sender is told.")


def return_(
    message: Message,
    by: By,
    note: Annotated[str, typer.Option(help="What is to be amended, told to the sender.")],
    enclose: Annotated[
        bool, typer.Option("--enclose", help="Enclose the message itself, for the sender to work on.")
    ] = False,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Give a held message back to its sender to be amended. What is sent again is linked to it."""
    from gateway.holds.returning import return_for_amendment

    state = _decide(
        config,
        council,
        message,
        by,
        lambda c, id, it: return_for_amendment(c, id, message, act_of(it, by, note), enclose=enclose),
    )
    _say(message, state, as_json, f"{message} is given back; its sender is told what to amend.")


def claim(
    message: Message,
    by: By,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Have others see that you are looking at a held message, for an hour. Nobody is kept from deciding on it."""
    from gateway.holds.claiming import claim as claimed

    with desk(config) as it:
        council_id = it.council(council)
        act = act_of(it, by, "")
        before = it.write(lambda c: claimed(c, council_id, message, act))
    if as_json:
        other = None if before is None else {"by": before.by, "at": before.at}
        print_json({"message": message, "claimed_by": by, "before": other})
        return
    if before is not None:
        typer.echo(f"Note: {before.by} has been looking at it since {moment(before.at)}.", err=True)
    typer.echo(f"{message} is being looked at by {by}.")


def to_clerk(
    message: Message,
    by: By,
    why: Why = "",
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """The sender's choice, where they are asked whether it binds the Council: hand it to the Clerk to send."""
    from gateway.holds.handing_over import hand_over

    state = _decide(
        config, council, message, by, lambda c, id, it: hand_over(c, id, message, act_of(it, by, why))
    )
    _say(
        message,
        state,
        as_json,
        f"{message} is handed to the Clerk, who is told; its sender is asked no more.",
    )


def send_as_clerk(
    message: Message,
    by: Officer,
    why: Why = "",
    basis: Basis = "",
    only: Only = None,
    leave_out: LeaveOut = None,
    council: CouncilId = None,
    config: Config = DEFAULT_CONFIG,
    as_json: AsJson = False,
) -> None:
    """Send what a held message says in the Clerk's own name instead. Its sender is told; the original stays."""
    from gateway.delivery.wake import ring
    from gateway.holds import as_clerk
    from gateway.holds.ready import reading_on, with_workers
    from gateway.holds.statement import Statement
    from gateway.scanning.scanner import scanner_of

    with desk(config) as it:
        council_id = it.council(council)
        _warn(it, council_id, message, by)
        act = act_of(it, by, why, Statement(basis=one_line(basis, "--basis")))
        change = change_of(it, council_id, message, only, leave_out, None, False)
        scanner = scanner_of(it.settings.malware)
        made = it.read(
            lambda c: with_workers(
                it.settings,
                lambda analyst: as_clerk.made_as_clerk(
                    analyst, reading_on(c), council_id, message, act, change, scanner=scanner
                ),
            )
        )
        sent = it.write(lambda c: as_clerk.send_as_clerk(c, council_id, message, act, made))
        ring(it.settings)
    if as_json:
        print_json({"message": message, "sent_as": sent})
    else:
        typer.echo(f"{sent} leaves in the Clerk's name; {message} does not, and its sender is told.")


COMMANDS: Mapping[str, Callable[..., None]] = {
    "claim": claim,
    "release": release,
    "return": return_,
    "reject": reject,
    "send-as-clerk": send_as_clerk,
    "to-clerk": to_clerk,
}
"""The commands, by their names."""


def _decide(
    config: Path, council: str | None, message: str, by: str, what: Callable[[Connection, str, Desk], None]
) -> str:
    """Do it. Returns the state that the message is in then."""
    from gateway.delivery.wake import ring
    from gateway.store import archive

    with desk(config) as it:
        council_id = it.council(council)
        _warn(it, council_id, message, by)
        it.write(lambda c: what(c, council_id, it))
        ring(it.settings)
        return str(it.read(lambda c: archive.message(c, council_id, message)).state)


def _say(message: str, state: str, as_json: bool, said: str) -> None:
    if as_json:
        print_json({"message": message, "state": state})
    else:
        typer.echo(said)


def _warn(it: Desk, council_id: str, message: str, by: str) -> None:
    """Tell whoever decides that somebody else is looking at it. It keeps them from nothing."""
    from gateway import clock
    from gateway.store import claims

    looking = it.read(lambda c: claims.standing(c, council_id, clock.now(), message)).get(message)
    if looking is not None and looking.by != by:
        typer.echo(f"Note: {looking.by} has been looking at it since {moment(looking.at)}.", err=True)
