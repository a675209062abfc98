from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import TlsFiles
from tests.end_to_end.hostile.house import (
    DECISION_SECONDS,
    PER_MINUTE,
    House,
)
from tests.installation import Installation
from tests.peers.recorder import Recorder


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory, tls_files: TlsFiles) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("hostile") / "vestry"
    installation = Installation(folder, tls_files.certificate, tls_files.key, tls_files.ca)
    installation.settings["limits"] = {"connections": 5000, "decision_seconds": DECISION_SECONDS}
    installation.settings["auth"] = {"attempts_per_minute": PER_MINUTE}
    installation.settings["workers"] = {"task_seconds": 4, "cpu_seconds": 4}
    installation.settings["log"] = {"level": "debug"}
    with Recorder() as upstream:
        installation.upstream(upstream.port)
        installation.prepare()
        installation.start()
        house = House(installation, upstream)
        try:
            house.ordinary("at rest")
            yield house
            for miss in house.misses:
                print(miss)
        finally:
            installation.stop()
