"""Messages in pieces, and a block to write into them."""

from __future__ import annotations

from config.message_class import Fallback, MessageClass
from config.policy import BUILT_IN, WaiverPosition
from signatures.block.contact import facts
from signatures.block.enclose import Marks
from signatures.block.once import Known
from signatures.block.render import LOGO_CID, Block, Logo, Piece
from signatures.block.write import Sending, Written, write
from signatures.message.long_lines import long_lines
from signatures.message.scanner import scan_parts
from signatures.message.splices import apply, in_order

AFTER, END = WaiverPosition.AFTER_OWN_TEXT, WaiverPosition.END_OF_MESSAGE
SIGNATURE = Piece(
    "Anne Archer\nCouncillor\n\nLittle Wickham Parish Council",
    "<p>Anne Archer<br>\nCouncillor</p>\n<p>Little Wickham Parish Council</p>",
)
EARLIER = Piece("Anne Archer\nWickham PC", "<p>Anne Archer<br>Wickham PC</p>")
WAIVER = Piece(
    "Meant for those it is addressed to. It binds nobody.",
    "<p>Meant for those it is addressed to. It binds nobody.</p>",
)
OLD_WAIVER = Piece("Nothing here binds the Council.", "<p>Nothing here binds the Council.</p>")
LOGO = Logo(b"\x89PNG" + bytes(range(256)), "png", "The council", 10, 10)
KNOWN = Known(
    (),
    (OLD_WAIVER,),
    facts(["Anne Archer", "Councillor", "01632 960001", "cllr.a@wickham.example", "Wickham PC"]),
)
SENDING = Sending(Marks(b"<1@wickham.example>", "wickham.example"), known=KNOWN)
HEAD = b"From: cllr.a@wickham.example\r\nMessage-ID: <1@wickham.example>\r\nMIME-Version: 1.0\r\n"


def block(position: WaiverPosition = AFTER, *, logo: bool = False, ascii_only: bool = True) -> Block:
    image = f'<img src="cid:{LOGO_CID}" alt="The council" width="10" height="10">' if logo else ""
    waiver = WAIVER if ascii_only else Piece(WAIVER.text + " ŵ", WAIVER.html + " ŵ")
    return Block(
        Piece(SIGNATURE.text, image + SIGNATURE.html),
        waiver,
        LOGO if logo else None,
        position,
        ("signature 1", "waiver 1"),
        (SIGNATURE, EARLIER),
    )


def part(kind: str, content: str, *fields: str) -> bytes:
    """A part, header and content, with LF in `content` as CRLF."""
    head = "".join(f"{line}\r\n" for line in (f"Content-Type: {kind}", *fields))
    return (head + "\r\n" + content.replace("\n", "\r\n")).encode()


def multipart(kind: str, *parts: bytes, boundary: str = "b", more: str = "") -> bytes:
    """A multipart, header and content."""
    lines = b"".join(b"--%b\r\n%b\r\n" % (boundary.encode(), each) for each in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{more}\r\n\r\n'.encode()
    return head + lines + b"--%b--\r\n" % boundary.encode()


def plain(text: str) -> bytes:
    """A message of plain text in ASCII."""
    return HEAD + part("text/plain", text)


def html(source: str) -> bytes:
    return HEAD + part("text/html", source)


def signed(raw: bytes, which: Block | None = None, **choices: Fallback) -> tuple[bytes, Written]:
    """A message as it leaves, twice over, with what was written."""
    chosen = {MessageClass(name): choice for name, choice in choices.items()}

    def fallback(kind: MessageClass) -> Fallback:
        return chosen.get(kind, BUILT_IN.fallback(kind))

    which = which or block()
    parts = scan_parts(raw)
    written = write(raw, parts, which, fallback, sending=SENDING)
    out = apply(raw, in_order((*written.splices, *long_lines(raw, parts, (), written.done)), len(raw)))
    again = write(out, scan_parts(out), which, fallback, sending=SENDING)
    assert apply(out, again.splices) == out, "written twice is not written once"
    return out, written


def body(message: bytes) -> str:
    """What stands below the header, with LF."""
    return message.partition(b"\r\n\r\n")[2].decode().replace("\r\n", "\n")
