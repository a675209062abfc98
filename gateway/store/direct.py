"""Statements of the intake road, given to SQLite's driver as they are.

SQLite is in the same process: a row is written sooner than SQLAlchemy has made ready to have it written. So a statement
is compiled once, for the names of the values it is given, and from then on goes to the driver with nothing in between;
values and results are made of what they are, and errors raised as what they are, just as SQLAlchemy does. To PostgreSQL
it goes through SQLAlchemy: there it is the way to the server that counts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

_DIALECT = sqlite.dialect(paramstyle="qmark")
_Process = Callable[[Any], Any]
_Statement = Select[*tuple[Any, ...]] | UpdateBase


class _Compiled(NamedTuple):
    """What goes to the driver, the values in the order of `names`. `values` are those that the statement has of its own;
    `made` are the names of values of which the driver's are made first, each with how.
    """

    sql: str
    names: tuple[str, ...]
    values: Mapping[str, Any]
    made: tuple[tuple[str, _Process], ...]

    def of(self, row: Mapping[str, Any]) -> list[Any]:
        """The values for the driver, in their order. Raises KeyError where one is missing."""
        if self.values:
            row = {**self.values, **row}
        if self.made:
            row = {**row, **{name: make(row[name]) for name, make in self.made}}
        return [row[name] for name in self.names]


class Direct:
    """A statement, made once. None may have a list among its values: those are compiled anew each time."""

    def __init__(self, statement: _Statement) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}
        self._results: tuple[_Process | None, ...] = ()
        if isinstance(statement, Select):
            self._results = tuple(_result(column.type, _DIALECT) for column in statement.selected_columns)

    def all(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows that are found, as tuples."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, dict(values)).all()
        compiled = self._for(values)
        rows = carry_out(connection, compiled.sql, [compiled.of(values)])
        return [
            tuple(one if make is None else make(one) for one, make in zip(row, self._results, strict=True))
            for row in rows
        ]

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Carry it out for each of some rows, which all have values of the same names. For none, nothing is done."""
        if not rows:
            return
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, [dict(row) for row in rows])
            return
        compiled = self._for(rows[0])
        carry_out(connection, compiled.sql, [compiled.of(row) for row in rows])

    def _for(self, values: Mapping[str, Any]) -> _Compiled:
        names = tuple(values)
        found = self._compiled.get(names)
        if found is None:
            found = self._compiled[names] = _compiled(self._statement, names)
        return found


def carry_out(connection: Connection, sql: str, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    """Carry out what is in SQLite's own words, for each of some rows. Returns what is found.

    Raises SQLAlchemy's errors, without the values.
    """
    if not connection.in_transaction():
        connection.begin()  # As SQLAlchemy does at the first statement.
    driver: Any = connection.connection.driver_connection
    try:
        if len(rows) == 1:
            found: Sequence[Sequence[Any]] = driver.execute(sql, rows[0]).fetchall()
        else:
            found = driver.executemany(sql, rows).fetchall()
    except sqlite3.Error as error:
        raise _told(sql, error) from error
    return found


def _compiled(statement: _Statement, names: tuple[str, ...]) -> _Compiled:
    written = isinstance(statement, UpdateBase)
    compiled = statement.compile(dialect=_DIALECT, column_keys=list(names) if written else None)
    assert isinstance(compiled, SQLCompiler)
    assert not compiled.post_compile_params
    order = tuple(compiled.positiontup or ())
    made = ((name, _bound(compiled.binds[name].type, _DIALECT)) for name in dict.fromkeys(order))
    own = {
        name: bind.value for name, bind in compiled.binds.items() if name not in names and not bind.required
    }
    return _Compiled(
        str(compiled), order, own, tuple((name, make) for name, make in made if make is not None)
    )


def _bound(type_: Any, dialect: Dialect) -> _Process | None:
    made: _Process | None = type_.dialect_impl(dialect).bind_processor(dialect)
    return made


def _result(type_: Any, dialect: Dialect) -> _Process | None:
    made: _Process | None = type_.dialect_impl(dialect).result_processor(dialect, None)
    return made


def _told(sql: str, error: sqlite3.Error) -> BaseException:
    """The error as SQLAlchemy raises it; the values are left out."""
    return DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True, dialect=_DIALECT)
