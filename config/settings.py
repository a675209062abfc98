"""The host's settings: one TOML file, with secrets from the environment or from files of their own.

A secret is written `env:NAME` or `file:PATH` (or, plainly, as itself). Relative paths are taken from the
folder of the settings file. Unknown keys and bad values refuse to start. The field descriptions below are
the settings reference: `docs/settings.md` is generated from them.
"""

from __future__ import annotations

import ipaddress
import socket
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from config.base import Domain, Frozen
from config.errors import Complaint, ConfigError, Faults, complaints_from
from config.limits import LimitSettings
from config.malware import MalwareSettings
from config.toml_file import read_toml
from config.values import (
    Count,
    Days,
    FilePath,
    HostName,
    Hours,
    IpAddress,
    Network,
    Port,
    PublicUrl,
    Seconds,
    Secret,
    Selector,
    SpacyPipeline,
    context_of,
)


class ListenerKind(StrEnum):
    """How clients reach a listener."""

    STARTTLS = "starttls"
    TLS = "tls"
    TRUSTED = "trusted"
    REPLIES = "replies"


class TrustedNetwork(Frozen):
    """A network whose hosts may submit without logging in, for the named councils alone."""

    network: Network = Field(description="Address block, for example `192.0.2.0/24` or `2001:db8::/32`.")
    councils: tuple[str, ...] = Field(min_length=1, description="Ids of the councils that it may submit for.")


class ListenerSettings(Frozen):
    """One address and port that mail clients connect to."""

    kind: ListenerKind = Field(
        description="`starttls` (port 587), `tls` (port 465, TLS from the first byte), `trusted` "
        "(no login, only from `networks`) or `replies` (port 25; no login, open to everybody, takes answers to "
        "notices and nothing else: for the MX of the domain that notices come from)."
    )
    address: IpAddress = Field(
        default="0.0.0.0",  # noqa: S104  # Mail clients come from anywhere.
        description="Address to listen on; `::` for IPv6.",
    )
    port: Port = Field(description="Port to listen on; 0 takes a free one.")
    networks: tuple[TrustedNetwork, ...] = Field(
        default=(), description="For `trusted`: who may connect, and for which councils."
    )

    @model_validator(mode="after")
    def _networks_only_where_trusted(self) -> Self:
        if (self.kind is ListenerKind.TRUSTED) != bool(self.networks):
            found = f"{len(self.networks)} networks on a {self.kind} listener"
            raise Faults([Complaint("networks", found, "networks on a trusted listener, and on no other")])
        return self


class TlsSettings(Frozen):
    """The certificate that mail clients see. Both files are read again on SIGHUP and when they change."""

    certificate: FilePath = Field(description="PEM file with the certificate and its chain.")
    key: FilePath = Field(description="PEM file with the private key.")


class AuthSettings(Frozen):
    """Where a login's password is checked."""

    method: Literal["local", "upstream", "imap"] = Field(
        default="local",
        description="`local` (accounts kept here), `upstream` (the council's own mail server checks by SMTP "
        "AUTH) or `imap` (a mailbox server checks).",
    )
    imap_host: HostName | None = Field(default=None, description="For `imap`: the mailbox server.")
    imap_port: Port = Field(default=993, description="For `imap`: its port, TLS from the first byte.")
    imap_ca: FilePath | None = Field(default=None, description="For `imap`: CA file instead of the system's.")
    cache_seconds: Seconds = Field(
        default=600, description="For `upstream` and `imap`: how long a login that succeeded is remembered."
    )
    attempts_per_minute: Count = Field(
        default=10,
        description="Failed logins per account, and per network, before 454 is said; of all nodes together.",
    )
    hash_slots: Count = Field(
        default=2,
        description="Password hashes computed at the same time; networks with failed logins have half of them.",
    )

    @model_validator(mode="after")
    def _imap_has_host(self) -> Self:
        if self.method == "imap" and not self.imap_host:
            raise Faults([Complaint("imap_host", "nothing", "a mailbox server where `method` is imap")])
        return self


