"""`docs/message-classes.md`, from `config/message_class.py`."""

from __future__ import annotations

from config.message_class import CHOICES, Fallback, MessageClass
from docs.table import table

_HEAD = """# Messages that cannot simply be signed

Generated from `config/message_class.py` by `make docs`; change it there.

Signature and waiver are written into the author's text. Some messages have none that may be changed. For each class
of them the council chooses, in `message_classes` of its policy, what is done ([signatures.md](signatures.md) shows
how):

"""

_FALLBACKS = {
    Fallback.SIGN: "the text that can be written into is, and everything else stays as it is; where there is no such "
    "text, as `record`",
    Fallback.WRAP: "the message stands whole, byte for byte, as the first part of a new one, and signature and waiver "
    "in a text part behind it, so that what was signed still verifies",
    Fallback.RECORD: "it is sent as it came; that it goes without is recorded",
    Fallback.HOLD: "the Clerk decides; when it is released it leaves as it came, and that is recorded",
    Fallback.REFUSE: "it is not taken, and its author is told why",
}

_KNOWN_BY = {
    MessageClass.SMIME_SIGNED: "S/MIME, signed: `multipart/signed`, or `application/pkcs7-mime` with signed data, "
    "without other text of the author's beside it",
    MessageClass.SMIME_ENCRYPTED: "S/MIME, encrypted or otherwise enveloped: `application/pkcs7-mime`",
    MessageClass.PGP_SIGNED: "PGP/MIME, signed: `multipart/signed` with its protocol",
    MessageClass.PGP_ENCRYPTED: "PGP, encrypted: `multipart/encrypted`, or a text with `BEGIN PGP MESSAGE`",
    MessageClass.PGP_INLINE: "a text signed in itself (`BEGIN PGP SIGNED MESSAGE`). `sign` writes below the end of "
    "the PGP signature, and never where the signed text would have to be put into another character set",
    MessageClass.CALENDAR: "invitations and answers to them (`text/calendar`). `sign` writes into the text beside",
    MessageClass.TNEF: "Outlook's own format (`winmail.dat`). `sign` writes into the text that goes with it, which "
    "people who use Outlook may not see; that is noted",
    MessageClass.DELIVERY_REPORT: "delivery reports (`multipart/report`), and whatever else has the null sender",
    MessageClass.READ_RECEIPT: "read receipts (`message/disposition-notification`)",
    MessageClass.OUT_OF_OFFICE: "automatic replies: `Auto-Submitted: auto-replied`, `X-Autoreply`, `Precedence: "
    "auto_reply`; of Exchange, by the subject too. What a machine sends of itself otherwise (a scanner) is ordinary mail",
    MessageClass.LIST_POST: "posts that a mailing list sends on: `List-Id`, `List-Post`, `Precedence: list`",
    MessageClass.OVERSIZE: "larger than the host's limit `limits.signed_bytes`",
    MessageClass.UNKNOWN_CHARSET: "a text that cannot be read without a doubt: its character set is unknown or wrong, "
    "its transfer encoding unknown or broken",
}

_TAIL = """
The first that fits counts, in the order: written by a machine, too large, sealed, calendar or `winmail.dat`, from a
list; the text itself is looked at last. A message that is another's and is sent on as it is (`Resent-From`) has no
class: it goes as it came, which is recorded as `resent`.

What goes without a waiver that it should have is counted (`vestry_messages_without_waiver_total`, by council and
class), listed (`vestry archive list --without-waiver`) and in the findings on the message. Nothing goes without in
silence: when signature or waiver could not be written for any other reason, the message could not be checked, and is
held where the check is enforced.
"""


def page() -> str:
    """The whole page."""
    meanings = table(["Choice", "What is done"], [[f"`{each}`", _FALLBACKS[each]] for each in Fallback])
    rows = [
        [
            f"`{each}`",
            _KNOWN_BY[each],
            f"`{CHOICES[each].default}`",
            ", ".join(f"`{fallback}`" for fallback in Fallback if fallback in CHOICES[each].allowed),
        ]
        for each in MessageClass
    ]
    classes = table(["Class", "What it is", "Where nothing is chosen", "May be chosen"], rows)
    return f"{_HEAD}{meanings}\n\n{classes}\n{_TAIL}"
