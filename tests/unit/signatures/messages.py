"""Messages for tests: the corpus, and generated ones that are odd but legal."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

CORPUS = Path(__file__).parents[2] / "corpus"
UNCHANGED = sorted(CORPUS.glob("*.eml"))
CHANGED = sorted((CORPUS / "changed").glob("*.eml"))
AUTHOR = "cllr.a@littlewickham-pc.example"

_ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
_ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")
_BLANK = st.sampled_from([" ", "\t", "  ", " \t "])
_OWN_FIELDS = {"from", "sender", "date", "message-id", "bcc", "return-path", "authentication-results"}
_NOT_FREE = ("resent-", "x-vestry-", "content-", "mime-")

NAMES = st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=":"), min_size=1, max_size=20
).filter(lambda name: name.lower() not in _OWN_FIELDS and not name.lower().startswith(_NOT_FREE))
"""Field names as wide as RFC 5322 allows them, without those that mean something to the post room."""


@st.composite
def values(draw) -> str:
    """A field value, folded in any legal way, on lines of at most some hundred octets."""
    pieces = draw(st.lists(st.text(_ANY, max_size=30), min_size=1, max_size=5))
    value = pieces[0]
    for piece in pieces[1:]:
        value += draw(st.sampled_from(["\r\n ", "\r\n\t", "\r\n \t"])) + piece
    return draw(st.sampled_from([" ", "", "\t", "  "])) + value + draw(st.sampled_from(["", " ", "\t "]))


LINES = st.one_of(
    st.binary(max_size=80).map(lambda line: line.translate(None, b"\r\n\0")),
    st.sampled_from(
        [b"", b".", b"..", b"-- ", b"From x", b"> On 1 May 2026, X wrote:", b"a" * 998, b"." * 997]
    ),
)
BODIES = st.lists(LINES, max_size=12).map(lambda lines: b"".join(line + b"\r\n" for line in lines))


@st.composite
def multiparts(draw, depth: int = 2) -> tuple[bytes, bytes]:
    """Content-Type and content: one part, or several nested ones."""
    if depth == 0 or draw(st.booleans()):
        kind = draw(
            st.sampled_from([b"text/plain", b"text/html; charset=utf-8", b"image/png", b'TEXT/x-y; a="b;c"'])
        )
        return kind, draw(BODIES)
    boundary = draw(st.sampled_from([b"b", b"b1", b"=_x'()", b"b b", b"--", b"b-"])) + str(depth).encode()
    content = draw(BODIES)
    for kind, inner in draw(st.lists(multiparts(depth - 1), max_size=3)):
        content += b"--" + boundary + draw(st.sampled_from([b"", b" ", b"\t"])) + b"\r\n"
        content += b"Content-Type: " + kind + b"\r\n\r\n" + inner + b"\r\n"
    if draw(st.booleans()):
        content += b"--" + boundary + b"--\r\n" + draw(BODIES)
    kind = draw(st.sampled_from([b"mixed", b"alternative", b"signed", b"related"]))
    return b"multipart/" + kind + b'; boundary="' + boundary + b'"', content


@st.composite
def fit_messages(draw, sender: str = AUTHOR, colons: tuple[bytes, ...] = (b":", b" :", b"\t:")) -> bytes:
    """A message that needs no change, however odd."""
    fields = [
        f"From: {draw(st.sampled_from(['', 'Anne ', '(x) ']))}<{sender}>".encode(),
        b"Date: Mon, 9 Nov 2026 10:00:00 +0000",
        b"Message-ID: <%d@littlewickham-pc.example>" % draw(st.integers(0, 10**12)),
    ]
    fields += [
        name.encode() + draw(st.sampled_from(colons)) + draw(values()).encode()
        for name in draw(st.lists(NAMES, max_size=6))
    ]
    if draw(st.booleans()):
        kind, content = draw(multiparts())
        fields += [b"MIME-Version: 1.0", b"Content-Type: " + kind]
    else:
        content = draw(BODIES)
    fields = draw(st.permutations(fields))
    header = b"".join(field + b"\r\n" for field in fields)
    if not content and draw(st.booleans()):
        return header
    return header + b"\r\n" + content
