"""The marker `neighbour`: a test that needs a real program is skipped without it, and fails in CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

PROGRAMS = {
    "postfix": ("postfix", "postconf", "postqueue"),
    "swaks": ("swaks",),
    "msmtp": ("msmtp",),
    "opendkim": ("opendkim", "opendkim-testmsg"),
    "dovecot": ("dovecot", "doveadm"),
    "fail2ban": ("fail2ban-regex",),
    "systemd": ("systemd-analyze",),
    "postgresql": ("initdb", "postgres", "pg_dump", "pg_restore"),
    "openssl": ("openssl",),
    "gnupg": ("gpg", "gpgconf", "gpg-agent"),
    "chromium": ("chromium",),
    "clamd": ("clamd",),
}
"""Neighbour, and the programs that tests call when they say that they need it."""

_SYSTEM_FOLDERS = ("/usr/sbin", "/sbin", "/usr/local/sbin")
_POSTGRESQL = Path("/usr/lib/postgresql")


def program(name: str) -> str | None:
    """The path of a program. Users who are not root seldom have the folders of daemons in their PATH."""
    folders = (*_SYSTEM_FOLDERS, *_postgresql_folders())
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *folders)))


def _postgresql_folders() -> list[str]:
    """Where Debian keeps the server's programs, a folder for each version, the newest first."""
    found = [folder for folder in _POSTGRESQL.glob("*/bin") if folder.parent.name.isdigit()]
    return [str(folder) for folder in sorted(found, key=lambda folder: -int(folder.parent.name))]


def absent(neighbour: str) -> list[str]:
    """The programs of a neighbour that are not here. Raises KeyError for a neighbour nobody knows."""
    return [name for name in PROGRAMS[neighbour] if program(name) is None]


def in_ci() -> bool:
    """Whether nothing may be skipped."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip or fail what needs a neighbour that is not here."""
    for marker in item.iter_markers("neighbour"):
        for neighbour in marker.args:
            if neighbour not in PROGRAMS:
                pytest.fail(f"no such neighbour: {neighbour}; there is: {', '.join(PROGRAMS)}", pytrace=False)
            if missing := absent(neighbour):
                reason = f"needs {neighbour}, and there is no {', '.join(missing)} (tests/system-packages installs it)"
                if in_ci():
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)
