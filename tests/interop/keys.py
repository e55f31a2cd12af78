"""From a keyboard's HID reports to the key events that a browser gets (W3C UI Events: code, key, text).

What the reports mean is the business of the host in tests/keyboards; here its keys get the browser's names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from keyboards.xkb import Host

_KEYPAD = {71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0"}
_NAMED = {  # by Linux key code: code, key, Windows virtual-key code
    15: ("Tab", "Tab", 9),
    28: ("Enter", "Enter", 13),
    42: ("ShiftLeft", "Shift", 16),
    69: ("NumLock", "NumLock", 144),
    96: ("NumpadEnter", "Enter", 13),
}
_LETTER_ROWS = {16: "QWERTYUIOP", 30: "ASDFGHJKL", 44: "ZXCVBNM"}  # by the Linux key code of the first
_LETTERS = {first + at: letter for first, row in _LETTER_ROWS.items() for at, letter in enumerate(row)}


@dataclass(frozen=True)
class KeyEvent:
    """A key that goes down or up: its place on the keyboard, and the text it makes."""

    down: bool
    code: str
    key: str
    text: str
    virtual: int

    def params(self) -> dict[str, Any]:
        """The parameters of Input.dispatchKeyEvent."""
        made = {"code": self.code, "key": self.key, "windowsVirtualKeyCode": self.virtual}
        made |= {"type": "keyDown" if self.down else "keyUp", "isKeypad": self.code.startswith("Numpad")}
        return made | ({"text": self.text} if self.down and self.text else {})


def events(reports: Iterable[bytes], host: Host) -> Iterator[KeyEvent]:
    """What a desktop with the layout of `host` hands on of these reports."""
    before = len(host.events)
    host.feed(reports)
    for number, down, text in host.events[before:]:
        code, key, virtual = _named(number, text)
        yield KeyEvent(down, code, key, "\r" if text == "\n" else text, virtual)


def _named(number: int, text: str) -> tuple[str, str, int]:
    if number in _NAMED:
        return _NAMED[number]
    if number in _KEYPAD:
        return f"Numpad{_KEYPAD[number]}", text or _KEYPAD[number], ord(_KEYPAD[number]) + 48
    if number in _LETTERS:
        return f"Key{_LETTERS[number]}", text or _LETTERS[number], ord(_LETTERS[number])
    digit = str((number - 1) % 10)  # the upper row: 2 is 1, 11 is 0
    return f"Digit{digit}", text or digit, ord(digit)
