"""Reads JSON like CircuitPython 10: all valid JSON, and much that is invalid.

Commas and colons count as spaces; "]" and "}" are interchangeable; the outermost may be missing; any
value may be a key; an unknown escape means its letter. Observed with 10.0.3
(tests/conformance/scenarios/lines.py).
"""

from __future__ import annotations

from typing import Any

_SKIPPED = " \t\n\r,:"
_SPACE = " \t\n\r\f\v"
_WORDS = {"null": None, "true": True, "false": False}
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NUMBER = "+-.eE0123456789"
_NOTHING = object()


def loads(text: str) -> Any:
    """Returns the one value in `text`. Raises ValueError if there is none, or more."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._open: list[Any] = []  # the containers around the innermost
        self._top: Any = _NOTHING  # the innermost, or the only value
        self._key: Any = _NOTHING  # one for all levels, as on the chip

    def read(self) -> Any:
        while self._at < len(self._text):
            character = self._text[self._at]
            if character in _SKIPPED:
                self._at += 1
            elif character in "}]":
                if self._close():
                    break
            elif self._add(self._value(character)):
                break
        if self._text[self._at :].strip(_SPACE) or self._top is _NOTHING or self._open:
            raise ValueError("syntax error in JSON")
        return self._top

    def _close(self) -> bool:
        """Closes the innermost container; returns whether it was the outermost."""
        self._at += 1
        if self._top is _NOTHING:
            raise ValueError("syntax error in JSON")
        if not self._open:
            return True
        self._top = self._open.pop()
        return False

    def _add(self, value: Any) -> bool:
        """Adds a value to its container; returns whether it is the only value."""
        enters = isinstance(value, list | dict)
        if self._top is _NOTHING:
            self._top = value
            return not enters
        if isinstance(self._top, list):
            self._top.append(value)
        elif self._key is _NOTHING:
            if enters:
                raise ValueError("syntax error in JSON")
            self._key = value
        else:
            self._top[self._key] = value
            self._key = _NOTHING
        if enters:
            self._open.append(self._top)
            self._top = value
        return False

    def _value(self, first: str) -> Any:
        if first == '"':
            return self._string()
        if first == "-" or first.isdigit():
            return self._number()
        if first in "[{":
            self._at += 1
            return [] if first == "[" else {}
        for word, value in _WORDS.items():
            if self._text.startswith(word, self._at):
                self._at += len(word)
                return value
        raise ValueError("syntax error in JSON")

    def _number(self) -> int | float:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] in _NUMBER:
            self._at += 1
        digits = self._text[start : self._at]
        return float(digits) if any(mark in digits for mark in ".eE") else int(digits)

    def _string(self) -> str:
        out = ""
        self._at += 1
        while self._at < len(self._text):
            character = self._text[self._at]
            self._at += 1
            if character == '"':
                return out
            out += self._escape() if character == "\\" else character
        raise ValueError("syntax error in JSON")

    def _escape(self) -> str:
        letter = self._text[self._at : self._at + 1]
        self._at += 1
        if letter == "u":
            code = int(self._text[self._at : self._at + 4], 16)
            self._at += 4
            return chr(code)
        return _ESCAPES.get(letter, letter)
