"""A copy added to Cc, and a tag taken off the subject, on messages as their clients write them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from signatures.message.copied import with_copy
from signatures.message.headers import mailboxes, to_text
from signatures.message.scanner import scan_parts
from signatures.message.splices import Splice, apply
from signatures.message.subject import untagged
from signatures.message.words import display_name, encoded_words

CLIENTS = sorted((Path(__file__).parents[2] / "corpus" / "clients").rglob("*.eml"))
NAME, ADDRESS = "Siân Hâl", "clerk@little.example"


def copied(raw: bytes) -> list[str]:
    top = scan_parts(raw)[0]
    fields = [field for field in top.fields if field.name == "cc"]
    return [box.address for field in fields for box in mailboxes(field.text(raw))]


def test_there_are_messages():
    assert len(CLIENTS) > 100


@pytest.mark.parametrize("path", CLIENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_everything_but_the_header_stays(path):
    raw = path.read_bytes()
    top = scan_parts(raw)[0]
    sent = apply(raw, [with_copy(raw, top, NAME, ADDRESS)])
    after = scan_parts(sent)[0]
    assert sorted(copied(sent)) == sorted([*copied(raw), ADDRESS])
    assert sent[after.body :] == raw[top.body :]
    kept = [raw[field.start : field.end] for field in top.fields if field.name != "cc"]
    assert [sent[field.start : field.end] for field in after.fields if field.name != "cc"] == kept


@pytest.mark.parametrize("path", CLIENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_tag_before_a_clients_subject_goes_and_leaves_what_was_there(path):
    raw = path.read_bytes()
    fields = [field for field in scan_parts(raw)[0].fields if field.name == "subject"]
    for field in fields[:1]:
        tagged = apply(raw, [Splice(field.value, 0, b" [personal]")])
        subject = next(each for each in scan_parts(tagged)[0].fields if each.name == "subject")
        sent = apply(tagged, [untagged(tagged, subject, "[personal]")])
        left = next(each for each in scan_parts(sent)[0].fields if each.name == "subject")
        assert to_text(left.text(sent)) == to_text(field.text(raw)).lstrip()
        assert sent[left.end :] == raw[field.end :]
        assert sent[: left.start] == raw[: field.start]


@pytest.mark.parametrize("text", ["", "x", "é" * 500, "日本" * 300, "a\u0301" * 90, "\U0001f333" * 60])
def test_encoded_words_are_short_and_whole(text):
    written = encoded_words(text)
    assert all(len(line) <= 76 for line in written.split(b"\r\n"))
    for word in written.replace(b"\r\n ", b" ").split():
        assert "\ufffd" not in to_text(word)
    assert to_text(written.replace(b"\r\n", b"")) == text


@pytest.mark.parametrize(
    "name",
    ["A B", 'q"q', "back\\slash", "a, b", "=?utf-8?q?x?=", "new\r\nline", "é", "dot. dot", "<x@y.example>"],
)
def test_a_name_is_one_name_whatever_is_in_it(name):
    written = display_name(name)
    assert b"\n" not in written
    [box] = mailboxes(written + b" <" + ADDRESS.encode() + b">")
    assert (box.name, box.address) == (" ".join(name.split()), ADDRESS)


def test_time_grows_with_the_size_of_the_header_only():
    def seconds(count: int) -> float:
        raw = b"Cc: " + b",\r\n ".join(b"r%d@post.example" % n for n in range(count)) + b"\r\n\r\nx\r\n"
        top = scan_parts(raw)[0]
        best = 9.0
        for _ in range(3):
            started = time.process_time()
            with_copy(raw, top, NAME, ADDRESS)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(1600) < 8 * seconds(400) + 0.05
