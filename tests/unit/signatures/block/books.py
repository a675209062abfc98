"""Councils with texts of their own, and what they sign with."""

from __future__ import annotations

from datetime import date
from typing import Any

from config.capacity import Capacity
from config.council import Council
from config.council_file import council_from
from signatures.block.render import Block, render

TODAY = date(2026, 5, 11)
DOMAIN = "stoke.example"
CLERK, CHAIR, MEMBER, HELPER = (f"{name}@{DOMAIN}" for name in ("clerk", "chair", "member", "helper"))


def person(
    login: str, name: str, *roles: Any, addresses: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    held = [{"role": role} if isinstance(role, str) else role for role in roles]
    sends_from = [{"address": address} for address in (login, *addresses)]
    return {"login": login, "name": name, "roles": held, "identities": sends_from, **more}


PEOPLE = (
    person(
        CLERK,
        "Siân O'Brien",
        "clerk",
        addresses=(f"planning@{DOMAIN}",),
        phone="01632 960001",
        hours="Mondays",
        hours_cy="Dydd Llun",
    ),
    person(
        CHAIR, "Ŵena Hughes", "councillor", "chair", ward="North", ward_cy="Y Gogledd", pronouns="she/her"
    ),
    person(MEMBER, "Bob Bell", "councillor", addresses=(f"planning@{DOMAIN}",)),
    person(HELPER, "Hal Hill", "volunteer"),
)


def council(people: Any = PEOPLE, **signatures: Any) -> Council:
    """A council with these people and this book. Raises ConfigError."""
    shared = [
        {**each, "identities": [_as_shared(i) for i in each["identities"]]} if "identities" in each else each
        for each in people
    ]
    book = {"website": f"https://www.{DOMAIN}", "council_cy": "Cyngor Plwyf Tŷ Stoke", **signatures}
    values = {"id": "stoke", "name": "Stoke Parish Council", "domains": [DOMAIN], "people": shared}
    return council_from({**values, "signatures": book}, "stoke.toml")


def _as_shared(identity: dict[str, Any]) -> dict[str, Any]:
    return {**identity, "kind": "shared"} if identity["address"].startswith("planning@") else identity


def version(name: str, first: str | None, *variants: dict[str, Any]) -> dict[str, Any]:
    return {"version": name, "from": first and date.fromisoformat(first), "variants": variants}


def agreed(*variants: dict[str, Any], **more: Any) -> Council:
    """A council that has agreed one version, long ago, with these variants."""
    return council(agreed=[version("1", "2020-01-01", *variants)], **more)


def block(
    of: Council,
    login: str,
    capacity: Capacity = Capacity.COUNCIL,
    address: str | None = None,
    today: date = TODAY,
) -> Block:
    return render(of, of.person(login), address or login, capacity, today)


def text(of: Council, login: str, *arguments: Any, **more: Any) -> str:
    """The text of the signature."""
    signature = block(of, login, *arguments, **more).signature
    assert signature is not None
    return signature.text


def shown(of: Council, login: str, *arguments: Any, **more: Any) -> str:
    """The HTML of the signature."""
    signature = block(of, login, *arguments, **more).signature
    assert signature is not None
    return signature.html
