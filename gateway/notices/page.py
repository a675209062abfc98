"""What a notice says, before it is plain text or HTML: a title and blocks, each of a kind that both can show.

Words of the post room are `str`. What comes from a message or a person's name is `Taken`: it is shown as it is, set
apart from the direction in which its surroundings are written, and marked with its language where that is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.notices.render import one_line


@dataclass(frozen=True, slots=True)
class Taken:
    """Words that are not the notice's own: one printable line. `lang` is their language, where it is another one."""

    text: str
    lang: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", one_line(self.text, 2000))


Said = tuple[str | Taken, ...]
"""A sentence or more, on one line."""


class Tone(StrEnum):
    """Whether mail has gone: what the title's colour says besides its words."""

    NOT_SENT = "not_sent"
    SENT = "sent"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows, up to the next one."""

    said: Said


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `strong` where nobody should miss it."""

    said: Said
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Inset:
    """What somebody wrote to the reader, line by line: set apart from what the post room says."""

    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list; with numbers from 1 where people answer with them."""

    items: tuple[Said, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Choices:
    """Words to answer with, each with what it does."""

    rows: tuple[tuple[str, Said], ...]


@dataclass(frozen=True, slots=True)
class Phones:
    """Whom to telephone, and the numbers."""

    rows: tuple[tuple[Said, str], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Somewhere to go with one tap. `url` is ours, and asks before anything is done."""

    label: Said
    url: str


Block = Heading | Paragraph | Inset | Items | Choices | Phones | Link


@dataclass(frozen=True, slots=True)
class Page:
    """A notice in one language. `foot` is who wrote it and how it is found again."""

    lang: str
    tone: Tone
    title: Said
    council: str
    blocks: tuple[Block, ...]
    foot: tuple[Said, ...]


def plain(said: Said) -> str:
    """The words alone."""
    return "".join(piece.text if isinstance(piece, Taken) else piece for piece in said)
