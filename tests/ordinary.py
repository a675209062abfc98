"""Ordinary messages of council life: `tests/corpus/ordinary`, each with the envelope that its index tells."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus/ordinary"
DOMAIN = "littlewickham-pc.example"

ASKED = {"39": "attachments", "57": "personal_data", "59": "personal_data", "60": "attachments"}
"""By the number of the file: what is asked about for what it carries, and rightly: files from outside, photographs, a
resident's details.
"""

WHO_GETS_WHAT = (
    "forwarding",
    "reply_all",
    "large_list",
    "exposure",
    "trail",
    "recipients",
    "clerk_copy",
    "moderation",
    "missing_attachment",
)
"""The checks that look at who gets what."""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """A message and its envelope: who sends it, from which address and to whom. `what` it is, in a sentence."""

    file: str
    login: str
    to: tuple[str, ...]
    what: str
    raw: bytes
    mail_from: str

    def __str__(self) -> str:
        return self.file.removesuffix(".eml")


def ordinary() -> list[Ordinary]:
    """All of them, in the order of the index: an answer comes after what it answers."""
    told = tomllib.loads((FOLDER / "index.toml").read_text(encoding="utf-8"))["message"]
    return [_from(each) for each in told]


def _from(told: dict[str, str]) -> Ordinary:
    login = f"{told['login']}@{DOMAIN}"
    return Ordinary(
        file=told["file"],
        login=login,
        to=tuple(told["to"]),
        what=told["is"],
        raw=(FOLDER / told["file"]).read_bytes(),
        mail_from=told.get("mail_from", login),
    )
