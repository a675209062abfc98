"""`python -m gateway.cli`, the same as `vestry`."""

from gateway.cli import main

main()
