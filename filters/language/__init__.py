"""Whether mail is polite: swearing, insults, threats, what puts people down, shouting, red ink, obscene matter.

Words are looked for as whole words, so Scunthorpe is a town; what is disguised is looked at word by word. Word lists
are data (`rude_words.toml`, `hard_words.toml`, `capitals.toml`), and each council adds its own. English alone is read;
of anything else a note says that it was not.

How it fails: towards asking. It misses what is rude without a rude word, and what is only hinted at. It never holds,
but for threats and discriminatory terms, and for those only where they are not told of somebody else.
"""

from filters.language.rule import NAME, check

__all__ = ["NAME", "check"]
