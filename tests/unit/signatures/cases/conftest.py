from __future__ import annotations

from tests.unit.signatures.cases.sealed import pgp, smime

__all__ = ["pgp", "smime"]
