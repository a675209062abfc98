"""`python -m docs.generate`: write the generated reference pages. A test asserts that they are up to date."""

from __future__ import annotations

from pathlib import Path

from docs import commands, message_classes, metrics, policies, settings
from gateway.submission import replies

FOLDER = Path(__file__).parent
PAGES = {
    "settings.md": settings.page,
    "metrics.md": metrics.page,
    "message-classes.md": message_classes.page,
    "policies.md": policies.page,
    "cli.md": commands.page,
    "replies.md": replies.reference,
}


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
