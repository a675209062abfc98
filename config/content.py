"""What a council tells the content checks: words and details that are its own, published, or never to go out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from pydantic import Field, model_validator

from config.base import Address, Day, Domain, Frozen, Line
from config.errors import Complaint, Faults

Words = tuple[Line, ...]


class PreElection(Frozen):
    """A pre-election period, first and last day included. The Clerk sets it; nothing is guessed."""

    from_: Day = Field(alias="from")
    until: Day
    name: Line = "pre-election period"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.from_:
            raise Faults([Complaint("until", str(self.until), f"a day from {self.from_} on")])
        return self


class ContentRules(Frozen):
    """What the checks on what is written go by, beside the policy.

    `published`: details that anybody may know (the council's telephone numbers, the postcode of the hall, an
    officer's address at work), as written anywhere; they are no personal data. `watch_list`: titles and phrases of
    confidential business. `secure_domains`: recipients' domains that the council has approved for confidential
    papers. `rude_words` and `polite_words` add to and take from the list of bad language. `spelling_words` are spelt
    well. `binding_phrases`: phrases that bind the council here, whatever the grammar makes of them, and
    `harmless_phrases` never do. `pre_election`: when the Clerk says that one is. `report_address`: where anybody
    here sends on what they want looked at.
    """

    published: Words = Field(default=(), max_length=2000)
    watch_list: Words = Field(default=(), max_length=1000)
    secure_domains: tuple[Domain, ...] = Field(default=(), max_length=1000)
    rude_words: Words = Field(default=(), max_length=1000)
    polite_words: Words = Field(default=(), max_length=1000)
    spelling_words: Words = Field(default=(), max_length=5000)
    binding_phrases: Words = Field(default=(), max_length=500)
    harmless_phrases: Words = Field(default=(), max_length=500)
    pre_election: tuple[PreElection, ...] = Field(default=(), max_length=100)
    report_address: Address | None = None


def faults_of_content(
    content: ContentRules, taken: frozenset[str], domains: tuple[str, ...], *, reports: bool = False
) -> Iterator[Complaint]:
    """What is wrong with it beside the rest of a council's file. `taken` are addresses that are somebody's; `reports`
    is whether the check `report` is in force, which is nothing without an address to report to.
    """
    address = content.report_address
    if address is None:
        if reports:
            wanted = f"an address of nobody's own in the council's domains ({', '.join(domains)}) to report messages to"
            yield Complaint("content.report_address", "nothing, where the check report is in force", wanted)
        return
    if address.rpartition("@")[2] not in domains:
        wanted = f"an address in the council's own domains ({', '.join(domains)})"
        yield Complaint("content.report_address", address, wanted)
    elif address in taken:
        yield Complaint(
            "content.report_address", f"{address}, which is somebody's", "an address of nobody's own"
        )
