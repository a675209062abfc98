"""Checks a proof bundle of a Vestry archive, on any machine, against anchors that were kept elsewhere.

This one file is all that is needed, with Python 3.11 or newer and the package `cryptography`:

    python check.py BUNDLE --anchor FILE [--anchor FILE ...] [--key HEX]

BUNDLE is a folder, or a zip file. FILE is an anchor as it was mailed or printed: a saved message, or its text, also
quoted or wrapped by a mail program. It asks no server and no database, and changes nothing. Every problem is one line
that names the link of the chain, the message or the file. Exit code: 0 whole, 1 not whole, 2 could not be checked.

What is in a bundle, and in an anchor, is told in docs/integrity.md.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import email
import email.policy
import hashlib
import json
import os
import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENESIS = "0" * 64
FORMAT = "vestry proof 1"
MANIFEST, LINKS, CONTENTS, SUMS = "manifest.json", "links.jsonl", "contents.jsonl", "messages.sha256"

_LONGEST_LINE = 256 * 1024 * 1024
_LONGEST_TEXT = 4 * 1024 * 1024
_PIECE = 1024 * 1024
_MOST_TOLD = 1000
_UNREADABLE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
_GAP = r"[\s>|]{1,20}"
_ANCHOR = re.compile(f"BEGIN{_GAP}VESTRY{_GAP}ANCHOR(.{{1,5000}}?)END{_GAP}VESTRY{_GAP}ANCHOR", re.DOTALL)
_LABEL = re.compile(r"(?:^|(?<=\s))(Council|Links|Head|Messages|Moment|Key|Signature):")
_QUOTED = re.compile(r"^[>|*\s]+", re.MULTILINE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
MESSAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a council's chain at a moment, signed: `key` and `signature` (Ed25519, RFC 8032) are in hex.

    `moment` is written as in 2026-11-21T06:00:00Z. `messages` counts those of the archive that the council can search.
    """

    council: str
    links: int
    head: str
    messages: int
    moment: str
    key: str
    signature: str

    def statement(self) -> bytes:
        """What is signed."""
        return statement(self.council, self.links, self.head, self.messages, self.moment)

    def is_signed(self) -> bool:
        """Whether the signature is by the key that the anchor names."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            key.verify(bytes.fromhex(self.signature), self.statement())
        except (InvalidSignature, ValueError):
            return False
        return True

    def of(self) -> str:
        """The anchor, named by the moment at which it was made."""
        try:
            moment = datetime.fromisoformat(self.moment).astimezone(_zone())
        except (ValueError, OverflowError):
            return "the anchor"
        return f"the anchor of {moment.day} {moment:%B %Y at %H:%M}"


def statement(council: str, links: int, head: str, messages: int, moment: str) -> bytes:
    """The words of an anchor that are signed: six lines, each ended by LF."""
    return f"vestry anchor 1\n{council}\n{links}\n{head}\n{messages}\n{moment}\n".encode()


def printed(anchor: Anchor) -> str:
    """An anchor as text, for a letter or for the minutes: ASCII, short lines, its long numbers in groups of eight."""
    lines = [
        "-----BEGIN VESTRY ANCHOR-----",
        f"Council: {anchor.council}",
        f"Links: {anchor.links}",
        *_in_groups("Head", anchor.head),
        f"Messages: {anchor.messages}",
        f"Moment: {anchor.moment}",
        *_in_groups("Key", anchor.key),
        *_in_groups("Signature", anchor.signature),
        "-----END VESTRY ANCHOR-----",
    ]
    return "\n".join(lines) + "\n"


def anchors_in(data: bytes | str) -> list[Anchor]:
    """All anchors in a text, or in a saved message, whatever stands around them and however the lines were broken."""
    if isinstance(data, str):
        return _anchors_in(data)
    data = data[:_LONGEST_TEXT]
    return _anchors_in(data.decode("utf-8", "replace")) or _anchors_in(_text_of(data))


class Problem(NamedTuple):
    """One thing that is not as it was: at which link of the chain (0 where none), of which message or file, what."""

    sequence: int
    subject: str
    what: str

    def __str__(self) -> str:
        where = [f"link {self.sequence}"] if self.sequence else []
        said = ", ".join([*where, self.subject] if self.subject else where)
        return f"{said}: {self.what}" if said else self.what


def verify_bundle(path: Path, anchors: Sequence[Anchor] = (), key: str | None = None) -> Iterator[Problem]:
    """Every problem of a bundle; none means that it is whole, and ends or goes on as the anchors say.

    `key` is the public key in hex that all anchors must be signed with. Raises OSError, or zipfile.BadZipFile, where
    there is no bundle to be read.
    """
    return Check(path, anchors, key).problems()


class Link(NamedTuple):
    """A link of the chain, as the bundle gives it."""

    sequence: int
    at: str
    event: str
    message: str
    part: str
    content: str
    previous: str
    hash: str
    salt: str | None

    def right_hash(self, council: str) -> str:
        """What its hash must be, of what it says."""
        return hashlib.sha256(json.dumps([council, *self[:7]]).encode()).hexdigest()


class Check:
    """One walk through a bundle. Of the bundle itself nothing is held but the link at hand."""

    def __init__(self, path: Path, anchors: Sequence[Anchor] = (), key: str | None = None) -> None:
        self.path = path
        self.given = tuple(anchors)
        self.key = "".join(key.split()).lower() if key else None
        self.links = self.messages = self.left_out = 0
        self.council = ""
        self._last = GENESIS
        self._sums = hashlib.sha256()
        self._textless: dict[str, int] = {}
        self._anchored: dict[int, list[Anchor]] = {}

    def problems(self) -> Iterator[Problem]:
        """See `verify_bundle`."""
        with _bundle(self.path) as bundle:
            manifest = yield from _manifest(bundle)
            council = manifest.get("council")
            self.council = council if isinstance(council, str) else ""
            left_out = manifest.get("casework_left_out")
            self.left_out = left_out if type(left_out) is int else 0
            yield from _files(bundle, manifest)
            yield from self._know(bundle)
            if bundle.has(LINKS) and bundle.has(CONTENTS):
                yield from self._walk(bundle)
            yield from self._end(bundle, manifest)

    def _know(self, bundle: _Bundle) -> Iterator[Problem]:
        """Take in all anchors, those given and those in the bundle, that are what they say."""
        inside = []
        for name in bundle.names("anchors"):
            found = anchors_in(bundle.text(name))
            if len(found) != 1:
                yield Problem(0, name, "there is no anchor in it, or more than one")
            inside += [(name, anchor) for anchor in found]
        keys = {anchor.key for anchor in self.given} | ({self.key} if self.key else set())
        for name, anchor in [*(("", each) for each in self.given), *inside]:
            wrong = ""
            if not anchor.is_signed():
                wrong = "its signature is not of what it says"
            elif anchor.council != self.council:
                wrong = f"it is of another council, {anchor.council!a}"
            elif (self.key and anchor.key != self.key) or (name and keys and anchor.key not in keys):
                wrong = f"it is signed with another key, {anchor.key!a}"
            if wrong:
                yield Problem(0, name or anchor.of(), wrong)
            else:
                self._anchored.setdefault(anchor.links, []).append(anchor)

    def _walk(self, bundle: _Bundle) -> Iterator[Problem]:
        yield from self._anchors_at(0, GENESIS)
        with bundle.open(LINKS) as links, bundle.open(CONTENTS) as file:
            contents = _Contents(file)
            for number, line in enumerate(_lines(links), 1):
                link = _link(line)
                if link is None:
                    yield Problem(number, "", "what stands there is no link")
                    self.links = number
                    continue
                yield from self._chained(link)
                if link.salt is not None:
                    yield from contents.before(link.sequence)
                    yield from self._spoken(bundle, link, contents.of(link.sequence))
                self.links, self._last = link.sequence, link.hash
            yield from contents.before(None)

    def _chained(self, link: Link) -> Iterator[Problem]:
        about = _message(link)
        if link.sequence != self.links + 1:
            yield Problem(link.sequence, about, f"it stands where link {self.links + 1} should")
        if link.previous != self._last:
            yield Problem(link.sequence, about, "it does not follow the link before it")
        if link.right_hash(self.council) != link.hash:
            yield Problem(link.sequence, about, "the link was altered")
        yield from self._anchors_at(link.sequence, link.hash)

    def _anchors_at(self, sequence: int, head: str) -> Iterator[Problem]:
        for anchor in self._anchored.pop(sequence, ()):
            if anchor.head != head:
                yield Problem(
                    sequence,
                    "",
                    f"it is not the link that {anchor.of()} was made of: "
                    "the chain was made anew, up to here or from somewhere before",
                )

    def _spoken(self, bundle: _Bundle, link: Link, parts: list[bytes] | None) -> Iterator[Problem]:
        """Whether what a link speaks of is in the bundle, and as it was."""
        if parts is None:
            yield Problem(link.sequence, _message(link), f"what was {link.event!a} is missing")
            return
        if _content_hash(bytes.fromhex(link.salt or ""), parts) != link.content:
            yield Problem(link.sequence, _message(link), f"what was {link.event!a} was altered")
        elif link.event == "decided" and link.message in self._textless and _refuses(parts):
            del self._textless[link.message]  # Of what was refused no text is kept.
        if link.event == "received":
            yield from self._received(bundle, link, parts)

    def _received(self, bundle: _Bundle, link: Link, parts: list[bytes]) -> Iterator[Problem]:
        row = _json(parts[0]) if parts else None
        wanted, size = (row.get("sha256"), row.get("size")) if isinstance(row, dict) else (None, None)
        is_hash = isinstance(wanted, str) and _HASH.fullmatch(wanted)
        if not (is_hash and type(size) is int and MESSAGE_ID.fullmatch(link.message)):
            yield Problem(link.sequence, _message(link), "it does not say what its text was")
            return
        name = f"messages/{link.message}.eml"
        if not bundle.has(name):
            self._textless[link.message] = link.sequence
            return
        self.messages += 1
        self._sums.update(f"{wanted}  {name}\n".encode())
        if bundle.sha256(name, size) != wanted:
            yield Problem(link.sequence, _message(link), "its text was altered")

    def _end(self, bundle: _Bundle, manifest: Mapping[str, Any]) -> Iterator[Problem]:
        for message, sequence in self._textless.items():
            yield Problem(sequence, f"message {message}", "its text is missing")
        for sequence, anchors in sorted(self._anchored.items()):
            missing = (
                f"link {sequence} is"
                if sequence == self.links + 1
                else f"links {self.links + 1} to {sequence} are"
            )
            for anchor in anchors:
                yield Problem(
                    0, "", f"{missing} missing: {anchor.of()} counts {sequence}, and the bundle {self.links}"
                )
        if (manifest.get("links"), manifest.get("head")) != (self.links, self._last):
            yield Problem(0, MANIFEST, f"the chain does not end as it says, but at link {self.links}")
        if bundle.sha256(SUMS) != self._sums.hexdigest():
            yield Problem(0, SUMS, "it is not the list of the messages")
        if bundle.has(LINKS) and sum(1 for _ in bundle.names("messages")) != self.messages:
            yield from _foreign(bundle)


class _Contents:
    """`contents.jsonl`, read along with the links."""

    def __init__(self, file: IO[bytes]) -> None:
        self._lines = _lines(file)
        self._next = self._read()

    def before(self, sequence: int | None) -> Iterator[Problem]:
        """Go on to what a link speaks of, or to the end; what lies before it no link speaks of."""
        while self._next is not None and (sequence is None or self._next[0] < sequence):
            yield Problem(0, CONTENTS, f"no link speaks of what stands there for link {self._next[0]}")
            self._next = self._read()

    def of(self, sequence: int) -> list[bytes] | None:
        """What a link speaks of; None where it is not there."""
        if self._next is None or self._next[0] != sequence:
            return None
        parts, self._next = self._next[1], self._read()
        return parts

    def _read(self) -> tuple[int, list[bytes]] | None:
        line = next(self._lines, None)
        if line is None:
            return None
        said = _json(line)
        try:
            sequence, parts = (
                said["sequence"],
                [base64.b64decode(each, validate=True) for each in said["parts"]],
            )
        except (TypeError, KeyError, ValueError, IndexError):
            return 0, []
        return (sequence, parts) if type(sequence) is int else (0, [])


class _Bundle:
    """The files of a bundle that lies in a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, name: str) -> bool:
        """Whether there is such a file: a file and nothing that leads elsewhere."""
        with contextlib.suppress(OSError):
            return stat.S_ISREG((self._path / name).lstat().st_mode)
        return False

    def open(self, name: str) -> IO[bytes]:
        """The file, to be read."""
        if not self.has(name):
            raise FileNotFoundError(name)
        return (self._path / name).open("rb")

    def names(self, folder: str = "") -> Iterator[str]:
        """The names of all that lies in a folder, with the folder's own before them."""
        with (
            contextlib.suppress(FileNotFoundError, NotADirectoryError),
            os.scandir(self._path / folder) as entries,
        ):
            for entry in entries:
                yield f"{folder}/{entry.name}" if folder else entry.name

    def sha256(self, name: str, most: int | None = None) -> str:
        """The hash of a file; of one that is longer than `most` octets it is not told, nor of one that is not there."""
        digest, read = hashlib.sha256(), 0
        try:
            with self.open(name) as file:
                while piece := file.read(_PIECE):
                    digest.update(piece)
                    read += len(piece)
                    if most is not None and read > most:
                        return ""
        except _UNREADABLE:
            return ""
        return digest.hexdigest()

    def text(self, name: str) -> bytes:
        """A small file, whole."""
        try:
            with self.open(name) as file:
                return file.read(_LONGEST_TEXT)
        except _UNREADABLE:
            return b""


