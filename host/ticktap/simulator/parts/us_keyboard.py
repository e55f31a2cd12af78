"""Converts HID keyboard reports to text, with the US layout (HID Usage Tables 1.4, page 07h).

It handles keys, modifiers and locks, but neither time nor USB.
"""

from __future__ import annotations

from typing import NamedTuple

NUM_LOCK, CAPS_LOCK = 0x53, 0x39
NUM_LOCK_LED, CAPS_LOCK_LED = 0x01, 0x02
_SHIFT = 0x22
_OTHER_MODIFIERS = 0xDD

_PLAIN = {0x28: "\n", 0x2B: "\t", 0x2C: " ", 0x2A: "\b"}
_DIGIT_ROW = dict(zip(range(0x1E, 0x28), zip("1234567890", "!@#$%^&*()", strict=True), strict=True))
_SYMBOLS = dict(
    zip(
        (0x2D, 0x2E, 0x2F, 0x30, 0x31, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x64),
        zip("-=[]\\;'`,./\\", '_+{}|:"~<>?|', strict=True),
        strict=True,
    )
)
_KEYPAD_ALWAYS = {0x54: "/", 0x55: "*", 0x56: "-", 0x57: "+", 0x58: "\n", 0x67: "="}
_KEYPAD_NUMBERS = dict(zip(range(0x59, 0x64), "1234567890.", strict=True))


class Locks(NamedTuple):
    """The state of the locks. `keypad_digits`: Num Lock is on, or the host has none."""

    keypad_digits: bool
    caps: bool


def text_of(key: int, modifiers: int, locks: Locks) -> str:
    """Returns what `key` types; "" for keys that type nothing (arrows, an unlit keypad, Ctrl+C, ...)."""
    if modifiers & _OTHER_MODIFIERS:
        return ""
    shift = bool(modifiers & _SHIFT)
    if 0x04 <= key <= 0x1D:
        letter = chr(key - 0x04 + ord("a"))
        return letter.upper() if shift != locks.caps else letter
    if key in _KEYPAD_NUMBERS:
        return _KEYPAD_NUMBERS[key] if locks.keypad_digits and not shift else ""
    pair = _DIGIT_ROW.get(key) or _SYMBOLS.get(key)
    return pair[shift] if pair else _PLAIN.get(key) or _KEYPAD_ALWAYS.get(key, "")


def pressed_keys(report: bytes, before: bytes) -> list[int]:
    """Returns the keys of an 8-byte boot-style report that the previous report did not have, in order."""
    return [key for key in report[2:8] if key > 3 and key not in before[2:8]]
