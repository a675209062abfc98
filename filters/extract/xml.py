"""XML, event by event, and nothing that XML can do beyond: no other file is ever opened for it."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from filters.extract.room import TOO_LONG, Bomb, Room, Unread

Start = Callable[[str, dict[str, str]], None]
_MOST_DEEP = 1000
_LONGEST_ENTITY = 1000
_ENDLESS = "it declares abbreviations that could make it endlessly long"
_AMPLIFIED = 43
"""What expat says where entities make far more of a document than it has (XML_ERROR_AMPLIFICATION_LIMIT_BREACH)."""


class Ended(Exception):
    """A handler has had enough."""


def read_xml(
    content: bytes, room: Room, start: Start, end: Callable[[str], None], text: Callable[[str], None]
) -> None:
    """Call the handlers for every element and every piece of text; names are without their namespaces.

    The whole document is given to the parser at once: in pieces a long token would take quadratic time. Raises
    Unread for what is no XML or needs other files, and Bomb for entities that stand for one another.
    """
    room.parse(len(content))
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        room.elements -= 1
        if depth > _MOST_DEEP:
            raise Unread("its elements are nested too deeply")
        if room.elements < 0:
            raise Unread(TOO_LONG)
        start(name.rpartition(":")[2], attributes)

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(":")[2])

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = _declared
    try:
        parser.Parse(content, True)
    except Ended:
        return
    except expat.ExpatError as error:
        if error.code == _AMPLIFIED:
            raise Bomb(_ENDLESS) from None
        raise Unread("it is damaged") from None
    except (LookupError, ValueError, OSError):  # Of an encoding that is none.
        raise Unread("it is damaged") from None


def _declared(name: str, is_parameter: bool, value: str | None, *_: object) -> None:
    """An entity. Drawing programs declare some that stand for addresses, and nobody honest one within another."""
    if value is None or is_parameter:
        raise Unread("it needs other files to be read")
    if "&" in value or len(value) > _LONGEST_ENTITY:
        raise Bomb(_ENDLESS)
