"""Messages for tests of what a message carries."""

from __future__ import annotations

import base64
from pathlib import Path

from signatures.message.anatomy import Anatomy, read

CLIENTS = Path(__file__).parents[3] / "corpus" / "clients"

WRITTEN = sorted(
    file for file in CLIENTS.glob("*/*.eml") if file.parent.name not in {"cases", "who_gets_what"}
)
"""What each mail program writes when nothing special is the matter."""


def client(name: str) -> Anatomy:
    """A message of the corpus, as `outlook-desktop/forward`."""
    return read((CLIENTS / f"{name}.eml").read_bytes())


def made(text: str) -> Anatomy:
    """A message from its text, with LF as line ends."""
    return read(text.replace("\n", "\r\n").encode())


def plain(text: str, header: str = "") -> Anatomy:
    """A message of plain text."""
    return made(f"From: a@b.example\n{header}Content-Type: text/plain; charset=utf-8\n\n{text}")


def page(source: str) -> Anatomy:
    """A message of HTML alone."""
    return made(f"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n{source}")


def with_file(content: bytes, header: str) -> Anatomy:
    """A message to which something is attached, in base64."""
    encoded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    fields = header.replace("\n", "\r\n")
    return read(
        (
            'From: a@b.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHere it is.\r\n--b\r\n'
            f"{fields}\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--b--\r\n"
        ).encode()
    )
