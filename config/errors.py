"""The one error that bad configuration raises, and how it is put into words."""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong: the dotted key, what was found there, and what is allowed."""

    key: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.key}: found {self.found}; allowed: {self.allowed}"


class ConfigError(Exception):
    """A configuration file cannot be used: names the file and, for each fault, key, found and allowed."""

    def __init__(self, file: str, complaints: Iterable[Complaint]) -> None:
        self.file = file
        self.complaints = list(complaints)
        super().__init__("\n".join(f"{file}: {complaint}" for complaint in self.complaints))


class Faults(ValueError):
    """What a validator that looks at several keys found wrong; the keys are relative to the value it saw."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("; ".join(map(str, self.complaints)))


_SECRET_WORDS = ("password", "secret", "token", "database")
_NOT_SHOWN = "a value (not shown)"
_WORDS = {
    "bool_type": "true or false",
    "date_from_datetime_inexact": "a day such as 2026-05-07",
    "date_from_datetime_parsing": "a day such as 2026-05-07",
    "date_parsing": "a day such as 2026-05-07",
    "date_type": "a day such as 2026-05-07",
    "dict_type": "a table",
    "enum": "{expected}",
    "finite_number": "a number that ends",
    "float_parsing": "a number",
    "float_type": "a number",
    "frozen_instance": "no change",
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "list_type": "a list",
    "literal_error": "{expected}",
    "missing": "a value, which must be given",
    "model_attributes_type": "a table",
    "model_type": "a table",
    "path_type": "a path, as text in quotes",
    "string_too_long": "text of at most {max_length} characters",
    "string_too_short": "text that is not empty",
    "string_type": "text in quotes",
    "string_unicode": "text in UTF-8",
    "too_long": "at most {max_length} of them",
    "too_short": "at least {min_length} of them",
    "tuple_type": "a list",
}


def complaints_from(error: ValidationError, model: type[BaseModel]) -> list[Complaint]:
    """Each fault that pydantic found in a `model`, in words an operator can act on; no secret is repeated."""
    complaints: list[Complaint] = []
    faults = error.errors(include_url=False)
    for fault in faults:
        if fault["type"] == "too_short" and _has_deeper(faults, fault["loc"]):
            continue  # The list is short only because a faulty item was not counted.
        key = _dotted(fault["loc"])
        context = fault.get("ctx", {})
        cause = context.get("error")
        if isinstance(cause, Faults):
            prefix = _dotted(fault["loc"], whole="")
            complaints.extend(replace(each, key=_joined(prefix, each.key)) for each in cause.complaints)
        elif fault["type"] == "extra_forbidden":
            complaints.append(Complaint(key, "an unknown key", _keys_allowed(model, fault["loc"][:-1])))
        elif fault["type"] == "missing":
            complaints.append(Complaint(key, "nothing", _WORDS["missing"]))
        else:
            words = _WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))
            complaints.append(Complaint(key, shown(key, fault["input"]), words.format_map(_Plain(context))))
    return complaints


def shown(key: str, value: object) -> str:
    """A value found at `key` as an error may repeat it: no secret, nothing long, of a table only its keys."""
    if any(word in key.lower() for word in _SECRET_WORDS):
        return _NOT_SHOWN
    if isinstance(value, BaseModel):
        value = dict.fromkeys(value.model_fields_set)
    if isinstance(value, Mapping):
        return f"a table with {', '.join(sorted(map(str, value))) or 'nothing in it'}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return str(value).lower()
    found = repr(value) if isinstance(value, str) else str(value)
    return found if len(found) <= 80 else found[:77] + "..."


def _has_deeper(faults: Sequence[ErrorDetails], location: tuple[int | str, ...]) -> bool:
    return any(
        len(fault["loc"]) > len(location) and fault["loc"][: len(location)] == location for fault in faults
    )


class _Plain(dict[str, Any]):
    """Fills a sentence; limits that are whole numbers are written as such."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return int(value) if isinstance(value, float) and value.is_integer() else value


def _dotted(location: Iterable[int | str], whole: str = "(the whole file)") -> str:
    """`("listeners", 0, "port")` as `listeners[0].port`."""
    text = ""
    for step in location:
        if step == "[key]":  # pydantic's mark that the key itself is at fault, and it has just been named.
            continue
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".") or whole


def _joined(prefix: str, key: str) -> str:
    if not prefix or not key:
        return prefix or key or "(the whole file)"
    return prefix + key if key.startswith("[") else f"{prefix}.{key}"


def _keys_allowed(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """The keys of the table at `location` within `model`."""
    annotation: object = model
    for step in location:
        annotation = _inside(annotation, step)
    table = _table(annotation)
    if table is None:
        return "only the keys in the reference"
    return ", ".join(field.alias or name for name, field in table.model_fields.items())


def _inside(annotation: object, step: int | str) -> object:
    """The type of the item, value or field that one step leads to; None where that is not known."""
    for choice in _choices(annotation):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            for name, field in choice.model_fields.items():
                if step in (name, field.alias):
                    return field.annotation
        elif get_origin(choice) in (tuple, list) and isinstance(step, int):
            return get_args(choice)[0]
        elif get_origin(choice) is dict:
            return get_args(choice)[1]
    return None


def _table(annotation: object) -> type[BaseModel] | None:
    tables = [c for c in _choices(annotation) if isinstance(c, type) and issubclass(c, BaseModel)]
    return tables[0] if tables else None


def _choices(annotation: object) -> tuple[object, ...]:
    """The types that an annotation allows: of `A | None` both, of `Annotated[A, ...]` what A allows."""
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(choice for arm in get_args(annotation) for choice in _choices(arm))
    if get_origin(annotation) is Annotated:
        return _choices(get_args(annotation)[0])
    return (annotation,)
