"""A message as bytes: byte scanner, header fields, anatomy, splices."""
