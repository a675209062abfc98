"""A text divided into own words, signature, trail and forwarded message."""

from signatures.message.division.html import divide_html
from signatures.message.division.plain import divide_plain
from signatures.message.division.zones import Confidence, Division, Span, Style, Zone

__all__ = ["Confidence", "Division", "Span", "Style", "Zone", "divide_html", "divide_plain"]
