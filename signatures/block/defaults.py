"""The texts that stand where a council has agreed none of its own. The wording is ours.

No text has closing words ("Kind regards"): a name that is put under them by itself can be taken for the
sender's own signature on what stands above (Neocleous v Rees [2019] EWHC 2462 (Ch)). For the same reason
everyone but the officers signs with identity and role, and a line on who may not contract.
"""

from __future__ import annotations

from datetime import date

from config.capacity import Capacity
from config.council import Role
from config.signature import Variant, Version

_FIRST_DAY = date.min
_OFFICERS = (Role.CLERK, Role.LOCUM, Role.DEPUTY, Role.FOI_OFFICER, Role.STAFF)

_NAME = "{{ name }}{% if pronouns %} ({{ pronouns }}){% endif %}\n"

_OFFICER = (
    _NAME
    + """{{ title or role }}
{{ council }}
{{ address }}
Telephone: {{ phone or council_phone }}
Email: {{ email }}
Office hours: {{ hours }}
{{ website }}"""
)
_OFFICER_CY = (
    _NAME
    + """{{ title_cy or role_cy }}
{{ council_cy }}
{{ address_cy }}
Ffôn: {{ phone or council_phone }}
E-bost: {{ email }}
Oriau swyddfa: {{ hours_cy }}
{{ website }}"""
)
_OFFICER_BOTH = (
    _NAME
    + """{{ title_cy or role_cy }} / {{ title or role }}
{{ council_cy }}{% if council_cy != council %} / {{ council }}{% endif %}
{{ address_cy }}
{% if address_cy != address %}
{{ address }}
{% endif %}
Ffôn / Telephone: {{ phone or council_phone }}
E-bost / Email: {{ email }}
Oriau swyddfa / Office hours: {{ hours_cy }}{% if hours_cy != hours %} / {{ hours }}{% endif %}
{{ website }}"""
)
_NO_AUTHORITY = "The sender has no authority to enter into contracts for the Council."
_NO_AUTHORITY_CY = "Nid oes gan yr anfonwr awdurdod i ymrwymo i gontractau ar ran y Cyngor."
_MEMBERS_ROLE = "{{ role }}{% if role and ward %}, {% endif %}{{ ward }}"
_MEMBERS_ROLE_CY = "{{ role_cy }}{% if role and ward %}, {% endif %}{{ ward_cy }}"
_COUNCIL_BOTH = "{{ council_cy }}{% if council_cy != council %} / {{ council }}{% endif %}"
_MEMBER = f"{_NAME}{_MEMBERS_ROLE}\n{{{{ council }}}}\n{_NO_AUTHORITY}"
_MEMBER_CY = f"{_NAME}{_MEMBERS_ROLE_CY}\n{{{{ council_cy }}}}\n{_NO_AUTHORITY_CY}"
_MEMBER_BOTH = (
    f"{_NAME}{_MEMBERS_ROLE_CY} / {_MEMBERS_ROLE}\n{_COUNCIL_BOTH}\n{_NO_AUTHORITY_CY}\n{_NO_AUTHORITY}"
)
_VIEWS = (
    "The views in this message are personal. They are not the views of {{ council }}, and the sender does not "
    "write on its behalf."
)
_VIEWS_CY = (
    "Barn bersonol a fynegir yn y neges hon. Nid barn {{ council_cy }} mohoni, ac nid yw'r anfonwr yn ysgrifennu "
    "ar ei ran."
)

_MEANT = (
    "This message is meant for those it is addressed to. If it has reached you by mistake, please tell the sender "
    "and delete it."
)
_MEANT_CY = (
    "Bwriedir y neges hon ar gyfer y rhai y'i hanfonwyd atynt. Os ydych wedi ei derbyn drwy gamgymeriad, rhowch "
    "wybod i'r anfonwr a dilëwch hi."
)
_WAIVER = (
    _MEANT + " Only the Clerk, with the Council's authority, can make a contract or give an undertaking for "
    "{{ council }}; otherwise nothing in this message binds the Council. Messages sent from the Council's "
    "addresses are recorded, and may have to be disclosed if somebody asks for information that the Council holds."
)
_WAIVER_CY = (
    _MEANT_CY + " Y Clerc yn unig, gydag awdurdod y Cyngor, a all wneud contract neu roi ymrwymiad ar ran "
    "{{ council_cy }}; fel arall nid oes dim yn y neges hon yn rhwymo'r Cyngor. Cofnodir negeseuon a anfonir o "
    "gyfeiriadau'r Cyngor, ac efallai y bydd yn rhaid eu datgelu os bydd rhywun yn gofyn am wybodaeth sydd gan y "
    "Cyngor."
)


def _variant(
    english: str,
    welsh: str,
    both: str,
    roles: tuple[Role, ...] = (),
    capacity: Capacity | None = None,
) -> Variant:
    return Variant(text=english, text_cy=welsh, text_bilingual=both, roles=roles, capacity=capacity)


SIGNATURES = Version.model_construct(
    version="built-in-1",
    from_=_FIRST_DAY,
    variants=(
        _variant(_OFFICER, _OFFICER_CY, _OFFICER_BOTH, roles=_OFFICERS),
        _variant(_MEMBER, _MEMBER_CY, _MEMBER_BOTH),
        _variant(
            _NAME + _VIEWS, _NAME + _VIEWS_CY, f"{_NAME}{_VIEWS_CY}\n{_VIEWS}", capacity=Capacity.PERSONAL
        ),
    ),
)
"""Officers and staff; everyone else; personal views."""

WAIVERS = Version.model_construct(
    version="built-in-1",
    from_=_FIRST_DAY,
    variants=(
        _variant(_WAIVER, _WAIVER_CY, f"{_WAIVER_CY}\n\n{_WAIVER}"),
        _variant(_MEANT, _MEANT_CY, f"{_MEANT_CY}\n\n{_MEANT}", capacity=Capacity.PERSONAL),
    ),
)
