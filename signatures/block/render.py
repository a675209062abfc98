"""A council's agreed signature and waiver for one person, one address, one capacity and one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from config.capacity import Capacity
from config.council import Council, Person
from config.policy import WaiverPosition
from signatures.block.choice import Writer, chosen
from signatures.block.compose import LOGO_CID, Logo, check_personal, composed, logo_for
from signatures.block.defaults import SIGNATURES, WAIVERS
from signatures.block.earlier import earlier
from signatures.block.fields import fields_of
from signatures.block.refused import TemplateError
from signatures.block.template import Piece

__all__ = ["LOGO_CID", "Block", "Logo", "Piece", "TemplateError", "render"]


@dataclass(frozen=True, slots=True)
class Block:
    """What is to be written into a message, and what of the sender's may already stand there.

    `logo` is there when the signature's HTML shows it, as `cid:` and LOGO_CID. `versions` names what was used,
    for the record. `earlier` are this person's agreed signatures in this and every earlier version.
    """

    signature: Piece | None
    waiver: Piece | None
    logo: Logo | None
    waiver_position: WaiverPosition
    versions: tuple[str, ...]
    earlier: tuple[Piece, ...]


def render(
    council: Council, person: Person | None, identity_address: str, capacity: Capacity, today: date
) -> Block:
    """Signature and waiver for mail that `person` sends from an address. Raises TemplateError.

    Where nobody is known to send there is no signature, and the waiver is that for everyone.
    """
    roles = person.roles_on(today) if person else frozenset()
    writer = Writer(person.login if person else "", identity_address, roles, capacity)
    values = fields_of(council, person, identity_address, roles)
    book = council.signatures
    agreed, variant = chosen(book.agreed, SIGNATURES, writer, today)
    waivers, waiver_variant = chosen(book.waivers, WAIVERS, writer, today)
    logo = logo_for(council, capacity)
    image = logo.image if logo else ""
    signature = composed(variant, book.language, values, image) if person else None
    waiver = composed(waiver_variant, book.language, values, "")
    if capacity is Capacity.PERSONAL:
        check_personal(council, signature)
        check_personal(council, waiver)
    used = [f"signature {agreed.version}"] if signature else []
    used += [f"waiver {waivers.version}"] if waiver else []
    return Block(
        signature=signature,
        waiver=waiver,
        logo=logo if image and signature and image in signature.html else None,
        waiver_position=council.policy.waiver_position,
        versions=tuple(used),
        earlier=earlier(council, person, identity_address, today) if person else (),
    )
