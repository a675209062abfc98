"""A council with one of each kind of person, and contexts in which they write."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from config.council import Council
from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.context import Context, Envelope, Profile
from filters.finding import Finding
from filters.sender_identity import check
from signatures.message.anatomy import read
from signatures.message.scanner import CAPS, Caps

DOMAIN = "little.example"
TODAY = date(2026, 11, 9)
NOW = datetime(2026, 11, 9, 10, 0, tzinfo=UTC)


def person(local: str, name: str, role: str, *more: dict[str, Any], **role_term: Any) -> dict[str, Any]:
    return {
        "login": f"{local}@{DOMAIN}",
        "name": name,
        "roles": [{"role": role, **role_term}],
        "identities": [{"address": f"{local}@{DOMAIN}"}, *more],
    }


COUNCIL = Council.model_validate(
    {
        "id": "little",
        "name": "Little Wickham Parish Council",
        "domains": [DOMAIN],
        "people": [
            person(
                "clerk",
                "Margaret Hale",
                "clerk",
                {"address": f"office@{DOMAIN}", "kind": "alias"},
                {"address": f"planning@{DOMAIN}", "kind": "shared"},
            ),
            person("deputy", "Thomas Reed", "deputy"),
            person("anne", "Anne Archer", "councillor"),
            person(
                "brian",
                "Brian Bell",
                "councillor",
                {"address": f"planning@{DOMAIN}", "kind": "shared"},
                {"address": f"allotments@{DOMAIN}", "kind": "alias", "until": date(2026, 11, 8)},
                {"address": f"events@{DOMAIN}", "kind": "alias", "from": date(2026, 11, 10)},
                {"address": f"today@{DOMAIN}", "kind": "alias", "from": TODAY, "until": TODAY},
            ),
            person("assistant", "Susan Clerk", "staff", {"address": f"office@{DOMAIN}", "kind": "delegated"}),
            person("helper", "Joan Cole", "volunteer"),
            person("was.clerk", "Henry Old", "clerk", until=date(2026, 11, 8))
            | {"roles": [{"role": "clerk", "until": date(2026, 11, 8)}, {"role": "volunteer"}]},
            person("gone", "Grace Gone", "councillor", until=date(2026, 11, 8)),
            person("coming", "Carl Coming", "councillor", **{"from": date(2026, 11, 10)}),
        ],
        "elsewhere": [{"address": "brian.bell@county.example", "person": f"brian@{DOMAIN}"}],
    }
)

POLICY = CheckPolicy(
    stage=Stage.ENFORCE, verdict=Verdict.REFUSE, clause=Clause(document="Test policy", item="1")
)


def context(login: str | None = "anne", *, mail_from: str | None = None, **changes: Any) -> Context:
    address = f"{login}@{DOMAIN}"
    values = {
        "council": COUNCIL,
        "person": address if login else None,
        "authenticated": True,
        "profile": Profile.SUBMISSION,
        "envelope": Envelope(mail_from=address if mail_from is None else mail_from, recipients=()),
        "received_at": NOW,
        "today": TODAY,
    }
    return Context(**(values | changes))


def findings(
    header: str,
    body: str = "Hello.\n",
    login: str | None = "anne",
    policy: CheckPolicy = POLICY,
    caps: Caps = CAPS,
    **changes: Any,
) -> list[Finding]:
    """What sender_identity finds on a message with this header (LF line ends) and body."""
    raw = (
        header.strip("\n") + "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + body
    ).replace("\n", "\r\n")
    return list(check(read(raw.encode(), caps), context(login, **changes), policy))


def verdicts(*arguments: Any, **options: Any) -> list[str]:
    return [finding.verdict.word for finding in findings(*arguments, **options)]
