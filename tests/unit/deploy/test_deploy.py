"""The files in deploy/ fit the program: settings load, copied files exist, the unit gives time to stop."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from config import settings as host
from gateway.signing.generate import new_private_key, write_private_key
from gateway.signing.keys import load_keys

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"

SYSTEMD = pytest.mark.neighbour("systemd")


@pytest.fixture
def sample(tmp_path: Path) -> host.Settings:
    """The sample settings, with placeholder files where it names files."""
    for folder in ("tls", "dkim"):
        (tmp_path / folder).mkdir()
    (tmp_path / "upstream-password").write_text("placeholder\n")
    write_private_key(new_private_key("ed25519"), tmp_path / "dkim" / "vestry2026.pem")
    text = (DEPLOY / "vestry.toml").read_text().replace("/etc/vestry", str(tmp_path))
    path = tmp_path / "vestry.toml"
    path.write_text(text)
    return host.load(path)


def test_the_sample_settings_load(sample: host.Settings, tmp_path: Path) -> None:
    upstream = sample.upstreams["default"]
    assert upstream.password is not None
    assert upstream.password.get_secret_value() == "placeholder"
    assert sample.tls is not None
    assert sample.tls.key == tmp_path / "tls" / "privkey.pem"
    assert len(load_keys(sample.dkim)) == 1


def test_the_sample_writes_out_defaults_as_they_are(sample: host.Settings) -> None:
    assert sample.limits == host.LimitSettings()
    assert sample.metrics == host.MetricsSettings()
    assert sample.log == host.LogSettings()


def test_the_sample_without_its_secrets_does_not_load(tmp_path: Path) -> None:
    path = tmp_path / "vestry.toml"
    path.write_text((DEPLOY / "vestry.toml").read_text().replace("/etc/vestry", str(tmp_path)))
    with pytest.raises(host.ConfigError, match="upstream-password"):
        host.load(path)


# The container.


def instructions() -> list[tuple[str, str]]:
    """Instruction and arguments of each, comments gone and continued lines joined."""
    text = (DEPLOY / "container" / "Containerfile").read_text()
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1].strip()) for line in lines if line.strip()]


def arguments(name: str) -> list[str]:
    return [rest for found, rest in instructions() if found == name]


def copied() -> list[str]:
    """What is copied out of the source tree."""
    return [
        source for rest in arguments("COPY") if not rest.startswith("--from=") for source in rest.split()[:-1]
    ]


def test_every_instruction_is_one() -> None:
    known = {
        "ARG",
        "FROM",
        "ENV",
        "WORKDIR",
        "RUN",
        "COPY",
        "USER",
        "VOLUME",
        "EXPOSE",
        "STOPSIGNAL",
        "HEALTHCHECK",
    }
    assert {name for name, _ in instructions()} <= known | {"ENTRYPOINT", "CMD"}


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignore = (ROOT / ".containerignore").read_text().splitlines()
    kept = {line[1:] for line in ignore if line.startswith("!")}
    assert "*" in ignore
    for source in copied():
        assert (ROOT / source).exists(), source
        assert source in kept, source
    assert kept == set(copied())


def test_the_whole_program_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    needed = {*packages, "pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]}
    assert needed <= set(copied())


def test_packages_are_installed_by_hash_and_failures_stop_the_build() -> None:
    runs = arguments("RUN")
    assert any("--require-hashes -r requirements/run.lock" in run for run in runs)
    assert not any("||" in run or ";" in run for run in runs)
    for run in runs:
        assert subprocess.run(["sh", "-n", "-c", run]).returncode == 0, run


def test_it_runs_as_nobody_in_particular() -> None:
    assert arguments("USER") == ["vestry"]
    last_stage = [name for name, _ in instructions()]
    assert last_stage.index("USER") > len(last_stage) - 1 - last_stage[::-1].index("FROM")
    assert arguments("STOPSIGNAL") == ["SIGTERM"]


def test_ports_paths_and_command_fit_the_sample_settings(sample: host.Settings) -> None:
    ports = {listener.port for listener in sample.listeners} | {sample.metrics.port}
    assert {int(port) for port in arguments("EXPOSE")[0].split()} == ports
    assert arguments("VOLUME") == [str(sample.data_dir)]
    assert f":{sample.metrics.port}/healthz" in arguments("HEALTHCHECK")[0]
    command = [*json.loads(arguments("ENTRYPOINT")[0]), *json.loads(arguments("CMD")[0])]
    assert command == ["vestry", "serve", "-c", "/etc/vestry/vestry.toml"]


def test_the_health_check_is_python() -> None:
    check = json.loads(arguments("HEALTHCHECK")[0].partition("CMD")[2])
    assert check[:2] == ["python", "-c"]
    compile(check[2], "HEALTHCHECK", "exec")


# The systemd unit.


def unit() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # Keys are case-sensitive there.
    parser.read(DEPLOY / "systemd" / "vestry.service")
    return parser["Service"]


def test_the_unit_leaves_time_for_the_longest_stop() -> None:
    patience = host.LimitSettings().drain_seconds + host.UpstreamSettings(host="x").data_seconds
    assert int(unit()["TimeoutStopSec"]) > patience + 30


def test_the_unit_starts_what_the_sample_is_for(sample: host.Settings) -> None:
    service = unit()
    assert service["ExecStart"] == "/opt/vestry/bin/vestry serve -c /etc/vestry/vestry.toml"
    assert sample.data_dir == Path("/var/lib") / service["StateDirectory"]
    assert service["Type"] == "notify"
    assert service["KillMode"] == "mixed"


@SYSTEMD
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "systemd" / "vestry.service").read_text()
    path = tmp_path / "vestry.service"
    # The program need not be installed for its unit to be read.
    path.write_text(text.replace("/opt/vestry/bin/vestry", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@SYSTEMD
def test_systemd_rates_the_unit_as_closed() -> None:
    done = subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=true",
            "--threshold=20",
            str(DEPLOY / "systemd" / "vestry.service"),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-200:]
