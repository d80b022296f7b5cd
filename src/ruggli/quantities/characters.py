"""How a character is named in a message."""

import unicodedata


def described(character: str) -> str:
    """A character by code point and name, such as `U+2212 MINUS SIGN`; itself is not printed, for it may mislead."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
