"""What workers can be asked to do: pure functions from frames to a frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from pydantic import TypeAdapter

from config.address import canonical
from config.council import Council
from filters import registry
from filters.again import same as compared
from filters.analysis import (
    CannotReaddress,
    CannotReissue,
    CannotStrip,
    Changes,
    Reading,
    Situation,
    decide_step,
    read_step,
    readdressed,
    reissued,
    stripped,
)
from filters.archived import archived
from filters.extract.preload import preload
from filters.extract.prints import with_prints
from filters.extract.read import documents_of
from filters.personal_data import engine
from filters.said import all_said
from filters.spelling import dictionary
from gateway.workers.answer import ANSWER, UNSCANNABLE
from gateway.workers.worker import Unprepared
from signatures.message import charsets
from signatures.message.anatomy import read as anatomy_of
from signatures.message.scanner import Caps, Unscannable, scan_parts
from signatures.message.splices import Splice

_CAPS = TypeAdapter(Caps)  # Made once and here: making it opens files, which a worker cannot.
_ADDRESSES = TypeAdapter(frozenset[str])


def read(raw: bytes, caps: bytes) -> bytes:
    """Message and `Caps` → `Reading`, or why there is none."""
    try:
        return ANSWER + read_step(raw, _caps(caps)).model_dump_json().encode()
    except Unscannable as error:
        return UNSCANNABLE + str(error).encode()


def decide(raw: bytes, caps: bytes, reading: bytes, council: bytes, situation: bytes) -> bytes:
    """Message, `Caps`, `Reading`, `Council` and `Situation` → `Analysis`, or why there is none."""
    try:
        analysis = decide_step(
            raw,
            Reading.model_validate_json(reading),
            Situation.model_validate_json(situation),
            _council(council),
            _caps(caps),
        )
    except Unscannable as error:
        return UNSCANNABLE + str(error).encode()
    except engine.NotLoaded:
        raise Unprepared from None
    return ANSWER + analysis.model_dump_json().encode()


def strip(raw: bytes, caps: bytes) -> bytes:
    """Message and `Caps` → `Changes` that takes its trail out, or why it cannot be taken out."""
    try:
        removed = stripped(raw, _caps(caps))
    except (Unscannable, CannotStrip) as error:
        return UNSCANNABLE + str(error).encode()
    return _changes(removed)


def readdress(raw: bytes, caps: bytes, gone: bytes) -> bytes:
    """Message, `Caps` and canonical addresses → `Changes` that takes them out of where everybody sees them, or why
    they cannot be taken out.
    """
    try:
        taken = readdressed(raw, _caps(caps), _ADDRESSES.validate_json(gone))
    except (Unscannable, CannotReaddress) as error:
        return UNSCANNABLE + str(error).encode()
    return _changes(taken)


def reissue(raw: bytes, caps: bytes, author: bytes) -> bytes:
    """Message, `Caps` and the value of a From field → `Changes` that make it that author's, or why it cannot be."""
    try:
        made = reissued(raw, _caps(caps), author.decode())
    except (Unscannable, CannotReissue) as error:
        return UNSCANNABLE + str(error).encode()
    return _changes(made)


def extract(raw: bytes, caps: bytes) -> bytes:
    """Message and `Caps` → `Documents`, what is attached to it, or why it could not be looked at."""
    most = _caps(caps)
    try:
        found = documents_of(raw, scan_parts(raw, most), anatomy_of(raw, most), most)
    except Unscannable as error:
        return UNSCANNABLE + str(error).encode()
    return ANSWER + with_prints(found).model_dump_json().encode()


def say(raw: bytes, caps: bytes) -> bytes:
    """Message and `Caps` → `Said`, all that it says, or why it cannot be read."""
    try:
        return ANSWER + all_said(raw, _caps(caps)).model_dump_json().encode()
    except Unscannable as error:
        return UNSCANNABLE + str(error).encode()


def archive(raw: bytes, caps: bytes) -> bytes:
    """Message and `Caps` → `Archived`, all that the archive finds it by."""
    return ANSWER + archived(raw, _caps(caps)).model_dump_json().encode()


def same(first: bytes, caps: bytes, again: bytes) -> bytes:
    """Two messages and `Caps` → `Same`, or why it cannot be told."""
    try:
        return ANSWER + compared(first, again, _caps(caps)).model_dump_json().encode()
    except Unscannable as error:
        return UNSCANNABLE + str(error).encode()


def _changes(splices: Iterable[Splice]) -> bytes:
    told = tuple((each.offset, each.length, each.replacement) for each in splices)
    return ANSWER + Changes(splices=told).model_dump_json().encode()


TASKS: Mapping[str, Callable[..., bytes]] = {
    "read": read,
    "decide": decide,
    "strip": strip,
    "readdress": readdress,
    "reissue": reissue,
    "same": same,
    "extract": extract,
    "say": say,
    "archive": archive,
}


def warm_up() -> None:
    """Load what Python would otherwise open files for in the middle of a message, which a worker cannot:
    the checks, every codec, what reads attachments, the dictionary, and the tables for international domains.
    """
    registry.preload()
    charsets.preload()
    dictionary()
    preload()
    canonical("clerc@llanfair-pwll-gwyngyll-ŵ.example")
    engine.bar()


def load(names_model: str = "") -> None:
    """Load what takes long and is seldom needed: the engine that finds personal data. A task asks for it
    (`Unprepared`). `names_model` is the host's model for personal names; empty for none. Raises OSError where there is
    no such model.
    """
    engine.load(names_model)


@lru_cache(maxsize=256)
def _council(document: bytes) -> Council:
    """Councils change seldom, so each document is parsed once in a worker."""
    return Council.model_validate_json(document)


@lru_cache(maxsize=8)
def _caps(document: bytes) -> Caps:
    return _CAPS.validate_json(document)
