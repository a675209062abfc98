"""The checks that a policy may speak of: what each is for, and what of it a council may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Threshold:
    """A whole number that a council may choose: the default, the least and the most; `says` what it is."""

    default: int
    least: int
    most: int
    says: str


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that a council may turn on or off."""

    default: bool
    says: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A check as policies know it. `verdicts` are the words of those that it may have, the default first.

    One that is not `built` yet may be named by a clause that waits for it, and by nothing else.
    """

    says: str
    verdicts: tuple[str, ...] = ("hold", "refuse", "ask", "note")
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    switches: Mapping[str, Switch] = field(default_factory=dict)
    built: bool = True


_BCC = {"bcc": Switch(True, "who is asked may answer that recipients are moved to Bcc")}

KINDS: Mapping[str, Kind] = {
    "sender_identity": Kind(
        "Each person writes in their own name and from their own addresses.",
        ("refuse", "hold", "ask", "note"),
    ),
    "signature": Kind("The agreed signature is written into each message."),
    "waiver": Kind("The waiver is written into each message."),
    "forwarding": Kind(
        "Council mail goes to personal addresses with the Clerk's consent only.",
        switches={
            "second_person": Switch(
                False, "what the Clerk sends to a private address of their own needs another officer's word"
            )
        },
    ),
    "reply_all": Kind(
        "A reply to many people is thought over once more.",
        ("ask", "hold", "note"),
        {"recipients": Threshold(6, 2, 1000, "from how many recipients on")},
        _BCC,
    ),
    "large_list": Kind(
        "A new message to many people is thought over once more, unless it goes to an approved list.",
        ("ask", "hold", "note"),
        {"recipients": Threshold(10, 2, 10_000, "from how many recipients on")},
        _BCC,
    ),
    "exposure": Kind(
        "People outside the council are not shown each other's private addresses.",
        ("ask", "hold", "note"),
        {"recipients": Threshold(3, 2, 1000, "from how many private addresses on that see each other")},
        _BCC,
    ),
    "trail": Kind(
        "Who is new to a conversation is not sent other people's words and addresses with it.",
        ("ask", "hold", "note"),
    ),
    "recipients": Kind("The addresses are the right ones.", ("ask", "hold", "note")),
    "clerk_copy": Kind(
        "Official mail comes from the Clerk or is copied to the Clerk: with the verdict note the copy is added, "
        "with ask the sender is asked.",
        ("note", "ask"),
    ),
    "moderation": Kind("Official mail to the outside waits for a moderator.", ("hold",)),
    "missing_attachment": Kind("What is said to be attached is attached.", ("ask", "note")),
    "authority": Kind("What binds the Council, or instructs for it, comes from the Clerk.", built=False),
    "personal_data": Kind("Personal data does not go out unthought of.", built=False),
    "secrets": Kind("Passwords and keys do not go by mail.", built=False),
    "confidential": Kind("Confidential business goes by approved systems only.", built=False),
    "language": Kind("Mail is polite.", built=False),
    "spelling": Kind("Mail is spelt well.", built=False),
    "naming": Kind("Individuals are named with their permission.", built=False),
    "attachments": Kind("Attachments are what they say, and safe.", built=False),
    "malware": Kind("Nothing harmful is sent.", built=False),
    "solicitation": Kind("No chain letters, advertisements or political campaigning.", built=False),
    "report": Kind("Anyone may report a message to the Clerk.", built=False),
}
"""All of them. Those not built yet wait for the content checks."""


def threshold(check: str, chosen: Mapping[str, int], key: str) -> int:
    """The threshold `key` of a check as `chosen` has it, else its default. Raises KeyError for an unknown one."""
    return chosen.get(key, KINDS[check].thresholds[key].default)


def switch(check: str, chosen: Mapping[str, bool], key: str) -> bool:
    """The switch `key` of a check as `chosen` has it, else its default. Raises KeyError for an unknown one."""
    return chosen.get(key, KINDS[check].switches[key].default)
