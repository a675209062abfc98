"""Files that commands write: new ones, that their owner alone can read."""

from __future__ import annotations

import os
from pathlib import Path

from gateway.cli.common import fail


def write_new(path: Path, data: bytes) -> None:
    """Write a file that was not there. Ends the command where it was, or cannot be written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        fail(f"{path} exists already; it was not overwritten")
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        fail(f"{path} cannot be written: {error.strerror}")
