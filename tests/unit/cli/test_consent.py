"""`vestry consent`, as a Clerk uses it, in this very process."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.settings import load
from gateway.store import messages
from gateway.store.database import Database
from gateway.store.entry import Heading, NewMessage
from gateway.store.kinds import MessageKind
from tests.conftest import LITTLE_WICKHAM
from tests.unit.cli.test_signature import Vestry, folder, host, vestry
from tests.unit.filters.forwarding.mail import sent_to

__all__ = ["folder", "host", "vestry"]

ANNE = "cllr.a@littlewickham-pc.example"
HOME = "cllr.a.home@gmail.com"
CLERK = "clerk@littlewickham-pc.example"
BY = ("--by", CLERK, "--why", "Papers for the train")
TODAY = datetime.now(ZoneInfo("Europe/London")).date()


def listed(vestry: Vestry, *more: str) -> list[dict[str, object]]:
    return json.loads(vestry("consent", "list", "--json", *more))


def test_a_consent_is_granted_listed_and_revoked(host: Path, vestry: Vestry):
    year = TODAY.year
    until = TODAY + timedelta(days=30)
    said = vestry("consent", "grant", "--person", ANNE, "--address", HOME, "--until", str(until), *BY)
    assert f"Consent {year}-1: {ANNE} may send council mail to {HOME} until {until} (version 2)." in said
    [row] = listed(vestry)
    assert (row["id"], row["address"], row["person"], row["state"]) == (f"{year}-1", HOME, ANNE, "in force")
    assert row["until"] == str(until)
    assert "Papers for the train" in vestry("consent", "list")
    vestry("consent", "revoke", f"{year}-1", "--by", CLERK, "--why", "Has a laptop now")
    assert listed(vestry) == []
    [row] = listed(vestry, "--all")
    assert (row["state"], row["revoked_by"], row["revoked_why"]) == ("revoked", CLERK, "Has a laptop now")
    assert "revoked by" in vestry("consent", "list", "--all")


def test_scope_and_days(host: Path, vestry: Vestry):
    soon = TODAY + timedelta(days=2)
    options = [
        "--for-everyone",
        "--address",
        "Dave@Outlook.com",
        "--thread",
        "1@x.example",
        "--sender",
        "a@b.example",
    ]
    said = vestry("consent", "grant", *options, "--from", str(soon), *BY)
    assert "everyone of the council may send council mail to dave@outlook.com" in said
    assert "thread <1@x.example>, mail from a@b.example only" in said
    [row] = listed(vestry)
    assert (row["person"], row["thread"], row["sender"]) == (None, "<1@x.example>", "a@b.example")
    assert row["state"] == "to come"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--address", HOME], "say whom the consent is for"),
        (["--address", HOME, "--person", ANNE, "--for-everyone"], "say whom the consent is for"),
        (["--address", HOME, "--person", ANNE, "--thread", "<1@x>", "--message", "q"], "not by both"),
        (["--address", "nonsense", "--person", ANNE], "--address: found 'nonsense'"),
        (["--address", HOME, "--person", ANNE, "--until", str(TODAY - timedelta(days=1))], "is over"),
        (["--address", HOME, "--person", "nobody@x.example"], "the login of somebody in this file"),
        (["--address", "x@littlewickham-pc.example", "--person", ANNE], "outside the council's own domains"),
    ],
)
def test_what_is_asked_for_wrongly(host: Path, vestry: Vestry, options: list[str], said: str):
    assert said in vestry("consent", "grant", *options, *BY, code=2).replace("\n", " ")
    assert listed(vestry, "--all") == []


def test_who_may_not(host: Path, vestry: Vestry):
    member = ("--by", ANNE, "--why", "For myself")
    assert "neither Clerk, deputy nor locum" in vestry(
        "consent", "grant", "--address", HOME, "--for-everyone", *member, code=1
    )
    own = ("--person", CLERK, "--address", "m.hale@icloud.com")
    assert "nobody grants themselves consent" in vestry("consent", "grant", *own, *BY, code=1)
    assert "has no consent 1999-1" in vestry("consent", "revoke", "1999-1", *BY, code=1)
    assert "say why" in vestry("consent", "revoke", "1999-1", "--by", CLERK, "--why", " ", code=2)
    assert "has no message nothing" in vestry(
        "consent", "grant", "--address", HOME, "--person", ANNE, "--message", "nothing", *BY, code=1
    )


def test_an_import_takes_no_consent_back(host: Path, vestry: Vestry):
    vestry("consent", "grant", "--person", ANNE, "--address", HOME, *BY)
    vestry("council", "import", str(LITTLE_WICKHAM))
    exported = vestry("council", "export", "littlewickham")
    assert "[[consents]]" in exported
    (host / "own.toml").write_text(exported)
    vestry("council", "import", "own.toml")
    assert [row["id"] for row in listed(vestry)] == [f"{TODAY.year}-1"]
    (host / "own.toml").write_text(exported.replace("Papers for the train", "Something else"))
    said = vestry("council", "import", "own.toml", code=2)
    assert f"own.toml: consents[0].id: found {TODAY.year}-1 with other content" in said


def test_a_dry_run_knows_the_consents_in_the_file(host: Path, vestry: Vestry):
    (host / "forward.eml").write_bytes(sent_to("owa/forward", HOME))
    given = f'''
[[consents]]
id = "2026-1"
address = "{HOME}"
person = "{ANNE}"
thread = "<0b7c1a02-3f61-4a58@mail.resident.example>"
granted_by = "{CLERK}"
granted_at = 2026-01-10T09:00:00Z
'''
    (host / "with.toml").write_text(LITTLE_WICKHAM.read_text() + given)

    def found(council: str) -> list[tuple[str, bool]]:
        printed = json.loads(vestry("check", "forward.eml", "--council", council, "--json"))
        mine = [each for each in printed["findings"] if each["check"] == "forwarding"]
        return [(each["verdict"], "consent 2026-1" in each["reason"]) for each in mine]

    assert found(str(LITTLE_WICKHAM)) == [("hold", False)]
    assert found("with.toml") == [("note", True)]


@pytest.mark.parametrize(
    ("name", "thread"),
    [
        ("owa/forward", "<0b7c1a02-3f61-4a58@mail.resident.example>"),
        ("thunderbird/forward-attached", "<0b7c1a02-3f61-4a58@mail.resident.example>"),
        ("gmail-web/new", "<own@littlewickham-pc.example>"),
    ],
)
def test_a_thread_is_named_by_a_message_of_it(host: Path, vestry: Vestry, name: str, thread: str):
    queue_id = archived(host, sent_to(name, HOME), "<own@littlewickham-pc.example>")
    vestry("consent", "grant", "--person", ANNE, "--address", HOME, "--message", queue_id, *BY)
    [row] = listed(vestry)
    assert row["thread"] == thread


def archived(host: Path, raw: bytes, message_id: str) -> str:
    """A message in the archive of the installation; its queue id."""
    new = NewMessage(
        council="littlewickham",
        kind=MessageKind.NOTICE,
        raw=raw,
        mail_from=ANNE,
        recipients=(HOME,),
        heading=Heading(message_id, "Hedge", ANNE, "littlewickham-pc.example"),
        upstream="default",
    )
    database = Database(load(host / "vestry.toml").database_url)
    database.start()
    try:
        return database.write_blocking(lambda c: messages.write_own(c, new, datetime.now(UTC)))
    finally:
        database.stop()
