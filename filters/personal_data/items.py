"""What is found in a text: which kind of personal data, where, and what of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of personal data, by the name that the engine has for it."""

    NINO = "UK_NINO"
    NHS = "UK_NHS"
    PASSPORT = "UK_PASSPORT"
    LICENCE = "UK_DRIVING_LICENCE"
    CARD = "CREDIT_CARD"
    IBAN = "IBAN_CODE"
    BANK = "UK_BANK_ACCOUNT"
    UTR = "UK_UTR"
    BIRTH = "DATE_OF_BIRTH"
    NAME = "PERSON"
    ADDRESS = "STREET_ADDRESS"
    POSTCODE = "UK_POSTCODE"
    PHONE = "PHONE_NUMBER"
    EMAIL = "EMAIL_ADDRESS"
    VEHICLE = "UK_VEHICLE_REGISTRATION"
    IP = "IP_ADDRESS"
    MAC = "MAC_ADDRESS"
    COOKIE = "COOKIE_IDENTIFIER"
    COUNCIL_TAX = "COUNCIL_TAX_REFERENCE"
    PLOT = "ALLOTMENT_REFERENCE"


CALLED = {
    Kind.NINO: ("a National Insurance number", "National Insurance numbers"),
    Kind.NHS: ("an NHS number", "NHS numbers"),
    Kind.PASSPORT: ("a passport number", "passport numbers"),
    Kind.LICENCE: ("a driving licence number", "driving licence numbers"),
    Kind.CARD: ("the number of a payment card", "numbers of payment cards"),
    Kind.IBAN: ("an international bank account number", "international bank account numbers"),
    Kind.BANK: ("somebody's bank details", "sets of bank details"),
    Kind.UTR: ("a taxpayer reference", "taxpayer references"),
    Kind.BIRTH: ("a date of birth", "dates of birth"),
    Kind.ADDRESS: ("a home address", "home addresses"),
    Kind.POSTCODE: ("a postcode", "postcodes"),
    Kind.PHONE: ("a telephone number", "telephone numbers"),
    Kind.EMAIL: ("a private e-mail address", "private e-mail addresses"),
    Kind.VEHICLE: ("the registration of a vehicle", "registrations of vehicles"),
    Kind.IP: ("an IP address", "IP addresses"),
    Kind.MAC: ("a device's address", "devices' addresses"),
    Kind.COOKIE: ("a cookie identifier", "cookie identifiers"),
    Kind.COUNCIL_TAX: ("a council tax reference", "council tax references"),
    Kind.PLOT: ("an allotment plot", "allotment plots"),
}
"""How people call one, and several of them."""

ALONE = (
    Kind.NINO,
    Kind.NHS,
    Kind.PASSPORT,
    Kind.LICENCE,
    Kind.CARD,
    Kind.IBAN,
    Kind.BANK,
    Kind.UTR,
    Kind.BIRTH,
)
"""What is sensitive by itself."""

ACCOUNTS = frozenset({Kind.IBAN, Kind.BANK})

DETAILS = (
    Kind.ADDRESS,
    Kind.POSTCODE,
    Kind.PHONE,
    Kind.EMAIL,
    Kind.VEHICLE,
    Kind.IP,
    Kind.MAC,
    Kind.COOKIE,
    Kind.COUNCIL_TAX,
    Kind.PLOT,
)
"""What says where somebody lives or how they are reached, or leads to them in a register."""

PRIVATE = frozenset({Kind.ADDRESS, Kind.POSTCODE, Kind.EMAIL, Kind.IP, Kind.MAC, Kind.COOKIE})
"""Of these, what no business mail gives of somebody."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something found: of which kind, where in its text it begins and ends, and the characters there."""

    kind: Kind
    start: int
    end: int
    text: str
