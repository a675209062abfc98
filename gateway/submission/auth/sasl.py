"""SASL PLAIN and LOGIN as octets (RFC 4616, RFC 4954). Pure; `gateway.submission.login` has the exchange."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from dataclasses import dataclass, field

from config.address import BadAddress, canonical

MECHANISMS = ("PLAIN", "LOGIN")
USERNAME = base64.b64encode(b"Username:").decode()
PASSWORD = base64.b64encode(b"Password:").decode()


class NotBase64(ValueError):
    """What the client sent is not base64."""


class Malformed(ValueError):
    """The octets are no credentials: wrong fields, control characters, or another's identity asked for."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login, as typed, and a password, prepared (see `prepare`). Neither is ever shown."""

    login: str = field(repr=False)
    password: str = field(repr=False)


def decode(answer: bytes) -> bytes:
    """The octets that a client's answer stands for; `=` is the empty one. Raises NotBase64."""
    if answer == b"=":
        return b""
    try:
        return binascii.a2b_base64(answer, strict_mode=True)
    except binascii.Error:
        raise NotBase64 from None


def plain(message: bytes) -> Credentials:
    """Credentials from `authzid NUL authcid NUL password`. Raises Malformed.

    To act for another is not on offer: authzid is empty or the same login (RFC 4616 §2).
    """
    fields = message.split(b"\0")
    if len(fields) != 3:
        raise Malformed
    acting_for, login = _text(fields[0]), _text(fields[1])
    if acting_for and _comparable(acting_for) != _comparable(login):
        raise Malformed
    return credentials(fields[1], fields[2])


def credentials(login: bytes, password: bytes) -> Credentials:
    """Credentials from the two answers of LOGIN. Raises Malformed."""
    found = Credentials(_text(login), prepare(_text(password)))
    if not found.login or not found.password:
        raise Malformed
    return found


def prepare(password: str) -> str:
    """A password in the form that is hashed and compared: NFC, every space U+0020 (RFC 8265 §4.2).

    Raises Malformed where it has control characters.
    """
    spaced = "".join(" " if unicodedata.category(char) == "Zs" else char for char in password)
    prepared = unicodedata.normalize("NFC", spaced)
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in prepared):
        raise Malformed
    return prepared


def _text(octets: bytes) -> str:
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed from None
    if "\0" in text:
        raise Malformed
    return text


def _comparable(login: str) -> str:
    try:
        return canonical(login)
    except BadAddress:
        return login
