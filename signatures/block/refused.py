"""Why a template came to nothing that may be written."""

from __future__ import annotations


class TemplateError(Exception):
    """A template cannot be used for somebody: in which format (`text`, `html`), what was found, what is allowed."""

    def __init__(self, part: str, found: str, allowed: str) -> None:
        self.part = part
        self.found = found
        self.allowed = allowed
        super().__init__(f"the {part} of a signature or waiver: found {found}; allowed: {allowed}")
