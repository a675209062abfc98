"""The policies that are shipped (`config/policies`): what five councils adopted, as policies to start from.

Each is a file with one table, `[policy]`, as it would stand in a council's file.
"""

from __future__ import annotations

from importlib import resources

from pydantic import ValidationError

from config.base import Frozen
from config.errors import Complaint, ConfigError, complaints_from
from config.policy import Policy
from config.toml_file import parse_toml

SHIPPED = ("ict", "thorrington", "barton-le-clay", "rugeley", "croxley-green")
"""Their names, in the order in which they are listed."""


class _PolicyFile(Frozen):
    policy: Policy


def policy_from(text: str, name: str) -> Policy:
    """The policy that the TOML in `text` describes, under `[policy]`; errors call it `name`. Raises ConfigError."""
    try:
        return _PolicyFile.model_validate(parse_toml(text, name)).policy
    except ValidationError as error:
        raise ConfigError(name, complaints_from(error, _PolicyFile)) from None


def shipped_text(name: str) -> str:
    """The file of the shipped policy `name`, as it stands. Raises ConfigError where there is none."""
    if name not in SHIPPED:
        raise ConfigError("shipped policies", [Complaint("name", repr(name), "one of " + ", ".join(SHIPPED))])
    return (resources.files("config") / "policies" / f"{name}.toml").read_text(encoding="utf-8")


def shipped(name: str) -> Policy:
    """The shipped policy `name`. Raises ConfigError where there is none."""
    return policy_from(shipped_text(name), f"{name}.toml")
