from __future__ import annotations

import tomllib
from collections.abc import Iterator

import pytest

from config.council import Council
from config.council_file import council_from
from gateway.demo.upstream import Upstream
from tests.conftest import LITTLE_WICKHAM, TlsFiles
from tests.end_to_end.who_gets_what.house import House
from tests.installation import Installation, free_port

PC = "littlewickham-pc.example"
DECLARED = {
    f"cllr.b@{PC}": "brian.bell@talktalk.net",
    f"clerk@{PC}": "margaret.hale@btinternet.com",
}
LISTS = {
    f"bins@{PC}": [f"cllr.b@{PC}", f"deputy@{PC}"],
    f"allotment-group@{PC}": [f"deputy@{PC}", "pat.lane@gmail.com"],
    f"members@{PC}": [f"chair@{PC}", f"cllr.b@{PC}", f"deputy@{PC}", f"foi@{PC}", f"clerk@{PC}"],
}
"""Aliases and lists, and who is behind each."""

NEWSLETTER = {
    "address": f"newsletter@{PC}",
    "size": 400,
    "owner": f"clerk@{PC}",
    "lawful_basis": "consent",
    "unsubscribe": f"office@{PC}",
}


def council() -> Council:
    """The demo council, where more members have declared an address, and which has lists."""
    values = tomllib.loads(LITTLE_WICKHAM.read_text(encoding="utf-8"))
    for person in values["people"]:
        if person["login"] in DECLARED:
            person["personal_addresses"] = [{"address": DECLARED[person["login"]]}]
    values["lists"] = [{"address": each, "members": members} for each, members in LISTS.items()]
    values["lists"].append(NEWSLETTER)
    return council_from(values, LITTLE_WICKHAM.name)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, tls_files: TlsFiles) -> Iterator[House]:
    """At work for that council."""
    folder = tmp_path_factory.mktemp("house")
    upstream = Upstream(free_port(), folder / "mailbox")
    upstream.start()
    installation = Installation(
        folder / "vestry", tls_files.certificate, tls_files.key, tls_files.ca, council=council()
    )
    try:
        with House(installation, upstream).open() as opened:
            yield opened
    finally:
        upstream.stop()


@pytest.fixture(autouse=True)
def nothing_waits_from_before(house: House | Installation) -> None:
    """Each test begins with nothing held, but for those that have a house of their own, in which nothing is."""
    if isinstance(house, House):
        house.cancel_all()
