"""Primary keys as addresses and forms spell them."""

_MOST_DIGITS = 18
"""No key of ours has more, and every database takes as many."""


def is_key(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MOST_DIGITS
