"""Reading a query. What is odd in it is taken as it most plainly stands and remarked on; only what cannot be meant is
refused.

NOT binds tightest, then AND, written or not, then OR. The reader keeps the groups that are open in a list of its own, so
that no depth of parentheses can exhaust it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from gateway.archive.query.errors import QueryError, shown
from gateway.archive.query.joining import both, either, negated
from gateway.archive.query.leaves import Leaves, Remarks
from gateway.archive.query.lexer import Kind, Sign, signs
from gateway.archive.query.terms import EVERYTHING, Term

LONGEST = 10_000
"""Characters of a query."""

MOST_TERMS = 200
DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was typed, what it is looked for by, and what was odd in it, in sentences."""

    text: str
    term: Term
    remarks: tuple[str, ...] = ()


def parse(text: str, today: date) -> Query:
    """Read a query; an empty one means everything. `today` is the day in Europe/London.

    Raises QueryError where it is too long, names a date or a value that there is not, or says nothing to look for.
    """
    if len(text) > LONGEST:
        raise QueryError(f"The query has {len(text):,} characters. Allowed are {LONGEST:,}.")
    remarks = Remarks()
    term = _Reader(Leaves(today, remarks), remarks).read(text)
    if term is None and text.strip():
        raise QueryError(
            "There is nothing in the query that can be looked for: it has no letter and no digit outside of what was "
            "left out. Allowed are words, phrases in quotation marks, and fields such as from:clerk."
        )
    return Query(text, EVERYTHING if term is None else term, remarks.all())


@dataclass(slots=True)
class _Group:
    """What stands between a pair of parentheses, as far as it was read: alternatives, each of terms that all hold.

    `within` is the field that the parentheses belong to. What waits for the next term: `joining`, an operator; `nots`,
    how many NOT; `wanting`, a field.
    """

    within: str = ""
    alternatives: list[list[Term]] = field(default_factory=lambda: [[]])
    begun: bool = False
    joining: str = ""
    nots: int = 0
    wanting: Sign | None = None

    def add(self, term: Term | None) -> None:
        """Take the next term; None where one stood that is left out."""
        if self.joining == "OR":
            self.alternatives.append([])
        if term is not None:
            self.alternatives[-1].append(negated(term) if self.nots % 2 else term)
        self.begun, self.joining, self.nots, self.wanting = True, "", 0, None

    def term(self) -> Term | None:
        """What it comes to; None where nothing is left of it."""
        said = [both(each) for each in self.alternatives if each]
        return either(said) if said else None


class _Reader:
    def __init__(self, leaves: Leaves, remarks: Remarks) -> None:
        self._leaves = leaves
        self._remark = remarks.add
        self._open = [_Group()]
        self._count = 0

    def read(self, text: str) -> Term | None:
        for sign in signs(text):
            self._take(sign)
        if len(self._open) > 1:
            self._remark("A parenthesis that is not closed was closed at the end.")
        while len(self._open) > 1:
            self._close()
        self._finish(self._open[0])
        return self._open[0].term()

    def _take(self, sign: Sign) -> None:
        group = self._open[-1]
        match sign.kind:
            case Kind.TEXT | Kind.PHRASE:
                self._leaf(group, sign)
            case Kind.OPEN:
                self._enter(group, sign)
            case Kind.CLOSE if len(self._open) > 1:
                self._close()
            case Kind.CLOSE:
                self._remark("A closing parenthesis without an opening one was left out.")
            case Kind.FIELD:
                self._field(group, sign)
            case Kind.NOT:
                group.nots += 1
            case Kind.STRAY:
                self._remark(
                    "A quotation mark without another was left out; what follows it was read as words."
                )
            case Kind.AND | Kind.OR:
                self._join(group, sign.text)

    def _leaf(self, group: _Group, sign: Sign) -> None:
        self._counted(group, self._leaves.leaf(self._wanted(group, sign), sign))

    def _wanted(self, group: _Group, sign: Sign) -> str:
        """The field that the sign belongs to."""
        wanted = group.wanting
        if wanted and wanted.apart:
            self._remark(f'"{wanted.text}:" was taken with what follows the blank, "{shown(sign.text)}".')
        return wanted.text if wanted else group.within

    def _counted(self, group: _Group, term: Term | None) -> None:
        self._count += 1
        if self._count > MOST_TERMS:
            raise QueryError(
                f"The query has more than {MOST_TERMS} words and phrases. Ask in several queries, or put quotation marks "
                "round what is one phrase."
            )
        group.add(term)

    def _enter(self, group: _Group, sign: Sign) -> None:
        if len(self._open) > DEEPEST:
            raise QueryError(f"The query has parentheses within parentheses, more than {DEEPEST} deep.")
        self._open.append(_Group(self._wanted(group, sign)))

    def _close(self) -> None:
        group = self._open.pop()
        self._finish(group)
        if not group.begun:
            self._remark("Parentheses with nothing in them were left out.")
        self._open[-1].add(group.term())

    def _field(self, group: _Group, sign: Sign) -> None:
        if group.within:
            raise QueryError(
                f'"{sign.text}:" cannot stand within the parentheses of "{group.within}:". To look for the word, '
                f'put it in quotation marks; else put "{sign.text}:" outside of them.'
            )
        self._unfinished(group)
        group.wanting = sign

    def _join(self, group: _Group, operator: str) -> None:
        self._unfinished(group)
        if not group.begun or group.joining or group.nots:
            self._remark(f"{operator} with nothing on one side of it was left out.")
        else:
            group.joining = operator

    def _finish(self, group: _Group) -> None:
        """What waits for a term at the end of a group gets none."""
        self._unfinished(group)
        left = group.joining or ("NOT" if group.nots else "")
        if left:
            self._remark(f"{left} with nothing after it was left out.")

    def _unfinished(self, group: _Group) -> None:
        """A field that nothing follows is a word."""
        if group.wanting:
            name = group.wanting.text
            self._remark(f'"{name}:" with nothing after it was taken as the word "{name}".')
            group.wanting = None
            self._counted(group, self._leaves.leaf("", Sign(Kind.TEXT, name)))
