"""A proof bundle, tampered with in every way that somebody might, by people who know how one is made."""

from __future__ import annotations

import base64
import json
import shutil
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.archive.offline import check
from gateway.archive.offline.check import GENESIS, Link, anchors_in, main, printed, statement, verify_bundle
from gateway.archive.offline.write import write_proof
from gateway.store import ledger
from gateway.store.errors import Conflict, NotFound
from tests.conftest import ROOT
from tests.unit.archive.integrity.kit import Forger, anchor, archived, bundle_of  # noqa: F401  # fixture
from tests.unit.store.conftest import council, database, url  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL


@pytest.fixture(scope="module")
def made(tmp_path_factory, request):
    """A bundle, the anchor that was kept of it, and the ids of its messages. Copied for each test."""
    from config.council import Council
    from gateway.store import councils
    from gateway.store.database import Database
    from gateway.store.upgrade import upgrade
    from tests.unit.archive.integrity.kit import fill
    from tests.unit.store.conftest import NOW

    folder = tmp_path_factory.mktemp("made")
    upgrade(f"sqlite:///{folder}/vestry.sqlite")
    database = Database(f"sqlite:///{folder}/vestry.sqlite")
    database.start()
    clerk = {
        "login": "jo@nether.example",
        "name": "Jo Bloggs",
        "roles": [{"role": "clerk"}],
        "identities": [{"address": "jo@nether.example"}],
    }
    saved = Council.model_validate(
        {"id": COUNCIL, "name": "Nether", "domains": ["nether.example"], "people": [clerk]}
    )
    database.write_blocking(lambda c: councils.save(c, saved, NOW, "test"))
    ids = fill(database)
    anchor(database)
    kept = anchor(database)
    bundle = bundle_of(database, folder / "bundle")
    database.stop()
    return bundle, kept, ids


@pytest.fixture
def ids(made):
    return made[2]


@pytest.fixture
def kept(made):
    return made[1]


@pytest.fixture
def bundle(made, tmp_path) -> Path:
    return Path(shutil.copytree(made[0], tmp_path / "bundle"))


def problems(path, *anchors, key=None) -> list[str]:
    return [str(problem) for problem in verify_bundle(path, anchors, key)]


def test_a_whole_archive_is_whole_without_any_database(database, archived, tmp_path):
    kept = anchor(database)
    told = []
    target = tmp_path / "bundle"
    written = database.read_blocking(
        lambda c: write_proof(c, COUNCIL, target, progress=lambda done, of: told.append((done, of)))
    )
    assert written == (10, 0)  # Neither what was refused nor what is sealed.
    assert told[-1][0] == told[-1][1] == len(told)
    assert problems(target, kept, key=kept.key) == []
    assert not (target / "messages" / f"{archived[-1]}.eml").exists()
    assert stat.S_IMODE(target.stat().st_mode) == 0o700
    with pytest.raises(Conflict):
        bundle_of(database, target)
    assert [each.name for each in tmp_path.glob(".bundle*")] == []


def test_some_messages_with_the_chain_that_they_stand_in(database, archived, tmp_path):
    kept = anchor(database)
    target = bundle_of(database, tmp_path / "some.zip", [archived[0], archived[2]])
    assert problems(target, kept) == []
    with zipfile.ZipFile(target) as file:
        assert [name for name in file.namelist() if name.endswith(".eml")] == [f"messages/{archived[0]}.eml"]
        contents = file.read("contents.jsonl").splitlines()
        salted = [line for line in file.read("links.jsonl").splitlines() if json.loads(line)["salt"]]
    assert len(contents) == len(salted) == 5  # Two received, two decided, one gone out.
    for unknown in ("NOBODY", archived[-1]):
        with pytest.raises(NotFound):
            bundle_of(database, tmp_path / "none", [unknown])
    assert not (tmp_path / "none").exists()


def test_what_was_altered_in_the_archive_is_altered_in_the_bundle(database, archived, tmp_path):
    from sqlalchemy import update

    from gateway.store.models import DecisionRow
    from tests.intruder import alone

    with alone(database) as connection:
        connection.execute(update(DecisionRow).where(DecisionRow.message_id == archived[1]).values(why="x"))
    [problem] = problems(bundle_of(database, tmp_path / "bundle"))
    assert f"message {archived[1]}: what was 'decided' was altered" in problem


