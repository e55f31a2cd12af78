"""From HID usages (page 0x07) to Linux key codes (input-event-codes.h), for the keys a code may need.

A usage that is not here is a KeyError on purpose: the token has no business pressing it.
"""

from __future__ import annotations

OFFSET = 8  # xkb key codes are evdev's plus eight, since X11

_LETTER_ROWS = {16: "QWERTYUIOP", 30: "ASDFGHJKL", 44: "ZXCVBNM"}  # by the code of the first
_ENTER_TO_SPACE = (28, 1, 14, 15, 57)  # Enter, Escape, Backspace, Tab, Space
_SYMBOLS = (12, 13, 26, 27, 43, 43, 39, 40, 41, 51, 52, 53)  # - = [ ] \ non-US # ; ' ` , . /
_KEYPAD_1_TO_DOT = (79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83)
_INTERNATIONAL_1_TO_5 = (89, 93, 124, 92, 94)  # Ro, Katakana/Hiragana, Yen, Henkan, Muhenkan

MODIFIERS = (29, 42, 56, 125, 97, 54, 100, 126)  # by bit: Ctrl, Shift, Alt, GUI; left, then right

KEYS = {
    **{
        0x04 + ord(letter) - ord("A"): code
        for first, row in _LETTER_ROWS.items()
        for code, letter in enumerate(row, first)
    },
    **dict(enumerate(range(2, 12), 0x1E)),  # 1 to 9, 0
    **dict(enumerate(_ENTER_TO_SPACE, 0x28)),
    **dict(enumerate(_SYMBOLS, 0x2D)),
    0x39: 58,  # Caps Lock
    0x53: 69,  # Num Lock
    0x58: 96,  # keypad Enter
    **dict(enumerate(_KEYPAD_1_TO_DOT, 0x59)),
    0x64: 86,  # non-US \, beside the left Shift
    **dict(enumerate(_INTERNATIONAL_1_TO_5, 0x87)),
}
