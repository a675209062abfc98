"""Terms as `parse` may make them, for properties."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from config.checks import KINDS
from gateway.archive.query.dates import midnight
from gateway.archive.query.fields import COLUMNS
from gateway.archive.query.joining import both, either, negated
from gateway.archive.query.terms import (
    Attribute,
    Form,
    HasAttachment,
    Is,
    Since,
    Term,
    Unsearched,
    Until,
    Words,
)
from gateway.store.index.tokens import tokens
from gateway.store.kinds import MessageKind, MessageState

_COLUMNS = st.sampled_from(((), *COLUMNS.values()))
_TEXTS = st.text(min_size=1, max_size=30) | st.sampled_from(
    ("O'Brien", "24/01234/FUL", "near", "and", "x" * 450, "1", "Ärger", "from:clerk")
)
_TOKENS = _TEXTS.map(lambda text: tuple(tokens(text))).filter(bool)
_STEMMED = st.from_regex(r"[a-z]{1,12}", fullmatch=True) | st.sampled_from(
    ("and", "or", "not", "near", "from")
)
_DAYS = st.dates(date(1900, 1, 1), date(2998, 12, 31)).map(midnight)

WORDS = st.one_of(
    st.builds(Words, _STEMMED.map(lambda word: (word,)), st.just(Form.STEMMED), _COLUMNS),
    st.builds(Words, _TOKENS, st.sampled_from((Form.EXACT, Form.PREFIX)), _COLUMNS),
)
IS = st.one_of(
    st.builds(Is, st.just(Attribute.PERSON), st.sampled_from(("jones", "m.o'neill", "-x", "and", "a (b)"))),
    st.builds(Is, st.just(Attribute.CHECK), st.sampled_from(sorted(KINDS))),
    st.builds(Is, st.just(Attribute.VERDICT), st.sampled_from(("pass", "note", "ask", "hold", "refuse"))),
    st.builds(Is, st.just(Attribute.STATE), st.sampled_from([each.value for each in MessageState])),
    st.builds(Is, st.just(Attribute.KIND), st.sampled_from([each.value for each in MessageKind])),
    st.builds(
        Is,
        st.sampled_from((Attribute.ID, Attribute.THREAD)),
        st.sampled_from(("ABC123", "<a@b.example>", "<(x) y@z*>")),
    ),
    st.builds(
        Is, st.just(Attribute.HASH), st.binary(min_size=32, max_size=32).map(lambda octets: octets.hex())
    ),
    st.builds(Is, st.just(Attribute.TYPE), st.sampled_from(("image", "application/pdf", "text/x-a+b"))),
)
LEAVES = st.one_of(
    WORDS,
    IS,
    st.builds(Since, _DAYS),
    st.builds(Until, _DAYS),
    st.just(HasAttachment()),
    st.just(Unsearched()),
)


def _more(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    some = st.lists(terms, min_size=1, max_size=4)
    return some.map(both) | some.map(either) | terms.map(negated)


TERMS: st.SearchStrategy[Term] = st.recursive(LEAVES, _more, max_leaves=25)
