"""The header fields that say how a part's content is written, made to say the truth. All as splices.

Only what must change does: of a Content-Type the charset alone, other parameters stay octet for octet.
"""

from __future__ import annotations

from signatures.message.media import media, placed
from signatures.message.scanner import Field, Part
from signatures.message.splices import Splice, apply

_WIDE = 76


def headed(
    raw: bytes, part: Part, *, encoding: str = "", charset: str = "", message: bool = False
) -> list[Splice]:
    """The part's header made to say the transfer encoding and the charset; an empty one stays as it is.

    A message that is no MIME is made into one: without the version, no encoding counts (RFC 2045 §4).
    `message` where the part is an enclosed message, which has a version of its own. A
    field that stands more than once is left once, as it is open which one counts.
    """
    added = b""
    splices: list[Splice] = []
    if encoding:
        line = f"Content-Transfer-Encoding: {encoding}\r\n".encode("ascii")
        first, more = _fields(part, "content-transfer-encoding")
        splices += more
        if first:
            splices.append(Splice(first.start, first.end - first.start, line))
        else:
            added += line
    if (encoding or charset) and (message or part.depth == 0) and not _fields(part, "mime-version")[0]:
        added += b"MIME-Version: 1.0\r\n"
    if charset:
        line = f"Content-Type: {part.kind}; charset={charset}\r\n".encode("ascii")
        first, more = _fields(part, "content-type")
        splices += more
        if first is None:
            added += line
        else:
            splices += _with_charset(raw, first, part, charset) or [
                Splice(first.start, first.end - first.start, line)
            ]
    return [Splice(part.start, 0, added), *splices] if added else splices


def _fields(part: Part, name: str) -> tuple[Field | None, list[Splice]]:
    """The first field of this name, and the splices that take away those after it."""
    fields = [field for field in part.fields if field.name == name]
    more = [Splice(field.start, field.end - field.start, b"") for field in fields[1:]]
    return (fields[0] if fields else None), more


def _with_charset(raw: bytes, field: Field, part: Part, charset: str) -> list[Splice]:
    """The field's charset changed and nothing else of it; nothing where it is too broken to say it then."""
    if not part.media.said:
        return []
    splices = _charset(raw, field, charset.encode("ascii"))
    inside = [Splice(each.offset - field.value, each.length, each.replacement) for each in splices]
    now = media(apply(raw[field.value : field.end], inside).replace(b"\r\n", b""))
    return splices if now.kind == part.kind and now.text(b"charset") == charset else []


def _charset(raw: bytes, field: Field, charset: bytes) -> list[Splice]:
    """The charset parameter given this value: in its place, or after the last thing that is said."""
    groups = [[(0, 0)]]
    names = [b""]
    for token, quoted, start, end in placed(raw[field.value : field.end].rstrip(b"\r\n")):
        at = (start + field.value, end + field.value)
        if token == b";" and not quoted:
            groups.append([at])
            names.append(b"")
        else:
            names[-1] = names[-1] or token.lower().partition(b"*")[0]
            groups[-1].append(at)
    found = [group for name, group in zip(names[1:], groups[1:], strict=True) if name == b"charset"]
    if found:
        first, last = found[0][1][0], found[0][-1][1]
        rest = [Splice(group[0][0], group[-1][1] - group[0][0], b"") for group in found[1:]]
        return [Splice(first, last - first, b"charset=" + charset), *rest]
    end = groups[-1][-1][1]
    line = raw.rfind(b"\n", 0, end) + 1
    blank = b"\r\n " if end - line + len(charset) > _WIDE - len(b"; charset=") else b" "
    ends_open = len(groups) > 1 and len(groups[-1]) == 1
    return [Splice(end, 0, (b"" if ends_open else b";") + blank + b"charset=" + charset)]
