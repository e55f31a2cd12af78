"""The names of users: one spelling for each, and which texts can be names."""

from __future__ import annotations

import functools
import re
from typing import Any

from ticktap.errors import BadInput

_NAME = re.compile(r"[^\s\x00-\x1f\x7f\ud800-\udfff,:/\\]{1,64}")
_ASCII = re.compile("[!-~]+")
_TOO_LONG = 256  # characters; no spelling of a name is as long


@functools.cache
def _name_profile() -> Any:
    """RFC 8265 section 3.3, UsernameCaseMapped: width and case are mapped, and form C."""
    from precis_i18n import get_profile

    return get_profile("UsernameCaseMapped")


def canonical(name: str) -> str:
    """Returns the spelling in which a name is stored and compared; a text that cannot be a name as it is."""
    if len(name) > _TOO_LONG:
        return name
    if _ASCII.fullmatch(name):
        return name.lower()  # the same result as the profile's, in a tenth of the time
    try:
        return str(_name_profile().enforce(name))
    except UnicodeEncodeError:
        return name


def is_name(text: str) -> bool:
    """Whether a text is a valid name in its stored spelling."""
    if _NAME.fullmatch(text) is None:
        return False
    if _ASCII.fullmatch(text):
        return text == text.lower()
    try:
        return bool(_name_profile().enforce(text) == text)
    except UnicodeEncodeError:
        return False


def checked_name(text: str) -> str:
    """Returns a name in its stored spelling.

    Raises:
        BadInput: it is not a valid name.
    """
    name = canonical(text)
    if not is_name(name):
        raise BadInput(
            "that cannot be a user's name",
            "Use 1 to 64 letters, digits and signs like . - _ @ +, no blanks, commas, colons or slashes.",
        )
    return name
