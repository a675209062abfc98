"""Running the demonstration: start everything, send the samples, watch what becomes of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import dkim

from config.policy import Verdict
from config.settings import load
from gateway import clock
from gateway.archive.key import key_of
from gateway.demo.client import DemoFailed, answer, letter_about, send
from gateway.demo.installation import Installation
from gateway.demo.sample import Outcome, Reply, Sample, Word, Writer
from gateway.demo.samples import samples
from gateway.demo.upstream import Delivered, Upstream
from gateway.demo.written import written
from gateway.store import archive, holds
from gateway.store.database import Database
from gateway.store.errors import NotFound

T = TypeVar("T")

_START_WITHIN = 90.0
_DELIVERED_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What the archive says of a message: the checks with a finding and its verdict, the state, what it amends."""

    found: tuple[tuple[str, str], ...] = ()
    state: str = ""
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a sample: the reply, what was found, what the upstream got, and whether that was expected.

    `block` is `written`, or says what is wrong with the agreed signature and the waiver in it. `failed` are words
    that were not taken; `amends` is the record of what it should be linked to.
    """

    sample: Sample
    reply: str
    outcome: Outcome | None
    delivered: Delivered | None = None
    signature_valid: bool | None = None
    block: str = ""
    kept: Kept = Kept()
    failed: tuple[Word | Reply, ...] = ()
    amends: str | None = None
    queue_id: str = ""

    @property
    def expected(self) -> bool:
        """Whether everything went as it should: outcome, findings, signature and waiver, DKIM, what left and to
        whom.
        """
        sample = self.sample
        if self.outcome is not sample.expected or self.failed:
            return False
        if sample.expected is not Outcome.REPEATED and not self._is_kept:
            return False
        if not sample.leaves:
            return self.delivered is None
        return (
            self.delivered is not None
            and self.signature_valid is True
            and self.block == "written"
            and self.delivered.recipients == sample.goes_to
            and b"\r\nbcc:" not in self.delivered.content.partition(b"\r\n\r\n")[0].lower()
            and sample.seen in self.delivered.content
            and not (sample.gone and sample.gone in self.delivered.content)
        )

    @property
    def _is_kept(self) -> bool:
        """Whether the archive says of it what it should."""
        kept, sample = self.kept, self.sample
        checks = {check for check, _ in kept.found}
        return checks == sample.checks and kept.state == sample.ends and kept.about == self.amends


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
    """Send each sample through its port, have the words said on it, and wait for what should arrive at the upstream."""
    run = f"{clock.now():%Y%m%d%H%M%S}"
    writer = Writer(installation.council.domains[0], clock.now(), run)
    results: list[Result] = []
    sent: dict[str, str] = {}
    for sample in samples(writer):
        reply = _hand_in(installation, sample)
        queue_id, outcome = _queue_id(reply), _outcome(reply)
        if outcome is Outcome.SENT and queue_id in sent.values():
            results.append(Result(sample, reply, Outcome.REPEATED))
            continue
        sent[sample.key] = queue_id
        waits = outcome in {Outcome.HELD, Outcome.ASKED}
        failed = tuple(
            w for w in sample.words if not (waits and _say(installation, upstream, sample, queue_id, w))
        )
        delivered = _await(upstream, f"<{sample.key}.{run}@") if sample.leaves else None
        results.append(
            Result(
                sample,
                reply,
                outcome,
                delivered,
                _signature_valid(installation, delivered) if delivered else None,
                written(installation.council, sample, delivered) if delivered else "",
                _kept(installation, queue_id),
                failed,
                sent.get(sample.amends or ""),
                queue_id,
            )
        )
    return [_without_leaks(result, upstream, run) for result in results]


def notices(upstream: Upstream) -> list[Delivered]:
    """What the post room itself wrote to the council's people."""
    return [d for d in upstream.delivered() if d.mail_from == ""]


def _without_leaks(result: Result, upstream: Upstream, run: str) -> Result:
    """What was not to be sent must not have reached the upstream after all."""
    if result.sample.leaves or result.outcome is Outcome.REPEATED:
        return result
    return replace(result, delivered=_find(upstream, f"<{result.sample.key}.{run}@"))


def _queue_id(reply: str) -> str:
    """The id of the message's record, which refusals name too."""
    reply = reply.replace("your report is taken as", "queued as")
    _, _, queued = reply.partition("queued as ")
    return queued.partition(",")[0] if queued else reply.rpartition("Ref ")[2].strip()


def _hand_in(installation: Installation, sample: Sample) -> str:
    """Send a sample, with the Clerk's consent where it has one. The reply."""
    if (consent := sample.consent) is not None:
        given = ["--person", consent.person, "--address", consent.address, "--thread", consent.thread]
        if not _vestry(
            installation, "consent", "grant", *given, "--by", consent.by, "--why", "Agreed by telephone"
        ):
            raise DemoFailed(f"{sample.title}: the consent could not be given")
    return send(installation, sample)


def _say(
    installation: Installation, upstream: Upstream, sample: Sample, queue_id: str, word: Word | Reply
) -> bool:
    """Decide as a person would. Whether the word was taken."""
    if isinstance(word, Reply):
        letter = _until(lambda: letter_about(sample, upstream.delivered()))
        return letter is not None and answer(installation, letter, word)
    why = ("--note" if word.act == "return" else "--why", word.why) if word.why else ()
    stripped = ("--without-trail",) if word.without_trail else ()
    return _vestry(installation, "held", word.act, queue_id, "--by", word.by, *why, *stripped)


def _vestry(installation: Installation, *arguments: str) -> bool:
    """Run a command as a person would. Whether it did what it was asked to."""
    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli", *arguments, "--config", str(installation.settings)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _kept(installation: Installation, queue_id: str) -> Kept:
    """What the archive says of a message."""
    council = installation.council.id
    settings = load(installation.settings)
    database = Database(settings.database_url, key=key_of(settings))
    database.start()
    try:
        row = database.read_blocking(lambda c: archive.message(c, council, queue_id))
        decision = database.read_blocking(lambda c: holds.findings(c, council, queue_id))
    except NotFound:
        return Kept()
    finally:
        database.stop()
    gravest: dict[str, Verdict] = {}
    for finding in decision.findings:
        gravest[finding.check] = max(finding.verdict, gravest.get(finding.check, Verdict.PASS))
    found = tuple((check, verdict.word) for check, verdict in gravest.items())
    return Kept(found, row.state, row.about)


def _outcome(reply: str) -> Outcome | None:
    if reply.startswith("5"):
        return Outcome.REFUSED
    if not reply.startswith("250"):
        return None
    if "your report is taken" in reply:
        return Outcome.REPORTED
    if "sender's word" in reply:
        return Outcome.ASKED
    return Outcome.HELD if "held for" in reply else Outcome.SENT


def _await(upstream: Upstream, message_id: str) -> Delivered | None:
    return _until(lambda: _find(upstream, message_id))


def _until(look: Callable[[], T | None]) -> T | None:
    """What `look` finds in the upstream's mailbox, which may take a while; None where it never comes."""
    deadline = time.monotonic() + _DELIVERED_WITHIN
    while (found := look()) is None and time.monotonic() < deadline:
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
