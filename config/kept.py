"""What a council's file says nothing of when it is imported anew, and what therefore stays as it is recorded."""

from __future__ import annotations

from datetime import date, timedelta

from config.consent import with_recorded
from config.council import Council
from config.council_file import council_from
from config.errors import ConfigError, Faults

TRIAL = timedelta(days=28)
"""How long a new council's trial lasts, from the day of its import."""


def on_first_import(imported: Council, today: date) -> Council:
    """A council that was not there before: on trial for `TRIAL`, unless its file names the trial's last day."""
    if imported.trial_until is not None:
        return imported
    return imported.model_copy(update={"trial_until": today + TRIAL})


def kept(recorded: Council, imported: Council, file: str = "") -> Council:
    """The imported council, with what only the recorded one knows.

    Raises ConfigError, naming `file`, where the file tells a consent otherwise than it is on record.
    """
    if imported.trial_until is None:
        imported = imported.model_copy(update={"trial_until": recorded.trial_until})
    return _with_consents(recorded, imported, file or imported.id)


def _with_consents(recorded: Council, imported: Council, file: str) -> Council:
    try:
        consents = with_recorded(recorded.consents, imported.consents)
    except Faults as faults:
        raise ConfigError(file, faults.complaints) from None
    if consents == imported.consents:
        return imported
    # The file's people and domains have to fit what is on record, too.
    values = imported.model_dump(by_alias=True)
    return council_from({**values, "consents": [each.model_dump(by_alias=True) for each in consents]}, file)
