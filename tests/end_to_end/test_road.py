"""The whole road: a mail client, the real processes, an upstream."""

from __future__ import annotations

import json
import re
import signal
import smtplib
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.policy import default

import pytest

from gateway.demo.upstream import Delivered, Upstream
from tests.installation import PASSWORD, Installation, free_port, queue_id, until

RESIDENT = "j.smith@resident.example"


def message(
    installation: Installation, *, sender: str = "cllr.a", extra: str = "", text: str = "Hello."
) -> bytes:
    return (
        f"From: {installation.address(sender)}\r\nTo: {RESIDENT}\r\nSubject: Test\r\n"
        f"Date: Mon, 9 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{abs(hash((sender, extra, text)))}@pc.example>\r\n"
        f"{extra}\r\n{text}\r\n"
    ).encode()


def arrived(upstream: Upstream, count: int = 1) -> list[Delivered]:
    found: list[Delivered] = until(lambda: len(upstream.delivered()) >= count and upstream.delivered())
    return found


def told(upstream: Upstream, to: str, count: int = 1) -> list[tuple[Delivered, str]]:
    """Letters of the post room to somebody, with what they say on one line."""

    def find() -> list[Delivered]:
        return [each for each in upstream.delivered() if each.mail_from == "" and each.recipients == (to,)]

    found = until(lambda: len(find()) >= count and find())
    return [(each, _said(each)) for each in found]


def _said(letter: Delivered) -> str:
    body = message_from_bytes(letter.content, policy=default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def below_trace(content: bytes) -> bytes:
    """A delivered message without the fields that we put in front of it."""
    trace = rb"(?:(?:DKIM-Signature|Received):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+"
    matched = re.match(trace, content)
    assert matched is not None
    return content[matched.end() :]


def test_a_message_goes_through_and_both_versions_are_kept(running: Installation, upstream: Upstream):
    raw = message(running)
    code, reply = running.send(raw, (RESIDENT,))
    assert code == 250
    [delivered] = arrived(upstream)
    assert delivered.mail_from == running.address("cllr.a")
    assert delivered.recipients == (RESIDENT,)
    assert below_trace(delivered.content) == running.as_it_leaves(raw)
    name = queue_id(reply)
    assert running.vestry("archive", "show", name, "--as", "received").stdout == raw
    assert running.vestry("archive", "show", name, "--as", "sent").stdout == delivered.content
    [verified] = [running.json("archive", "verify", "--json")]
    assert verified["faults"] == []
    # It came in, was decided on and left; and twice somebody looked at it, which is chained as well.
    assert verified["links"] == 3 + 2


def test_the_trace_names_no_client_address_and_no_recipient(running: Installation, upstream: Upstream):
    running.send(message(running), (RESIDENT, "hidden@elsewhere.example"))
    [delivered] = arrived(upstream)
    received = message_from_bytes(delivered.content, policy=default)["Received"]
    assert "ESMTPSA" in received
    assert "127.0.0.1" not in received
    assert " for " not in received
    assert b"hidden@elsewhere.example" not in delivered.content


def test_bcc_fields_go_and_what_is_missing_is_added(running: Installation, upstream: Upstream):
    raw = (
        f"From: {running.address('cllr.a')}\r\nTo: {RESIDENT}\r\nBcc: press@paper.example,\r\n two@b.example\r\n"
        f"Resent-Bcc: three@c.example\r\nSubject: Test\r\n\r\nHello.\r\n"
    ).encode()
    code, reply = running.send(raw, (RESIDENT, "press@paper.example"))
    assert code == 250
    [delivered] = arrived(upstream)
    assert delivered.recipients == (RESIDENT, "press@paper.example")
    header = delivered.content.partition(b"\r\n\r\n")[0].lower()
    assert b"bcc" not in header
    assert b"paper.example" not in header
    assert b"\r\ndate: " in header
    assert b"\r\nmessage-id: <" in header
    assert running.vestry("archive", "show", queue_id(reply), "--as", "received").stdout == raw


def test_sending_in_anothers_name_is_refused_and_recorded(running: Installation, upstream: Upstream):
    code, reply = running.send(
        message(running, sender="clerk"), (RESIDENT,), mail_from=running.address("cllr.a")
    )
    assert code == 550
    assert reply.startswith("5.7.1 ")
    assert "cllr.a" in reply
    name = re.search(r"Ref (\w+)", reply)[1]
    record = running.json("archive", "show", name)
    assert record["state"] == "refused"
    assert record["decisions"][0]["findings"][0]["check"] == "sender_identity"
    shown = running.vestry("archive", "show", name, "--as", "received", check=False)
    assert shown.returncode == 1
    assert upstream.delivered() == []


def test_a_held_message_waits_its_sender_is_told_and_the_clerk_releases_it(running, upstream):
    raw = message(running, extra="X-Test: 1\r\n").replace(b"From: ", b'From: "Parish Clerk" ', 1)
    raw = raw.replace(b'"Parish Clerk" ', b'"Parish Clerk" <', 1).replace(
        b".example\r\nTo", b".example>\r\nTo", 1
    )
    code, reply = running.send(raw, (RESIDENT,))
    assert code == 250
    assert "held for the Clerk" in reply
    name = queue_id(reply)
    [(_, text)] = told(upstream, running.address("cllr.a"))
    assert "has not gone to anybody yet. The Clerk" in text
    assert "Parish Clerk" in text
    [(_, clerks)] = told(upstream, running.address("clerk"))
    assert name in clerks
    [held] = running.json("held", "list", "--json")
    assert held["id"] == name
    shown = running.json("held", "show", name, "--json")
    assert shown["state"] == "held"
    denied = running.vestry("held", "release", name, "--by", running.address("cllr.b"), check=False)
    assert denied.returncode == 1
    assert b"waits for the Clerk" in denied.stderr
    running.vestry("held", "release", name, "--by", running.address("clerk"), "--why", "Agreed by phone")
    delivered = until(lambda: [d for d in upstream.delivered() if d.recipients == (RESIDENT,)])
    assert below_trace(delivered[0].content) == running.as_it_leaves(raw)
    again = running.vestry(
        "held", "reject", name, "--by", running.address("clerk"), "--why", "no", check=False
    )
    assert again.returncode == 1
    assert b"not held" in again.stderr
    assert running.json("archive", "verify", "--json")["faults"] == []
    decisions = running.json("held", "show", name, "--json")["decisions"]
    assert [(d["act"], d["why"]) for d in decisions[1:]] == [("released", "Agreed by phone")]


def test_a_rejected_message_never_leaves_and_its_sender_learns_why(running, upstream):
    raw = message(running, text="Thanks.\r\n\r\nC. Smith\r\nClerk to the Council")
    name = queue_id(running.send(raw, (RESIDENT,))[1])
    running.vestry("held", "reject", name, "--by", running.address("clerk"), "--why", "Not your title")
    texts = [text for _, text in told(upstream, running.address("cllr.a"), 2)]
    assert any("Not your title" in text for text in texts)
    until(lambda: running.json("queue", "list", "--json") == [])
    own = {(running.address("cllr.a"),), (running.address("clerk"),)}
    assert {each.recipients for each in upstream.delivered()} <= own


def test_the_same_message_again_is_one_message(running: Installation, upstream: Upstream):
    raw = message(running)
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: running.send(raw, (RESIDENT,)), range(4)))
    assert {code for code, _ in replies} == {250}
    assert len({queue_id(reply) for _, reply in replies}) == 1
    arrived(upstream)
    until(lambda: running.json("queue", "list", "--json") == [])
    assert len(upstream.delivered()) == 1


