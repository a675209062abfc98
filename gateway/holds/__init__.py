"""Held mail: who may decide on it, and what a decision sets going.

A held message stays until somebody decides: silence never sends and never deletes. A decision, its link in
the ledger, the departure and the notice to the sender are one transaction; two people who decide at the
same moment find that one of them came first.
"""
