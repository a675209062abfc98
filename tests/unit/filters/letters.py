"""Letters of a small council with lists, and what one check finds in them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from config.council import Council
from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.answers import NO_ANSWERS, Answers
from filters.context import Context, Envelope, Profile, Recipient
from filters.finding import Finding
from filters.registry import CHECKS
from signatures.message.anatomy import read

DOMAIN = "little.example"
ANNE = f"anne@{DOMAIN}"


def _person(local: str, name: str, role: str, *identities: dict[str, Any], **more: Any) -> dict[str, Any]:
    address = f"{local}@{DOMAIN}"
    return {
        "login": address,
        "name": name,
        "roles": [{"role": role}],
        "identities": [{"address": address}, *identities],
        **more,
    }


COUNCIL = Council.model_validate(
    {
        "id": "little",
        "name": "Little Wickham Parish Council",
        "domains": [DOMAIN],
        "people": [
            _person("clerk", "Margaret Hale", "clerk"),
            _person(
                "anne",
                "Anne Archer",
                "councillor",
                {"address": f"allotments@{DOMAIN}", "kind": "alias"},
                {"address": f"was@{DOMAIN}", "kind": "alias", "until": date(2026, 1, 1)},
                {"address": f"planning@{DOMAIN}", "kind": "shared"},
                personal_addresses=[{"address": "anne.home@gmail.com"}],
            ),
            _person("brian", "Brian Bell", "councillor", personal_addresses=[{"address": "bb@bell.example"}]),
            _person("carol", "Carol Cox", "councillor"),
        ],
        "elsewhere": [{"address": "brian.bell@county.example", "person": f"brian@{DOMAIN}"}],
        "lists": [
            {
                "address": f"councillors@{DOMAIN}",
                "members": [ANNE, f"brian@{DOMAIN}", f"carol@{DOMAIN}", f"clerk@{DOMAIN}"],
            },
            {"address": f"everyone@{DOMAIN}", "members": [f"councillors@{DOMAIN}", f"staff@{DOMAIN}"]},
            {"address": f"friends@{DOMAIN}", "members": ["f1@gmail.com", "f2@gmail.com", "f3@gmail.com"]},
            {"address": f"unknown@{DOMAIN}"},
            {"address": "village@lists.example", "size": 240},
            {
                "address": f"news@{DOMAIN}",
                "size": 300,
                "owner": f"clerk@{DOMAIN}",
                "lawful_basis": "consent",
                "unsubscribe": f"leave@{DOMAIN}",
            },
        ],
    }
)

POLICY = CheckPolicy(
    stage=Stage.ENFORCE, verdict=Verdict.ASK, clause=Clause(document="Test policy", item="1")
)


def letter(header: str, body: str = "Hello.\n") -> bytes:
    """A message from Anne as bytes; `header` has further fields, lines end with LF."""
    first = "" if header.lstrip().startswith("From:") else f"From: Anne Archer <{ANNE}>\n"
    text = (
        f"{first}{header.strip()}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: 8bit\n\n{body}"
    )
    return text.replace("\n", "\r\n").encode()


def look(
    check: str,
    raw: bytes,
    *,
    bcc: Iterable[str] = (),
    answers: Answers = NO_ANSWERS,
    council: Council = COUNCIL,
    person: str = ANNE,
    **policy: Any,
) -> list[Finding]:
    """What a check finds in a message that goes to all whom its header names, and to `bcc`."""
    anatomy = read(raw)
    to = dict.fromkeys(mailbox.address for mailbox in anatomy.recipients if mailbox.address)
    envelope = Envelope(
        mail_from=person,
        recipients=tuple(Recipient(address=each, canonical=each) for each in (*to, *bcc)),
    )
    context = Context(
        council=council,
        person=person,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=envelope,
        received_at=datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
        today=date(2026, 11, 20),
        answers=answers,
    )
    return list(CHECKS[check](anatomy, context, POLICY.model_copy(update=policy)))


def people(count: int, domain: str = "org.example") -> list[str]:
    """So many addresses of others."""
    return [f"p{number}@{domain}" for number in range(1, count + 1)]


def listed(addresses: Iterable[str]) -> str:
    """Addresses as a field's value, folded."""
    return ",\n ".join(addresses)
