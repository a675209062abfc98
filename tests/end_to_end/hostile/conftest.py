from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import TlsFiles
from tests.end_to_end.hostile.house import House, under_attack


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory, tls_files: TlsFiles) -> Iterator[House]:
    """One for all attacks but those that leave something behind."""
    with under_attack(tmp_path_factory.mktemp("hostile") / "vestry", tls_files) as house:
        yield house
