"""The agreed signature and the waiver: their templates, and how they are written into a message."""
