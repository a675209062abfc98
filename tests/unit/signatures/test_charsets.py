"""Text in whatever charset a sender names: always text, and what is wrong is said."""

from __future__ import annotations

import codecs

import pytest

from signatures.message import charsets
from signatures.message.anatomy import read


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("Dŵr £5".encode(), "UTF-8", "Dŵr £5"),
        ("Dŵr £5".encode("utf-16"), "utf-16", "Dŵr £5"),
        (b"\x93quoted\x94 \xa35", "iso-8859-1", "“quoted” £5"),
        (b"\x93quoted\x94", "windows-1252", "“quoted”"),
        ("日本".encode("iso-2022-jp"), "ISO-2022-JP", "日本"),
        ("中文".encode("gb18030"), "gb2312", "中文"),
        ("한국".encode("cp949"), "ks_c_5601-1987", "한국"),
        (b"plain", "us-ascii", "plain"),
    ],
)
def test_what_mail_programs_mean_by_a_name(content, charset, text):
    assert charsets.decode(content, charset) == (text, "")


@pytest.mark.parametrize(
    ("content", "charset", "text", "defect"),
    [
        ("caf\u00e9".encode(), "x-nobody-knows", "café", "unknown character set x-nobody-knows"),
        (b"caf\xe9", "x-nobody-knows", "café", "unknown"),
        ("café".encode(), "us-ascii-7", "café", "unknown"),
        (b"caf\xe9", "us-ascii", "café", "says character set us-ascii"),
        (b"caf\xe9 ok", "utf-8", "caf\ufffd ok", "says character set utf-8"),
        ("café".encode(), "shift_jis", "caf", ""),
        (b"x\x9c", "zlib", "x\x9c", "unknown"),
        (b"41", "hex", "41", "unknown"),
        (b"xn--caf-dma", "idna", "xn--caf-dma", "unknown"),
    ],
)
def test_what_is_unknown_or_untrue_is_read_all_the_same_and_said(content, charset, text, defect):
    decoded, said = charsets.decode(content, charset)
    assert decoded.startswith(text)
    assert defect in said


def test_half_a_character_is_no_text():
    assert b"+2AA-".decode("utf-7") == "\ud800"
    text, _ = charsets.decode(b"a+2AA-b", "utf-7")
    assert text == "a\ufffdb"
    anatomy = read(b"Subject: =?utf-7?q?+2AA-?=\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA-\r\n")
    assert anatomy.model_dump_json()


def test_a_charset_that_only_a_sender_knows_is_never_looked_up(monkeypatch):
    asked = []
    monkeypatch.setattr(codecs, "lookup", asked.append)
    charsets.decode(b"words", "os")
    charsets.decode(b"words", "../../etc/passwd")
    assert asked == []
