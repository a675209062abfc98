"""Messages of every build, of which it is known what each of their texts says and where a block belongs.

They are put together octet by octet: no library could be made to write what mail programs write.
"""

from __future__ import annotations

import base64
import binascii
import html
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.unit.signatures.cases.visible import page_lines, plain_lines

LETTERS = {
    "us-ascii": "abcdefgh",
    "utf-8": "abcdéŵ£日😀",
    "iso-8859-1": "abcdéâ£",
    "iso-8859-14": "abcdŵŷâ",
    "windows-1252": "abcd’–€é",
    "koi8-r": "abcdобщ",
    "utf-16": "abcdŵ日",
    "iso-2022-jp": "abcd日本",
    "gb2312": "abcd中国",
}
"""Charsets, and letters that each of them has."""

_ENCODINGS = {
    "us-ascii": ["", "7bit", "8bit", "quoted-printable", "base64"],
    "utf-16": ["base64"],
    "iso-2022-jp": ["7bit", "quoted-printable", "base64"],
}
_BOUNDARIES = ["b", "b1", "=_x'()+_,-./:=?", "a b", "--", "b-", "----=_NextPart_000_0001", "x" * 60]
_PICTURE = bytes(range(256)) * 2


@dataclass(frozen=True)
class Words:
    """The lines that a text shows: the author's own, and what stands below them. `plain` or `html`."""

    kind: str
    own: tuple[str, ...]
    trail: tuple[str, ...]


@dataclass(frozen=True)
class Leaf:
    """A part without parts inside. `words` are of the author's text, None for any other part."""

    header: bytes
    content: bytes
    words: Words | None = None


@dataclass(frozen=True)
class Tree:
    """A multipart, its boundary, and what stands before its first part and after its last."""

    kind: str
    boundary: str
    inside: tuple[Tree | Leaf, ...]
    preamble: bytes = b""
    epilogue: bytes = b""
    closed: bool = True


@dataclass(frozen=True)
class Letter:
    """A message, and what its author's texts say, in the order of the parts."""

    raw: bytes
    texts: tuple[Words, ...]


def _said(draw: st.DrawFn, letters: str, least: int = 1) -> list[str]:
    """Lines of words that are nobody's header, quotation or signature."""
    word = st.text(st.sampled_from(letters + letters.upper()), min_size=1, max_size=9)
    line = st.lists(word, min_size=1, max_size=8).map(" ".join)
    return draw(st.lists(line, min_size=least, max_size=5))


_FIELDS = [
    "From: Jill Fenwick <jill.fenwick@resident.example>",
    "Sent: 20 November 2026 14:05",
    "To: Anne Archer <cllr.a@littlewickham-pc.example>",
    "Subject: Hedge by the school",
]
_ON = "On Fri, 20 Nov 2026 at 14:05, Jill Fenwick <jill.fenwick@resident.example> wrote:"


def _plain_trail(kind: str, said: Sequence[str]) -> list[str]:
    if kind == "quotes":
        return [_ON, *(f"> {line}" for line in said), ">", "> > " + said[0]]
    if kind == "original":
        return ["-----Original Message-----", *_FIELDS, "", *said]
    if kind == "rule":
        return ["_" * 32, *_FIELDS, "", *said]
    if kind == "forwarded":
        return ["---------- Forwarded message ---------", *_FIELDS, "", *said]
    return []


def _html_trail(kind: str, said: Sequence[str]) -> str:
    lines = "<br>\r\n".join(map(html.escape, said))
    fields = "<br>\r\n".join(
        f"<b>{each.partition(':')[0]}:</b>{html.escape(each.partition(':')[2])}" for each in _FIELDS
    )
    on = html.escape(_ON)
    if kind == "quotes":
        return (
            f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{on}<br></div>'
            f'<blockquote class="gmail_quote" style="margin:0px"><div>{lines}</div></blockquote></div>'
        )
    if kind == "original":
        return (
            f'<div class="moz-cite-prefix">{on}<br>\r\n</div>\r\n<blockquote type="cite" cite="mid:x@y">\r\n'
            f"<p>{lines}</p>\r\n</blockquote>"
        )
    if kind == "rule":
        return (
            '<div id="appendonsend"></div>\r\n<hr style="display:inline-block;width:98%" tabindex="-1">\r\n'
            f'<div id="divRplyFwdMsg" dir="ltr"><font>{fields}</font>\r\n<div>&nbsp;</div></div>\r\n<div>{lines}</div>'
        )
    if kind == "forwarded":
        return (
            "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>"
            f"<p class=MsoNormal>{fields}</p></div>\r\n<p class=MsoNormal>{lines}</p>"
        )
    return ""


