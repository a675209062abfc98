"""Mail addresses: the strict grammar of RFC 5321 §4.1.2 and a canonical form for comparing.

Only what can be sent to is accepted: a local part (dot-string or quoted-string) and a domain or address
literal, within the limits of §4.5.3.1 (64 and 255 octets). Control characters never pass, so an address
can be put into a header or a reply as it is.
"""

from __future__ import annotations

import ipaddress
import re

import idna

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]"
_DOT_STRING = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*\Z")
_QUOTED_STRING = re.compile(r'"(?:[\x20!\x23-\x5b\x5d-\x7e\u0080-\U0010ffff]|\\[\x20-\x7e])*"\Z')
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z")


class BadAddress(ValueError):
    """Not an address that mail can be sent to; the text says what is wrong, in a sentence's end."""


def split(address: str) -> tuple[str, str]:
    """Local part and domain of `address`, as written. Raises BadAddress (RFC 5321 §4.1.2)."""
    if any(0xD800 <= ord(char) <= 0xDFFF for char in address):
        raise BadAddress("an address in valid UTF-8")
    if address.startswith('"'):
        end = _end_of_quoted(address)
        local, at, domain = address[:end], address[end : end + 1], address[end + 1 :]
    else:
        local, at, domain = address.partition("@")
    if not at or at != "@" or not domain:
        raise BadAddress("an address of the form name@example.org.uk")
    if not (_QUOTED_STRING.match(local) or _DOT_STRING.match(local)):
        raise BadAddress("a valid name before the @")
    if len(local.encode()) > 64:
        raise BadAddress("at most 64 octets before the @")
    _check_domain(domain)
    if len(domain.encode()) > 255:
        raise BadAddress("at most 255 octets after the @")
    return local, domain


def canonical(address: str) -> str:
    """The form in which addresses are compared: lower case, domain in A-labels. Raises BadAddress."""
    local, domain = split(address.strip())
    if local.startswith('"'):
        bare = re.sub(r"\\(.)", r"\1", local[1:-1])
        local = bare if _DOT_STRING.match(bare) else local
    return f"{local.lower()}@{canonical_domain(domain)}"


def canonical_domain(domain: str) -> str:
    """A domain in lower case and A-labels (RFC 5890). Raises BadAddress."""
    domain = domain.strip()
    _check_domain(domain)
    if domain.startswith("["):
        return domain.lower()
    if domain.isascii():
        return domain.lower()
    return idna.encode(domain, uts46=True).decode("ascii").lower()


def domain_of(address: str) -> str:
    """The domain of a canonical address."""
    return address.rpartition("@")[2]


def _end_of_quoted(address: str) -> int:
    index = 1
    while index < len(address):
        if address[index] == "\\":
            index += 2
            continue
        if address[index] == '"':
            return index + 1
        index += 1
    raise BadAddress("a quoted name that ends")


def _check_domain(domain: str) -> None:
    if domain.startswith("[") and domain.endswith("]"):
        _check_literal(domain[1:-1])
        return
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise BadAddress("a valid domain after the @") from None
    labels = domain.split(".")
    if not all(_LABEL.match(label) for label in labels) or len(domain) > 255:
        raise BadAddress("a valid domain after the @")


def _check_literal(literal: str) -> None:
    try:
        if literal.lower().startswith("ipv6:"):
            ipaddress.IPv6Address(literal[5:])
        else:
            ipaddress.IPv4Address(literal)
    except ValueError:
        raise BadAddress("a valid address literal after the @") from None
