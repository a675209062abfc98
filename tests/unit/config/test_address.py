from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from config.address import BadAddress, canonical, canonical_domain, domain_of, split

ATEXT = "abcXYZ019!#$%&'*+/=?^_`{|}~-éßΣİȺ名"
dot_strings = st.lists(st.text(ATEXT, min_size=1, max_size=6), min_size=1, max_size=3).map(".".join)
quoted_strings = st.text('ab @."\\,(é', max_size=8).map(
    lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
)
labels = st.from_regex(r"\A[A-Za-z0-9]([A-Za-z0-9-]{0,5}[A-Za-z0-9])?\Z").filter(
    lambda label: label[2:4] != "--"
)
domains = st.lists(labels, min_size=1, max_size=4).map(".".join) | st.sampled_from(
    ["bücher.example", "BÜCHER.example", "例え.example", "[192.0.2.7]", "[IPv6:2001:DB8::1]"]
)
addresses = st.tuples(dot_strings | quoted_strings, domains).map("@".join)


@pytest.mark.parametrize(
    "address",
    [
        "clerk@littlewickham-pc.example",
        "o'brien+planning@example.org.uk",
        "a.b.c@x",
        '"very unusual@name"@example.org',
        r'"a\"b"@example.org',
        '""@example.org',
        "x@[192.0.2.1]",
        "x@[IPv6:2001:db8::1]",
        "siân@cyngor.example",
        "x@bücher.example",
        "x" * 64 + "@example.org",
        "x@" + ".".join(["a" * 63] * 3 + ["b" * 63]),
    ],
)
def test_what_mail_can_be_sent_to_passes_and_is_given_back_as_written(address):
    assert "@".join(split(address)) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "clerk",
        "clerk@",
        "@example.org",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a b@example.org",
        "a@b@example.org",
        "<a@example.org>",
        "a@example.org.",
        "a@-example.org",
        "a@example-.org",
        "a@exa_mple.org",
        "a@example..org",
        "a,b@example.org",
        '"a@example.org',
        '"a"b@example.org',
        '"a',
        '"a\\',
        "a@[192.0.2]",
        "a@[192.0.2.256]",
        "a@[2001:db8::1]",
        "a@[IPv6:192.0.2.1]",
        "a@[IPv6:fe80::1%eth0]",
        "a@[IPv6:fe80::1%\r\nX-Forged: yes]",
        "a@[",
        "a@]",
        "x" * 65 + "@example.org",
        "é" * 33 + "@example.org",
        "a@" + "b" * 64 + ".org",
        "a@" + ".".join(["a" * 63] * 4 + ["b"]),
        "a@" + "é" * 400,
    ],
)
def test_what_mail_cannot_be_sent_to_is_refused(address):
    with pytest.raises(BadAddress):
        split(address)
    with pytest.raises(BadAddress):
        canonical(address)


@pytest.mark.parametrize(
    "sly",
    ["\0", "\t", "\r", "\n", "\x1b", "\x7f", "\x85", "\x9f", "\u200b", "\u202e", "\u2028", "\xa0", "\ud800"],
)
@pytest.mark.parametrize("shape", ["cl{}erk@example.org", '"cl{}erk"@example.org', "clerk@exa{}mple.org"])
def test_nothing_unseen_passes(sly, shape):
    with pytest.raises(BadAddress):
        canonical(shape.format(sly))


@pytest.mark.parametrize("after", ["\n", "\r\n", "\0", "\x0b", "\u2028"])
def test_nothing_but_blanks_is_dropped_around_an_address(after):
    assert canonical("  Clerk@Example.org\t") == "clerk@example.org"
    with pytest.raises(BadAddress):
        canonical("clerk@example.org" + after)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Clerk@Example.ORG", "clerk@example.org"),
        ('"clerk"@example.org', "clerk@example.org"),
        (r'"cl\erk"@example.org', "clerk@example.org"),
        (r'"a\@b"@example.org', '"a@b"@example.org'),
        ("x@BÜCHER.example", "x@xn--bcher-kva.example"),
        ("x@XN--BCHER-KVA.example", "x@bücher.example"),
        (
            unicodedata.normalize("NFD", "siân") + "@x.example",
            unicodedata.normalize("NFC", "SIÂN") + "@x.example",
        ),
        ("x@[IPv6:2001:DB8:0::1]", "x@[IPv6:2001:db8::1]"),
    ],
)
def test_two_spellings_of_one_mailbox_are_equal(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("clerk@example.org", "c1erk@example.org"),
        ("straße@example.org", "strasse@example.org"),
        ('"a b"@example.org', '"ab"@example.org'),
        ("clerk@example.org", "clеrk@example.org"),  # The second has a Cyrillic letter.
    ],
)
def test_what_only_looks_alike_is_not_equal(one, other):
    assert canonical(one) != canonical(other)


@given(addresses)
@example("İ@example.org")
@example("\u037e@example.org")  # Becomes a semicolon in NFC.
@example("\u212a@example.org")  # The Kelvin sign becomes k.
def test_canonical_is_an_address_and_its_own_canonical_form(address):
    try:
        found = canonical(address)
    except BadAddress:
        assume(False)
    assert canonical(found) == found
    split(found)
    assert domain_of(found) == canonical_domain(split(address)[1])


@given(addresses)
def test_case_and_needless_quotes_make_no_difference(address):
    try:
        local, domain = split(address)
        found = canonical(address)
    except BadAddress:
        assume(False)
    assert canonical(f"{local}@{domain.swapcase() if domain.isascii() else domain}") == found
    if not local.startswith('"'):
        assert canonical(f'"{local}"@{domain}') == found


def test_a_name_that_grows_in_lower_case_stays_within_its_limit():
    assert len("Ⱥ".lower().encode()) > len("Ⱥ".encode())
    with pytest.raises(BadAddress, match="64 octets"):
        canonical("Ⱥ" * 32 + "@example.org")


@given(st.text(max_size=40) | st.text('"\\@.[]:% \r\n-é\u3002xn', max_size=30))
def test_any_text_is_an_address_or_refused_and_never_anything_else(text):
    try:
        found = canonical(text)
    except BadAddress:
        return
    assert canonical(found) == found
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in found)
