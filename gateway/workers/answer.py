"""How the first octet of a task's answer tells what follows."""

ANSWER = b"="
"""What was asked for."""

UNSCANNABLE = b"?"
"""Why the message could not be read."""
