"""Personal data that goes out: what is found (presidio, with recognisers for the United Kingdom), and what it means."""

from filters.personal_data.rule import check

__all__ = ["check"]
