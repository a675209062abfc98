"""The check `confidential`: confidential business goes inside the council, and to domains that the council has
approved; nowhere else.

What a parish council deals with in confidence rests on the Public Bodies (Admission to Meetings) Act 1960, s.1(2).
"Exempt", "Part 2" and "Schedule 12A" are principal councils' words that leak into parish mail; they count as marks
too. So do the council's own watch list, the papers that the Clerk has uploaded, and the labels of mail programs.

Only what marks this message counts: its subject, its text, what it carries or passes on. Prose about confidence does
not: that the confidential session begins at eight is said in every agenda. Where a mark stands decides what it is
worth. Alone in its line, at the head of a text, or set apart in a subject or a file's name, it marks; deep in a long
paper it is a mention. What is encrypted on its way to our own mail server is not thereby secure.

How it fails: an attachment that could not be read is an attachment that may be confidential, so the check says that
it could not look. A mark inside a picture is not seen.
"""

from filters.confidential.rule import check

__all__ = ["check"]
