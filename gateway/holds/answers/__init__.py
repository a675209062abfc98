"""What people answer to notices by mail: the address that they answer to, what they chose, and what follows from it."""
