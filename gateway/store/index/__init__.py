"""The index that the archive is searched by: what words stand in which item, and where.

How it fails and what survives. A message's words are written by the very transaction that writes the message, so that
what is accepted is found, after any crash; there is no index that could lag behind or drift. Where something attached
was not read by then, the item is pending: it is counted as such in every search, and a job reads it. So at any moment
what is archived is what is indexed and what is pending, and nothing is neither.

Each council has an index of its own, in tables named by the council's number: no search, count or suggestion can meet
the words of another. On SQLite these are two FTS5 tables, the words as they stand with their places (`exact`), and their
stems without (`stemmed`); both without content, as the text is kept once, in the table `text`. On PostgreSQL it is one
table of text search vectors, cut into pieces that keep within what such a vector holds. Both are given the same words by
`tokens`, so that both find the same.

Items of sealed messages have negative numbers. Whoever searches among numbers above 0 meets none of them.
"""
