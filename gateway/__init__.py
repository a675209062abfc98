"""The running post room: everything that listens, stores, decides when, and delivers.

Four kinds of process under one supervisor: *submission* (protocol, intake and the analysis workers it
owns), *delivery*, *signing* (the only one with DKIM keys), and the supervisor itself, which also serves
metrics and health. They share one database and one folder and nothing else; each may be killed at any
moment, and the database says what is to be done next. `docs/flow.md` tells a message's way through.
"""
