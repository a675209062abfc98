"""Pages on which people answer what a notice asks them, by the link in it."""
