"""Reads settings.toml like CircuitPython 10: one `KEY = value` per line, strings and integers only.

This is not TOML: tables end the search, the first matching line wins, and a bare value must be an integer.
"""

from __future__ import annotations

from collections.abc import Mapping

_ESCAPES = {"b": "\b", "r": "\r", "n": "\n", "t": "\t", "v": "\v", "f": "\f"}


def lookup(text: str, key: str) -> str | int | None:
    """Returns the value of `key`; None if it is missing. Raises ValueError for what the chip cannot read."""
    for line in text.split("\n"):
        line = line.strip()
        if line.startswith("["):
            return None
        name, equals, rest = line.partition("=")
        if equals and name.rstrip() == key:
            return _value(rest.strip())
    return None


def render(values: Mapping[str, str | int]) -> str:
    """Formats `values` as lines that `lookup` reads."""
    lines = []
    for key, value in values.items():
        if isinstance(value, str):
            value = '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        lines.append(f"{key} = {value}\n")
    return "".join(lines)


def _value(text: str) -> str | int:
    if text.startswith('"'):
        return _quoted(text[1:])
    bare = text.partition("#")[0].strip()
    try:
        return int(bare, 0)
    except ValueError:
        raise ValueError("invalid syntax for integer") from None


def _quoted(text: str) -> str:
    out: list[str] = []
    i = 0
    while i < len(text):
        char = text[i]
        i += 1
        if char == '"':
            if text[i:].strip() and not text[i:].strip().startswith("#"):
                break
            return "".join(out)
        if char == "\\":
            char, i = _escape(text, i)
        out.append(char)
    raise ValueError("File corrupt")


def _escape(text: str, i: int) -> tuple[str, int]:
    letter = text[i : i + 1]
    if letter in ("u", "U"):
        size = 4 if letter == "u" else 8
        digits = text[i + 1 : i + 1 + size]
        if len(digits) != size:
            raise ValueError("File corrupt")
        return chr(int(digits, 16)), i + 1 + size
    return _ESCAPES.get(letter, letter), i + 1
