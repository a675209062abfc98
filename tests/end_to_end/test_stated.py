"""What is stated with an answer, handed to the Clerk, and reported: by real mail, with the checks that ask for it."""

from __future__ import annotations

import email
import json
from email import policy as mail_policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from config.council import Council
from gateway.demo.installation import example_council
from gateway.demo.upstream import Upstream
from tests.end_to_end.test_answers import ME, letters, mail, msmtp, replied, to_answer, written
from tests.installation import Installation, until
from tests.policies import SIGNED, only

pytestmark = pytest.mark.neighbour("msmtp")

DOMAIN = "littlewickham-pc.example"
CLERK, DEPUTY, MINE = f"clerk@{DOMAIN}", f"deputy@{DOMAIN}", f"{ME}@{DOMAIN}"
ADDRESS = f"report@{DOMAIN}"
FIRM, COUNTY = "office@northfieldasphalt.example", "housing@wickhamshire.example"
BINDS = "Usual date, usual price for the Christmas lights, and chuck the dead string while you are up there."
DATA = "Mrs Jean Newton of 12 Mill Lane, Little Wickham AB1 2CD has asthma and telephoned about the damp."
SAID = "she asked me on 3 May to pass it to the county"


def with_checks(council: Council) -> Council:
    clause = {"document": "Test policy", "item": "1"}
    data = council.model_dump(mode="json", by_alias=True)
    in_force = {"stage": "enforce", "clause": clause}
    data["policy"]["checks"] |= {
        "authority": {**in_force, "verdict": "hold"},
        "personal_data": {**in_force, "verdict": "ask", "switches": {"basis": True}},
        "report": {**in_force, "verdict": "note"},
    }
    data["content"]["report_address"] = ADDRESS
    return Council.model_validate(data)


@pytest.fixture
def at_work(installation: Installation, upstream: Upstream) -> Installation:
    installation.council = with_checks(only(example_council(), *SIGNED))
    installation.upstream(upstream.port)
    installation.prepare()
    installation.start()
    return installation


def sends(at_work: Installation, folder: Path, raw: bytes, *to: str) -> None:
    sent = msmtp(at_work, folder, raw, to)
    assert sent.returncode == 0, sent.stderr


def comes(upstream: Upstream, subject: str, to: str = MINE, *, after: int = 0) -> EmailMessage:
    """A letter of the post room whose subject begins so, once it is there."""
    return until(
        lambda: [each for each in letters(upstream, to) if str(each["Subject"]).startswith(subject)][after:]
    )[-1]


def text_of(letter: EmailMessage) -> str:
    return " ".join(letter.get_body(("plain",)).get_content().split())


def whole(letter: EmailMessage) -> str:
    """All that can be read of a letter, in text and in HTML."""
    shown = [part.get_content() for part in letter.walk() if part.get_content_maintype() == "text"]
    assert len(shown) > 1
    return "\n".join([str(letter["Subject"]), *shown])


def asks(at_work: Installation, upstream: Upstream, folder: Path, words: str, to: str) -> EmailMessage:
    sends(at_work, folder, written(at_work, (to,), words), to)
    return comes(upstream, "NOT SENT YET")


def detail(at_work: Installation, letter: EmailMessage) -> dict:
    message = text_of(letter).partition("Reference: ")[2].split()[0]
    shown = json.loads(at_work.vestry("archive", "show", message).stdout)
    return shown["decisions"][-1]


def test_it_does_not_bind(at_work, upstream, tmp_path):
    letter = asks(at_work, upstream, tmp_path, BINDS, FIRM)
    assert "NOT BINDING" in text_of(letter)
    sends(at_work, tmp_path, replied(at_work, letter, "SEND"), *to_answer(letter))
    again = comes(upstream, "NOT SENT YET", after=1)
    assert "That alone is not enough here" in text_of(again)
    assert mail(upstream) == []
    sends(at_work, tmp_path, replied(at_work, again, "NOT BINDING"), *to_answer(again))
    [gone] = until(lambda: mail(upstream))
    assert gone.recipients == (FIRM,)
    assert b"chuck the dead string" in gone.content
    last = detail(at_work, letter)
    assert (last["by"], last["detail"]) == (MINE, {"not_binding": True})
    assert at_work.vestry("archive", "verify").returncode == 0