def test_the_two_ways_of_saying_a_hash_are_one(database, archived):
    for link, _, recorded in database.read_blocking(lambda c: ledger.links(c, COUNCIL)):
        offline = Link(
            link.sequence,
            link.at.isoformat(),
            link.event,
            link.message,
            link.part,
            link.content,
            link.previous,
            recorded,
            None,
        )
        assert offline.right_hash(COUNCIL) == recorded
    assert ledger.GENESIS == GENESIS
    parts = [b"", b"a", "é".encode()]
    assert check._content_hash(b"salt", parts) == ledger.content_hash(b"salt", parts)


def test_an_untouched_bundle_is_whole(bundle, kept):
    assert problems(bundle, kept, key=kept.key) == []


def test_one_byte_of_a_message(bundle, kept, ids):
    path = bundle / "messages" / f"{ids[4]}.eml"
    raw = bytearray(path.read_bytes())
    raw[7] ^= 1
    path.write_bytes(raw)
    [problem] = problems(bundle, kept)
    assert f"message {ids[4]}: its text was altered" in problem


def test_two_bodies_exchanged(bundle, kept, ids):
    one, other = (bundle / "messages" / f"{each}.eml" for each in ids[4:6])
    text = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(text)
    Forger(bundle).write()
    found = problems(bundle, kept)
    assert len(found) == 2
    for each, problem in zip(ids[4:6], found, strict=True):
        assert f"message {each}: its text was altered" in problem


def test_a_message_taken_out(bundle, kept, ids):
    (bundle / "messages" / f"{ids[4]}.eml").unlink()
    Forger(bundle).write()
    [problem] = problems(bundle, kept)
    assert f"message {ids[4]}: its text is missing" in problem


def test_a_message_put_in(bundle, kept):
    (bundle / "messages" / "01FORGED.eml").write_bytes(b"From: x\r\n\r\n")
    Forger(bundle).write()
    [problem] = problems(bundle, kept)
    assert "01FORGED.eml" in problem
    assert "it was put in" in problem


def test_a_message_put_in_the_place_of_another(bundle, kept, ids):
    (bundle / "messages" / f"{ids[4]}.eml").rename(bundle / "messages" / "01FORGED.eml")
    found = problems(bundle, kept)
    assert any(f"message {ids[4]}: its text is missing" in problem for problem in found)
    assert any("01FORGED.eml" in problem and "it was put in" in problem for problem in found)


def test_a_row_altered(bundle, kept, ids):
    forger = Forger(bundle)
    [link] = [each for each in forger.links if each["message"] == ids[5] and each["event"] == "received"]
    parts = forger.contents[link["sequence"]]
    row = json.loads(base64.b64decode(parts[0])) | {"subject": "Another"}
    parts[0] = base64.b64encode(json.dumps(row).encode()).decode()
    forger.write()
    assert problems(bundle, kept) == [
        f"link {link['sequence']}, message {ids[5]}: what was 'received' was altered"
    ]


def test_what_a_link_speaks_of_taken_out(bundle, kept):
    forger = Forger(bundle)
    decided = next(each for each in forger.links if each["event"] == "decided")
    del forger.contents[decided["sequence"]]
    forger.write()
    [problem] = problems(bundle, kept)
    assert f"message {decided['message']}: what was 'decided' is missing" in problem


def test_what_no_link_speaks_of(bundle, kept):
    forger = Forger(bundle)
    forger.contents[len(forger.links) + 1] = ["YQ=="]
    forger.write()
    [problem] = problems(bundle, kept)
    assert "no link speaks of what stands there" in problem


def cut(bundle, number: int) -> int:
    """Take the newest links, and all that they speak of. Returns how many are left."""
    forger = Forger(bundle)
    for link in forger.links[-number:]:
        forger.contents.pop(link["sequence"], None)
        if link["event"] == "received":
            (bundle / "messages" / f"{link['message']}.eml").unlink(missing_ok=True)
    del forger.links[-number:]
    for path in (bundle / "anchors").iterdir():
        if int(path.stem) > len(forger.links):
            path.unlink()
    forger.write()
    return len(forger.links)


