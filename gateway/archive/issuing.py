"""Issuing a search certificate: signed, and in the ledger, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.archive.certificate import Certificate
from gateway.archive.certificate_file import Checked, digest_of, file_of, to_sign
from gateway.store import anchors, audit
from gateway.store.audit import Act, Audited


@dataclass(frozen=True, slots=True)
class Issued:
    """The file, and the number of the record that says that it was issued."""

    file: bytes
    number: int
    digest: str


def issue(connection: Connection, certificate: Certificate) -> Issued:
    """Sign a certificate, and chain its digest to the council's ledger."""
    public_key, signature = anchors.sign(connection, to_sign(certificate))
    digest = digest_of(certificate)
    detail = {
        "query": certificate.query,
        "total": certificate.found,
        "not_searched": certificate.not_searched,
        "pending": certificate.pending,
        "certificate": digest,
    }
    done = Audited(Act.CERTIFIED, certificate.by, certificate.why, certificate.at, detail=detail)
    number = audit.record(connection, certificate.council, done)
    return Issued(file_of(certificate, public_key, signature), number, digest)


def on_record(connection: Connection, checked: Checked) -> int | None:
    """The number of the record that says that a certificate was issued here; None where there is none."""
    issued = audit.rows(connection, checked.certificate.council, act=Act.CERTIFIED)
    return next(
        (row.number for row in issued if (row.done.detail or {}).get("certificate") == checked.digest), None
    )
