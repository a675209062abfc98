"""Whether words say that something is attached to the message that they stand in.

Read sentence by sentence, looking at the few words around each "attached", "enclosed" or the like; so it takes
time linear in the length of the text. In doubt the words are taken for a claim only where they are the ones
that people use when they attach something: a wrong question is an annoyance, every day.
"""

from filters.enclosures.claims import About, Claim, claims
from filters.enclosures.links import shares_files

__all__ = ["About", "Claim", "claims", "shares_files"]
