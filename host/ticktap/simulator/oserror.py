"""OSError as in CircuitPython: with a number, and never one of Python's subclasses."""

from __future__ import annotations


class _OSError(OSError):
    """A subclass, because Python's OSError creates other classes depending on the number."""


_OSError.__name__ = _OSError.__qualname__ = "OSError"

_TEXTS = {
    2: "No such file/directory",
    5: "Input/output error",
    13: "Permission denied",
    17: "File exists",
    19: "No such device",
    21: "Is a directory",
    22: "Invalid argument",
    28: "No space left on device",
    30: "Read-only filesystem",
    110: "ETIMEDOUT",
}


def os_error(number: int) -> OSError:
    """Returns the error with CircuitPython's text."""
    return _OSError(number, _TEXTS.get(number, str(number)))
