"""The council whose mail measurements are made with: the same each time, valid, and like English."""

from __future__ import annotations

import email
import re
from collections import Counter
from email import policy
from hashlib import sha256
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from gateway.store.search import Order
from tests.bench.archive.council import Letter, letters
from tests.bench.archive.days import FIRST, LAST
from tests.bench.archive.queries import mix
from tests.bench.archive.truth import words_of
from tests.bench.archive.vestry import stretches
from tests.quick import within

LONDON = ZoneInfo("Europe/London")


@pytest.fixture(scope="module")
def many() -> list[Letter]:
    return list(letters(5000, seed=1))


def digest(seed: int) -> str:
    return sha256(b"".join(each.raw for each in letters(300, seed))).hexdigest()


def test_a_seed_makes_the_same_octets_each_time():
    assert digest(7) == digest(7) != digest(8)


def test_it_is_valid_mail_that_says_what_is_known_of_it(many):
    for letter in many[:400]:
        message = email.message_from_bytes(letter.raw, policy=policy.default)
        assert not any(part.defects for part in message.walk())
        assert message["Subject"] == letter.subject
        assert message["Message-ID"] == letter.message_id
        assert message["Date"].datetime.timestamp() == int(letter.at.timestamp())
        assert not set(b"\r\n") & set(letter.raw.replace(b"\r\n", b""))
        assert max(map(len, letter.raw.split(b"\r\n"))) <= 998
        attached = [(part.get_filename(), part.get_content_type()) for part in message.iter_attachments()]
        assert attached == [(each.name, each.kind) for each in letter.files]
        addresses = {
            each.addr_spec for name in ("To", "Cc") if message[name] for each in message[name].addresses
        }
        assert addresses | set(letter.hidden) == set(letter.envelope)


def test_what_is_attached_stands_where_it_is_said_to(many):
    for letter in islice((each for each in many if each.files), 100):
        assert [letter.raw[start:end] for start, end, _ in stretches(letter)] == [
            each.encoded.rstrip(b"\r\n") for each in letter.files
        ]


def test_moments_follow_one_another_within_working_hours_mostly(many):
    moments = [each.at.astimezone(LONDON) for each in many]
    assert moments == sorted(moments)
    assert moments[0].date() >= FIRST
    assert moments[-1].date() <= LAST
    assert (moments[-1] - moments[0]).days > 7 * 365 - 10
    at_work = sum(each.weekday() < 5 and 8 <= each.hour < 18 for each in moments) / len(moments)
    assert 0.6 < at_work < 0.9


def test_words_are_as_many_and_as_frequent_as_those_of_a_language(many):
    counted = Counter(word for each in many for word in re.findall(r"[^\W_]+", words_of(each)))
    total = sum(counted.values())
    assert len(counted) > 30_000
    usual = [number / total for _, number in counted.most_common(100)]
    assert counted.most_common(1)[0][0] == "the"
    assert 0.04 < usual[0] < 0.08
    assert 0.4 < sum(usual) < 0.7
    assert sum(number == 1 for number in counted.values()) / len(counted) > 0.15


def test_it_is_made_of_what_an_archive_is_made_of(many):
    def share(holds) -> float:
        return sum(bool(holds(each)) for each in many) / len(many)

    assert 0.20 < share(lambda each: each.files) < 0.25
    assert 0.5 < share(lambda each: each.references) < 0.95
    assert 0.3 < share(lambda each: b"text/html" in each.raw) < 0.6
    assert 0.005 < share(lambda each: each.hidden) < 0.05
    files = Counter(file for each in many for file in each.files)
    assert files.most_common(1)[0][1] > 50
    assert {each.name.rpartition(".")[2] for each in files} == {"pdf", "docx", "xlsx", "csv", "txt", "zip"}
    assert 0.002 < share(lambda each: any(not file.readable for file in each.files)) < 0.02
    assert any(len(file.texts[0][1]) > 200_000 for file in files)
    assert len({each.sender for each in many}) == 11


def test_the_mix_is_of_fifty_different_queries(many):
    queries = mix(many[:1000])
    assert len({(each.text, each.order) for each in queries}) == len(queries) == 50
    assert {Order.NEWEST, Order.RELEVANCE} == {each.order for each in queries}


def test_it_is_made_quickly():
    """Three thousand a second on a processor of its own; here a tenth of that is enough."""
    with within(5):
        for _ in letters(1500, seed=4):
            pass
