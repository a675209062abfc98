"""Whether a recipient is new to the earlier mail that a message carries."""

from __future__ import annotations

from collections import Counter

from config.consumer_domains import mailbox_of
from filters.context import Context
from filters.forwarding.carried import Carried
from filters.forwarding.private import Addresses, Ground, Private, own_mailboxes
from filters.forwarding.reach import Shown, Target
from filters.names import folded, spelt_out, words
from signatures.message.anatomy import Anatomy
from signatures.message.carried.kinds import Prefix

_NOBODY = frozenset(
    {
        "noreply",
        "donotreply",
        "wordpress",
        "website",
        "webmaster",
        "webform",
        "contactform",
        "forms",
        "mailer",
    }
)
"""What web sites call themselves, written without hyphens and dots."""


class Newness:
    """What a message tells of who took part in the mail that it carries.

    Three things may stand in for an address that is not told, each in a reply alone and never for an address that a
    member has declared, or that bears a member's name:

    - the name: the quote says "John Smith wrote:" and a recipient is shown as John Smith, or with no name at
      `john.smith@`. A name stands for one recipient; where two are shown with it, for none.
    - being the only one in To of a reply of which nothing is known: telephones quote with `>` and no word about
      who wrote, and a reply out of the office to a resident would be held every time.
    - being the only one in To, and told in the words of a message that no person wrote: what comes in by the form on
      the council's web site comes from the site, and whom to answer stands in its text.
    """

    def __init__(self, anatomy: Anatomy, context: Context, addresses: Addresses, shown: Shown) -> None:
        marks = anatomy.marks
        answers = marks.replies or marks.threaded or marks.prefix is Prefix.REPLY
        self._reply = answers and marks.prefix is not Prefix.FORWARD and not marks.forwards
        self._addresses = addresses
        self._shown = shown
        self._told = frozenset(map(mailbox_of, anatomy.trail_addresses))
        self._council = context.council
        self._own = own_mailboxes(context.council, context.sender)
        self._own_name = {frozenset(words(folded(context.sender.name)))} if context.sender else set()
        self._parents_known = bool(context.answers.parents)
        self._alone = anatomy.to[0].address if len(anatomy.to) == 1 else ""
        # The same person may stand in To and in Cc; another with the same name is another.
        written = {target.address for target in anatomy.recipients if target.address}
        self._bearers = Counter(self._name_of(address) for address in written)

    def is_new(self, target: Target, private: Private, piece: Carried) -> bool:
        """Whether somebody at a private address had no part in a piece of what is carried."""
        if mailbox_of(target.address) in piece.people:
            return False
        if not self._reply or not piece.thread or not self._may_be_correspondent(target, private):
            return True
        answered = target.address == self._alone and (
            self._is_unknown(piece) or self._is_asker(target, piece)
        )
        return not (answered or self._is_named(target, piece))

    def _may_be_correspondent(self, target: Target, private: Private) -> bool:
        return (
            private.ground is not Ground.DECLARED
            and not target.through_list
            and not self._addresses.named_in(target.address)
            and not self._addresses.is_members_name(self._name_of(target.address))
        )

    def _is_named(self, target: Target, piece: Carried) -> bool:
        name = self._name_of(target.address)
        return bool(name) and name in piece.names and self._bearers[name] == 1

    def _is_unknown(self, piece: Carried) -> bool:
        """Whether nobody is told who took part but the sender, so that the only one in To can be whom it answers."""
        nobody = piece.names <= self._own_name and piece.people <= self._own
        return nobody and not self._parents_known

    def _is_asker(self, target: Target, piece: Carried) -> bool:
        """Whether a web form wrote what is quoted, and somebody's address into it."""
        asked = mailbox_of(target.address) in self._told
        return asked and bool(piece.written_by) and all(map(self._is_nobody, piece.written_by))

    def _is_nobody(self, address: str) -> bool:
        """Whether no person writes from an address: by its name, or as one of the council's that nobody has."""
        local, _, domain = address.rpartition("@")
        if "".join(filter(str.isalpha, local)) in _NOBODY:
            return True
        held = any(each.address == address for person in self._council.people for each in person.identities)
        return domain in self._council.domains and not held and self._council.list_at(address) is None

    def _name_of(self, address: str) -> frozenset[str]:
        return frozenset(words(folded(self._shown.name(address) or spelt_out(address))))
