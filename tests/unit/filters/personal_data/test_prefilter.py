"""The paragraphs that are left out hold nothing that would have been found."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.policy import CheckPolicy
from filters.context import Envelope, Recipient
from filters.matter import Passage
from filters.personal_data import check, prefilter
from filters.personal_data.words import WORDS
from signatures.message.anatomy import read
from tests.ordinary import ordinary
from tests.unit.filters.letters import POLICY
from tests.unit.filters.people import context
from tests.unit.filters.personal_data.writing import JILL, council_with, documents

_NAMES = [
    "Mrs Pemberton",
    "Mr B. Tattersall",
    "Susan Hargreaves",
    "Oakes,Carol",
    "Revd Smith",
    "miss oakes",
    "the Clerk",
]
_DETAILS = [
    "14 Mill Lane", "3 Heol Fawr", "Rose Cottage, Church Lane", "9a ST JOHN'S ROAD", "WX1 2AB", "wx1 2ab", "SW1A 1AA",
    "07700 900123", "+44 7700 900123", "01632 960123", "a.b@gmail.com", "clerk@little.example", "x@BTINTERNET.com",
    "AB51 ABC", "203.0.113.7", "2001:db8::1", "2001:db8:0:0:0:0:0:1", "00:1A:2B:3C:4D:5E", "cookie id: 8f3a99c1d2e4b7",
    "_ga=GA1.2.123456.7890", "plot 12A", "allotment 4", "council tax account 71234567",
]  # fmt: skip
_NUMBERS = [
    "QQ123456C", "QQ 12 34 56 C", "QQ-12-34-56-C", "NHS number 999 000 0018", "9990000018", "passport AB1234567",
    "passport no 925665416", "MORGA657054SM9IJ", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111",
    "3782 822463 10005", "GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432", "DE89 3704 0044 0532 0130 00",
    "MT84 MALT 0110 0001 2345 MTLC AST0 01S", "sort code 20-00-00 account 55779911", "20-00-00 a/c 5577 9911",
    "account no 55779911, sort-code 200000", "UTR 12345 67890", "taxpayer reference 1234567890", "DOB 3/5/1951",
    "d.o.b. 3 May 1951", "date of birth: 1951-05-03", "born on 3rd May 1951",
]  # fmt: skip
_SAID = [phrase for each in (WORDS.grave, WORDS.mild) for _, phrases in each.about for phrase in phrases]
_PLAIN = [
    "The hall is open from 9 to 5.",
    "Thank you.",
    "24/01234/FUL",
    "on 12-05-26",
    "cost 1,250.00",
    "Smith & Sons Ltd",
]

pieces = st.one_of(*map(st.sampled_from, (_NAMES, _DETAILS, _NUMBERS, _SAID, _PLAIN)), st.text(max_size=6))
paragraphs = st.lists(
    st.tuples(pieces, st.sampled_from([" ", ", ", "\n", "; ", "\u00a0", ". "])).map("".join),
    min_size=1,
    max_size=8,
).map("".join)


def found(text: str, *, filtered: bool, basis: bool, attached: str | None = None) -> list[object]:
    raw = f"From: anne@little.example\nTo: {JILL}\nContent-Type: text/plain; charset=utf-8\n\n{text}".replace(
        "\n", "\r\n"
    )
    made = council_with(basis=basis)
    around = context(
        "anne",
        council=made,
        envelope=Envelope(
            mail_from="anne@little.example", recipients=(Recipient(address=JILL, canonical=JILL),)
        ),
        documents=documents(attached) if attached else None,
    )
    policy: CheckPolicy = made.policy.checks["personal_data"]
    return list(check(read(raw.encode("utf-8", "replace")), around, policy, filtered=filtered))


@settings(max_examples=150)
@given(st.lists(paragraphs, min_size=1, max_size=4).map("\n\n".join), st.booleans())
def test_what_is_left_out_would_have_given_nothing(text, basis):
    assert found(text, filtered=True, basis=basis) == found(text, filtered=False, basis=basis)


@pytest.mark.parametrize("number", _NUMBERS)
def test_each_number_is_looked_at_by_itself(number):
    (marked,) = prefilter.chosen([Passage("body", f"It is {number}.")], 5, basis=False)
    assert marked or number == "9990000018"


@pytest.mark.parametrize("kind", ["rows", "addresses"])
def test_a_list_in_small_pieces_is_looked_at(kind):
    names = ("Pember", "Tatter", "Oakes", "Dawlish", "Connel")
    if kind == "rows":
        rows = [f"Mrs {name}, {word} Cottage, Mill Lane" for name, word in zip(names, "ABCDE", strict=True)]
    else:
        rows = [f"{name}@gmail.com" for name in names]
    wanted = prefilter.chosen([Passage("body", row) for row in rows], 5, basis=False)
    assert all(wanted)


@pytest.mark.parametrize("each", ordinary(), ids=str)
def test_ordinary_mail_gives_the_same_either_way(each, little_wickham):
    anatomy = read(each.raw)
    to = tuple(Recipient(address=address, canonical=address) for address in each.to)
    around = context(
        council=little_wickham,
        person=each.login,
        envelope=Envelope(mail_from=each.mail_from, recipients=to),
    )
    for policy in (POLICY, POLICY.model_copy(update={"switches": {"basis": True}})):
        assert list(check(anatomy, around, policy)) == list(check(anatomy, around, policy, filtered=False))


ASKED = {
    "57-photograph-iphone": "A photograph or film goes",
    "59-resident-passed-to-district-outlook-new": "An earlier message that goes along goes to somebody outside",
}
"""What is asked about by the strictest policy, rightly: a photograph, and a resident's details that are passed on."""


@pytest.mark.parametrize("each", ordinary(), ids=str)
def test_ordinary_mail_is_let_be(each, little_wickham):
    to = tuple(Recipient(address=address, canonical=address) for address in each.to)
    envelope = Envelope(mail_from=each.mail_from, recipients=to)
    around = context(council=little_wickham, person=each.login, envelope=envelope)
    strict = POLICY.model_copy(update={"switches": {"basis": True}})
    found = [finding.reason for finding in check(read(each.raw), around, strict)]
    assert [reason[: len(ASKED.get(str(each), ""))] for reason in found] == (
        [ASKED[str(each)]] if str(each) in ASKED else []
    )


def test_ordinary_mail_costs_next_to_nothing(little_wickham):
    """Three tenths of a millisecond for each ordinary message, on a machine that does little else."""
    read_already = [(read(each.raw), each) for each in ordinary()]
    found(" ".join(_NUMBERS), filtered=False, basis=False)  # The engine is there.
    spent = []
    for _ in range(3):
        begun = time.process_time()
        for anatomy, each in read_already:
            to = tuple(Recipient.model_construct(address=one, canonical=one) for one in each.to)
            around = context(
                council=little_wickham, person=each.login, envelope=Envelope(mail_from="", recipients=to)
            )
            list(check(anatomy, around, POLICY))
        spent.append((time.process_time() - begun) / len(read_already))
    assert min(spent) < 0.002
    print(f"{min(spent) * 1000:.2f} ms")
