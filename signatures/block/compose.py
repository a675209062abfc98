"""One variant of the texts, made for one person: its languages, its logo, its limits on personal views."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import lru_cache

from config.capacity import Capacity
from config.council import Council
from config.image import LogoFile
from config.signature import Language, Variant
from signatures.block.refused import TemplateError
from signatures.block.template import Fields, Piece, made

LOGO_CID = "vestry-council-logo"
"""Stands in the HTML for the Content-ID that the logo gets in a message."""

_BETWEEN = '\n<p style="margin: 0 0 12px 0"></p>\n'


@dataclass(frozen=True, slots=True)
class Logo:
    """The council's logo: its bytes, `png`, `jpeg` or `gif`, what is read in its place, its size as shown."""

    content: bytes
    subtype: str
    alt: str
    width: int
    height: int

    @property
    def image(self) -> str:
        """The `<img>` of it."""
        alt = html.escape(self.alt)
        return f'<img src="cid:{LOGO_CID}" alt="{alt}" width="{self.width}" height="{self.height}">'


def logo_for(council: Council, capacity: Capacity) -> Logo | None:
    """The council's logo, if it has one and mail in this capacity may carry it: personal views never do."""
    file = council.signatures.logo
    if file is None or capacity is Capacity.PERSONAL:
        return None
    return _logo(file, file.alt or council.name)


def composed(variant: Variant, language: Language, values: Fields, image: str) -> Piece | None:
    """A variant in a language, None where nothing is left of it. Raises TemplateError.

    `image` is the logo's `<img>`; it is for the first text only, where there is one for each language.
    """
    pieces: list[Piece] = []
    for text, source in variant.wordings(language):
        piece = made(text, source, values, "" if pieces else image)
        if piece is not None:
            pieces.append(piece)
    if len(pieces) < 2:
        return pieces[0] if pieces else None
    return Piece("\n\n".join(each.text for each in pieces), _BETWEEN.join(each.html for each in pieces))


def check_personal(council: Council, piece: Piece | None) -> None:
    """Raises TemplateError when a text for personal views links to the Council's site."""
    if piece is None:
        return
    site = council.signatures.website.partition("//")[2].partition("/")[0].partition(":")[0]
    for domain in sorted({site.lower().removeprefix("www."), *council.domains} - {""}):
        for part, shown in (("text", piece.text.lower()), ("html", piece.html.lower())):
            if f"//{domain}" in shown or f"www.{domain}" in shown:
                raise TemplateError(
                    part, f"a link to {domain}", "no link to the Council's site in personal views"
                )


@lru_cache(maxsize=256)
def _logo(file: LogoFile, alt: str) -> Logo:
    width, height = file.shown_size
    return Logo(content=file.raw, subtype=file.picture.subtype, alt=alt, width=width, height=height)
