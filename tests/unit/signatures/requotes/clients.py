"""What mail programs make of a message when they answer it: their quotations of it, and the answer above them."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.unit.signatures.cases.visible import page_lines, texts


@dataclass(frozen=True)
class Author:
    """Who writes, and how the name stands in the mail of others."""

    name: str
    address: str


@dataclass(frozen=True)
class Answer:
    """What is written: its author, the addressee, and the lines, which are the author's own."""

    author: Author
    to: Author
    lines: tuple[str, ...]
    number: int


Client = Callable[[Answer, Author, bytes], bytes]
"""An answer to the message of somebody, as one program writes it."""

_WHEN = "Fri, 20 Nov 2026 at 14:05"


def _message(answer: Answer, parts: Sequence[tuple[str, str]]) -> bytes:
    header = (
        f"From: {answer.author.name} <{answer.author.address}>\r\nTo: {answer.to.name} <{answer.to.address}>\r\n"
        f"Subject: Re: Hedge by the school\r\nDate: Fri, 20 Nov 2026 16:12:44 +0000\r\n"
        f"Message-ID: <round-{answer.number}@mail.example>\r\nMIME-Version: 1.0\r\n"
    )
    written = [
        f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"
        for kind, text in parts
    ]
    if len(written) == 1:
        return (header + written[0]).encode()
    body = "".join(f"--b{answer.number}\r\n{part}\r\n" for part in written)
    kind = f'Content-Type: multipart/alternative; boundary="b{answer.number}"\r\n\r\n'
    return f"{header}{kind}{body}--b{answer.number}--\r\n".encode()


def _crlf(lines: Sequence[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)


def new(answer: Answer) -> bytes:
    """A message that answers nothing."""
    page = "".join(f"<p>{html.escape(line)}</p>\r\n" for line in answer.lines)
    return _message(
        answer, [("plain", _crlf(answer.lines)), ("html", f"<html><body>{page}</body></html>\r\n")]
    )


def _quoted(raw: bytes) -> list[str]:
    """The lines of the plain text."""
    plain = next(text for text in texts(raw) if text.kind == "text/plain")
    return plain.source.replace("\r\n", "\n").rstrip("\n").split("\n")


def _page(raw: bytes) -> str:
    """What stands in the body of the HTML text."""
    source = next(text.source for text in texts(raw) if text.kind == "text/html")
    return re.sub(r"(?is)^.*?<body[^>]*>|</body>.*$", "", source)


def _marked(lines: Sequence[str]) -> list[str]:
    return [f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in lines]


def _on(author: Author) -> str:
    return f"On {_WHEN}, {author.name} <{author.address}> wrote:"


def thunderbird_plain(answer: Answer, to: Author, raw: bytes) -> bytes:
    """Plain text, quoted with marks; what stands below a delimiter at the end is not quoted."""
    lines = _quoted(raw)
    last = max((n for n, line in enumerate(lines) if line == "-- "), default=len(lines))
    lines = [each.rstrip(" ") for each in lines[:last]]
    on = f"On 20/11/2026 14:05, {to.name} wrote:"
    return _message(answer, [("plain; format=flowed", _crlf([*answer.lines, "", on, *_marked(lines)]))])


def thunderbird(answer: Answer, to: Author, raw: bytes) -> bytes:
    """Two versions; the HTML in a `blockquote type="cite"`."""
    own = "".join(f"    <p>{html.escape(line)}</p>\r\n" for line in answer.lines)
    on = f"On 20/11/2026 14:05, {to.name} wrote:"
    page = (
        "<!DOCTYPE html>\r\n<html>\r\n  <head>\r\n"
        '    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8">\r\n  </head>\r\n  <body>\r\n'
        f'{own}    <div class="moz-cite-prefix">{on}<br>\r\n    </div>\r\n    <blockquote type="cite"\r\n'
        f'      cite="mid:round-{answer.number - 1}@mail.example">\r\n{_page(raw)}\r\n    </blockquote>\r\n'
        "    <br>\r\n  </body>\r\n</html>\r\n"
    )
    return _message(
        answer, [("plain", _crlf([*answer.lines, "", on, *_marked(_quoted(raw))])), ("html", page)]
    )


def thunderbird_below(answer: Answer, to: Author, raw: bytes) -> bytes:
    """Plain text, the answer below what is quoted."""
    on = f"On 20/11/2026 14:05, {to.name} wrote:"
    return _message(answer, [("plain", _crlf([on, *_marked(_quoted(raw)), "", *answer.lines]))])


def _fields(author: Author, to: Author) -> list[tuple[str, str]]:
    return [
        ("From", f"{author.name} <{author.address}>"),
        ("Sent", "20 November 2026 14:05"),
        ("To", f"{to.name} <{to.address}>"),
        ("Subject", "Hedge by the school"),
    ]


def outlook_plain(answer: Answer, to: Author, raw: bytes) -> bytes:
    """Plain text: fields, and what is answered without any mark."""
    fields = [f"{name}: {value}" for name, value in _fields(to, answer.author)]
    lines = [*answer.lines, "", "-----Original Message-----", *fields, "", *_quoted(raw)]
    return _message(answer, [("plain", _crlf(lines))])


def outlook(answer: Answer, to: Author, raw: bytes) -> bytes:
    """The program on a computer: Word's HTML, all classes but its own gone, every row a paragraph."""
    rows = page_lines(_page(raw))
    old = "".join(f"<p class=MsoNormal>{html.escape(row)}<o:p></o:p></p>\r\n" for row in rows)
    own = "".join(
        f"<p class=MsoNormal><span>{html.escape(line)}<o:p></o:p></span></p>\r\n" for line in answer.lines
    )
    fields = "<br>\r\n".join(
        f"<b>{name}:</b> {html.escape(value)}" for name, value in _fields(to, answer.author)
    )
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!--\r\np.MsoNormal {margin:0cm;}\r\n'
        f"--></style></head><body lang=EN-GB><div class=WordSection1>\r\n{own}"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p>\r\n<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;"
        f"padding:3.0pt 0cm 0cm 0cm'>\r\n<p class=MsoNormal><span>{fields}<o:p></o:p></span></p></div></div>\r\n"
        f"<p class=MsoNormal><o:p>&nbsp;</o:p></p>\r\n{old}</div></body></html>\r\n"
    )
    text = [
        *answer.lines,
        "",
        *(f"{name}: {value}" for name, value in _fields(to, answer.author)),
        "",
        *_quoted(raw),
    ]
    return _message(answer, [("plain", _crlf(text)), ("html", page)])


