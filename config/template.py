"""What a signature template may say: Jinja's output, `if`, and a few filters, over named fields.

The syntax tree is compared with a list of what is allowed, so there is nothing in a template that could loop,
call, look into a value or reach outside; its cost is bounded by its length. What is not on the list is refused
when the council is loaded, with the line that it is in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from jinja2 import Environment, TemplateSyntaxError, nodes
from pydantic import AfterValidator

from config.errors import Complaint, Faults

FIELDS = (
    "name",
    "role",
    "role_cy",
    "title",
    "title_cy",
    "ward",
    "ward_cy",
    "phone",
    "hours",
    "hours_cy",
    "pronouns",
    "email",
    "council",
    "council_cy",
    "council_phone",
    "address",
    "address_cy",
    "website",
    "logo",
)
"""The fields there are for everyone, in the order of the guide; people's `details` are besides."""

NOT_IN_TEXT = frozenset({"logo"})
NOT_PERSONAL = frozenset({"logo", "website"})
"""What a template in the capacity "personal" may not show (a link to the council's site, its logo)."""

FILTERS = frozenset({"upper", "lower", "title", "capitalize", "trim"})
MOST_CHARACTERS = 8_000
_DEEPEST = 12
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Filter,
)
_ALLOWED_IN_WORDS = "text, {{ a field }}, {% if … %} with ==, !=, and, or, not, and the filters " + ", ".join(
    sorted(FILTERS)
)
_NAMES = {
    nodes.For: "a loop",
    nodes.Macro: "a macro",
    nodes.CallBlock: "a call",
    nodes.Call: "a call",
    nodes.Getattr: "a look into a value (.)",
    nodes.Getitem: "a look into a value ([])",
    nodes.Include: "an include",
    nodes.Import: "an import",
    nodes.FromImport: "an import",
    nodes.Extends: "an extends",
    nodes.Block: "a block",
    nodes.Assign: "a set",
    nodes.AssignBlock: "a set",
    nodes.With: "a with",
    nodes.Test: "a test (is)",
    nodes.FilterBlock: "a filter block",
    nodes.Scope: "an autoescape block",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that a template names, and the line where it does so first."""

    name: str
    line: int


@lru_cache(maxsize=4096)
def references(source: str) -> tuple[Reference, ...]:
    """The fields that a template names, each once. Raises Faults when it says what no template may say."""
    if len(source) > MOST_CHARACTERS:
        raise _fault(f"{len(source)} characters", f"at most {MOST_CHARACTERS} characters")
    try:
        tree = _SYNTAX.parse(source)
    except TemplateSyntaxError as error:
        raise _fault(
            f"in line {error.lineno}, {error.message}", f"a template with {_ALLOWED_IN_WORDS}"
        ) from None
    except (RecursionError, ValueError, OverflowError):
        raise _fault("a template nested too deeply, or a number too long", _ALLOWED_IN_WORDS) from None
    found: dict[str, int] = {}
    for node in _all(tree):
        _check(node)
        if isinstance(node, nodes.Name):
            found.setdefault(node.name, node.lineno)
    return tuple(Reference(name, line) for name, line in found.items())


def _all(tree: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > 2 * _DEEPEST:
            raise _fault(f"in line {node.lineno}, something nested too deeply", f"at most {_DEEPEST} levels")
        yield node
        waiting.extend((child, depth + 1) for child in reversed(list(node.iter_child_nodes())))


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        what = _NAMES.get(type(node)) or f"an expression ({type(node).__name__})"
        raise _fault(f"in line {_line(node)}, {what}", _ALLOWED_IN_WORDS)
    if isinstance(node, nodes.Compare) and not {each.op for each in node.ops} <= {"eq", "ne"}:
        raise _fault(f"in line {node.lineno}, a comparison other than == and !=", _ALLOWED_IN_WORDS)
    if isinstance(node, nodes.Filter) and (
        node.name not in FILTERS or node.args or node.kwargs or node.dyn_args or node.dyn_kwargs
    ):
        raise _fault(
            f"in line {node.lineno}, the filter {node.name!r}", "the filters " + ", ".join(sorted(FILTERS))
        )


def _line(node: nodes.Node) -> int:
    """The line of a node, or of what is in it where it has none itself."""
    return next(
        (line for line in (node.lineno, *(each.lineno for each in node.iter_child_nodes())) if line), 1
    )


def _fault(found: str, allowed: str) -> Faults:
    return Faults([Complaint("", found, allowed)])


def _well_formed(source: str) -> str:
    """The template with its line ends as LF, without the blanks around it."""
    source = source.replace("\r\n", "\n").strip()
    for character in source:
        if character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            raise _fault(f"the character U+{ord(character):04X}", "text without control characters")
    references(source)
    return source


_SYNTAX = Environment()  # noqa: S701  # It parses only; nothing is ever rendered with it.

Template = Annotated[str, AfterValidator(_well_formed)]
"""A template of a text or HTML body that says nothing but what is allowed; its fields are not known yet."""
