"""What the post room itself writes: bounces and notices. It renders; delivery and holds decide when.

How it fails and what survives. Rendering is a pure function of what it is given: no clock, no store, no
randomness. It reads messages that others wrote, so nothing taken from them goes into a header field unless
it is one printable line, and nothing is parsed that cannot be skipped: a Subject that defeats decoding is
left out. What is written here is itself fit to be sent anywhere: CRLF, no line over 998 octets, plain ASCII
wherever the addresses and the returned message allow it.
"""
