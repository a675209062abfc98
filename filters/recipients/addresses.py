"""Addresses that are probably a known correspondent's, mistyped."""

from __future__ import annotations

import re

from config.address import domain_of
from config.consumer_domains import is_consumer, mailbox_of
from filters.recipients.distance import distance
from filters.recipients.domains import is_near

_SHORT, _LONG = 5, 12
_WORDS = re.compile(r"[._\-+]")
_DIGITS = re.compile(r"[0-9]+")
_OF_OFFICES = """
clerk parishclerk townclerk deputyclerk deputy.clerk deputy-clerk office admin enquiries enquiry info contact
planning hello secretary chairman chair treasurer accounts finance sales support council parishcouncil
bookings events allotments highways customerservices customer.services democratic.services
"""
_OFFICES = frozenset(_OF_OFFICES.split())
"""Names before the @ that every organisation has."""


def is_slip(address: str, known: str) -> bool:
    """Whether an address, in canonical form, is probably `known` with a slip of the fingers in it.

    Colleagues with one surname and other initials are not, nor numbered mailboxes of an organisation.
    """
    if mailbox_of(address) == mailbox_of(known):
        return False
    local, known_local = address.rpartition("@")[0], known.rpartition("@")[0]
    domain, known_domain = domain_of(address), domain_of(known)
    if domain != known_domain:
        same = local == known_local and len(local) >= _SHORT and local not in _OFFICES
        return same and is_near(domain, known_domain)
    shortest = min(len(local), len(known_local))
    if shortest < _SHORT or {local, known_local} <= _OFFICES or _other_initial(local, known_local):
        return False
    if _DIGITS.sub("", local) == _DIGITS.sub("", known_local):
        return is_consumer(address) and distance(local, known_local, 1) <= 1
    most = 2 if len(known_local) >= _LONG else 1
    return distance(local, known_local, most) <= most


def _other_initial(local: str, known: str) -> bool:
    """Whether they begin with other letters, or differ in a word of one letter."""
    words, known_words = _WORDS.split(local), _WORDS.split(known)
    if len(words) != len(known_words):
        return False
    different = [(one, other) for one, other in zip(words, known_words, strict=True) if one != other]
    if any(len(one) == len(other) == 1 for one, other in different):
        return True
    return local[0] != known[0] and local[1:] == known[1:]
