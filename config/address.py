"""Mail addresses: the strict grammar of RFC 5321 §4.1.2 and a canonical form for comparing.

Only what can be sent to is accepted: a local part (dot-string or quoted-string) and a domain or address
literal, within the limits of §4.5.3.1 (64 and 255 octets). Beyond ASCII, RFC 6531 lets every character
through; here control, format, separator and blank characters never pass, so an address can be put into a
header or a reply as it is, and looks like what it is.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata

import idna

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]"
_DOT_STRING = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*\Z")
_QUOTED_STRING = re.compile(r'"(?:[\x20!\x23-\x5b\x5d-\x7e\u0080-\U0010ffff]|\\[\x20-\x7e])*"\Z')
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
"""Unicode categories that are not seen, or not as characters: controls, formats, surrogates, separators."""


class BadAddress(ValueError):
    """Not an address that mail can be sent to; the text says what is wanted, as the end of a sentence."""


def split(address: str) -> tuple[str, str]:
    """Local part and domain of `address`, as written. Raises BadAddress (RFC 5321 §4.1.2)."""
    if any(0xD800 <= ord(char) <= 0xDFFF for char in address):
        raise BadAddress("an address in valid UTF-8")
    if address.startswith('"'):
        end = _end_of_quoted(address)
        local, at, domain = address[:end], address[end : end + 1], address[end + 1 :]
    else:
        local, at, domain = address.partition("@")
    if at != "@" or not domain:
        raise BadAddress("an address of the form name@example.org.uk")
    if not (_QUOTED_STRING.match(local) or _DOT_STRING.match(local)) or _has_unseen(local):
        raise BadAddress("a valid name before the @")
    _check_local_length(local)
    _check_domain(domain)
    return local, domain


def canonical(address: str) -> str:
    """The form in which addresses are compared: NFC, lower case, least quoting, domain in A-labels.

    Two spellings of one mailbox have one canonical form, and the canonical form is its own. Blanks around
    the address are dropped. Raises BadAddress.
    """
    local, domain = split(address.strip(" \t"))
    local = _normal(_unquoted(local) if local.startswith('"') else local)
    if not _DOT_STRING.match(local):
        local = '"' + re.sub(r'(["\\])', r"\\\1", local) + '"'
    # Lower case can be longer than what was written, and what is kept must be an address again.
    _check_local_length(local)
    return f"{local}@{canonical_domain(domain)}"


def canonical_domain(domain: str) -> str:
    """A domain in lower case and A-labels (RFC 5890), a literal in its shortest form. Raises BadAddress."""
    domain = domain.strip(" \t")
    _check_domain(domain)
    if domain.startswith("["):
        literal = _literal(domain[1:-1])
        return f"[ipv6:{literal}]" if literal.version == 6 else f"[{literal}]"
    return _in_a_labels(domain).lower()


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


def _unquoted(local: str) -> str:
    return re.sub(r"\\(.)", r"\1", local[1:-1])


def _normal(local: str) -> str:
    """In NFC and lower case, until neither changes it any more (RFC 6532 §3.1 asks for NFC)."""
    while (normal := unicodedata.normalize("NFC", local.lower())) != local:
        local = normal
    return local


def _has_unseen(text: str) -> bool:
    return not text.isascii() and any(
        ord(char) > 0x7F and unicodedata.category(char) in _UNSEEN for char in text
    )


def _check_local_length(local: str) -> None:
    if len(local.encode()) > 64:
        raise BadAddress("at most 64 octets before the @")


def _check_domain(domain: str) -> None:
    if len(domain) > 255:
        raise BadAddress("a domain of at most 255 octets")
    if domain.startswith("[") and domain.endswith("]"):
        _literal(domain[1:-1])
        return
    domain = _in_a_labels(domain)
    if not all(_LABEL.match(label) for label in domain.split(".")):
        raise BadAddress("a valid domain")
    if len(domain) > 255:
        raise BadAddress("a domain of at most 255 octets")


def _in_a_labels(domain: str) -> str:
    if domain.isascii():
        return domain
    if _has_unseen(domain):  # The mapping of UTS 46 would drop some of them without a word.
        raise BadAddress("a valid domain")
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError:
        raise BadAddress("a valid domain") from None


def _literal(literal: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    # A zone ("%eth0") has no place in an address literal, and Python's may hold any character.
    try:
        if literal.lower().startswith("ipv6:") and "%" not in literal:
            return ipaddress.IPv6Address(literal[5:])
        return ipaddress.IPv4Address(literal)
    except ValueError:
        raise BadAddress("a valid address literal") from None