class UpstreamSettings(Frozen):
    """A mail server that councils' mail is handed to. A council that names none uses `default`."""

    host: HostName = Field(description="Host name or address.")
    port: Port = Field(default=587, description="Port.")
    tls: Literal["starttls", "opportunistic", "implicit"] = Field(
        default="starttls",
        description="`starttls` (required, certificate verified), `implicit` (TLS from the first byte, "
        "certificate verified) or `opportunistic` (STARTTLS where offered, unverified; never with a "
        "password).",
    )
    ca: FilePath | None = Field(default=None, description="CA file instead of the system's.")
    username: str | None = Field(default=None, description="Login at the upstream, where it wants one.")
    password: Secret | None = Field(default=None, description="Its password; `env:NAME` or `file:PATH`.")
    ehlo_name: HostName | None = Field(default=None, description="Name to say in EHLO instead of `hostname`.")
    connections: Count = Field(default=4, description="Connections open at once.")
    messages_per_connection: Count = Field(default=50, description="Messages before a new connection.")
    idle_seconds: Seconds = Field(default=20, description="How long an unused connection is kept.")
    connect_seconds: Seconds = Field(default=30, description="Time for connect, greeting and TLS.")
    command_seconds: Seconds = Field(default=300, description="Time for the reply to a command.")
    data_seconds: Seconds = Field(default=600, description="Time for the reply to end-of-data (RFC 5321).")
    bounce_upstream: str | None = Field(
        default=None,
        description="Name of another upstream for mail with the null sender (bounces and notices), where this "
        "one refuses `MAIL FROM:<>`.",
    )

    @model_validator(mode="after")
    def _password_needs_tls(self) -> Self:
        if (self.username is None) != (self.password is None):
            missing = "username" if self.username is None else "password"
            raise Faults([Complaint(missing, "nothing", "`username` and `password`, both or neither")])
        if self.password is not None and self.tls == "opportunistic":
            raise Faults([Complaint("tls", self.tls, "`starttls` or `implicit` where a password is sent")])
        return self


class MailboxSettings(Frozen):
    """A mailbox server that copies of sent mail are put into, for councils that ask for it.

    The login is a master user's, which may open every mailbox there: Vestry never knows people's own passwords.
    It is told over TLS with a verified certificate, or not at all.
    """

    host: HostName = Field(description="Host name or address.")
    port: Port = Field(default=993, description="Port.")
    tls: Literal["implicit", "starttls"] = Field(
        default="implicit",
        description="`implicit` (TLS from the first byte) or `starttls` (usually port 143); the certificate is "
        "verified in both.",
    )
    ca: FilePath | None = Field(default=None, description="CA file instead of the system's.")
    login: str = Field(
        min_length=1,
        description="Login of the master user. `{address}` in it stands for the address whose mailbox is opened, "
        "as in `{address}*vestry` (Dovecot's `auth_master_user_separator`). Without it, the address is named "
        "beside the login (the authorization identity of SASL PLAIN, RFC 4616), as Cyrus wants it.",
    )
    password: Secret = Field(description="Its password; `env:NAME` or `file:PATH`.")
    connect_seconds: Seconds = Field(default=30, description="Time for connect, greeting and TLS.")
    command_seconds: Seconds = Field(default=300, description="Time for the answer to a command.")
    give_up_hours: Hours = Field(
        default=72, description="Age at which a copy that could not be made is given up."
    )


class DkimKeySettings(Frozen):
    """A DKIM key. A domain may have several; each signs."""

    domain: Domain = Field(description="Signing domain (d=).")
    selector: Selector = Field(description="Selector (s=).")
    key: FilePath = Field(description="PEM file with the private key, RSA or Ed25519.")


