"""Case 42: what is signed or encrypted stays as it is, and still verifies with the programs that people have."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.policy import Verdict
from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sealed import PLAIN, Pgp, Smime, entity
from tests.unit.signatures.cases.sending import (
    AFTER,
    END,
    SIGNATURE,
    WAIVER,
    Sent,
    client,
    council,
    send,
    with_fallback,
)
from tests.unit.signatures.cases.visible import is_body, leaves, parsed, texts

BOTH = pytest.mark.parametrize("position", [AFTER, END])
KINDS = pytest.mark.parametrize("kind", ["plain", "alternative"])
ALL = (
    "smime_signed",
    "smime_encrypted",
    "pgp_signed",
    "pgp_encrypted",
)


def every(choice: str, position: str = AFTER):
    """The council that chose one thing for all that is sealed."""
    return council(position, with_fallback(**dict.fromkeys(ALL, choice)))


def sealed_part(raw: bytes, kind: str) -> bytes:
    """The sealed part as a message of its own: its header, and its very bytes from the message."""
    found = [part for part in parsed(raw).walk() if part.get_content_type() == kind]
    assert len(found) == 1
    part = found[0]
    header = "".join(
        f"{name}: {value}\r\n" for name, value in part.items() if name.lower().startswith("content-")
    )
    boundary = part.get_boundary()
    if boundary is None:
        content = part.get_payload(decode=False).replace("\r\n", "\n").replace("\n", "\r\n").encode()
    else:
        start = raw.index(f"--{boundary}\r\n".encode())
        end = raw.index(f"--{boundary}--".encode()) + len(boundary) + 4
        content = raw[start:end] + b"\r\n"
    header = header.replace("\r\n", "\n").replace("\n", "\r\n")
    return b"MIME-Version: 1.0\r\n" + header.encode() + b"\r\n" + content


def stands_beside(sent: Sent) -> None:
    """The block stands, once, in a text of its own outside of what is sealed."""
    parts = parsed(sent.raw).get_payload()
    outside = [part for part in parts if is_body(part) and not part.is_multipart()]
    assert len(outside) == 1
    shown = outside[0].get_payload(decode=True).decode(outside[0].get_content_charset("us-ascii"))
    assert " ".join(shown.split()).count(WAIVER) == 1
    assert " ".join(shown.split()).count(" ".join(SIGNATURE)) == 1
    assert sent.raw.count(b"Nothing in it binds") == 1
    expect.fit(sent.raw)
    expect.outside(sent)


@BOTH
@KINDS
def test_case_42_a_message_signed_with_smime_is_wrapped_and_still_verifies(smime: Smime, kind, position):
    what = entity(kind)
    raw = smime.signed(what)
    assert smime.verified(sealed_part(raw, "multipart/signed")) == what
    sent = send(raw, every("wrap", position))
    assert what in sent.raw
    assert smime.verified(sealed_part(sent.raw, "multipart/signed")) == what
    stands_beside(sent)


@BOTH
@KINDS
def test_case_42_a_message_signed_with_pgp_is_wrapped_and_still_verifies(
    pgp: Pgp, tmp_path: Path, kind, position
):
    what = entity(kind)
    sent = send(pgp.signed(what), every("wrap", position))
    assert what in sent.raw
    (signature,) = [
        part for _, part in leaves(parsed(sent.raw)) if part.get_content_type() == "application/pgp-signature"
    ]
    whole = sealed_part(sent.raw, "multipart/signed")
    boundary = b"--" + parsed(whole).get_boundary().encode() + b"\r\n"
    pgp.verified(whole.split(boundary)[1].removesuffix(b"\r\n"), signature.get_payload(decode=True), tmp_path)
    stands_beside(sent)


def test_case_42_a_signature_over_other_bytes_would_not_verify(smime: Smime):
    what = entity("plain")
    broken = smime.signed(what).replace(b"Tuesday", b"Tuesdax")
    with pytest.raises(AssertionError):
        smime.verified(sealed_part(broken, "multipart/signed"))


@KINDS
def test_case_42_by_default_what_is_signed_is_wrapped(smime: Smime, kind):
    what = entity(kind)
    sent = send(smime.signed(what))
    assert smime.verified(sealed_part(sent.raw, "multipart/signed")) == what
    stands_beside(sent)


@BOTH
def test_case_42_what_is_opaque_or_encrypted_with_smime_is_wrapped_whole(smime: Smime, position):
    what = entity("alternative")
    for raw in (smime.opaque(what), smime.encrypted(what)):
        sent = send(raw, every("wrap", position))
        stands_beside(sent)
        part = sealed_part(sent.raw, "application/pkcs7-mime")
        assert (smime.verified if b"signed-data" in raw else smime.decrypted)(part) == what


def test_case_42_what_is_encrypted_with_pgp_is_wrapped_whole(pgp: Pgp):
    what = entity("alternative")
    sent = send(pgp.encrypted(what), every("wrap"))
    stands_beside(sent)
    (sealed,) = [part for part in parsed(sent.raw).walk() if part.get_content_type() == "multipart/encrypted"]
    assert [part.get_content_type() for part in sealed.get_payload()] == [
        "application/pgp-encrypted",
        "application/octet-stream",
    ]
    assert pgp.gpg("--decrypt", given=sealed.get_payload()[1].get_payload(decode=True)) == what


@pytest.mark.parametrize("choice", ["record", "hold", "refuse"])
def test_case_42_the_council_chooses_what_is_done(smime: Smime, pgp: Pgp, choice):
    what = entity("alternative")
    house = every(choice)
    for raw in (
        smime.signed(what),
        smime.opaque(what),
        smime.encrypted(what),
        pgp.signed(what),
        pgp.encrypted(what),
    ):
        sent = send(raw, house)
        assert sent.raw == raw, "nothing of it is touched"
        verdict = sent.decision.verdict
        assert verdict is {"hold": Verdict.HOLD, "refuse": Verdict.REFUSE}.get(choice, verdict)
        if choice == "record":
            assert verdict in {Verdict.PASS, Verdict.NOTE}
        assert "waiver" in sent.notes, "what goes without a waiver is said"


def test_case_42_by_default_what_is_encrypted_is_held(smime: Smime, pgp: Pgp):
    for raw in (smime.encrypted(entity("plain")), pgp.encrypted(entity("plain"))):
        sent = send(raw)
        assert sent.decision.verdict is Verdict.HOLD
        assert sent.raw == raw


@BOTH
def test_case_42_inline_pgp_gets_its_block_below_the_armour(pgp: Pgp, position):
    raw = pgp.inline_signed()
    sent = send(raw, position)
    (was,), (now,) = texts(sent.received), texts(sent.raw)
    start = was.source.index("-----BEGIN PGP SIGNED MESSAGE-----")
    end = was.source.index("-----END PGP SIGNATURE-----") + len("-----END PGP SIGNATURE-----")
    armoured = was.source[start:end]
    assert now.source.startswith(armoured)
    assert pgp.gpg("--decrypt", given=(armoured + "\r\n").encode()).replace(b"\r\n", b"\n") == PLAIN.replace(
        b"\r\n", b"\n"
    )
    pgp.gpg("--verify", given=now.source.encode())
    below = now.source[end:]
    assert " ".join(SIGNATURE) in " ".join(below.split())
    assert " ".join(below.split()).count(WAIVER) == 1
    expect.alone(sent)


@BOTH
def test_case_42_inline_pgp_as_it_stands_in_the_corpus(position):
    sent = send("cases/42-inline-pgp", position)
    was, now = texts(client("cases/42-inline-pgp"))[0], texts(sent.raw)[0]
    assert now.source.startswith(was.source.rstrip("\r\n"))
    expect.the_only(now.lines, WAIVER)


def test_case_42_inline_pgp_that_is_encrypted_is_never_written_into(pgp: Pgp):
    raw = pgp.inline_encrypted()
    assert send(raw).decision.verdict is Verdict.HOLD
    assert send(raw, every("record")).raw == raw
    wrapped = send(raw, every("wrap"))
    (armoured,) = [text for text in texts(wrapped.raw) if "BEGIN PGP MESSAGE" in text.source]
    assert armoured.source.strip() == texts(raw)[0].source.strip()
    assert wrapped.raw.count(b"Nothing in it binds") == 1
