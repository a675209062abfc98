"""`docs/cli.md`, from the commands in `gateway/cli`."""

from __future__ import annotations

from collections.abc import Iterator

import typer.main
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from docs.table import table
from gateway.cli import app

_HEAD = """# Commands

Generated from `gateway/cli` by `make docs`; change it there.

Every command has `--help`. It exits with 0 when it did what it was asked, with 1 when it could not, or could
not do all of it, and with 2 when it was not asked rightly (the command line, a configuration file). Data goes
to standard output, everything else to standard error.
"""


def page() -> str:
    """The whole page."""
    return _HEAD + "".join(_section(path, command) for path, command in _commands("vestry", _root()))


def _root() -> TyperGroup:
    root = typer.main.get_command(app)
    if not isinstance(root, TyperGroup):
        raise TypeError("vestry has no commands")
    return root


def _commands(path: str, group: TyperGroup) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(f"{path} {name}", command)
        elif isinstance(command, TyperCommand):
            yield f"{path} {name}", command


def _section(path: str, command: TyperCommand) -> str:
    parameters = [
        each for each in command.params if isinstance(each, TyperArgument | TyperOption) and not each.hidden
    ]
    arguments = [each for each in parameters if isinstance(each, TyperArgument)]
    usage = " ".join([path, *(_usage(argument) for argument in arguments)])
    rows = [[_name(each), _default(each), _help(each)] for each in parameters]
    described = table(["", "Default", ""], rows) + "\n" if rows else ""
    return f"\n## `{usage}`\n\n{(command.help or '').strip()}\n\n{described}"


def _usage(argument: TyperArgument) -> str:
    name = _argument_name(argument) + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _argument_name(argument: TyperArgument) -> str:
    return argument.metavar or (argument.name or "").upper()


def _name(parameter: TyperArgument | TyperOption) -> str:
    if isinstance(parameter, TyperArgument):
        return f"`{_argument_name(parameter)}`"
    names = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
    return f"{names} (may be repeated)" if parameter.multiple else names


def _default(parameter: TyperArgument | TyperOption) -> str:
    if parameter.required:
        return "must be given"
    if parameter.default in (None, False, (), "") or callable(parameter.default):
        return ""
    return f"`{parameter.default}`"


def _help(parameter: TyperArgument | TyperOption) -> str:
    text = parameter.help or ""
    return f"{text} Also `{parameter.envvar}` in the environment." if parameter.envvar else text
