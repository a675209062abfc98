"""The kinds of value that settings have: secrets, paths, names of hosts, counts, times.

Numbers are taken as they stand: neither `"25"` nor `true` is a port.
"""

from __future__ import annotations

import ipaddress
import os
import re
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo

from config.address import canonical_domain

Folder = dict[str, Path]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PUBLIC = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?(?:/[a-z0-9._~/-]{0,200})?"
)


def context_of(file: Path) -> Folder:
    """What validation needs to know of the settings file: the folder that relative paths start from."""
    return {"folder": file.resolve().parent}


def _anchored(path: Path, info: ValidationInfo) -> Path:
    folder = info.context.get("folder") if isinstance(info.context, dict) else None
    return folder / path if isinstance(folder, Path) else path


def _resolved(value: object, info: ValidationInfo) -> object:
    """`env:NAME` and `file:PATH` as what they name. Raises ValueError when it is not there, or is empty."""
    if not isinstance(value, str):
        return value
    scheme, _, rest = value.partition(":")
    if scheme == "env":
        if rest not in os.environ:
            raise ValueError(f"a set environment variable ({rest} is not set)")
        value = os.environ[rest]
    elif scheme == "file":
        value = _file_content(_anchored(Path(rest), info))
    if not value:
        raise ValueError("a value that is not empty")
    return value


def _file_content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"a readable file ({path}: {error.strerror})") from None
    except UnicodeDecodeError:
        raise ValueError(f"a file in UTF-8 ({path} is not)") from None


def _host_name(text: str) -> str:
    """A domain name or an IP address, as it may stand in a greeting."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return canonical_domain(text)


def _public_url(text: str) -> str:
    """What links begin with: `https`, or `http` on this machine alone; without a stroke at its end."""
    found = _PUBLIC.fullmatch(text)
    if found is None or (found["scheme"] == "http" and found["host"] not in _LOOPBACK):
        raise ValueError("an address such as https://post.example.gov.uk, without ? or #")
    return text.rstrip("/")


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("an address to listen on, such as 127.0.0.1 or ::") from None


def _spacy_pipeline(text: str) -> str:
    """A pipeline is a package of its own; whether it is one is seen when it is loaded."""
    if not text:
        return text
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", text) or find_spec(text) is None:
        raise ValueError("the name of a spaCy pipeline that is installed here, such as en_core_web_sm")
    return text


def _selector(text: str) -> str:
    labels = text.split(".")
    if not all(re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})", label) for label in labels):
        raise ValueError("letters, digits and hyphens, such as vestry1")
    return text


Secret = Annotated[SecretStr, BeforeValidator(_resolved)]
FilePath = Annotated[Path, AfterValidator(_anchored)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
HostName = Annotated[str, AfterValidator(_host_name)]
IpAddress = Annotated[str, AfterValidator(_ip_address)]
SpacyPipeline = Annotated[str, AfterValidator(_spacy_pipeline)]
Selector = Annotated[str, AfterValidator(_selector)]
Network = IPv4Network | IPv6Network
Port = Annotated[int, Field(strict=True, ge=0, le=65535)]
Count = Annotated[int, Field(strict=True, ge=1)]
Seconds = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Hours = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Days = Annotated[float, Field(strict=True, gt=0, le=365)]
