"""Fingerprints of what a council's people wrote: kept with each message, and found again when they are written anew.

All of them stand in the message's row. By some of them it is looked up: each of those is a row of its own, somewhere
else in its table, and it is such rows that cost. Of a message that is half reproduced, half of those are found again:
by eight it is missed four times in a thousand.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from gateway.store.kinds import MessageKind, MessageState
from gateway.store.models import MessageRow
from signatures.message.carried.prints import reproduces

Values = Mapping[str, Any]

_LOOKED_UP_BY = 8
_NEWEST = 50
_MOST_COMPARED = 200
_OCTETS = 8

_ADD_SQLITE = text("""
INSERT INTO print (council_id, hash, message_id)
SELECT json_extract(m.value, '$.council'), p.value, json_extract(m.value, '$.message')
FROM json_each(:all) m CROSS JOIN json_each(m.value, '$.prints') p
""")
_ADD_POSTGRESQL = text("""
INSERT INTO print (council_id, hash, message_id) SELECT m.council, CAST(p.value AS bigint), m.message
FROM json_to_recordset(CAST(:all AS json)) AS m(council text, message text, prints json)
CROSS JOIN json_array_elements_text(m.prints) p
""")

# Where thousands of letters are the same, the newest will do.
_SHARING = """
SELECT p.message_id FROM {asked} JOIN print p
ON p.council_id = :council AND p.hash = a.hash AND p.message_id >= COALESCE(
  (SELECT n.message_id FROM print n WHERE n.council_id = :council AND n.hash = a.hash
   ORDER BY n.message_id DESC LIMIT 1 OFFSET :newest), '')
"""
_SHARING_SQLITE = text(_SHARING.format(asked="(SELECT value AS hash FROM json_each(:prints)) a CROSS"))
_SHARING_POSTGRESQL = text(
    _SHARING.format(
        asked="(SELECT CAST(value AS bigint) AS hash FROM json_array_elements_text(CAST(:prints AS json))) a"
    )
)
_KEPT = select(MessageRow.id, MessageRow.prints, MessageRow.kind, MessageRow.state).where(
    MessageRow.council_id == bindparam("council"), MessageRow.id.in_(bindparam("ids", expanding=True))
)
_LEFT = frozenset({MessageState.PASSED.value, MessageState.RELEASED.value})
_HERE = _LEFT | {MessageState.HELD.value}


@dataclass(frozen=True, slots=True)
class Original:
    """A message whose words stand in another, and the later ones that left here with the same words."""

    id: str
    again: tuple[str, ...] = ()


def packed(prints: Iterable[int]) -> bytes | None:
    """All that is kept of one message, as its row has it."""
    return b"".join(each.to_bytes(_OCTETS, "big") for each in prints) or None


def values_of(council: str, message: str, prints: Iterable[int]) -> tuple[Values, ...]:
    """What a message is looked up by: nothing, or one value for all of it."""
    some = sorted(prints)[:_LOOKED_UP_BY]
    return ({"council": council, "message": message, "prints": some},) if some else ()


def keep(connection: Connection, values: Sequence[Values]) -> None:
    """Write what several messages are looked up by; to a database it goes as one text."""
    if values:
        statement = _ADD_POSTGRESQL if connection.dialect.name == "postgresql" else _ADD_SQLITE
        connection.execute(statement, {"all": json.dumps(values)})


def reproduced(connection: Connection, council: str, prints: Sequence[int], but: str) -> list[Original]:
    """The council's messages, other than `but`, that one with these prints reproduces; those that share most first.

    Who sends on what a third wrote is not its author: of messages that share the same words the first is the original.
    """
    statement = _SHARING_POSTGRESQL if connection.dialect.name == "postgresql" else _SHARING_SQLITE
    wanted = {"council": council, "prints": json.dumps(sorted(set(prints))), "newest": _NEWEST - 1}
    times = Counter(connection.execute(statement, wanted).scalars())
    likest = sorted(times, key=lambda message: (times[message], message), reverse=True)[:_MOST_COMPARED]
    if not likest:
        return []
    asked = frozenset(prints)
    rows = connection.execute(_KEPT, {"council": council, "ids": likest})
    shared: dict[str, frozenset[int]] = {}
    left: set[str] = set()
    for row in rows:
        kept = _unpacked(row.prints)
        here = row.kind == MessageKind.SUBMITTED.value and row.state in _HERE
        if row.id != but and here and reproduces(kept, asked):
            shared[row.id] = asked.intersection(kept)
            left.update({row.id} if row.state in _LEFT else ())
    return _originals(shared, left)


def _originals(shared: Mapping[str, frozenset[int]], left: Collection[str]) -> list[Original]:
    """The messages with words that no earlier one has, each with those that `left` with its words later."""
    again: dict[str, list[str]] = {}
    for message in sorted(shared):  # Queue ids are in the order of time.
        earlier = [each for each in again if 2 * len(shared[message] & shared[each]) > len(shared[message])]
        if not earlier:
            again[message] = []
        elif message in left:
            for each in earlier:
                again[each].append(message)
    likest = sorted(again, key=lambda each: (len(shared[each]), each), reverse=True)
    return [Original(each, tuple(again[each])) for each in likest]


def _unpacked(kept: bytes | None) -> list[int]:
    kept = kept or b""
    return [int.from_bytes(kept[start : start + _OCTETS], "big") for start in range(0, len(kept), _OCTETS)]
