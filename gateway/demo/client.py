"""The mail program of the demonstration's people: it sends samples, reads letters of the post room and answers them."""

from __future__ import annotations

import smtplib
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from gateway import clock
from gateway.demo.installation import PASSWORD, Installation
from gateway.demo.sample import Reply, Road, Sample
from gateway.demo.upstream import Delivered

_SECONDS = 60


class DemoFailed(Exception):
    """The demonstration could not be run; the text says why."""


def send(installation: Installation, sample: Sample) -> str:
    """Hand a sample in as a mail client does; the reply to its end-of-data, or the refusal. Raises DemoFailed."""
    try:
        with _connected(installation, sample.road) as client:
            if sample.road is not Road.TRUSTED:
                client.login(sample.login, PASSWORD)
            return _transact(client, sample.mail_from, sample.recipients, sample.raw)
    except (OSError, smtplib.SMTPException) as error:
        raise DemoFailed(f"{sample.title}: {error}") from error


def letter_about(sample: Sample, delivered: list[Delivered]) -> EmailMessage | None:
    """The latest letter of the post room to the sender of a sample that is about it and may be answered."""
    about = message_from_bytes(sample.raw, policy=policy.default)["Message-ID"]
    letters = (
        message_from_bytes(each.content, policy=policy.default)
        for each in reversed(delivered)
        if each.mail_from == "" and each.recipients == (sample.mail_from,)
    )
    return next((each for each in letters if each["In-Reply-To"] == about and each["Reply-To"]), None)


def answer(installation: Installation, letter: EmailMessage, reply: Reply) -> bool:
    """Answer a letter by mail, to where it says. Whether the answer was taken. Raises DemoFailed."""
    to = str(letter["Reply-To"]).strip("<>")
    try:
        with _connected(installation, Road.STARTTLS) as client:
            client.login(reply.by, PASSWORD)
            raw = _answering(letter, reply, to)
            return _transact(client, reply.by, (to,), raw).startswith("250")
    except (OSError, smtplib.SMTPException) as error:
        raise DemoFailed(f"{letter['Subject']}: {error}") from error


def _answering(letter: EmailMessage, reply: Reply, to: str) -> bytes:
    """The words with the letter quoted below, as mail programs write it."""
    plain = letter.get_body(("plain",))
    quoted = "".join(f"> {line}\n" for line in plain.get_content().splitlines()) if plain else ""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = reply.by
    message["To"] = to
    message["Subject"] = f"Re: {letter['Subject']}"
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = make_msgid(domain=reply.by.partition("@")[2])
    message["In-Reply-To"] = letter["Message-ID"]
    message["References"] = f"{letter['In-Reply-To']} {letter['Message-ID']}"
    message.set_content(f"{reply.words}\n\nOn {letter['Date']}, {letter['From']} wrote:\n{quoted}")
    return message.as_bytes()


def _connected(installation: Installation, road: Road) -> smtplib.SMTP:
    ports = installation.ports
    context = ssl.create_default_context(cafile=str(installation.certificate))
    if road is Road.TLS:
        return smtplib.SMTP_SSL("localhost", ports.tls, context=context, timeout=_SECONDS)
    port = ports.starttls if road is Road.STARTTLS else ports.trusted
    client = smtplib.SMTP("localhost", port, timeout=_SECONDS)
    if road is Road.STARTTLS:
        client.starttls(context=context)
    return client


def _transact(client: smtplib.SMTP, mail_from: str, to: tuple[str, ...], raw: bytes) -> str:
    client.ehlo_or_helo_if_needed()
    code, text = client.mail(mail_from, ["BODY=8BITMIME"])
    for recipient in to:
        if code < 400:
            code, text = client.rcpt(recipient)
    if code < 400:
        code, text = client.data(raw)
    return f"{code} {text.decode('ascii', 'replace')}"
