"""The delivery queue: departures, each with its recipients, claimed under a lease and fenced by a token.

When a lease ends is told by the database's clock (`gateway.store.clock`); when a departure is due, by that of
the node that asks, for a minute more or less harms nobody there.

What goes in is `leaving`, who may work on it is `leases`, what it is worked on with is `departing`, what became
of it is `attempts`; every update there is fenced by the claim's token.
"""

from gateway.store.queue.attempts import (
    End,
    Outcome,
    Start,
    defer,
    finish,
    finish_all,
    reroute,
    start,
    start_all,
)
from gateway.store.queue.departing import Departing, DueRecipient, load, load_all
from gateway.store.queue.leases import Claim, claim, end_leases, renew
from gateway.store.queue.leaving import Leaving, depart, depart_all, hold_back
from gateway.store.queue.prepared import departed_parts, hash_of, numbers_of

__all__ = [
    "Claim",
    "Departing",
    "DueRecipient",
    "End",
    "Leaving",
    "Outcome",
    "Start",
    "claim",
    "defer",
    "depart",
    "depart_all",
    "departed_parts",
    "end_leases",
    "finish",
    "finish_all",
    "hash_of",
    "hold_back",
    "load",
    "load_all",
    "numbers_of",
    "renew",
    "reroute",
    "start",
    "start_all",
]
