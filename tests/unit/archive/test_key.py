"""The archive's key: what files are taken for one, and who is let in with which."""

from __future__ import annotations

import base64
import os
import stat

import pytest
from sqlalchemy import delete

from config.errors import ConfigError
from config.settings import ArchiveSettings
from gateway.archive import key
from gateway.store import marks
from gateway.store.database import Database
from gateway.store.errors import KeyRefused
from gateway.store.models import SecretRow
from gateway.store.upgrade import upgrade
from tests.unit.store.conftest import url  # noqa: F401  # fixture

KEY, OTHER = b"\x01" * 32, b"\x02" * 32
WRITTEN = bytes(range(200, 232))


def file_with(folder, content: bytes, mode: int = 0o600):
    path = folder / "archive.key"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    "content",
    [
        WRITTEN,
        WRITTEN.hex().encode(),
        WRITTEN.hex().upper().encode() + b"\n",
        base64.b64encode(WRITTEN),
        base64.b64encode(WRITTEN) + b"\r\n",
    ],
)
def test_a_key_as_it_is_or_in_hex_or_base64(tmp_path, content):
    assert key.read(file_with(tmp_path, content)) == WRITTEN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"secret",
        WRITTEN[:31],
        WRITTEN + b"x",
        WRITTEN.hex().encode()[:-2],
        b"zz" * 32,
        base64.b64encode(WRITTEN[:30]),
        base64.b64encode(WRITTEN) + b"!",
        b"x" * 5000,
    ],
)
def test_anything_else_is_none(tmp_path, content):
    with pytest.raises(ConfigError, match=r"archive\.key") as fault:
        key.read(file_with(tmp_path, content))
    assert "something that is no key" in str(fault.value)
    if len(content) > 5:
        assert content.decode("latin-1")[:6] not in str(fault.value).replace(str(tmp_path), "")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644])
def test_a_file_that_others_can_get_at_is_refused(tmp_path, mode):
    with pytest.raises(ConfigError, match="others"):
        key.read(file_with(tmp_path, KEY, mode))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no readable file"):
        key.read(tmp_path / "none")


def test_a_key_that_is_made(tmp_path):
    path = tmp_path / "archive.key"
    before = os.umask(0)
    try:
        key.make(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    made = key.read(path)
    assert len(made) == 32
    with pytest.raises(FileExistsError):
        key.make(path)
    assert key.read(path) == made
    key.make(tmp_path / "another")
    assert key.read(tmp_path / "another") != made


def test_settings_need_not_name_one():
    assert ArchiveSettings().key is None


def start(url: str, with_key: bytes | None) -> None:
    database = Database(url, key=with_key)
    try:
        database.start()
    finally:
        database.stop()


def test_the_first_key_is_remembered_and_then_needed(url):
    start(url, None)
    start(url, None)
    start(url, KEY)
    start(url, KEY)
    for wrong, said in ((None, "names no key"), (OTHER, "another key")):
        with pytest.raises(KeyRefused, match=r"archive\.key") as refused:
            start(url, wrong)
        assert said in str(refused.value)
        with pytest.raises(KeyRefused):
            upgrade(url, wrong)
    upgrade(url, KEY)
    start(url, KEY)


def test_a_key_is_not_told_by_what_remembers_it(url):
    start(url, KEY)
    database = Database(url, key=KEY)
    database.start()
    mark = database.read_blocking(lambda c: marks.secrets.find(c, marks.NAME))
    assert mark is not None
    assert KEY not in mark
    assert database.read_blocking(marks.is_encrypted)
    database.write_blocking(lambda c: c.execute(delete(SecretRow)))
    assert not database.read_blocking(marks.is_encrypted)
    database.stop()


def test_of_two_nodes_that_are_first_with_two_keys_one_is_refused(url):
    """Each looked before the other wrote."""
    one, other = Database(url, key=KEY), Database(url, key=OTHER)
    with other.engine.connect() as connection:
        assert not marks.known(connection)
    one.start()
    with pytest.raises(KeyRefused):
        other.start()
    one.stop()
    other.stop()
