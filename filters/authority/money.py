"""Whether a text speaks of money, or of what is bought and paid for."""

from __future__ import annotations

import re

_MONEY = re.compile(r"[£€]\s?\d|\b\d[\d,.]*\s?(?:pounds|quid|gbp|grand|pence|p\b)", re.IGNORECASE)
_TRADE = re.compile(
    r"[£€]\s?\d|\b(?:invoices?|quot(?:e|ed|es|ation|ations)|estimate|tender|purchase order|bills?"
    r"|accounts?|your price|your rate|contract|per hour|deposit)\b",
    re.IGNORECASE,
)


def names_money(text: str) -> bool:
    """Whether a sum of money is named."""
    return _MONEY.search(text) is not None


def speaks_of_trade(text: str) -> bool:
    """Whether there is talk of money, of an invoice, a quotation, a contract or an account."""
    return _TRADE.search(text) is not None
