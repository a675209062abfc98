"""What a council tells the content checks: the address that messages are reported to."""

from __future__ import annotations

import pytest

from config.council import Council
from config.council_file import load_council
from config.errors import ConfigError

CLAUSE = '{ document = "P", item = "1" }'


def file(content: str = "", stage: str = "enforce") -> str:
    return f"""
        id = "nether"
        name = "Nether Poppleton Parish Council"
        domains = ["nether.example"]

        [[people]]
        login = "clerk@nether.example"
        name = "Ann Clerk"
        roles = [{{ role = "clerk" }}]
        identities = [{{ address = "clerk@nether.example" }}]

        {content}

        [policy]
        title = "P"
        version = "1"

        [policy.checks.report]
        stage = "{stage}"
        verdict = "note"
        clause = {CLAUSE}
        """


def made(tmp_path, text: str) -> Council:
    path = tmp_path / "nether.toml"
    path.write_text(text)
    return load_council(path)


def test_an_address_to_report_to(tmp_path):
    content = '[content]\nreport_address = "report@nether.example"'
    assert made(tmp_path, file(content)).content.report_address == "report@nether.example"


@pytest.mark.parametrize("stage", ["trial", "warn", "enforce"])
def test_where_the_check_is_in_force_there_is_an_address(tmp_path, stage):
    with pytest.raises(ConfigError) as told:
        made(tmp_path, file(stage=stage))
    said = str(told.value)
    for part in (
        "nether.toml",
        "content.report_address",
        "nothing, where the check report is in force",
        "an address of nobody's own in the council's domains (nether.example) to report messages to",
    ):
        assert part in said


def test_where_it_is_off_there_need_be_none(tmp_path):
    assert made(tmp_path, file(stage="off")).content.report_address is None


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("report@elsewhere.example", "an address in the council's own domains"),
        ("clerk@nether.example", "which is somebody's"),
        ("postroom@nether.example", "which is somebody's"),
    ],
)
def test_it_is_nobodys_own_and_in_a_domain_of_the_council(tmp_path, address, why):
    with pytest.raises(ConfigError, match=why):
        made(tmp_path, file(f'[content]\nreport_address = "{address}"'))
