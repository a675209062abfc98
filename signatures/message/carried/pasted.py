"""A copied header in a text that nothing else divides: "From: … To: … Subject: …", with no date.

To divide a text such lines are not enough, as a memo begins with them too (`division.header_block`). Whether earlier
mail is carried is another question: a sender's address there, and two more fields beside it, are what a header has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from signatures.message.carried.addresses import Addresses
from signatures.message.carried.people import People

_FIELD = re.compile(
    r"[> \t*]*+(?:(?P<sender>From|Oddi wrth)|(?P<person>To|Cc|At|Copi)|(?P<other>Subject|Pwnc|Date|Sent|Dyddiad|"
    r"Anfonwyd|Reply-To|Message-ID))\*?[ \t]?:[* \t]*+(?P<value>[^\n]*+)",
    re.IGNORECASE,
)
_FEWEST = 3


def pasted(text: str, addresses: Addresses, own: Sequence[str]) -> People | None:
    """Who is named in the first such header; None where there is none.

    One that names an address of `own` as its sender is the head of the letter itself.
    """
    run: list[re.Match[str]] = []
    for line in (*text.split("\n"), ""):
        field = _FIELD.match(line)
        if field is not None:
            run.append(field)
            continue
        if len(run) >= _FEWEST and (people := _people(run, addresses)) is not None:
            return None if people.author in own else people
        run = []
    return None


def _people(run: Sequence[re.Match[str]], addresses: Addresses) -> People | None:
    if len({field[0].partition(":")[0].strip("> \t*").casefold() for field in run}) < _FEWEST:
        return None
    people = People()
    for field in run:
        if field["sender"] or field["person"]:
            people.take(field["value"], {}, addresses, author=bool(field["sender"]))
    return people if people.author else None
