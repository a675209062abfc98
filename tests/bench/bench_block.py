"""What writing a block costs, beside the standard library: by message size and by what the message is made of.

Run with `python -m tests.bench.bench_block`. Ours is everything from octets to octets: the map of the message,
its anatomy with own text and trail, the block's places, the splices and their application. "Library" parses with
`email`, appends the same words to the end of each text without a look at it, and writes the message anew.
"Library, reading" also looks for the trail, with `html.parser` and line by line, to put the words above it. Times
are processor milliseconds a message, the best of a few rounds. Ends with 1 where ours is slower than a library
that does the same, or than any where files make the size, or where it grows faster than sizes do.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import os
import re
import sys
from collections.abc import Callable
from html.parser import HTMLParser

from config.capacity import Capacity
from signatures.block.render import render
from signatures.block.write import write
from signatures.message.anatomy import read
from signatures.message.scanner import CAPS, scan_parts
from signatures.message.splices import apply
from tests.bench.stopwatch import milliseconds
from tests.unit.signatures.cases.sending import ANNE, SIGNATURE, TODAY, WAIVER, council

SIZES = {
    "4 kB": (4_000, 30),
    "100 kB": (100_000, 10),
    "1 MB": (1_000_000, 3),
    "5 MB": (5_000_000, 1),
    "25 MB": (25_000_000, 1),
}
STEEPEST = 1.6
"""How much more a megabyte may cost in a message five times as large; the machine has its say, too."""

HOUSE = council()
BLOCK = render(HOUSE, HOUSE.person(ANNE), ANNE, Capacity.COUNCIL, TODAY)
WORDS = "\r\n".join((*SIGNATURE, "", WAIVER))
HEADER = (
    b"From: Anne Archer <cllr.a@littlewickham-pc.example>\r\nTo: Jill Fenwick <jill.fenwick@resident.example>\r\n"
    b"Subject: Re: Hedge by the school\r\nDate: Fri, 20 Nov 2026 16:12:44 +0000\r\n"
    b"Message-ID: <1@littlewickham-pc.example>\r\nMIME-Version: 1.0\r\n"
)
OWN = b"Dear Jill,\r\n\r\nThank you for writing about the hedge; it is on the list for Tuesday.\r\n\r\nAnne\r\n\r\n"
ON = b"On Fri, 20 Nov 2026 at 14:05, Jill Fenwick <jill.fenwick@resident.example> wrote:"
QUOTED = b"> The quick brown fox jumps over the lazy dog, as minuted in the last meeting.\r\n"
SAID = b"<p>The quick brown fox jumps over the lazy dog, as minuted in the <i>last</i> meeting \xc2\xa35.</p>\r\n"


def plain(size: int) -> bytes:
    """A reply above a long trail, as plain text."""
    content = OWN + ON + b"\r\n" + QUOTED * (size // len(QUOTED))
    return (
        HEADER
        + b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        + content
    )


def page(size: int) -> bytes:
    """The same in two versions, HTML in quoted-printable."""
    size //= 2
    quoted = b"".join(
        binascii.b2a_qp(line, istext=False) + b"\r\n" for line in SAID.split(b"\r\n")[:1]
    ).replace(b"=\n", b"=\r\n")
    source = (
        b"<html><body><p>Dear Jill,</p><p>It is on the list for Tuesday.</p><p>Anne</p>\r\n"
        b'<div class=3D"moz-cite-prefix">' + ON.replace(b"<", b"&lt;") + b'</div>\r\n<blockquote type=3D"cite">\r\n'
        + quoted * (size // len(quoted)) + b"</blockquote></body></html>\r\n"
    )  # fmt: skip
    return (
        HEADER + b'Content-Type: multipart/alternative; boundary="b1"\r\n\r\n--b1\r\n'
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + OWN + ON + b"\r\n" + QUOTED * (size // len(QUOTED))
        + b"\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        + source + b"\r\n--b1--\r\n"
    )  # fmt: skip


def files(size: int) -> bytes:
    """A short reply with a large file."""
    content = base64.encodebytes(os.urandom(1000) * max(1, size * 3 // 4 // 1013)).replace(b"\n", b"\r\n")
    return (
        HEADER + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n--b0\r\n'
        + page(2000).removeprefix(HEADER) + b"\r\n--b0\r\nContent-Type: application/pdf; name=a.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n"
        + content + b"\r\n--b0--\r\n"
    )  # fmt: skip


SHAPES: dict[str, Callable[[int], bytes]] = {"plain text": plain, "text and HTML": page, "attachment": files}


def ours(raw: bytes) -> bytes:
    """The message with its block, as the gateway makes it."""
    read(raw)
    parts = scan_parts(raw)
    written = write(raw, parts, BLOCK, HOUSE.policy.fallback, CAPS)
    assert written.splices, written.record
    return apply(raw, written.splices)


def theirs(raw: bytes, put: Callable[[str, str, str], str]) -> bytes:
    """The message with the same words in each text, parsed and written anew; `put` puts them into a text."""
    message = email.message_from_bytes(raw, policy=email.policy.SMTP)
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.is_attachment():
            kind = part.get_content_subtype()
            part.set_content(put(part.get_content(), kind, WORDS), subtype=kind, charset="utf-8")
    return message.as_bytes()


def at_the_end(text: str, kind: str, words: str) -> str:
    """As most programs that add a disclaimer do it."""
    return f"{text}\r\n{words}\r\n"


def above_the_trail(text: str, kind: str, words: str) -> str:
    """With no more than a look for one kind of trail."""
    if kind == "html":
        page = _Trail()
        page.feed(text)
        page.close()
        starts = [0, *(found.end() for found in re.finditer("\n", text))]
        at = starts[page.found[0] - 1] + page.found[1] if page.found else len(text)
        return f"{text[:at]}{words}{text[at:]}"
    lines = text.splitlines()
    wrote = [number for number, line in enumerate(lines) if _WROTE.match(line)]
    quoted = [number for number, line in enumerate(lines) if line.strip().startswith(">")]
    at = next((number for number in wrote if number + 1 in set(quoted)), len(lines))
    return "\n".join([*lines[:at], words, "", *lines[at:]])


_WROTE = re.compile(r"\s*On .{1,200}wrote:\s*$")


class _Trail(HTMLParser):
    """Where the first quotation begins: line and column, or nothing. The words of the page are kept."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: tuple[int, int] | None = None
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if self.found is None and (tag == "blockquote" or "cite-prefix" in (said.get("class") or "")):
            self.found = self.getpos()

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def main() -> int:
    """Print the comparison, and what is not as it should be."""
    faults = []
    print(f"{'':15}{'size':>8}{'library':>10}{'reading':>10}{'ours':>10}{'ratios':>13}{'ours, ms/MB':>14}")
    for shape, make in SHAPES.items():
        before = 0.0
        for name, (size, times) in SIZES.items():
            if make is not files and size > CAPS.text_bytes:
                continue  # No message has so much text: it could not be checked.
            raw = make(size)
            library = milliseconds(lambda m=raw: theirs(m, at_the_end), times)
            reading = milliseconds(lambda m=raw: theirs(m, above_the_trail), times)
            own = milliseconds(lambda m=raw: ours(m), times)
            each = own / len(raw) * 1_000_000
            ratios = f"{library / own:6.1f} {reading / own:6.1f}"
            print(
                f"{shape:15}{name:>8}{library:10.2f}{reading:10.2f}{own:10.2f}{ratios}{each:14.1f}",
                flush=True,
            )
            if own > (library if make is files else reading):
                faults.append(f"{shape}, {name}: the library is faster")
            if before and size > 1_000_000 and each > before * STEEPEST:
                faults.append(f"{shape}, {name}: a megabyte costs {each / before:.1f} times as much")
            before = each
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
