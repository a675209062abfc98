"""What is attached, read for checks and the archive: its kind by its content, its text, and what is wrong with it."""
