"""Council mail goes to private addresses with the Clerk's consent only.

What holds a message is four things together (research (e)4): it carries earlier mail (`carried`), to somebody who had
no part in that mail (`newness`), at a private address (`private`), without a consent that is live (`consents`).
A prefix such as "Fwd:" and the fields that mail programs leave are evidence, never enough and never needed.

An address that a member has declared is private beyond doubt: what is Council business does not go there at all,
carried or newly written. The rest is judged by a list of providers, which cannot tell a member's own mailbox from a
resident's; so whoever took part in what is carried may have the answer there.

Known from a message are those whom its copied headers tell, and those whom this Council wrote to in the thread
before. Mail that came in is not seen here: where a mail program quotes without saying who else received it, a
copy to such a person at a private address looks like a forward, and is held (research (e)5).
"""

from filters.forwarding.rule import check

__all__ = ["check"]
