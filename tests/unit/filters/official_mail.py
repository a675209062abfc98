"""A council in which the Clerk gets copies, and messages looked at as a whole."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from config.council import Council
from filters.analysis import Analysis, Situation, decide_step, read_step
from filters.context import Envelope, Profile, Recipient
from signatures.message.splices import apply

DOMAIN = "little.example"
TODAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 9, 10, 0, tzinfo=UTC)
CLERK = f"clerk@{DOMAIN}"
RESIDENT = "resident@post.example"


def person(local: str, name: str, *roles: Any, identities: Any = (), **more: Any) -> dict[str, Any]:
    return {
        "login": f"{local}@{DOMAIN}",
        "name": name,
        "roles": [role if isinstance(role, dict) else {"role": role} for role in roles],
        "identities": [{"address": f"{local}@{DOMAIN}"}, *identities],
        **more,
    }


OFFICE = {"address": f"office@{DOMAIN}", "kind": "shared"}
PEOPLE = (
    person(
        "clerk",
        "Margaret Hale",
        "clerk",
        identities=(OFFICE, {"address": f"foi@{DOMAIN}", "kind": "delegated"}),
    ),
    person("deputy", "Thomas Reed", "deputy"),
    person("chair", "Eleanor Whitfield", "councillor", "chair"),
    person(
        "anne",
        "Anne Archer",
        "councillor",
        identities=({"address": f"surgery@{DOMAIN}", "capacity": "casework"},),
    ),
    person("brian", "Brian Bell", "councillor", default_capacity="personal"),
    person("susan", "Susan Shaw", "staff", identities=(OFFICE,)),
    person("foi", "Ruth Bennett", "foi_officer"),
)
TAGS = {"[personal]": "personal", "[casework]": "casework", "[council]": "council", "[my view]": "personal"}


def policy(name: str = "clerk_copy", **changes: Any) -> dict[str, Any]:
    check = {"stage": "enforce", "verdict": "note", "clause": {"document": "Test policy", "item": "1"}}
    return {"title": "P", "version": "1", "checks": {name: check | changes}, "capacity_tags": TAGS}


def council(*, people: tuple[dict[str, Any], ...] = PEOPLE, **changes: Any) -> Council:
    made = {
        "id": "little",
        "name": "Little Wickham Parish Council",
        "domains": [DOMAIN],
        "people": people,
        "elsewhere": [{"address": "brian.bell@county.example", "person": f"brian@{DOMAIN}"}],
        "protected": ["monitoring.officer@county.example"],
        "lists": [
            {"address": f"members@{DOMAIN}", "members": [f"anne@{DOMAIN}", f"brian@{DOMAIN}"]},
            {"address": f"flood@{DOMAIN}", "members": [f"anne@{DOMAIN}", RESIDENT]},
            {"address": f"all@{DOMAIN}", "members": [f"members@{DOMAIN}", CLERK]},
            {"address": f"everyone@{DOMAIN}", "members": [f"flood@{DOMAIN}"]},
            {"address": f"news@{DOMAIN}", "size": 300},
            {"address": f"village@{DOMAIN}", "members": [f"members@{DOMAIN}", f"news@{DOMAIN}"]},
        ],
        "policy": policy(),
    }
    return Council.model_validate(made | changes)


def message(
    *fields: str, sender: str = "anne", to: str = RESIDENT, subject: str = "Hall", body: str = "Hello."
) -> bytes:
    """A message with these fields, or with From, To and Subject; of the text, LF becomes CRLF."""
    header = fields or (f"From: {sender}@{DOMAIN}", f"To: {to}", f"Subject: {subject}")
    more = ("Date: Mon, 9 Nov 2026 10:00:00 +0000", "Message-ID: <1@little.example>")
    return ("\n".join((*header, *more)) + "\n\n" + body + "\n").replace("\n", "\r\n").encode()


def analysed(
    raw: bytes,
    *,
    login: str | None = "anne",
    to: tuple[str, ...] = (RESIDENT,),
    council: Council,
    **changes: Any,
) -> Analysis:
    """What becomes of a message, by both steps."""
    envelope = Envelope(
        mail_from=changes.pop("mail_from", f"{login}@{DOMAIN}"),
        recipients=tuple(Recipient(address=each, canonical=each) for each in to),
        smtputf8=changes.pop("smtputf8", False),
    )
    values = {
        "person": f"{login}@{DOMAIN}" if login else None,
        "authenticated": True,
        "profile": Profile.SUBMISSION,
        "envelope": envelope,
        "received_at": NOW,
        "today": TODAY,
        "message": "Q1",
        "hostname": "post.test.example",
    }
    return decide_step(raw, read_step(raw), Situation(**(values | changes)), council)


def as_sent(raw: bytes, analysis: Analysis) -> bytes:
    return apply(raw, analysis.rewrite)
