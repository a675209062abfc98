"""In what capacity somebody writes: for the Council, for residents, or for themselves."""

from __future__ import annotations

from enum import StrEnum


class Capacity(StrEnum):
    """The capacity of a message; it is chosen by a tag in the subject, by the address, or by default.

    `council` is the Council's business; `casework` a member's work for residents; `personal` the sender's own
    views, which carry neither the Council's logo nor a link to its site.
    """

    COUNCIL = "council"
    CASEWORK = "casework"
    PERSONAL = "personal"
