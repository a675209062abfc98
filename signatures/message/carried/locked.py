"""Whether what is attached is encrypted, told by its first and last octets. Nothing is unpacked.

A PDF that opens without a password yet forbids printing or copying is encrypted as well, and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from signatures.message.carried.ends import Ends

_ZIP_ENTRY, _ZIP_DIRECTORY, _ZIP_END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEVEN_ZIP, _SEVEN_ZIP_AES = b"7z\xbc\xaf\x27\x1c", b"\x06\xf1\x07\x01"
_RAR4, _RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_PDF_ENCRYPT = re.compile(rb"/Encrypt\s{0,10}+(?:\d{1,10}\s{1,10}\d{1,5}\s{1,10}R|<<)")
_OLE_STREAMS = tuple(name.encode("utf-16-le") for name in ("EncryptedPackage", "DRMContent"))
_PGP_MESSAGE = b"-----BEGIN PGP MESSAGE"
_ARMOUR = b"-----BEGIN PGP "
_PGP_NAMES = (".pgp", ".gpg", ".asc")
_PGP_IN_THE_OPEN = frozenset({2, 5, 6, 13, 14})
"""Packets (RFC 9580 §5) that begin signatures and keys."""

_CMS_NAMES = (".p7m", ".p7z")
_CMS_KINDS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_CMS_SIGNED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_RIGHTS_MANAGED = frozenset({"application/x-microsoft-rpmsg-message"})
_LONGEST_FIELD = 4096

MAGIC = (_ZIP_ENTRY, _ZIP_END, _OLE, _SEVEN_ZIP, _RAR4, _RAR5, b"%PDF-")


def is_locked(ends: Ends, kind: str, name: str) -> bool:
    """Whether the content with these ends is encrypted. `kind` and `name` are in lower case."""
    head, tail = ends
    if kind in _RIGHTS_MANAGED or name.endswith(".rpmsg"):
        return True
    if kind in _CMS_KINDS or name.endswith(_CMS_NAMES):
        return is_enveloped(head)
    if _PGP_MESSAGE in head[:_LONGEST_FIELD] or kind == "application/pgp-encrypted":
        return True
    if name.endswith(_PGP_NAMES):
        return _is_pgp_data(head)
    if head.startswith((_ZIP_ENTRY, _ZIP_END)):
        return any(flags & 1 for flags in _zip_flags(head, tail))
    if head.startswith(_OLE):
        return _is_locked_office(head, tail)
    if b"%PDF-" in head[:1024]:
        return _PDF_ENCRYPT.search(tail) is not None or _PDF_ENCRYPT.search(head) is not None
    if head.startswith(_SEVEN_ZIP):
        return _is_locked_7z(head, tail)
    return _is_locked_rar(head)


def is_enveloped(head: bytes) -> bool:
    """Whether a CMS structure (RFC 5652 §3) is anything but signed data, which anybody can read."""
    return _CMS_SIGNED not in head[:64]


def _is_pgp_data(head: bytes) -> bool:
    """Whether it is a message, neither armoured as something else nor a key nor a signature."""
    if not head or head.lstrip()[: len(_ARMOUR)] == _ARMOUR:
        return False
    first = head[0]
    if not first & 0x80:
        return False
    return (first & 0x3F if first & 0x40 else first >> 2 & 0x0F) not in _PGP_IN_THE_OPEN


def _zip_flags(head: bytes, tail: bytes) -> Iterator[int]:
    """The general purpose flags (APPNOTE 4.4.4) of the first entry, and of all in the directory's last part."""
    yield int.from_bytes(head[6:8], "little")
    end = tail.rfind(_ZIP_END)
    size = int.from_bytes(tail[end + 12 : end + 16], "little") if end >= 0 else 0
    at = end - size if 0 < size <= end else tail.find(_ZIP_DIRECTORY)
    while 0 <= at <= len(tail) - 46:
        if not tail.startswith(_ZIP_DIRECTORY, at):
            at = tail.find(_ZIP_DIRECTORY, at)
            continue
        yield int.from_bytes(tail[at + 8 : at + 10], "little")
        lengths = (int.from_bytes(tail[at + each : at + each + 2], "little") for each in (28, 30, 32))
        at += 46 + sum(lengths)


def _is_locked_office(head: bytes, tail: bytes) -> bool:
    """Office's encrypted package (MS-OFFCRYPTO §2.3), or an old Word or Excel file with a password."""
    if any(name in head or name in tail for name in _OLE_STREAMS):
        return True
    first = head[512:]
    if first[:2] == b"\xec\xa5":
        return bool(int.from_bytes(first[10:12], "little") & 0x0100)  # MS-DOC, FibBase.fEncrypted
    if first[:2] == b"\x09\x08":
        after = 4 + int.from_bytes(first[2:4], "little")
        return b"\x2f\x00" in {first[after : after + 2], first[after + 6 : after + 8]}  # MS-XLS, FilePass
    return False


def _is_locked_7z(head: bytes, tail: bytes) -> bool:
    """Whether the end header names AES. A packed one hides what it says, but not that it is encrypted itself."""
    size = int.from_bytes(head[20:28], "little")
    return _SEVEN_ZIP_AES in tail[max(0, len(tail) - size) :]


def _is_locked_rar(head: bytes) -> bool:
    if head.startswith(_RAR4):
        size = int.from_bytes(head[12:14], "little")
        first = head[7 + size :]
        headers, file = (int.from_bytes(each, "little") for each in (head[10:11], first[3:4]))
        return bool(headers & 0x80) or (first[2:3] == b"\x74" and bool(file & 0x04))
    return head.startswith(_RAR5) and _is_locked_rar5(head)


def _is_locked_rar5(head: bytes) -> bool:
    """Whether the headers are encrypted, or the first file: the first record of its extra area says so."""
    at = len(_RAR5)
    for _ in range(3):
        size, start = _number(head, at + 4)
        kind, after = _number(head, start)
        if kind == 4:
            return True
        if kind == 2:
            flags, after = _number(head, after)
            extra = _number(head, after)[0] if flags & 1 else 0
            _, record = _number(head, start + size - extra)
            return extra > 0 and _number(head, record)[0] == 1
        at = start + size
    return False


def _number(octets: bytes, at: int) -> tuple[int, int]:
    """A number of RAR 5, seven bits to an octet, the lowest first, and where it ends."""
    number = 0
    for turn, octet in enumerate(octets[max(0, at) : max(0, at) + 10]):
        number |= (octet & 0x7F) << 7 * turn
        if octet < 0x80:
            return number, at + turn + 1
    return number, at + 10
