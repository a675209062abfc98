"""Whatever people do to a held message, in whatever order: nothing leaves without every word, nothing leaves twice, and
whoever was left out is in no departure and named in no header, whoever was moved to Bcc in no header.
"""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filters.finding import Need
from gateway.archive.verify import verify
from gateway.holds import decisions
from gateway.holds.answers.options import Choice, Option, change_of
from gateway.holds.asking import ask_consent, ask_second_review
from gateway.holds.change import UNCHANGED, Change
from gateway.holds.claiming import claim
from gateway.holds.returning import return_for_amendment
from gateway.store import again, archive
from gateway.store.errors import Conflict
from signatures.message.scanner import scan_parts
from tests.unit.holds.office import ANN, BOB, CHAIR, CLERK, DEPUTY, RESIDENT, replied

HOME = "cllr.a.home@gmail.com"
ALL = (RESIDENT, *(f"r{number}@x{number}.example" for number in range(1, 6)), HOME)
AUTHOR = 0

WHO = st.sampled_from([ANN, ANN, CLERK, DEPUTY, CHAIR, BOB])
NUMBERS = (
    st.lists(st.integers(0, len(ALL) - 1), min_size=1, max_size=len(ALL), unique=True).map(sorted).map(tuple)
)
CHOICES = st.one_of(
    st.sampled_from([Choice(Option.SEND), Choice(Option.ONLY_SENDER), Choice(Option.WITHOUT_TRAIL)]),
    st.builds(Choice, st.sampled_from([Option.LEAVE_OUT, Option.BCC]), NUMBERS),
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("release"), WHO, CHOICES),
        st.tuples(st.just("release"), WHO, CHOICES),
        st.tuples(
            st.sampled_from(["cancel", "return", "claim", "second", "consent", "as clerk", "stale"]),
            WHO,
            st.none(),
        ),
    ),
    max_size=6,
)


class Life:
    """One message and what is expected of it."""

    def __init__(self, office, message: str) -> None:
        self.office, self.message = office, message
        self.needs = {Need.SENDER, Need.CLERK}
        self.change = UNCHANGED
        self.ended = ""
        self.stale: decisions.Ready | None = None

    async def do(self, what: str, who: str, choice: Choice | None) -> None:
        try:
            await self._do(what, who, choice)
        except Conflict:
            return
        if what == "release":
            assert choice is not None
            self.change = self.change.also(self._chosen(choice))
            self.needs -= {Need.SENDER} if who == ANN else {Need.CLERK}
            if len(ALL) - 1 in self.change.left_out:
                self.needs -= {Need.CLERK}  # The hold was about nobody else.
            self.ended = "" if self.needs else "released"

    async def _do(self, what: str, who: str, choice: Choice | None) -> None:
        office, message, id = self.office, self.message, self.office.council.id
        match what:
            case "release":
                assert choice is not None
                if self.stale is None:
                    self.stale = await office.ready(message, who)
                before = self.ended
                await office.release(message, who, self._chosen(choice))
                assert not before
                assert who in {ANN, CLERK, DEPUTY}
            case "stale":
                if self.stale is not None and not self.change.nothing:
                    made = self.stale
                    await office.write(lambda c: decisions.release(c, id, message, office.act(who), made))
                    raise AssertionError("what had been made ready before a choice was taken after it")
            case "cancel":
                await office.write(lambda c: decisions.reject(c, id, message, office.act(who)))
                self.end("rejected")
            case "return":
                await office.write(lambda c: return_for_amendment(c, id, message, office.act(who, "Amend")))
                self.end("returned")
            case "as clerk":
                await office.send_as_clerk(message, who)
                self.end("returned")
            case "claim":
                await office.write(lambda c: claim(c, id, message, office.act(who)))
            case "second":
                await office.write(lambda c: ask_second_review(c, id, message, office.act(who)))
            case "consent":
                await office.write(lambda c: ask_consent(c, id, message, office.act(who)))

    def end(self, state: str) -> None:
        assert not self.ended
        self.ended = state

    def _chosen(self, choice: Choice) -> Change:
        return change_of(choice, len(ALL), AUTHOR)

    def check(self) -> None:
        assert self.office.state(self.message) == (self.ended or "held")
        left = self.office.left(self.message)
        assert len(left) == (self.ended == "released")
        out = {ALL[number] for number in self.change.left_out}
        blind = {ALL[number] for number in self.change.blind}
        for raw, to in left:
            assert not out & set(to)
            assert set(ALL) - out <= set(to)
            self._check_header(raw, out | blind)
        for row in self.office.database.read_blocking(
            lambda c: again.linked(c, self.office.council.id, self.message)
        ):
            for raw, to in self.office.left(row.id):
                assert not out & set(to)
                self._check_header(raw, out | blind)

    def _check_header(self, raw: bytes, unseen: set[str]) -> None:
        header = raw[: scan_parts(raw)[0].body]
        assert not any(address.encode() in header for address in unseen)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
def test_whatever_is_done_to_it(office, acts):
    async def live() -> None:
        raw = replied(RESIDENT, ", ".join(ALL[1:]), text=f"Thank you for this, {office.minutes}.")
        life = Life(office, await office.send(raw, *ALL))
        life.check()
        for what, who, choice in acts:
            await life.do(what, who, choice)
            life.check()

    asyncio.run(live())
    assert office.database.read_blocking(lambda c: list(verify(c, office.council.id))) == []
    assert office.database.read_blocking(lambda c: archive.unchained_decisions(c, office.council.id)) == []
