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
    """A check as policies know it. `verdicts` are the words of those that it may have, the default first."""

    says: str
    verdicts: tuple[str, ...] = ("hold", "refuse", "ask", "note")
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    switches: Mapping[str, Switch] = field(default_factory=dict)


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
    "authority": Kind(
        "What binds the Council, or gives instructions for it, comes from the Clerk. What is certain has the verdict; "
        "of what is possible the sender is asked.",
        ("hold", "ask", "note"),
        {"possible": Threshold(60, 50, 99, "how sure, in percent, the model must be of what is possible")},
        {"ask_possible": Switch(True, "who writes what possibly binds the Council is asked")},
    ),
    "personal_data": Kind(
        "Personal data does not go out unthought of.",
        ("ask", "hold", "note"),
        {"people": Threshold(5, 2, 1000, "from how many people on a list of people is one")},
        {
            "basis": Switch(
                False, "a resident's details go on only with a recorded lawful basis, such as consent"
            ),
            "photographs": Switch(True, "who sends photographs to people outside the council is asked"),
        },
    ),
    "secrets": Kind("Passwords and keys do not go by mail.", ("ask", "hold", "note")),
    "confidential": Kind(
        "Confidential business goes to approved systems only.",
        ("hold", "ask", "refuse", "note"),
        switches={"labels": Switch(True, "sensitivity labels in the header count as markings")},
    ),
    "language": Kind(
        "Mail is polite. Threats and discriminatory terms are held where the policy says so; all else is asked about.",
        ("ask", "note"),
        {"capitals": Threshold(3, 2, 50, "from how many words in capitals on a run of them is shouting")},
        {
            "hold_threats": Switch(True, "threats and discriminatory terms are held for the Clerk"),
            "shouting": Switch(True, "words in capitals are looked for"),
            "red": Switch(True, "words in red are looked for"),
        },
    ),
    "spelling": Kind(
        "Mail is spelt well.",
        ("note",),
        {"mistakes": Threshold(3, 1, 100, "from how many different words on that are spelt wrongly")},
    ),
    "naming": Kind("Individuals are named with their permission.", ("note", "ask")),
    "attachments": Kind(
        "Attachments are what they say, and safe.",
        ("hold", "refuse", "ask", "note"),
        {
            "megabytes": Threshold(
                20, 1, 1000, "from how many megabytes on attachments together are too large"
            )
        },
        {
            "macros": Switch(True, "documents with macros are looked for"),
            "locked": Switch(True, "what is encrypted is looked for, as nobody can check it"),
            "passed_on": Switch(True, "who passes on attachments that came from outside is asked"),
        },
    ),
    "malware": Kind(
        "Nothing harmful is sent.",
        ("refuse", "hold"),
        switches={
            "pass_unscanned": Switch(False, "mail passes, with a note, while the scanner cannot be reached")
        },
    ),
    "solicitation": Kind("No chain letters, advertisements or political campaigning.", ("ask", "note")),
    "report": Kind("Anyone may report a message to the Clerk.", ("note",)),
}
"""All of them."""


def threshold(check: str, chosen: Mapping[str, int], key: str) -> int:
    """The threshold `key` of a check as `chosen` has it, else its default. Raises KeyError for an unknown one."""
    return chosen.get(key, KINDS[check].thresholds[key].default)


def switch(check: str, chosen: Mapping[str, bool], key: str) -> bool:
    """The switch `key` of a check as `chosen` has it, else its default. Raises KeyError for an unknown one."""
    return chosen.get(key, KINDS[check].switches[key].default)
