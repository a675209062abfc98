"""Where a message goes from here."""

from __future__ import annotations

from typing import Protocol

from gateway.intake.submission import Submission
from gateway.reply import Reply


class Intake(Protocol):
    """Takes a whole message and answers for it."""

    async def accept(self, submission: Submission) -> Reply:
        """Decide on and store a message, and say what became of it; 250 only once it is durable.

        Is never cancelled because a client has gone. Any exception means that nothing was kept.
        """
