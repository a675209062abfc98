"""What is found in mail beyond the host's limit of recipients an hour."""

from __future__ import annotations

from config.policy import SENDING_RATE
from filters.finding import Finding, finding_of


def too_many(most: int | None) -> Finding:
    """The finding on a message whose login has written to more than `most` people within the hour."""
    return finding_of(
        "sending_rate",
        SENDING_RATE,
        f"More than {most} people were written to from this login within an hour. "
        "If it was not you, tell the Clerk at once and change your password.",
    )
