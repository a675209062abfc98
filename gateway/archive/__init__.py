"""The archive: both versions of every message, and proof that none was altered.

As received is kept as bytes. As sent is not kept but made again, from the departure's splices and the
headers that were put in front, and checked against the hash of what went out. Should the two ever differ,
`verify` says so; nothing here repairs or hides.
"""
