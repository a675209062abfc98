"""Pictures: whether a camera or a telephone took one, and whether it says where (Exif 2.32)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from filters.extract.document import Fact
from filters.extract.room import Look

_MAKE, _MODEL, _PLACE, _DETAILS = 0x010F, 0x0110, 0x8825, 0x8769
_TAKEN, _EXPOSED, _LENS = 0x9003, 0x829A, 0x920A
_OF_CAMERAS = frozenset({_MAKE, _MODEL, _TAKEN, _EXPOSED, _LENS})
_LATITUDE = 0x0002
_EXIF = b"Exif\0\0"
_MOST_ENTRIES = 500
_HEAD = 262_144
"""Octets in which what a camera says of a picture is looked for: one segment of a JPEG has at most 64 KB."""

_NAMED_BY_CAMERA = re.compile(
    r"(?:^|[\s_(-])(?:img|dsc[nf]?|pxl|mvimg|pict|gopr|dji|photo|whatsapp image|signal)[\s_-]?\d"
    r"|^\d{8}_\d{6}|^img-\d{8}-wa\d|^p\d{7}\.jpe?g$|^image\d?\.heic$",
    re.IGNORECASE,
)
_PHOTOGRAPHIC = (
    "image/jpeg",
    "image/heic",
    "image/heif",
    "image/avif",
    "image/webp",
    "image/tiff",
    "image/png",
)


def read_picture(content: bytes, kind: str, name: str) -> Look:
    """What a picture or a film says of how it was made. What telephones call a photograph is one, as programs
    that send photographs on take out what the camera wrote.
    """
    if kind.startswith("video/"):
        return Look(facts=frozenset({Fact.PHOTOGRAPH}))
    if kind not in _PHOTOGRAPHIC:
        return Look()
    facts: set[Fact] = set()
    for exif in _exif(content[:_HEAD], kind):
        facts |= _told(exif)
    if kind in {"image/heic", "image/heif"} or (kind != "image/png" and _NAMED_BY_CAMERA.search(name)):
        facts.add(Fact.PHOTOGRAPH)
    return Look(facts=frozenset(facts))


def _exif(head: bytes, kind: str) -> Iterator[bytes]:
    """Where what a camera says begins."""
    if kind == "image/tiff":
        yield head
        return
    if kind == "image/png":
        at = head.find(b"eXIf")
        if at >= 0:
            yield head[at + 4 :]
        return
    at = head.find(_EXIF)
    if at >= 0:
        yield head[at + len(_EXIF) :]
    if kind == "image/webp" and (at := head.find(b"EXIF")) >= 0:
        yield head[at + 8 :].removeprefix(_EXIF)


def _told(exif: bytes) -> set[Fact]:
    """What the entries of the directories say (TIFF 6.0 §2)."""
    order = {b"II*\0": "little", b"MM\0*": "big"}.get(exif[:4])
    if order is None:
        return set()
    facts: set[Fact] = set()
    first = dict(_entries(exif, _number(exif[4:8], order), order))
    told = set(first)
    if _DETAILS in first:
        told |= set(dict(_entries(exif, first[_DETAILS], order)))
    if _PLACE in first and _LATITUDE in dict(_entries(exif, first[_PLACE], order)):
        facts |= {Fact.PLACE, Fact.PHOTOGRAPH}
    if told & _OF_CAMERAS and not _is_scanned(exif, told):
        facts.add(Fact.PHOTOGRAPH)
    return facts


def _is_scanned(exif: bytes, told: set[int]) -> bool:
    """Whether it names a maker and no lens, exposure or time, as scanners do."""
    return (
        not told & {_TAKEN, _EXPOSED, _LENS}
        and re.search(rb"scan|mfp|xerox|ricoh|konica", exif[:2000], re.IGNORECASE) is not None
    )


def _entries(exif: bytes, at: int, order: str) -> Iterator[tuple[int, int]]:
    """The tags of a directory, and the number that each holds."""
    count = min(_number(exif[at : at + 2], order), _MOST_ENTRIES)
    for each in range(at + 2, at + 2 + 12 * count, 12):
        entry = exif[each : each + 12]
        if len(entry) == 12:
            yield _number(entry[:2], order), _number(entry[8:], order)


def _number(octets: bytes, order: str) -> int:
    return int.from_bytes(octets, "little" if order == "little" else "big")
