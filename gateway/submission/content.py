"""The content of a message on its way in: where it ends, and whether it may be taken.

Pure, fed with whatever octets have come. Content ends at CRLF.CRLF and at nothing else (DATA), or after the
announced octets (BDAT). Bare CR, bare LF and NUL are what message smuggling is made of, so content that has
them is refused; but only once its true end has been read, so that no part of it is ever taken for a command.

Each octet is looked at once, in pieces as they come, so that a large message never keeps the loop waiting.
What is refused is no longer kept, but is still read.
"""

from __future__ import annotations

from enum import Enum, auto

from gateway.submission.budget import Budget


class Fault(Enum):
    """Why content cannot be taken."""

    BARE_CR_OR_LF = auto()
    NUL = auto()
    LONG_LINE = auto()
    TOO_BIG = auto()
    NO_ROOM = auto()


_CR = 0x0D
_LF = 0x0A


class Content:
    """Octets of a message as they come in, looked at and kept.

    `size` is what has been added in octets, whether kept or not; `fault` the first thing found wrong. What is
    kept is held in `budget` until it is refused, or whoever has finished it gives it back.
    """

    def __init__(self, message_bytes: int, line_bytes: int, budget: Budget) -> None:
        self.size = 0
        self.fault: Fault | None = None
        self._message_bytes = message_bytes
        self._line_bytes = line_bytes
        self._budget = budget
        self._held = 0
        self._kept = bytearray()
        self._line = 0  # Octets of the line that the last piece left open.
        self._after_cr = False
        self._open = False  # Whether the last piece ended inside a line.

    def add(self, piece: bytes) -> None:
        """Take one more piece of content, of any length, split anywhere."""
        if not piece:
            return
        self.size += len(piece)
        self._open = not piece.endswith(b"\n")
        if self.fault is None:
            fault = self._fault_in(piece)
            if fault is not None:
                self.refuse(fault)
            elif self._budget.take(len(piece)):
                self._held += len(piece)
                self._kept += piece
            else:
                self.refuse(Fault.NO_ROOM)

    def refuse(self, fault: Fault) -> None:
        """Keep nothing of this message any more."""
        if self.fault is None:
            self.fault = fault
            self.drop()

    def drop(self) -> None:
        """Let go of what is kept, if anything still is."""
        self._kept = bytearray()
        self._budget.give_back(self._held)
        self._held = 0

    def finish(self) -> tuple[bytes, int]:
        """The whole content, its last line ended where a BDAT client left it open; empty if refused.

        With it the octets that it holds in the budget, which are the caller's to give back.
        """
        if self._after_cr:
            self.refuse(Fault.BARE_CR_OR_LF)
        elif self._open and self.fault is None:
            self._kept += b"\r\n"
        content, self._kept = bytes(self._kept), bytearray()
        held, self._held = self._held, 0
        return content, held

    def _fault_in(self, piece: bytes) -> Fault | None:
        if self.size > self._message_bytes:
            return Fault.TOO_BIG
        if b"\0" in piece:
            return Fault.NUL
        if self._has_bare(piece):
            return Fault.BARE_CR_OR_LF
        if self._has_long_line(piece):
            return Fault.LONG_LINE
        return None

    def _has_bare(self, piece: bytes) -> bool:
        pairs, crs, lfs = piece.count(b"\r\n"), piece.count(b"\r"), piece.count(b"\n")
        if self._after_cr:
            if piece[0] != _LF:
                return True
            lfs -= 1
        self._after_cr = piece[-1] == _CR
        return not (pairs == lfs == crs - self._after_cr)

    def _has_long_line(self, piece: bytes) -> bool:
        """Whether a line is over the limit, its CRLF not counted. Looks at few octets of short lines."""
        position, room = 0, self._line_bytes - self._line
        while len(piece) - position > room + 1:  # One more than fits may be the CR of a CRLF to come.
            newline = piece.rfind(b"\n", position, position + room + 2)
            if newline < 0:
                return True
            position, room = newline + 1, self._line_bytes
        newline = piece.rfind(b"\n", position)
        if newline >= 0:
            position, room = newline + 1, self._line_bytes
        self._line = self._line_bytes - room + len(piece) - position
        return False


class DotContent:
    """Content after DATA: lines with dots stuffed, up to a line with a single dot (RFC 5321 §4.5.2)."""

    def __init__(self, content: Content, line_bytes: int) -> None:
        self.content = content
        self._line_bytes = line_bytes
        self._looked_at = 0
        self._at_line_start = True

    def take(self, buffer: bytearray) -> bool:
        """Take what can be taken off the front of `buffer`. True once the final dot has been taken.

        What stays in `buffer` is the beginning of a line, or after the end whatever comes next.
        """
        if self._at_line_start:
            if buffer.startswith(b".\r\n"):
                del buffer[:3]
                return True
            end = buffer.find(b"\r\n.\r\n", max(0, self._looked_at - 4))
            if end >= 0:
                self._take_lines(buffer, end + 2)
                del buffer[:3]
                return True
            last = buffer.rfind(b"\r\n", max(0, self._looked_at - 1))
            if last >= 0:
                self._take_lines(buffer, last + 2)
            self._looked_at = len(buffer)
            if self._looked_at > self._line_bytes + 2:  # A stuffed dot, and the CR of a CRLF to come.
                self._give_up_on_line(buffer)
            return False
        return self._skip(buffer)

    def _take_lines(self, buffer: bytearray, length: int) -> None:
        """Take `length` octets, which are whole lines, and take the stuffed dots out of them."""
        if self.content.fault is None:
            stuffed = bytes(buffer[:length])
            lines = stuffed.replace(b"\r\n.", b"\r\n")
            self.content.add(lines[1:] if lines.startswith(b".") else lines)
        else:
            self.content.size += length
        del buffer[:length]
        self._looked_at = 0

    def _give_up_on_line(self, buffer: bytearray) -> None:
        """A line beyond the limit: refused, and from here on only the end is looked for."""
        if b"\0" in buffer:
            self.content.refuse(Fault.NUL)
        elif b"\n" in buffer or b"\r" in buffer[:-1]:
            self.content.refuse(Fault.BARE_CR_OR_LF)
        self.content.refuse(Fault.LONG_LINE)
        self._at_line_start = False

    def _skip(self, buffer: bytearray) -> bool:
        end = buffer.find(b"\r\n.\r\n")
        gone = end + 5 if end >= 0 else max(0, len(buffer) - 4)
        self.content.size += gone
        del buffer[:gone]
        return end >= 0
