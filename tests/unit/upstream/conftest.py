from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from config.settings import UpstreamSettings


@pytest.fixture
def settings_for() -> Callable[..., UpstreamSettings]:
    """`settings_for(port, **changes)`: an upstream on this machine, with short limits."""

    def make(port: int, **changes: Any) -> UpstreamSettings:
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": port,
            "tls": "opportunistic",
            "connect_seconds": 5,
            "command_seconds": 5,
            "data_seconds": 5,
        }
        return UpstreamSettings.model_validate(values | changes)

    return make
