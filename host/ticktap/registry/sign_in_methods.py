"""The methods by which a user may sign in."""

from __future__ import annotations

from collections.abc import Sequence

from ticktap.errors import BadInput

METHODS = ("token", "backup-code", "issued-code", "app-password")
"""A code of an account on a token, and the kinds of factors.py."""


def checked_methods(methods: Sequence[str]) -> tuple[str, ...]:
    """Returns the methods without duplicates.

    Raises:
        BadInput: none is given, or one does not exist.
    """
    for method in methods:
        if method not in METHODS:
            raise BadInput(
                f"there is no way to sign in called {method!r}", f"There are: {', '.join(METHODS)}."
            )
    if not methods:
        raise BadInput("a user needs a way to sign in", f"There are: {', '.join(METHODS)}.")
    return tuple(dict.fromkeys(methods))
