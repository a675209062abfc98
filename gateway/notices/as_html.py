"""A notice as HTML for a phone: one column, the fonts of the device, nothing fetched, styles on the elements.

Colours are those of the GOV.UK palette, all of at least 4.5 to 1 on what they stand on (WCAG 2.2, 1.4.3); whatever is
tapped is at least 44 pixels high. Mail programs drop style sheets, so there is none.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from gateway.notices.page import (
    Block,
    Choices,
    Heading,
    Inset,
    Items,
    Link,
    Page,
    Paragraph,
    Phones,
    Said,
    Taken,
    Tone,
    plain,
)

_FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
_BODY = (
    f"margin:0;padding:0;background:#ffffff;color:#0b0c0c;font-family:{_FONT};font-size:17px;line-height:1.45;"
    "overflow-wrap:anywhere;word-break:break-word"
)
_COLUMN = "max-width:600px;margin:0 auto;padding:0 16px 24px"
_BANNER = "margin:0 -16px 20px;padding:14px 16px;color:#ffffff;background:"
_COLOURS = {Tone.NOT_SENT: "#942514", Tone.SENT: "#00703c", Tone.TOLD: "#1d4f91"}
_TITLE = "margin:0;font-size:27px;line-height:1.2;font-weight:700"
_COUNCIL = "margin:4px 0 0;font-size:16px"
_HEADING = "margin:28px 0 8px;font-size:20px;line-height:1.25;font-weight:700"
_PARAGRAPH = "margin:0 0 14px"
_INSET = "margin:0 0 14px;padding:4px 0 4px 14px;border-left:5px solid #b1b4b6"
_LINE = "margin:0;padding:3px 0"
_LIST = "margin:0 0 14px;padding:0 0 0 38px"
_ITEM = "margin:0 0 6px"
_WORD = "margin:0;padding:10px 0 0;border-top:1px solid #b1b4b6;font-weight:700"
_WHAT = "margin:0;padding:0 0 10px"
_PHONE = "margin:0 0 6px"
_NUMBER = (
    "display:inline-block;min-height:44px;line-height:44px;color:#1a65a6;font-weight:700;white-space:nowrap;"
    "text-decoration:underline"
)
_BUTTON = (
    "display:inline-block;min-height:24px;padding:10px 18px;background:#00703c;color:#ffffff;font-weight:700;"
    "text-decoration:none"
)
_FOOT = "margin:28px 0 0;padding:12px 0 0;border-top:2px solid #b1b4b6;font-size:15px;color:#484949"
_SAFE = re.compile(r"https?://[!-~]{1,2000}")


def page(pages: Sequence[Page], title: str) -> str:
    """The notice, in each of its languages after the other; `title` is its subject."""
    first = pages[0]
    bodies = [_body(each, level=1 if each is first else 2) for each in pages]
    return "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{first.lang}">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light">',
            # Phones make links of their own of dates and references.
            '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">',
            f"<title>{html.escape(title)}</title>",
            "</head>",
            f'<body style="{_BODY}">',
            *bodies,
            "</body>",
            "</html>",
            "",
        )
    )


def _body(page: Page, level: int) -> str:
    lines = [
        f'<div lang="{page.lang}" style="{_COLUMN}">',
        f'<div style="{_BANNER}{_COLOURS[page.tone]}">',
        f'<h{level} style="{_TITLE}">{_inline(page.title)}</h{level}>',
        f'<p style="{_COUNCIL}">{html.escape(page.council)}</p>',
        "</div>",
    ]
    for block in page.blocks:
        lines += _lines(block, level + 1)
    lines.append(f'<div style="{_FOOT}">')
    lines += [f'<p style="{_PHONE}">{_inline(said)}</p>' for said in page.foot]
    return "\n".join([*lines, "</div>", "</div>"])


def _lines(block: Block, level: int) -> Iterator[str]:
    match block:
        case Heading(said):
            yield f'<h{level} style="{_HEADING}">{_inline(said)}</h{level}>'
        case Paragraph(said, strong):
            yield f'<p style="{_PARAGRAPH}">{_strong(said) if strong else _inline(said)}</p>'
        case Inset(lines):
            yield f'<div style="{_INSET}">'
            yield from (f'<p style="{_LINE}">{_inline(said)}</p>' for said in lines)
            yield "</div>"
        case Items(items, numbered):
            kind = "ol" if numbered else "ul"
            yield f'<{kind} style="{_LIST}">'
            yield from (f'<li style="{_ITEM}">{_inline(said)}</li>' for said in items)
            yield f"</{kind}>"
        case Choices(rows):
            yield f'<dl style="{_PARAGRAPH}">'
            for word, said in rows:
                yield f'<dt style="{_WORD}">{html.escape(word)}</dt>'
                yield f'<dd style="{_WHAT}">{_inline(said)}</dd>'
            yield "</dl>"
        case Phones(rows):
            for who, number in rows:
                digits = "".join(char for char in number if char.isdigit() or char == "+")
                link = f'<a href="tel:{digits}" style="{_NUMBER}">{html.escape(number)}</a>'
                yield f'<p style="{_PHONE}">{_inline(who)}: {link}</p>'
        case Link(label, url):
            if not _SAFE.fullmatch(url):
                raise ValueError(f"not a link for a notice: {url!r}")
            link = f'<a href="{html.escape(url)}" style="{_BUTTON}">{html.escape(plain(label))}</a>'
            yield f'<p style="{_PARAGRAPH}">{link}</p>'


def _strong(said: Said) -> str:
    return f"<strong>{_inline(said)}</strong>"


def _inline(said: Said) -> str:
    return "".join(_taken(piece) if isinstance(piece, Taken) else html.escape(piece) for piece in said)


def _taken(piece: Taken) -> str:
    lang = f' lang="{piece.lang}"' if piece.lang else ""
    return f"<bdi{lang}>{html.escape(piece.text)}</bdi>"
