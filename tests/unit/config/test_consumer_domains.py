from __future__ import annotations

import pytest

from config.address import canonical, canonical_domain
from config.consumer_domains import CONSUMER_DOMAINS, is_consumer, mailbox_of


def test_every_one_is_a_domain_in_canonical_form():
    assert CONSUMER_DOMAINS
    assert all(canonical_domain(each) == each for each in CONSUMER_DOMAINS)


def test_the_british_ones_that_the_long_lists_lack_are_there():
    missing = """talktalk.net plusnet.com plus.net zen.co.uk waitrose.com tesco.net orange.net wanadoo.co.uk demon.co.uk
        btopenworld.com supanet.com uwclub.net madasafish.com onetel.net lineone.net f2s.com pipex.com ukonline.co.uk
        tutanota.com tuta.io hey.com mozmail.com privaterelay.appleid.com btinternet.com"""
    assert set(missing.split()) <= CONSUMER_DOMAINS


def test_no_organisation_is_there():
    assert not any(
        each.endswith((".org.uk", ".gov.uk", ".org", ".ac.uk", ".nhs.uk")) for each in CONSUMER_DOMAINS
    )
    assert not CONSUMER_DOMAINS & {
        "nhs.net",
        "btconnect.com",
        "sky.uk",
        "bt.com",
        "ee.co.uk",
        "plc.uk",
        "mail.org.uk",
    }


@pytest.mark.parametrize(
    ("address", "consumer"),
    [
        ("a@gmail.com", True),
        ("A@GMAIL.COM", True),
        ('"a b"@gmail.com', True),
        ("a@gmail.com.example", False),
        ("a@mail.gmail.com", False),
        ("gmail.com@council.example", False),
    ],
)
def test_whole_domains_only(address, consumer):
    assert is_consumer(canonical(address)) is consumer


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("jane.smith+pc@googlemail.com", "janesmith@gmail.com"),
        ("j.a.n.e@gmail.com", "jane@gmail.com"),
        ("jane.smith+pc@hotmail.co.uk", "jane.smith@hotmail.co.uk"),
        ("jane.smith+pc@wickham.example", "jane.smith+pc@wickham.example"),
        ("+@gmail.com", "+@gmail.com"),
        ('"a+b"@gmail.com', "a@gmail.com"),
        ('"a+ b"@gmail.com', '"a+ b"@gmail.com'),
    ],
)
def test_what_addresses_of_one_mailbox_have_in_common(address, mailbox):
    assert mailbox_of(canonical(address)) == mailbox
