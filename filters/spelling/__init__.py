"""Whether mail is spelt well, by the British dictionary and the council's own words. Off unless a council wants it.

It fails towards saying nothing: words with capitals, figures or signs are not looked at, nor is what others wrote.
Where there is no dictionary, a note says that spelling could not be checked. No better spelling is offered: to find
one takes longer than all other checks together.
"""

from filters.spelling.british import dictionary
from filters.spelling.rule import NAME, check

__all__ = ["NAME", "check", "dictionary"]
