"""What people decide and write down: the host's settings, each council, its policy.

The lowest layer. Everything here is a frozen value read from a file or handed in; nothing opens a
connection. A value that is wrong is refused at the door with the file, the key, what was found and
what is allowed (`config.errors.ConfigError`): a post room that guesses at its rules is worse than one
that does not start.
"""
