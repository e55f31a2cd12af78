"""Converts keyboard reports to text like a host with a US layout: HID usages of HUT 1.4, section 10.

Keypad digits are digits only while Num Lock is on at the host; without it they move the cursor, shown as
`<Home>`. Other keys without a character are shown as their usage in hex, `<3a>`. A held key does not repeat.
"""

from __future__ import annotations

from dataclasses import dataclass

SHIFT = 0x22  # left or right, in the first byte
MODIFIERS_THAT_TYPE_NOTHING = 0xDD  # control, alt, GUI

NUM_LOCK, CAPS_LOCK = 0x53, 0x39
LETTERS = {0x04 + i: chr(ord("a") + i) for i in range(26)}
ROW = dict(zip(range(0x1E, 0x28), zip("1234567890", "!@#$%^&*()", strict=True), strict=True))
PUNCTUATION = {
    0x28: "\n\n", 0x2B: "\t\t", 0x2C: "  ", 0x2D: "-_", 0x2E: "=+", 0x2F: "[{", 0x30: "]}", 0x31: "\\|",
    0x33: ";:", 0x34: "'\"", 0x35: "`~", 0x36: ",<", 0x37: ".>", 0x38: "/?",
}  # fmt: skip
KEYPAD = {0x54: "/", 0x55: "*", 0x56: "-", 0x57: "+", 0x58: "\n"}
NAVIGATION = ("End", "Down", "PageDown", "Left", "Clear", "Right", "Home", "Up", "PageUp", "Insert", "Delete")
KEYPAD_LOCKED = dict(zip(range(0x59, 0x64), zip("1234567890.", NAVIGATION, strict=True), strict=True))


@dataclass(frozen=True)
class Report:
    """A keyboard input report as the host took it: when (emulated ns), its 8 bytes, the locks it then had."""

    ns: int
    data: bytes
    num_lock: bool
    caps_lock: bool

    @property
    def keys(self) -> list[int]:
        return [key for key in self.data[2:8] if key]


def typed_text(reports: list[Report]) -> str:
    """The text of newly pressed keys, in the order of the reports."""
    text = ""
    held: list[int] = []
    for report in reports:
        text += "".join(_character(key, report) for key in report.keys if key not in held)
        held = report.keys
    return text


def _character(key: int, report: Report) -> str:
    if key in (NUM_LOCK, CAPS_LOCK):
        return ""
    shift = bool(report.data[0] & SHIFT)
    if report.data[0] & MODIFIERS_THAT_TYPE_NOTHING:
        return f"<{report.data[0]:02x}+{key:02x}>"
    if key in LETTERS:
        return LETTERS[key].upper() if shift != report.caps_lock else LETTERS[key]
    if key in KEYPAD_LOCKED:
        digit, name = KEYPAD_LOCKED[key]
        return digit if report.num_lock else f"<{name}>"
    if key in KEYPAD:
        return KEYPAD[key]
    pair = ROW.get(key) or PUNCTUATION.get(key)
    return pair[shift] if pair else f"<{key:02x}>"
