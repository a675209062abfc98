"""Text made to take long."""

from __future__ import annotations

import time

import pytest

from tests.unit.filters.solicitation.test_cases import ELECTION, VILLAGE
from tests.unit.filters.table import looked_at

PIECES = [
    "vote for ", "vote for the the the the ", "i have one ", "i have ", "for sale ", "forward it to ", "my my ", "promoted by ",
    "cllr one two ", "cllr one two three four five six seven eight said", "the council ", "standing as a ", "“vote for me ",
    "i am standing and i am ", "virus tell ", "labour ", "canvassing of x ", "it is not for sale i have it for sale ", "vote\n",
    "for every person x ", "please vote no ", "i offer cleaning x ", "while stocks last. ", "'vote labour ", "* * * ", "ono ",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_the_length_of_the_text_only(piece):
    def seconds(size: int) -> float:
        case = {"says": (piece * (size // len(piece) + 1))[:size], "to": [VILLAGE]}
        best = 9.0
        for _ in range(2):
            started = time.process_time()
            looked_at(case, ELECTION)
            best = min(best, time.process_time() - started)
        return best

    long = seconds(100_000)
    assert long < 2
    assert long < 8 * seconds(25_000) + 0.1
