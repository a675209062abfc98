"""Where the time of signing goes: dkimpy alone against ours, RSA-2048, by message size.

Run with `python -m tests.bench.bench_dkim`. Times are processor milliseconds a message, the best of a few
rounds; "RSA" and "body" are those parts alone.
"""

from __future__ import annotations

import dkim
from cryptography.hazmat.primitives.serialization import PrivateFormat
from dkim.canonicalization import Relaxed
from dkim.crypto import HASH_ALGORITHMS, RSASSA_PKCS1_v1_5_sign, parse_pem_private_key

from gateway.signing.canonical import body_hash, split
from gateway.signing.sign import sign
from tests.bench.stopwatch import milliseconds
from tests.unit.signing.material import MESSAGE, WHEN, ed25519_key, pem, rsa_key

LINE = b"The quick brown fox jumps over the lazy dog, as minuted  in the last meeting.\r\n"
SIZES = {"4 kB": (4_000, 40), "100 kB": (100_000, 20), "5 MB": (5_000_000, 2)}


def main() -> None:
    """Print the comparison."""
    private = pem(rsa_key().private, PrivateFormat.TraditionalOpenSSL)
    parsed = parse_pem_private_key(private)
    pure = milliseconds(lambda: RSASSA_PKCS1_v1_5_sign(HASH_ALGORITHMS[b"rsa-sha256"](MESSAGE), parsed), 10)
    native = milliseconds(lambda: rsa_key().sign(MESSAGE), 100)
    print(f"RSA-2048 alone: dkimpy {pure:.2f} ms, cryptography {native:.2f} ms, ratio {pure / native:.1f}")
    print(
        f"{'':8}{'dkimpy':>10}{'ours':>10}{'ratio':>8}{'body, dkimpy':>15}{'body, ours':>12}{'ed25519':>10}"
    )
    for name, (size, times) in SIZES.items():
        message = MESSAGE + LINE * ((size - len(MESSAGE)) // len(LINE))
        _, start = split(message)
        theirs = milliseconds(
            lambda m=message: dkim.sign(
                m, b"r2026", b"example.org", private, canonicalize=(b"relaxed", b"relaxed")
            ),
            times,
        )
        ours = milliseconds(lambda m=message: sign(m, [rsa_key()], WHEN), times)
        body_theirs = milliseconds(lambda m=message, s=start: Relaxed.canonicalize_body(m[s:]), times)
        body_ours = milliseconds(lambda m=message, s=start: body_hash(m, s), times)
        elliptic = milliseconds(lambda m=message: sign(m, [ed25519_key()], WHEN), times)
        print(
            f"{name:8}{theirs:10.2f}{ours:10.2f}{theirs / ours:8.1f}{body_theirs:15.2f}{body_ours:12.2f}{elliptic:10.2f}"
        )


if __name__ == "__main__":
    main()