def test_the_trusted_listener_takes_the_councils_people_only(running: Installation, upstream: Upstream):
    code, reply = running.send(
        message(running, sender="chair"), (RESIDENT,), login=None, mail_from=running.address("chair")
    )
    assert code == 250
    record = running.json("archive", "show", queue_id(reply))
    assert record["person"] == running.address("chair")
    assert record["authenticated"] is False
    stranger = message(running).replace(running.address("cllr.a").encode(), b"someone@elsewhere.example")
    code, reply = running.send(stranger, (RESIDENT,), login=None, mail_from="someone@elsewhere.example")
    assert code == 550


def test_a_disabled_person_is_out_at_the_next_command(running: Installation, upstream: Upstream):
    with running.client("cllr.b") as client:
        sender = running.address("cllr.b")
        assert client.mail(sender)[0] == 250
        client.rset()
        running.vestry("person", "disable", sender)
        code, _ = client.mail(sender)
        assert code >= 400
    with pytest.raises(smtplib.SMTPAuthenticationError):
        running.client("cllr.b")


def test_mail_waits_for_an_upstream_that_is_away(installation: Installation):
    port = free_port()
    installation.upstream(port)
    installation.prepare()
    installation.start()
    raw = message(installation)
    assert installation.send(raw, (RESIDENT,))[0] == 250
    until(lambda: installation.json("queue", "list", "--json")[0]["recipients"][0]["reply"])
    assert installation.stop() == 0
    second = Upstream(port, installation.folder / "second")
    second.start()
    try:
        installation.start()
        installation.vestry("queue", "retry")
        [delivered] = arrived(second)
        assert below_trace(delivered.content) == installation.as_it_leaves(raw)
    finally:
        second.stop()


def test_reload_without_dropping_a_connection(running: Installation, upstream: Upstream):
    with running.client() as client:
        assert client.mail(running.address("cllr.a"))[0] == 250
        running.process.send_signal(signal.SIGHUP)
        assert client.rcpt(RESIDENT)[0] == 250
        assert client.data(message(running))[0] == 250
    arrived(upstream)
    running.path.write_text("nonsense = true\n" + running.path.read_text())
    running.process.send_signal(signal.SIGHUP)
    until(lambda: "settings not reloaded" in running.log())
    assert running.send(message(running, text="Still here."), (RESIDENT,))[0] == 250


