from __future__ import annotations

import base64

import pytest

from signatures.message.anatomy import read
from signatures.message.carried.kinds import Prefix
from tests.unit.signatures.carried.letters import WRITTEN, client, made, plain


@pytest.mark.parametrize(
    ("subject", "prefix", "weak"),
    [
        ("Bench", Prefix.NONE, False),
        ("", Prefix.NONE, False),
        ("Re: Bench", Prefix.REPLY, False),
        ("RE: FW: Bench", Prefix.REPLY, False),
        ("re : Bench", Prefix.REPLY, False),
        ("Re[2]: Bench", Prefix.REPLY, False),
        ("Re(3): Bench", Prefix.REPLY, False),
        ("Re^2: Bench", Prefix.REPLY, False),
        ("AW: Bench", Prefix.REPLY, False),
        ("SV: Bench", Prefix.REPLY, False),
        ("Antw: Bench", Prefix.REPLY, False),
        ("Odp: Bench", Prefix.REPLY, False),
        ("Ynt: Bench", Prefix.REPLY, False),
        ("Ateb: Mainc", Prefix.REPLY, False),
        ("R: Bench", Prefix.REPLY, True),
        ("Fw: [External] Re: Bench", Prefix.FORWARD, False),
        ("[EXTERNAL] Fwd: Bench", Prefix.FORWARD, False),
        ("[x][y] FW: Bench", Prefix.FORWARD, False),
        ("FWD:Bench", Prefix.FORWARD, False),
        ("WG: Bench", Prefix.FORWARD, False),
        ("Doorst: Bench", Prefix.FORWARD, False),
        ("YML: Mainc", Prefix.FORWARD, False),
        ("TR: Bench", Prefix.FORWARD, True),
        ("RV: Bench", Prefix.FORWARD, True),
        ("VS: Bench", Prefix.FORWARD, True),
        ("VB: Bench", Prefix.FORWARD, True),
        ("I: item one", Prefix.FORWARD, True),
        ("ENC: Bench", Prefix.FORWARD, True),
        ("=?utf-8?Q?Fwd=3A_Mainc?=", Prefix.FORWARD, False),
        ("About re: and fw: here", Prefix.NONE, False),
        ("Re Bench", Prefix.NONE, False),
        ("Fwd Bench: today", Prefix.NONE, False),
        ("Bench FW:", Prefix.NONE, False),
        ("[Fwd: Bench]", Prefix.NONE, False),
        ("Regarding: Bench", Prefix.NONE, False),
    ],
)
def test_only_the_outermost_prefix_counts(subject, prefix, weak):
    marks = made(f"Subject: {subject}\n\nHello\n").marks
    assert (marks.prefix, marks.weak) == (prefix, weak)


def test_an_answer_names_what_it_answers():
    assert made("In-Reply-To: <1@x.example>\n\n").marks.replies
    assert made("References: <1@x.example> <2@x.example>\n\n").marks.replies
    assert not made("In-Reply-To: your letter of Monday\n\n").marks.replies


@pytest.mark.parametrize(("octets", "threaded"), [(22, False), (27, True), (0, False)])
def test_a_longer_thread_index_continues_a_conversation(octets, threaded):
    index = base64.b64encode(b"\x01" * octets).decode()
    assert made(f"Thread-Index: {index}\n\n").marks.threaded is threaded


def test_thunderbird_names_what_it_sends_on():
    marks = client("thunderbird/forward").marks
    assert marks.forwards == ("<0b7c1a02-3f61-4a58@mail.resident.example>",)
    assert marks.replies
    assert marks.prefix is Prefix.FORWARD


QUOTE = "On 8 Nov 2026 at 18:02, Jane <j@x.example> wrote:\n> Hello\n"


@pytest.mark.parametrize(
    ("header", "text", "automatic"),
    [
        ("X-MS-Exchange-Inbox-Rules-Loop: a@b.example", "", ("X-MS-Exchange-Inbox-Rules-Loop",)),
        ("x-ms-exchange-forwardingloop: a@b.example", "", ("X-MS-Exchange-ForwardingLoop",)),
        (
            "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
            "",
            ("X-MS-Exchange-Generated-Message-Source",),
        ),
        ("X-MS-Exchange-Generated-Message-Source: Journal Agent", "", ()),
        (
            "X-Forwarded-To: me@home.example\nX-Forwarded-For: a@b.example me@home.example",
            "",
            ("X-Forwarded-To", "X-Forwarded-For"),
        ),
        ("X-Forwarded-For: 192.0.2.1", QUOTE, ()),
        ("X-Autoforward: yes", "", ("X-Autoforward",)),
        ("X-Auto-Forwarded: no", "", ()),
        ("Auto-Submitted: auto-generated", "Hello\n", ()),
        ("Auto-Submitted: auto-generated", QUOTE, ("Auto-Submitted",)),
        ("Auto-Submitted: auto-forwarded (rule)", "", ("Auto-Submitted",)),
        ("Auto-Submitted: no", QUOTE, ()),
        ("Auto-Submitted: auto-replied", QUOTE, ()),
        ("Resent-From: a@b.example\nResent-To: me@home.example", "", ()),
        ("X-MS-Exchange-Inbox-Rules-Loop: a@b.example\nAuto-Submitted: auto-replied", "Away\n", ()),
        ("Subject: Automatic reply: Bench\nX-MS-Exchange-Inbox-Rules-Loop: a@b.example", "Away\n", ()),
        (
            "Subject: Automatic reply: Bench\nX-MS-Exchange-Inbox-Rules-Loop: a@b.example",
            QUOTE,
            ("X-MS-Exchange-Inbox-Rules-Loop",),
        ),
    ],
)
def test_rules_and_servers_leave_marks(header, text, automatic):
    assert plain(text, f"{header}\n").marks.automatic == automatic


def test_only_the_messages_own_header_counts():
    attached = "X-Forwarded-To: me@home.example\nSubject: Fwd: x\nFrom: j@x.example\n\nHello\n"
    marks = made(f"Subject: Bench\nContent-Type: message/rfc822\n\n{attached}").marks
    assert (marks.prefix, marks.automatic) == (Prefix.NONE, ())


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_clients_write_has_the_marks_that_its_name_says(file):
    marks = read(file.read_bytes()).marks
    expected = {
        "new": Prefix.NONE,
        "reply": Prefix.REPLY,
        "interleaved": Prefix.REPLY,
        "forward": Prefix.FORWARD,
    }
    kind = file.stem.split("-")[0]
    if kind in expected and "attached" not in file.stem:
        assert marks.prefix is expected[kind]
    assert marks.automatic == ()
