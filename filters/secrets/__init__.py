"""Passwords, codes and keys in mail."""

from filters.secrets.rule import check

__all__ = ["check"]
