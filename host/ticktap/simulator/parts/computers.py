"""How kinds of computers treat a keyboard's lock keys and LEDs.

The comment before each kind names its sources. Only Linux was measured, by `make kernel`. The table is in
docs/decisions/0002.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Computer:
    """A kind of host.

    num_lock: whether Num Lock is on until a user changes it.
    leds_at_plug_in: "lit" sends an LED report to a new keyboard if an LED is lit, "always" in any case.
    num_lock_key: "toggles"; "clears" empties the line (macOS); "ignored".
    keypad: "num-lock": digits while it is on, else cursor keys; "digits": always digits.
    reports_num_lock: whether the Num Lock LED is ever lit.
    """

    num_lock: bool
    leds_at_plug_in: str
    num_lock_key: str
    keypad: str
    reports_num_lock: bool


COMPUTERS = {
    # drivers/input/input.c (unchanged LEDs are not sent), drivers/tty/vt/keyboard.c, xserver dix/devices.c
    "linux": Computer(True, "lit", "toggles", "num-lock", True),
    "linux-num-off": Computer(False, "lit", "toggles", "num-lock", True),
    # Microsoft kbdclass (indicators are set when a keyboard starts); Adafruit_CircuitPython_HID#62
    "windows": Computer(True, "always", "toggles", "num-lock", True),
    "windows-num-off": Computer(False, "always", "toggles", "num-lock", True),
    # IOHIDFamily IOHIDKeyboardFilter (only Caps Lock's LED is set); Kaleidoscope#574; qmk_firmware#18786
    "macos": Computer(False, "lit", "clears", "digits", False),
    # Chromium ui/events/ozone: "In ChromeOS NumLock is always on"; only Caps Lock's LED is set
    "chromeos": Computer(False, "lit", "ignored", "digits", False),
    # Android InputReader: Num Lock is on for a new keyboard, and reported
    "android": Computer(True, "lit", "toggles", "num-lock", True),
    # No source for its LEDs was found. Assumed to be like macOS, the worst case
    "ipados": Computer(False, "lit", "clears", "digits", False),
}
