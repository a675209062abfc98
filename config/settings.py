"""The host's settings: one TOML file, with secrets from the environment or from files of their own.

A secret is written `env:NAME` or `file:PATH` (or, plainly, as itself). Unknown keys and bad values refuse
to start. The field descriptions below are the settings reference: `docs/settings.md` is generated from
them.
"""

from __future__ import annotations

import os
import socket
import tomllib
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator

from config.base import Frozen
from config.errors import Complaint, ConfigError, complaints_from


def _resolve_secret(value: Any) -> Any:
    """`env:NAME` and `file:PATH` as what they name. Raises ValueError when it is not there."""
    if not isinstance(value, str):
        return value
    scheme, _, rest = value.partition(":")
    if scheme == "env":
        if rest not in os.environ:
            raise ValueError(f"a set environment variable ({rest} is not set)")
        return os.environ[rest]
    if scheme == "file":
        try:
            return Path(rest).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise ValueError(f"a readable file ({rest}: {error.strerror})") from None
    return value


Secret = Annotated[SecretStr, BeforeValidator(_resolve_secret)]
Network = IPv4Network | IPv6Network
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0)]


class ListenerKind(StrEnum):
    """How clients reach a listener."""

    STARTTLS = "starttls"
    TLS = "tls"
    TRUSTED = "trusted"


class TrustedNetwork(Frozen):
    """A network whose hosts may submit without logging in, for the named councils alone."""

    network: Network = Field(description="Address block, for example `192.0.2.0/24` or `2001:db8::/32`.")
    councils: tuple[str, ...] = Field(min_length=1, description="Ids of the councils that it may submit for.")


class ListenerSettings(Frozen):
    """One address and port that mail clients connect to."""

    kind: ListenerKind = Field(
        description="`starttls` (port 587), `tls` (port 465, TLS from the first byte) or `trusted` "
        "(no login, only from `networks`)."
    )
    address: str = Field(default="0.0.0.0", description="Address to listen on; `::` for IPv6.")  # noqa: S104
    port: Port = Field(description="Port to listen on; 0 takes a free one.")
    networks: tuple[TrustedNetwork, ...] = Field(
        default=(), description="For `trusted`: who may connect, and for which councils."
    )

    @model_validator(mode="after")
    def _networks_only_where_trusted(self) -> Self:
        if (self.kind is ListenerKind.TRUSTED) != bool(self.networks):
            raise ValueError("`networks` on a trusted listener, and on no other")
        return self


class TlsSettings(Frozen):
    """The certificate that mail clients see. Both files are read again on SIGHUP and when they change."""

    certificate: Path = Field(description="PEM file with the certificate and its chain.")
    key: Path = Field(description="PEM file with the private key.")


class AuthSettings(Frozen):
    """Where a login's password is checked."""

    method: Literal["local", "upstream", "imap"] = Field(
        default="local",
        description="`local` (accounts kept here), `upstream` (the council's own mail server checks by SMTP "
        "AUTH) or `imap` (a mailbox server checks).",
    )
    imap_host: str | None = Field(default=None, description="For `imap`: the mailbox server.")
    imap_port: Port = Field(default=993, description="For `imap`: its port, TLS from the first byte.")
    imap_ca: Path | None = Field(default=None, description="For `imap`: CA file instead of the system's.")
    cache_seconds: Seconds = Field(
        default=600, description="For `upstream` and `imap`: how long a login that succeeded is remembered."
    )
    attempts_per_minute: int = Field(
        default=10, ge=1, description="Failed logins per account, and per network, before 454 is said."
    )
    hash_slots: int = Field(default=2, ge=1, description="Password hashes computed at the same time.")

    @model_validator(mode="after")
    def _imap_has_host(self) -> Self:
        if self.method == "imap" and not self.imap_host:
            raise ValueError("`imap_host` where method is imap")
        return self