class DeliverySettings(Frozen):
    """How deliveries are tried again, and for how long."""

    retry_seconds: tuple[Seconds, ...] = Field(
        default=(30, 60, 120, 300, 600, 1200, 1800),
        min_length=1,
        description="Waits after the first, second, … failed try; the last one repeats. Each is varied by "
        "up to a fifth.",
    )
    give_up_hours: Hours = Field(
        default=120, description="Age at which undelivered mail is returned to its author."
    )
    delay_notice_hours: Hours = Field(
        default=1, description="Age at which the author of mail that still waits is told so, once."
    )
    poll_seconds: Seconds = Field(default=1, description="How often the queue is looked at unprompted.")
    lease_seconds: Seconds = Field(default=60, description="How long a claimed delivery is one node's own.")


class WorkerSettings(Frozen):
    """The processes that read and decide on messages, and the limits the kernel holds them to."""

    processes: Count = Field(default=2, description="Worker processes.")
    task_seconds: Seconds = Field(default=10, description="Longest a task may take before it is killed.")
    cpu_seconds: Count = Field(default=10, description="Most processor time for a task.")
    memory_mb: int = Field(
        default=1024,
        strict=True,
        ge=128,
        description="Most memory that a worker may take for its tasks, beyond what it starts with, in MiB.",
    )
    names_model: SpacyPipeline = Field(
        default="",
        description="A spaCy pipeline that is installed here, such as `en_core_web_sm`, to know personal names by that "
        "no title marks. Nothing is downloaded; without one, names are known by their titles and by what stands "
        "beside them. It multiplies what the check `personal_data` costs.",
    )


class ArchiveSettings(Frozen):
    """What is done for the archive unasked."""

    verify_hours: Hours = Field(
        default=24, description="How often each council's archive is verified against its ledger."
    )
    key: FilePath | None = Field(
        default=None,
        description="File with the key that messages, attachments and texts in the archive are encrypted with: 32 "
        "octets, readable by its owner alone (`vestry archive key FILE` makes one). Once it was used Vestry does not "
        "start without it. Whoever loses it has lost the archive: keep a copy elsewhere, and not with the backups.",
    )


class RecipientSettings(Frozen):
    """What is asked about recipients before a message is decided on."""

    resolver: Literal["off", "system"] | tuple[IpAddress, ...] = Field(
        default="off",
        description="Who is asked whether new recipients' domains take mail at all: `off` (nobody), `system` (the "
        "name servers of this machine) or a list of name servers' addresses. It is given two seconds; without an "
        "answer mail goes on.",
    )

    @field_validator("resolver", mode="before")
    @classmethod
    def _known_choice(cls, value: object) -> object:
        if value in ("off", "system"):
            return value
        try:
            servers = [str(ipaddress.ip_address(each)) for each in value] if isinstance(value, list) else []
        except ValueError:
            servers = []
        if not servers:
            raise ValueError('"off", "system" or a list of IP addresses')
        return servers


class AnswerSettings(Frozen):
    """What people answer to notices by mail."""

    expire_days: Days = Field(
        default=14,
        description="How long the address that a notice is answered to is good for. Who answers later is asked anew.",
    )
    asked_again_per_hour: int = Field(
        default=3,
        strict=True,
        ge=0,
        description="How often in an hour somebody is told that an answer was not understood, for each message. "
        "Mail that machines write is never answered.",
    )


class ConsoleSettings(Frozen):
    """Pages on which people answer what a notice asks, by the link in it. There are none without `base_url`."""

    address: IpAddress = Field(
        default="127.0.0.1",
        description="Address to listen on. It speaks plain HTTP, for a web server with a certificate in front of it.",
    )
    port: Port = Field(default=8580, description="Port to listen on.")
    base_url: PublicUrl | None = Field(
        default=None,
        description="What people reach it by, such as `https://post.example.gov.uk`: notices have links that begin "
        "with it. `https`, or `http` on this machine alone.",
    )


class MetricsSettings(Frozen):
    """Where metrics and health are shown."""

    address: IpAddress = Field(default="127.0.0.1", description="Address to listen on.")
    port: Port = Field(default=9580, description="Port for /metrics, /healthz and /readyz.")


class LogSettings(Frozen):
    """How the log is written."""

    format: Literal["json", "text"] = Field(default="json", description="`json` or `text`.")
    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Lowest level.")


