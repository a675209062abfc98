"""The check `attachments`: what is attached is what it says, can be checked, and is safe for whoever gets it.

Programs, macros and what is made to overwhelm a computer are stopped wherever they go. What is encrypted, under a
false name, too large, or another's paper passed on matters only where somebody outside the council gets it.
"""

from filters.attachments.rule import check

__all__ = ["check"]
