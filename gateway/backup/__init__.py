"""A copy of everything that the database holds, taken while mail flows; and its way back.

How it fails and what survives. A backup is one moment of the database: SQLite's and PostgreSQL's own means of
copying see a snapshot, so whatever was acknowledged before the backup began is in it, whole. The manifest
holds the head of every council's ledger at that moment and the hash of every file. It is written last: a
folder without one is no backup, and a file that is not as the manifest says makes it none either.

A restore puts nothing in the place of anything: it refuses a database with a council in it, and a folder at
work. Before the restored database is declared fit, every council's archive is verified against its ledger,
and the ledger's head against the manifest. (Against whoever can alter both backup and manifest only a head
that was noted elsewhere helps.)

What a backup cannot know is what happened after it. Mail that waited then has perhaps been delivered since,
and sent again it would be there twice, without anybody's doubt about an outcome to excuse it. So after a
restore everything that waited is held back until somebody says that it may go.

Keys, certificates and password files are not in the database, and not in the backup: they are to be kept
elsewhere. Of an encrypted archive the manifest says so, and it is not restored without its key. The settings
file is copied for reference, and is not put back.
"""

from gateway.store.errors import StoreError


class BackupFailed(StoreError):
    """A backup could not be taken, or is not fit to be restored; the text says why."""
