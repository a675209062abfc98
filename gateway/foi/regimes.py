"""The laws under which information is asked for, and what each says about time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Regime(StrEnum):
    """A law under which a request is answered."""

    FOIA = "foia"
    EIR = "eir"
    SAR = "sar"


@dataclass(frozen=True)
class Terms:
    """What a regime that counts in working days says; each with the provision that says it."""

    name: str
    receipt: str
    clarification: str
    fee: str
    extension: str
    review: str
    review_days: int
    review_statutory: bool


TERMS = {
    Regime.FOIA: Terms(
        name="the Freedom of Information Act 2000",
        receipt="FOIA s.10(1)",
        clarification="FOIA s.1(3) and s.10(6)(b)",
        fee="FOIA s.10(2)",
        extension="FOIA s.10(3)",
        review="section 45 Code of Practice, part 5",
        review_days=20,
        review_statutory=False,
    ),
    Regime.EIR: Terms(
        name="the Environmental Information Regulations 2004",
        receipt="EIR reg 5(2)",
        clarification="EIR reg 9(2) and (4)",
        fee="EIR reg 8(6)",
        extension="EIR reg 7(1)",
        review="EIR reg 11(4)",
        review_days=40,
        review_statutory=True,
    ),
}
"""A subject access request counts in months and is in a module of its own."""

ANSWER_WITHIN = 20
"""Working days under FOIA s.10(1) and EIR reg 5(2)."""

EXTENDED_TO = 40
"""Working days under EIR reg 7(1). Under FOIA there is no number, but the section 45 Code speaks of 20 more."""

REVIEW_ASKED_WITHIN = 40
"""Working days that a requester has to ask for a review: EIR reg 11(2); under FOIA only the Code's practice."""

FEE_MONTHS = 3
"""FOIA s.9(2): beginning with the day on which the fees notice is given."""

CHARGE_DAYS = 60
"""EIR reg 8(5): working days after the notification of the charge."""

NAMES = {
    Regime.FOIA: TERMS[Regime.FOIA].name,
    Regime.EIR: TERMS[Regime.EIR].name,
    Regime.SAR: "the right of access (UK GDPR Article 15)",
}