def test_the_newest_ten_cut(bundle, kept):
    left = cut(bundle, 10)
    assert problems(bundle) == []  # It agrees with itself: this is what anchors are kept for.
    [problem] = problems(bundle, kept)
    assert f"links {left + 1} to {kept.links} are missing: the anchor of 12 May 2026 at 10:30" in problem


def test_the_newest_cut_and_the_bundles_own_anchors_left(bundle):
    forger = Forger(bundle)
    last = forger.links.pop()
    forger.contents.pop(last["sequence"], None)
    last = forger.links.pop()
    forger.contents.pop(last["sequence"], None)
    forger.write()
    assert any("is missing: the anchor of" in problem for problem in problems(bundle))


def test_a_link_put_in(bundle, kept):
    forger = Forger(bundle)
    forger.links.insert(5, dict(forger.links[3]))
    forger.write()
    found = problems(bundle, kept)
    assert any("it stands where link 6 should" in problem for problem in found)


def test_a_link_put_in_and_everything_chained_after_it(bundle, kept):
    forger = Forger(bundle)
    forger.links.insert(5, dict(forger.links[4], salt=None, sequence=-1))
    forger.chain()
    forger.write()
    assert any("the chain was made anew" in problem for problem in problems(bundle, kept))


def test_two_links_exchanged(bundle, kept):
    forger = Forger(bundle)
    links = forger.links
    links[2], links[4] = links[4], links[2]
    forger.write()
    found = problems(bundle, kept)
    assert any(problem.startswith("link 5,") and "stands where link 3 should" in problem for problem in found)
    assert any("link 3," in problem and "stands where link 5 should" in problem for problem in found)


def test_a_link_rewritten_with_a_hash_that_fits(bundle, kept):
    forger = Forger(bundle)
    link = forger.links[4]
    link["at"] = "2020-01-01T00:00:00+00:00"
    link["hash"] = Link(**link).right_hash(COUNCIL)
    forger.write()
    [problem] = problems(bundle, kept)
    assert problem.startswith("link 6,")
    assert "it does not follow the link before it" in problem


def test_a_link_taken_out(bundle, kept):
    forger = Forger(bundle)
    forger.contents.pop(forger.links.pop(4)["sequence"])
    forger.write()
    assert any("link 6" in problem and "where link 5 should" in problem for problem in problems(bundle, kept))


def forge_anchors(bundle, forger) -> None:
    """Anchors of the chain as it is now, signed with a key of the forger's own."""
    key = Ed25519PrivateKey.generate()
    for path in (bundle / "anchors").iterdir():
        [old] = anchors_in(path.read_bytes())
        new = replace(
            old, head=forger.links[old.links - 1]["hash"], key=key.public_key().public_bytes_raw().hex()
        )
        words = statement(new.council, new.links, new.head, new.messages, new.moment)
        path.write_text(printed(replace(new, signature=key.sign(words).hex())))


def test_the_chain_made_anew(bundle, kept):
    forger = Forger(bundle)
    forger.chain(fresh_salts=True)
    forge_anchors(bundle, forger)
    forger.write()
    assert problems(bundle) == []
    found = problems(bundle, kept)
    assert any(f"link {kept.links}" in problem and "the chain was made anew" in problem for problem in found)
    assert any("signed with another key" in problem for problem in found)
    assert any("signed with another key" in problem for problem in problems(bundle, key=kept.key))


def test_an_anchor_that_was_altered(bundle, kept):
    [problem] = problems(bundle, replace(kept, messages=kept.messages + 1))
    assert problem.startswith("the anchor of 12 May 2026 at 10:30: its signature is not of what it says")
    [problem] = problems(bundle, replace(kept, council="other"))
    assert "its signature is not" in problem


