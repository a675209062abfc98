"""`tests/system-packages` against stand-ins for the system's tools, which write down what was asked of them."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.conftest import ROOT

SCRIPT = ROOT / "tests/system-packages"
WANTED = [
    "postfix",
    "swaks",
    "libnet-ssleay-perl",
    "msmtp",
    "opendkim",
    "opendkim-tools",
    "dovecot-imapd",
    "fail2ban",
    "postgresql",
    "systemd",
    "openssl",
    "gnupg",
    "chromium",
    "clamav-daemon",
    "libenchant-2-2",
    "hunspell-en-gb",
    "notmuch",
]


class Machine:
    """A machine with only the tools it is given."""

    def __init__(self, folder):
        self.tools = folder / "bin"
        self.tools.mkdir()
        self.log = folder / "log"
        self.log.touch()
        self.policy = folder / "policy-rc.d"
        for real in ("bash", "env", "tee", "chmod", "rm", "cat", "true"):
            (self.tools / real).symlink_to(shutil.which(real))

    def tool(self, name: str, body: str = "") -> None:
        path = self.tools / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >> "{self.log}"\n{body}\n')
        path.chmod(0o755)

    def debian(self, installed=(), user: int = 0, update: str = "", install: str = "") -> None:
        installed = " ".join(installed)
        self.tool("id", f"echo {user}")
        self.tool("debconf-set-selections", f'cat >> "{self.log}"')
        self.tool(
            "dpkg-query", f'case " {installed} " in *" ${{@: -1}} "*) echo -n installed;; *) exit 1;; esac'
        )
        self.tool(
            "apt-get",
            f'echo "frontend=$DEBIAN_FRONTEND policy=$([ -x "{self.policy}" ] && "{self.policy}"; echo $?)" '
            f'>> "{self.log}"\ncase "$*" in *update*) {update or ":"};; *) {install or ":"};; esac',
        )

    def run(self, ci: bool = False) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": str(self.tools),
            "POLICY_RC_D": str(self.policy),
            **({"CI": "true"} if ci else {}),
        }
        return subprocess.run(
            [SCRIPT], env=environment, capture_output=True, text=True, timeout=30, check=False
        )

    @property
    def asked(self) -> str:
        return self.log.read_text()


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


def test_it_can_be_run():
    assert os.access(SCRIPT, os.X_OK)


def test_where_all_is_there_nothing_is_asked_for(machine):
    machine.debian(installed=WANTED)
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "apt-get" not in machine.asked


def test_what_is_missing_is_installed_without_questions_or_services(machine):
    machine.debian(installed=["postfix", "swaks", "libnet-ssleay-perl", "msmtp"])
    done = machine.run(ci=True)
    assert done.returncode == 0, done.stderr
    install = next(line for line in machine.asked.splitlines() if " install " in line)
    assert install.endswith(
        "--no-install-recommends opendkim opendkim-tools dovecot-imapd fail2ban postgresql systemd openssl gnupg chromium "
        "clamav-daemon libenchant-2-2 hunspell-en-gb notmuch"
    )
    assert "postfix/main_mailer_type select No configuration" in machine.asked
    assert "frontend=noninteractive policy=101" in machine.asked
    assert not machine.policy.exists()


def test_a_policy_on_services_that_is_there_stays(machine):
    machine.debian()
    machine.policy.write_text("#!/bin/bash\nexit 104\n")
    machine.policy.chmod(0o755)
    assert machine.run().returncode == 0
    assert "policy=104" in machine.asked
    assert machine.policy.exists()


def test_update_is_tried_twice(machine, tmp_path):
    flag = tmp_path / "tried"
    machine.debian(update=f'if [ -e "{flag}" ]; then exit 0; else : > "{flag}"; exit 100; fi')
    assert machine.run(ci=True).returncode == 0
    assert machine.asked.count(" update\n") == 2
    assert " install " in machine.asked


def test_others_than_root_use_sudo_where_it_needs_no_password(machine):
    machine.debian(user=1000)
    machine.tool("sudo", 'shift; exec "$@"')
    assert machine.run().returncode == 0
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get" in machine.asked


@pytest.mark.parametrize("trouble", ["no apt", "no sudo", "sudo asks", "no network", "broken package"])
@pytest.mark.parametrize("ci", [False, True])
def test_where_it_cannot_install_it_names_the_packages(machine, trouble, ci):
    if trouble != "no apt":
        machine.debian(
            user=0 if trouble in ("no network", "broken package") else 1000,
            update="exit 100" if trouble == "no network" else "",
            install="exit 100" if trouble == "broken package" else "",
        )
    if trouble == "sudo asks":
        machine.tool("sudo", "exit 1")
    done = machine.run(ci)
    assert done.returncode == (1 if ci else 0)
    assert "tests want these Debian packages: " + " ".join(WANTED) in done.stderr
    assert not machine.policy.exists()
