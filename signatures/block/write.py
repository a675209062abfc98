"""Signature and waiver written into a message, as splices: once, where they belong, and nothing else changed.

How it fails: a message that is signed, encrypted, made by a machine or not to be read without a doubt has a
class (`signatures.block.classes`), and what is done with it is the council's choice. Nothing is written into
one version of a text and not into another. What goes without says so in the record; nothing does silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from config.message_class import Fallback, MessageClass
from config.policy import WaiverPosition
from signatures.block.bodies import Bodies, bodies
from signatures.block.classes import REASONS, class_of
from signatures.block.contact import facts
from signatures.block.enclose import Marks, NotEnclosable, around_message, first_in, last_in, text_part
from signatures.block.logo import with_logo
from signatures.block.once import Known
from signatures.block.placement import Place, Writing, block_text
from signatures.block.record import Placed, Record
from signatures.block.render import Block, Piece
from signatures.block.texts import Unwritable, Version, read_version, written_into
from signatures.message.division import Style
from signatures.message.editing import NotEditable
from signatures.message.long_lines import long_lines
from signatures.message.scanner import CAPS, Caps, Field, Part
from signatures.message.splices import Splice

Fallbacks = Callable[[MessageClass], Fallback]

NOTHING_KNOWN = Known((), (), facts(()))


@dataclass(frozen=True, slots=True)
class Sending:
    """What is known of a message beyond its bytes: what makes its new parts' names, whether its envelope has
    the null sender, and what of its sender's may stand in it already.
    """

    marks: Marks
    null_sender: bool = False
    known: Known = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Written:
    """The splices, a record of what they do, and the numbers of the parts whose content is made fit already."""

    splices: tuple[Splice, ...]
    record: Record
    done: frozenset[int] = frozenset()


def write(
    raw: bytes,
    parts: tuple[Part, ...],
    block: Block,
    fallbacks: Fallbacks,
    caps: Caps = CAPS,
    *,
    sending: Sending | None = None,
) -> Written:
    """What writes `block` into a message, `parts` as `scan_parts` gives them.

    Raises Unscannable, and TooLong where the message cannot be made fit to leave in any case.
    """
    sending = sending or Sending(Marks(parts[0].first(raw, "message-id"), "vestry.invalid"))
    pieces = _named(block)
    if not pieces:
        return Written((), Record())
    sending = replace(sending, known=_recognised(block, sending.known))
    found = bodies(raw, parts)
    kind = class_of(raw, parts, found, null_sender=sending.null_sender, caps=caps)
    job = _Job(raw, parts, found, block, pieces, sending, caps)
    fallback = Fallback.SIGN if kind is None else fallbacks(kind)
    try:
        written = job.by(kind, fallback)
    except Unwritable as error:
        kind = error.kind
        fallback = fallbacks(kind)
        if fallback is Fallback.SIGN:
            fallback = Fallback.RECORD
        try:
            written = job.by(kind, fallback, error.reason)
        except Unwritable as again:
            written = job.without(kind, Fallback.HOLD, again.reason)
    except NotEnclosable as error:
        written = job.without(kind, Fallback.HOLD, str(error))
    return replace(written, record=written.record.model_copy(update={"versions": block.versions}))


def _recognised(block: Block, known: Known) -> Known:
    """What is replaced by what is written, and nothing else: where no signature is written, none goes."""
    signatures = (block.signature, *block.earlier, *known.signatures) if block.signature else ()
    waivers = (block.waiver, *known.waivers) if block.waiver else ()
    return Known(
        tuple(dict.fromkeys(signatures)),
        tuple(dict.fromkeys(waivers)),
        known.facts,
    )


def _named(block: Block) -> tuple[tuple[str, Piece], ...]:
    named = (("signature", block.signature), ("waiver", block.waiver))
    return tuple((name, piece) for name, piece in named if piece is not None)


@dataclass(frozen=True, slots=True)
class _Job:
    raw: bytes
    parts: tuple[Part, ...]
    found: Bodies
    block: Block
    pieces: tuple[tuple[str, Piece], ...]
    sending: Sending
    caps: Caps

    def by(self, kind: MessageClass | None, fallback: Fallback, reason: str = "") -> Written:
        """The message done with as the fallback says. Raises Unwritable, NotEnclosable."""
        if fallback is Fallback.WRAP:
            return self._beside(kind, before=False)
        if fallback is not Fallback.SIGN:
            return self.without(kind, fallback, reason)
        if self.found.texts:
            return self._into_texts(kind)
        if self.parts[0].kind == "message/partial":
            # Enclosed in another message, the pieces would never be put together (RFC 2046 §5.2.2).
            return self.without(kind, Fallback.RECORD, "it is one piece of a message that comes in several")
        if kind is None or kind is MessageClass.LIST_POST:
            return self._beside(kind, before=not self._other_text())
        return self.without(kind, Fallback.RECORD, reason)

    def without(self, kind: MessageClass | None, fallback: Fallback, reason: str = "") -> Written:
        """Nothing written, and why."""
        names = tuple(name for name, _ in self.pieces)
        why = reason or (REASONS[kind] if kind else "")
        return Written((), Record(message_class=kind, fallback=fallback, without=names, reason=why))

    def _other_text(self) -> bool:
        """Whether there is text of the author's in a format that is not written into."""
        return any(
            part.kind.startswith("text/")
            and not part.enclosed
            and part.kind not in {"text/plain", "text/html"}
            for part in self.parts
        )

    def _beside(self, kind: MessageClass | None, *, before: bool) -> Written:
        """A text part of its own, in front of what is there or behind it."""
        top = self.parts[0]
        new = text_part(block_text(self.pieces))
        inside = [number for number, part in enumerate(self.parts) if part.depth == 1]
        done: frozenset[int] = frozenset()
        if top.kind == "multipart/mixed" and inside and not top.sealed:
            first, last = self.parts[inside[0]], self.parts[inside[-1]]
            splices: tuple[Splice, ...] = (
                (first_in(top, first, new),) if before else (last_in(top, last, new),)
            )
        else:
            boundary = self.sending.marks.boundary(self.raw, b"mixed")
            changes: tuple[Splice, ...] = ()
            if not (top.inner or top.sealed):
                # Its content, if it must be encoded, and the header that then moves with it.
                changes = tuple(long_lines(self.raw, self.parts[:1], frozenset(_not_of_content(top))))
                done = frozenset({0})
            around = {"before": new} if before else {"after": new}
            splices = around_message(self.raw, top, boundary, b"multipart/mixed", changes=changes, **around)
        placed = Placed(
            part=0, kind="text/plain", what=tuple(name for name, _ in self.pieces), place=Place.NEW_PART
        )
        fallback = Fallback.WRAP if kind is not None and not before else None
        return Written(splices, Record(placed=(placed,), message_class=kind, fallback=fallback), done)

    def _into_texts(self, kind: MessageClass | None) -> Written:
        """Each version of the text written into."""
        versions = self._read_all()

        def stops(number: int) -> bool:
            version = versions[number]
            return isinstance(version, Version) and version.division.style in {Style.TOP, Style.FORWARD}

        def says(number: int) -> bool:
            version = versions[number]
            return not isinstance(version, Version) or bool(version.page.rows)

        own = set(self.found.standing(self.parts, stops, says))
        last = set(self.found.standing(self.parts, lambda _: False, says))
        splices: list[Splice] = []
        record = Record(message_class=kind, fallback=Fallback.SIGN if kind else None)
        done: set[int] = set()
        pictures = 0
        for number, version in versions.items():
            if isinstance(version, Unwritable):
                if number in own | last:
                    raise version
                continue
            writing = self._writing(number in own, number in last)
            picture = None
            if self.block.logo is not None and version.is_html and number in own:
                digest = self.sending.marks.content_id(
                    b"logo", bytes([pictures % 256]), self.block.logo.content
                )
                picture, pictures = digest, pictures + 1
            outcome = written_into(self.raw, version, writing, picture)
            record = record.model_copy(
                update={
                    "placed": (*record.placed, *outcome.placed),
                    "removed": (*record.removed, *outcome.removed),
                    "logo": record.logo or picture is not None,
                    "message_class": record.message_class or outcome.kind,
                    "fallback": record.fallback or (Fallback.SIGN if outcome.kind else None),
                }
            )
            changes = outcome.splices
            if changes:
                done.add(number)
            if picture is not None and self.block.logo is not None:
                changes = with_logo(
                    self.raw,
                    self.parts,
                    number,
                    self.found.related.get(number),
                    self.block.logo,
                    picture,
                    self.sending.marks,
                    changes,
                )
            splices += changes
        return Written(tuple(splices), record, frozenset(done))

    def _read_all(self) -> dict[int, Version | Unwritable]:
        """The texts by their numbers. Whether the message has been through here before, HTML tells for sure."""
        apart = self.block.waiver_position is WaiverPosition.END_OF_MESSAGE
        pages = sorted(n for n in self.found.texts if self.parts[n].kind == "text/html")
        versions = {number: self._read(number, None if apart else False) for number in pages}
        before = apart and any(each.came_before for each in versions.values() if isinstance(each, Version))
        for number in sorted(self.found.texts.difference(pages)):
            versions[number] = self._read(number, before if pages or not apart else None)
        return dict(sorted(versions.items()))

    def _read(self, number: int, before: bool | None) -> Version | Unwritable:
        try:
            return read_version(self.raw, number, self.parts[number], self.sending.known, self.caps, before)
        except NotEditable as error:
            return Unwritable(MessageClass.UNKNOWN_CHARSET, str(error))
        except Unwritable as error:
            return error

    def _writing(self, own: bool, last: bool) -> Writing:
        """What goes into a text in which a block stands, or that is the last of a version, or both."""
        apart = self.block.waiver_position is WaiverPosition.END_OF_MESSAGE
        above = [each for each in self.pieces if not (apart and each[0] == "waiver")] if own else []
        below = [each for each in self.pieces if apart and each[0] == "waiver"] if last else []
        return Writing(tuple(above), tuple(below))


def _not_of_content(top: Part) -> Iterable[Field]:
    return (field for field in top.fields if not field.name.startswith("content-"))
