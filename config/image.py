"""The council's logo: a small PNG, JPEG or GIF, kept whole within the council."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from config.base import Frozen, Line

MOST_BYTES = 100_000
MOST_PIXELS = 4_000
_HIGHEST = 120
"""Shown no higher than this unless the council says a width: a signature is not a poster."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture's own bytes say of it."""

    subtype: str
    width: int
    height: int


class LogoFile(Frozen):
    """A logo. `content` is base64; in a council's file the logo may be the path of a picture instead.

    `alt` is what is read where pictures are not shown (by default the council's name); `width` is the width
    in pixels at which it is shown.
    """

    content: str
    alt: Line = Field(default="", max_length=200)
    width: int | None = Field(default=None, strict=True, ge=16, le=600)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, str):
            value = {"file": value}
        if isinstance(value, dict) and isinstance(value.get("file"), str) and "content" not in value:
            rest = {key: each for key, each in value.items() if key != "file"}
            return {**rest, "content": _from_file(value["file"], info)}
        return value

    @field_validator("content")
    @classmethod
    def _is_picture(cls, content: str) -> str:
        try:
            raw = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError("a picture in base64") from None
        if len(raw) > MOST_BYTES:
            raise ValueError(f"a picture of at most {MOST_BYTES} bytes")
        found = picture(raw)
        if found is None or not (0 < found.width <= MOST_PIXELS and 0 < found.height <= MOST_PIXELS):
            raise ValueError(f"a PNG, JPEG or GIF of at most {MOST_PIXELS} by {MOST_PIXELS} pixels")
        return content

    @property
    def raw(self) -> bytes:
        """The picture's bytes."""
        return base64.b64decode(self.content)

    @property
    def picture(self) -> Picture:
        """What its bytes say of it."""
        found = picture(self.raw)
        if found is None:
            raise ValueError("a picture")  # Validation has seen to it.
        return found

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height in pixels at which it is shown."""
        own = self.picture
        width = self.width or min(own.width, max(1, own.width * _HIGHEST // own.height))
        return width, max(1, round(width * own.height / own.width))


def encoded(raw: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(raw).decode("ascii")


def picture(raw: bytes) -> Picture | None:
    """What the bytes of a picture say of it; None when they are no PNG, JPEG or GIF."""
    if raw.startswith(b"\x89PNG\r\n\x1a\n") and raw[12:16] == b"IHDR" and len(raw) >= 24:
        return Picture("png", int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big"))
    if raw[:6] in (b"GIF87a", b"GIF89a") and len(raw) >= 10:
        return Picture("gif", int.from_bytes(raw[6:8], "little"), int.from_bytes(raw[8:10], "little"))
    return _jpeg(raw) if raw.startswith(b"\xff\xd8\xff") else None


def _jpeg(raw: bytes) -> Picture | None:
    """Its frame header, found from segment to segment (ITU-T T.81, B.1.1 and B.2.2)."""
    at = 2
    while at + 9 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = (
                int.from_bytes(raw[at + 5 : at + 7], "big"),
                int.from_bytes(raw[at + 7 : at + 9], "big"),
            )
            return Picture("jpeg", width, height)
        else:
            at += 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
    return None


def _from_file(name: str, info: ValidationInfo) -> str:
    folder = info.context.get("folder") if isinstance(info.context, dict) else None
    if not isinstance(folder, Path):
        raise ValueError("a picture within the council (`content`), as there is no folder to find a file in")
    path = folder / name
    try:
        with path.open("rb") as file:
            return encoded(file.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no name of a file"
        raise ValueError(f"a file to read ({path}: {reason})") from None