class Settings(Frozen):
    """All the host's settings."""

    hostname: HostName = Field(
        default_factory=socket.getfqdn,
        description="This host's name in greetings and trace; by default what the system calls itself.",
    )
    data_dir: FilePath = Field(
        description="The one folder that everything is kept in, and that is backed up."
    )
    database: Secret | None = Field(
        default=None,
        description="Database address, which may hold a password; by default `vestry.sqlite` in `data_dir`.",
    )
    listeners: tuple[ListenerSettings, ...] = Field(default=(), description="Where mail clients connect.")
    tls: TlsSettings | None = Field(default=None, description="The certificate for mail clients.")
    auth: AuthSettings = Field(default=AuthSettings(), description="How logins are checked.")
    upstreams: dict[str, UpstreamSettings] = Field(
        default={}, description="Mail servers by name; a council that names none uses `default`."
    )
    mailboxes: dict[str, MailboxSettings] = Field(
        default={},
        description="Mailbox servers by name, for copies of sent mail; a council that names none uses `default`.",
    )
    dkim: tuple[DkimKeySettings, ...] = Field(default=(), description="DKIM keys.")
    delivery: DeliverySettings = Field(default=DeliverySettings(), description="Retries.")
    workers: WorkerSettings = Field(default=WorkerSettings(), description="Analysis processes.")
    limits: LimitSettings = Field(default=LimitSettings(), description="Limits.")
    recipients: RecipientSettings = Field(
        default=RecipientSettings(), description="What is asked about recipients."
    )
    malware: MalwareSettings = Field(default=MalwareSettings(), description="The virus scanner.")
    answers: AnswerSettings = Field(default=AnswerSettings(), description="Answers to notices, by mail.")
    console: ConsoleSettings = Field(
        default=ConsoleSettings(), description="Pages on which notices are answered by link."
    )
    archive: ArchiveSettings = Field(default=ArchiveSettings(), description="The archive.")
    metrics: MetricsSettings = Field(default=MetricsSettings(), description="Metrics and health.")
    log: LogSettings = Field(default=LogSettings(), description="Logging.")

    @model_validator(mode="after")
    def _listeners_have_tls(self) -> Self:
        needs_tls = any(
            listener.kind in (ListenerKind.STARTTLS, ListenerKind.TLS) for listener in self.listeners
        )
        if needs_tls and self.tls is None:
            raise Faults([Complaint("tls", "nothing", "certificate and key where a listener speaks TLS")])
        return self

    @model_validator(mode="after")
    def _passwords_go_over_verified_tls(self) -> Self:
        if self.auth.method == "upstream":
            faults = [
                Complaint(
                    f"upstreams.{name}.tls",
                    "'opportunistic'",
                    "'starttls' or 'implicit' where auth.method is upstream, so that passwords go over verified TLS",
                )
                for name, upstream in self.upstreams.items()
                if upstream.tls == "opportunistic"
            ]
            if faults:
                raise Faults(faults)
        return self

    @model_validator(mode="after")
    def _bounces_find_their_way(self) -> Self:
        """One step and no more: who takes bounces for another sends none of its own elsewhere."""
        allowed = {name for name, one in self.upstreams.items() if one.bounce_upstream is None}
        named = ", ".join(sorted(allowed)) or "nothing"
        wrong = [
            Complaint(f"upstreams.{name}.bounce_upstream", repr(one.bounce_upstream), f"one of {named}")
            for name, one in self.upstreams.items()
            if one.bounce_upstream is not None and one.bounce_upstream not in allowed
        ]
        if wrong:
            raise Faults(wrong)
        return self

    def bounce_route(self, upstream: str) -> str:
        """The upstream that takes mail with the null sender for councils that use `upstream`."""
        settings = self.upstreams.get(upstream)
        return upstream if settings is None else settings.bounce_upstream or upstream

    @property
    def database_url(self) -> str:
        """The SQLAlchemy address of the database."""
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.data_dir / 'vestry.sqlite'}"

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
        return Settings.model_validate(data, context=context_of(path))
    except ValidationError as error:
        raise ConfigError(str(path), complaints_from(error, Settings)) from None
