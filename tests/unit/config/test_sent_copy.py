"""What a council may ask for of copies, and what the host sets for mailbox servers."""

from __future__ import annotations

import pytest

from config.council import Council
from config.council_file import load_council
from config.errors import ConfigError
from config.sent_copy import CopyWay, SentCopy
from config.settings import load

COUNCIL = 'id = "nether"\nname = "Nether"\ndomains = ["nether.example"]\n'
SETTINGS = 'data_dir = "data"\n[mailboxes.default]\nhost = "mail.example"\nlogin = "vestry"\n'


@pytest.fixture
def council(tmp_path):
    def read(text: str) -> Council:
        path = tmp_path / "council.toml"
        path.write_text(COUNCIL + text, encoding="utf-8")
        return load_council(path)

    return read


@pytest.fixture
def settings(tmp_path):
    def read(text: str):
        path = tmp_path / "vestry.toml"
        path.write_text(SETTINGS + text, encoding="utf-8")
        return load(path)

    return read


def test_off_unless_asked_for(council):
    assert council("").sent_copy == SentCopy(way=CopyWay.OFF, folder="Sent", mailboxes="default")
    assert council("[sent_copy]\n").sent_copy.way is CopyWay.OFF


def test_asked_for(council):
    asked = council(
        '[sent_copy]\nway = "sent_folder"\nfolder = "Anfonwyd: tŷ"\nmailboxes = "county"\n'
    ).sent_copy
    assert asked == SentCopy(way=CopyWay.SENT_FOLDER, folder="Anfonwyd: tŷ", mailboxes="county")
    assert council('[sent_copy]\nway = "mail"\n').sent_copy.way is CopyWay.MAIL


@pytest.mark.parametrize(
    "line",
    ['way = "sometimes"', "way = true", 'folder = ""', 'folder = "a\\nb"', 'mailboxes = ""', 'to = "mail"'],
)
def test_what_cannot_be_asked_for(council, line):
    with pytest.raises(ConfigError) as caught:
        council(f"[sent_copy]\n{line}\n")
    assert "sent_copy" in str(caught.value)


def test_a_stored_council_from_before_asks_for_none():
    stored = Council.model_validate({"id": "nether", "name": "N", "domains": ["nether.example"]})
    without = stored.model_dump(mode="json", by_alias=True, exclude={"sent_copy"})
    assert Council.model_validate(without).sent_copy.way is CopyWay.OFF


def test_a_mailbox_server_and_its_secret(settings, monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    read = settings('password = "file:secret"\nca = "ca.pem"\n').mailboxes["default"]
    assert (read.host, read.port, read.tls, read.ca) == ("mail.example", 993, "implicit", tmp_path / "ca.pem")
    assert read.password.get_secret_value() == "hush"
    assert "hush" not in repr(read)
    monkeypatch.setenv("MASTER", "hush too")
    assert (
        settings('password = "env:MASTER"\n').mailboxes["default"].password.get_secret_value() == "hush too"
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "mailboxes.default.password"),
        ('password = "env:NOT_SET_ANYWHERE"\n', "mailboxes.default.password"),
        ('password = "x"\ntls = "opportunistic"\n', "mailboxes.default.tls"),
        ('password = "x"\ntls = "off"\n', "mailboxes.default.tls"),
        ('password = "x"\ngive_up_hours = 0\n', "mailboxes.default.give_up_hours"),
    ],
)
def test_a_mailbox_server_is_told_no_secret_in_the_clear_and_has_one(settings, text, key):
    with pytest.raises(ConfigError) as caught:
        settings(text)
    assert key in str(caught.value)
