"""What a message is made of, and how it is changed: by splices, never by parse-and-regenerate.

No I/O and no clock in this layer: bytes in, values out. Everything here runs in a killable worker, so a
message that defeats it costs that worker and nothing else.
"""