def test_it_is_handed_to_the_clerk_who_sends_it(at_work, upstream, tmp_path):
    letter = asks(at_work, upstream, tmp_path, BINDS, FIRM)
    sends(at_work, tmp_path, replied(at_work, letter, "CLERK"), *to_answer(letter))
    told = comes(upstream, "HANDED TO YOU TO SEND", CLERK)
    assert "as it may bind the Council" in text_of(told)
    [held] = at_work.json("held", "list", "--json")
    assert (held["waits_for"], held["reviewers"]) == (["clerk"], [CLERK])
    chair = ("held", "release", held["id"], "--by", f"chair@{DOMAIN}")
    assert b"waits for the Clerk" in at_work.vestry(*chair, check=False).stderr
    assert mail(upstream) == []
    assert at_work.vestry("held", "send-as-clerk", held["id"], "--by", CLERK).returncode == 0
    [gone] = until(lambda: mail(upstream))
    assert (gone.mail_from, gone.recipients) == (CLERK, (FIRM,))
    assert at_work.vestry("archive", "verify").returncode == 0


def test_the_basis_is_recorded_in_one_step(at_work, upstream, tmp_path):
    letter = asks(at_work, upstream, tmp_path, DATA, COUNTY)
    assert "BASIS and why" in text_of(letter)
    assert "Newton" not in whole(letter)
    sends(at_work, tmp_path, replied(at_work, letter, f"BASIS {SAID}"), *to_answer(letter))
    [gone] = until(lambda: mail(upstream))
    assert gone.recipients == (COUNTY,)
    assert b"Newton" in gone.content
    assert SAID.encode() not in gone.content
    assert detail(at_work, letter)["detail"] == {"basis": SAID}
    assert at_work.vestry("archive", "verify").returncode == 0


def forwarded(at_work: Installation, *, attached: bool, to: str = ADDRESS) -> tuple[bytes, bytes]:
    """A report as a mail program writes it, and what is reported."""
    original = EmailMessage(policy=mail_policy.SMTP)
    original["From"] = "Prize Office <prize@win.example>"
    original["To"] = MINE
    original["Subject"] = "You have won, Mrs Newton"
    original["Message-ID"] = "<o1@win.example>"
    original.set_content("Send us your bank details, Mrs Newton.\n")
    report = EmailMessage(policy=mail_policy.SMTP)
    report["From"] = MINE
    report["To"] = to
    report["Subject"] = "Fwd: You have won, Mrs Newton"
    report["Message-ID"] = f"<report-{attached}@laptop.example>"
    if attached:
        report.set_content("Is it genuine?\n")
        report.add_attachment(original)
    else:
        report.set_content(
            "Is it genuine?\n\n-------- Forwarded Message --------\nSubject: You have won, Mrs Newton\n"
            f"Date: Sat, 21 Nov 2026 09:00:00 +0000\nFrom: Prize Office <prize@win.example>\nTo: {MINE}\n\n"
            "Send us your bank details, Mrs Newton.\n"
        )
    return report.as_bytes(), original.as_bytes()


@pytest.mark.parametrize("attached", [True, False])
def test_a_message_is_reported(at_work, upstream, tmp_path, attached):
    raw, original = forwarded(at_work, attached=attached)
    alone = msmtp(at_work, tmp_path, raw, (ADDRESS, COUNTY))
    assert b"A report goes to the post room alone" in alone.stderr
    sends(at_work, tmp_path, raw, ADDRESS)
    told = comes(upstream, "A MESSAGE WAS REPORTED", CLERK)
    assert "prize@" not in whole(told)
    assert "Newton" not in whole(told)
    receipt = comes(upstream, "Your report was taken")
    assert "(the Clerk) will look at it" in text_of(receipt)
    assert mail(upstream) == []
    [case] = at_work.json("report", "list", at_work.council.id, "--json")
    assert (case["by"], case["lookers"]) == (MINE, [CLERK])
    show = ("report", "show", at_work.council.id, case["id"], "--by", CLERK)
    shown = at_work.json(*show, "--json")
    assert (shown["author"], shown["original"]) == ("prize@win.example", "attached" if attached else "inline")
    assert "Send us your bank details, Mrs Newton." in shown["text"]
    kept = at_work.vestry(*show, "--original").stdout
    kept = kept if isinstance(kept, bytes) else kept.encode()
    inside = email.message_from_bytes(kept, policy=mail_policy.default)
    if attached:
        assert inside["Subject"] == "You have won, Mrs Newton"
        assert original.strip() in kept.replace(b"\n", b"\r\n").replace(b"\r\r", b"\r")
    close = ("report", "close", at_work.council.id, case["id"], "--by", CLERK, "--outcome", "Deleted")
    assert at_work.vestry(*close).returncode == 0
    assert at_work.json("report", "list", at_work.council.id, "--json") == []
    assert at_work.vestry("archive", "verify").returncode == 0


def test_a_report_that_is_not_for_the_clerk(at_work, upstream, tmp_path):
    raw, _ = forwarded(at_work, attached=True)
    sends(at_work, tmp_path, raw.replace(b"Is it genuine?", b"Not the Clerk"), ADDRESS)
    told = comes(upstream, "A MESSAGE WAS REPORTED", DEPUTY)
    assert "as the reporter asked" in text_of(told)
    assert letters(upstream, CLERK) == []
