"""Decodes base32 as sites show it and people retype it (RFC 4648 section 6), and encodes it.

It tolerates spacing, case and missing padding, but no wrong letters: a wrong secret that decodes is worse
than an error, so 0, 1 and 8 are refused, not read as O, I and B. Errors hold at most the one wrong character.
"""

from __future__ import annotations

import base64

from ticktap.errors import BadInput

_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
# Dashes, and zero-width characters from web pages; str.isspace covers white space.
_DROPPED = frozenset("-\u00ad\u200b\u200c\u200d\u2010\u2011\u2012\u2013\u2014\u2060\ufeff")
_MISREAD = {"0": "the letter O", "1": "the letter I or L", "8": "the letter B"}
_WHOLE_BYTES = (0, 2, 4, 5, 7)  # lengths of the last group of eight letters that encode whole bytes


def decode(text: str) -> bytes:
    """Decodes a base32 text.

    Blanks, dashes and `=` at the end are dropped. Spare bits of the last letter may be set: sites that draw
    random letters leave them so.

    Raises:
        BadInput: the text is empty, has a foreign character, or a length that no bytes encode to.
    """
    letters = "".join(_letter(character, at) for at, character in enumerate(_unpadded(text), start=1))
    if not letters:
        raise BadInput("the secret is empty", "Copy the secret that the site shows with its QR code.")
    if len(letters) % 8 not in _WHOLE_BYTES:
        raise BadInput(
            f"a base32 secret cannot have {len(letters)} characters",
            "Characters are missing or repeated: copy the whole secret again.",
        )
    return base64.b32decode(letters + "=" * (-len(letters) % 8))


def encode(data: bytes) -> str:
    """Encodes bytes in base32, upper case, without padding."""
    return base64.b32encode(data).decode("ascii").rstrip("=")


def _unpadded(text: str) -> str:
    end = len(text)
    while end and (text[end - 1] == "=" or _is_dropped(text[end - 1])):
        end -= 1
    return text[:end]


def _is_dropped(character: str) -> bool:
    return character.isspace() or character in _DROPPED


def _letter(character: str, at: int) -> str:
    """Returns the upper-case letter, or "" for a character to drop. `at` counts from 1."""
    if _is_dropped(character):
        return ""
    # str.upper would convert letters such as the dotless i to ASCII.
    upper = character.upper() if character.isascii() else character
    if upper in _ALPHABET:
        return upper
    shown = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    raise BadInput(f"character {at} of the secret, {shown}, is not base32", _remedy(character))


def _remedy(character: str) -> str:
    if character in _MISREAD:
        return (
            f"Base32 has the letters A to Z and the digits 2 to 7: check whether it is {_MISREAD[character]}."
        )
    return "Base32 has the letters A to Z and the digits 2 to 7: copy the secret again."
