"""Whether a council account is used for what is not the Council's business: chain letters, advertisements and private
sales, campaigning; and, in the pre-election periods that the Clerk has set, publicity about candidates, parties and
disputes in what goes to the public.

Phrases are data (`words.toml`). How it fails: it asks, and never holds. It misses what is put in other words, and it
does not weigh whether publicity is balanced: that is for people.
"""

from filters.solicitation.rule import NAME, check

__all__ = ["NAME", "check"]
