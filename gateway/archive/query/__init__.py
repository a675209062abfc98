"""What may be asked of the archive: a language of words, phrases and fields, read into terms that the store compiles."""

from gateway.archive.query.errors import QueryError
from gateway.archive.query.parser import Query, parse
from gateway.archive.query.plainly import explain
from gateway.archive.query.scope import positive_words, scope
from gateway.archive.query.written import written

__all__ = ["Query", "QueryError", "explain", "parse", "positive_words", "scope", "written"]
