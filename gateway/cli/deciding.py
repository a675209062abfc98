"""`vestry held`: what is decided about a held message, and by whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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

    from gateway.holds.change import Change
    from gateway.holds.decisions import Act

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
_NUMBERS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


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
    from gateway.holds import consenting, decisions
    from gateway.holds.ready import make_ready

    if (for_thread or until is not None) and not consent:
        fail("--for-thread and --until say what a consent is for: add --consent", 2)
    with desk(config) as it:
        council_id = it.council(council)
        _warn(it, council_id, message, by)
        act = _act(it, by, why)
        change = _change(it, council_id, message, only, leave_out, bcc, without_trail)
        ready = None
        if it.read(lambda c: decisions.must_be_made_ready(c, council_id, message, change)):
            ready = it.read(lambda c: make_ready(c, council_id, message, act, it.settings, change))
        granted: tuple[Any, ...] = ()
        if consent:
            thread = _thread(it, council_id, message) if for_thread else None
            scope = consenting.Scope(thread, until.date() if until else None)
            given, granted = it.write(
                lambda c: consenting.release_with_consent(c, council_id, message, act, scope, ready)
            )
        else:
            given = it.write(lambda c: decisions.release(c, council_id, message, act, ready))
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
        config, council, message, by, lambda c, id, it: decisions.reject(c, id, message, _act(it, by, why))
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
        lambda c, id, it: return_for_amendment(c, id, message, _act(it, by, note), enclose=enclose),
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
        act = _act(it, by, "")
        before = it.write(lambda c: claimed(c, council_id, message, act))
    if as_json:
        other = None if before is None else {"by": before.by, "at": before.at}
        print_json({"message": message, "claimed_by": by, "before": other})
        return
    if before is not None:
        typer.echo(f"Note: {before.by} has been looking at it since {moment(before.at)}.", err=True)
    typer.echo(f"{message} is being looked at by {by}.")


def send_as_clerk(
    message: Message,
    by: Officer,
    why: Why = "",
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

    with desk(config) as it:
        council_id = it.council(council)
        _warn(it, council_id, message, by)
        act = _act(it, by, why)
        change = _change(it, council_id, message, only, leave_out, None, False)
        made = it.read(
            lambda c: with_workers(
                it.settings,
                lambda analyst: as_clerk.made_as_clerk(
                    analyst, reading_on(c), council_id, message, act, change
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


def _act(it: Desk, by: str, why: str) -> Act:
    from gateway import clock
    from gateway.holds.decisions import Act

    now = clock.now()
    return Act(by=by, why=why, now=now, today=clock.today_in_london(now), hostname=it.settings.hostname)


def _change(
    it: Desk,
    council_id: str,
    message: str,
    only: str | None,
    leave_out: str | None,
    bcc: str | None,
    without_trail: bool,
) -> Change:
    """What is to be changed. Whom policy added stays, unless they are left out by their number."""
    from gateway.holds.change import Change
    from gateway.store import archive

    if only is not None and leave_out is not None:
        fail("say whom it goes to by --only, or whom it does not by --leave-out, not by both", 2)
    left_out = _numbers(leave_out, "--leave-out")
    if only is not None:
        kept = _numbers(only, "--only")
        recipients = it.read(lambda c: archive.recipients(c, council_id, message))
        if missing := set(kept) - {each.number for each in recipients}:
            fail(f"--only: {message} has no recipient with the number {min(missing) + 1}", 2)
        left_out = tuple(
            each.number for each in recipients if each.added_by is None and each.number not in kept
        )
    return Change(left_out=left_out, blind=_numbers(bcc, "--bcc"), without_trail=without_trail)


def _numbers(text: str | None, option: str) -> tuple[int, ...]:
    """Recipients' numbers from 0, as people write them: from 1, divided by commas, `2-5` for all from 2 to 5."""
    found: set[int] = set()
    for part in (text or "").replace(" ", "").split(",") if text else ():
        matched = _NUMBERS.fullmatch(part)
        first, last = (int(matched[1]), int(matched[2] or matched[1])) if matched else (0, 0)
        if not 1 <= first <= last:
            fail(f"{option}: found {part!r}; allowed: numbers from 1, such as 1,3-5", 2)
        found.update(range(first - 1, last))
    return tuple(sorted(found))


def _thread(it: Desk, council_id: str, message: str) -> str:
    """The thread that a message belongs to."""
    from gateway.archive.versions import as_received
    from gateway.holds.consenting import thread_of
    from gateway.store import archive
    from signatures.message.anatomy import read
    from signatures.message.scanner import Unscannable

    row = it.read(lambda c: archive.message(c, council_id, message))
    try:
        anatomy = read(it.read(lambda c: as_received(c, council_id, message)))
    except Unscannable as error:
        fail(f"{message} cannot be read: {error}; grant the consent without --for-thread")
    thread = thread_of(anatomy, row.message_id)
    return thread or fail(f"{message} names no thread; grant the consent without --for-thread")