def _html(own: Sequence[str], form: str) -> str:
    escaped = [html.escape(line) for line in own]
    if form == "paragraphs":
        return "\r\n".join(f"<p>{line}</p>" for line in escaped)
    if form == "divs":
        return '<div dir="ltr">' + "".join(f"<div>{line}</div><div><br></div>" for line in escaped) + "</div>"
    if form == "breaks":
        return "<br>\r\n".join(escaped) + "<br>\r\n"
    if form == "word":
        return (
            '<div class="WordSection1">'
            + "\r\n".join(f'<p class="MsoNormal"><span>{line}<o:p></o:p></span></p>' for line in escaped)
            + "</div>"
        )
    cells = "\r\n".join(f"<tr><td>{line}</td></tr>" for line in escaped)
    return f"<table><tbody>{cells}</tbody></table>"


def _flowed(lines: list[str], delsp: bool, draw: st.DrawFn) -> list[str]:
    """Lines broken as clients break them where they flow (RFC 3676)."""
    broken: list[str] = []
    for line in lines:
        at = line.find(" ", draw(st.integers(0, 20)))
        if at < 0 or line.startswith((">", "-", "_", "From", "Sent", "To:", "Subject", "On ")):
            broken.append(line)
        else:
            broken += [line[: at + 1] + " " * delsp, line[at + 1 :]]
    return broken


@st.composite
def texts(draw: st.DrawFn, kind: str, said: tuple[list[str], str, list[str]], charset: str) -> Leaf:
    """A text part of the author's: its own lines, and a trail as one client or another writes it."""
    own, trail, old = said
    flowed = kind == "plain" and draw(st.booleans())
    delsp = flowed and draw(st.booleans())
    parameters = "; format=flowed" * flowed + "; DelSp=yes" * delsp
    if kind == "plain":
        lines, below = list(own), _plain_trail(trail, old)
        if flowed:
            lines, below = _flowed(lines, delsp, draw), below
        above = "\r\n".join(lines)
        gap = draw(st.sampled_from(["\r\n", "\r\n\r\n", "\r\n\r\n\r\n"])) if below else ""
        source = above + gap + "\r\n".join(below)
        words = Words(
            "plain",
            tuple(plain_lines(above, flowed=flowed, delsp=delsp)),
            tuple(plain_lines("\r\n".join(below), flowed=flowed, delsp=delsp)),
        )
        source += draw(st.sampled_from(["", "\r\n", "\r\n\r\n"]))
    else:
        above = _html(own, draw(st.sampled_from(["paragraphs", "divs", "breaks", "word", "table"])))
        trail_source = _html_trail(trail, old)
        words = Words("html", tuple(page_lines(above)), tuple(page_lines(trail_source)))
        source = above + draw(st.sampled_from(["", "\r\n", "<br>\r\n"])) + trail_source
        if draw(st.booleans()):
            named = draw(st.sampled_from(["", f'<meta charset="{charset}">']))
            source = f"<!DOCTYPE html>\r\n<html><head>{named}<style>p {{margin:0}}</style></head><body>\r\n{source}"
            source += draw(st.sampled_from(["</body></html>", "\r\n</body>\r\n</html>\r\n", ""]))
        source += draw(st.sampled_from(["", "\r\n"]))
    content = source.encode(charset)
    encoding = draw(st.sampled_from(_ENCODINGS.get(charset, ["8bit", "quoted-printable", "base64"])))
    said_charset = draw(st.sampled_from([charset, f'"{charset.upper()}"']))
    header = f"Content-Type: text/{kind}; charset={said_charset}{parameters}\r\n"
    if encoding:
        header += f"Content-Transfer-Encoding: {draw(st.sampled_from([encoding, encoding.upper()]))}\r\n"
    if draw(st.booleans()):
        header += "Content-Disposition: inline\r\n"
    return Leaf(header.encode(), encoded(content, encoding), words)


def encoded(content: bytes, encoding: str) -> bytes:
    """Octets in a transfer encoding, as clients write it."""
    if encoding == "base64":
        return base64.encodebytes(content).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        lines = content.split(b"\r\n")
        return b"\r\n".join(binascii.b2a_qp(line, istext=False).replace(b"\n", b"\r\n") for line in lines)
    return content


@st.composite
def attachments(draw: st.DrawFn) -> Leaf:
    """A part that nothing of may change: files, pictures, enclosed messages, texts that are files."""
    name = draw(st.sampled_from(["a.pdf", "Cofnodion ŵ.pdf"]))
    name = f"filename*=utf-8''{name.replace(' ', '%20').replace('ŵ', '%C5%B5')}"
    text = "".join(line + "\r\n" for line in _said(draw, "abcdé"))
    return draw(
        st.sampled_from(
            [
                Leaf(
                    f"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
                    f"Content-Disposition: attachment; {name}\r\n".encode(),
                    encoded(_PICTURE, "base64"),
                ),
                Leaf(
                    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
                    b'Content-Disposition: attachment; filename="notes.txt"\r\n',
                    text.encode(),
                ),
                Leaf(
                    b'Content-Type: text/html; charset=utf-8; name="page.html"\r\nContent-Transfer-Encoding: base64\r\n',
                    encoded(text.encode(), "base64"),
                ),
                Leaf(
                    b"Content-Type: message/rfc822\r\n",
                    b"From: x@y.example\r\nSubject: old\r\n\r\nOld words.\r\n-- \r\nAnne Archer\r\n",
                ),
                Leaf(b"Content-Type: image/png\r\nContent-ID: <p1@x>\r\n", encoded(_PICTURE, "base64")),
            ]
        )
    )


