"""What a document is, by its content: media types, as far as the first octets tell."""

from __future__ import annotations

import re

import filetype

PDF = "application/pdf"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
"""What old Office files, Outlook messages and Windows installers are made as."""

RTF = "application/rtf"
GZIP = "application/gzip"
MAIL = "message/rfc822"
OUTLOOK = "application/vnd.ms-outlook"
TNEF = "application/ms-tnef"
HTML = "text/html"
XML = "text/xml"
SVG = "image/svg+xml"
TEXT = "text/plain"
CSV = "text/csv"
UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"
SHORTCUT = "application/x-ms-shortcut"
WINDOWS_PROGRAM = "application/vnd.microsoft.portable-executable"
DOS_PROGRAM = "application/x-dosexec"
LINUX_PROGRAM = "application/x-elf"
MAC_PROGRAM = "application/x-mach-binary"
JAVA_CLASS = "application/java-vm"
SCRIPT = "text/x-script"
CHM = "application/vnd.ms-htmlhelp"
PGP = "application/pgp-encrypted"

_OOXML = "application/vnd.openxmlformats-officedocument."
WORD = _OOXML + "wordprocessingml.document"
SHEET = _OOXML + "spreadsheetml.sheet"
SLIDES = _OOXML + "presentationml.presentation"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OLD_WORD = "application/msword"
OLD_SHEET = "application/vnd.ms-excel"
OLD_SLIDES = "application/vnd.ms-powerpoint"
INSTALLER = "application/x-msi"
JAVA_ARCHIVE = "application/java-archive"
ANDROID = "application/vnd.android.package-archive"
WINDOWS_PACKAGE = "application/appx"
BINARY_SHEET = "application/vnd.ms-excel.sheet.binary.macroenabled.12"

_HEAD = 4096
_MAGIC = (
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"PK\x07\x08", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"{\\rt", RTF),
    (b"\x1f\x8b", GZIP),
    (b"\x7fELF", LINUX_PROGRAM),
    (b"\xfe\xed\xfa\xce", MAC_PROGRAM),
    (b"\xfe\xed\xfa\xcf", MAC_PROGRAM),
    (b"\xce\xfa\xed\xfe", MAC_PROGRAM),
    (b"\xcf\xfa\xed\xfe", MAC_PROGRAM),
    (b"\xca\xfe\xba\xbf", MAC_PROGRAM),
    (b"\x4c\x00\x00\x00\x01\x14\x02\x00", SHORTCUT),
    (b"\x78\x9f\x3e\x22", TNEF),
    (b"ITSF", CHM),
    (b"\0\x05\x16\x07", "multipart/appledouble"),
    (b"\0\0\0\x01Bud1", "multipart/appledouble"),  # What a Mac keeps of a folder.
    (b"MSCF", "application/vnd.ms-cab-compressed"),
    (b"-----BEGIN PGP MESSAGE-----", PGP),
)
_PAGE = re.compile(rb"\s*+(?:<!doctype\s++html|<html[\s>]|<head[\s>]|<body[\s>]|<script[\s>])", re.IGNORECASE)
_HYPERTEXT = re.compile(rb"<(?:html|body|table|div|p|script|head|meta)[\s>]", re.IGNORECASE)
_SVG = re.compile(rb"<(?:[a-z]{1,10}:)?svg[\s>/]", re.IGNORECASE)
_PROLOGUE = re.compile(rb"\s*+<\?xml\s")
_FIELDS = re.compile(
    rb"(?:[!-9;-~]{1,80}+:[^\r\n]{0,2000}+(?:\r?\n|\r)(?:[ \t][^\r\n]{0,2000}+(?:\r?\n|\r)){0,50}+){2,}+"
)
_OF_MAIL = re.compile(
    rb"^(?:received|return-path|message-id|mime-version|from|date):", re.IGNORECASE | re.MULTILINE
)
_BOM = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


def kind_of(content: bytes, name: str, declared: str = "") -> str:
    """The media type of a document. `name` and what its sender calls it decide only between kinds of text."""
    if not content:
        return EMPTY
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head[:1024]:
        return PDF  # Before anything else may stand what no reader minds (ISO 32000-1, annex H, note 13).
    if head[:2] == b"MZ" and not (is_text(head) and head[2:].isascii()):
        return _windows_program(content)
    if head[:4] == b"\xca\xfe\xba\xbe":
        # A Java class has its version there, from 45 on, and what runs on a Mac the number of its parts.
        return MAC_PROGRAM if int.from_bytes(head[4:8], "big") < 40 else JAVA_CLASS
    if is_text(head):
        return _kind_of_text(head, name.lower(), declared)
    guessed = filetype.guess(head)
    return guessed.mime if guessed is not None else UNKNOWN


def _windows_program(content: bytes) -> str:
    at = int.from_bytes(content[60:64], "little")
    return WINDOWS_PROGRAM if content[at : at + 2] in {b"PE", b"NE", b"LE"} else DOS_PROGRAM


def is_text(head: bytes) -> bool:
    """Whether octets are text, as far as their first ones tell."""
    if head.startswith(_BOM):
        return True
    if b"\0" in head:
        return bool(order_of(head))
    return len(head.translate(None, _CONTROLS)) >= len(head) * 0.99


def order_of(head: bytes) -> str:
    """The charset of UTF-16 without a mark, which text in western letters shows: every second octet of it is zero."""
    for zeros, letters, charset in (
        (head[1::2], head[::2], "utf-16-le"),
        (head[::2], head[1::2], "utf-16-be"),
    ):
        others = letters.translate(None, _CONTROLS + b"\0")
        if zeros.count(0) > len(zeros) * 0.8 and len(others) > len(letters) * 0.95:
            return charset
    return ""


def _kind_of_text(head: bytes, name: str, declared: str) -> str:
    if head.startswith(b"#!"):
        return SCRIPT
    plain = head.replace(b"\0", b"")
    if _PAGE.match(plain) or (_PROLOGUE.match(plain) and _PAGE.search(plain)):
        return HTML
    if plain.lstrip().startswith(b"<") and _SVG.search(plain) and not _HYPERTEXT.search(plain):
        return SVG
    if _PROLOGUE.match(plain):
        return XML
    if (name.endswith((".htm", ".html", ".xls", ".doc")) or declared == HTML) and _HYPERTEXT.search(plain):
        return HTML
    if name.endswith((".eml", ".mht", ".mhtml")) or declared in {MAIL, "message/global"}:
        return MAIL
    if (fields := _FIELDS.match(plain)) and len(set(map(bytes.lower, _OF_MAIL.findall(fields[0])))) >= 3:
        return MAIL
    if name.endswith(".csv") or declared == CSV:
        return CSV
    return declared if declared in {"text/calendar", "text/vcard"} else TEXT
