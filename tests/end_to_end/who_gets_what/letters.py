"""Messages as mail programs write them, addressed anew: those of the corpus, and those that only these cases need."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from email import message_from_bytes
from email.utils import getaddresses
from functools import lru_cache
from pathlib import Path

from config.address import canonical

CLIENTS = Path(__file__).parents[2] / "corpus/clients"

_FIELD = re.compile(rb"[^\r\n]+(?:\r\n[ \t][^\r\n]*)*")
_ID = re.compile(rb"<([^<>]*?)([0-9A-Za-z]{4,})([^<>0-9A-Za-z]*@[^<>]*)>")
_numbers = itertools.count(0xA001)


def letter(name: str, *, drop: Iterable[str] = (), more: Iterable[str] = (), **fields: str) -> bytes:
    """A message of `who_gets_what`, or `folder/name` of the corpus, with a Message-ID that no other has.

    `fields` are header fields that say something else (`in_reply_to` is In-Reply-To), or are new; those in `drop` are
    left out, the lines in `more` added.
    """
    folder, _, stem = name.rpartition("/")
    raw = (CLIENTS / (folder or "who_gets_what") / f"{stem}.eml").read_bytes()
    head, blank, body = raw.partition(b"\r\n\r\n")
    number = f"{next(_numbers):04x}".encode()
    wanted = {key.replace("_", "-"): value for key, value in fields.items()}
    left_out = {each.lower() for each in drop}
    written = []
    for field in _FIELD.findall(head):
        title, _, value = field.partition(b":")
        key = title.decode().lower()
        if key in left_out:
            continue
        if key in wanted:
            value = f" {wanted.pop(key)}".encode()
        elif key in {"message-id", "resent-message-id"}:
            value = _ID.sub(rb"<\1" + number + rb"\3>", value)
        written.append(title + b":" + value)
    written += [f"{key.title()}: {value}".encode() for key, value in wanted.items()]
    return b"\r\n".join([*written, *(each.encode() for each in more)]) + blank + body


def header(raw: bytes, name: str) -> str:
    """A field of a message, as it stands there but unfolded; empty where there is none."""
    return " ".join(str(message_from_bytes(raw.partition(b"\r\n\r\n")[0])[name] or "").split())


@lru_cache(4096)
def message_id(raw: bytes) -> str:
    """Its own id; of one that is sent on, that of its sending."""
    return header(raw, "Resent-Message-ID") or header(raw, "Message-ID")


def addressed(raw: bytes) -> tuple[str, ...]:
    """The addresses in To, Cc and Bcc, or those that it is sent on to, each once: what a client says in RCPT."""
    prefix = "Resent-" if header(raw, "Resent-From") else ""
    values = [header(raw, prefix + name) for name in ("To", "Cc", "Bcc")]
    found = (address for _, address in getaddresses(values) if address)
    return tuple({canonical(address): address for address in found}.values())
