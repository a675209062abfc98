"""A copy goes into the sender's own mailbox in the council's own domains, or nowhere."""

from __future__ import annotations

from datetime import date

import pytest

from config.council import Council
from gateway.sent.whose import mailbox_of

DAY = date(2026, 5, 11)
COUNCIL = Council.model_validate(
    {
        "id": "nether",
        "name": "Nether",
        "domains": ["nether.example", "nether.cymru"],
        "people": [
            {
                "login": "jo@nether.example",
                "name": "Jo",
                "identities": [
                    {"address": "cllr.jo@nether.example"},
                    {"address": "office@nether.example", "kind": "shared"},
                ],
            },
            {
                "login": "clerk@upper.example",
                "name": "Clerk of two",
                "identities": [
                    {"address": "office@nether.example", "kind": "shared"},
                    {"address": "old@nether.example", "until": "2025-01-01"},
                    {"address": "minutes@nether.example", "kind": "alias"},
                    {"address": "clerk@nether.cymru", "from": "2025-01-02"},
                ],
            },
            {
                "login": "temp@upper.example",
                "name": "Temp",
                "identities": [{"address": "office@nether.example", "kind": "shared"}],
            },
        ],
    }
)


@pytest.mark.parametrize(
    ("login", "mailbox"),
    [
        ("jo@nether.example", "jo@nether.example"),
        # A mailbox of another council's is never opened for this one's mail.
        ("clerk@upper.example", "clerk@nether.cymru"),
        ("temp@upper.example", None),
        # Gone since: the login was the mailbox, and is still in the council's domains.
        ("gone@nether.example", "gone@nether.example"),
        ("gone@upper.example", None),
    ],
)
def test_whose(login, mailbox):
    assert mailbox_of(COUNCIL, login, DAY) == mailbox
