"""Mail of the demo council as its people's mail programs write it, and what `forwarding` finds in it."""

from __future__ import annotations

import base64
import quopri
import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from config.address import canonical
from config.council import Council
from config.council_file import load_council
from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.answers import NO_ANSWERS, Answers, KnownMail
from filters.context import Context, Envelope, Profile, Recipient
from filters.finding import Finding
from filters.forwarding import check
from signatures.message.anatomy import Anatomy, read
from tests.conftest import LITTLE_WICKHAM, ROOT

DOMAIN = "littlewickham-pc.example"
ANNE = f"cllr.a@{DOMAIN}"
BRIAN = f"cllr.b@{DOMAIN}"
CLERK = f"clerk@{DOMAIN}"
DEPUTY = f"deputy@{DOMAIN}"
HOME = "cllr.a.home@gmail.com"
"""Declared by Anne Archer."""

RESIDENT = "jill.fenwick@resident.example"
"""Who wrote the messages that the corpus quotes and sends on."""

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 16, 13, tzinfo=UTC)
POLICY = CheckPolicy(
    stage=Stage.ENFORCE, verdict=Verdict.HOLD, clause=Clause(document="Test policy", item="1")
)


@lru_cache
def council() -> Council:
    return load_council(LITTLE_WICKHAM)


def with_more(**changes: Any) -> Council:
    """The demo council, with something changed, as its file would have it."""
    return Council.model_validate(council().model_dump(by_alias=True) | changes)


def consent(**terms: Any) -> dict[str, Any]:
    given = {
        "id": "2026-1",
        "address": HOME,
        "person": ANNE,
        "granted_by": CLERK,
        "granted_at": "2026-01-10T09:00:00Z",
    }
    return given | terms


_ENCODED = re.compile(
    rb"(Content-Transfer-Encoding: (base64|quoted-printable)\r\n(?:[^\r\n]++\r\n)*+\r\n)(.*?)(?=\r\n--|\Z)",
    re.DOTALL,
)


def corpus(name: str, *changes: tuple[str, str]) -> bytes:
    """A message of the corpus, with some words changed wherever they stand, encoded text included."""
    raw = (ROOT / f"tests/corpus/clients/{name}.eml").read_bytes()

    def changed(content: bytes) -> bytes:
        for old, new in changes:
            content = content.replace(old.encode(), new.encode())
        return content

    def recoded(part: re.Match[bytes]) -> bytes:
        if part[2] == b"base64":
            content = base64.b64decode(part[3])
            encoded = base64.encodebytes(changed(content)).replace(b"\n", b"\r\n").rstrip(b"\r\n")
        else:
            content = quopri.decodestring(part[3])
            encoded = quopri.encodestring(changed(content).replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        return part[1] + (part[3] if changed(content) == content else encoded)

    return _ENCODED.sub(recoded, changed(raw))


def headed(raw: bytes, *fields: str, **instead: str) -> bytes:
    """A message with more fields at its top, and with others in place of those it has: `To="…"`."""
    head, _, body = raw.partition(b"\r\n\r\n")
    for name, value in instead.items():
        head = re.sub(
            rb"(?m)^%s:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*" % name.encode(),
            f"{name}: {value}".encode(),
            head,
            count=1,
        )
    return "".join(f"{field}\r\n" for field in fields).encode() + head + b"\r\n\r\n" + body


def sent_to(name: str, address: str) -> bytes:
    """A message of the corpus, sent to somebody else."""
    return headed(corpus(name), To=address)


def message(header: str, body: str = "Hello.\n") -> bytes:
    """A plain message of Anne's with these lines in its header."""
    lines = header.strip("\n")
    if "From:" not in lines:
        lines = f"From: Anne Archer <{ANNE}>\n{lines}"
    if "Content-Type:" not in lines:
        lines += "\nContent-Type: text/plain; charset=utf-8"
    return f"{lines}\nMIME-Version: 1.0\n\n{body}".replace("\n", "\r\n").encode()


def context(anatomy: Anatomy, **given: Any) -> Context:
    """The context of a message; `bcc` goes to its envelope beside those whom its header names."""
    named = [box.address for box in anatomy.recipients if box.address]
    addresses = given.pop("recipients", None) or [*named, *given.pop("bcc", ())]
    author = anatomy.authors[0].address
    values = {
        "council": council(),
        "person": author,
        "authenticated": True,
        "profile": Profile.SUBMISSION,
        "envelope": Envelope(
            mail_from=author,
            recipients=tuple(Recipient(address=a, canonical=canonical(a)) for a in dict.fromkeys(addresses)),
        ),
        "received_at": NOW,
        "today": TODAY,
        "answers": NO_ANSWERS,
    }
    return Context(**(values | given))


def findings(raw: bytes, policy: CheckPolicy = POLICY, **given: Any) -> list[Finding]:
    anatomy = read(raw)
    return list(check(anatomy, context(anatomy, **given), policy))


def holds(raw: bytes, **given: Any) -> list[str]:
    """Whom the message is held for."""
    return [each for found in findings(raw, **given) if found.verdict >= Verdict.HOLD for each in found.about]


def known(author: str, *people: str, message_id: str = "<old@council.example>") -> KnownMail:
    return KnownMail(message="q1", message_id=message_id, author=author, people=(author, *people))


def parents(*mails: KnownMail) -> Answers:
    return Answers(parents=mails)
