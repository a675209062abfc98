"""Addresses that are none: nobody gets what is sent there."""

from __future__ import annotations

from collections.abc import Iterator

from email_validator import EmailNotValidError, validate_email

from filters.context import Context
from filters.finding import Evidence
from signatures.message.anatomy import Anatomy


def unusable(anatomy: Anatomy, context: Context) -> Iterator[tuple[str, Evidence]]:
    """What stands in the header or the envelope instead of an address, with where; a recipient in canonical form."""
    for recipient in context.envelope.recipients:
        if not context.council.is_internal(recipient.canonical) and not _is_usable(recipient.canonical):
            yield recipient.canonical, Evidence(where="recipient", text=recipient.address)
    for where, mailboxes in (("To", anatomy.to), ("Cc", anatomy.cc)):
        for mailbox in mailboxes:
            if not mailbox.address and mailbox.written.strip():
                yield "", Evidence(where=where, text=mailbox.written.strip())


def _is_usable(address: str) -> bool:
    """Whether mail can be sent to an address, as far as its form tells (RFC 5321, RFC 6531)."""
    try:
        validate_email(
            address,
            allow_smtputf8=True,
            allow_quoted_local=True,
            allow_domain_literal=True,
            check_deliverability=False,
            test_environment=True,
        )
    except EmailNotValidError:
        return False
    return True