def outlook_on_the_web(answer: Answer, to: Author, raw: bytes) -> bytes:
    """Classes and ids of what is answered get one `x_` more in each round."""
    old = re.sub(r'(?i)\b(class|id)=(["\']?)(?=[A-Za-z_])', r"\1=\2x_", _page(raw))
    own = "".join(f'<div class="elementToProof">{html.escape(line)}</div>\r\n' for line in answer.lines)
    fields = "<br>\r\n".join(
        f"<b>{name}:</b> {html.escape(value)}" for name, value in _fields(to, answer.author)
    )
    page = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        '<style type="text/css" style="display:none;"> P {margin-top:0;margin-bottom:0;} </style></head>\r\n'
        f'<body dir="ltr">\r\n{own}<div id="appendonsend"></div>\r\n<hr style="display:inline-block;width:98%" '
        f'tabindex="-1">\r\n<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">{fields}</font>\r\n'
        f"<div>&nbsp;</div>\r\n</div>\r\n<div>{old}</div>\r\n</body></html>\r\n"
    )
    fields_plain = [f"{name}: {value}" for name, value in _fields(to, answer.author)]
    text = [*answer.lines, "_" * 32, *fields_plain, "", *_quoted(raw)]
    return _message(answer, [("plain", _crlf(text)), ("html", page)])


def gmail(answer: Answer, to: Author, raw: bytes) -> bytes:
    """Plain text wrapped before it is marked; HTML whose classes and ids get a number in front."""
    wrapped: list[str] = []
    for line in _quoted(raw):
        marks = re.match(r"(?:> ?)*", line)[0]
        wrapped += textwrap.wrap(line, 74, subsequent_indent=marks, break_long_words=False) or [""]
    old = re.sub(
        r'(?i)\b(class|id)=(["\']?)(?=[A-Za-z_])', rf"\1=\2m_-60{answer.number}87123456789", _page(raw)
    )
    own = "".join(f"<div>{html.escape(line)}</div>" for line in answer.lines)
    page = (
        f'<div dir="ltr">{own}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">{html.escape(_on(to))}<br></div><blockquote class="gmail_quote" '
        f'style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">{old}</blockquote></div>\r\n'
    )
    text = [*answer.lines, "", *textwrap.wrap(_on(to), 74, break_long_words=False), "", *_marked(wrapped)]
    return _message(answer, [("plain", _crlf(text)), ("html", page)])


CLIENTS: dict[str, Client] = {
    each.__name__: each
    for each in (thunderbird, thunderbird_plain, outlook, outlook_plain, outlook_on_the_web, gmail)
}
