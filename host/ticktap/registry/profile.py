"""Optional data of a user: full name, e-mail address and groups."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ticktap.errors import BadInput

LONGEST_FULL_NAME = 128  # characters
LONGEST_EMAIL = 254  # characters; RFC 5321 section 4.5.3.1.3 less the angle brackets
_EMAIL = re.compile(r"[^\s@,;:<>()\"\\]+@[^\s@,;:<>()\"\\]+")
FIELDS = {"full_name": "full_name", "email": "email", "member_of": "groups"}
"""The name of each column's field."""

_GROUP = re.compile(r"[^\s\x00-\x1f\x7f,;|]{1,64}")


def checked_full_name(text: str) -> str:
    """Returns a full name in Unicode form C, with single spaces. Empty: no name.

    Raises:
        BadInput: it is not valid.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > LONGEST_FULL_NAME or not name.isprintable():
        raise BadInput(
            "that cannot be a full name", f"Use at most {LONGEST_FULL_NAME} characters on one line."
        )
    return name


def checked_email(text: str) -> str:
    """Returns an e-mail address, checked as far as possible without a message to it. Empty: no address.

    Raises:
        BadInput: it is not valid.
    """
    address = unicodedata.normalize("NFC", text.strip())
    if address and (
        len(address) > LONGEST_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address)
    ):
        raise BadInput("that is not an e-mail address", "Give one like ann@example.com, without a name.")
    return address


def checked_groups(groups: Sequence[str]) -> tuple[str, ...]:
    """Returns names of groups in Unicode form C, without duplicates.

    Raises:
        BadInput: one is not valid.
    """
    found = [unicodedata.normalize("NFC", group) for group in groups]
    if not all(_GROUP.fullmatch(group) and group.isprintable() for group in found):
        raise BadInput(
            "that cannot be the name of a group",
            "Use 1 to 64 characters without blanks, commas, semicolons or bars.",
        )
    return tuple(dict.fromkeys(found))


def profile_columns(full_name: str | None, email: str | None, groups: Sequence[str] | None) -> dict[str, str]:
    """Returns the columns of the fields that are given; None: not given.

    Raises:
        BadInput: one is not valid.
    """
    columns = {}
    if full_name is not None:
        columns["full_name"] = checked_full_name(full_name)
    if email is not None:
        columns["email"] = checked_email(email)
    if groups is not None:
        columns["member_of"] = " ".join(checked_groups(groups))
    return columns
