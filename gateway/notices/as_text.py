"""A notice as plain text: lines of at most 76 characters, that a screen reader reads as they stand."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from gateway.notices.page import Block, Choices, Heading, Inset, Items, Link, Page, Phones, Said, plain

WIDTH = 72
_APART = "\n\n" + "- " * 10 + "-\n\n"


def text(pages: Sequence[Page]) -> str:
    """The notice, in each of its languages after the other."""
    return _APART.join(_page(page) for page in pages)


def _page(page: Page) -> str:
    parts = [_filled(page.title), page.council]
    under = ""
    for block in page.blocks:
        if isinstance(block, Heading):
            under = _filled(block.said) + "\n"
            continue
        parts.append(under + "\n".join(_lines(block)))
        under = ""
    parts.append("\n".join(_filled(said) for said in page.foot))
    return "\n\n".join(part for part in parts if part)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Items(items, numbered):
            for number, said in enumerate(items, 1):
                mark = f"{number}. " if numbered else "* "
                yield _filled(said, mark, " " * len(mark))
        case Choices(rows):
            for word, said in rows:
                yield _filled((word,))
                yield _filled(said, "    ")
        case Phones(rows):
            for who, phone in rows:
                yield _filled((*who, ": ", phone))
        case Link(label, url):
            # A link that is broken over two lines cannot be followed.
            yield _filled((*label, ":"))
            yield url
        case Inset(lines):
            yield from (_filled(said, "    ") for said in lines)
        case _:
            yield _filled(block.said)


def _filled(said: Said, first: str = "", after: str | None = None) -> str:
    return textwrap.fill(
        plain(said),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if after is None else after,
        break_on_hyphens=False,
    )
