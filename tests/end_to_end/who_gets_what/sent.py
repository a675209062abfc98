"""A message that was sent to the house, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from config.address import canonical
from filters.finding import Decision, Finding
from gateway.archive.versions import as_sent
from gateway.demo.upstream import Delivered
from gateway.store import archive
from tests.end_to_end.who_gets_what.letters import message_id
from tests.installation import until

if TYPE_CHECKING:
    from tests.end_to_end.who_gets_what.house import House

HELD = "held"


@dataclass(frozen=True, eq=False, repr=False)
class Sent:
    """A message that was sent to the house: how, and the reply."""

    house: House
    raw: bytes
    login: str
    recipients: tuple[str, ...]
    blind: tuple[str, ...]
    code: int
    reply: str

    @cached_property
    def id(self) -> str:
        """Its queue id; where it was refused, that of the record."""
        before = "queued as " if self.code == 250 else "Ref "
        return self.reply.partition(before)[2].split(",")[0].split()[0]

    @cached_property
    def subject(self) -> str:
        return str(message_from_bytes(self.raw)["Subject"])

    @property
    def _row(self) -> Any:
        council = self.house.installation.council.id
        return self.house.database.read_blocking(lambda c: archive.message(c, council, self.id))

    @property
    def state(self) -> str:
        return str(self._row.state)

    @property
    def decisions(self) -> list[Any]:
        """The decisions on it: the policy's, and then people's."""
        council = self.house.installation.council.id
        return self.house.database.read_blocking(lambda c: archive.decisions(c, council, self.id))

    @cached_property
    def decision(self) -> Decision:
        """What the policy found when it came in."""
        return Decision.model_validate_json(self.decisions[0].findings)

    @property
    def told(self) -> str:
        """All findings, for a test that fails."""
        return "\n".join(
            f"{each.check} {each.verdict.word}: {each.reason}" for each in self.decision.findings
        )

    @property
    def checks(self) -> set[str]:
        """The checks that have something against it, or ask."""
        return {each.check for each in self.decision.findings if each.need is not None}

    def finding(self, check: str) -> Finding:
        """What the check found, which must be one thing that stops the message and names its clause."""
        found = [each for each in self.decision.findings if each.check == check and each.need is not None]
        assert len(found) == 1, self.told
        assert not found[0].incomplete, self.told
        assert found[0].clause == self.house.council.policy.checks[check].clause
        return found[0]

    def note(self, check: str) -> Finding:
        """What the check noted and did not stop."""
        [found] = [each for each in self.decision.findings if each.check == check and each.need is None]
        return found

    def is_waiting(self, needs: Iterable[str] = ("clerk",)) -> None:
        """It was taken with 250 and waits for these words; its sender has been told, and nothing has left."""
        assert self.code == 250, self.reply
        assert {need.value for need in self.decision.needs} == set(needs), self.told
        waiting = "held for the Clerk" if "clerk" in needs else "waiting for its sender's word"
        assert self.reply == f"2.0.0 Ok: queued as {self.id}, {waiting}"
        assert self.state == HELD
        assert self.id in self.house.listed()
        notice = self.notice()
        for finding in self.decision.findings:
            if finding.need is not None:
                assert _without_addresses(finding.reason) in _without_addresses(notice)
                assert str(finding.clause) in notice
        # The notice left after the message would have, so whatever of it leaks has leaked by now.
        assert self.copies == []

    def arrives(self) -> Delivered:
        """Wait until it is with the upstream, once and for all its recipients and those whom policy adds."""
        until(lambda: self.copies)
        [copy] = self.copies
        added = {
            each.text for finding in self.decision.findings for each in finding.evidence if _adds(finding)
        }
        meant = {canonical(each) for each in self.recipients} | added
        assert {canonical(each) for each in copy.recipients} == meant
        council = self.house.installation.council.id
        # The bytes are on record before the upstream has said that it took them.
        assert self.house.database.read_blocking(lambda c: as_sent(c, council, self.id)) == copy.content
        return copy

    @property
    def copies(self) -> list[Delivered]:
        """What the upstream has of it."""
        own = message_id(self.raw)
        return [each for each in self.house.upstream.delivered() if message_id(each.content) == own]

    @property
    def notices(self) -> list[Delivered]:
        """What the upstream has of what was told about it."""
        found = (each for each in self.house.upstream.delivered() if each.mail_from == "")
        return [each for each in found if f"Reference: {self.id}" in _text(each)]

    def notice(self) -> str:
        """What its sender was told at once, in one line; at the sender's own address and nowhere else."""
        until(lambda: self.notices)
        first = self.notices[0]
        assert first.recipients == (self.house.address(self.login),)
        return " ".join(_text(first).split())


def _without_addresses(text: str) -> str:
    """The words of a text in one line. Addresses that the sender did not write to are masked in notices."""
    return " ".join(word for word in text.split() if "@" not in word and "…" not in word)


def _adds(finding: Finding) -> bool:
    return finding.check == "clerk_copy" and finding.need is None


@lru_cache(4096)
def _text(delivered: Delivered) -> str:
    body = message_from_bytes(delivered.content, policy=default).get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
