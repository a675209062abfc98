"""The whole system with a demonstration council, a stand-in upstream and sample mail.

Nothing here is pretended: the demo writes a settings file like any host's, runs `vestry serve` on it, and
sends its samples with an ordinary SMTP client through the real ports. Only the upstream is a stand-in, which
keeps what it is given in a mailbox folder that can be looked at.
"""