@st.composite
def bodies(draw: st.DrawFn) -> Tree | Leaf:
    """What an author writes, in one version or two, pictures beside them or not."""
    charset = draw(st.sampled_from(sorted(LETTERS)))
    trail = draw(st.sampled_from(["", "", "quotes", "original", "rule", "forwarded"]))
    said = (_said(draw, LETTERS[charset]), trail, _said(draw, LETTERS[charset]))
    versions = draw(st.sampled_from([["plain"], ["html"], ["plain", "html"], ["plain", "html"]]))
    leaves = [draw(texts(kind, said, charset)) for kind in versions]
    found: list[Tree | Leaf] = list(leaves)
    picture = Leaf(
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <pic@x>\r\n",
        encoded(_PICTURE, "base64"),
    )
    related = draw(st.sampled_from(["", "html", "all"]))
    if related == "html" and versions[-1] == "html":
        found[-1] = draw(trees("related", (found[-1], picture)))
    top = found[0] if len(found) == 1 else draw(trees("alternative", tuple(found)))
    if related == "all" and versions[-1] == "html":
        top = draw(trees("related", (top, picture)))
    return top


@st.composite
def trees(draw: st.DrawFn, kind: str, inside: tuple[Tree | Leaf, ...], *, closed: bool = True) -> Tree:
    """A multipart with a boundary that none around or inside of it has."""
    return Tree(
        kind,
        draw(st.sampled_from(_BOUNDARIES)),
        inside,
        draw(st.sampled_from([b"", b"", b"This is a multi-part message in MIME format.\r\n", b"\r\n"])),
        draw(st.sampled_from([b"", b"", b"\r\n", b"An epilogue.\r\n--\r\n"])),
        closed,
    )


@st.composite
def letters(draw: st.DrawFn, body: st.SearchStrategy[Tree | Leaf] | None = None) -> Letter:
    """A whole message, up to six multiparts deep."""
    top = draw(bodies() if body is None else body)
    ending = draw(st.sampled_from(["as it is", "none", "one"]))
    for left in range(draw(st.sampled_from([0, 0, 1, 1, 2, 3])), 0, -1):
        files = draw(st.lists(attachments(), max_size=3))
        # A text that nothing ends may end anywhere; what ends nowhere is the outermost alone.
        closed = left > 1 or ending == "none" or draw(st.booleans())
        top = draw(trees("mixed", (top, *files), closed=closed))
    fields = [
        b"From: Anne Archer <cllr.a@littlewickham-pc.example>",
        b"To: Jill Fenwick <jill.fenwick@resident.example>",
        b"Subject: =?utf-8?q?T=C5=B7?= and more,\r\n folded",
        b"Date: Fri, 20 Nov 2026 16:12:44 +0000",
        b"Message-ID: <1@littlewickham-pc.example>",
        b"MIME-Version: 1.0",
        b"X-Odd:",
    ]
    header, content = written(top, "")
    pieces = draw(st.permutations([each + b"\r\n" for each in fields] + ([header] if header else [])))
    raw = b"".join(pieces) + b"\r\n" + content
    if ending == "none":
        raw = raw.removesuffix(b"\r\n")
    elif not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    return Letter(raw, tuple(_words(top)))


def _words(top: Tree | Leaf) -> list[Words]:
    if isinstance(top, Leaf):
        return [top.words] if top.words else []
    return [each for inner in top.inside for each in _words(inner)]


def written(part: Tree | Leaf, place: str) -> tuple[bytes, bytes]:
    """A part's header and content. Its place makes a boundary its own: some begin like others."""
    if isinstance(part, Leaf):
        return part.header, part.content
    boundary = part.boundary + place
    delimiter = b"--" + boundary.encode()
    content = part.preamble
    for number, inner in enumerate(part.inside, 1):
        header, inside = written(inner, f"{place}.{number}")
        content += delimiter + b"\r\n" + header + b"\r\n" + inside + b"\r\n"
    if part.closed:
        content += delimiter + b"--" + (b"\r\n" + part.epilogue if part.epilogue else b"")
    said = f'Content-Type: multipart/{part.kind};\r\n\tboundary="{boundary}"\r\n'
    return said.encode(), content
