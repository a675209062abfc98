"""Asking a virus scanner about a message: ClamAV's daemon, over a unix socket or TCP.

How it fails and what survives. The scanner is somebody else's process, and may be away, slow, full or updating
itself at any moment. Nothing waits for it beyond the time that it is given, and it never raises: what it could not
say becomes `filters.answers.Scan.trouble`, and the council's policy has the last word about mail that went unscanned.
It keeps no state here; each message has a connection of its own, so that one that breaks off spoils no other. What
was scanned is not written down as clean for later: whenever a message is decided on anew it is scanned anew, as by
then the scanner may know more.
"""

from __future__ import annotations

NO_SCANNER = "no virus scanner is set up here"
"""Why nothing was scanned where the settings name no scanner; it ends a sentence."""