class _Zip(_Bundle):
    """The files of a bundle that is a zip file."""

    def __init__(self, path: Path, file: zipfile.ZipFile) -> None:
        super().__init__(path)
        self._file = file
        self._names = {name for name in file.namelist() if not name.endswith("/")}

    def has(self, name: str) -> bool:
        return name in self._names

    def open(self, name: str) -> IO[bytes]:
        if name not in self._names:
            raise FileNotFoundError(name)
        return self._file.open(name)

    def names(self, folder: str = "") -> Iterator[str]:
        before = f"{folder}/" if folder else ""
        inside = (name for name in self._file.namelist() if name.startswith(before) and name != before)
        yield from inside if folder else dict.fromkeys(name.partition("/")[0] for name in inside)


@contextlib.contextmanager
def _bundle(path: Path) -> Iterator[_Bundle]:
    if path.is_dir():
        yield _Bundle(path)
        return
    with zipfile.ZipFile(path) as file:
        yield _Zip(path, file)


def _manifest(bundle: _Bundle) -> Generator[Problem, None, dict[str, Any]]:
    """What the manifest says, which is written in one way only and has its own hash in it."""
    text = bundle.text(MANIFEST)
    said = _json(text)
    if not isinstance(said, dict):
        yield Problem(0, MANIFEST, "it is missing, or cannot be read")
        return {}
    if text != manifest_text(said) or said.get("format") != FORMAT:
        yield Problem(0, MANIFEST, "it was altered")
    return said


