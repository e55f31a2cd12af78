"""What a registry may know of a user besides the name: full name, e-mail address, groups. All optional."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ticktap.errors import BadInput

LONGEST_FULL_NAME = 128  # characters
LONGEST_EMAIL = 254  # characters; RFC 5321 section 4.5.3.1.3 less the angle brackets
_EMAIL = re.compile(r"[^\s@,;:<>()\"\\]+@[^\s@,;:<>()\"\\]+")
_GROUP = re.compile(r"[^\s\x00-\x1f\x7f,;|]{1,64}")


def checked_full_name(text: str) -> str:
    """A full name in form C, with single blanks; empty: none.

    Raises:
        BadInput: it cannot be one.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > LONGEST_FULL_NAME or not name.isprintable():
        raise BadInput(
            "that cannot be a full name", f"Use at most {LONGEST_FULL_NAME} characters on one line."
        )
    return name


def checked_email(text: str) -> str:
    """An e-mail address as far as it can be checked without a message to it; empty: none.

    Raises:
        BadInput: it cannot be one.
    """
    address = unicodedata.normalize("NFC", text.strip())
    if address and (
        len(address) > LONGEST_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address)
    ):
        raise BadInput("that is not an e-mail address", "Give one like ann@example.com, without a name.")
    return address


def checked_groups(groups: Sequence[str]) -> tuple[str, ...]:
    """Names of groups in form C, each once.

    Raises:
        BadInput: one cannot be the name of a group.
    """
    found = [unicodedata.normalize("NFC", group) for group in groups]
    if not all(_GROUP.fullmatch(group) and group.isprintable() for group in found):
        raise BadInput(
            "that cannot be the name of a group",
            "Use 1 to 64 characters without blanks, commas, semicolons or bars.",
        )
    return tuple(dict.fromkeys(found))
