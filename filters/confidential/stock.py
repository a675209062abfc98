"""What is in a confidential paper and confidential all the same nowhere: the wording of every agenda, and the
council's own waivers.
"""

from __future__ import annotations

import tomllib
from importlib import resources

from config.council import Council
from signatures.message.carried.prints import prints_of

_MOST = 100_000


def stock_prints(council: Council) -> frozenset[int]:
    """The fingerprints that count for nothing in a paper of a council."""
    file = resources.files("filters.confidential") / "stock.toml"
    texts: list[str] = tomllib.loads(file.read_text(encoding="utf-8"))["texts"]
    texts += (
        text
        for version in council.signatures.waivers
        for variant in version.variants
        for text in (variant.text, variant.text_cy, variant.text_bilingual)
    )
    return frozenset(prints_of(texts, _MOST))
