"""Recipients taken out of where everybody sees them, To and Cc; every other octet of the message stays.

Who is left out, or moved to Bcc, is named nowhere any more: the name beside the address goes with it, and a group
of which nobody is left. A field of which nothing is left goes whole. Where then nobody is left at all, To says so
(RFC 5322 §3.6.3 and A.1.3, `undisclosed-recipients:;`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from config.address import BadAddress, canonical
from signatures.message.dkim import broken
from signatures.message.headers import Mailbox, mailboxes, members, to_text
from signatures.message.scanner import Field, Part
from signatures.message.splices import Splice, apply

_SEEN = ("to", "cc", "resent-to", "resent-cc", "mail-followup-to", "apparently-to")
"""Fields that name the recipients of a message to everybody. Mutt writes Mail-Followup-To beside To and Cc."""

_HEADINGS = {"": ("to", "cc"), "Resent-": ("resent-to", "resent-cc")}
_BETWEEN = re.compile(r"[\s\"<>(),:;\[\]\\]++")
_BLANKS = b" \t\r\n"


class CannotReaddress(Exception):
    """Somebody cannot be taken out; the text says why, as the end of a sentence."""


def readdressed(raw: bytes, top: Part, gone: Collection[str]) -> tuple[Splice, ...]:
    """The splices that take these recipients, canonical addresses, out of the visible fields; none where none of
    them stands there.

    DKIM signatures that cover a field which changes go too. Raises CannotReaddress where one of them would still be
    named, in somebody else's display name for instance.
    """
    splices: dict[Field, tuple[Splice, ...]] = {}
    for field in top.fields:
        if field.name in _SEEN and (done := _field(raw, field, gone)):
            splices[field] = done
    if not splices:
        _check_named(raw, top, gone)
        return ()
    for prefix, names in _HEADINGS.items():
        _nobody_left(raw, top, prefix, names, splices)
    changed = {field.name for field in splices}
    dead = broken(raw, top, content=False, fields=changed)
    done = (*(each for several in splices.values() for each in several), *map(_whole, dead))
    _check_done(raw, top, gone, splices)
    return tuple(sorted(done))


def _field(raw: bytes, field: Field, gone: Collection[str]) -> tuple[Splice, ...]:
    """What takes them out of a field: the whole field where nobody else stands in it."""
    value, offsets = _unfolded(raw, field)
    found = members(value)
    if not any(each.mailbox is not None and each.mailbox.address in gone for each in found):
        return ()
    items, anybody = _items(value, gone)
    if not anybody:
        return (_whole(field),)
    spans = [span for span in _gaps(value, items, len(value)) if span[1] > span[0]]
    splices = tuple(_splice(offsets, field, start, end) for start, end in spans)
    return splices if _holds(raw, field, splices, gone) else _written_anew(raw, field, value, gone)


@dataclass(frozen=True, slots=True)
class _Item:
    """A member of the list, or a whole group: from, to; whether it stays; of a group, its members and where they end."""

    start: int
    end: int
    stays: bool
    inner: tuple[_Item, ...] = ()
    inside: int = 0


def _items(value: bytes, gone: Collection[str]) -> tuple[list[_Item], bool]:
    """The members and groups of a list, empty ones left out; and whether anybody stays."""
    items: list[_Item] = []
    group: list[_Item] = []
    anybody = False
    found = members(value)
    for number, each in enumerate(found):
        stays = each.mailbox is None or each.mailbox.address not in gone
        anybody |= each.mailbox is not None and stays
        item = _Item(each.start, each.end, stays)
        blank = not value[each.start : each.end].strip(_BLANKS)
        if each.opened is None:
            items += [] if blank else [item]
            continue
        group += [] if blank else [item]
        if number + 1 == len(found) or found[number + 1].opened != each.opened:
            items.append(_group(value, each.opened, each.end, group))
            group = []
    return items, anybody


def _group(value: bytes, opened: int, end: int, inner: list[_Item]) -> _Item:
    """A group with those in it. It stays where anybody in it does, or nobody was in it before."""
    last = end + 1 if value[end : end + 1] == b";" else end
    stays = not inner or any(each.stays for each in inner)
    return _Item(opened, last, stays, tuple(inner), end)


def _gaps(value: bytes, items: Sequence[_Item], end: int) -> Iterator[tuple[int, int]]:
    """What goes of a list that ends at `end`, so that those who stay are divided as before."""
    kept = [number for number, each in enumerate(items) if each.stays]
    for number in kept:
        inner = items[number].inner
        yield from _gaps(value, inner, items[number].inside) if inner else ()
    if not kept:
        return
    if kept[0]:
        yield _content(value, items[0].start), _content(value, items[kept[0]].start)
    for before, after in pairwise(kept):
        if after - before > 1:
            stop, start = items[before].end, items[after].start
            comma = value[start - 1 : start] == b","
            yield (stop, start - 1) if comma else (stop + 1, start)
    if kept[-1] + 1 < len(items):
        yield items[kept[-1]].end, end


def _content(value: bytes, start: int) -> int:
    """Where something begins, from `start` on."""
    while value[start : start + 1] in (b" ", b"\t"):
        start += 1
    return start


def _unfolded(raw: bytes, field: Field) -> tuple[bytes, list[int]]:
    """The value without its folds, and for each octet of it where it stands in the message."""
    value, offsets, position = bytearray(), list[int](), field.value
    for line in raw[field.value : field.end].split(b"\r\n"):
        value += line
        offsets += range(position, position + len(line))
        position += len(line) + 2
    return bytes(value), offsets


def _splice(offsets: list[int], field: Field, start: int, end: int) -> Splice:
    """What takes out the octets of a value from `start` to `end`, folds between them included.

    At the end of the value a fold that would be left standing alone goes too.
    """
    first = offsets[start]
    last = offsets[end - 1] + 1
    if start and end < len(offsets) and offsets[start - 1] + 1 < first:
        return Splice(first, last - first, b"")
    if start and end == len(offsets):
        first = offsets[start - 1] + 1
    return Splice(first, last - first, b"")


def _whole(field: Field) -> Splice:
    return Splice(field.start, field.end - field.start, b"")


def _holds(raw: bytes, field: Field, splices: tuple[Splice, ...], gone: Collection[str]) -> bool:
    """Whether what is left of a field are the others, as they were and in their order."""
    return _left(raw, field, splices) == _others(raw, field, gone)


def _others(raw: bytes, field: Field, gone: Collection[str]) -> tuple[Mailbox, ...]:
    return tuple(box for box in mailboxes(field.text(raw)) if box.address not in gone)


def _left(raw: bytes, field: Field, splices: Sequence[Splice]) -> tuple[Mailbox, ...]:
    value = _after(raw, field, splices)
    return mailboxes(value.replace(b"\r\n", b"").strip())


def _after(raw: bytes, field: Field, splices: Sequence[Splice]) -> bytes:
    """The value of a field once the splices, which do not reach out of it, are carried out."""
    inside = [Splice(each.offset - field.value, each.length, each.replacement) for each in splices]
    if any(each.offset < 0 for each in inside):
        return splices[0].replacement.partition(b":")[2]
    return apply(raw[field.value : field.end], inside)


def _written_anew(raw: bytes, field: Field, value: bytes, gone: Collection[str]) -> tuple[Splice, ...]:
    """The list written anew from those who stay, as each was written, where taking the others out of its midst
    would change what is left. Raises CannotReaddress.
    """
    kept = [
        value[each.start : each.end].strip(_BLANKS)
        for each in members(value)
        if each.mailbox is not None and each.mailbox.address not in gone
    ]
    end = field.end - 2 if raw.endswith(b"\r\n", field.start, field.end) else field.end
    splices = (Splice(field.value, end - field.value, b" " + b",\r\n ".join(kept)),)
    left = [(box.name, box.address, box.written) for box in _left(raw, field, splices)]
    if left != [(box.name, box.address, box.written) for box in _others(raw, field, gone)]:
        raise CannotReaddress(f"the addresses in its {field.name.title()} cannot be told apart")
    return splices


def _nobody_left(
    raw: bytes, top: Part, prefix: str, names: tuple[str, ...], splices: dict[Field, tuple[Splice, ...]]
) -> None:
    """Have To say that there is nobody to be seen, where that has come about."""
    fields = [field for field in top.fields if field.name in names]
    touched = [field for field in fields if field in splices]
    if not touched or any(
        _left(raw, field, splices.get(field, ())) for field in fields if field not in touched
    ):
        return
    if any(splices[field] != (_whole(field),) for field in touched):
        return
    if any(field.name == names[0] for field in fields if field not in touched):
        return  # A To that names nobody says so already.
    place = next((field for field in touched if field.name == names[0]), touched[0])
    line = f"{prefix}To: undisclosed-recipients:;\r\n".encode("ascii")
    splices[place] = (Splice(place.start, place.end - place.start, line),)


def _check_done(
    raw: bytes, top: Part, gone: Collection[str], splices: dict[Field, tuple[Splice, ...]]
) -> None:
    for field in top.fields:
        if field.name in _SEEN and splices.get(field) != (_whole(field),):
            _check_text(field, _after(raw, field, splices.get(field, ())), gone)


def _check_named(raw: bytes, top: Part, gone: Collection[str]) -> None:
    for field in top.fields:
        if field.name in _SEEN:
            _check_text(field, field.text(raw), gone)


def _check_text(field: Field, value: bytes, gone: Collection[str]) -> None:
    """That nobody is named in what is left: in a display name, a comment, or what is no address.

    Raises CannotReaddress.
    """
    for word in _BETWEEN.split(to_text(value.replace(b"\r\n", b"").strip())):
        if "@" not in word:
            continue
        try:
            named = canonical(word.strip(".'`"))
        except BadAddress:
            continue
        if named in gone:
            raise CannotReaddress(f"{named} is named in its {field.name.title()} as part of something else")
