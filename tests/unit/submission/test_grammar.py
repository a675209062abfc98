"""The grammar of MAIL and RCPT beyond what the dialogs show: whatever is put in, nothing harmful comes out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.address import canonical
from filters.context import Recipient
from gateway.reply import Reply
from gateway.submission import commands
from gateway.submission.grammar import Sender, decode_xtext, parse_mail, parse_rcpt
from gateway.submission.replies import Refusal

T = TypeVar("T")
TOKENS = st.sampled_from(
    [
        *'<>@:;,.=+"\\ []()',
        "FROM:",
        "TO:",
        "SIZE=",
        "BODY=8BITMIME",
        " SMTPUTF8",
        " ORCPT=rfc822;",
        " ORCPT=utf-8;",
        " NOTIFY=",
        "NEVER",
        "RET=FULL",
        " ENVID=",
        "+00",
        "+0D",
        "+41",
        r"\x{0A}",
        r"\x{1F600}",
        "postmaster",
        "example.org",
        "[IPv6:::1]",
        "xn--",
        "é",
        "\u0085",
        "\u2028",
        "\u202e",
        "\u00a0",
        "\ud800",
        "\x00",
        "\r",
        "\n",
        "\x7f",
        "a",
    ]
)
TEXTS = st.lists(TOKENS, max_size=25).map("".join) | st.text(max_size=60)


def parsed(parse: Callable[..., T], *arguments: object) -> T | Reply:
    """What was parsed, or the reply that refuses it."""
    try:
        return parse(*arguments)
    except Refusal as refusal:
        return refusal.reply


def harmless(text: str) -> bool:
    return not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in text)


@settings(deadline=None)
@given(st.sampled_from(["FROM:<", "FROM:", ""]), TEXTS, st.sampled_from([">", "@example.org>", ""]), TEXTS)
def test_mail_gives_a_sender_or_a_refusal(start: str, middle: str, end: str, rest: str) -> None:
    sender = parsed(parse_mail, f"{start}{middle}{end} {rest}")
    if not isinstance(sender, Sender):
        assert sender.code in {501, 553, 555}
        assert sender.encode().isascii()
        return
    assert harmless(sender.address)
    assert sender.smtputf8 or sender.address.isascii()
    if sender.address:
        canonical(sender.address)
    assert sender.envid is None or decode_xtext(sender.envid) is not None


@settings(deadline=None)
@given(
    st.sampled_from(["TO:<", "TO:", ""]),
    TEXTS,
    st.sampled_from([">", "@example.org>", ""]),
    TEXTS,
    st.booleans(),
)
def test_rcpt_gives_a_recipient_or_a_refusal(
    start: str, middle: str, end: str, rest: str, utf8: bool
) -> None:
    recipient = parsed(parse_rcpt, f"{start}{middle}{end} {rest}", utf8, "wickham.example")
    if not isinstance(recipient, Recipient):
        assert recipient.code in {501, 553, 555}
        return
    assert harmless(recipient.address)
    assert harmless(recipient.orcpt or "")
    assert canonical(recipient.address) == recipient.canonical
    assert utf8 or (recipient.address + (recipient.orcpt or "")).isascii()


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_a_command_line_gives_a_command_or_a_refusal(line: bytes) -> None:
    try:
        command = commands.parse(line)
    except Refusal:
        assert any(octet < 0x20 or octet == 0x7F for octet in line) or not valid_utf8(line)
        return
    assert all(char >= " " for char in command.argument)
    try:
        name = commands.hello_name(command.argument)
    except Refusal:
        return
    assert name.isascii()
    assert name.isprintable()
    assert " " not in name


def valid_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_xtext_is_undone(text: str) -> None:
    encoded = "".join(
        char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text
    )
    assert decode_xtext(encoded) == text


@pytest.mark.parametrize("bad", ["+", "+4", "+4g", "+0a", "a b", "a=b", "+00", "+1F", "+7F", "+80", "é"])
def test_what_is_no_xtext(bad: str) -> None:
    assert decode_xtext(bad) is None


@pytest.mark.parametrize(
    "address", [r"utf-8;si\x{E2}n@example.org", "utf-8;si+E2n@x.y", r"utf-8;\x{1F600}@x.y", "UTF-8;a+2Bb@x.y"]
)
def test_utf8_address_types(address: str) -> None:
    wanted = "+E2" not in address  # That is a control character in Latin-1 and nothing in UTF-8.
    if wanted:
        assert parse_rcpt(f"TO:<a@example.org> ORCPT={address}", False, "w.example").orcpt == address
    else:
        with pytest.raises(Refusal):
            parse_rcpt(f"TO:<a@example.org> ORCPT={address}", False, "w.example")


@pytest.mark.parametrize(
    "address",
    [r"utf-8;\x{00}", r"utf-8;\x{0D}a", r"utf-8;\x{D800}", r"utf-8;\x{FFFFFF}", r"utf-8;a\b", "utf-8;"],
)
def test_utf8_addresses_with_controls_are_refused(address: str) -> None:
    with pytest.raises(Refusal):
        parse_rcpt(f"TO:<a@example.org> SMTPUTF8 ORCPT={address}", True, "w.example")
    with pytest.raises(Refusal):
        parse_rcpt(f"TO:<a@example.org> ORCPT={address}", True, "w.example")


@pytest.mark.parametrize(
    ("argument", "wanted"),
    [("0 LAST", (0, True)), ("12", (12, False)), ("12  last", (12, True)), ("007", (7, False))],
)
def test_chunk_sizes(argument: str, wanted: tuple[int, bool]) -> None:
    assert commands.chunk(argument) == wanted


@pytest.mark.parametrize(
    "argument", ["", "LAST", "-1", "1 2", "1LAST", "1 LAST x", "१", "9" * 21, "1e3", "0x10"]
)
def test_what_is_no_chunk(argument: str) -> None:
    assert commands.chunk(argument) is None
