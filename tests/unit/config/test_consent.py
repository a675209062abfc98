from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from config.consent import Consent
from config.council import Council
from config.council_file import dump, loads
from config.errors import ConfigError
from config.kept import kept
from tests.conftest import LITTLE_WICKHAM

ANNE = "cllr.a@littlewickham-pc.example"
CLERK = "clerk@littlewickham-pc.example"
GIVEN = f"""
[[consents]]
id = "2026-1"
address = "Cllr.A.Home@gmail.com"
person = "{ANNE}"
until = 2026-12-31
why = "Has no other way to read papers on the train"
granted_by = "{CLERK}"
granted_at = 2026-01-10T09:00:00Z
"""


def council(more: str = GIVEN) -> Council:
    return loads(LITTLE_WICKHAM.read_text() + more, "wickham.toml")


def test_a_consent_is_read_and_written():
    [consent] = council().consents
    assert consent == Consent(
        id="2026-1",
        address="cllr.a.home@gmail.com",
        person=ANNE,
        until=date(2026, 12, 31),
        why="Has no other way to read papers on the train",
        granted_by=CLERK,
        granted_at=datetime(2026, 1, 10, 9, tzinfo=UTC),
    )
    assert loads(dump(council()), "again.toml") == council()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (f'person = "{ANNE}"', 'person = "nobody@x.example"', "consents[0].person: found nobody@x.example"),
        (
            f'granted_by = "{CLERK}"',
            'granted_by = "nobody@x.example"',
            "consents[0].granted_by: found nobody@x",
        ),
        (f'granted_by = "{CLERK}"', f'granted_by = "{ANNE}"', "an officer other than the person"),
        ("Cllr.A.Home@gmail.com", "anne@littlewickham-pc.example", "outside the council's own domains"),
        ("Cllr.A.Home@gmail.com", "brian.bell@wickhamshire.example", "which is an official one"),
        ("2026-01-10T09:00:00Z", "2026-01-10T09:00:00", "consents[0].granted_at"),
        (
            'id = "2026-1"',
            'id = "2026-1"\nrevoked_by = "clerk@littlewickham-pc.example"',
            "revoked_at: found nothing",
        ),
        ('id = "2026-1"', 'id = "2026-1"\nrevoked_at = 2026-01-11T09:00:00Z', "revoked_by: found nothing"),
        ('id = "2026-1"', 'id = "2026-1"\nthread = "no-brackets"', "a Message-ID in angle brackets"),
        ('id = "2026-1"', 'id = "2026-1"\nfrom = 2027-01-01', "a day on or after `from`"),
    ],
)
def test_what_cannot_stand_is_refused_and_named(old, new, said):
    with pytest.raises(ConfigError) as refused:
        council(GIVEN.replace(old, new))
    assert said in str(refused.value)


def test_each_id_stands_once():
    with pytest.raises(ConfigError, match=r"consents\[1\].id: found 2026-1; allowed: each consent once"):
        council(GIVEN + GIVEN)


def test_who_granted_one_may_have_left_office():
    was = LITTLE_WICKHAM.read_text().replace(
        'role = "clerk", from', 'role = "clerk", until = 2026-05-31, from'
    )
    assert loads(was + GIVEN, "wickham.toml").consents


class TestImport:
    """What a council's file cannot take back: see `config.kept`."""

    def test_what_is_on_record_stays(self):
        taken = kept(council(), council(""))
        assert [each.id for each in taken.consents] == ["2026-1"]
        assert taken == kept(taken, taken)

    def test_new_ones_are_added(self):
        taken = kept(council(), council(GIVEN.replace('"2026-1"', '"2026-2"')))
        assert [each.id for each in taken.consents] == ["2026-1", "2026-2"]

    @pytest.mark.parametrize(
        ("old", "new"), [("until = 2026-12-31", "until = 2027-12-31"), ("Cllr.A.Home", "Another")]
    )
    def test_one_with_other_content_is_refused(self, old, new):
        with pytest.raises(ConfigError) as refused:
            kept(council(), council(GIVEN.replace(old, new)), "wickham.toml")
        assert "wickham.toml: consents[0].id: found 2026-1 with other content" in str(refused.value)

    def test_a_file_that_what_is_on_record_does_not_fit_is_refused(self):
        recorded = council()
        without: dict[str, Any] = recorded.model_dump(by_alias=True) | {"consents": []}
        without["people"] = [each for each in without["people"] if each["login"] != ANNE]
        with pytest.raises(ConfigError, match=r"consents\[0\].person: found cllr.a"):
            kept(recorded, Council.model_validate(without), "wickham.toml")
