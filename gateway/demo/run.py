"""Running the demonstration: start everything, send the samples, watch what becomes of them."""

from __future__ import annotations

import os
import smtplib
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dkim

from gateway import clock
from gateway.demo.installation import PASSWORD, Installation
from gateway.demo.samples import Outcome, Road, Sample, samples
from gateway.demo.upstream import Delivered, Upstream
from gateway.demo.written import written

_START_WITHIN = 90.0
_DELIVERED_WITHIN = 60.0


class DemoFailed(Exception):
    """The demonstration could not be run; the text says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a sample: the reply, what the upstream got, and whether that was expected.

    `block` is `written`, or says what is wrong with the agreed signature and the waiver in it.
    """

    sample: Sample
    reply: str
    outcome: Outcome | None
    delivered: Delivered | None
    signature_valid: bool | None
    block: str = ""

    @property
    def expected(self) -> bool:
        """Whether everything went as it should: the outcome, signature and waiver, DKIM, and no Bcc field left."""
        if self.outcome is not self.sample.expected:
            return False
        if self.sample.expected is not Outcome.SENT:
            return self.delivered is None
        return (
            self.delivered is not None
            and self.signature_valid is True
            and self.block == "written"
            and self.delivered.recipients == self.sample.recipients
            and b"\r\nbcc:" not in self.delivered.content.partition(b"\r\n\r\n")[0].lower()
        )


@contextmanager
def running(installation: Installation) -> Iterator[subprocess.Popen[bytes]]:
    """`vestry serve` on the installation, ready. Raises DemoFailed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway.cli", "serve", "--config", str(installation.settings)],
        stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        _wait_until_ready(process, installation.ports.metrics)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def send_samples(installation: Installation, upstream: Upstream) -> list[Result]:
    """Send every sample through its port and wait for what should arrive at the upstream."""
    run = f"{clock.now():%Y%m%d%H%M%S}"
    domain = installation.council.domains[0]
    sent = [(s, _send(installation, s)) for s in samples(domain, clock.now(), run)]
    replies = [(sample, reply, _outcome(reply)) for sample, reply in sent]
    first_ids: set[str] = set()
    results = []
    for sample, reply, outcome in replies:
        queue_id = reply.partition("queued as ")[2].partition(",")[0]
        if outcome is Outcome.SENT and queue_id in first_ids:
            results.append(Result(sample, reply, Outcome.REPEATED, None, None))
            continue
        first_ids.add(queue_id)
        delivered = _await(upstream, f"<{sample.key}.{run}@") if outcome is Outcome.SENT else None
        valid = _signature_valid(installation, delivered) if delivered else None
        block = written(installation.council, sample, delivered) if delivered else ""
        results.append(Result(sample, reply, outcome, delivered, valid, block))
    return [_without_leaks(result, upstream, run) for result in results]


def notices(upstream: Upstream) -> list[Delivered]:
    """What the post room itself wrote to the council's people."""
    return [d for d in upstream.delivered() if d.mail_from == ""]


def _without_leaks(result: Result, upstream: Upstream, run: str) -> Result:
    """A message that was held or refused must not have reached the upstream after all."""
    if result.outcome in {Outcome.HELD, Outcome.REFUSED}:
        leaked = _find(upstream, f"<{result.sample.key}.{run}@")
        return Result(result.sample, result.reply, result.outcome, leaked, None)
    return result


def _send(installation: Installation, sample: Sample) -> str:
    """Hand a sample in as a mail client does; the reply to its end-of-data, or the refusal."""
    ports = installation.ports
    context = ssl.create_default_context(cafile=str(installation.certificate))
    try:
        if sample.road is Road.TLS:
            client: smtplib.SMTP = smtplib.SMTP_SSL("localhost", ports.tls, context=context, timeout=60)
        else:
            port = ports.starttls if sample.road is Road.STARTTLS else ports.trusted
            client = smtplib.SMTP("localhost", port, timeout=60)
        with client:
            if sample.road is Road.STARTTLS:
                client.starttls(context=context)
            if sample.road is not Road.TRUSTED:
                client.login(sample.login, PASSWORD)
            return _transact(client, sample)
    except (OSError, smtplib.SMTPException) as error:
        raise DemoFailed(f"{sample.title}: {error}") from error


def _transact(client: smtplib.SMTP, sample: Sample) -> str:
    client.ehlo_or_helo_if_needed()
    code, text = client.mail(sample.mail_from, ["BODY=8BITMIME"])
    for recipient in sample.recipients:
        if code < 400:
            code, text = client.rcpt(recipient)
    if code < 400:
        code, text = client.data(sample.raw)
    return f"{code} {text.decode('ascii', 'replace')}"


def _outcome(reply: str) -> Outcome | None:
    if reply.startswith("5"):
        return Outcome.REFUSED
    if not reply.startswith("250"):
        return None
    return Outcome.HELD if "held for the Clerk" in reply else Outcome.SENT


def _await(upstream: Upstream, message_id: str) -> Delivered | None:
    deadline = time.monotonic() + _DELIVERED_WITHIN
    while (found := _find(upstream, message_id)) is None and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _find(upstream: Upstream, message_id: str) -> Delivered | None:
    field = b"\r\nMessage-ID: " + message_id.encode()
    return next(
        (d for d in upstream.delivered() if field in d.content.partition(b"\r\n\r\n")[0] + b"\r\n"), None
    )


def _signature_valid(installation: Installation, delivered: Delivered) -> bool:
    record = installation.dkim_record
    wanted = record.name.encode() + b"."

    def look_up(name: bytes, timeout: int = 5) -> bytes | None:
        return record.value.encode() if name == wanted else None

    return bool(dkim.verify(delivered.content, dnsfunc=look_up))


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DemoFailed(f"vestry serve stopped with exit code {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise DemoFailed("vestry serve did not become ready")