def test_metrics_and_health_tell_no_address(running: Installation, upstream: Upstream):
    running.send(message(running), (RESIDENT,))
    arrived(upstream)

    def metrics() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{running.metrics}/metrics") as answer:
            return answer.read().decode()

    text = until(lambda: 'vestry_deliveries_total{result="sent"' in metrics() and metrics())
    assert 'vestry_messages_total{council="littlewickham",verdict="pass"} 1.0' in text.replace(
        "little-wickham", "littlewickham"
    )
    assert "@" not in text
    with urllib.request.urlopen(f"http://127.0.0.1:{running.metrics}/healthz") as answer:
        assert answer.status == 200


def test_the_log_holds_one_line_a_decision_and_no_content(running: Installation, upstream: Upstream):
    name = queue_id(running.send(message(running, text="TOPSECRET"), (RESIDENT,))[1])
    arrived(upstream)
    lines = [json.loads(line) for line in running.log().splitlines() if '"decided"' in line]
    assert [line["message"] for line in lines] == [name]
    assert "TOPSECRET" not in running.log()
    assert RESIDENT not in running.log()
    assert PASSWORD not in running.log()


def test_a_key_that_does_not_load_stops_the_start(installation: Installation, upstream: Upstream):
    installation.upstream(upstream.port)
    bad = installation.folder / "bad.pem"
    bad.parent.mkdir(parents=True)
    bad.write_text("not a key")
    installation.settings["dkim"] = [{"domain": "littlewickham-pc.example", "selector": "s", "key": str(bad)}]
    installation.prepare()
    done = installation.vestry("serve", check=False)
    assert done.returncode == 2
    assert b"bad.pem" in done.stderr


def test_two_at_work_in_one_folder_are_refused(running: Installation):
    done = running.vestry("serve", check=False)
    assert done.returncode == 2
    assert b"another Vestry" in done.stderr


def test_killed_at_once_nothing_acknowledged_is_lost(running: Installation, upstream: Upstream):
    names = [
        queue_id(running.send(message(running, text=f"Number {number}"), (RESIDENT,))[1])
        for number in range(5)
    ]
    running.kill()
    running.start()
    for name in names:
        until(
            lambda name=name: all(
                r["state"] == "sent"
                for d in running.json("queue", "show", name, "--json")
                for r in d["recipients"]
            )
        )
    assert running.json("archive", "verify", "--json")["faults"] == []


def test_what_could_not_be_read_in_time_is_held_and_made_ready_at_its_release(installation, upstream):
    installation.upstream(upstream.port)
    installation.settings["workers"] = {"task_seconds": 0.000001}
    installation.prepare()
    installation.start()
    raw = message(installation, extra="Bcc: press@paper.example\r\n")
    code, reply = installation.send(raw, (RESIDENT,))
    assert code == 250
    assert "held for the Clerk" in reply
    name = queue_id(reply)
    [held] = installation.json("held", "list", "--json")
    assert "could not be checked" in held["findings"][0]["reason"]
    installation.vestry("held", "release", name, "--by", installation.address("clerk"))
    delivered = until(lambda: [d for d in upstream.delivered() if d.recipients == (RESIDENT,)])
    content = below_trace(delivered[0].content)
    assert content == installation.as_it_leaves(raw)
    assert b"press@paper.example" not in content
    written = installation.json("archive", "show", name)["written"]
    assert [each["what"] for each in written["placed"]] == [["signature", "waiver"]]
    assert installation.json("archive", "verify", "--json")["faults"] == []


ENCRYPTED = (
    "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n"
    "Content-Transfer-Encoding: base64\r\n"
)


def test_what_goes_without_a_waiver_is_listed_and_counted(running: Installation, upstream: Upstream):
    raw = message(running, extra=ENCRYPTED, text="SGVsbG8=")
    code, reply = running.send(raw, (RESIDENT,))
    assert (code, "held for the Clerk" in reply) == (250, True)
    name = queue_id(reply)
    assert running.send(message(running), (RESIDENT,))[0] == 250
    [listed] = running.json("archive", "list", "--without-waiver", "--json")
    assert (listed["id"], listed["without_waiver"], listed["state"]) == (name, "smime_encrypted", "held")
    assert len(running.json("archive", "list", "--json")) == 2
    shown = running.json("held", "show", name, "--json")
    assert "Did not add the waiver: it is encrypted (S/MIME)." in [c["sentence"] for c in shown["changes"]]
    running.vestry("held", "release", name, "--by", running.address("clerk"))
    until(lambda: any(d.content.endswith(b"\r\n" + raw) for d in upstream.delivered()))
    [listed] = running.json("archive", "list", "--without-waiver", "--json")
    assert listed["state"] == "released"
    with urllib.request.urlopen(f"http://127.0.0.1:{running.metrics}/metrics") as answer:
        metrics = answer.read().decode()
    assert (
        'vestry_messages_without_waiver_total{council="littlewickham",why="smime_encrypted"} 1.0' in metrics
    )
    assert running.json("archive", "verify", "--json")["faults"] == []
