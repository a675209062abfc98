"""The check `authority`: mail that binds the Council, or gives orders for it, comes from the Clerk.

Words are read sentence by sentence. `certain.toml` has phrases that accept, award, order, promise, permit or instruct,
each made of who does it, what they do and what they do it to; `spared.toml` has what spares them (it is denied, asked,
proposed, reported, quoted, somebody else's or private, or left to the Clerk). What is found there has the policy's
verdict. `possible.toml` and a small linear model find what could be read so; the sender is asked about that, and only
where an organisation gets it or money is named.

It is a safety net and no guarantee: people who read such sentences agree on commitments only now and then (kappa 0.54,
Lampert and others 2007). It fails by silence on wording that nobody foresaw; it never fails by letting pass what it
could not read, since a text that is too long raises. Officers are not judged, nor what stays among members and
officers, nor what is written for oneself unless it speaks in the Council's name.
"""

from filters.authority.rule import check

__all__ = ["check"]
