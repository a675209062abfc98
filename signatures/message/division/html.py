"""HTML divided."""

from __future__ import annotations

from signatures.message.division.boundaries import boundaries
from signatures.message.division.page import Page, page_of
from signatures.message.division.style import divided
from signatures.message.division.zones import Division


def divide_html(source: str, most_tags: int) -> Division:
    """Divide HTML, as decoded. Raises Unscannable for more than `most_tags` tags."""
    return divide_page(page_of(source, most_tags), len(source))


def divide_page(page: Page, length: int) -> Division:
    """Divide HTML of `length` characters that has been read as lines."""
    return divided(page.lines, boundaries(page.lines), length, page.end)