MANGLED = {
    "gone": lambda bundle: (bundle / "links.jsonl").unlink(),
    "a folder": lambda bundle: ((bundle / "links.jsonl").unlink(), (bundle / "links.jsonl").mkdir()),
    "no manifest": lambda bundle: (bundle / "manifest.json").unlink(),
    "a manifest of nonsense": lambda bundle: (bundle / "manifest.json").write_bytes(b"[" * 100_000),
    "another file": lambda bundle: (bundle / "notes.txt").write_text("x"),
    "another anchor": lambda bundle: (bundle / "anchors" / "7.txt").write_text("x"),
    "not JSON": lambda bundle: (bundle / "links.jsonl").write_bytes(b"\xff\n" * 5),
    "no links": lambda bundle: (bundle / "links.jsonl").write_bytes(b"1\n[]\n{}\n"),
    "nothing": lambda bundle: shutil.rmtree(bundle / "messages"),
    "contents of nonsense": lambda bundle: (bundle / "contents.jsonl").write_bytes(b'{"sequence": 1}\n1\n'),
}


@pytest.mark.parametrize("how", MANGLED)
def test_what_is_no_bundle_is_said_to_be_none(bundle, kept, how):
    MANGLED[how](bundle)
    assert problems(bundle, kept)


def run(*arguments, folder=ROOT, command=("-m", "gateway.archive.offline")):
    return subprocess.run(
        [sys.executable, *command, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_one_file_copied_out_alone_is_enough(bundle, kept, ids, tmp_path):
    alone, saved = tmp_path / "alone", tmp_path / "kept.txt"
    alone.mkdir()
    shutil.copy(check.__file__, alone / "check.py")
    saved.write_text(printed(kept))
    done = run(bundle, "--anchor", saved, folder=alone, command=("-I", "check.py"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Whole: " in done.stdout
    assert "10 messages" in done.stdout
    assert "Held against the anchor of 12 May 2026 at 10:30." in done.stdout
    (bundle / "messages" / f"{ids[6]}.eml").write_bytes(b"x")
    done = run(bundle, "--anchor", saved, folder=alone, command=("-I", "check.py"))
    assert done.returncode == 1
    assert f"message {ids[6]}: its text was altered" in done.stdout
    assert "NOT WHOLE: 1 problem." in done.stdout


def test_the_module_says_what_it_was_held_against(bundle, tmp_path):
    done = run(bundle)
    assert done.returncode == 0
    assert "held against no anchor" in done.stdout
    (tmp_path / "empty.txt").write_text("nothing")
    assert run(bundle, "--anchor", tmp_path / "empty.txt").returncode == 2
    assert run(tmp_path / "nowhere").returncode == 2


def test_a_damaged_zip_file_is_a_problem_and_no_crash(database, archived, tmp_path, capsys):
    target = bundle_of(database, tmp_path / "b.zip")
    whole = target.read_bytes()
    assert main([str(target)]) == 0
    for place in range(0, len(whole), 97):
        target.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        assert main([str(target)]) in {0, 1, 2}  # Some octets say nothing: dates of files, for one.
    capsys.readouterr()


def test_a_large_bundle_is_checked_with_little_memory(tmp_path):
    """Five thousand links that speak of ten megabytes, and never more than a few of them at once in memory."""
    (tmp_path / "anchors").mkdir()
    last = GENESIS
    with (tmp_path / "links.jsonl").open("wb") as links, (tmp_path / "contents.jsonl").open("wb") as contents:
        for sequence in range(1, 5001):
            part = b"%d" % sequence * 500
            said = (sequence, "2026-05-11T09:30:00+00:00", "audited", "", str(sequence))
            link = Link(*said, check._content_hash(b"s", [part]), last, "", b"s".hex())
            link = link._replace(hash=link.right_hash(COUNCIL))
            last = link.hash
            links.write(json.dumps(link._asdict()).encode() + b"\n")
            parts = [base64.b64encode(part).decode()]
            contents.write(json.dumps({"sequence": sequence, "parts": parts}).encode() + b"\n")
    (tmp_path / "messages.sha256").touch()
    (tmp_path / "manifest.json").write_bytes(
        check.manifest_text({"format": check.FORMAT, "council": COUNCIL, "links": 0, "head": ""})
    )
    forger = Forger(tmp_path)
    forger.seal()
    del forger
    tracemalloc.start()
    try:
        assert problems(tmp_path) == []
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5_000_000