def manifest_text(said: Mapping[str, Any]) -> bytes:
    """A manifest as it is written: its own hash is that of all else that it says."""
    rest = {name: value for name, value in said.items() if name != "sha256"}
    own = hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
    return json.dumps({**rest, "sha256": own}, sort_keys=True, indent=1).encode() + b"\n"


def _files(bundle: _Bundle, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Whether the files are those that the manifest names, and as it says."""
    files = manifest.get("files")
    named = files if isinstance(files, dict) else {}
    for name in sorted({LINKS, CONTENTS, SUMS, *(each for each in named if isinstance(each, str))}):
        if not bundle.has(name):
            yield Problem(0, name, "it is missing")
        elif bundle.sha256(name) != named.get(name):
            yield Problem(0, name, "it is not the file that the manifest speaks of")
    for name in bundle.names():
        if name not in {*named, MANIFEST, "messages", "anchors"}:
            yield Problem(0, ascii(name), "the manifest does not speak of it")
    for name in bundle.names("anchors"):
        if name not in named:
            yield Problem(0, ascii(name), "the manifest does not speak of it")


def _foreign(bundle: _Bundle) -> Iterator[Problem]:
    """The messages of the bundle that no link says were received."""
    with bundle.open(LINKS) as file:
        links = (_link(line) for line in _lines(file))
        known = {
            f"messages/{each.message}.eml"
            for each in links
            if each and each.event == "received" and each.salt
        }
    strange = [name for name in bundle.names("messages") if name not in known]
    for name in strange:
        yield Problem(0, ascii(name), "no link speaks of this message: it was put in")
    if not strange:
        yield Problem(0, "messages", "there are more of them, or fewer, than the links speak of")


def _link(line: bytes) -> Link | None:
    said = _json(line)
    if not isinstance(said, dict) or set(said) != set(Link._fields):
        return None
    link = Link(**said)
    salt = link.salt
    texts = [*link[1:8], "" if salt is None else salt]
    if type(link.sequence) is not int or not all(isinstance(each, str) for each in texts):
        return None
    return link if salt is None or re.fullmatch(r"(?:[0-9a-f]{2}){1,64}", salt) else None


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines; what cannot be read, or is longer than any line should be, is the last one, and no good."""
    try:
        while line := file.readline(_LONGEST_LINE):
            yield line
    except _UNREADABLE:
        yield b""


def _json(data: bytes) -> Any:
    """What JSON says; None where it is none."""
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(data)
    return None


def _content_hash(salt: bytes, parts: Sequence[bytes]) -> str:
    digest = hashlib.sha256(salt)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _refuses(parts: Sequence[bytes]) -> bool:
    decision = _json(parts[0]) if parts else None
    return isinstance(decision, dict) and (decision.get("number"), decision.get("verdict")) == (0, "refuse")


def _message(link: Link) -> str:
    if not link.message:
        return ""
    return f"message {link.message}" if MESSAGE_ID.fullmatch(link.message) else ascii(link.message)


def _anchors_in(text: str) -> list[Anchor]:
    found = (_anchor(each) for each in _ANCHOR.findall(text))
    # A letter in two languages has it twice.
    return list(dict.fromkeys(each for each in found if each is not None))


def _anchor(text: str) -> Anchor | None:
    """An anchor from what stands between its first and its last line. Blanks and quotation marks mean nothing in it."""
    pieces = _LABEL.split(_QUOTED.sub("", text.strip("-> |*\t\r\n")))
    said = {label: "".join(value.split()) for label, value in zip(pieces[1::2], pieces[2::2], strict=True)}
    try:
        anchor = Anchor(
            council=said["Council"],
            links=int(said["Links"]),
            head=said["Head"].lower(),
            messages=int(said["Messages"]),
            moment=said["Moment"],
            key=said["Key"].lower(),
            signature=said["Signature"].lower(),
        )
    except (KeyError, ValueError):
        return None
    return anchor if _HASH.fullmatch(anchor.head) and anchor.links >= 0 else None


def _text_of(data: bytes) -> str:
    """The text of a saved message, its transfer encoding undone."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    found = (part.get_payload(decode=True) for part in parts)
    text = "\n".join(each.decode("utf-8", "replace") for each in found if isinstance(each, bytes))
    return _TAG.sub(" ", text)


def _in_groups(label: str, digits: str) -> Iterator[str]:
    """A long number under its label, in lines of four groups."""
    yield f"{label}:"
    for start in range(0, len(digits), 32):
        row = digits[start : start + 32]
        yield "  " + " ".join(row[place : place + 8] for place in range(0, len(row), 8))


def _zone() -> Any:
    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:  # Windows has none by itself.
        return UTC


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns its exit code."""
    parser = argparse.ArgumentParser(prog="check.py", description="Check a proof bundle of a Vestry archive.")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="a folder, or a zip file")
    parser.add_argument(
        "--anchor", type=Path, action="append", default=[], metavar="FILE", help="an anchor, as mailed"
    )
    parser.add_argument("--key", metavar="HEX", help="the public key that every anchor must be signed with")
    given = parser.parse_args(arguments)
    anchors: list[Anchor] = []
    for file in given.anchor:
        try:
            found = anchors_in(file.read_bytes())
        except OSError as error:
            return _cannot(f"{file} cannot be read: {error.strerror}")
        if not found:
            return _cannot(f"there is no anchor in {file}")
        anchors += found
    check = Check(given.bundle, anchors, given.key)
    number = 0
    try:
        for number, problem in enumerate(check.problems(), 1):
            if number <= _MOST_TOLD:
                _say(str(problem))
    except _UNREADABLE as error:
        return _cannot(f"{given.bundle} cannot be read: {error}")
    return _told(check, number)


def _told(check: Check, problems: int) -> int:
    if problems:
        _say(f"NOT WHOLE: {problems} problem{'s' if problems > 1 else ''}.")
        return 1
    _say(f"Whole: {check.links} links of the chain of {check.council!a}, and {check.messages} messages.")
    if check.left_out:
        _say(
            f"{check.left_out} more of members' casework, or about it, were left out, as the bundle says: "
            "their entries are in the chain."
        )
    if check.given:
        _say("Held against " + ", ".join(anchor.of() for anchor in check.given) + ".")
    else:
        _say(
            "It was held against no anchor that was kept elsewhere: this shows only that it agrees with itself."
        )
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _cannot(why: str) -> int:
    sys.stderr.write(why + "\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
