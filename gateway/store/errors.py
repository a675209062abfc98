"""What can go wrong with the database, as the rooms above need to tell it apart."""

from __future__ import annotations


class StoreError(Exception):
    """Something went wrong with the database."""


class Unavailable(StoreError):
    """The database cannot be used now; nothing was kept."""


class Full(Unavailable):
    """There is no space left for the database; nothing was kept."""


class OutcomeUnknown(StoreError):
    """A commit neither succeeded nor failed as far as can be told."""


class NotDurable(StoreError):
    """The database is not set up to keep what it has said it keeps."""


class Unsuitable(StoreError):
    """The database is of a kind, or a version, that this program does not work with."""


class KeyRefused(Unsuitable):
    """The archive's key is missing, or is not the one that the database was encrypted with."""


class Altered(StoreError):
    """What the archive holds is not what it took in or sent out."""


class SchemaMismatch(StoreError):
    """The tables are not those that this version works with."""


class NotFound(StoreError):
    """There is no such row in this council."""


class Conflict(StoreError):
    """What was asked for contradicts what has been decided meanwhile; the text says what."""