class UpstreamSettings(Frozen):
    """The mail server that a council's mail is handed to."""

    host: str = Field(min_length=1, description="Host name or address.")
    port: Port = Field(default=587, description="Port.")
    tls: Literal["starttls", "opportunistic", "implicit"] = Field(
        default="starttls",
        description="`starttls` (required, certificate verified), `implicit` (TLS from the first byte, "
        "certificate verified) or `opportunistic` (STARTTLS where offered, unverified; never with a "
        "password).",
    )
    ca: Path | None = Field(default=None, description="CA file instead of the system's.")
    username: str | None = Field(default=None, description="Login at the upstream, where it wants one.")
    password: Secret | None = Field(default=None, description="Its password; `env:NAME` or `file:PATH`.")
    ehlo_name: str | None = Field(default=None, description="Name to say in EHLO instead of `hostname`.")
    connections: int = Field(default=4, ge=1, description="Connections open at once.")
    messages_per_connection: int = Field(default=50, ge=1, description="Messages before a new connection.")
    idle_seconds: Seconds = Field(default=20, description="How long an unused connection is kept.")
    connect_seconds: Seconds = Field(default=30, description="Time for connect, greeting and TLS.")
    command_seconds: Seconds = Field(default=300, description="Time for the reply to a command.")
    data_seconds: Seconds = Field(default=600, description="Time for the reply to end-of-data (RFC 5321).")

    @model_validator(mode="after")
    def _password_needs_tls(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("`username` and `password` together")
        if self.password is not None and self.tls == "opportunistic":
            raise ValueError("`starttls` or `implicit` where a password is sent")
        return self


class DkimKeySettings(Frozen):
    """A DKIM key. A domain may have several; each signs."""

    domain: str = Field(min_length=1, description="Signing domain (d=).")
    selector: str = Field(pattern=r"^[A-Za-z0-9._-]+$", description="Selector (s=).")
    key: Path = Field(description="PEM file with the private key, RSA or Ed25519.")


class DeliverySettings(Frozen):
    """How deliveries are tried again, and for how long."""

    retry_seconds: tuple[Seconds, ...] = Field(
        default=(30, 60, 120, 300, 600, 1200, 1800),
        min_length=1,
        description="Waits after the first, second, … failed try; the last one repeats. Each is varied by "
        "up to a fifth.",
    )
    give_up_hours: float = Field(
        default=120, gt=0, description="Age at which undelivered mail is returned to its author."
    )
    poll_seconds: Seconds = Field(default=1, description="How often the queue is looked at unprompted.")
    lease_seconds: Seconds = Field(default=60, description="How long a claimed delivery is one node's own.")


class WorkerSettings(Frozen):
    """The processes that read and decide on messages, and the limits the kernel holds them to."""

    processes: int = Field(default=2, ge=1, description="Worker processes.")
    task_seconds: Seconds = Field(default=10, description="Longest a task may take before it is killed.")
    cpu_seconds: int = Field(default=10, ge=1, description="Most processor time for a task.")
    memory_mb: int = Field(default=1024, ge=128, description="Most memory for a worker, in MiB.")


class LimitSettings(Frozen):
    """What is refused before it can do harm."""

    message_bytes: int = Field(default=52_428_800, ge=65_536, description="Largest message, in bytes.")
    recipients: int = Field(default=500, ge=100, description="Most recipients of a message.")
    line_bytes: int = Field(default=1_048_576, ge=1000, description="Longest line taken in, in octets.")
    connections: int = Field(default=1000, ge=1, description="Connections at once.")
    errors: int = Field(default=10, ge=1, description="Refused commands before the connection is closed.")
    idle_seconds: Seconds = Field(default=300, description="Longest wait for a command (RFC 5321 §4.5.3.2).")
    decision_seconds: Seconds = Field(
        default=20, description="Time from the final dot to the decision, queueing included."
    )
    drain_seconds: Seconds = Field(
        default=30, description="At shutdown, how long running transactions may take to finish."
    )


class MetricsSettings(Frozen):
    """Where metrics and health are shown."""

    address: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: Port = Field(default=9580, description="Port for /metrics, /healthz and /readyz.")


class LogSettings(Frozen):
    """How the log is written."""

    format: Literal["json", "text"] = Field(default="json", description="`json` or `text`.")
    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Lowest level.")


class Settings(Frozen):
    """All the host's settings."""

    hostname: str = Field(
        default_factory=socket.getfqdn,
        min_length=1,
        description="This host's name in greetings and trace.",
    )
    data_dir: Path = Field(description="The one folder that everything is kept in, and that is backed up.")
    database: str | None = Field(
        default=None, description="Database address; by default `vestry.sqlite` in `data_dir`."
    )
    listeners: tuple[ListenerSettings, ...] = Field(default=(), description="Where mail clients connect.")
    tls: TlsSettings | None = Field(default=None, description="The certificate for mail clients.")
    auth: AuthSettings = Field(default=AuthSettings(), description="How logins are checked.")
    upstreams: dict[str, UpstreamSettings] = Field(
        default={}, description="Mail servers by name; a council that names none uses `default`."
    )
    dkim: tuple[DkimKeySettings, ...] = Field(default=(), description="DKIM keys.")
    delivery: DeliverySettings = Field(default=DeliverySettings(), description="Retries.")
    workers: WorkerSettings = Field(default=WorkerSettings(), description="Analysis processes.")
    limits: LimitSettings = Field(default=LimitSettings(), description="Limits.")
    metrics: MetricsSettings = Field(default=MetricsSettings(), description="Metrics and health.")
    log: LogSettings = Field(default=LogSettings(), description="Logging.")

    @model_validator(mode="after")
    def _listeners_have_tls(self) -> Self:
        needs_tls = any(listener.kind is not ListenerKind.TRUSTED for listener in self.listeners)
        if needs_tls and self.tls is None:
            raise ValueError("`tls` with certificate and key where a listener speaks TLS")
        return self

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database or f"sqlite:///{self.data_dir / 'vestry.sqlite'}"

    @property
    def run_dir(self) -> Path:
        """The folder for sockets and other things that last as long as the processes."""
        return self.data_dir / "run"


def load(path: Path) -> Settings:
    """The settings in the TOML file at `path`. Relative paths are taken from the file's folder.

    Raises ConfigError, which names the file and for each fault the key, what was found and what is allowed.
    """
    data = read_toml(path)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise ConfigError(str(path), complaints_from(error)) from None
    return _anchored(settings, path.resolve().parent)


def read_toml(path: Path) -> dict[str, Any]:
    """The TOML file at `path` as plain values. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            str(path), [Complaint("(the file)", str(error.strerror), "a readable file")]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), [_file_fault(str(error), "valid TOML in UTF-8")]) from None


def _file_fault(found: str, allowed: str) -> Complaint:
    return Complaint("(the file)", found, allowed)


def _anchored(settings: Settings, folder: Path) -> Settings:
    """`settings` with every relative path made absolute from `folder`."""
    return settings.model_copy(
        update={
            "data_dir": folder / settings.data_dir,
            "tls": settings.tls
            and settings.tls.model_copy(
                update={"certificate": folder / settings.tls.certificate, "key": folder / settings.tls.key}
            ),
            "dkim": tuple(key.model_copy(update={"key": folder / key.key}) for key in settings.dkim),
        }
    )
