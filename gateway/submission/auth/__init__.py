"""Who may come in: SASL exchanges, passwords, and the brakes on guessing.

How it fails. An unknown login, a disabled one, one whose roles have ended and a wrong password all get the
same reply for the same work. Whatever keeps us from checking (the database away, the council's mail server
away, too many attempts, too many who wait) is 454: the client keeps its password and tries again.
Attempts are counted before any work is done for them, and no password or unknown login is ever logged:
people type passwords into the field for the name.
"""
